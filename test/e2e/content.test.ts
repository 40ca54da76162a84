import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { MERGE_ONE } from '../../src/model/merge.ts';
import { plainName } from '../../web/lib/names.ts';
import { proquint } from '../../web/lib/proquint.ts';
import { CARD, ENS_NAME, URI } from './support/scenario.ts';
import { connectWallet, leave, openTestBed, type TestBed } from './support/testBed.ts';
import { announceWallet } from './support/wallet.ts';

let testBed: TestBed;
before(async () => {
  testBed = await openTestBed();
});

const html = async (path: string) => (await fetch(`${testBed.server.origin}${path}`)).text();

describe('what the server says without JavaScript', () => {
  it('has the figures of the chain and the newest edges', async () => {
    const text = await html('/');
    for (const { id } of testBed.scenario.models.slice(-8)) assert.ok(text.includes(proquint(id)), proquint(id));
    assertSays(text, /data-testid="total-edges"[^>]*>9</);
    assertSays(text, /data-testid="total-trainers"[^>]*>2</);
  });

  it('has name, trainer, parents, score and credit of a model, and a picture for links', async () => {
    const [seed, first] = testBed.scenario.models;
    const text = await html(`/model/${first.id}?benchmark=${testBed.scenario.benchmark}`);
    const { address } = testBed.ledger.alice.account;
    for (const part of [proquint(first.id), first.id, proquint(seed.id), address, URI, CARD.name, CARD.uri, ENS_NAME])
      assert.ok(text.includes(part), part);
    assertSays(text, /<title>“Digits, first steps”/);
    assertSays(text, /at least \d+ of 64 rows right/);
    assertSays(text, /<meta property="og:image"/);
    // Of 1.5 and 0.25 Ether, 5 % are the seed's.
    for (const amount of ['1.75', '1.6625']) assertSays(text, new RegExp(`<dd class="figure">${amount}</dd>`));
    assertSays(await html(`/model/${seed.id}`), /Nobody has paid this model yet/);
  });

  it('has the commands that repeat an edge and check it', async () => {
    const { models, seed } = testBed.scenario;
    const commands: [string, RegExp][] = [
      [seed.id, /descent seed --shape 49-32-10 --rpc/],
      [
        models[1].id,
        /descent train --parent model\.safetensors --shard shard\.safetensors --lr-units \d+ --batch \d+</,
      ],
      [models[9].id, /descent merge --parents [^<]*parent-2\.safetensors --coefficients=8192,8192\/8192,8192</],
    ];
    for (const [id, command] of commands) {
      const text = await html(`/model/${id}`);
      assertSays(text, command);
      assert.ok(text.includes(`descent verify ${id}`));
    }
  });

  it('gives a permanent link with the chain, and notices one of another chain', async () => {
    const { id } = testBed.scenario.models[1];
    const text = await html(`/model/${id}`);
    assert.ok(text.includes(`href="/model/${id}?chain=31337"`));
    assert.ok(!text.includes('another chain'));
    assert.ok((await html(`/model/${id}?chain=1`)).includes('The link is for another chain'));
  });

  it('has rank, name and score of a leaderboard', async () => {
    const text = await html(`/leaderboard?benchmark=${testBed.scenario.benchmark}`);
    assert.ok(text.includes(CARD.name) && text.includes('example.org/digits/test'));
    assertSays(text, /\d+\.\d %/);
  });

  it('draws the Open Graph picture', async () => {
    const text = await html(`/model/${testBed.scenario.models[1].id}`);
    const address = /<meta property="og:image" content="([^"]+)"/.exec(text)![1];
    const { pathname, search } = new URL(address);
    const response = await fetch(`${testBed.server.origin}${pathname}${search}`);
    assert.equal(response.headers.get('content-type'), 'image/png');
    assert.deepEqual([...new Uint8Array(await response.arrayBuffer()).slice(1, 4)], [0x50, 0x4e, 0x47]);
  });

  it('says that a model does not exist', async () => {
    const response = await fetch(`${testBed.server.origin}/model/0x${'12'.repeat(32)}`);
    assert.equal(response.status, 404);
  });

  it('states the block and whether it lags', async () => {
    assertSays(await html('/'), /data-testid="block".*Block (<!-- -->)?\d+.*Up to date/s);
  });
});

