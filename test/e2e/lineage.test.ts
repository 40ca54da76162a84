import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Address, type Hex, numberToHex, padHex } from 'viem';
import { boardOf, chooseBenchmark, standsApart } from '../../web/lib/chain/boards.ts';
import { graphOf } from '../../web/lib/chain/graph.ts';
import { lineageOf } from '../../web/lib/chain/lineage.ts';
import { type NewModel, Store } from '../../web/lib/chain/store.ts';
import { lanesOf } from '../../web/lib/lanes.ts';
import { trainingOf } from '../../web/lib/training.ts';

const WHO: Address = padHex('0x1', { size: 20 });
const ZERO: Hex = padHex('0x0', { size: 32 });
const id = (k: number): Hex => numberToHex(k + 1, { size: 32 });
const shard = (k: number): Hex => numberToHex(1_000_000 + k, { size: 32 });
const benchmark = (k: number): Hex => numberToHex(2_000_000 + k, { size: 32 });
const at = { block: 1, transaction: ZERO };

function storeOf(...nodes: [parents: number[], trainedOn?: number, kind?: NewModel['kind']][]): Store {
  const store = new Store();
  for (const k of [0, 1, 2, 3, 9])
    store.addShard({ id: shard(k), owner: WHO, inputs: 4, outputs: 2, rows: 64, kind: 'classes', ...at });
  nodes.forEach(([parents, trainedOn, kind], k) => {
    store.addModel({
      id: id(k),
      kind: kind ?? (['seed', 'train'] as const)[parents.length] ?? 'merge',
      trainer: WHO,
      depth: 0,
      widths: [4, 2],
      head: 'squared error',
      shape: '0x1',
      commitment: [{ x: '1', y: '2' }],
      parents: parents.map((parent) => ({ id: id(parent) })),
      ...(trainedOn !== undefined && {
        trainings: [trainingOf(shard(trainedOn), 64, { learningRate: 256, batch: 8, passes: 1, smoothing: 0 })],
      }),
      ...at,
      block: k,
    });
  });
  return store;
}

/** Alice's line and Bob's meet in node 5; node 6 goes on from there. */
const family = () => storeOf([[]], [[0], 0], [[1], 1], [[2], 2], [[1], 3], [[3, 4]], [[5], 0]);

/** A benchmark of some shards and how many rows each model gets right. */
function open(store: Store, k: number, shards: number[], right: Record<number, number>): void {
  const rows = 64 * shards.length;
  const ids = shards.map(shard);
  store.addBenchmark(
    { id: benchmark(k), dataset: ZERO, uri: 'digits', rows, kind: 'classes', by: WHO, rules: [] },
    ids,
  );
  for (const [model, value] of Object.entries(right))
    store.addScore({ model: id(Number(model)), benchmark: benchmark(k), right: value, rows, prover: WHO, ...at });
}

describe('the lineage on the page', () => {
  it('holds both parents of a merge, drawn and summed', () => {
    const { nodes, hidden, sums, declaredOrigins } = lineageOf(family(), id(6));
    assert.deepEqual(
      nodes.map((node) => node.id),
      [0, 1, 2, 3, 4, 5, 6].map(id),
    );
    assert.deepEqual(nodes[5].parents, [id(3), id(4)]);
    assert.equal(hidden, 0);
    assert.equal(declaredOrigins, 0);
    const { steps, rowsUsed, rows, shards, edges, origins, ancestors } = sums;
    assert.deepEqual([steps, rowsUsed, rows, shards], [40, 320, 256, 4], 'shard 0 was used twice');
    assert.deepEqual([ancestors, edges, origins], [6, 7, 1]);
  });

  it('draws the nearest of a long one and some origins, and counts the rest', () => {
    const long = Array.from({ length: 500 }, (_, k): [number[], number?] => (k === 0 ? [[]] : [[k - 1], 0]));
    const store = storeOf(...long, [[], undefined, 'import'], [[499, 500]]);
    const { nodes, hidden, sums, declaredOrigins } = lineageOf(store, id(501));
    assert.ok(nodes.length <= 15);
    assert.equal(nodes.length + hidden, 502);
    assert.deepEqual([sums.ancestors, sums.origins, declaredOrigins], [501, 2, 1]);
    assert.equal(nodes[0].id, id(0), 'the far origin is drawn');
    assert.equal(nodes.find((node) => node.hiddenParents > 0)?.parents.length, 0);
    assert.equal(nodes.at(-1)!.id, id(501));
  });

  it('gives each of eight parents a lane of its own and frees it', () => {
    const nodes = [...Array.from({ length: 8 }, (_, k) => ({ id: `${k}`, parents: [] as string[] }))];
    const merge = { id: 'm', parents: nodes.map((node) => node.id) };
    const { laneOf, width, links } = lanesOf([...nodes, merge, { id: 'n', parents: ['m'] }]);
    assert.equal(width, 8);
    assert.equal(new Set(nodes.map((node) => laneOf.get(node.id))).size, 8);
    assert.equal(laneOf.get('n'), 0);
    assert.equal(links.length, 9);
  });
});

