// All measures of one score from the command line over the chain to the page: the figures of plain integers on each of them.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Hex } from 'viem';
import { scoreboardAbi } from '../../src/generated/abi.ts';
import { atLeastPercent, atMost, countsSum, lossPerRow, type Measures } from '../../src/model/measures.ts';
import { readShard } from '../../src/model/shardFile.ts';
import { readWeights } from '../../src/model/weightsFile.ts';
import { forwardTrace } from '../../src/training/forward.ts';
import { descent, document, temporaryFolder } from '../cli/cli.ts';
import { leave, openTestBed, type TestBed } from './support/testBed.ts';

/** Rows of each of the two shards. */
const ROWS = 12;
const K = 2;
const CLASSES = 3;

/** Three clouds of points in a plane, with a name each. */
function table(): string {
  const rows = Array.from({ length: 2 * ROWS }, (_, k) => {
    const cloud = k % CLASSES;
    return `${(3 * cloud + Math.sin(17 * k)).toFixed(2)},${(cloud === 1 ? 4 : Math.cos(5 * k)).toFixed(2)},${'abc'[cloud]}`;
  });
  return `x,y,cloud\n${rows.join('\n')}\n`;
}

describe('a model that is scored on a benchmark of two shards', () => {
  const { folder, remove } = temporaryFolder();
  let testBed: TestBed;
  let snapshot: Hex;
  let model: Hex;
  let benchmark: Hex;
  /** what plain integers say of each shard */
  let expected: Measures[];
  before(async () => {
    testBed = await openTestBed();
    snapshot = await testBed.ledger.command('evm_snapshot');
  });
  after(async () => {
    await testBed.ledger.command('evm_revert', snapshot);
    remove();
  });

  const run = (...parts: string[]) => join(folder, 'runs', ...parts);
  const read = (path: string) => new Uint8Array(readFileSync(path));
  const call = async (...args: string[]) => {
    const { rpc, registry, scoreboard } = testBed.ledger.place;
    const env = { DESCENT_RPC: rpc, DESCENT_REGISTRY: registry, DESCENT_SCOREBOARD: scoreboard };
    return document(await descent([...args, '--json', '--runs', join(folder, 'runs')], { env }));
  };
  const sum = (of: (one: Measures) => bigint) => expected.reduce((total, one) => total + of(one), 0n);
  const counts = () => Array.from(expected[0].counts!, (value, at) => value + expected[1].counts![at]);
  const loss = () =>
    lossPerRow(
      sum((one) => one.loss),
      { kind: 'classes', head: 'softmax', rows: 2 * ROWS, outputs: CLASSES },
    )!;

  it('is proved by one command, which says what plain integers say', async () => {
    const [alice, bob] = [
      ['--account', '1'],
      ['--account', '2'],
    ];
    writeFileSync(join(folder, 'clouds.csv'), table());
    const source = ['--csv', join(folder, 'clouds.csv'), '--label', 'cloud', '--scale', 'min-max', '--run', 'tests'];
    const data = await call('data', ...source, '--rows', `${ROWS}`, '--count', '2', ...alice);
    for (const { file } of data.edges) await call('submit', file, ...alice);
    benchmark = (await call('benchmark', 'open', 'tests', '--uri', 'https://example.org/clouds', ...alice)).id;
    const seed = await call('seed', '--shape', `2-8-${CLASSES}`, '--head', 'softmax', '--run', 'start', ...bob);
    await call('submit', seed.edges[0].file, ...bob);

    const weights = run('start', 'model.safetensors');
    const options = ['--model', weights, '--shards', 'tests', '--top', `${K}`, '--run', 'scores'];
    const said = await call('score', ...options, '--benchmark', benchmark, ...bob);
    model = said.model;
    const files: string[] = said.shards.map(({ shard }: { shard: string }) => shard);
    expected = files.map((file) => forwardTrace(readWeights(read(weights)), readShard(read(file)), K).measures);
    assert.deepEqual(
      [said.rows, said.result, said.loss, said.k, said.top],
      [2 * ROWS, `${sum((one) => one.result)}`, `${sum((one) => one.loss)}`, K, `${sum((one) => one.top)}`],
    );
    assert.deepEqual(said.confusion.flat(), counts());
    assert.deepEqual([said.ranked.sent, said.ranked.value], [true, said.result]);
  });

  it('has the measures of each shard on chain, and their sums in the leaderboard of the command line', async () => {
    const { client } = testBed.ledger.chain;
    const { shards: ids } = (await call('leaderboard')).benchmarks.find(({ id }: { id: Hex }) => id === benchmark);
    const contract = { address: testBed.ledger.place.scoreboard, abi: scoreboardAbi } as const;
    const found = await Promise.all(
      (ids as Hex[]).map(async (shard) => {
        const { hasLoss, loss, counted } = await client.readContract({
          ...contract,
          functionName: 'measuresOf',
          args: [model, shard],
        });
        const top = await client.readContract({ ...contract, functionName: 'topOf', args: [model, shard, BigInt(K)] });
        const { value } = await client.readContract({ ...contract, functionName: 'resultOf', args: [model, shard] });
        return `${hasLoss} ${value} ${loss} ${top} ${counted}`;
      }),
    );
    const wanted = expected.map(
      ({ result, loss, top, counts }) => `true ${result} ${loss} ${top} ${countsSum(counts)}`,
    );
    assert.deepEqual(found.toSorted(), wanted.toSorted());
    const { standings } = await call('leaderboard', benchmark);
    const { logLoss, tops, value } = standings[0];
    const top = { k: K, rows: Number(sum((one) => one.top)) };
    assert.deepEqual([logLoss, tops, value], [loss(), [top], `${sum((one) => one.result)}`]);
  });

  it('has the same on the pages of leaderboard and model', async () => {
    const { origin } = testBed.server;
    const session = await testBed.open();
    const { page } = session;
    await page.goto(`${origin}/leaderboard?benchmark=${benchmark}`);
    const row = page.locator('tbody tr').filter({ has: page.locator(`a[href="/model/${model}"]`) });
    const top = Number(sum((one) => one.top));
    const said = (await row.innerText()).replace(/\s+/g, ' ');
    assert.ok(said.includes(`${atMost(loss())} at most ${atLeastPercent(top, 2 * ROWS)} at least`), said);
    await page.goto(`${origin}/model/${model}?benchmark=${benchmark}`);
    const measures = page.getByTestId('measures');
    await measures.getByText(`at most ${atMost(loss())} a row`).waitFor();
    await measures.getByText(`label among the ${K} highest in at least ${top} of ${2 * ROWS} rows`).waitFor();
    const cells = measures.getByRole('table').getByRole('cell').filter({ hasText: /\d/ });
    assert.deepEqual(await cells.allInnerTexts(), counts().map(String));
    await leave(session);
  });
});
