// For each relation and each claim of a program that scores a proof of which nothing else is false, at all layers.

import { NUMBERING } from '../../../src/generated/numbering.ts';
import { mod, Random, range } from '../../reference/algebra.ts';
import {
  absorb,
  forgedLookups,
  type Lie,
  madeUp,
  miscounted,
  nudge,
  PER_FRACTION,
  PER_LIMB,
  settled,
  signless,
  summed,
} from '../../reference/lies.ts';
import type { Values } from '../../reference/merge.ts';
import { randomWeights } from '../../reference/models.ts';
import type { AnyHooks, Reference } from '../../reference/run.ts';
import { proveScore, type ScoreHooks } from '../../reference/score.ts';
import { type ReferenceShard, randomShard } from '../../reference/shards.ts';
import { LAYERS, type ReferenceHead } from '../../reference/sizes.ts';
import { LIMB, type Tensors } from '../../reference/tensors.ts';

/** Rows and classes with padding: three of each are real. */
const [ROWS, PADDED] = [4, 3];
/** A bias that moves a logit by one. */
const LOGIT = 2n ** 23n;
const UNIT = 2n ** 9n;

interface Setting {
  /** of every row: the weights of the last layer are too small to matter */
  logits?: bigint[];
  head?: ReferenceHead;
  kind?: 'classes' | 'labels' | 'regression';
}

/** What a lie does, the same for all networks. */
export type ScoreLie = Pick<
  ScoreHooks,
  'after' | 'rectify' | 'stated' | 'column' | 'trace' | 'sums' | 'helper' | 'message' | 'multiplicities' | 'repair'
>;

/** Who tells the lies: a network of which all layers are present. With the logits of a row all three are right. */
interface ScoreSetting {
  program: 'score' | 'convScore';
  layers: readonly number[];
  prove: (hooks: ScoreLie, setting: Required<Setting>) => Reference;
}

/** Every row of three has the label 0, and the given logits: the weights of the last layer are too small to matter. */
export function labelled({ W, b }: Values, shard: ReferenceShard, logits: readonly bigint[]): void {
  shard.Y = range(16).map((at) => (at < 3 ? UNIT : 0n));
  const last = W.length - 1;
  W[last] = W[last].map((w) => (w === 0n ? 0n : 1n));
  logits.forEach((v, i) => {
    b[last][i] = v * LOGIT;
  });
}

/** A relation or a claim of a setting's program that is told to be false. */
class Teller {
  readonly numbers: (typeof NUMBERING)['score' | 'convScore'];
  readonly layers: readonly number[];
  readonly #prove: ScoreSetting['prove'];

  constructor({ program, layers, prove }: ScoreSetting) {
    this.numbers = NUMBERING[program];
    this.layers = layers;
    this.#prove = prove;
  }

  readonly proven = (
    hooks: ScoreLie,
    { logits = [9n, 5n, 1n], head = 'squared error', kind = 'classes' }: Setting = {},
  ): Reference => this.#prove(hooks, { logits, head, kind });

  readonly relation = (name: string, index: number, hooks: ScoreLie, setting?: Setting): Lie => ({
    name,
    prove: () => this.proven(hooks, setting),
    relations: [index],
    fails: 'batch',
  });

  readonly claim = (name: string, index: number, hooks: ScoreLie, setting?: Setting): Lie => ({
    name: `the claim ${name}`,
    prove: () => this.proven(hooks, setting),
    claims: [index],
    fails: 'reduction',
  });
}

/** The label is below class 1 and above class 2, or below both. */
const SECOND: Setting = { logits: [5n, 9n, 1n] };
const LAST: Setting = { logits: [1n, 5n, 9n] };
/** With negative logits, a padded row, which has no label, has margins of 0 and more; and a padded class has the largest. */
const NEGATIVE: Setting = { logits: [-1n, -5n, -9n] };
const LABELS: Setting = { logits: [5n, -1n, 3n], head: 'sigmoid', kind: 'labels' };
const SOFTMAX: Setting = { head: 'softmax' };
const REGRESSION: Setting = { kind: 'regression' };

/** Row 0 is said to have a greater logit at its label, or at the class that is predicted. */
const relabelled = ({ L, G }: Tensors) => {
  L[0] += 1n;
  for (const i of range(3)) G[i * ROWS] += 1n;
};
const promoted = ({ LP, K }: Tensors) => {
  LP[0] += 1n;
  for (const i of range(3)) K[i * ROWS] += 1n;
};
/** The same with the sum that says the honest value. */
const atTau =
  (index: number): ScoreLie['sums'] =>
  (sums, tau) => {
    sums[index] = mod(sums[index] - (1n - tau[0]) * (1n - tau[1]));
  };
/** Changes an entry of a tensor before all that follows from it. */
const at =
  (x: number, value: bigint) =>
  (tensor: bigint[]): void => {
    tensor[x] = value;
  };

