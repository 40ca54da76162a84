// Lists of steps that lead from a node up to an ancestor, against all ways there are.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Hex, toHex } from 'viem';
import { abiOf, Contract, type TestChain, testChain } from './support/chain.ts';
import { deploy } from './support/money.ts';

const SEED = 1;
const id = (n: number): Hex => toHex(n, { size: 32 });

let chain: TestChain;
let lineage: Contract;
let ways: Contract;

async function fresh() {
  chain = await testChain();
  lineage = new Contract(chain, await chain.deploy('LineageHarness'), await abiOf('LineageHarness'));
  ways = await deploy(chain, 'WaysHarness', [lineage.address]);
}

const leads = (ancestor: number, descendant: number, ...steps: number[]): Promise<boolean> =>
  ways.read('leads', [id(ancestor), id(descendant), steps.map(id)]);

async function add(node: number, parents: readonly number[], kind: 'merge' | 'foreign' = 'merge') {
  if (parents.length === 0) return lineage.send('addOrigin', [id(node), SEED]);
  if (kind === 'foreign') return lineage.send('addForeign', [id(node), parents.map(id)]);
  if (parents.length === 1) return lineage.send('addChild', [id(node), id(parents[0])]);
  return lineage.send('addMerge', [id(node), parents.map(id), parents.map(() => 1n)]);
}

describe('a way', () => {
  //  1 - 3 - 4 - 6 (merge of 4 and 5) - 7 - 9 (foreign, of 7, 8 and 6);  2 - 5;  8 of 1
  const PARENTS: Readonly<Record<number, number[]>> = {
    1: [],
    2: [],
    3: [1],
    4: [3],
    5: [2],
    6: [4, 5],
    7: [6],
    8: [1],
    9: [7, 8, 6],
  };

  before(async () => {
    await fresh();
    for (const [node, parents] of Object.entries(PARENTS))
      await add(Number(node), parents, node === '9' ? 'foreign' : 'merge');
  });

  it('along a first line has no steps, from a node to itself none either', async () => {
    assert.deepEqual(await Promise.all([leads(1, 9), leads(6, 9), leads(9, 9), leads(1, 1)]), [true, true, true, true]);
    assert.deepEqual(await Promise.all([leads(2, 9), leads(8, 9), leads(9, 6), leads(5, 6)]), [
      false,
      false,
      false,
      false,
    ]);
  });

  it('names each step to a parent that is not the first', async () => {
    assert.equal(await leads(2, 9, 6, 5), true);
    assert.equal(await leads(1, 9, 9, 8), true);
    assert.equal(await leads(1, 9, 9, 6), true);
    assert.equal(await leads(2, 9, 9, 6, 6, 5), true);
    assert.equal(await leads(5, 6, 6, 5), true);
  });

  it('is refused where a step is none: a first parent, no parent, no child of the line, in another order or half', async () => {
    for (const steps of [
      [9, 7],
      [9, 5],
      [9, 1],
      [7, 6],
      [8, 1],
      [4, 3],
      [6, 5, 9, 8],
      [9, 6, 9, 6],
      [6],
      [9, 6, 6],
      [99, 5],
      [6, 99],
      [0, 0],
    ]) {
      for (const ancestor of [1, 2, 3, 5, 6]) assert.equal(await leads(ancestor, 9, ...steps), false, `${steps}`);
    }
    // Steps that hold, but do not come to the ancestor.
    assert.equal(await leads(3, 9, 6, 5), false);
    assert.equal(await leads(7, 9, 9, 6), false);
    assert.equal(await leads(99, 9), false);
    assert.equal(await leads(1, 99), false);
    assert.equal(await leads(0, 0), false);
    assert.equal(await leads(99, 99), false);
  });
});

describe('in a random lineage', () => {
  /** Of each way from a node upwards the steps that are not first parents; to every ancestor. */
  function waysOf(parents: readonly number[][], node: number): { to: number; steps: number[] }[] {
    const above = parents[node].flatMap((parent, i) =>
      waysOf(parents, parent).map(({ to, steps }) => ({ to, steps: i === 0 ? steps : [node, parent, ...steps] })),
    );
    return [{ to: node, steps: [] }, ...above];
  }

  it('every way has exactly one list, and no list but those of ways is accepted', async () => {
    const step = fc.record({ kind: fc.nat(2), seed: fc.nat(10_000), count: fc.integer({ min: 1, max: 3 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 9 }), async (choices) => {
        await fresh();
        const parents: number[][] = [[]];
        for (const { kind, seed, count } of choices) {
          const node = parents.length;
          const picks = Array.from({ length: count }, (_, i) => 1 + ((seed * (i + 1) + i) % Math.max(1, node - 1)));
          const list = node === 1 || (kind === 0 && seed % 3 === 0) ? [] : [...new Set(picks)];
          parents.push(list);
          await add(node, list, kind === 1 ? 'foreign' : 'merge');
        }
        const last = parents.length - 1;
        const all = waysOf(parents, last);
        const lists = all.map(({ to, steps }) => `${to}: ${steps}`);
        assert.equal(new Set(lists).size, lists.length, 'no two ways have one list');
        for (const { to, steps } of all) assert.equal(await leads(to, last, ...steps), true, `${to}: ${steps}`);
        // Every list of at most two steps over the lineage's edges.
        const edges = parents.flatMap((list, node) => list.map((parent) => [node, parent]));
        const tried = [[], ...edges, ...edges.flatMap((first) => edges.map((second) => [...first, ...second]))];
        for (const steps of tried.slice(0, 60)) {
          for (let to = 1; to <= last; to++) {
            assert.equal(await leads(to, last, ...steps), lists.includes(`${to}: ${steps}`), `${to}: ${steps}`);
          }
        }
      }),
      { numRuns: 5 },
    );
  });
});
