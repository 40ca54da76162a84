import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Hex, numberToHex } from 'viem';
import { waysTo } from '../../src/registry/ways.ts';

const id = (number: number): Hex => numberToHex(number, { size: 32 });

/** Nodes by their parents. */
function graph(parents: Record<number, number[]>) {
  return (node: Hex) => {
    const known = parents[Number(node)];
    return known && { id: node, parents: known.map(id) };
  };
}

describe('ways from a node up to an ancestor', () => {
  it('have no steps along a first line', () => {
    const line = graph({ 1: [], 2: [1], 3: [2] });
    assert.deepEqual(waysTo(id(3), id(1), line, 9), { ways: [[]], complete: true });
    assert.deepEqual(waysTo(id(3), id(3), line, 9), { ways: [[]], complete: true });
  });

  it('are none where the node does not descend from it', () => {
    const apart = graph({ 1: [], 2: [1], 3: [1] });
    assert.deepEqual(waysTo(id(2), id(3), apart, 9), { ways: [], complete: true });
    assert.deepEqual(waysTo(id(1), id(2), apart, 9), { ways: [], complete: true });
    assert.deepEqual(waysTo(id(7), id(1), apart, 9), { ways: [], complete: true });
  });

  it('name each step to a further parent, and count a diamond twice', () => {
    // 5 merges 3 and 4, both children of 2
    const diamond = graph({ 1: [], 2: [1], 3: [2], 4: [2], 5: [3, 4], 6: [5] });
    assert.deepEqual(waysTo(id(6), id(1), diamond, 9).ways, [[], [id(5), id(4)]]);
    assert.deepEqual(waysTo(id(6), id(4), diamond, 9).ways, [[id(5), id(4)]]);
  });

  it('end at the limit, and say so', () => {
    // ten diamonds, one on the other
    const parents: Record<number, number[]> = { 1: [] };
    for (let k = 0; k < 10; k++) {
      const base = 1 + 3 * k;
      Object.assign(parents, { [base + 1]: [base], [base + 2]: [base], [base + 3]: [base + 1, base + 2] });
    }
    const nodeOf = graph(parents);
    assert.equal(waysTo(id(31), id(1), nodeOf, 2000).ways.length, 1024);
    assert.deepEqual(waysTo(id(31), id(1), nodeOf, 100).complete, false);
    assert.equal(new Set(waysTo(id(31), id(1), nodeOf, 2000).ways.map((steps) => steps.join())).size, 1024);
  });

  it('of a long line are found at once', () => {
    const parents: Record<number, number[]> = { 1: [] };
    for (let k = 2; k <= 20_000; k++) parents[k] = [k - 1];
    assert.deepEqual(waysTo(id(20_000), id(1), graph(parents), 5), { ways: [[]], complete: true });
  });
});
