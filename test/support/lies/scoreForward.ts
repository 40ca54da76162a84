// Cheats on the forward pass of a score.

import { NUMBERING } from '../../../src/generated/numbering.ts';
import { inverse, mod } from '../../reference/algebra.ts';
import type { ScoreHooks } from '../../reference/score.ts';
import { claim, LOGIT, relation, type ScoreCheat, set, total } from './scoreCheat.ts';

const { sums: S, relations: R, claims: C } = NUMBERING.score;

const roundedUp: ScoreHooks = { round: (l, i, s, Q) => (l === 4 && i === 1 && s === 2 ? Q + 1n : Q) };
const roundedDown: ScoreHooks = { round: (l, i, s, Q) => (l === 3 && i === 0 && s === 1 ? Q - 1n : Q) };
/** Changes the first hidden unit of the padded row. */
const hidden = (change: (at: { m: bigint; V: bigint; A?: bigint }) => void): ScoreHooks => ({
  rectify: (l, i, s, at) => {
    if (l === 3 && i === 0 && s === 3) change(at);
  },
});
/** The hidden unit's value in the padded row, which is its bias. */
const biased = (value: bigint): ScoreCheat['change'] => {
  return ({ weights }) => set(0, value * LOGIT)(weights.b[0]);
};

export const FORWARD_CHEATS: ScoreCheat[] = [
  relation('a logit rounded up by one', R.logUp, { hooks: roundedUp }),
  relation('a hidden value rounded down by one', R.logUp, { hooks: roundedDown }),
  relation('a logit rounded up by one, its lookup forged so that the sum is right', R.hQ, {
    hooks: {
      ...roundedUp,
      helper: ({ hQ }, beta, { U1 }) => set(6, mod(hQ[6] - inverse(beta - U1[6])))(hQ),
    },
  }),
  relation('a hidden value rounded down by one, its lookup forged so that the sum is right', R.h(3), {
    hooks: {
      ...roundedDown,
      helper: ({ h_3 }, beta, { R1_3 }) => set(1, mod(h_3[1] - inverse(beta - R1_3[1])))(h_3),
    },
  }),
  relation('a table forged so that a false sum is right', R.table, {
    hooks: { ...roundedUp, helper: (t) => set(7, mod(t.g[7] + total(t)))(t.g) },
  }),
  relation('a negative hidden value let through', R.logUp, {
    change: biased(-3n),
    hooks: hidden((at) => {
      [at.m, at.V] = [1n, -at.V];
    }),
  }),
  relation('a positive hidden value cut off', R.logUp, {
    change: biased(3n),
    hooks: hidden((at) => {
      [at.m, at.V] = [0n, -at.V];
    }),
  }),
  relation('a hidden sign that is not a bit', R.bit(3), {
    change: biased(9n),
    // Q = 2 A - V = 3 V with m = 2
    hooks: hidden((at) => {
      [at.m, at.V] = [2n, 3n];
    }),
  }),
  relation('a hidden value that is not its sign times its size', R.active(3), {
    change: biased(9n),
    // Q = 2 A - V = 9
    hooks: hidden((at) => {
      [at.m, at.V, at.A] = [1n, 1n, 5n];
    }),
  }),
  claim('biases other than the model has', C.forward(4), {
    hooks: { used: (w) => ({ ...w, b: [w.b[0], w.b[1].map((v, i) => (i === 0 ? v + LOGIT : v))] }) },
  }),
  claim('weights other than the model has', C.W(3), {
    hooks: { used: (w) => ({ ...w, W: [w.W[0].map((v, i) => (i === 2 ? v + LOGIT : v)), w.W[1]] }) },
  }),
  {
    ...relation("a forward sum that is not the model's", R.F1(4), {
      hooks: { sums: (sums) => set(S.F1(4), mod(sums[S.F1(4)] + 1n))(sums) },
    }),
    claims: [C.forward(4)],
    both: true,
  },
  {
    ...claim('a forward sum of an absent layer', C.forward(2), { hooks: { sums: (sums) => set(S.F1(2), 1n)(sums) } }),
    both: true,
  },
];