/** Waits until the tree moves no more. */
async function standsStill(page: Page): Promise<void> {
  const place = () => page.locator('.react-flow__viewport').getAttribute('style');
  for (let before: string | null = ''; before !== (await place()); ) {
    before = await place();
    await page.waitForTimeout(300);
  }
}

describe('the tree', () => {
  it('folds siblings that are alike, shows given names, and the table holds the same', async () => {
    const session = await testBed.open();
    const { page } = session;
    const { models } = testBed.scenario;
    await page.goto(`${testBed.server.origin}/model/${models[0].id}/tree`);
    await page.getByText('3 alike').waitFor();
    const drawn = () => page.locator('.react-flow__node').count();
    assert.equal(await page.locator('.react-flow__node').filter({ hasText: CARD.name }).count(), 1);
    const folded = await drawn();
    await page.getByText('3 alike').click();
    await page
      .locator('.react-flow__node')
      .nth(folded + 1)
      .waitFor();
    await page.getByRole('radio', { name: 'table' }).check({ force: true });
    await page.locator('tbody tr').first().waitFor();
    assert.equal(await page.locator('tbody tr').count(), folded + 2);
    assert.equal(await page.locator('tbody tr').filter({ hasText: CARD.name }).count(), 3, 'itself and its children');
    await leave(session);
  });

  it('shows marks in place of names from far away', async () => {
    const session = await testBed.open();
    const { page } = session;
    await page.goto(`${testBed.server.origin}/tree`);
    const nodes = page.locator('.react-flow__node');
    const named = nodes.filter({ hasText: CARD.name });
    await named.waitFor();
    for (let k = 0; k < 9; k++) await page.getByRole('button', { name: 'Zoom Out' }).click();
    await named.waitFor({ state: 'detached' });
    assert.equal(await nodes.count(), 0);
    await standsStill(page);
    const merge = page.getByTestId('marks').locator('path.fill-merge');
    const { x, y, width, height } = (await merge.boundingBox())!;
    await page.mouse.click(x + width / 2, y + height / 2);
    await page.getByLabel('Chosen model').getByText('Merged').waitFor();
    await page.mouse.click(x - width, y + height / 2);
    await page.getByLabel('Chosen model').waitFor({ state: 'detached' });
    for (let k = 0; k < 9; k++) await page.getByRole('button', { name: 'Zoom In' }).click();
    await nodes
      .filter({ hasText: /[a-z]{5}-[a-z]{5}/ })
      .first()
      .waitFor();
    await leave(session);
  });

  it('moves to where its small map is pressed', async () => {
    const session = await testBed.open();
    const { page } = session;
    await page.goto(`${testBed.server.origin}/tree`);
    const map = page.getByRole('img', { name: 'Small map of the tree' });
    const place = () => page.locator('.react-flow__viewport').evaluate(({ style }) => style.transform);
    await map.click();
    const middle = await place();
    await map.click({ position: { x: 20, y: 20 } });
    await page.waitForFunction(
      (before) => document.querySelector<HTMLElement>('.react-flow__viewport')!.style.transform !== before,
      middle,
    );
    await map.click();
    await page.waitForFunction(
      (before) => document.querySelector<HTMLElement>('.react-flow__viewport')!.style.transform === before,
      middle,
    );
    await leave(session);
  });

  it('is walked by keyboard alone and opens a model', async () => {
    const session = await testBed.open();
    const { page } = session;
    const { seed } = testBed.scenario;
    await page.goto(`${testBed.server.origin}/model/${seed.id}/tree`);
    await page.locator('.react-flow__node').first().waitFor();
    await page.getByTestId('tree').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/model\/0x[0-9a-f]+$/);
    assert.notEqual(page.url().split('/').pop(), seed.id);
    await leave(session);
  });

  it('loads as many steps, and the side of the family, that are asked for', async () => {
    const session = await testBed.open();
    const { page } = session;
    const [, , second] = testBed.scenario.models;
    await page.goto(`${testBed.server.origin}/model/${second.id}/tree`);
    await page.getByText('models around one').waitFor();
    const shown = async (text: RegExp) => page.getByTestId('shown').filter({ hasText: text }).waitFor();
    await page.getByLabel('Show').selectOption('ancestors');
    await shown(/^3 of/);
    await page.getByLabel('Steps away').selectOption('1');
    await shown(/^2 of/);
    await page.getByRole('button', { name: 'Leave this model' }).click();
    await shown(/^1[01] of/);
    await leave(session);
  });

  it('finds a model by the name after its id and by what its trainer calls it', async () => {
    const session = await testBed.open();
    const { page } = session;
    const [, first] = testBed.scenario.models;
    for (const text of [proquint(first.id).slice(0, 7), CARD.name.slice(8, 13)]) {
      await page.goto(`${testBed.server.origin}/tree`);
      await page.getByRole('combobox', { name: 'Find' }).fill(text);
      await page
        .getByRole('option')
        .filter({ hasText: proquint(first.id) })
        .click();
      await page.waitForURL(`**/model/${first.id}/tree`);
    }
    await leave(session);
  });
});

