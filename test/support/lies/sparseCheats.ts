// Cheats on program sparseMerge: masks, thresholds, signs, means and models other than what is stated.

import { NUMBERING } from '../../../src/generated/numbering.ts';
import { mod } from '../../reference/algebra.ts';
import type { SparseHooks } from '../../reference/sparse-merge.ts';
import {
  type EntryState,
  mergedEntries,
  type SparseChoice,
  type SparseRun,
  vectorOf,
} from '../../reference/sparse-run.ts';
import { DARE, DARE_TIES, once, SUMMED, TIES } from './sparse.ts';

const { evaluations: E } = NUMBERING.sparseMerge;

export interface SparseCheat {
  name: string;
  choice: SparseChoice;
  hooks: SparseHooks;
  violated: string[];
}

const BATCH = ['batch'];
const REDUCTION = ['reduction'];
const BOTH = ['batch', 'reduction'];
const cheat = (name: string, choice: SparseChoice, hooks: SparseHooks, violated: string[]): SparseCheat => ({
  name,
  choice,
  hooks,
  violated,
});
/** A cheat on what is held before anything is committed. */
const held = (name: string, choice: SparseChoice, run: (run: SparseRun) => void, violated = BATCH): SparseCheat =>
  cheat(name, choice, { run }, violated);

/** A merge by other numbers than are stated. */
const by =
  (change: (run: SparseRun) => Partial<Pick<SparseRun, 'seed' | 'kept' | 'nu'>>) =>
  (run: SparseRun): void => {
    const { seed, kept, nu } = run;
    Object.assign(run, change(run));
    mergedEntries(run);
    Object.assign(run, { seed, kept, nu });
  };

/** What a task changes of the first weights of layer 3. */
export function changing(run: SparseRun, task: number, changes: readonly bigint[]): void {
  const own = run.parents[task];
  changes.forEach((d, k) => {
    own.W[0][k] = run.parents[0].W[0][k] + d;
  });
  run.vectors.parents[task] = vectorOf(own, run.log2);
}
/** Number of layer 3's weights among the slots; of their entries, which are columns of four, three are real. */
const W_3 = 8;
/** The threshold of the weights of layer 3. */
const limited = (run: SparseRun, task: number, threshold: bigint): void => {
  run.thresholds[4 * W_3 + task - 1] = threshold;
};

const SIZE = 2n ** 36n;
/** Two changes of one size, of different signs. */
export function tied(run: SparseRun, threshold: bigint): void {
  changing(run, 1, [SIZE, -SIZE]);
  limited(run, 1, threshold);
}
const isFirst = ({ d, i }: EntryState) => i === 0 && d[0] === SIZE;
/** Coefficients are 6000 and 7000: what both change adds up to 0. */
export const balanced = (run: SparseRun): void => {
  changing(run, 1, [7000n * 2n ** 20n]);
  changing(run, 2, [-6000n * 2n ** 20n]);
};
const isBalanced = ({ d, c }: EntryState) => c[0] === 1n && c[1] === 1n && 6000n * d[0] + 7000n * d[1] === 0n;

const MASKS: SparseCheat[] = [
  ...([DARE, DARE_TIES] as const).flatMap((choice) => {
    const kind = choice.signs ? ', before signs are elected' : '';
    return [
      held(
        `masks of another seed${kind}`,
        choice,
        by(({ seed }) => ({ seed: seed + 1n })),
      ),
      held(
        `masks that keep another share${kind}`,
        choice,
        by(({ kept }) => ({ kept: kept.with(1, kept[1] + 20000n) })),
      ),
      held(
        `an entry kept that the seed leaves out${kind}`,
        choice,
        once(
          'm',
          ({ honest, d, i }) => honest === 0n && d[i] !== 0n,
          () => 1n,
        ),
      ),
      held(
        `an entry left out that the seed keeps${kind}`,
        choice,
        once(
          'm',
          ({ honest, d, i }) => honest === 1n && d[i] !== 0n,
          () => 0n,
        ),
      ),
    ];
  }),
  cheat(
    'another number than is drawn at the address',
    DARE,
    { trace: ({ v0 }) => ([v0[0], v0[1]] = [v0[1], v0[0]]) },
    BATCH,
  ),
  held(
    'a change that is rescaled twice',
    DARE,
    once(
      'quotient',
      ({ honest }) => honest !== 0n,
      ({ honest }) => 2n * honest,
    ),
  ),
];

const TRIMS: SparseCheat[] = [
  held(
    'thresholds below those of the counts',
    TIES,
    (run) => {
      const { counts } = run;
      run.thresholds.fill(0n);
      mergedEntries(run);
      run.counts = counts;
    },
    REDUCTION,
  ),
  held('thresholds other than were absorbed', TIES, (run) => void run.thresholds[4 * W_3]++),
  held(
    'a count of the other task',
    TIES,
    ({ counts }) => {
      const at = [4 * W_3, 4 * W_3 + 1];
      counts[at[0]] += 1n;
      counts[at[1]] -= 1n;
    },
    REDUCTION,
  ),
  held(
    'a count of another layer',
    DARE_TIES,
    ({ counts }) => {
      counts[4 * W_3] += 1n;
      counts[4 * W_3 + 8] -= 1n;
    },
    REDUCTION,
  ),
  held('a small change kept in the place of a large one, which leaves the count', TIES, (run) => {
    const done = new Set<bigint>();
    mergedEntries(run, ({ name, i, x, d, honest, inSlot }) => {
      const isOwn = name === 'c' && i === 0 && inSlot && x < 16 && d[0] !== 0n;
      if (!isOwn || done.has(honest)) return honest;
      done.add(honest);
      return 1n - honest;
    });
  }),
  held('one of two equal changes left out, both above the threshold', TIES, (run) => {
    tied(run, SIZE - 1n);
    once('c', isFirst, () => 0n)(run);
  }),
  held('one of two equal changes kept, both at the threshold', TIES, (run) => {
    tied(run, SIZE);
    once('c', isFirst, () => 1n)(run);
  }),
  held('an entry kept that the task leaves as it is, by a negative threshold', TIES, (run) => {
    changing(run, 1, [0n]);
    limited(run, 1, -1n);
    mergedEntries(run);
  }),
];

