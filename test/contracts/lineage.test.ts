import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import hre from 'hardhat';
import { type Hex, toHex, zeroAddress } from 'viem';
import { requirePinnedGas } from '../support/gas.ts';
import { type Contract, reverts, type TestChain, testChain } from './support/chain.ts';
import { deploy } from './support/money.ts';

const SEED = 1;
const ROOT = 2;
const id = (n: number | bigint): Hex => toHex(n, { size: 32 });
const NONE = id(0);
// Counting lines for coverage costs gas itself.
const COVERAGE = hre.globalOptions.coverage ? 4n : 1n;
const UNKNOWN = id(2n ** 200n);
/** A parent as `edge` gives it. */
const part = (number: number, weight: number) => BigInt(weight) * 2n ** 32n + BigInt(number);

let chain: TestChain;
let lineage: Contract;
let reader: Contract;

async function fresh(): Promise<void> {
  lineage = await deploy(chain, 'LineageHarness');
  reader = await deploy(chain, 'LineageReader', [lineage.address]);
}

/** Gas of a view of the reader, with what any transaction costs. */
function gasOf(functionName: string, args: readonly unknown[]): Promise<bigint> {
  const { address, abi } = reader;
  return chain.read.estimateContractGas({ address, abi, functionName, args, account: chain.accounts[0] });
}

before(async () => {
  chain = await testChain();
});

describe('a line of 10,000 nodes', () => {
  const LENGTH = 10_000;
  const DEPTHS = [0, 1, 2, 3, 7, 100, 1023, 4094, 4095, 5000, 7777, 8190, 8191, 9998, 9999];
  let branch: Hex;

  before(async () => {
    await fresh();
    await lineage.send('addOrigin', [id(1), SEED]);
    const step = 100;
    for (let first = 2; first <= LENGTH; first += step) {
      const count = Math.min(step, LENGTH + 1 - first);
      await lineage.send('addLine', [id(first - 1), BigInt(first), BigInt(count)]);
    }
    // A second line that leaves the first at depth 5000.
    branch = id(20_000);
    await lineage.send('addLine', [id(5001), 20_000n, 100n]);
  });

  it('answers isAncestor for every pair of depths tried, for at most 60,000 gas', async () => {
    let most = 0n;
    for (const upper of DEPTHS) {
      for (const lower of DEPTHS) {
        const [answer, spent] = await lineage.read('gasOfIsAncestor', [id(upper + 1), id(lower + 1)]);
        assert.equal(answer, upper <= lower, `${upper} above ${lower}`);
        if (spent > most) most = spent;
      }
    }
    assert.ok(most <= 60_000n * COVERAGE, `${most}`);
    assert.ok(most >= 10_000n, `${most}: suspiciously cheap`);
    if (!hre.globalOptions.coverage) requirePinnedGas({ 'isAncestor on 10,000 nodes, at most': Number(most) });
  });

  it('keeps branches apart, and finds where they meet for at most 150,000 gas', async () => {
    const [upper] = await lineage.read('gasOfIsAncestor', [id(5001), branch]);
    const [beside] = await lineage.read('gasOfIsAncestor', [id(5002), branch]);
    assert.deepEqual([upper, beside], [true, false]);
    for (const tip of [5002, 5003, 7000, 10_000]) {
      const pair = [id(tip), id(20_099)];
      assert.equal(await reader.read('nearestCommonAncestor', pair), id(5001));
      const spent = await gasOf('nearestCommonAncestor', pair);
      assert.ok(spent <= 150_000n * COVERAGE, `${spent}`);
    }
  });

  it('finds the ancestor at each depth', async () => {
    for (const depth of DEPTHS) {
      assert.equal(await lineage.read('ancestorAt', [id(LENGTH), BigInt(depth)]), id(depth + 1));
    }
    assert.equal(await lineage.read('ancestorAt', [id(LENGTH), BigInt(LENGTH)]), NONE);
  });

  it('takes a child at any depth for the same gas, whatever the siblings', async () => {
    const cost = async (parent: number, child: number) =>
      Number((await lineage.send('addChild', [id(child), id(parent)])).gasUsed);
    const costs: number[] = [];
    for (const depth of DEPTHS.slice(1)) costs.push(await cost(depth + 1, 30_000 + depth));
    const [shallow, deep] = [await cost(2, 50_000), await cost(LENGTH, 50_001)];
    if (!hre.globalOptions.coverage) {
      requirePinnedGas({
        'an edge without its proof, depth 1': shallow,
        'an edge without its proof, depth 10,000': deep,
      });
    }
    costs.push(shallow, deep);
    for (let i = 0; i < 5; i++) costs.push(await cost(5001, 40_000 + i));
    // Whether the parent's jump leads to a word that is read already makes 2,000, the length of ids some bytes.
    assert.ok(Math.max(...costs) - Math.min(...costs) <= 2_600, costs.join(' '));
    assert.ok(Math.max(...costs) <= 200_000 * Number(COVERAGE), costs.join(' '));
  });

  it('pages through its trainers to the end', async () => {
    let at: Hex = id(150);
    let visited = 0;
    for (let pages = 0; at !== NONE; pages++) {
      assert.ok(pages < 3);
      const [page, next] = await reader.read('trainersAlong', [at, 64n]);
      visited += page.length;
      assert.ok(page.every((trainer: Hex) => trainer === chain.accounts[0]));
      at = next;
    }
    assert.equal(visited, 150);
    assert.deepEqual(await reader.read('trainersAlong', [id(5), 0n]), [[], id(5)]);
    assert.deepEqual(await reader.read('trainersAlong', [UNKNOWN, 9n]), [[], NONE]);
  });
});

