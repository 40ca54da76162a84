// What Prove keeps between visits, and what it asks before something is lost.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Dialog, Download, Page } from 'playwright-core';
import { parseEdge } from '../../src/registry/edge.ts';
import { namedModel } from '../../src/registry/programs/definition.ts';
import { descent } from '../cli/cli.ts';
import type { Visit } from './support/browser.ts';
import { PATIENCE } from './support/proving.ts';
import { connectWallet, leave, openTestBed, type TestBed } from './support/testBed.ts';
import { announceWallet, type TestWallet } from './support/wallet.ts';

const DATA = 'Prove and register the data';
const SEED = 'Ask for a seed, then prove the start';
const TRAIN = 'Train, prove and register';

let testBed: TestBed;
before(async () => {
  testBed = await openTestBed();
});

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const phase = (page: Page, step: number, is: string) => page.locator(`[data-step="${step}"][data-phase=${is}]`);
const reached = (page: Page, step: number, is: string) => phase(page, step, is).waitFor({ timeout: PATIENCE });

/** Opens Prove with Bob's wallet connected. @param onDialog answers what the page asks */
async function begin(onDialog?: (dialog: Dialog) => void): Promise<Visit & { wallet: TestWallet }> {
  const { ledger, server } = testBed;
  const session = await testBed.open(onDialog && { onDialog });
  const wallet = await announceWallet(session.context, {
    name: 'Bobs wallet',
    account: ledger.bob.account,
    rpc: ledger.place.rpc,
  });
  await session.page.goto(`${server.origin}/prove`);
  await connectWallet(session, 'Bobs wallet');
  return { ...session, wallet };
}

async function prepare(page: Page): Promise<void> {
  await page.getByLabel('Hidden units').selectOption('8');
  await button(page, 'Prepare').click();
  await page.getByTestId('prepared').waitFor({ timeout: PATIENCE });
}

/** Saves the files that one button gives, by name. */
async function saved(page: Page, name: string, count: number, folder: string): Promise<Record<string, string>> {
  const downloads: Download[] = [];
  page.on('download', (download) => downloads.push(download));
  await button(page, name).click();
  const deadline = Date.now() + 20_000;
  while (downloads.length < count && Date.now() < deadline) await page.waitForTimeout(50);
  const files: Record<string, string> = {};
  for (const download of downloads) {
    const path = join(folder, download.suggestedFilename());
    await download.saveAs(path);
    files[download.suggestedFilename()] = path;
  }
  page.removeAllListeners('download');
  return files;
}

/** What the browser has in its storage, by key. */
const records = (page: Page): Promise<string[]> =>
  page.evaluate(
    () =>
      new Promise<string[]>((resolve, reject) => {
        const request = indexedDB.open('descent');
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const keys = request.result.transaction('work').objectStore('work').getAllKeys();
          keys.onsuccess = () => {
            request.result.close();
            resolve(keys.result.map(String));
          };
        };
      }),
  );