describe('scores on the page', () => {
  it('show no benchmark that a stranger opened unless it is chosen, and then only that one', () => {
    const store = family();
    open(store, 0, [9], { 5: 40 });
    open(store, 1, [0], { 5: 64 });
    assert.equal(chooseBenchmark(store, {}, undefined).benchmark, undefined);
    assert.equal(chooseBenchmark(store, {}, benchmark(1)).benchmark?.id, benchmark(1));
    assert.equal(chooseBenchmark(store, { benchmark: benchmark(0) }, undefined).benchmark?.id, benchmark(0));
    assert.equal(chooseBenchmark(store, { benchmark: benchmark(0) }, 'none').benchmark, undefined);
    assert.equal(chooseBenchmark(store, { benchmark: benchmark(0) }, benchmark(7)).unknown, true);
    const scoreOf = (wanted?: Hex) =>
      graphOf(store, { hops: 9, direction: 'both', limit: 9, ...(wanted && { benchmark: wanted }) }).nodes.find(
        (node) => node.id === id(5),
      )?.score;
    assert.equal(scoreOf(), undefined);
    assert.equal(scoreOf(benchmark(0))?.right, 40);
    assert.equal(scoreOf(benchmark(1))?.right, 64);
  });

  it('lists what thousands of strangers open only in part, and the chosen one nevertheless', () => {
    const store = family();
    for (let k = 0; k < 2_000; k++) open(store, k, [9], {});
    const choice = chooseBenchmark(store, {}, benchmark(1_999));
    assert.equal(choice.benchmarks[0].id, benchmark(1_999));
    assert.ok(choice.benchmarks.length <= 301);
    assert.equal(choice.total, 2_000);
  });

  it('set a result apart where the model or an ancestor on any side was trained on the rows', () => {
    const store = family();
    open(store, 0, [3], { 0: 10, 1: 20, 2: 30, 3: 31, 4: 60, 5: 55, 6: 50 });
    const { entries, apart } = boardOf(store, benchmark(0));
    assert.deepEqual(
      entries.map(({ rank, model }) => [rank, model.id]),
      [3, 2, 1, 0].map((k, place) => [place + 1, id(k)]),
    );
    assert.deepEqual(
      apart.map(({ rank, model }) => [rank, model.id]),
      [4, 5, 6].map((k, place) => [place + 1, id(k)]),
      'node 4 itself, its merge as the second parent, and what follows',
    );
    assert.ok(apart.every(({ score }) => score.trainedRows === 64));
  });

  it('say how many of the rows of several shards were trained on', () => {
    const store = family();
    open(store, 0, [2, 3, 9], { 3: 1, 5: 1 });
    assert.equal(store.result(id(3), benchmark(0))!.trainedRows, 64);
    assert.equal(store.result(id(5), benchmark(0))!.trainedRows, 128);
  });

  it('say so where part of a lineage was not read', () => {
    const store = storeOf([[77]], [[]]);
    open(store, 0, [9], { 0: 1, 1: 1 });
    assert.deepEqual(
      [0, 1].map((k) => store.result(id(k), benchmark(0))!.unread),
      [true, undefined],
    );
    assert.equal(lineageOf(store, id(0)).sums.unknown, 1);
  });

  it('set a result apart where the schemas differ, and say nothing where one is not stated', () => {
    const store = family();
    const schemas = (k: number, model: Hex, rows: Hex) => store.addSchemas(id(k), shard(9), { model, shard: rows });
    schemas(0, ZERO, id(70));
    schemas(1, id(70), id(70));
    schemas(2, id(71), id(70));
    open(store, 0, [9], { 0: 9, 1: 9, 2: 9, 3: 9 });
    const same = [0, 1, 2, 3].map((k) => store.result(id(k), benchmark(0))!.sameSchema);
    assert.deepEqual(same, [undefined, true, false, undefined]);
    assert.deepEqual(
      store
        .resultsOn(benchmark(0))
        .filter(standsApart)
        .map(({ model }) => model),
      [id(2)],
    );
  });
});
