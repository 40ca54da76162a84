// For each relation and each claim of a program with one batch a proof of which nothing else is false, at all four layers.
// Program train has a file of its own.

import { NUMBERING } from '../../../src/generated/numbering.ts';
import { mod, Random, range } from '../../reference/algebra.ts';
import { proveData, randomData } from '../../reference/data.ts';
import { proveImport } from '../../reference/import.ts';
import {
  absorb,
  forged,
  type Lie,
  MISCOUNTED,
  madeUp,
  nudge,
  PER_FRACTION,
  PER_LIMB,
  settled,
  signless,
  summed,
} from '../../reference/lies.ts';
import { mergeModels, proveMerge } from '../../reference/merge.ts';
import { randomWeights } from '../../reference/models.ts';
import type { AnyHooks, ProgramName, Reference } from '../../reference/run.ts';
import { proveScore, randomShard, type ScoreHooks } from '../../reference/score.ts';
import { proveSeed, type SeedLayer, type SeedRun, seedRun, setValue } from '../../reference/seed.ts';
import { HIDDEN_LAYERS, LAYERS } from '../../reference/sizes.ts';
import { LIMB, type Tensors } from '../../reference/tensors.ts';

const { data: DATA, seed: SEED, import: IMPORT, merge: MERGE, score: SCORE } = NUMBERING;

const named = (names: readonly string[], name: string) => names.indexOf(name);

/** Proofs of which one lookup's relation is false, by the names of helper and relation. */
const forgedLookups = (
  pairs: readonly [helper: string, relation: string][],
  relations: readonly string[],
  prove: (hooks: AnyHooks) => Reference,
): Lie[] =>
  pairs.map(([helper, relation]) => ({
    name: relation,
    prove: () => prove(forged(helper)),
    relations: [named(relations, relation)],
    fails: 'batch',
  }));

const miscounted = (logUp: number, prove: (hooks: AnyHooks) => Reference): Lie => ({
  name: 'the LogUp sum',
  prove: () => prove(MISCOUNTED),
  relations: [logUp],
  fails: 'batch',
});

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

// --- score

const { relations: R, claims: C, sums: S } = SCORE;
const ROWS = 4;
/** A bias that moves a logit by one. */
const LOGIT = 2n ** 23n;
/** All three rows are right: the weights of the last layer are too small to matter. */
const provenScore = (hooks: ScoreHooks, logits = [9n, 5n, 1n]): Reference => {
  const random = new Random(31);
  const weights = randomWeights([3, 3, 3, 3, 3], 2 ** 31, random);
  const shard = randomShard({ inputs: 3, outputs: 3, rows: 3, classes: true }, random);
  shard.Y = range(16).map((at) => (at < 3 ? 2n ** 9n : 0n));
  weights.W[3] = weights.W[3].map((w) => (w === 0n ? 0n : 1n));
  logits.forEach((v, i) => {
    weights.b[3][i] = v * LOGIT;
  });
  return proveScore(weights, shard, random, hooks);
};

/** The first hidden unit of a layer that fits is changed. */
const rectified = (layer: number, change: (at: { m: bigint; V: bigint; A?: bigint }) => boolean): ScoreHooks => {
  let open = true;
  return {
    rectify: (l, _, __, at) => {
      if (open && l === layer) open = !change(at);
    },
  };
};
const scoreLimb = (name: string, trace: AnyHooks['trace']): Lie => ({
  name: `limb ${name} beyond its range`,
  prove: () => provenScore({ trace }),
  relations: [R.logUp],
  fails: 'batch',
});

/** With negative logits, a padded row, which has no label, has margins of 0 and more. */
const provenCount = (hooks: ScoreHooks) => provenScore(hooks, [-1n, -5n, -9n]);
const counted = (name: string, hooks: ScoreHooks, index: number): Lie => ({
  name,
  prove: () => provenCount(hooks),
  relations: [index],
  fails: 'batch',
});
/** Row 0 is said to have a greater logit at its label. */
const relabelled = ({ L, G }: Tensors) => {
  L[0] += 1n;
  for (const i of range(3)) G[i * ROWS] += 1n;
};

