// For each relation and each claim of a program with one batch a proof of which nothing else is false, at all four layers.
// Program train has a file of its own.

import { NUMBERING } from '../../../src/generated/numbering.ts';
import { Random, range } from '../../reference/algebra.ts';
import { type DataRun, type DataShape, proveData, randomData } from '../../reference/data.ts';
import { proveImport } from '../../reference/import.ts';
import { absorb, forgedLookups, type Lie, madeUp, miscounted, nudge, PER_LIMB } from '../../reference/lies.ts';
import { mergeModels, proveMerge } from '../../reference/merge.ts';
import { randomWeights } from '../../reference/models.ts';
import type { AnyHooks, DenseName, Reference } from '../../reference/run.ts';
import { proveSeed, type SeedLayer, type SeedRun, seedRun, setValue } from '../../reference/seed.ts';
import { LAYERS } from '../../reference/sizes.ts';
import { LIMB, type Tensors } from '../../reference/tensors.ts';
import { SCORE_LIES } from './score.ts';

const { data: DATA, seed: SEED, import: IMPORT, merge: MERGE } = NUMBERING;

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

// --- seed

const provenSeed = (hooks: AnyHooks, run?: (run: SeedRun) => void): Reference =>
  proveSeed(new Random(1), seedRun([2, 2, 2, 2, 2], 3n), { ...hooks, run });
const SR = SEED.relations;

/** A limb beyond its range; w0 is what is left of q - 1 - v. */
const SEED_LIMBS: [name: string, change: (layer: SeedLayer) => void][] = [
  ['v0', (t) => absorb(t as unknown as Tensors, 0, ['v1', 'v0'], LIMB)],
  ['v1', (t) => absorb(t as unknown as Tensors, 0, ['v0', 'v1'], PER_LIMB)],
  ['w0', (t) => absorb(t as unknown as Tensors, 0, ['w1', 'w0'], LIMB)],
  ['w1', (t) => absorb(t as unknown as Tensors, 0, ['w0', 'w1'], PER_LIMB)],
  ['u0', (t) => absorb(t as unknown as Tensors, 0, ['u1', 'u0'], LIMB)],
  ['u1', (t) => absorb(t as unknown as Tensors, 0, ['u0', 'u1'], PER_LIMB)],
];
const SEED_LIES: Lie[] = [
  ...LAYERS.flatMap((l): Lie[] => {
    const lie = (
      name: string,
      change: (layer: SeedLayer) => void,
      rest: Pick<Lie, 'relations' | 'claims' | 'fails'>,
    ) => ({
      name: `${name}_${l}`,
      prove: () => provenSeed({}, (run) => change(run.layers[l])),
      ...rest,
    });
    return [
      lie(
        'sequence',
        (layer) => {
          const v = layer.v0[0] + LIMB * layer.v1[0];
          setValue(layer, 0, v > 0n ? v - 1n : 1n);
          layer.W[0] += v > 0n ? -1n : 1n;
        },
        { relations: [SR.sequence(l)], fails: 'batch' },
      ),
      lie('weights', (layer) => (layer.W[0] += 1n), { relations: [SR.weights(l)], fails: 'batch' }),
      lie('the claim bias', (layer) => (layer.b[0] = 1n), { claims: [SEED.claims.bias(l)], fails: 'reduction' }),
      ...SEED_LIMBS.map(([name, change]) => lie(`limb ${name}`, change, { relations: [SR.logUp], fails: 'batch' })),
      ...forgedLookups(
        [
          [`hA_${l}`, `groupA_${l}`],
          [`hB_${l}`, `groupB_${l}`],
        ],
        SR.names,
        provenSeed,
      ),
    ];
  }),
  ...forgedLookups([['g', 'table']], SR.names, provenSeed),
  miscounted(SR.logUp, provenSeed),
  ...madeUp(SEED.evaluations.names, SR.logUp, provenSeed),
];

// --- import and merge