/** Margins, and what is counted of them. */
function counted({ numbers: { relations: R, claims: C, sums: S }, relation, claim }: Teller): Lie[] {
  return [
    relation('margin', R.margin, { trace: ({ G }) => nudge(G, 0) }),
    relation('margin of labels', R.margin, { trace: ({ G }) => nudge(G, 0) }, LABELS),
    relation('margin of an error', R.margin, { trace: ({ G }) => nudge(G, 0) }, REGRESSION),
    relation('belowBit', R.belowBit, { after: { B: at(0, 2n) } }, SECOND),
    relation('belowPadding', R.belowPadding, { after: { B: at(PADDED * ROWS, 1n) } }, SECOND),
    claim('below', C.below, { after: { N: at(0, 3n) } }, SECOND),
    relation('claimedBit', R.claimedBit, { after: { c: at(0, 2n) } }),
    relation('claimedPadding', R.claimedPadding, { after: { c: at(ROWS - 1, 1n) } }, NEGATIVE),
    relation('claimedAll', R.claimedAll, { after: { c: at(0, 1n) } }, SECOND),
    relation('topBit', R.topBit, { after: { t: at(0, 2n) } }, SECOND),
    relation('topPadding', R.topPadding, { after: { t: at(ROWS - 1, 1n) } }, NEGATIVE),
    relation('topRank', R.topRank, { after: { t: at(0, 1n), H: at(0, 0n) } }, LAST),
    relation('labelled', R.labelled, { trace: relabelled }),
    claim('labelled', C.labelled, { trace: relabelled, sums: atTau(S.labelled) }),
    relation('limb G beyond its range', R.logUp, { after: { B: at(ROWS, 1n) } }, SECOND),
    relation('limb H beyond its range', R.logUp, { after: { t: at(0, 1n) } }, LAST),
  ];
}

/** The class that is predicted, and the counts. */
function predicted({ numbers: { relations: R, claims: C, sums: S }, relation, claim }: Teller): Lie[] {
  return [
    relation('lead', R.lead, { trace: ({ K }) => nudge(K, 0) }),
    relation('predictedBit', R.predictedBit, {
      after: {
        P: (P) => {
          [P[0], P[ROWS]] = [2n, -1n];
        },
      },
    }),
    relation(
      'predictedPadding, a class',
      R.predictedPadding,
      {
        after: {
          P: (P) => {
            [P[0], P[PADDED * ROWS]] = [0n, 1n];
          },
        },
      },
      NEGATIVE,
    ),
    relation('predictedPadding, a row', R.predictedPadding, { after: { P: at(ROWS - 1, 1n) } }),
    relation('predictedPadding, a row of labels', R.predictedPadding, { after: { P: at(2 * ROWS - 1, 1n) } }, LABELS),
    relation('predictedLabel', R.predictedLabel, { after: { P: at(2 * ROWS, 1n) } }, LABELS),
    relation('predictedOne', R.predictedOne, { after: { P: at(ROWS, 1n) } }),
    claim('predictedSum', C.predictedSum, { after: { P: at(ROWS, 1n), p: at(0, 1n) } }),
    relation('predicted', R.predicted, { trace: promoted }),
    claim('predicted', C.predicted, { trace: promoted, sums: atTau(S.predicted) }),
    relation('limb K beyond its range', R.logUp, {
      after: {
        P: (P) => {
          [P[0], P[ROWS]] = [0n, 1n];
        },
      },
    }),
  ];
}

const moved = (by: bigint) => (tensor: bigint[]) => {
  tensor[0] += by;
};
/** Every entry that is not 0 becomes 1 less. */
function lessened(values: bigint[]): void {
  for (const [x, v] of values.entries()) values[x] = v && v - 1n;
}
/** Log-loss; S is small, since Z is the least. */
function losses({ numbers: { relations: R, claims: C }, relation, claim }: Teller): Lie[] {
  return [
    relation(
      'powerPadding',
      R.powerPadding,
      {
        after: { E: at(PADDED * ROWS, -5n) },
      },
      SOFTMAX,
    ),
    claim('total', C.total, { after: { S: moved(1n) } }, SOFTMAX),
    claim(
      'F',
      C.F,
      {
        after: { E: lessened },
        column: lessened,
      },
      SOFTMAX,
    ),
    relation('limb S beyond its range', R.logUp, { after: { Z: moved(-1n) } }, SOFTMAX),
    ...(['softmax', 'sigmoid'] as const).map((head) =>
      relation(`a pair that ${head} does not have`, R.logUp, { after: { E: moved(-1n) } }, { head }),
    ),
  ];
}