describe('the leaderboard', () => {
  it('sorts, filters, says how sure a score is and whether the benchmark is sealed, and is exported', async () => {
    const session = await testBed.open();
    const { page } = session;
    const { models, benchmark } = testBed.scenario;
    await page.goto(`${testBed.server.origin}/leaderboard`);
    await page.getByText('No benchmark is chosen.').waitFor();
    await page
      .getByRole('region', { name: 'Benchmarks' })
      .getByRole('link', { name: /digits\/test”/ })
      .click();
    await page.waitForURL(`**/leaderboard?benchmark=${benchmark}`);
    const rows = page.locator('tbody tr');
    assert.equal(await rows.count(), 4);
    await page
      .getByText(/\d+\.\d % to \d+\.\d %/)
      .first()
      .waitFor();
    await page.getByText('No: its rows could have been trained on').waitFor();
    await page.getByRole('img', { name: /Best score over time/ }).waitFor();
    const merged = proquint(models[9].id);
    await page.getByRole('button', { name: 'Ancestors' }).click();
    // The import has none.
    assert.match(await rows.nth(1).innerText(), /Digits, first steps/);
    await page.getByRole('button', { name: 'Ancestors' }).click();
    assert.ok((await rows.first().innerText()).includes(merged));
    const both = [models[3], models[4]].map(({ id }) => `a[href="/model/${id}"]`);
    for (const parent of both) assert.equal(await rows.first().locator(parent).count(), 1, 'both parents of the merge');
    assert.match(await rows.first().innerText(), /0\.5 × [\s\S]*\+ 0\.5 × [\s\S]*1 origin/);
    await page.getByRole('searchbox', { name: /Filter/ }).fill('first steps');
    assert.equal(await rows.count(), 1);
    await page.getByRole('searchbox', { name: /Filter/ }).fill('');
    await page.getByLabel('The best model of each trainer only').check();
    assert.equal(await rows.count(), 2);
    // Which model of a trainer does best depends on the seed that was drawn.
    const each = await rows.allInnerTexts();
    assert.deepEqual(each.map((text) => text[0]).sort(), ['1', '2']);
    assert.equal(each.filter((text) => text.includes('Alice')).length, 1);
    const select = page.getByLabel('Benchmark', { exact: true });
    const sealed = await select.locator('option', { hasText: '0 rows' }).getAttribute('value');
    await select.selectOption(sealed!);
    await page.getByText('Yes, still closed').waitFor();
    await leave(session);

    const csv = await html(`/api/leaderboard/${benchmark}?format=csv`);
    assert.equal(csv.trim().split('\n').length, 5);
    assert.match(csv, /^rank,apart,model,/);
    const json = JSON.parse(await html(`/api/leaderboard/${benchmark}?format=json`));
    assert.deepEqual(
      json.entries.map(({ rank }: { rank: number }) => rank),
      [1, 2, 3, 4],
    );
    const told = (id: string) => json.entries.find(({ model }: { model: string }) => model === id);
    assert.equal(told(models[1].id).name, CARD.name);
    assert.equal(told(models[1].id).recipe, null);
    assert.deepEqual(
      json.entries.flatMap(({ recipe }: { recipe: number[][] | null }) => recipe ?? []).map((one: number[]) => one[0]),
      [MERGE_ONE / 2, MERGE_ONE / 2],
    );
  });
});

