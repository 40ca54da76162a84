import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LayoutNode, layoutGraph, spread } from '../../web/lib/layout.ts';

/** Node k descends from one or two earlier ones; the same graph in every run. */
function graphOf(count: number, merges: number): LayoutNode[] {
  let state = 7;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: count }, (_, k) => {
    const near = () => String(Math.max(0, k - 1 - random(Math.min(k, 40))));
    const parents = k === 0 ? [] : random(100) < merges ? [near(), near()] : [near()];
    return { id: String(k), parents };
  });
}

describe('the layout of the tree', () => {
  it('puts parents above children and keeps neighbours apart', () => {
    const nodes = graphOf(600, 15);
    const spots = layoutGraph(nodes, { spacing: 200, rise: 100 });
    assert.equal(spots.size, nodes.length);
    for (const { id, parents } of nodes) {
      for (const parent of parents) assert.ok(spots.get(parent)!.y < spots.get(id)!.y, `${parent} above ${id}`);
    }
    const layers = Map.groupBy([...spots.values()], ({ layer }) => layer);
    for (const layer of layers.values()) {
      const xs = layer.map(({ x }) => x).sort((a, b) => a - b);
      for (let k = 1; k < xs.length; k++) assert.ok(xs[k] - xs[k - 1] > 199.9, `${xs[k] - xs[k - 1]}`);
    }
  });

  it('draws a chain as a straight line and a tree of two without a crossing', () => {
    const chain = layoutGraph([
      { id: 'a', parents: [] },
      { id: 'b', parents: ['a'] },
      { id: 'c', parents: ['b'] },
    ]);
    assert.equal(new Set([...chain.values()].map(({ x }) => x)).size, 1);
    const tree = layoutGraph([
      { id: 'a', parents: [] },
      { id: 'd', parents: ['c'] },
      { id: 'b', parents: ['a'] },
      { id: 'c', parents: ['a'] },
      { id: 'e', parents: ['b'] },
    ]);
    const x = (id: string) => tree.get(id)!.x;
    assert.equal(x('b') < x('c'), x('e') < x('d'));
  });

  it('leaves out what lies on a circle instead of hanging', () => {
    const spots = layoutGraph([
      { id: 'a', parents: ['b'] },
      { id: 'b', parents: ['a'] },
      { id: 'c', parents: [] },
    ]);
    assert.deepEqual([...spots.keys()], ['c']);
  });

  it('spreads wishes as little as it can', () => {
    assert.deepEqual(spread([0, 0, 0], 10), [-10, 0, 10]);
    assert.deepEqual(spread([0, 100], 10), [0, 100]);
  });

  it('takes less than a second for 10,000 nodes', () => {
    const nodes = graphOf(10_000, 10);
    const began = performance.now();
    layoutGraph(nodes);
    assert.ok(performance.now() - began < 1_000);
  });
});
