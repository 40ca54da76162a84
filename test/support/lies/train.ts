// For each relation and each claim of program train a proof of which nothing else is false, at all four layers.

import { NUMBERING } from '../../../src/generated/numbering.ts';
import { Random, range } from '../../reference/algebra.ts';
import {
  absorb,
  added,
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
import type { AnyHooks, Reference } from '../../reference/run.ts';
import { HIDDEN_LAYERS, LAYERS } from '../../reference/sizes.ts';
import { LIMB, type Tensors, UNIT } from '../../reference/tensors.ts';
import { proveTrain } from '../../reference/train.ts';
import { type Hidden, randomTrain, type TrainDeviation, type TrainRun } from '../../reference/train-run.ts';

const {
  sums: SUM,
  relations: R,
  evaluations: E,
  sums2: SUM2,
  relations2: R2,
  evaluations2: E2,
  claims: C,
} = NUMBERING.train;
const SHAPE = { widths: [2, 3, 4, 3, 2], rows: 3, batch: 2, lr: 3 };
const [ROWS, LR] = [4, 3n];

interface Cheat {
  deviation?: TrainDeviation;
  run?: (run: TrainRun) => void;
}

const prove = (hooks: AnyHooks, { deviation, run }: Cheat = {}): Reference => {
  const random = new Random(5);
  return proveTrain(random, randomTrain(random, SHAPE, deviation), { ...hooks, run });
};

/** A change of the first hidden unit of a layer where there is something to change. */
const once = (layer: number, change: (t: Hidden, x: number) => boolean) => {
  let open = true;
  return (t: Hidden, x: number, l: number) => {
    if (open && l === layer) open = !change(t, x);
  };
};

/** Rounded values: the false claim of a relation over sums, and the tensor that makes it false. */
const nudged =
  (name: string): AnyHooks['trace'] =>
  (t) => {
    nudge(t[name], 0);
  };

const LINEAR: Lie[] = [
  ...LAYERS.flatMap((l): Lie[] => {
    const claim = C.forward(l);
    const trace = nudged(l < 4 ? `R0_${l}` : 'U0');
    const child = (run: TrainRun) => {
      run.childW[l][0] += 1n;
    };
    const sent = (index: number, per: bigint) => () =>
      settled((hooks) => prove({ ...hooks, trace }), claim, per, summed(index));
    return [
      { name: `the claim forward_${l}`, prove: () => prove({ trace }), claims: [claim], fails: 'reduction' },
      { name: `F1_${l}`, prove: sent(SUM.F1(l), -1n), relations: [R.F1(l)], fails: 'batch' },
      { name: `F2_${l}`, prove: sent(SUM.F2(l), LR), relations: [R.F2(l)], fails: 'batch' },
      { name: `F3_${l}`, prove: sent(SUM.F3(l), LR * UNIT * UNIT), relations2: [R2.F3(l)], fails: 'batch 2' },
      {
        name: `the claim update_${l}`,
        prove: () => prove({}, { run: child }),
        claims: [C.update(l)],
        fails: 'reduction',
      },
      {
        name: `U_${l}`,
        prove: () => settled((hooks) => prove(hooks, { run: child }), C.update(l), -LR, added('sums2', SUM2.U(l))),
        relations2: [R2.U(l)],
        fails: 'batch 2',
      },
    ];
  }),
  ...HIDDEN_LAYERS.flatMap((l): Lie[] => {
    const claim = C.backward(l);
    const trace = nudged(`S0_${l}`);
    const sent = (index: number, per: bigint) => () =>
      settled((hooks) => prove({ ...hooks, trace }), claim, per, summed(index));
    return [
      { name: `the claim backward_${l}`, prove: () => prove({ trace }), claims: [claim], fails: 'reduction' },
      { name: `B1_${l}`, prove: sent(SUM.B1(l), 1n), relations: [R.B1(l)], fails: 'batch' },
      { name: `B2_${l}`, prove: sent(SUM.B2(l), -LR), relations: [R.B2(l)], fails: 'batch' },
    ];
  }),
];

const deviating = (name: string, index: number, deviation: () => TrainDeviation): Lie => ({
  name,
  prove: () => prove({}, { deviation: deviation() }),
  relations: [index],
  fails: 'batch',
});

const ZERO: Lie[] = [
  ...HIDDEN_LAYERS.flatMap((l): Lie[] => [
    deviating(`bit_${l}`, R.bit(l), () => ({
      forward: once(l, (t, x) => {
        const at = { m: t.m[x], V: t.V[x], A: t.A[x] };
        if (!signless(at)) return false;
        [t.m[x], t.V[x], t.A[x]] = [at.m, at.V, at.A];
        return true;
      }),
    })),
    deviating(`active_${l}`, R.active(l), () => ({
      forward: once(l, (t, x) => {
        if (t.m[x] === 0n) return false;
        [t.A[x], t.V[x]] = [t.A[x] + 1n, t.V[x] + 2n];
        return true;
      }),
    })),
    deviating(`delta_${l}`, R.delta(l), () => ({
      delta: once(l, (t, x) => {
        t.D[x] += 1n;
        return true;
      }),
    })),
  ]),
  deviating('error', R.error, () => ({
    output: (o, x) => {
      if (x === 0) o.D4[x] = 1n;
    },
  })),
  ...[...HIDDEN_LAYERS.flatMap((l) => [`hA_${l}`, `hB_${l}`]), 'hQ', 'g'].map(
    (name): Lie => ({
      name: `the lookup ${name}`,
      prove: () => prove(forged(name)),
      relations: [name === 'g' ? R.table : R.names.indexOf(name as (typeof R.names)[number])],
      fails: 'batch',
    }),
  ),
  { name: 'the LogUp sum', prove: () => prove(MISCOUNTED), relations: [R.logUp], fails: 'batch' },
];

const limb = (name: string, trace: AnyHooks['trace']): Lie => ({
  name: `limb ${name} beyond its range`,
  prove: () => prove({ trace }),
  relations: [R.logUp],
  fails: 'batch',
});

/** Each limb in turn takes what keeps its relation true and is out of range by it. */
const LIMBS: Lie[] = [
  ...HIDDEN_LAYERS.flatMap((l) => {
    const [V, m, T, R0, R1, S0, S1] = ['V', 'm', 'T', 'R0', 'R1', 'S0', 'S1'].map((name) => `${name}_${l}`);
    // V and T of an inactive unit enter nothing else
    const idle = (t: Tensors) => t[m].indexOf(0n);
    return [
      limb(V, (t) => absorb(t, idle(t), [R0, V], -PER_FRACTION)),
      limb(T, (t) => absorb(t, idle(t), [S0, T], PER_FRACTION)),
      limb(R0, (t) => absorb(t, 0, [R1, R0], LIMB)),
      limb(R1, (t) => absorb(t, 0, [R0, R1], PER_LIMB)),
      limb(S0, (t) => absorb(t, 0, [S1, S0], LIMB)),
      limb(S1, (t) => absorb(t, 0, [S0, S1], PER_LIMB)),
    ];
  }),
  // of a padded row nothing is learnt
  limb('Q', (t) => absorb(t, ROWS - 1, ['U0', 'Q'], PER_FRACTION)),
  limb('U0', (t) => absorb(t, 0, ['U1', 'U0'], LIMB)),
  limb('U1', (t) => absorb(t, 0, ['U0', 'U1'], PER_LIMB)),
];

/** A false batch 1 that a sum after it makes up for, and batch 2 by an evaluation. */
const AFTER: Lie[] = [
  ...range(R2.count)
    .filter((index) => !/^(U|F3)_/.test(R2.names[index]))
    .map(
      (index): Lie => ({
        name: `${R2.names[index]} after batch 1`,
        prove: () => prove({ ...MISCOUNTED, repair: { settle: index } }),
        relations: [R.logUp],
        relations2: [index],
        fails: 'batch 2',
      }),
    ),
  ...E2.names.map(
    (name, index): Lie => ({
      name: `the claim on evaluation ${name}`,
      prove: () => prove({ ...MISCOUNTED, repair: { settle: SUM2.In(4), evals2: index } }),
      relations: [R.logUp],
      relations2: [R2.In(4)],
      claims: [C.names.indexOf(name)],
      fails: 'reduction',
    }),
  ),
];

export const TRAIN_LIES: Lie[] = [
  ...LINEAR,
  ...ZERO,
  ...LIMBS,
  ...madeUp(E.names.slice(0, E.M), R.logUp, prove),
  ...AFTER,
];
