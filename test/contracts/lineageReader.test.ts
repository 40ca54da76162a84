// Ways, parts and pages. What else the reader answers is tested beside the graph itself, in lineage.test.ts.
import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Hex, toHex } from 'viem';
import { resultId } from '../../src/registry/statement.ts';
import { type Contract, reverts, type TestChain, testChain } from './support/chain.ts';
import { deploy } from './support/money.ts';
import { chainClaims, type Model, mergeClaim, type Registered, RegistryFixture } from './support/registryFixture.ts';

const SEED = 1;
const IMPORT = 2;
const WHOLE = 10n ** 18n;
const id = (n: number): Hex => toHex(n, { size: 32 });
const UNKNOWN = id(999);

let chain: TestChain;
let lineage: Contract;
let reader: Contract;
let snapshot: unknown;

async function fresh(): Promise<void> {
  lineage = await deploy(chain, 'LineageHarness');
  reader = await deploy(chain, 'LineageReader', [lineage.address]);
}

before(async () => {
  chain = await testChain();
});
beforeEach(async () => {
  snapshot = await chain.request('evm_snapshot');
});
afterEach(async () => {
  await chain.request('evm_revert', snapshot);
});

const way = (ancestor: number, descendant: number, ...steps: number[]) =>
  reader.read('wayOf', [id(ancestor), id(descendant), steps.map(id)]);
const merge = (child: number, parents: number[], weights: number[]) =>
  lineage.send('addMerge', [id(child), parents.map(id), weights.map(BigInt)]);

