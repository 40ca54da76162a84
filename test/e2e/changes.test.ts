// What is shown is what was chosen last: a changed or refused input leaves nothing of the one before to be sent.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { encodeLinkedEdge, LARGEST_FILE } from '../../web/lib/linkedEdge.ts';
import { connectWallet, leave, openTestBed, type TestBed } from './support/testBed.ts';
import { announceWallet, showAccount } from './support/wallet.ts';

/** To verify a proof in a browser on a busy machine. */
const PATIENCE = 120_000;

let testBed: TestBed;
before(async () => {
  testBed = await openTestBed();
});

function write(name: string, text: string): string {
  const file = join(testBed.ledger.folder, name);
  writeFileSync(file, text);
  return file;
}

/** Opens a page with Bob's wallet connected. */
async function begin(path: string) {
  const session = await testBed.open();
  const { account } = testBed.ledger.bob;
  const { rpc } = testBed.ledger.place;
  const wallet = await announceWallet(session.context, { name: 'Bobs wallet', account, rpc });
  await session.page.goto(`${testBed.server.origin}${path}`);
  await connectWallet(session, 'Bobs wallet');
  return { ...session, wallet };
}

const sendButton = (page: Page) => page.getByRole('button', { name: 'Send with the wallet' });

describe('a second edge file', () => {
  const refused: [what: string, make: () => string][] = [
    ['is too large', () => write('large.edge.json', 'x'.repeat(LARGEST_FILE + 1))],
    ['is no edge', () => write('other.edge.json', '{"format":"something else"}')],
    ['is cut', () => write('cut.edge.json', readFileSync(testBed.scenario.waiting.file, 'utf8').slice(0, 400))],
  ];
  for (const [what, make] of refused) {
    it(`that ${what} leaves nothing of the first to send`, async () => {
      const session = await begin('/submit');
      const { page, wallet } = session;
      await page.getByTestId('file').setInputFiles(testBed.scenario.waiting.file);
      await sendButton(page).waitFor({ timeout: PATIENCE });
      await page.getByTestId('file').setInputFiles(make());
      await page.getByText('Nothing to send yet.').waitFor();
      assert.equal(await sendButton(page).count(), 0);
      assert.equal(await page.getByRole('region', { name: 'What it says' }).count(), 0);
      assert.ok(!wallet.asked.includes('eth_sendTransaction'));
      await leave(session);
    });
  }

  it('as a damaged link in an open page leaves nothing of the first, and a whole link shows its own', async () => {
    const session = await begin('/submit');
    const { page } = session;
    const { waiting, next } = testBed.scenario;
    const link = await encodeLinkedEdge(readFileSync(next.file, 'utf8'));
    const follow = (part: string) =>
      page.evaluate((hash) => {
        window.location.hash = hash;
      }, `edge=${part}`);
    await page.getByTestId('file').setInputFiles(waiting.file);
    await sendButton(page).waitFor({ timeout: PATIENCE });
    await follow(link.slice(0, 80));
    await page.getByText('The link is damaged.').waitFor();
    await page.getByText('Nothing to send yet.').waitFor();
    await follow(link);
    await page.getByRole('region', { name: 'What it says' }).getByText(next.id.slice(0, 10)).first().waitFor();
    await leave(session);
  });

  it('is not taken while the wallet is asked about the first', async () => {
    const session = await begin('/submit');
    const { page, wallet } = session;
    await page.getByTestId('file').setInputFiles(testBed.scenario.waiting.file);
    wallet.mood = 'ponder';
    await sendButton(page).click({ timeout: PATIENCE });
    await page.getByText('Your wallet is asked about this file.').waitFor();
    assert.equal(await page.getByTestId('file').isDisabled(), true);
    wallet.mood = 'reject';
    await page.getByText('You declined in the wallet.').waitFor();
    assert.equal(await page.getByTestId('file').isDisabled(), false);
    await leave(session);
  });

  it('that is refused leaves no verdict of the first on Verify', async () => {
    const session = await begin('/verify');
    const { page } = session;
    await page.getByTestId('file').setInputFiles(testBed.scenario.waiting.file);
    await page.getByTestId('verdict').waitFor({ timeout: PATIENCE });
    await page.getByTestId('file').setInputFiles(write('large.edge.json', 'x'.repeat(LARGEST_FILE + 1)));
    await page.getByText('The file is too large').waitFor();
    assert.equal(await page.getByTestId('verdict').count(), 0);
    assert.equal(await page.locator('[data-check][data-state=good]').count(), 0);
    assert.equal(await page.getByRole('region', { name: 'What it says' }).count(), 0);
    await leave(session);
  });
});

