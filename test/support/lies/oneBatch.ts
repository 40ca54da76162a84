// For each relation and each claim of a program with one batch a proof of which nothing else is false, at all layers.
// The programs that train have files of their own.

import { NUMBERING } from '../../../src/generated/numbering.ts';
import { Random, range } from '../../reference/algebra.ts';
import { type DataRun, type DataShape, proveData, randomData } from '../../reference/data.ts';
import { proveImport } from '../../reference/import.ts';
import { forgedLookups, type Lie, madeUp, miscounted } from '../../reference/lies.ts';
import { mergeModels, proveMerge } from '../../reference/merge.ts';
import { randomWeights } from '../../reference/models.ts';
import type { AnyHooks, ProgramName, Reference } from '../../reference/run.ts';
import { proveSeed, seedRun } from '../../reference/seed.ts';
import { LAYERS } from '../../reference/sizes.ts';
import { DISJOINT_LIES } from './disjoint.ts';
import { INFER_LIES } from './infer.ts';
import { CONV_LIES } from './networks.ts';
import { SCORE_LIES } from './score.ts';
import { SPARSE_LIES } from './sparse.ts';
import { SUBSET_LIES } from './subset.ts';
import { importLies, mergeLies, type ProveSeed, type ProveWeights, seedLies } from './weights.ts';

const { data: DATA } = NUMBERING;

// --- data

const { relations: DR } = DATA;
const DATA_SHAPE: DataShape = { inputs: 3, outputs: 3, rows: 3, classes: true };
/** Where the rows of a padded column begin. */
const PADDED = 3 * 4;
const provenData = (hooks: AnyHooks, change = (_: DataRun) => {}, shape: Partial<DataShape> = {}): Reference => {
  const random = new Random(1);
  const run = randomData(random, { ...DATA_SHAPE, ...shape });
  change(run);
  return proveData(random, run, hooks);
};
const [REGRESSION, LABELS] = [{ classes: false }, { classes: false, labels: true }];
const DATA_LIES: Lie[] = [
  ...(
    [
      ['paddingX', DR.paddingX, ({ X }) => (X[PADDED] = 1n), {}],
      ['paddingY', DR.paddingY, ({ Y }) => (Y[PADDED] = 1n), REGRESSION],
      ['label', DR.label, ({ Y }) => (Y[0] = 256n), LABELS],
      ['X beyond its range', DR.logUp, ({ X }) => (X[0] = 2n ** 15n), {}],
      ['Y beyond its range', DR.logUp, ({ Y }) => (Y[0] = 2n ** 15n), REGRESSION],
    ] as [string, number, (run: DataRun) => void, Partial<DataShape>][]
  ).map(
    ([name, relation, change, shape]): Lie => ({
      name,
      prove: () => provenData({}, change, shape),
      relations: [relation],
      fails: 'batch',
    }),
  ),
  {
    name: 'the claim rowSums',
    // a row without a label
    prove: () => provenData({}, ({ Y }) => range(3).map((i) => (Y[4 * i] = 0n))),
    claims: [DATA.claims.rowSums],
    fails: 'reduction',
  },
  ...forgedLookups(
    [
      ['hX', 'rangeX'],
      ['hY', 'rangeY'],
      ['g', 'table'],
    ],
    DR.names,
    provenData,
  ),
  miscounted(DR.logUp, provenData),
  ...madeUp(DATA.evaluations.names, DR.logUp, provenData),
];

// --- seed, import and merge

const provenSeed: ProveSeed = (hooks, run) => proveSeed(new Random(1), seedRun([2, 2, 2, 2, 2], 3n), { ...hooks, run });

/** Widths with padding. */
const WIDTHS = [3, 3, 3, 3, 3];
const provenImport: ProveWeights = (hooks, change = () => {}) => {
  const random = new Random(11);
  const weights = randomWeights(WIDTHS, 2 ** 30, random);
  change(weights);
  return proveImport(weights, random, hooks);
};
const provenMerge: ProveWeights = (hooks, change = () => {}) => {
  const random = new Random(12);
  const parents = range(2).map(() => randomWeights(WIDTHS, 2 ** 30, random));
  parents.forEach(change);
  const a = range(4).map((l) => [9000n + BigInt(l), 7000n]);
  return proveMerge(mergeModels(parents, a, 5n), parents, a, random, hooks);
};
const PADDING = LAYERS.map(() => ({ W: { 'a column': 3, 'a row': 3 * 4 }, b: 3 }));

export const LIES: Record<Exclude<ProgramName, 'train' | 'convTrain'>, Lie[]> = {
  data: DATA_LIES,
  seed: seedLies('seed', LAYERS, provenSeed),
  import: importLies('import', LAYERS, provenImport, PADDING),
  merge: mergeLies('merge', LAYERS, provenMerge),
  score: SCORE_LIES,
  infer: INFER_LIES,
  ...CONV_LIES,
  disjoint: DISJOINT_LIES,
  subset: SUBSET_LIES,
  sparseMerge: SPARSE_LIES,
};