describe('comparing', () => {
  it('shows common ancestors and what differs in data, steps and scores', async () => {
    const session = await testBed.open();
    const { page } = session;
    const [seed, first, , tuned] = testBed.scenario.models;
    await page.goto(`${testBed.server.origin}/compare?a=${first.id}&b=${tuned.id}`);
    const common = page.getByRole('region', { name: 'In both lineages' });
    assert.ok((await common.innerText()).includes(proquint(seed.id)));
    for (const name of ['Trainer', 'Depth', 'Ancestors', 'Steps in all', 'Rows, each use', 'Last data'])
      assert.match(await page.getByRole('row', { name: new RegExp(`^${name}`) }).innerText(), /≠/, name);
    for (const name of [/^Network/, /^Head/])
      assert.doesNotMatch(await page.getByRole('row', { name }).innerText(), /≠/);
    await leave(session);
  });
});

describe('the card of a model', () => {
  it('is written by its trainer with the wallet and stands wherever the model is named; nobody else is offered to', async () => {
    const [, , , tuned] = testBed.scenario.models;
    const { rpc } = testBed.ledger.place;
    const session = await testBed.open();
    const { page, context } = session;
    await announceWallet(context, { name: 'Bobs wallet', account: testBed.ledger.bob.account, rpc });
    await announceWallet(context, { name: 'Alices wallet', account: testBed.ledger.alice.account, rpc });
    await page.goto(`${testBed.server.origin}/model/${tuned.id}`);
    await connectWallet(session, 'Alices wallet');
    assert.equal(await page.getByRole('button', { name: 'Give it a name' }).count(), 0);
    await page.getByTestId('wallet').click();
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await connectWallet(session, 'Bobs wallet');
    await page.getByRole('button', { name: 'Give it a name' }).click();
    await page.getByLabel('Link to more').fill('javascript:alert(1)');
    await page.getByText('Only plain https and ipfs links').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Write it with the wallet' }).isEnabled(), false);
    await page.getByLabel('Name', { exact: true }).fill('Tuned by Bob');
    await page.getByLabel('Link to more').fill('https://example.org/tuned');
    await page.getByRole('button', { name: 'Write it with the wallet' }).click();
    const card = page.getByTestId('card');
    await card.getByText('“Tuned by Bob”').waitFor({ timeout: 30_000 });
    assert.equal(await card.getByRole('link').getAttribute('href'), 'https://example.org/tuned');
    await page.goto(`${testBed.server.origin}/leaderboard?benchmark=${testBed.scenario.benchmark}`);
    await page.getByText('“Tuned by Bob”').first().waitFor();
    await leave(session);
    const name = plainName({ id: tuned.id, name: 'Tuned by Bob' });
    assert.ok((await html(`/model/${tuned.id}`)).includes(`<title>${name}`));
  });
});

/** Like assert.match, which would print the whole page. */
function assertSays(page: string, wanted: RegExp): void {
  assert.ok(wanted.test(page), `the page does not say ${wanted}`);
}