/** The sums that are results. */
function results({ numbers: { relations: R, sums: S }, relation }: Teller): Lie[] {
  return [
    relation('right', R.right, { stated: (sums) => sums[S.right]++ }),
    relation('error', R.error, { stated: (sums) => sums[S.error]-- }),
    relation('top', R.top, { stated: (sums) => sums[S.top]++ }),
    relation('absolute', R.absolute, { stated: (sums) => sums[S.absolute]-- }, REGRESSION),
    relation('absolute where there are classes', R.absolute, { stated: (sums) => sums[S.absolute]++ }),
    ...(['softmax', 'sigmoid', 'squared error'] as const).map((head) =>
      relation(`loss of ${head}`, R.loss, { stated: (sums) => sums[S.loss]-- }, { head }),
    ),
    relation('counts', R.counts, { sums: (sums) => sums[S.counts]++ }),
    relation('counts of labels', R.counts, { sums: (sums) => sums[S.counts]++ }, LABELS),
  ];
}

/** The first hidden unit of a layer that fits is changed. */
const rectified = (layer: number, change: (at: { m: bigint; V: bigint; A?: bigint }) => boolean): ScoreLie => {
  let open = true;
  return {
    rectify: (l, _, __, unit) => {
      if (open && l === layer) open = !change(unit);
    },
  };
};
/** Who tells lies of a forward pass. */
interface PassTeller {
  numbers: (typeof NUMBERING)['score' | 'convScore' | 'infer' | 'convInfer'];
  layers: readonly number[];
  relation: (name: string, index: number, hooks: Pick<ScoreLie, 'rectify' | 'trace'>) => Lie;
  proven: (hooks: AnyHooks) => Reference;
}

/** The forward pass. */
export function passLies({ numbers, layers, relation, proven }: PassTeller): Lie[] {
  const { relations: R, claims: C, sums: S } = numbers;
  const output = layers.length;
  const limb = (name: string, trace: AnyHooks['trace']): Lie =>
    relation(`limb ${name} beyond its range`, R.logUp, { trace });
  return [
    ...layers.flatMap((l): Lie[] => {
      const trace = (t: Tensors) => {
        nudge(t[l < output ? `R0_${l}` : 'U0'], 0);
      };
      const prove = (hooks: AnyHooks) => proven({ ...hooks, trace });
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
    ...layers.slice(0, -1).flatMap((l): Lie[] => {
      const [V, m, R0, R1] = ['V', 'm', 'R0', 'R1'].map((name) => `${name}_${l}`);
      const beside = (unit: { m: bigint; V: bigint; A?: bigint }) => {
        if (unit.m === 0n) return false;
        [unit.A, unit.V] = [unit.V + 1n, unit.V + 2n];
        return true;
      };
      return [
        relation(`bit_${l}`, R.bit(l), rectified(l, signless)),
        relation(`active_${l}`, R.active(l), rectified(l, beside)),
        limb(V, (t) => absorb(t, t[m].indexOf(0n), [R0, V], -PER_FRACTION)),
        limb(R0, (t) => absorb(t, 0, [R1, R0], LIMB)),
        limb(R1, (t) => absorb(t, 0, [R0, R1], PER_LIMB)),
      ];
    }),
    // of a padded row nothing is counted
    limb('Q', (t) => absorb(t, ROWS - 1, ['U0', 'Q'], PER_FRACTION)),
    limb('U0', (t) => absorb(t, 0, ['U1', 'U0'], LIMB)),
    limb('U1', (t) => absorb(t, 0, ['U0', 'U1'], PER_LIMB)),
  ];
}

const TABLES = [
  ['g', 'table'],
  ['g2', 'table2'],
] as const;

export function scoreLies(setting: ScoreSetting): Lie[] {
  const teller = new Teller(setting);
  const { relations: R, evaluations: E } = teller.numbers;
  const softmax = (hooks: AnyHooks) => teller.proven(hooks, SOFTMAX);
  const lookups = [...setting.layers.slice(0, -1).map((l) => `h_${l}`), 'hQ', 'hG', 'hS', 'hF'];
  return [
    ...counted(teller),
    ...predicted(teller),
    ...losses(teller),
    ...results(teller),
    ...passLies(teller),
    ...forgedLookups([...lookups.map((name) => [name, name] as const), ...TABLES], R.names, softmax),
    miscounted(R.logUp, softmax),
    ...madeUp(E.names, R.logUp, softmax),
  ];
}

export const SCORE_LIES: Lie[] = scoreLies({
  program: 'score',
  layers: LAYERS,
  prove: (hooks, { logits, head, kind }) => {
    const random = new Random(31);
    const weights = { ...randomWeights([3, 3, 3, 3, 3], 2 ** 31, random), head };
    const of = { classes: kind === 'classes', labels: kind === 'labels' };
    const shard = randomShard({ inputs: 3, outputs: 3, rows: 3, ...of }, random);
    labelled(weights, shard, logits);
    return proveScore(weights, shard, random, hooks);
  },
});