/** What is counted: rows that are right, squared errors. */
const COUNTED: Lie[] = [
  counted('margin', { trace: ({ G }) => nudge(G, 0) }, R.margin),
  counted('claimedBit', { rows: (c) => (c[0] = 2n) }, R.claimedBit),
  counted('claimedPadding', { rows: (c) => (c[ROWS - 1] = 1n) }, R.claimedPadding),
  counted('labelled', { trace: relabelled }, R.labelled),
  {
    name: 'the claim labelled',
    prove: () =>
      provenCount({
        trace: relabelled,
        sums: (sums, tau) => {
          sums[S.labelled] = mod(sums[S.labelled] - (1n - tau[0]) * (1n - tau[1]));
        },
      }),
    claims: [C.labelled],
    fails: 'reduction',
  },
  counted('right', { stated: (sums) => sums[S.right]++ }, R.right),
  counted('error', { stated: (sums) => sums[S.error]-- }, R.error),
];

const SCORE_LIES: Lie[] = [
  ...LAYERS.flatMap((l): Lie[] => {
    const trace = (t: Tensors) => {
      nudge(t[l < 4 ? `R0_${l}` : 'U0'], 0);
    };
    const prove = (hooks: AnyHooks) => provenScore({ ...hooks, trace });
    return [
      { name: `the claim forward_${l}`, prove: () => prove({}), claims: [C.forward(l)], fails: 'reduction' },
      {
        name: `F1_${l}`,
        prove: () => settled(prove, C.forward(l), -1n, summed(S.F1(l))),
        relations: [R.F1(l)],
        fails: 'batch',
      },
    ];
  }),
  ...HIDDEN_LAYERS.flatMap((l): Lie[] => {
    const [V, m, R0, R1] = ['V', 'm', 'R0', 'R1'].map((name) => `${name}_${l}`);
    const beside = (at: { m: bigint; V: bigint; A?: bigint }) => {
      if (at.m === 0n) return false;
      [at.A, at.V] = [at.V + 1n, at.V + 2n];
      return true;
    };
    return [
      { name: `bit_${l}`, prove: () => provenScore(rectified(l, signless)), relations: [R.bit(l)], fails: 'batch' },
      { name: `active_${l}`, prove: () => provenScore(rectified(l, beside)), relations: [R.active(l)], fails: 'batch' },
      scoreLimb(V, (t) => absorb(t, t[m].indexOf(0n), [R0, V], -PER_FRACTION)),
      scoreLimb(R0, (t) => absorb(t, 0, [R1, R0], LIMB)),
      scoreLimb(R1, (t) => absorb(t, 0, [R0, R1], PER_LIMB)),
    ];
  }),
  ...COUNTED,
  // of a padded row nothing is counted
  scoreLimb('Q', (t) => absorb(t, ROWS - 1, ['U0', 'Q'], PER_FRACTION)),
  scoreLimb('U0', (t) => absorb(t, 0, ['U1', 'U0'], LIMB)),
  scoreLimb('U1', (t) => absorb(t, 0, ['U0', 'U1'], PER_LIMB)),
  ...forgedLookups(
    ['h_1', 'h_2', 'h_3', 'hQ', 'hG', 'g'].map((name) => [name, name === 'g' ? 'table' : name]),
    R.names,
    provenScore,
  ),
  miscounted(R.logUp, provenScore),
  ...madeUp(SCORE.evaluations.names, R.logUp, provenScore),
];

export const LIES: Record<Exclude<ProgramName, 'train'>, Lie[]> = {
  data: DATA_LIES,
  seed: SEED_LIES,
  import: IMPORT_LIES,
  merge: MERGE_LIES,
  score: SCORE_LIES,
};
