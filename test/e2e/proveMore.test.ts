// What else Prove takes: weights files, shard files, Parquet and numpy arrays; scores and trainings of several segments.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import type { Hex } from 'viem';
import { DECOMPRESSORS } from '../../scripts/files/decompress.ts';
import { loadMnist } from '../../scripts/files/mnist.ts';
import { DescentError } from '../../src/errors/DescentError.ts';
import { modelRegistryAbi, scoreboardAbi } from '../../src/generated/abi.ts';
import { readShard } from '../../src/model/shardFile.ts';
import { readNumpyFile } from '../../src/model/tables/numpyFile.ts';
import { readParquet } from '../../src/model/tables/parquet.ts';
import { readModel, writeWeights } from '../../src/model/weightsFile.ts';
import { evaluate } from '../../src/training/trainer.ts';
import { npy, npyHeader } from '../corpus/files.ts';
import { int32s, page as parquetPage, parquetTable, values } from '../corpus/parquetFile.ts';
import type { Visit } from './support/browser.ts';
import { PATIENCE } from './support/proving.ts';
import { connectWallet, leave, openTestBed, type TestBed } from './support/testBed.ts';
import { announceWallet, type TestWallet } from './support/wallet.ts';

const CORPUS = join(import.meta.dirname, '..', 'corpus');
const ROWS = 64;
/** Parquet's number of this codec. */
const GZIP = 2;
/** Damaged files whose names of columns or arrays can be read. */
const READABLE = ['gzip-less.parquet', 'page-size.parquet', 'checksum.npz'];

let testBed: TestBed;
let snapshot: Hex;
before(async () => {
  testBed = await openTestBed();
});

const reached = (page: Page, step: number, is: string) =>
  page.locator(`[data-step="${step}"][data-phase=${is}]`).waitFor({ timeout: PATIENCE });
const prepared = (page: Page) => page.getByTestId('prepared');
const prepare = (page: Page) => page.getByRole('button', { name: 'Prepare' }).click();

async function begin(): Promise<Visit & { wallet: TestWallet }> {
  const { ledger, server } = testBed;
  const session = await testBed.open();
  const { account } = ledger.bob;
  const wallet = await announceWallet(session.context, { name: 'Bobs wallet', account, rpc: ledger.place.rpc });
  await session.page.goto(`${server.origin}/prove`);
  await connectWallet(session, 'Bobs wallet');
  return { ...session, wallet };
}