/** What the contract must answer, by walking. */
class Model {
  readonly parents: number[][] = [[]];
  readonly imports = new Set<number>();

  add(parents: number[]): number {
    return this.parents.push(parents) - 1;
  }

  line(node: number): number[] {
    const line = [node];
    for (let at = node; this.parents[at].length > 0; ) {
      at = this.parents[at][0];
      line.push(at);
    }
    return line;
  }

  above(node: number): Set<number> {
    const seen = new Set([node]);
    for (const at of seen) for (const parent of this.parents[at]) seen.add(parent);
    return seen;
  }

  origins(node: number): number[] {
    return [...this.above(node)].filter((at) => this.parents[at].length === 0).sort((a, b) => a - b);
  }

  children(node: number): number[] {
    return this.parents.flatMap((list, child) => (list.includes(node) ? [child] : [])).reverse();
  }

  common(a: number, b: number): number {
    const line = new Set(this.line(a));
    return this.line(b).find((node) => line.has(node)) ?? 0;
  }
}

describe('a random lineage', () => {
  let snapshot: unknown;
  before(fresh);
  beforeEach(async () => {
    snapshot = await chain.request('evm_snapshot');
  });
  afterEach(async () => {
    await chain.request('evm_revert', snapshot);
  });

  /** Each number decides a node: its kind and which earlier nodes it descends from. */
  async function grow(choices: readonly number[]): Promise<Model> {
    const model = new Model();
    for (const choice of choices) {
      const count = model.parents.length - 1;
      const kind = choice % 10;
      const pick = (salt: number) => 1 + ((Math.floor(choice / 10) * 7919 + salt * 104_729) % count);
      if (count === 0 || kind === 0) {
        const node = model.add([]);
        if (choice % 20 === 0) model.imports.add(node);
        await lineage.send('addOrigin', [id(node), choice % 20 === 0 ? ROOT : SEED]);
      } else if (kind < 7 || count < 2) {
        // Long lines: mostly below one of the newest.
        const parent = kind < 5 ? Math.max(1, count - (choice % 3)) : pick(0);
        const node = model.add([parent]);
        await lineage.send('addChild', [id(node), id(parent)]);
      } else {
        const wanted = 2 + (choice % 7);
        const parents = [...new Set(Array.from({ length: 4 * wanted }, (_, i) => pick(i)))].slice(0, wanted);
        if (parents.length < 2) continue;
        const node = model.add(parents);
        await lineage.send('addMerge', [id(node), parents.map(id), parents.map((_, i) => BigInt(i + 1))]);
      }
    }
    return model;
  }

  it('answers every question as a naive walk does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(1_000_000), { minLength: 25, maxLength: 45 }), async (choices) => {
        const before = await chain.request('evm_snapshot');
        const model = await grow(choices);
        const count = model.parents.length - 1;
        assert.equal(await lineage.read('nodeCount', []), BigInt(count));
        for (let node = 1; node <= count; node++) {
          const line = model.line(node);
          const record = await lineage.read('node', [id(node)]);
          assert.equal(record.depth, BigInt(line.length - 1));
          assert.equal(record.number, BigInt(node));
          assert.equal(record.parent, id(model.parents[node][0] ?? 0));
          assert.equal(
            record.declared,
            [...model.above(node)].some((at) => model.imports.has(at)),
          );
          assert.deepEqual(await lineage.read('parents', [id(node)]), model.parents[node].map(id));
          const weights = (await reader.read('weightedParents', [id(node)])).map((p: { weight: bigint }) => p.weight);
          assert.deepEqual(
            weights,
            model.parents[node].map((_, i) => BigInt(i + 1)),
          );
          const [, number, , parts] = await lineage.read('edge', [id(node)]);
          assert.deepEqual([number, ...parts], [BigInt(node), ...model.parents[node].map((p, i) => part(p, i + 1))]);
          assert.deepEqual(await lineage.read('children', [id(node), NONE, 100n]), [
            model.children(node).map(id),
            NONE,
          ]);
          const [found, complete] = await reader.read('origins', [id(node), 10_000n]);
          assert.deepEqual([[...found].sort(), complete], [model.origins(node).map(id), true]);
          const other = 1 + ((node * 31) % count);
          assert.equal(await lineage.read('isAncestor', [id(other), id(node)]), line.includes(other));
          const met = await reader.read('nearestCommonAncestor', [id(node), id(other)]);
          assert.equal(met, id(model.common(node, other)), `${node} and ${other}`);
        }
        await chain.request('evm_revert', before);
      }),
      { numRuns: 6 },
    );
  });
});

