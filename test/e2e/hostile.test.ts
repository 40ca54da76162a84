import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Address, encodeAbiParameters, encodeEventTopics, type Hex, padHex } from 'viem';
import { creditVaultAbi } from '../../src/generated/abi.ts';
import { formatEdge, parseEdge } from '../../src/registry/edge.ts';
import { safeLink, safeText } from '../../web/lib/hostile.ts';
import { givenName } from '../../web/lib/names.ts';
import type { Visit } from './support/browser.ts';
import { PAYLOADS } from './support/payloads.ts';
import { leave, openTestBed, type TestBed } from './support/testBed.ts';
import { announceWallet } from './support/wallet.ts';

/** Entries of metadata in one edge file at most. */
const ENTRIES = 32;
/** Payloads that can be encoded for a contract: any string that is not broken. */
const ON_CHAIN = PAYLOADS.filter((text) => text.isWellFormed());
/** Models on a chain at hand for cards. */
const WRITTEN_AT_ONCE = 9;
/** Tokens that the page asks about for one model. */
const TOKENS = 5;

let testBed: TestBed;
before(async () => {
  testBed = await openTestBed();
});

/** Waits until the page's server has read the newest block. */
async function untilRead(): Promise<void> {
  const head = Number(await testBed.ledger.chain.client.getBlockNumber({ cacheTime: 0 }));
  for (let scanned = -1; scanned < head; ) {
    scanned = (await (await fetch(`${testBed.server.origin}/api/status`)).json()).scanned;
    if (scanned < head) await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** What moves, reorders or hides other text; a page's own text has lines and tabs between its cells. */
const UNSAFE_CHARACTERS = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

/** No link but those a visitor may follow, nothing of a stranger became an element, and no text deceives. */
async function isHarmless({ page }: Visit): Promise<void> {
  const bad =
    'a[href^="javascript" i], a[href^="data" i], a[href^="http:"], a[href^="vbscript" i], main iframe, main script[src*=evil], main [onerror], main [onload], base, meta[http-equiv=refresh]';
  assert.equal(await page.locator(bad).count(), 0);
  assert.doesNotMatch(await page.locator('body').innerText(), UNSAFE_CHARACTERS);
}

describe('texts of strangers', () => {
  // The tests of other files find the chain as it was.
  let snapshot: Hex;
  before(async () => {
    snapshot = await testBed.ledger.command('evm_snapshot');
  });
  after(async () => {
    await testBed.ledger.command('evm_revert', snapshot);
  });

  it('are at least a hundred', () => assert.ok(ON_CHAIN.length >= 100));

  it('lose everything that reorders or hides, and become a link only as plain https or ipfs', () => {
    for (const text of PAYLOADS) {
      for (const shown of [safeText(text), givenName({ name: text }) ?? '']) {
        assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Cs}]/u);
        assert.ok(shown.length <= 300);
      }
      assert.equal(safeLink(text), undefined, text);
    }
    assert.equal(safeLink('https://example.org/a')?.host, 'example.org');
    assert.ok(safeLink('ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'));
  });

  it('do no harm as names and values of metadata in an edge file', async () => {
    const session = await testBed.open();
    const { page } = session;
    const edge = parseEdge(readFileSync(testBed.scenario.waiting.file, 'utf8'));
    const file = join(testBed.ledger.folder, 'hostile.edge.json');
    for (const path of ['/submit', '/verify']) {
      await page.goto(`${testBed.server.origin}${path}`);
      for (let first = 0; first < PAYLOADS.length; first += ENTRIES) {
        const some = PAYLOADS.slice(first, first + ENTRIES).filter((text) => text !== '__proto__');
        const metadata = Object.fromEntries(some.map((text) => [text, text]));
        writeFileSync(file, formatEdge({ ...edge, metadata }));
        await page.getByTestId('file').setInputFiles(file);
        const last = safeText(some.at(-1)!).slice(0, 20);
        await page.locator('dd bdi').filter({ hasText: last }).last().waitFor();
        assert.equal(await page.locator('dd bdi a, dt a').count(), 0);
        await isHarmless(session);
      }
    }
    await leave(session);
  });

  it('do no harm in any other field of an edge file', async () => {
    const session = await testBed.open();
    const { page } = session;
    const text = readFileSync(testBed.scenario.waiting.file, 'utf8');
    const fields = stringFields(JSON.parse(text));
    const file = join(testBed.ledger.folder, 'hostile.edge.json');
    await page.goto(`${testBed.server.origin}/verify`);
    const line = page.locator('[data-check=file][data-state=bad]');
    for (let k = 0; k < Math.max(PAYLOADS.length, fields.length); k++) {
      const edge = JSON.parse(text);
      put(edge, fields[k % fields.length], PAYLOADS[k % PAYLOADS.length]);
      writeFileSync(file, JSON.stringify(edge));
      await page.getByTestId('file').setInputFiles(file);
      await line.waitFor();
      await page.getByTestId('verdict').waitFor();
      await isHarmless(session);
    }
    await leave(session);
  });

  it('do no harm as what datasets and benchmarks on chain are called', async () => {
    const { ledger, scenario, server } = testBed;
    for (const text of ON_CHAIN) {
      await ledger.listDataset(ledger.alice, [scenario.shards[0]], text);
      await ledger.openBenchmark(ledger.alice, [scenario.shards[0]], text);
    }
    const session = await testBed.open();
    const { page } = session;
    await page.goto(`${server.origin}/model/${scenario.models[1].id}`);
    await page.getByText('Listed as').first().waitFor();
    await isHarmless(session);
    await page.goto(`${server.origin}/leaderboard`);
    await isHarmless(session);
    const select = page.getByLabel('Benchmark', { exact: true });
    const values = await select
      .locator('option')
      .evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
    assert.ok(values.length >= ON_CHAIN.length);
    for (const value of values) {
      await select.selectOption(value);
      await page.waitForURL(`**benchmark=${value}`);
      await isHarmless(session);
    }
    for (const path of ['/', '/tree', `/model/${scenario.models[1].id}`]) {
      await page.goto(`${server.origin}${path}?benchmark=${values.at(-1)}`);
      await isHarmless(session);
    }
    await leave(session);
  });

  it('do no harm as names and links on cards, wherever a model is named', async () => {
    const { ledger, scenario, server } = testBed;
    const session = await testBed.open();
    const { page } = session;
    const texts = ON_CHAIN.map((text) => ({ name: cut(text, 64), uri: cut(text, 256) }));
    const owners = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((k) => (k < 3 ? ledger.alice : ledger.bob));
    for (let first = 0; first < texts.length; first += WRITTEN_AT_ONCE) {
      const some = texts.slice(first, first + WRITTEN_AT_ONCE);
      for (const [k, { name, uri }] of some.entries()) {
        await ledger.writeCard(owners[k], scenario.models[k].id, name, uri);
      }
      await untilRead();
      const k = Math.floor(first / WRITTEN_AT_ONCE) % some.length;
      const own = scenario.models[k].id;
      await page.goto(`${server.origin}/model/${own}`);
      assert.equal(await page.getByTestId('card').count(), 1, some[k].uri);
      await isHarmless(session);
      const json = await (await fetch(`${server.origin}/api/leaderboard/${scenario.benchmark}?format=json`)).text();
      assert.doesNotMatch(json, UNSAFE_CHARACTERS);
      const told = (JSON.parse(json).entries as { model: Hex; name: string | null }[]).map(({ model, name }) => [
        model,
        name,
      ]);
      for (const [j, { name }] of some.entries()) {
        const entry = told.find(([model]) => model === scenario.models[j].id);
        // Who reads text from a chain leaves out a byte order mark.
        if (entry) assert.equal(entry[1] ?? '', name.replace(/^\ufeff/, ''));
      }
      for (const path of [
        '/',
        `/model/${scenario.models[0].id}/tree`,
        '/leaderboard',
        `/compare?a=${scenario.models[3].id}&b=${own}`,
      ]) {
        await page.goto(`${server.origin}${path}`);
        if (path.endsWith('/tree')) await page.locator('.react-flow__node').first().waitFor();
        await isHarmless(session);
      }
    }
    await page.goto(`${server.origin}/tree?view=table`);
    await page.locator('tbody tr').first().waitFor();
    await isHarmless(session);
    await leave(session);
  });

  it('do no harm as the symbol of a token that a model was paid in', async () => {
    const { ledger, scenario, server } = testBed;
    const models = scenario.models.slice(0, WRITTEN_AT_ONCE);
    const tokens = models.flatMap((_, m) =>
      Array.from({ length: TOKENS }, (_, k): Address => padHex(`0x70ce${m}${k}`, { size: 20 })),
    );
    const session = await testBed.open();
    const { page } = session;
    await ledger.command('hardhat_setCode', ledger.place.creditVault, LOGGER);
    for (const [k, token] of tokens.entries()) {
      const [signature, ...topics] = encodeEventTopics({
        abi: creditVaultAbi,
        eventName: 'Paid',
        args: { model: models[Math.floor(k / TOKENS)].id, token, payer: ledger.alice.account.address },
      }) as Hex[];
      const data = [signature, ...topics, padHex('0x0f', { size: 32 })].map((word) => word.slice(2)).join('');
      await ledger.send(ledger.alice, `0x${data}`, ledger.place.creditVault);
    }
    for (let first = 0; first < ON_CHAIN.length; first += tokens.length) {
      const texts = ON_CHAIN.slice(first, first + tokens.length);
      for (const [k, text] of texts.entries()) {
        await ledger.answerAlways(tokens[k], encodeAbiParameters([{ type: 'string' }], [text]));
      }
      await ledger.command('evm_mine');
      await untilRead();
      for (const { id } of models.slice(0, Math.ceil(texts.length / TOKENS))) {
        await page.goto(`${server.origin}/model/${id}`);
        assert.equal(await page.getByTestId('credit').count(), TOKENS);
        await isHarmless(session);
      }
    }
    await leave(session);
  });

  it('do no harm as the name of a wallet', async () => {
    for (let first = 0; first < PAYLOADS.length; first += 16) {
      const session = await testBed.open();
      const { page, context } = session;
      const { account } = testBed.ledger.bob;
      for (const name of PAYLOADS.slice(first, first + 16))
        await announceWallet(context, { name, account, rpc: testBed.ledger.place.rpc });
      await page.goto(testBed.server.origin);
      await page.getByTestId('wallet').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button').nth(1).waitFor();
      await isHarmless(session);
      await dialog.getByRole('button').nth(1).click();
      await dialog.waitFor({ state: 'hidden' });
      await page.getByTestId('wallet').click();
      await dialog.getByText('Disconnect').waitFor();
      await isHarmless(session);
      await leave(session);
    }
  });
});

/** A contract that logs what it is given: four topics, then data. */
const LOGGER: Hex = '0x60803603806080600037606035604035602035600035846000a400';

/** At most so many bytes of UTF-8. */
function cut(text: string, limit: number): string {
  let kept = '';
  for (const letter of text) {
    if (Buffer.byteLength(kept + letter) > limit) break;
    kept += letter;
  }
  return kept;
}

/** Paths of all texts in a value, but free ones. */
function stringFields(value: unknown, path: string[] = []): string[][] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null || path[0] === 'metadata') return [];
  return Object.entries(value).flatMap(([key, inner]) => stringFields(inner, [...path, key]));
}

function put(target: Record<string, unknown>, path: string[], text: string): void {
  const [key, ...rest] = path;
  if (rest.length === 0) target[key] = text;
  else put(target[key] as Record<string, unknown>, rest, text);
}