const ELECTIONS: SparseCheat[] = [
  held('a sum of 0 that elects the negative sign', TIES, (run) => {
    balanced(run);
    once('o', isBalanced, () => 0n)(run);
  }),
  held(
    'the sign of the smaller part elected',
    DARE_TIES,
    once(
      'o',
      ({ c }) => c[0] + c[1] === 2n,
      ({ honest }) => 1n - honest,
    ),
  ),
  held(
    'a change against the elected sign taken',
    SUMMED,
    once(
      'k',
      ({ c, i, honest }) => c[i] === 1n && honest === 0n,
      () => 1n,
    ),
  ),
  held(
    'a change of the elected sign left out',
    SUMMED,
    once(
      'k',
      ({ honest }) => honest === 1n,
      () => 0n,
    ),
  ),
];

const MEANS: SparseCheat[] = [
  held('the sum where the mean is stated', TIES, (run) => {
    const { z } = run.tensors;
    by(() => ({ nu: 0n }))(run);
    run.tensors.z = z;
  }),
  held(
    'the mean where the sum is stated',
    SUMMED,
    by(() => ({ nu: 1n })),
  ),
  held(
    'a mean of all instead of those that agree',
    TIES,
    once(
      'quotient',
      ({ agreed, honest }) => agreed > 0n && agreed < 13000n && honest !== 0n,
      ({ agreed, honest }) => (honest * agreed) / 13000n,
    ),
  ),
  held(
    'a divisor of 1 where something agrees',
    TIES,
    once(
      'z',
      ({ honest }) => honest === 0n,
      () => 1n,
    ),
  ),
  ...([TIES, SUMMED, DARE] as const).map((choice, k) =>
    held(`a coefficient that is another: ${['mean', 'sum', 'masks'][k]}`, choice, ({ a }) => void a[4 + (k % 2)][1]++),
  ),
  held('a child beyond its range', TIES, (run) => {
    run.parents[0].W[0][0] = 2n ** 47n - 1n;
    run.vectors.parents[0] = vectorOf(run.parents[0], run.log2);
    for (const task of [1, 2]) changing(run, task, [2n ** 40n]);
    mergedEntries(run);
  }),
];

/** An entry of a committed vector that is another. */
const swapped = (oracle: string): SparseHooks => ({
  committed: (name, { vector }) => {
    if (name === oracle) vector[0] += 1n;
  },
});
const made = (index: number): SparseHooks => ({
  message: (stage, m) => (stage === 'evals1' ? m.with(index, mod(m[index] + 1n)) : m),
});

const MODELS: SparseCheat[] = [
  ...Object.entries({ child: 'child', base: 'parent_0', 'first task': 'parent_1', 'second task': 'parent_2' }).map(
    ([what, oracle]) => cheat(`another ${what}`, DARE_TIES, swapped(oracle), REDUCTION),
  ),
  held('the tasks exchanged', TIES, ({ parents }) => ([parents[1], parents[2]] = [parents[2], parents[1]]), REDUCTION),
  held(
    'base and task exchanged',
    DARE,
    ({ parents }) => ([parents[0], parents[1]] = [parents[1], parents[0]]),
    REDUCTION,
  ),
  held('the base as the child', SUMMED, (run) => (run.child = { ...run.parents[0], salt: 5n }), REDUCTION),
];

const PLACES: SparseCheat[] = [
  cheat(
    'the slot of what is kept pointed at that of what agrees',
    TIES,
    { slots: (s) => (s.c_2.bits = s.k_2.bits) },
    REDUCTION,
  ),
  cheat(
    'the mask of the second task pointed at that of the first',
    DARE,
    { slots: (s) => (s.m_2.bits = s.m_1.bits) },
    REDUCTION,
  ),
  cheat('a misaligned slot', DARE, { slots: (s) => (s.r0.bits = s.r0.bits.with(0, 1n)) }, REDUCTION),
  cheat('signs of a task where nothing is trimmed', DARE, made(E.s(1)), BOTH),
  cheat('a mask where nothing is drawn', TIES, made(E.m(1)), BOTH),
  cheat('a mask of a task that is absent', DARE, made(E.m(3)), BOTH),
  cheat('nothing agrees, said where the sum is stated', SUMMED, made(E.z), BOTH),
  cheat('a drawn number where nothing is drawn', TIES, made(E.v0), BOTH),
];

export const SPARSE_CHEATS: SparseCheat[] = [...MASKS, ...TRIMS, ...ELECTIONS, ...MEANS, ...MODELS, ...PLACES];