describe('another account or model', () => {
  it('in the wallet takes the button away and brings it back', async () => {
    const session = await begin('/submit');
    const { page, wallet } = session;
    await page.getByTestId('file').setInputFiles(testBed.scenario.waiting.file);
    await sendButton(page).waitFor({ timeout: PATIENCE });
    await showAccount(page, wallet, testBed.ledger.alice.account);
    await page.getByText('The edge was proved for').waitFor();
    assert.equal(await sendButton(page).count(), 0);
    await showAccount(page, wallet, testBed.ledger.bob.account);
    await sendButton(page).waitFor();
    await leave(session);
  });

  it('does not get what was typed for a model before', async () => {
    const session = await begin(`/model/${testBed.scenario.models[3].id}`);
    const { page } = session;
    const { models } = testBed.scenario;
    await page.getByRole('button', { name: 'Give it a name' }).click();
    await page.getByLabel('Name', { exact: true }).fill('For the tuned one');
    await page.getByRole('button', { name: 'Leave it' }).click();
    // By links in the page, which keep what is not another component.
    await page.locator(`main a[href="/model/${models[9].id}"]`).first().click();
    await page.waitForURL(`**/model/${models[9].id}`);
    await page.locator(`main a[href="/model/${models[4].id}"]`).first().click();
    await page.waitForURL(`**/model/${models[4].id}`);
    await page.getByRole('button', { name: /Give it a name|Change its card/ }).click();
    assert.notEqual(await page.getByLabel('Name', { exact: true }).inputValue(), 'For the tuned one');
    await leave(session);
  });
});

describe('proving', () => {
  const cells = (k: number) => [1, 2, 3].map((j) => Math.sin(17 * k + 5 * j).toFixed(3));
  const rows = (last: (k: number) => string) =>
    `a,b,c,last\n${Array.from({ length: 150 }, (_, k) => [...cells(k), last(k)].join(',')).join('\n')}\n`;
  const prepared = (page: Page) => page.getByTestId('prepared');

  /** Prepares a table of two classes. */
  async function beginWithTable() {
    const session = await begin('/prove');
    const { page } = session;
    await page.getByText('A table of your own').click();
    await page.getByTestId('csv').setInputFiles(
      write(
        'classes.csv',
        rows((k) => (k % 2 === 0 ? 'up' : 'down')),
      ),
    );
    await page.getByLabel('Hidden units').selectOption('8');
    await page.getByRole('button', { name: 'Prepare' }).click();
    await prepared(page).waitFor({ timeout: PATIENCE });
    await page.getByRole('button', { name: 'Prove and register the data' }).waitFor();
    return session;
  }
  async function isGone(page: Page): Promise<void> {
    await prepared(page).waitFor({ state: 'detached' });
    assert.equal(await page.getByRole('button', { name: 'Prove and register the data' }).count(), 0);
  }
  const again = async (page: Page) => {
    await page.getByRole('button', { name: 'Prepare' }).click();
    await prepared(page).waitFor({ timeout: PATIENCE });
  };

  it('offers nothing of the preparation before once any input is another', async () => {
    const session = await beginWithTable();
    const { page } = session;
    assert.match(await prepared(page).innerText(), /^A 3–8–2 softmax network, 64 rows .* 2 classes/);
    await page.getByLabel('Hidden units').selectOption('16');
    await isGone(page);
    await again(page);
    assert.match(await prepared(page).innerText(), /^A 3–16–2 softmax network/);
    await page.getByLabel(/^Rows/).selectOption('128');
    await isGone(page);
    await again(page);
    await page.getByRole('combobox', { name: 'Column to predict' }).selectOption('c');
    await isGone(page);
    await page.getByText('Handwritten digits').click();
    await again(page);
    assert.match(await prepared(page).innerText(), /^A 49–16–10 softmax network/);
    await page.getByText('A table of your own').click();
    await isGone(page);
    await leave(session);
  });

  it('offers nothing of the table before once another one is refused', async () => {
    const session = await beginWithTable();
    const { page } = session;
    await page.getByTestId('csv').setInputFiles(write('large.csv', 'a,b\n'.padEnd((20 << 20) + 1, '1,2\n')));
    await page.getByText('The table is larger than 20 MB.').waitFor();
    await isGone(page);
    await page.getByTestId('csv').setInputFiles(write('words.csv', rows((k) => `${k % 3}`).replace('0.', 'word')));
    await page.getByRole('button', { name: 'Prepare' }).click();
    await page.getByRole('main').getByRole('alert').first().waitFor();
    await isGone(page);
    await leave(session);
  });

  it('takes a column of many numbers for classes only if the visitor says so, and can predict numbers', async () => {
    const session = await begin('/prove');
    const { page } = session;
    await page.getByText('A table of your own').click();
    await page.getByTestId('csv').setInputFiles(
      write(
        'numbers.csv',
        rows((k) => (k / 7).toFixed(3)),
      ),
    );
    await page.getByRole('button', { name: 'Prepare' }).click();
    await page.getByText('The labels in "last" are 150 different numbers in 150 rows.').waitFor({ timeout: PATIENCE });
    assert.equal(await prepared(page).count(), 0);
    await page.getByLabel('What it holds').selectOption('numbers');
    await again(page);
    assert.match(
      await prepared(page).innerText(),
      /^A 3–32–1 network.* A number is predicted; .* mean squared error of \d\.\d+/,
    );
    await leave(session);
  });
});
