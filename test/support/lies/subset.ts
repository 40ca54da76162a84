// For each relation and each claim of program subset a proof of which nothing else is false.

import { NUMBERING } from '../../../src/generated/numbering.ts';
import { mod, Random, range } from '../../reference/algebra.ts';
import { type DataRun, type DataShape, randomData } from '../../reference/data.ts';
import { forged, type Lie } from '../../reference/lies.ts';
import type { AnyHooks, Hooks, Reference } from '../../reference/run.ts';
import { proveSubset, type SubsetRun } from '../../reference/subset.ts';

const { relations: R, evaluations: E } = NUMBERING.subset;
const SHAPE = { inputs: 3, outputs: 2, classes: true };
const SIZES = [5, 3, 9];
const SETS = 16;

/** Row t of a set becomes row s of the shard, its label too where not told otherwise. */
export function takeRow(shard: DataRun, s: number, set: DataRun, t: number, labels = true): void {
  const [S, U] = [2 ** shard.sigma, 2 ** set.sigma];
  for (const j of range(shard.X.length / S)) shard.X[j * S + s] = set.X[j * U + t];
  if (labels) for (const i of range(shard.Y.length / S)) shard.Y[i * S + s] = set.Y[i * U + t];
}

/** A shard of rows of two sets, one of them twice, or what a change makes of them. */
export function provenSubset(
  hooks: AnyHooks = {},
  change: (run: SubsetRun) => void = () => {},
  shape: Omit<DataShape, 'rows'> = SHAPE,
): Reference {
  const random = new Random(23);
  const [shard, ...sets] = SIZES.map((rows) => randomData(random, { ...shape, rows }));
  range(3).forEach((s) => {
    takeRow(shard, s, sets[0], s);
  });
  takeRow(shard, 3, sets[1], 8);
  takeRow(shard, 4, sets[1], 8);
  const run: SubsetRun = { shard, sets, dataset: 77n };
  change(run);
  return proveSubset(random, run, hooks as Hooks<SubsetRun>);
}

/** As many sets as there can be. */
const all = ({ sets }: SubsetRun): void => {
  const random = new Random(24);
  while (sets.length < SETS) sets.push(randomData(random, { ...SHAPE, rows: 2 }));
};

/** A row of a set that is counted once more than it occurs: the sums differ. */
const miscounted = (set: number): AnyHooks => ({
  trace: (traced) => {
    traced[`m_${set}`][0] = mod(traced[`m_${set}`][0] + 1n);
  },
});

export const SUBSET_LIES: Lie[] = [
  { name: 'inside', prove: () => provenSubset(forged('hS')), relations: [R.inside], fails: 'batch' },
  ...range(SETS).map(
    (k): Lie => ({
      name: `offered_${k + 1}`,
      prove: () => provenSubset(forged(`h_${k + 1}`), all),
      relations: [R.offered(k + 1)],
      fails: 'batch',
    }),
  ),
  { name: 'the LogUp sum', prove: () => provenSubset(miscounted(1)), relations: [R.logUp], fails: 'batch' },
  ...E.names.map((name, index): Lie => {
    // nothing reads rows and counts of a set that is absent, nor rows that count nothing
    const [, set] = /^(?:phi|m)_(\d+)$/.exec(name) ?? [];
    return {
      name: `the claim on evaluation ${name}`,
      prove: () => provenSubset({ ...miscounted(Number(set ?? 1)), repair: { evals1: index } }, set ? all : undefined),
      relations: [R.logUp],
      claims: [index],
      fails: 'reduction',
    };
  }),
];