const WIDTHS = [3, 3, 3, 3, 3];
const provenImport = (hooks: AnyHooks, change = (_: ReturnType<typeof randomWeights>) => {}): Reference => {
  const random = new Random(11);
  const weights = randomWeights(WIDTHS, 2 ** 30, random);
  change(weights);
  return proveImport(weights, random, hooks);
};
const provenMerge = (
  hooks: AnyHooks,
  change = (_: ReturnType<typeof randomWeights>) => {},
  changeChild = (_: ReturnType<typeof mergeModels>) => {},
): Reference => {
  const random = new Random(12);
  const parents = range(2).map(() => randomWeights(WIDTHS, 2 ** 30, random));
  parents.forEach(change);
  const a = range(4).map((l) => [9000n + BigInt(l), 7000n]);
  const child = mergeModels(parents, a, 5n);
  changeChild(child);
  return proveMerge(child, parents, a, random, hooks);
};

/** Limbs of W and b: the lowest is what is left of the value, so it takes what another's change leaves. */
const weightLimbs = (logUp: number, prove: typeof provenImport): Lie[] =>
  LAYERS.flatMap((l) =>
    (['W', 'b'] as const).flatMap((tensor): Lie[] => {
      const [one, two] = ['1', '2'].map((k) => `${tensor === 'W' ? 'w' : 'c'}${k}_${l}`);
      const lie = (name: string, own: () => Reference): Lie => ({
        name: `limb ${name} beyond its range`,
        prove: own,
        relations: [logUp],
        fails: 'batch',
      });
      const trace = (change: (t: Tensors) => void) => () => prove({ trace: change });
      return [
        lie(
          `below ${one}`,
          trace((t) => {
            nudge(t[one], 0);
          }),
        ),
        lie(
          one,
          trace((t) => absorb(t, 0, [two, one], LIMB)),
        ),
        // of a value that is too large
        lie(two, () =>
          prove({}, (weights) => {
            weights[tensor][l - 1][0] = 2n ** 48n;
          }),
        ),
      ];
    }),
  );

const IMPORT_LIES: Lie[] = [
  ...LAYERS.flatMap((l): Lie[] => [
    {
      name: `paddingW_${l}`,
      prove: () => provenImport({}, (w) => (w.W[l - 1][3] = 1n)),
      relations: [IMPORT.relations.paddingW(l)],
      fails: 'batch',
    },
    {
      name: `paddingb_${l}`,
      prove: () => provenImport({}, (w) => (w.b[l - 1][3] = 1n)),
      relations: [IMPORT.relations.paddingb(l)],
      fails: 'batch',
    },
    ...forgedLookups(
      ['W', 'b'].map((x) => [`h${x}_${l}`, `range${x}_${l}`]),
      IMPORT.relations.names,
      provenImport,
    ),
  ]),
  ...forgedLookups([['g', 'table']], IMPORT.relations.names, provenImport),
  miscounted(IMPORT.relations.logUp, provenImport),
  ...weightLimbs(IMPORT.relations.logUp, provenImport),
  ...madeUp(IMPORT.evaluations.names, IMPORT.relations.logUp, provenImport),
];

const MERGE_LIES: Lie[] = [
  // a child that is one off: what the rounding leaves is no limb
  ...LAYERS.flatMap((l) =>
    (['W', 'b'] as const).map(
      (tensor): Lie => ({
        name: `rest${tensor}_${l} beyond its range`,
        prove: () => provenMerge({}, undefined, (child) => (child[tensor][l - 1][0] += 1n)),
        relations: [MERGE.relations.logUp],
        fails: 'batch',
      }),
    ),
  ),
  ...LAYERS.flatMap((l) =>
    forgedLookups(
      ['W', 'b'].flatMap((x): [string, string][] => [
        [`h${x}_${l}`, `range${x}_${l}`],
        [`k${x}_${l}`, `rest${x}_${l}`],
      ]),
      MERGE.relations.names,
      provenMerge,
    ),
  ),
  ...forgedLookups([['g', 'table']], MERGE.relations.names, provenMerge),
  miscounted(MERGE.relations.logUp, provenMerge),
  ...weightLimbs(MERGE.relations.logUp, provenMerge),
  ...madeUp(MERGE.evaluations.names, MERGE.relations.logUp, provenMerge),
];

export const LIES: Record<Exclude<DenseName, 'train'>, Lie[]> = {
  data: DATA_LIES,
  seed: SEED_LIES,
  import: IMPORT_LIES,
  merge: MERGE_LIES,
  score: SCORE_LIES,
};
