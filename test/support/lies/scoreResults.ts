// Cheats on what a score says of the outputs: rows right, top k, counts, errors, log-loss.

import { NUMBERING } from '../../../src/generated/numbering.ts';
import { inverse, mod } from '../../reference/algebra.ts';
import { countsAt } from '../../reference/commitments.ts';
import type { ScoreHooks } from '../../reference/score.ts';
import type { Measured } from '../../reference/score-run.ts';
import { EXP, LOSS, SIG } from '../../reference/tables.ts';
import { HALF_LIMB, LIMB, type Tensors } from '../../reference/tensors.ts';
import { add, claim, logits, PADDED, ROWS, relation, type ScoreCheat, set, total, unlisted } from './scoreCheat.ts';

const { sums: S, relations: R, claims: C } = NUMBERING.score;
const G_LOOKUP = { logUp: R.logUp, lookup: R.hG, table: R.table };
const S_LOOKUP = { logUp: R.logUp, lookup: R.hS, table: R.table };
const after = (changes: ScoreHooks['after']): ScoreHooks => ({ after: changes });
/** Entry of a tensor of classes: class i of row s. */
const entry = (i: number, s = 0) => i * ROWS + s;
const inTurn =
  (...changes: ((tensor: bigint[]) => void)[]) =>
  (tensor: bigint[]): void => {
    for (const change of changes) change(tensor);
  };

/** Class or label i of row 0 is counted though it is not below the label, or not right: its margin is -1 or less. */
const counted = (name: string, i: number, of: Pick<ScoreCheat, 'kind' | 'change'>): ScoreCheat[] => [
  ...unlisted(
    name,
    G_LOOKUP,
    { helper: 'hG', at: entry(i), limb: 'G' },
    { ...of, hooks: after({ B: set(entry(i), 1n) }) },
  ),
  relation(`${name}, its margin said to be 0`, R.margin, {
    ...of,
    hooks: after({ B: set(entry(i), 1n), G: set(entry(i), 0n) }),
  }),
];
/** Other ways to have the row right without it. */
const madeUpFor = (name: string, of: Pick<ScoreCheat, 'kind' | 'change'>): ScoreCheat[] => [
  relation(`${name}, another counted twice for it`, R.belowBit, { ...of, hooks: after({ B: set(0, 2n) }) }),
  relation(`${name}, a padded one counted for it`, R.belowPadding, {
    ...of,
    hooks: after({ B: set(entry(PADDED), 1n) }),
  }),
  claim(`${name}, the number said to be one more`, C.below, { ...of, hooks: after({ N: add(0, 1n) }) }),
  relation(`${name}, the row said to be right`, R.claimedAll, { ...of, hooks: after({ c: set(0, 1n) }) }),
];

/** The labelled logit of row 0, or that of the predicted class, is said to be another. */
const said = (name: 'L' | 'LP', by: bigint): NonNullable<ScoreHooks['after']> => ({ [name]: add(0, by) });
/** The same with the honest value at tau. */
const atTau =
  (sum: number, by: bigint): ScoreHooks['sums'] =>
  (sums, tau) => {
    sums[sum] = mod(sums[sum] - by * (1n - tau[0]) * (1n - tau[1]));
  };

