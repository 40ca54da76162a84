import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Hex, numberToHex } from 'viem';
import { ancestorsOf, type LineageNode, shardsUsedBy, stepsOf, sumAncestry } from '../../src/registry/ancestry.ts';

const id = (k: number): Hex => numberToHex(k, { size: 32 });
const shard = (k: number): Hex => numberToHex(1_000_000 + k, { size: 32 });

/** Node k by its parents and, where it was trained, the number of its shard: 64 rows, 8 steps. */
function family(...nodes: [parents: number[], trainedOn?: number][]) {
  const known = new Map<Hex, LineageNode>(
    nodes.map(([parents, k], at) => [
      id(at),
      {
        id: id(at),
        parents: parents.map(id),
        ...(k !== undefined && { trainings: [{ shard: shard(k), rows: 64, steps: 8 }] }),
      },
    ]),
  );
  return (wanted: Hex) => known.get(wanted);
}

describe('the ancestry of a node', () => {
  // 0 seed, 1 trained, then two branches of which one saw a shard that the other saw too, and their merge.
  const nodeOf = family([[]], [[0], 0], [[1], 1], [[2], 2], [[1], 2], [[3, 4]], [[5], 0]);

  it('holds both sides of a merge, each node once', () => {
    assert.deepEqual(new Set(ancestorsOf(id(5), nodeOf)), new Set([0, 1, 2, 3, 4].map(id)));
    assert.deepEqual(ancestorsOf(id(5), nodeOf).slice(0, 2), [id(3), id(4)], 'the nearest first');
    assert.deepEqual(ancestorsOf(id(0), nodeOf), []);
  });

  it('sums steps and rows over both sides; a shard used twice counts once as data and twice as steps', () => {
    const sums = { ancestors: 5, edges: 6, origins: 1, steps: 32, rowsUsed: 256, rows: 192, shards: 3, unknown: 0 };
    assert.deepEqual(sumAncestry(id(5), nodeOf), sums);
    assert.deepEqual(sumAncestry(id(6), nodeOf), { ...sums, ancestors: 6, edges: 7, steps: 40, rowsUsed: 320 });
  });

  it('finds the shards on both sides of a merge, and no other', () => {
    const twoSides = family([[]], [[0], 0], [[]], [[2], 1], [[1, 3]], [[4], 2]);
    assert.deepEqual(shardsUsedBy(id(5), twoSides), new Set([2, 0, 1].map(shard)));
    assert.deepEqual(shardsUsedBy(id(1), twoSides), new Set([shard(0)]));
    assert.deepEqual(shardsUsedBy(id(2), twoSides), new Set());
  });

  it('counts every segment of an edge', () => {
    const trainings = [0, 1, 0].map((k) => ({ shard: shard(k), rows: 64, steps: 8 }));
    const nodes = [
      { id: id(0), parents: [] },
      { id: id(1), parents: [id(0)], trainings },
    ];
    const nodeOf = (wanted: Hex) => nodes.find((node) => node.id === wanted);
    const { edges, steps, rowsUsed, rows, shards } = sumAncestry(id(1), nodeOf);
    assert.deepEqual([edges, steps, rowsUsed, rows, shards], [1, 24, 192, 128, 2]);
    assert.deepEqual(shardsUsedBy(id(1), nodeOf), new Set([shard(0), shard(1)]));
    assert.equal(stepsOf({ rows: 10, batch: 4, passes: 8 }), 24);
  });

  it('counts ancestors that nobody knows', () => {
    assert.equal(sumAncestry(id(0), family([[7, 8]])).unknown, 2);
  });

  it('walks fifty thousand nodes with eight parents each in a second of the processor', () => {
    const ids = Array.from({ length: 50_000 }, (_, k) => id(k));
    const nodes = new Map<Hex, LineageNode>(
      ids.map((own, k) => [
        own,
        {
          id: own,
          parents: ids.slice(Math.max(0, k - 8), k),
          trainings: [{ shard: ids[k % 100], rows: 64, steps: 8 }],
        },
      ]),
    );
    const began = process.cpuUsage();
    const sums = sumAncestry(ids[49_999], (wanted) => nodes.get(wanted));
    assert.ok(process.cpuUsage(began).user < 1_000_000);
    assert.equal(sums.ancestors, 49_999);
    assert.equal(sums.rows, 6_400);
  });
});