function write(name: string, bytes: Uint8Array): string {
  const path = join(testBed.ledger.folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** Digits as numpy has them: pixels of 28x28 and labels, of more rows than are trained on. */
async function arrays(): Promise<{ features: string; labels: string }> {
  const { train } = await loadMnist({ pooled: false });
  const rows = 2 * ROWS;
  const table = train.table({ first: 4_000, rows });
  const pixels = Uint8Array.from(table.features, (x) => Math.round(255 * x));
  return {
    features: write('pixels.npy', npy(npyHeader('|u1', [rows, 784]), pixels)),
    labels: write(
      'labels.npy',
      npy(npyHeader('|u1', [rows]), Uint8Array.from((table as { labels: ArrayLike<number> }).labels)),
    ),
  };
}

describe('a model whose weights file the visitor has', () => {
  before(async () => {
    snapshot = await testBed.ledger.command('evm_snapshot');
  });
  after(() => testBed.revert(snapshot));

  it('is refused unless it is registered with these weights and this salt', async () => {
    const { own } = testBed.scenario;
    const session = await begin();
    const { page } = session;
    await page.getByText('Train a registered model further').click();
    await prepare(page);
    await page.getByText('Choose the weights file of the model first.').waitFor();
    await page.getByTestId('weights').setInputFiles(own.shard);
    await prepare(page);
    await page.getByText('"descent-shard/1"').waitFor({ timeout: PATIENCE });
    const model = readModel(new Uint8Array(readFileSync(own.weights)));
    await page
      .getByTestId('weights')
      .setInputFiles(write('salted.safetensors', writeWeights({ ...model, salt: model.salt + 1n })));
    await prepare(page);
    await page.getByText('The registry does not know the model of this weights file.').waitFor({ timeout: PATIENCE });
    assert.equal(await prepared(page).count(), 0);
    await leave(session);
  });

  it('is trained further on rows of numpy arrays, scaled as its own were, in two segments with one signature', async () => {
    const { ledger, scenario } = testBed;
    const session = await begin();
    const { page, wallet } = session;
    await page.getByText('Train a registered model further').click();
    await page.getByTestId('weights').setInputFiles(scenario.own.weights);
    await page.getByText('A table of your own').click();
    const { features, labels } = await arrays();
    await page.getByTestId('csv').setInputFiles(features);
    await prepare(page);
    await page.getByText('Choose the file of the answers too.').waitFor();
    await page.getByTestId('answers').setInputFiles(labels);
    await page.getByLabel('Segments').selectOption('2');
    await prepare(page);
    await prepared(page).waitFor({ timeout: PATIENCE });
    assert.match(await prepared(page).innerText(), /^A 49–32–10 network, 64 rows to train on, 64 to test with/);
    await page.getByText('Scaled as the rows were that the model was made for.').waitFor();
    await page.getByRole('button', { name: 'Prove and register the data' }).click();
    await reached(page, 1, 'done');
    const sends = () => wallet.asked.filter((method) => method === 'eth_sendTransaction').length;
    const before = sends();
    await page.getByRole('button', { name: 'Train, prove and register' }).click();
    await reached(page, 2, 'done');
    assert.equal(sends(), before + 1);
    const href = await page.getByRole('main').getByRole('link', { name: 'Open its page' }).getAttribute('href');
    const id = href!.split('/').pop() as Hex;
    const registry = { address: ledger.place.registry, abi: modelRegistryAbi, args: [id] } as const;
    const { client } = ledger.chain;
    assert.deepEqual(await client.readContract({ ...registry, functionName: 'parents' }), [scenario.own.model]);
    assert.equal(await client.readContract({ ...registry, functionName: 'segmentsOf' }), 2n);
    await leave(session);
  });

  it('is scored on the rows of a benchmark, which shows the score', async () => {
    const { ledger, scenario, server } = testBed;
    const { own, benchmark } = scenario;
    const session = await begin();
    const { page } = session;
    await page.getByText('Prove a score').click();
    await page.getByTestId('weights').setInputFiles(own.weights);
    await page.getByTestId('shard').setInputFiles(own.shard);
    await prepare(page);
    await page.getByText('The registry has these rows already.').waitFor({ timeout: PATIENCE });
    await reached(page, 1, 'done');
    await page.getByRole('button', { name: 'Prove and register the score' }).click();
    await reached(page, 2, 'done');
    const { prover, value } = await ledger.chain.client.readContract({
      address: ledger.place.scoreboard,
      abi: scoreboardAbi,
      functionName: 'resultOf',
      args: [own.model, own.rows],
    });
    assert.equal(prover, ledger.bob.account.address);
    const [weights, shard] = [own.weights, own.shard].map((file) => new Uint8Array(readFileSync(file)));
    assert.equal(value, BigInt(evaluate(readModel(weights), readShard(shard)).right!));
    const says = await page.getByText(/^Registered and proved:/).innerText();
    assert.ok(says.includes(`${((100 * Number(value)) / ROWS).toFixed(1)} % of 64 rows right`), says);
    await page.goto(`${server.origin}/leaderboard?benchmark=${benchmark}`);
    await page.locator(`a[href="/model/${own.model}"]`).first().waitFor({ timeout: PATIENCE });
    await leave(session);
  });
});

describe('a table of another format', () => {
  it('is prepared from Parquet, and refused as the command line refuses it', async () => {
    const session = await begin();
    const { page } = session;
    await page.getByText('A table of your own').click();
    const choose = (path: string) => page.getByTestId('csv').setInputFiles(path);
    const count = 2 * ROWS;
    const numbers = (of: (k: number) => number) => int32s(Array.from({ length: count }, (_, k) => of(k)));
    const [a, y] = [numbers((k) => (37 * k) % 101), numbers((k) => ((37 * k) % 101 > 50 ? 1 : 0))];
    const pages = parquetPage({ ...values(count), 2: a.length }, gzipSync(a));
    const labels = parquetPage(values(count), y);
    await choose(write('own.parquet', parquetTable({ rows: count, pages, labels, chunk: { 4: GZIP } })));
    assert.equal(await page.getByRole('combobox', { name: 'Column to predict' }).inputValue(), 'y');
    await prepare(page);
    await prepared(page).waitFor({ timeout: PATIENCE });
    assert.match(await prepared(page).innerText(), /^A 1–32–2 softmax network, 64 rows to train on, 64 to test with/);
    // The footers of the first two can be read.
    for (const name of ['gzip-less.parquet', 'page-size.parquet', 'magic.parquet', 'checksum.npz', 'no-zip.npz']) {
      const path = join(CORPUS, 'files', name);
      const says = refusalOf(path);
      await choose(path);
      await prepared(page).waitFor({ state: 'detached' });
      const alert = page.getByRole('main').getByRole('alert').filter({ hasText: says });
      if (READABLE.includes(name)) {
        if (name.endsWith('.npz')) await page.getByTestId('answers').setInputFiles(path);
        await prepare(page);
      }
      await alert.waitFor({ timeout: PATIENCE });
    }
    await leave(session);
  });

  it('may be an npz file of both arrays, of which each is named', async () => {
    const session = await begin();
    const { page } = session;
    await page.getByText('A table of your own').click();
    const both = join(CORPUS, 'numpy', 'stored.npz');
    await page.getByTestId('csv').setInputFiles(both);
    await page.getByLabel('Array of the features').selectOption('X');
    await page.getByTestId('answers').setInputFiles(both);
    await page.getByLabel('Array of the answers').selectOption('y');
    await prepare(page);
    // It has few rows, and all of them were read.
    await page.getByText('The table has 6 rows; 64 are to be trained on').waitFor({ timeout: PATIENCE });
    await leave(session);
  });
});

/** What the command line says of a damaged file. */
function refusalOf(path: string): string {
  const bytes = new Uint8Array(readFileSync(path));
  try {
    if (path.endsWith('.npz')) readNumpyFile(bytes);
    else readParquet(bytes, { label: 'y', decompressors: DECOMPRESSORS });
  } catch (error) {
    assert.ok(error instanceof DescentError);
    return error.shortMessage;
  }
  throw new Error(`${path} can be read`);
}