describe('what Prove keeps', () => {
  it('goes on after a reload, after Back and in another tab, and its files go on with the command line', async () => {
    const { ledger, server } = testBed;
    const session = await begin();
    const { page, context, wallet } = session;
    await page.getByLabel('Segments').selectOption('2');
    await prepare(page);
    await page.reload();
    await page.getByText('Continued from your last visit').waitFor();
    assert.equal(await page.getByLabel('Segments').inputValue(), '2');
    assert.match(await page.getByTestId('prepared').innerText(), /^A 49–8–10 softmax network, 64 rows/);
    await button(page, DATA).click();
    await reached(page, 1, 'done');

    await page.getByRole('navigation').getByRole('link', { name: 'Tree' }).first().click();
    await page.waitForURL(/\/tree/);
    await page.goBack();
    await reached(page, 1, 'done');
    await button(page, SEED).click();
    await reached(page, 2, 'done');

    // Two proofs, and a signature that the wallet's owner does not give.
    wallet.mood = 'reject';
    await button(page, TRAIN).click();
    await phase(page, 3, 'proved').getByText('You declined in the wallet.').waitFor({ timeout: PATIENCE });
    assert.ok(await page.getByLabel('Learning rate').isDisabled(), 'a proof is not lost by a choice');
    const other = await context.newPage();
    await other.goto(`${server.origin}/prove`);
    await other.getByText('Another tab of this browser has this work.').waitFor();
    assert.ok(await button(other, 'Prepare').isDisabled());
    await page.close();
    await reached(other, 3, 'proved');
    wallet.mood = 'agree';
    const before = wallet.asked.filter((method) => method === 'eth_sendTransaction').length;
    await button(other, 'Send again').click();
    await reached(other, 3, 'done');
    const sent = wallet.asked.filter((method) => method === 'eth_sendTransaction').length;
    assert.equal(sent, before + 1, 'one signature for both segments');
    const href = await other.getByRole('main').getByRole('link', { name: 'Open its page' }).getAttribute('href');

    const files = await saved(other, 'Save weights and data', 6, ledger.folder);
    assert.deepEqual(Object.keys(files).sort(), [
      'data.edge.json',
      'model.safetensors',
      'seed.edge.json',
      'shard.safetensors',
      'start.safetensors',
      'train.run.json',
    ]);
    await goOn(files, href!.split('/').pop()!);
    await other.goto(`${server.origin}${href}`);
    await other.getByText('16 steps in 2 segments').waitFor({ timeout: PATIENCE });
    await leave(session);
  });

  /** The command line trains further from the files; before it proves, it asks the chain for parent and shard. */
  async function goOn(files: Record<string, string>, model: string): Promise<void> {
    const { place, folder } = testBed.ledger;
    const runs = ['--runs', join(folder, 'runs')];
    const run = `further-${model.slice(2, 10)}`;
    const { 'model.safetensors': parent, 'shard.safetensors': shard } = files;
    const training = ['--parent', parent, '--shard', shard, '--lr', '0.25', '--batch', '8', '--run', run];
    const trained = await descent(['train', ...training, ...runs]);
    assert.equal(trained.code, 0, trained.stderr);
    const env = { DESCENT_RPC: place.rpc, DESCENT_REGISTRY: place.registry };
    const proved = await descent(['prove', run, '--account', '2', '--json', ...runs], { env });
    assert.equal(proved.code, 0, proved.stderr);
    const [path] = proved.stdout.match(/[^"]+\.edge\.json/) ?? [];
    const { statement } = parseEdge(readFileSync(path!, 'utf8'));
    assert.ok(statement.program === 'train');
    assert.equal(namedModel(statement.parent, statement).id, model, 'the parent is what the page registered');
  }

  it('asks before it deletes, and deletes all of it', async () => {
    const session = await begin();
    const { page } = session;
    await prepare(page);
    assert.equal((await records(page)).length, 1);
    await page.getByText('lie in this browser until you delete them').waitFor();
    await button(page, 'Start again').click();
    await button(page, 'Keep it').click();
    await page.getByTestId('prepared').waitFor();
    await button(page, 'Start again').click();
    await button(page, 'Delete all of it').click();
    await page.getByTestId('prepared').waitFor({ state: 'detached' });
    assert.deepEqual(await records(page), []);
    await page.reload();
    await button(page, 'Prepare').click();
    await page.getByTestId('prepared').waitFor({ timeout: PATIENCE });
    assert.equal(await page.getByText('Continued from your last visit').count(), 0);
    await leave(session);
  });

  it('sets work of another registry aside, whose files can be saved', async () => {
    const session = await begin();
    const { page } = session;
    await prepare(page);
    // As if it had been made for another registry, by another version.
    await page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const request = indexedDB.open('descent');
          request.onsuccess = () => {
            const transaction = request.result.transaction('work', 'readwrite');
            const work = transaction.objectStore('work');
            const cursor = work.openCursor();
            cursor.onsuccess = () => {
              const { key, value } = cursor.result!;
              work.delete(key);
              work.put({ ...value, version: 0, registry: `0x${'5'.repeat(40)}` }, `0 31337 0x${'5'.repeat(40)}`);
            };
            transaction.oncomplete = () => {
              request.result.close();
              resolve();
            };
          };
        }),
    );
    await page.reload();
    const aside = page.getByTestId('aside');
    await aside.getByText('0x5555…5555').waitFor();
    assert.equal(await page.getByTestId('prepared').count(), 0);
    const files = await saved(page, 'Save its files', 1, testBed.ledger.folder);
    assert.deepEqual(Object.keys(files), ['shard.safetensors']);
    await aside.getByRole('button', { name: 'Delete it' }).click();
    await button(page, 'Delete all of it').click();
    await aside.waitFor({ state: 'detached' });
    assert.deepEqual(await records(page), []);
    await leave(session);
  });

  it('asks before a proof on its way is left, by a link, by Back and by a reload', async () => {
    const asked: string[] = [];
    let mayLeave = false;
    const session = await begin((dialog) => {
      asked.push(dialog.type());
      void (mayLeave ? dialog.accept() : dialog.dismiss());
    });
    const { page } = session;
    await prepare(page);
    // Nothing is on its way: all of it is kept, and nobody asks.
    await page.getByRole('navigation').getByRole('link', { name: 'Tree' }).first().click();
    await page.waitForURL(/\/tree/);
    await page.getByRole('navigation').getByRole('link', { name: 'Prove' }).first().click();
    await page.getByTestId('prepared').waitFor();
    assert.deepEqual(asked, []);
    const { wallet } = session;
    wallet.mood = 'ponder';
    await button(page, DATA).click();
    await reached(page, 1, 'sending');
    await page.getByRole('navigation').getByRole('link', { name: 'Tree' }).first().click();
    assert.deepEqual(asked, ['confirm']);
    await page.evaluate(() => history.back());
    await page.waitForTimeout(500);
    assert.deepEqual(asked, ['confirm', 'confirm']);
    await page.evaluate(() => location.reload());
    await page.waitForTimeout(500);
    assert.deepEqual(asked, ['confirm', 'confirm', 'beforeunload']);
    assert.match(page.url(), /\/prove$/);
    await phase(page, 1, 'sending').waitFor();
    // What is proved waits, and the transaction that arrives meanwhile is not sent twice.
    mayLeave = true;
    await page.reload();
    await reached(page, 1, 'proved');
    const before = wallet.asked.length;
    wallet.mood = 'agree';
    await testBed.ledger.command('evm_mine');
    const deadline = Date.now() + 20_000;
    while (wallet.last === undefined && Date.now() < deadline) await page.waitForTimeout(50);
    await button(page, 'Send again').click();
    await reached(page, 1, 'done');
    assert.ok(!wallet.asked.slice(before).includes('eth_sendTransaction'));
    await leave(session);
  });

  it('works on in a browser that keeps nothing, and says so', async () => {
    const asked: string[] = [];
    const { ledger, server } = testBed;
    const session = await testBed.open({
      onDialog: (dialog) => {
        asked.push(dialog.type());
        void dialog.accept();
      },
    });
    const { page, context } = session;
    await announceWallet(context, { name: 'Bobs wallet', account: ledger.bob.account, rpc: ledger.place.rpc });
    await context.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('The disk is full.', 'QuotaExceededError');
      };
    });
    await page.goto(`${server.origin}/prove`);
    await page.getByText('This browser does not keep the work (The disk is full.).').waitFor();
    await connectWallet(session, 'Bobs wallet');
    await prepare(page);
    await button(page, DATA).click();
    await reached(page, 1, 'done');
    await page.getByText('This browser does not keep the work (The disk is full.).').waitFor();
    const files = await saved(page, 'Save weights and data', 2, ledger.folder);
    assert.deepEqual(Object.keys(files).sort(), ['data.edge.json', 'shard.safetensors']);
    await page.reload();
    assert.deepEqual(asked, [], 'all of it is saved');
    await prepare(page);
    await button(page, DATA).click();
    await reached(page, 1, 'done');
    await page.reload();
    assert.deepEqual(asked, ['beforeunload']);
    await leave(session);
  });
});
