// For each relation and each claim of a program that trains a proof of which nothing else is false, at all layers.

import { NUMBERING } from '../../../src/generated/numbering.ts';
import { inverse, mod, Random, range } from '../../reference/algebra.ts';
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
import { LAYERS } from '../../reference/sizes.ts';
import { LIMB, type Tensors, UNIT } from '../../reference/tensors.ts';
import { proveTrain } from '../../reference/train.ts';
import { type Hidden, randomTrain, type TrainDeviation } from '../../reference/train-run.ts';

/** What a lie does while it trains, the same for all networks. */
export interface TrainLie {
  deviation?: Pick<TrainDeviation, 'forward' | 'delta'> & { output?: (output: Tensors, x: number) => void };
  run?: (run: { childW: bigint[][] }) => void;
}

/** A network of which all layers are present, with the head squared error, on three rows and a padded one. */
export interface TrainSetting {
  program: 'train' | 'convTrain';
  /** all layers; the last is the output */
  layers: readonly number[];
  prove: (hooks: AnyHooks, lie?: TrainLie) => Reference;
  /** what F2 and U of a layer weigh in their claims, and what its F3 does at the zero-checks' point */
  rate: (l: number) => bigint;
  biasRate: (l: number, tau: readonly bigint[]) => bigint;
}

const ROWS = 4;

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

function linear({ program, layers, prove, rate, biasRate }: TrainSetting): Lie[] {
  const { sums: SUM, relations: R, sums2: SUM2, relations2: R2, claims: C } = NUMBERING[program];
  const output = layers.length;
  return [
    ...layers.flatMap((l): Lie[] => {
      const claim = C.forward(l);
      const trace = nudged(l < output ? `R0_${l}` : 'U0');
      const child: TrainLie['run'] = (run) => {
        run.childW[l][0] += 1n;
      };
      const sent = (per: bigint, change: (amount: bigint) => AnyHooks) => () =>
        settled((hooks) => prove({ ...hooks, trace }), claim, per, change);
      const ofBias = (amount: bigint): AnyHooks => ({
        sums: (sums, tau) => {
          sums[SUM.F3(l)] = mod(sums[SUM.F3(l)] + amount * inverse(biasRate(l, tau)));
        },
      });
      return [
        { name: `the claim forward_${l}`, prove: () => prove({ trace }), claims: [claim], fails: 'reduction' },
        { name: `F1_${l}`, prove: sent(-1n, summed(SUM.F1(l))), relations: [R.F1(l)], fails: 'batch' },
        { name: `F2_${l}`, prove: sent(rate(l), summed(SUM.F2(l))), relations: [R.F2(l)], fails: 'batch' },
        { name: `F3_${l}`, prove: sent(1n, ofBias), relations2: [R2.F3(l)], fails: 'batch 2' },
        {
          name: `the claim update_${l}`,
          prove: () => prove({}, { run: child }),
          claims: [C.update(l)],
          fails: 'reduction',
        },
        {
          name: `U_${l}`,
          prove: () =>
            settled((hooks) => prove(hooks, { run: child }), C.update(l), -rate(l), added('sums2', SUM2.U(l))),
          relations2: [R2.U(l)],
          fails: 'batch 2',
        },
      ];
    }),
    ...layers.slice(0, -1).flatMap((l): Lie[] => {
      const claim = C.backward(l);
      const trace = nudged(`S0_${l}`);
      const sent = (index: number, per: bigint) => () =>
        settled((hooks) => prove({ ...hooks, trace }), claim, per, summed(index));
      return [
        { name: `the claim backward_${l}`, prove: () => prove({ trace }), claims: [claim], fails: 'reduction' },
        { name: `B1_${l}`, prove: sent(SUM.B1(l), 1n), relations: [R.B1(l)], fails: 'batch' },
        { name: `B2_${l}`, prove: sent(SUM.B2(l), -rate(l + 1)), relations: [R.B2(l)], fails: 'batch' },
      ];
    }),
  ];
}

function zeros({ program, layers, prove }: TrainSetting): Lie[] {
  const { relations: R } = NUMBERING[program];
  const hidden = layers.slice(0, -1);
  const delta = `D${layers.length}`;
  const names: readonly string[] = R.names;
  const deviating = (name: string, index: number, deviation: () => TrainLie['deviation']): Lie => ({
    name,
    prove: () => prove({}, { deviation: deviation() }),
    relations: [index],
    fails: 'batch',
  });
  return [
    ...hidden.flatMap((l): Lie[] => [
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
        if (x === 0) o[delta][x] = 1n;
      },
    })),
    ...[...hidden.flatMap((l) => [`hA_${l}`, `hB_${l}`]), 'hQ', 'g'].map(
      (name): Lie => ({
        name: `the lookup ${name}`,
        prove: () => prove(forged(name)),
        relations: [name === 'g' ? R.table : names.indexOf(name)],
        fails: 'batch',
      }),
    ),
    { name: 'the LogUp sum', prove: () => prove(MISCOUNTED), relations: [R.logUp], fails: 'batch' },
  ];
}

/** Each limb in turn takes what keeps its relation true and is out of range by it. */
function limbs({ program, layers, prove }: TrainSetting): Lie[] {
  const { relations: R } = NUMBERING[program];
  const limb = (name: string, trace: AnyHooks['trace']): Lie => ({
    name: `limb ${name} beyond its range`,
    prove: () => prove({ trace }),
    relations: [R.logUp],
    fails: 'batch',
  });
  return [
    ...layers.slice(0, -1).flatMap((l) => {
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
}

/** A false batch 1 that a sum after it makes up for, and batch 2 by an evaluation. */
function after({ program, layers, prove }: TrainSetting): Lie[] {
  const { relations: R, sums2: SUM2, relations2: R2, evaluations2: E2, claims: C } = NUMBERING[program];
  const output = layers.length;
  const [names, claims]: (readonly string[])[] = [R2.names, C.names];
  return [
    ...range(R2.count)
      .filter((index) => !/^(U|F3)_/.test(names[index]))
      .map(
        (index): Lie => ({
          name: `${names[index]} after batch 1`,
          prove: () => prove({ ...MISCOUNTED, repair: { settle: index } }),
          relations: [R.logUp],
          relations2: [index],
          fails: 'batch 2',
        }),
      ),
    ...E2.names.map(
      (name, index): Lie => ({
        name: `the claim on evaluation ${name}`,
        prove: () => prove({ ...MISCOUNTED, repair: { settle: SUM2.In(output), evals2: index } }),
        relations: [R.logUp],
        relations2: [R2.In(output)],
        claims: [claims.indexOf(name)],
        fails: 'reduction',
      }),
    ),
  ];
}

export function trainLies(setting: TrainSetting): Lie[] {
  const { relations: R, evaluations: E } = NUMBERING[setting.program];
  return [
    ...linear(setting),
    ...zeros(setting),
    ...limbs(setting),
    ...madeUp(E.names.slice(0, E.M), R.logUp, setting.prove),
    ...after(setting),
  ];
}

const SHAPE = { widths: [2, 3, 4, 3, 2], rows: 3, batch: 2, lr: 3 };
const LR = 3n;

export const TRAIN_LIES: Lie[] = trainLies({
  program: 'train',
  layers: LAYERS,
  rate: () => LR,
  biasRate: () => LR * UNIT * UNIT,
  prove: (hooks, { deviation, run } = {}) => {
    const random = new Random(5);
    const own = deviation as TrainDeviation | undefined;
    return proveTrain(random, randomTrain(random, SHAPE, own), { ...hooks, run });
  },
});
