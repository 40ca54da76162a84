// What programs import and merge share: the range of a model's weights and biases by three limbs (protocol, sections 9, 10).

import { eqAt, leAt, mod, type Random } from './algebra.ts';
import type { Slot } from './argument.ts';
import { pointAt, positions } from './batch.ts';
import { blinding, chunksOf } from './commitments.ts';
import type { AddRelation } from './run.ts';
import { type ModelView, modelView, rows, seen } from './sizes.ts';
import {
  type Inputs,
  LIMB,
  LIMB_BITS,
  oracleOf,
  type Placed,
  type Tensors,
  WEIGHT_BOUND,
  weightLimbs,
} from './tensors.ts';

/** W (0) has j at positions 0.. and i at 12..; b (1) has i alone. */
export const KINDS = [
  { tensor: 'W', limbs: ['w1', 'w2'], range: 'hW' },
  { tensor: 'b', limbs: ['c1', 'c2'], range: 'hb' },
] as const;
export type Which = 0 | 1;
export const WHICH = [0, 1] as const;

/** l0 is what is left of the value; it is in no oracle. */
export const limbsOf = (value: readonly bigint[], one: readonly bigint[], two: readonly bigint[]): bigint[][] => [
  value.map((x, i) => x + WEIGHT_BOUND - LIMB * one[i] - LIMB * LIMB * two[i]),
  [...one],
  [...two],
];

/** Adds the limbs of a tensor to a trace. */
export function traceLimbs(tensors: Tensors, which: Which, l: number, value: readonly bigint[]): void {
  const limbs = value.map(weightLimbs);
  KINDS[which].limbs.forEach((name, i) => {
    tensors[`${name}_${l}`] = limbs.map((v) => v[i + 1]);
  });
}

export interface LimbView extends ModelView {
  trace: Record<string, Slot>;
  helper: Record<string, Slot>;
}

/** Slots of trace and helper have the sizes of W or of b, by the names that belong to b. */
export function limbView(
  inputs: Inputs,
  names: { trace: readonly string[]; helper: readonly string[] },
  ofBias: RegExp,
): LimbView {
  const model = modelView(inputs);
  const { a, p } = model;
  const slotsOf = (list: readonly string[], offsets: bigint[][]) =>
    Object.fromEntries(
      list.map((name, i): [string, Slot] => {
        if (!/_\d$/.test(name)) return [name, seen(offsets[i], LIMB_BITS)];
        const l = Number(name.slice(-1));
        const log2 = ofBias.test(name) ? a[l] : a[l] + a[l - 1];
        return [name, seen(offsets[i], p[l] === 0n ? 0 : log2, p[l])];
      }),
    );
  return {
    ...model,
    trace: slotsOf(names.trace, rows(inputs, 'traceOffset')),
    helper: slotsOf(names.helper, rows(inputs, 'helperOffset')),
  };
}

/** The variables of W_l or b_l. */
export const variables = ({ a }: Pick<ModelView, 'a'>, l: number, which: Which): number[] =>
  positions(which === 0 ? a[l - 1] : 0, a[l]);

export const eqHere = (at: readonly number[], tau: readonly bigint[], point: readonly bigint[]): bigint =>
  eqAt(pointAt(at, tau), pointAt(at, point));

/** le of the real entries of W_l or b_l. */
export const realAt = ({ n, a }: ModelView, l: number, which: Which, point: readonly bigint[]): bigint => {
  const rowsAt = leAt(n[l], point.slice(12, 12 + a[l]));
  return which === 1 ? rowsAt : mod(rowsAt * leAt(n[l - 1], point.slice(0, a[l - 1])));
};

/** A range relation as the verifier has it. */
export function addRange(
  v: ModelView,
  { l, which, index, logUp }: { l: number; which: Which; index: number; logUp: number },
  { beta, tau, point }: { beta: bigint; tau: readonly bigint[]; point: readonly bigint[] },
  [one, two, helper, value]: readonly bigint[],
  add: AddRelation,
): void {
  const at = variables(v, l, which);
  const [x, y, z] = [value + v.p[l] * WEIGHT_BOUND - LIMB * one - LIMB * LIMB * two, one, two].map((k) =>
    mod(beta - k),
  );
  add(index, at, eqHere(at, tau, point) * mod(helper * mod(x * y) * z - v.p[l] * (x * y + x * z + y * z)));
  add(logUp, at, helper);
}

/** A committed trace or helper. */
export const committed = (which: 'trace' | 'helper', placed: Placed, tensors: Tensors, random: Random) =>
  oracleOf(placed, tensors, blinding(which, chunksOf(placed.length), random));
