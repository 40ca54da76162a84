import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { inverse, mod } from '../reference/algebra.ts';
import { Analysis } from '../reference/analysis.ts';
import { check, circuitOf } from '../reference/check.ts';
import type { AnyHooks, Reference } from '../reference/run.ts';
import { DISJOINT_LIES, provenAbsent, provenDisjoint, type ShardsRun, shareRow } from '../support/lies/disjoint.ts';

// Each cheat goes on honestly after its lie, so exactly the check that must catch it fails; then it makes all checks of the
// circuit hold, and the opening fails.
interface Cheat {
  name: string;
  change?: (run: ShardsRun) => void;
  hooks?: AnyHooks;
  violated: string[];
}

const { evaluations: E, oracles: O } = NUMBERING.disjoint;
const ROWS = 2 ** 12;

/** Leaves changed, with all products above them. */
const grown = (tree: string, change: (leaves: bigint[]) => void): AnyHooks => ({
  helper: (trees) => {
    const own = trees[tree];
    change(own);
    for (let i = 0; i < ROWS - 1; i++) own[ROWS + i] = mod(own[2 * i] * own[2 * i + 1]);
  },
});

const CHEATS: Cheat[] = [
  {
    name: 'a shared row that is left out as if it were padding',
    change: shareRow(1, 3),
    hooks: grown('treeA', (leaves) => (leaves[1] = 1n)),
    violated: ['batch', 'coprime'],
  },
  {
    name: 'a shared row of which the other side is changed',
    change: shareRow(0, 0),
    hooks: grown('treeB', (leaves) => (leaves[0] += 1n)),
    violated: ['batch', 'coprime'],
  },
  {
    name: 'a product that is none of the two below it',
    hooks: { helper: ({ treeA }) => (treeA[2 * ROWS - 2] += 1n) },
    violated: ['batch', 'coprime'],
  },
  {
    name: 'a last entry that is not 0 times the product',
    hooks: { helper: ({ treeB }) => (treeB[2 * ROWS - 1] = 1n) },
    violated: ['batch'],
  },
  { name: 'the slot of U pointed at V', hooks: { slots: (s) => (s.U.bits = s.V.bits) }, violated: ['reduction'] },
  {
    name: 'the tree of B pointed at that of A',
    hooks: { slots: (s) => (s.treeB.bits = s.treeA.bits) },
    violated: ['reduction'],
  },
  { name: 'a misaligned slot of X', hooks: { slots: (s) => (s.XB.bits[0] = 1n) }, violated: ['reduction'] },
  {
    name: 'a coefficient of V behind its slot',
    hooks: {
      committed: (name, o) => {
        if (name === 'trace') o.vector[2 * ROWS] = 7n;
      },
      message: (stage, e) => (stage === 'evals1' ? e.with(E.V, mod(e[E.V] + 7n)) : e),
    },
    violated: ['coprime', 'reduction'],
  },
  {
    name: 'an entry of X that is another than the committed one',
    hooks: {
      committed: (name, o) => {
        if (name === 'first') o.vector[0] += 1n;
      },
    },
    violated: ['reduction'],
  },
];

const REPAIR = { evals1: E.phiA, u: O.trace, u12: 0, p2: 0, s2: 0 };

/** The same with U A + V B = 1 by the evaluation of U, before the batch is repaired by a fingerprint. */
const closing = (hooks: AnyHooks): AnyHooks => ({
  ...hooks,
  repair: REPAIR,
  message: (stage, message, weights) => {
    const e = hooks.message?.(stage, message, weights) ?? message;
    if (stage !== 'evals1') return e;
    return e.with(E.U, mod((1n - e[E.V] * e[E.productB]) * inverse(e[E.productA])));
  },
});

describe('cheats on program disjoint', () => {
  let analysis: Analysis;
  before(async () => {
    analysis = await Analysis.of('disjoint');
  });

  it('does not object to honest runs', () => {
    for (const proof of [provenDisjoint(), provenAbsent()]) assert.deepEqual(analysis.violated(proof.inputs), []);
  });

  /** What a cheat's proof breaks, and that it gets no further than to the opening. */
  const judge = (prove: (hooks: AnyHooks) => Reference, hooks: AnyHooks, violated: string[]) => {
    const { inputs } = prove(hooks);
    assert.deepEqual(circuitOf('disjoint', inputs).failed.toSorted(), violated.toSorted());
    assert.deepEqual(analysis.violated(inputs).toSorted(), violated.toSorted());
    const adaptive = prove(closing(hooks));
    assert.deepEqual(analysis.violated(adaptive.inputs), []);
    assert.deepEqual(check(adaptive), ['opening 2']);
  };

  for (const { name, change, hooks = {}, violated } of CHEATS)
    it(`rejects ${name}`, () => judge((all) => provenDisjoint(all, change), hooks, violated));

  it('rejects a record that is a row', () =>
    judge(
      (all) =>
        provenAbsent(all, ({ first, second }) => {
          second.record = [0, 1, 2].map((j) => first.X[4 * j]);
        }),
      {},
      ['coprime'],
    ));

  for (const { name, prove, fails } of DISJOINT_LIES)
    it(`has the constraint that refuses a proof of which only one thing is false: ${name}`, () =>
      assert.deepEqual(analysis.violated(prove().inputs), [fails]));

  it('leaves the record to the contract, which computes it', () => {
    const proof = provenAbsent();
    assert.deepEqual(check(proof), []);
    for (const record of [[], [-5n, 0n, 32766n], [-5n, 0n], [-5n, 0n, 32767n, 0n]])
      assert.notDeepEqual(check({ ...proof, record }), [], `${record}`);
  });

  it('leaves no record beside a second shard', () => {
    const proof = provenDisjoint();
    assert.notDeepEqual(check({ ...proof, record: [1n, 2n, 3n] }), []);
  });
});