describe('a way', () => {
  const BIG = 2 ** 19;

  // 1 and 2 seeds, 3 = child of 1, 4 = merge(3, 2), 5 = child of 4, 6 = merge(2, 5, 4), 7 = child of 6,
  // 8 = foreign child of 7, 9 = foreign child of 1 and 8
  before(async () => {
    await fresh();
    for (const seed of [1, 2]) await lineage.send('addOrigin', [id(seed), SEED]);
    await lineage.send('addChild', [id(3), id(1)]);
    await merge(4, [3, 2], [3, 1]);
    await lineage.send('addChild', [id(5), id(4)]);
    await merge(6, [2, 5, 4], [1, BIG, 3]);
    await lineage.send('addChild', [id(7), id(6)]);
    await lineage.send('addForeign', [id(8), [id(7)]]);
    await lineage.send('addForeign', [id(9), [id(1), id(8)]]);
  });

  /** A part after merges, each rounded down. */
  const after = (...merges: [weight: number, sum: number][]) =>
    merges.reduce((part, [weight, sum]) => (part * BigInt(weight)) / BigInt(sum), WHOLE);

  it('from a model to itself carries all of it, through no merge', async () => {
    for (const node of [1, 6, 9]) assert.deepEqual(await way(node, node), [WHOLE, 0n]);
  });

  it('of trainings alone carries all, however many', async () => {
    assert.deepEqual(await way(1, 3), [WHOLE, 0n]);
    assert.deepEqual(await way(4, 5), [WHOLE, 0n]);
  });

  it('loses the part of the other parents at each merge on a first line', async () => {
    assert.deepEqual(await way(1, 5), [after([3, 4]), 1n]);
    assert.deepEqual(await way(3, 4), [after([3, 4]), 1n]);
    assert.deepEqual(await way(2, 7), [after([1, BIG + 4]), 1n]);
  });

  it('loses it at each step through another parent too, from the descendant on', async () => {
    assert.deepEqual(await way(2, 5, 4, 2), [after([1, 4]), 1n]);
    assert.deepEqual(await way(1, 7, 6, 5), [after([BIG, BIG + 4], [3, 4]), 2n]);
    assert.deepEqual(await way(1, 7, 6, 4), [after([3, BIG + 4], [3, 4]), 2n]);
    assert.deepEqual(await way(2, 7, 6, 4, 4, 2), [after([3, BIG + 4], [1, 4]), 2n]);
    assert.deepEqual(await way(4, 7, 6, 4), [after([3, BIG + 4]), 1n]);
  });

  it('counts a foreign child as a merge of equal weights, with a single parent too', async () => {
    assert.deepEqual(await way(7, 8), [WHOLE, 1n]);
    assert.deepEqual(await way(1, 9), [after([1, 2]), 1n]);
    assert.deepEqual(await way(2, 9, 9, 8), [after([1, 2], [1, BIG + 4]), 3n]);
  });

  it('reverts with NotAWay where the steps do not lead there', async () => {
    const wrong: [number, number, number[]][] = [
      [2, 5, []],
      [2, 5, [4]],
      [1, 5, [4, 3]],
      [2, 5, [4, 1]],
      [2, 5, [5, 2]],
      [2, 5, [6, 2]],
      [1, 7, [6, 5, 6, 4]],
      [5, 1, []],
      [999, 5, []],
      [1, 999, []],
      [2, 5, [999, 2]],
      [999, 999, []],
    ];
    for (const [ancestor, descendant, steps] of wrong) {
      await reverts(way(ancestor, descendant, ...steps), 'NotAWay', [id(ancestor), id(descendant)]);
    }
  });

  it('counts merges beyond the one at which nothing is left of the part', async () => {
    for (let node = 10; node < 75; node++) await merge(node, [node === 10 ? 1 : node - 1, 2], [1, 1]);
    assert.deepEqual(await way(1, 68), [1n, 59n]);
    assert.deepEqual(await way(1, 69), [0n, 60n]);
    assert.deepEqual(await way(1, 74), [0n, 65n]);
  });

  it('carries what a walk along it multiplies', async () => {
    const choice = fc.record({ parents: fc.array(fc.nat(), { minLength: 1, maxLength: 8 }), up: fc.nat() });
    await fc.assert(
      fc.asyncProperty(fc.array(choice, { minLength: 10, maxLength: 25 }), async (choices) => {
        const before = await chain.request('evm_snapshot');
        await fresh();
        await lineage.send('addOrigin', [id(1), SEED]);
        const parents: number[][] = [[], []];
        for (const { parents: any } of choices) {
          const node = parents.length;
          const list = [...new Set(any.map((number) => Math.max(1, node - 1 - (number % 5))))];
          parents.push(list);
          if (list.length === 1) await lineage.send('addChild', [id(node), id(list[0])]);
          else await merge(node, list, list.map(weightOf));
        }
        // Up from the last node, through any parents.
        const end = parents.length - 1;
        let [at, part, merges] = [end, WHOLE, 0n];
        const steps: number[] = [];
        for (const { up } of choices.slice(0, 6)) {
          const list = parents[at];
          if (list.length === 0) break;
          const k = up % list.length;
          if (k > 0) steps.push(at, list[k]);
          if (list.length > 1) {
            const sum = list.map(weightOf).reduce((a, b) => a + b);
            part = (part * BigInt(weightOf(list[k]))) / BigInt(sum);
            merges += 1n;
          }
          at = list[k];
        }
        assert.deepEqual(await way(at, end, ...steps), [part, merges]);
        await chain.request('evm_revert', before);
      }),
      { numRuns: 15 },
    );
  });
});

/** The weight with which random merges take a parent. */
const weightOf = (parent: number) => 1 + ((parent * 7919) % 1000);