const RIGHT: ScoreCheat[] = [
  ...counted('a tie counted as right', 1, { change: logits(5n, 5n, 1n) }),
  ...madeUpFor('a wrong row counted as right', { change: logits(5n, 7n, 1n) }),
  ...counted('a label with a negative logit', 2, { kind: 'labels', change: logits(5n, -3n, -1n) }),
  ...madeUpFor('a label with a negative logit', { kind: 'labels', change: logits(5n, -3n, -1n) }),
  ...counted('a label with the logit 0', 2, { kind: 'labels', change: logits(5n, -3n, 0n) }),
  ...counted('a class without the label and with a positive logit', 1, { kind: 'labels', change: logits(5n, 1n, 1n) }),
  ...counted('a class without the label and with the logit 0', 1, { kind: 'labels', change: logits(5n, 0n, 1n) }),
  relation("a labelled logit that is another class's", R.labelled, {
    change: logits(5n, 7n, 1n),
    hooks: after(said('L', 3n)),
  }),
  claim("a labelled logit that is another class's, the honest one claimed at tau", C.labelled, {
    change: logits(5n, 7n, 1n),
    hooks: { after: said('L', 3n), sums: atTau(S.labelled, 3n) },
  }),
  relation('a class beyond the real ones: a margin on padding', R.margin, {
    change: logits(9n, 5n, 1n),
    hooks: after({ G: set(entry(PADDED), 3n) }),
  }),
  relation('a margin on a padded label', R.margin, {
    kind: 'labels',
    change: logits(5n, -3n, 1n),
    hooks: after({ G: set(entry(PADDED), 3n) }),
  }),
  ...(
    [
      ['row', 'classes', logits(9n, 5n, 1n), logits(-1n, -2n, -3n)],
      ['row of labels', 'labels', logits(5n, -3n, 1n), logits(-1n, -2n, -3n)],
    ] as const
  ).flatMap(([row, kind, change, negative]) => [
    relation(`a ${row} counted twice`, R.claimedBit, { kind, change, hooks: after({ c: set(0, 2n) }) }),
    relation(`a padded ${row} counted as right`, R.claimedPadding, {
      kind,
      change: negative,
      hooks: after({ c: set(ROWS - 1, 1n) }),
    }),
    relation(`one ${row} more than counted`, R.right, { kind, change, hooks: { stated: add(S.right, 1n) } }),
  ]),
];

/** The label has the second place, or the third. */
const [SECOND, THIRD] = [logits(5n, 7n, 1n), logits(1n, 5n, 7n)];
/** With k = 2 one of three labels may be wrong. */
const TWO_WRONG = logits(-5n, 3n, 1n);
const TOP: ScoreCheat[] = [
  ...(
    [
      ['a row whose label is third among the two highest', 'classes', THIRD],
      ['a row with two wrong labels among those with at most one', 'labels', TWO_WRONG],
    ] as const
  ).flatMap(([name, kind, change]) => {
    const told = { kind, change, stated: { k: 2 } };
    return [
      ...unlisted(
        name,
        S_LOOKUP,
        { helper: 'hS', at: 0, limb: 'H' },
        {
          ...told,
          hooks: after({ t: set(0, 1n) }),
        },
      ),
      relation(`${name}, what it has of k said to be 0`, R.topRank, {
        ...told,
        hooks: after({ t: set(0, 1n), H: set(0, 0n) }),
      }),
      claim(`${name}, what is below said to be one more`, C.below, { ...told, hooks: after({ N: add(0, 1n) }) }),
      relation(`${name}, one that is below counted twice`, R.belowBit, {
        ...told,
        // of labels the third is right, of classes the label itself is below
        hooks: after({ B: set(kind === 'labels' ? entry(2) : 0, 2n) }),
      }),
    ];
  }),
  ...unlisted(
    'a tie with the label that is not counted against it',
    G_LOOKUP,
    { helper: 'hG', at: entry(2), limb: 'G' },
    { change: logits(5n, 7n, 5n), stated: { k: 2 }, hooks: after({ B: set(entry(2), 1n) }) },
  ),
  relation('another k than stated: more places', R.topRank, { change: THIRD, stated: { k: 3 }, hooks: { k: 2n } }),
  relation('another k than stated: fewer places', R.topRank, { change: SECOND, stated: { k: 2 }, hooks: { k: 1n } }),
  relation('a row among the top counted twice', R.topBit, { change: SECOND, hooks: after({ t: set(0, 2n) }) }),
  relation('a padded row among the top', R.topPadding, {
    change: logits(-1n, -2n, -3n),
    hooks: after({ t: set(ROWS - 1, 1n) }),
  }),
  relation('one row more among the top than counted', R.top, { change: SECOND, hooks: { stated: add(S.top, 1n) } }),
  relation('rows among the top of a regression', R.top, { kind: 'regression', hooks: { stated: add(S.top, 3n) } }),
];

