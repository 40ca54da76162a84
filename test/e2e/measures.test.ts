// What the page's server makes of scores' measures: the best of each part, summed over a benchmark's shards.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Address, type Hex, numberToHex, padHex } from 'viem';
import type { Head } from '../../src/model/head.ts';
import type { Measures } from '../../src/model/measures.ts';
import { atMost } from '../../src/model/measures.ts';
import type { ShardKind } from '../../src/model/shardKind.ts';
import { Store } from '../../web/lib/chain/store.ts';
import { statedMeasures } from '../../web/lib/measures.ts';

const WHO: Address = padHex('0x1', { size: 20 });
const ZERO: Hex = padHex('0x0', { size: 32 });
const MODEL: Hex = numberToHex(1, { size: 32 });
const BENCHMARK: Hex = numberToHex(2, { size: 32 });
const [FIRST, SECOND]: Hex[] = [10, 11].map((k) => numberToHex(k, { size: 32 }));
const at = { block: 1, transaction: ZERO };
const ROWS = 64;
const NOTHING = { loss: 0n, absolute: 0n, k: 1, top: 0n, counts: null };

/** A model of two outputs and a benchmark of two shards. */
function storeOf(head: Head, kind: ShardKind): Store {
  const store = new Store();
  for (const id of [FIRST, SECOND]) store.addShard({ id, owner: WHO, inputs: 3, outputs: 2, rows: ROWS, kind, ...at });
  const made = { kind: 'import' as const, trainer: WHO, depth: 0, widths: [3, 2], head };
  store.addModel({ id: MODEL, ...made, shape: '0x1', commitment: [{ x: '1', y: '2' }], parents: [], ...at });
  store.addBenchmark({ id: BENCHMARK, dataset: ZERO, uri: '', rows: 2 * ROWS, kind, by: WHO, rules: [] }, [
    FIRST,
    SECOND,
  ]);
  return store;
}

const score = (store: Store, shard: Hex, measures: Partial<Omit<Measures, 'result'>>) =>
  store.addMeasures(MODEL, shard, { ...NOTHING, ...measures });

describe('the measures of a model on a benchmark', () => {
  it('are sums over all shards, and there are none before each has a score', () => {
    const store = storeOf('sigmoid', 'classes');
    assert.equal(store.measures(MODEL, BENCHMARK), undefined);
    score(store, FIRST, { loss: 2n ** 16n, k: 1, top: 40n, counts: Uint16Array.of(20, 1, 2, 30) });
    assert.equal(store.measures(MODEL, BENCHMARK), undefined);
    score(store, SECOND, { loss: 3n * 2n ** 16n, k: 1, top: 41n, counts: Uint16Array.of(1, 2, 3, 4) });
    assert.deepEqual(store.measures(MODEL, BENCHMARK), {
      lossPerRow: 4 / (2 * ROWS),
      tops: [{ k: 1, rows: 81 }],
      counts: [21, 3, 5, 34],
    });
  });

  it('are the best of each part, whatever a later score says of others', () => {
    const store = storeOf('sigmoid', 'classes');
    score(store, SECOND, {});
    score(store, FIRST, { loss: 500n, k: 1, top: 40n, counts: Uint16Array.of(9, 0, 0, 0) });
    score(store, FIRST, { loss: 700n, k: 1, top: 39n, counts: Uint16Array.of(0, 0, 0, 8) });
    score(store, FIRST, { loss: 400n, k: 2, top: 64n });
    assert.deepEqual(store.measures(MODEL, BENCHMARK), {
      lossPerRow: 400 / 2 ** 16 / (2 * ROWS),
      tops: [
        { k: 1, rows: 40 },
        { k: 2, rows: 64 },
      ],
      counts: [9, 0, 0, 0],
    });
  });

  it('of a softmax have in the log-loss what its powers are rounded by', () => {
    const store = storeOf('softmax', 'classes');
    for (const shard of [FIRST, SECOND]) score(store, shard, { loss: 2n ** 16n });
    const { lossPerRow } = store.measures(MODEL, BENCHMARK)!;
    assert.equal(lossPerRow, (2 * 2 ** 16 + (2 * 2 * ROWS) / 2) / 2 ** 16 / (2 * ROWS));
  });

  it('of regression are a mean absolute error alone', () => {
    const store = storeOf('squared error', 'regression');
    for (const shard of [FIRST, SECOND]) score(store, shard, { absolute: 512n * 32n });
    assert.deepEqual(store.measures(MODEL, BENCHMARK), { meanAbsoluteError: 0.25, tops: [] });
  });

  it('of classes with squared error have no log-loss', () => {
    const store = storeOf('squared error', 'classes');
    for (const shard of [FIRST, SECOND]) score(store, shard, { top: 3n });
    assert.deepEqual(store.measures(MODEL, BENCHMARK), { tops: [{ k: 1, rows: 6 }] });
  });

  it('of models and shards that were not read are left aside', () => {
    const store = storeOf('sigmoid', 'classes');
    store.addMeasures(numberToHex(77, { size: 32 }), FIRST, NOTHING);
    score(store, numberToHex(77, { size: 32 }), {});
    assert.equal(store.measures(MODEL, BENCHMARK), undefined);
    assert.equal(store.measures(numberToHex(77, { size: 32 }), BENCHMARK), undefined);
  });

  it('of one score are what it states', () => {
    const stated = { result: 3n, loss: 2n ** 16n, absolute: 0n, k: 2, top: 5n, counts: Uint16Array.of(3, 4) };
    const rows = { kind: 'labels', head: 'sigmoid', rows: 8, outputs: 2 } as const;
    assert.deepEqual(statedMeasures(stated, rows), { lossPerRow: 1 / 8, tops: [{ k: 2, rows: 5 }], counts: [3, 4] });
  });
});

describe('a number that is at most this', () => {
  it('is never written smaller than it is, and at most one in the last place larger', () => {
    for (const value of [0, 1, 0.3, 0.31249, 0.312451, 0.999951, 9.99951, 12345.6, 1e-7 / 3, 63.99999, 2 / 3]) {
      const written = Number(atMost(value));
      assert.ok(written >= value, `${value} ${written}`);
      assert.ok(written <= value * 1.0011 + 1e-12, `${value} ${written}`);
    }
    assert.equal(atMost(0.31241), '0.3125');
    assert.equal(atMost(0.3124), '0.3124');
    assert.equal(atMost(0), '0.000');
  });
});