describe('pages of nodes', () => {
  // Alice: 1 seed, 2 import, 4 = merge(3, 2). Bob: 3 = child of 1, 5 = foreign child of 3.
  before(async () => {
    await fresh();
    const bob = chain.accounts[1];
    await lineage.send('addOrigin', [id(101), SEED]);
    await lineage.send('addOrigin', [id(102), IMPORT]);
    await lineage.send('addChild', [id(103), id(101)], bob);
    await lineage.send('addMerge', [id(104), [id(103), id(102)], [5n, 7n]]);
    await lineage.send('addForeign', [id(105), [id(103)]], bob);
  });

  const nodes = async (from: bigint, count: bigint) =>
    (await reader.read('nodes', [from, count])).map(({ id }: { id: Hex }) => Number(id) - 100);

  it('hold what the registry says of each', async () => {
    const page = await reader.read('nodes', [1n, 5n]);
    for (const [i, entry] of page.entries()) {
      const node = id(101 + i);
      const isForeign = await lineage.read('isForeign', [node]);
      assert.deepEqual(entry, { id: node, node: await lineage.read('node', [node]), isForeign });
      assert.equal(isForeign, i === 4);
    }
    assert.equal(page.length, 5);
  });

  it('begin and end where they are asked to, and with the last node', async () => {
    assert.deepEqual(await nodes(0n, 2n), [1, 2]);
    assert.deepEqual(await nodes(2n, 2n), [2, 3]);
    assert.deepEqual(await nodes(4n, 2n ** 256n - 1n), [4, 5]);
    assert.deepEqual(await nodes(5n, 1n), [5]);
    for (const [from, count] of [
      [6n, 1n],
      [2n ** 256n - 1n, 2n ** 256n - 1n],
      [1n, 0n],
    ]) {
      assert.deepEqual(await nodes(from, count), []);
    }
  });

  it('list the edges of one trainer with their parents, and where to go on', async () => {
    const [alice, bob] = chain.accounts;
    const time = async (n: number) => (await lineage.read('node', [id(n)])).timestamp;
    const edge = async (n: number, parents: [number, bigint][]) => ({
      child: id(n),
      number: BigInt(n - 100),
      timestamp: await time(n),
      parents: parents.map(([parent, weight]) => ({ id: id(parent), weight })),
    });
    const merged = await edge(104, [
      [103, 5n],
      [102, 7n],
    ]);
    const trained = await edge(103, [[101, 1n]]);
    const foreign = await edge(105, [[103, 1n]]);
    const edges = (account: Hex, from: bigint, count: bigint) => reader.read('edgesOfTrainer', [account, from, count]);
    assert.deepEqual(await edges(alice, 0n, 9n), [[await edge(101, []), await edge(102, []), merged], 0n]);
    assert.deepEqual(await edges(bob, 1n, 3n), [[trained], 4n]);
    assert.deepEqual(await edges(bob, 4n, 2n), [[foreign], 0n]);
    assert.deepEqual(await edges(bob, 4n, 1n), [[], 5n]);
    assert.deepEqual(await edges(bob, 4n, 0n), [[], 4n]);
    assert.deepEqual(await edges(chain.accounts[2], 1n, 9n), [[], 0n]);
    assert.deepEqual(await edges(bob, 6n, 9n), [[], 0n]);
  });

  it('name their registry', async () => {
    assert.equal(await reader.read('lineage'), lineage.address);
  });

  it('have no parents for a node that does not exist', async () => {
    assert.deepEqual(await reader.read('weightedParents', [UNKNOWN]), []);
  });
});

describe('pages of what was trained on a shard', () => {
  let fixture: RegistryFixture;
  let shards: Registered[];
  let ids: Hex[];

  // Numbers: 1 seed, 2 trained on the first shard, 3 on the second, then both, then the second; 4 merge of 1 and 2.
  before(async () => {
    fixture = await RegistryFixture.create();
    shards = [];
    for (const rows of [8, 16]) {
      shards.push(await fixture.registerShard({ inputs: 5, outputs: 3, rows, kind: 'classes' }));
    }
    const [first, second] = shards.map((shard) => ({ shard }));
    const seed: Model = await fixture.seedModel([5, 4, 3]);
    const one = await fixture.trainModel(seed, first.shard);
    const chained = chainClaims(one, [second, first, second]);
    await fixture.trainMany(chained);
    await fixture.submit(mergeClaim([seed, one]));
    ids = await Promise.all([1, 2, 3, 4].map((n) => fixture.registry.read('nodeAt', [BigInt(n)])));
  });

  it('name each node once whose own edge used it', async () => {
    const trainedOn = ({ statement }: Registered, from: bigint, count: bigint) =>
      fixture.reader.read('nodesTrainedOn', [resultId(statement), from, count]);
    assert.deepEqual(await trainedOn(shards[0], 0n, 9n), [[ids[1], ids[2]], 0n]);
    assert.deepEqual(await trainedOn(shards[1], 1n, 4n), [[ids[2]], 0n]);
    assert.deepEqual(await trainedOn(shards[0], 1n, 2n), [[ids[1]], 3n]);
    assert.deepEqual(await trainedOn(shards[0], 4n, 1n), [[], 0n]);
    assert.deepEqual(await fixture.reader.read('nodesTrainedOn', [UNKNOWN, 1n, 9n]), [[], 0n]);
  });
});