/** The class with the largest logit is 1. */
const LEADS = logits(5n, 7n, 1n);
/** Counts and their sum at x that agree, but not with P. */
const miscounted = (classes: boolean, change: (counts: bigint[]) => void): ScoreHooks => {
  let stated: bigint[] = [];
  return {
    counts: (counts) => {
      change(counts);
      stated = counts;
    },
    sums: (sums, tau) => {
      sums[S.counts] = countsAt(stated, classes, tau[0]);
    },
  };
};
const swap =
  (a: number, b: number) =>
  (counts: bigint[]): void => {
    [counts[a], counts[b]] = [counts[b], counts[a]];
  };
/** Row 0 is said to be of class 0, which does not lead. */
const usurped = inTurn(set(entry(1), 0n), set(entry(0), 1n));
const COUNTS: ScoreCheat[] = [
  ...unlisted(
    'a class predicted that does not lead',
    G_LOOKUP,
    { helper: 'hG', at: entry(1), limb: 'K' },
    { change: LEADS, hooks: after({ P: usurped }) },
  ),
  ...unlisted(
    'one of two tied classes predicted',
    G_LOOKUP,
    { helper: 'hG', at: entry(1), limb: 'K' },
    { change: logits(7n, 7n, 1n), hooks: after({ P: set(0, 1n) }) },
  ),
  relation('a class predicted that does not lead, its margin said to be 0', R.lead, {
    change: LEADS,
    hooks: after({ P: usurped, K: set(entry(1), 0n) }),
  }),
  relation("a class predicted with a logit that is not the class's", R.predicted, {
    change: LEADS,
    hooks: after({ P: usurped, ...said('LP', 3n) }),
  }),
  claim("a class predicted with a logit that is not the class's, the honest one claimed at tau", C.predicted, {
    change: LEADS,
    hooks: { after: { P: usurped, ...said('LP', 3n) }, sums: atTau(S.predicted, 3n) },
  }),
  relation('two classes predicted in one row, with positive logits', R.predictedOne, {
    change: LEADS,
    hooks: after({ P: set(0, 1n) }),
  }),
  claim('two classes predicted in one row, said to be one', C.predictedSum, {
    change: LEADS,
    hooks: after({ P: set(0, 1n), p: set(0, 1n) }),
  }),
  claim('a class predicted that does not lead, said to be none', C.predictedSum, {
    change: LEADS,
    hooks: after({ P: usurped, p: set(0, 0n) }),
  }),
  relation('a class predicted twice, and another -1 times', R.predictedBit, {
    change: LEADS,
    hooks: after({ P: inTurn(set(entry(1), 2n), set(entry(0), -1n)) }),
    contract: ['counts', 'opening 2'],
  }),
  relation('a padded class predicted, the real ones being negative', R.predictedPadding, {
    change: logits(-1n, -5n, -9n),
    hooks: after({ P: inTurn(set(0, 0n), set(entry(PADDED), 1n)) }),
    // no count is stated of it
    contract: ['counts', 'opening 2'],
  }),
  relation('a padded row with a prediction', R.predictedPadding, {
    change: LEADS,
    hooks: after({ P: set(entry(1, ROWS - 1), 1n) }),
  }),
  relation('a padded row of labels with one that is right', R.predictedPadding, {
    kind: 'labels',
    change: logits(5n, -3n, 1n),
    hooks: after({ P: set(entry(1, ROWS - 1), 1n) }),
  }),
  relation('a label counted that is not right', R.predictedLabel, {
    kind: 'labels',
    change: logits(5n, 3n, 1n),
    hooks: after({ P: set(entry(1), 1n) }),
  }),
  relation('a label counted twice', R.predictedBit, {
    kind: 'labels',
    change: logits(5n, -3n, 1n),
    hooks: after({ P: set(0, 2n) }),
  }),
  ...unlisted(
    'a label counted that is said to be right',
    G_LOOKUP,
    { helper: 'hG', at: entry(1), limb: 'G' },
    { kind: 'labels', change: logits(5n, 3n, 1n), hooks: after({ B: set(entry(1), 1n) }) },
  ),
  relation('two counts that are swapped, and their sum', R.counts, {
    change: LEADS,
    hooks: miscounted(true, swap(0, 1)),
  }),
  relation('counts of classes read the other way round', R.counts, {
    change: LEADS,
    hooks: miscounted(true, swap(1, 3)),
  }),
  relation('a row counted that was left out', R.counts, {
    change: LEADS,
    hooks: { ...miscounted(true, add(1, 1n)), ...after({ P: set(entry(1), 0n) }) },
  }),
  relation('a label counted once too often', R.counts, {
    kind: 'labels',
    change: logits(5n, -3n, 1n),
    hooks: miscounted(false, add(2, 1n)),
  }),
  relation('counts of a regression', R.counts, {
    kind: 'regression',
    hooks: miscounted(false, (counts) => counts.push(3n, 0n, 0n)),
    // a regression has none
    contract: ['counts', 'opening 2'],
  }),
];

