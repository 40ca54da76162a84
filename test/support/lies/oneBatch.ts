// For each relation and each claim of a program with one batch a proof of which nothing else is false, at all four layers.
// Program train has a file of its own.

import { NUMBERING } from '../../../src/generated/numbering.ts';
import { Random, range } from '../../reference/algebra.ts';
import { proveData, randomData } from '../../reference/data.ts';
import { proveImport } from '../../reference/import.ts';
import {
  absorb,
  forgedLookups,
  type Lie,
  madeUp,
  miscounted,
  nudge,
  PER_FRACTION,
  PER_LIMB,
} from '../../reference/lies.ts';
import { mergeModels, proveMerge } from '../../reference/merge.ts';
import { randomWeights } from '../../reference/models.ts';
import type { AnyHooks, ProgramName, Reference } from '../../reference/run.ts';
import { proveSeed, type SeedLayer, type SeedRun, seedRun, setValue } from '../../reference/seed.ts';
import { LAYERS } from '../../reference/sizes.ts';
import { LIMB, type Tensors } from '../../reference/tensors.ts';
import { SCORE_LIES } from './score.ts';

const { data: DATA, seed: SEED, import: IMPORT, merge: MERGE } = NUMBERING;

// --- data

const provenData = (hooks: AnyHooks): Reference => {
  const random = new Random(1);
  return proveData(random, randomData(random, { inputs: 3, outputs: 3, rows: 3, classes: true }), hooks);
};
const DATA_LIES: Lie[] = [
  ...forgedLookups(
    [
      ['hX', 'rangeX'],
      ['hY', 'rangeY'],
      ['g', 'table'],
    ],
    DATA.relations.names,
    provenData,
  ),
  miscounted(DATA.relations.logUp, provenData),
  ...madeUp(DATA.evaluations.names, DATA.relations.logUp, provenData),
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
const provenMerge = (hooks: AnyHooks): Reference => {
  const random = new Random(12);
  const parents = range(2).map(() => randomWeights(WIDTHS, 2 ** 30, random));
  const a = range(4).map((l) => [9000n + BigInt(l), 7000n]);
  return proveMerge(mergeModels(parents, a, 5n), parents, a, random, hooks);
};

/** Limbs of W and b: the lowest is what is left of the value, so it takes what another's change leaves. */
const weightLimbs = (logUp: number, prove: (hooks: AnyHooks) => Reference): Lie[] =>
  LAYERS.flatMap((l) =>
    [`w1_${l}`, `c1_${l}`].flatMap((one): Lie[] => {
      const two = one.replace('1', '2');
      const lie = (name: string, trace: (t: Tensors) => void): Lie => ({
        name: `limb ${name} beyond its range`,
        prove: () => prove({ trace }),
        relations: [logUp],
        fails: 'batch',
      });
      return [
        lie(`below ${one}`, (t) => {
          nudge(t[one], 0);
        }),
        // the lowest limb becomes 1 more, which is in range
        lie(one, (t) => (t[one][0] -= PER_LIMB)),
        lie(two, (t) => (t[two][0] -= PER_FRACTION)),
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

export const LIES: Record<Exclude<ProgramName, 'train'>, Lie[]> = {
  data: DATA_LIES,
  seed: SEED_LIES,
  import: IMPORT_LIES,
  merge: MERGE_LIES,
  score: SCORE_LIES,
};