describe('a lineage with merges', () => {
  let snapshot: unknown;
  beforeEach(async () => {
    snapshot = await chain.request('evm_snapshot');
  });
  afterEach(async () => {
    await chain.request('evm_revert', snapshot);
  });

  //  1 seed, 2 import, 3 = child of 1, 4 = merge(3, 2), 5 = child of 4, 6 = merge(1, 3, 5), 7 = child of 1
  before(async () => {
    await fresh();
    await lineage.send('addOrigin', [id(1), SEED]);
    await lineage.send('addOrigin', [id(2), ROOT]);
    await lineage.send('addChild', [id(3), id(1)]);
    await lineage.send('addMerge', [id(4), [id(3), id(2)], [5n, 7n]]);
    await lineage.send('addChild', [id(5), id(4)]);
    await lineage.send('addMerge', [id(6), [id(1), id(3), id(5)], [1n, 2n ** 19n, 3n]]);
    await lineage.send('addChild', [id(7), id(1)]);
  });

  it('keeps the weights of all parents', async () => {
    assert.deepEqual(await reader.read('weightedParents', [id(6)]), [
      { id: id(1), weight: 1n },
      { id: id(3), weight: 2n ** 19n },
      { id: id(5), weight: 3n },
    ]);
  });

  it('counts depth along first parents', async () => {
    const depths = await Promise.all([1, 4, 5, 6].map((n) => lineage.read('depthOf', [id(n)])));
    assert.deepEqual(depths, [0n, 2n, 3n, 1n]);
  });

  it('pages through children that came by first and by other parents', async () => {
    assert.deepEqual(await lineage.read('children', [id(1), NONE, 2n]), [[id(7), id(6)], id(3)]);
    assert.deepEqual(await lineage.read('children', [id(1), id(3), 2n]), [[id(3)], NONE]);
    assert.deepEqual(await lineage.read('children', [id(3), id(6), 1n]), [[id(6)], id(4)]);
    assert.deepEqual(await lineage.read('children', [id(2), NONE, 5n]), [[id(4)], NONE]);
    await reverts(lineage.read('children', [id(2), id(6), 5n]), 'NotAChild', [id(6), id(2)]);
  });

  it('marks as declared whatever descends from an import through any parent', async () => {
    const declared = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((n) => lineage.read('isDeclared', [id(n)])));
    assert.deepEqual(declared, [false, true, false, true, true, true, false]);
    assert.equal(await lineage.read('isDeclared', [UNKNOWN]), false);
  });

  it('finds ancestors through other parents by a path, and only along edges', async () => {
    const via = (...path: number[]) => lineage.read('isAncestorVia', [path.map(id)]);
    assert.equal(await lineage.read('isAncestor', [id(2), id(6)]), false);
    assert.equal(await via(2, 4, 5, 6), true);
    assert.equal(await via(1, 3, 6), true);
    assert.equal(await via(6), true);
    for (const path of [[2, 5, 6], [6, 5], [4, 6], [2, 4, 4], [99], [2, 99], [99, 4], [0, 1]]) {
      assert.equal(await via(...path), false, path.join(' '));
    }
    assert.equal(await lineage.read('isAncestorVia', [[]]), false);
  });

  it('knows all eight parents of a merge, and no ninth', async () => {
    const parents = [10, 11, 12, 13, 14, 15, 16, 17];
    await lineage.send('addLine', [id(1), 10n, 9n]);
    await lineage.send('addMerge', [id(20), parents.map(id), parents.map(BigInt)]);
    for (const parent of parents) assert.equal(await lineage.read('isAncestorVia', [[id(parent), id(20)]]), true);
    assert.equal(await lineage.read('isAncestorVia', [[id(18), id(20)]]), false);
    assert.deepEqual(
      await reader.read('weightedParents', [id(20)]),
      parents.map((n) => ({ id: id(n), weight: BigInt(n) })),
    );
  });

  it('tells an edge in one call as the other questions tell it, by numbers', async () => {
    const [alice, bob] = chain.accounts;
    // Ids that are no numbers: 8 to 14 are 108 to 114.
    await lineage.send('addLine', [id(1), 108n, 7n], bob);
    const eight = [110, 2, 114, 3, 108, 7, 113, 1];
    const weights = [1, 2 ** 19, 3, 4, 5, 6, 7, 8];
    await lineage.send('addMerge', [id(115), eight.map(id), weights.map(BigInt)], bob);
    const expected: [node: number, trainer: Hex, number: number, parts: bigint[]][] = [
      [1, alice, 1, []],
      [2, alice, 2, []],
      [4, alice, 4, [part(3, 5), part(2, 7)]],
      [5, alice, 5, [part(4, 1)]],
      [6, alice, 6, [part(1, 1), part(3, 2 ** 19), part(5, 3)]],
      [109, bob, 9, [part(8, 1)]],
      [115, bob, 15, [10, 2, 14, 3, 8, 7, 13, 1].map((number, i) => part(number, weights[i]))],
    ];
    for (const [node, trainer, number, parts] of expected) {
      const record = await lineage.read('node', [id(node)]);
      const edge = await lineage.read('edge', [id(node)]);
      assert.deepEqual(edge, [trainer, BigInt(number), record.timestamp, parts], `${node}`);
      assert.deepEqual([record.trainer, record.number], edge.slice(0, 2));
      assert.ok(record.timestamp > 0n);
      assert.equal(await lineage.read('numberOf', [id(node)]), BigInt(number));
      const parents = parts.map(async (one) => ({
        id: await lineage.read('nodeAt', [one % 2n ** 32n]),
        weight: one / 2n ** 32n,
      }));
      assert.deepEqual(await reader.read('weightedParents', [id(node)]), await Promise.all(parents));
    }
    assert.deepEqual(await lineage.read('edge', [UNKNOWN]), [zeroAddress, 0n, 0n, []]);
    assert.equal(await lineage.read('numberOf', [UNKNOWN]), 0n);
  });

  it('unites the origins of all parents, and says when its limit cut them short', async () => {
    assert.deepEqual(await reader.read('origins', [id(6), 99n]), [[id(2), id(1)], true]);
    // Lines: 6; its parents 5, 3, 1; of the merge above 5, 4: 3 and 2.
    assert.deepEqual((await reader.read('origins', [id(6), 6n]))[1], true);
    for (const limit of [0n, 1n, 5n]) assert.equal((await reader.read('origins', [id(6), limit]))[1], false);
    assert.deepEqual(await reader.read('origins', [id(7), 1n]), [[id(1)], true]);
    assert.deepEqual(await reader.read('origins', [UNKNOWN, 1n]), [[], true]);
  });

  it('follows a merge that two lines reach only once', async () => {
    await lineage.send('addChild', [id(8), id(4)]);
    await lineage.send('addMerge', [id(9), [id(8), id(5)], [1n, 1n]]);
    // Lines: 9; 5 and 8, of which one opens 4 and the other finds it open; 3 and 2.
    assert.deepEqual(await reader.read('origins', [id(9), 5n]), [[id(2), id(1)], true]);
  });

  it('has no answer for lines that never meet and for unknown nodes', async () => {
    assert.equal(await reader.read('nearestCommonAncestor', [id(2), id(7)]), NONE);
    for (const pair of [
      [UNKNOWN, id(5)],
      [id(5), UNKNOWN],
      [UNKNOWN, UNKNOWN],
    ]) {
      assert.equal(await reader.read('nearestCommonAncestor', pair), NONE);
      assert.equal(await lineage.read('isAncestor', pair), false);
    }
    assert.equal(await lineage.read('ancestorAt', [UNKNOWN, 0n]), NONE);
    assert.equal(await lineage.read('nodeAt', [0n]), NONE);
    assert.equal(await lineage.read('nodeAt', [1000n]), NONE);
    assert.equal(await lineage.read('nodeAt', [3n]), id(3));
    assert.equal(await lineage.read('kindOf', [UNKNOWN]), 0);
  });
});

describe('the number of nodes', () => {
  before(fresh);
  let snapshot: unknown;
  before(async () => {
    snapshot = await chain.request('evm_snapshot');
  });
  after(async () => {
    await chain.request('evm_revert', snapshot);
  });

  it('ends at 2^32 - 1: then TooManyNodes', async () => {
    // The counter is the sixth variable of the contract.
    await chain.request('hardhat_setStorageAt', lineage.address, '0x5', toHex(2n ** 32n - 2n, { size: 32 }));
    await lineage.send('addOrigin', [id(1), SEED]);
    assert.equal((await lineage.read('node', [id(1)])).number, 2n ** 32n - 1n);
    await reverts(lineage.simulate('addOrigin', [id(2), SEED]), 'TooManyNodes', [2n ** 32n]);
  });
});