/** The sign of the first error is taken the other way round. */
const flipped = (B: bigint[]) => set(0, 1n - B[0])(B);
const REGRESSION: ScoreCheat[] = [
  relation('a smaller squared error', R.error, { kind: 'regression', hooks: { stated: add(S.error, -1n) } }),
  relation('a smaller absolute error', R.absolute, { kind: 'regression', hooks: { stated: add(S.absolute, -1n) } }),
  relation('absolute errors of classes', R.absolute, { hooks: { stated: add(S.absolute, 1n) } }),
  ...unlisted(
    'an error with the other sign, which makes the sum smaller',
    G_LOOKUP,
    { helper: 'hG', at: 0, limb: 'G' },
    { kind: 'regression', hooks: after({ B: flipped }) },
  ),
  relation('an error with the other sign, its size as it is', R.margin, {
    kind: 'regression',
    hooks: after({ B: flipped, G: (G) => set(0, -G[0])(G) }),
  }),
  relation('an error said to be 0', R.margin, { kind: 'regression', hooks: after({ G: set(0, 0n) }) }),
  relation('an error made 0 by the sign one half', R.belowBit, {
    kind: 'regression',
    hooks: after({ B: set(0, inverse(2n)), G: set(0, 0n) }),
  }),
  relation('an error on a padded row', R.margin, { kind: 'regression', hooks: after({ G: set(ROWS - 1, 1n) }) }),
];

const CLOSE = logits(700n, 690n, 300n);
const F_HELPER = (helper: 'hF' | 'g2'): ScoreHooks['helper'] => {
  return (helpers) => {
    const by = total(helpers);
    helpers[helper][0] = mod(helpers[helper][0] + (helper === 'g2' ? by : -by));
  };
};
/** A pair that is not in the function's table. */
const unpaired = (name: string, told: Omit<ScoreCheat, 'name' | 'fails'>): ScoreCheat[] => [
  relation(name, R.logUp, told),
  relation(`${name}, its lookup forged so that the sum is right`, R.hF, {
    ...told,
    hooks: { ...told.hooks, helper: F_HELPER('hF') },
  }),
  relation(`${name}, the table forged so that the sum is right`, R.table2, {
    ...told,
    hooks: { ...told.hooks, helper: F_HELPER('g2') },
  }),
];
const softmax = (changes: Partial<Record<Measured, (f: bigint[], t: Tensors) => void>>) => ({
  head: 'softmax' as const,
  change: CLOSE,
  hooks: after(changes),
});
/** A larger Z, at which every power is 0. */
const FAR = 30000n;
const SOFTMAX: ScoreCheat[] = [
  ...unlisted(
    'a Z below the logarithm of the sum',
    S_LOOKUP,
    { helper: 'hS', at: 0, limb: 'S' },
    softmax({ Z: add(0, -1n) }),
  ),
  claim(
    'a Z below the logarithm of the sum, the sum said to be 2^16',
    C.total,
    softmax({ Z: add(0, -1n), S: set(0, 0n) }),
  ),
  ...unlisted('a Z so large that S is 2^16', S_LOOKUP, { helper: 'hS', at: 0, limb: 'S' }, softmax({ Z: add(0, FAR) })),
  claim(
    'a Z so large that all powers are 0, S said to be a limb',
    C.total,
    softmax({ Z: add(0, FAR), S: add(0, -1n) }),
  ),
  claim('a sum of the powers that is smaller', C.total, softmax({ S: add(0, 1n) })),
  relation('a power of a padded class that lowers the sum', R.powerPadding, softmax({ E: set(entry(PADDED), -900n) })),
  ...unpaired('a power that is one less, with a larger S', softmax({ E: add(entry(1), -1n) })),
  ...unpaired(
    'a power from the next entry of EXP',
    softmax({
      E: (E, { Z, Q }) => set(0, EXP[Number(Z[0] - Q[0] + HALF_LIMB) + 1])(E),
    }),
  ),
  ...unpaired(
    'an entry of LOSS in place of one of EXP',
    softmax({
      E: (E, { Z, Q }) => set(entry(2), LOSS[Number(Z[0] - Q[entry(2)] + HALF_LIMB)])(E),
    }),
  ),
  claim('a table of the prover in place of EXP', C.F, {
    ...softmax({ E: lessened }),
    hooks: { ...after({ E: lessened }), column: lessened },
  }),
];

const sigmoidIndex = (Q: bigint, Y: 0 | 1) => Number(Y === 1 ? LIMB - Q : Q);
const SIGMOID: ScoreCheat[] = (['labels', 'classes'] as const).flatMap((kind) => {
  const told = (E: (f: bigint[], t: Tensors) => void) => ({
    kind,
    head: 'sigmoid' as const,
    change: CLOSE,
    hooks: after({ E }),
  });
  return [
    ...unpaired(
      `a loss of sigmoid from the entry before, ${kind}`,
      told((E, { Q }) => set(0, LOSS[sigmoidIndex(Q[0], 1) - 1])(E)),
    ),
    ...unpaired(
      `a loss of sigmoid as if the label were another, ${kind}`,
      told((E, { Q }) => set(entry(1), LOSS[sigmoidIndex(Q[entry(1)], 1)])(E)),
    ),
    ...unpaired(
      `an entry of SIG in place of one of LOSS, ${kind}`,
      told((E, { Q }) => set(entry(1), SIG[sigmoidIndex(Q[entry(1)], 0)])(E)),
    ),
    relation(`a negative loss of a padded label, ${kind}`, R.powerPadding, told(set(entry(PADDED), -900n))),
    claim(`a table of the prover in place of LOSS, ${kind}`, C.F, {
      ...told(lessened),
      hooks: { ...after({ E: lessened }), column: lessened },
    }),
  ];
});

const STATED: ScoreCheat[] = (
  [
    ['softmax', 'classes'],
    ['sigmoid', 'classes'],
    ['sigmoid', 'labels'],
    ['squared error', 'classes'],
    ['squared error', 'regression'],
  ] as const
).map(([head, kind]) =>
  relation(`a loss that is too small by one, ${head} on ${kind}`, R.loss, {
    head,
    kind,
    change: CLOSE,
    hooks: { stated: add(S.loss, -1n) },
  }),
);

function lessened(values: bigint[]): void {
  for (const [x, v] of values.entries()) values[x] = v && v - 1n;
}

export const RESULT_CHEATS: ScoreCheat[] = [
  ...RIGHT,
  ...TOP,
  ...COUNTS,
  ...REGRESSION,
  ...SOFTMAX,
  ...SIGMOID,
  ...STATED,
];
