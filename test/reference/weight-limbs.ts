// What programs import and merge share: the range of a model's weights and biases by three limbs (protocol, sections 9, 10).

import { eqAt, leAt, mod, type Random } from './algebra.ts';
import type { Slot } from './argument.ts';
import { pointAt, positions } from './batch.ts';
import { blinding, chunksOf } from './commitments.ts';
import type { AddRelation } from './run.ts';
import { LAYERS, layersOf, type ModelView, modelView, rows, seen } from './sizes.ts';
import {
  type Inputs,
  LIMB,
  LIMB_BITS,
  oracleOf,
  type Placed,
  place,
  real,
  shift,
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

/** What a verifier knows of a model beside its sizes, and where trace and helper are. */
export interface WeightView {
  p: readonly bigint[];
  slots: Record<string, Slot>;
  trace: Record<string, Slot>;
  helper: Record<string, Slot>;
}

/** What programs of weights know of the models that they are for, as a verifier has them. */
export interface WeightKind<V> {
  layers: readonly number[];
  rounds: number;
  /** the variables of W_l (0) or b_l (1), lowest first */
  variables: (view: V, l: number, which: Which) => number[];
  /** the extension of [an entry is real] */
  real: (view: V, l: number, which: Which, point: readonly bigint[]) => bigint;
}

/** A tensor of a model where a prover has it: its variables, and 1 for each real entry. */
export interface Weighed {
  l: number;
  which: Which;
  at: number[];
  mask: bigint[];
}

export type Names = { trace: readonly string[]; helper: readonly string[] };

const layerOf = (name: string): number | undefined => (/_\d$/.test(name) ? Number(name.slice(-1)) : undefined);

/** Slots of trace and helper have the sizes of W or of b, by the names that belong to b. */
export function limbSlots<V extends Pick<WeightView, 'p'>>(
  inputs: Inputs,
  view: V,
  kind: WeightKind<V>,
  names: Names,
  ofBias: RegExp,
): Pick<WeightView, 'trace' | 'helper'> {
  const slotsOf = (list: readonly string[], offsets: bigint[][]) =>
    Object.fromEntries(
      list.map((name, i): [string, Slot] => {
        const l = layerOf(name);
        if (l === undefined) return [name, seen(offsets[i], LIMB_BITS)];
        const log2 = kind.variables(view, l, ofBias.test(name) ? 1 : 0).length;
        return [name, seen(offsets[i], view.p[l] === 0n ? 0 : log2, view.p[l])];
      }),
    );
  return {
    trace: slotsOf(names.trace, rows(inputs, 'traceOffset')),
    helper: slotsOf(names.helper, rows(inputs, 'helperOffset')),
  };
}

/** Where a prover puts trace and helper. */
export function limbPlaces(
  weighed: readonly Weighed[],
  names: Names,
  ofBias: RegExp,
  moved: { trace?: number; helper?: number } = {},
): Record<'trace' | 'helper', Placed> {
  const placed = (list: readonly string[]) =>
    place(
      list.flatMap((name): [string, number][] => {
        const l = layerOf(name);
        if (l === undefined) return [[name, LIMB_BITS]];
        const tensor = weighed.find((w) => w.l === l && w.which === (ofBias.test(name) ? 1 : 0));
        return tensor ? [[name, tensor.at.length]] : [];
      }),
      list,
    );
  return {
    trace: shift(placed(names.trace), moved.trace ?? 0),
    helper: shift(placed(names.helper), moved.helper ?? 0),
  };
}

/** Networks of dense layers: j at positions 0.., i at 12... */
export const DENSE: WeightKind<ModelView> = {
  layers: LAYERS,
  rounds: 24,
  variables: ({ a }, l, which) => positions(which === 0 ? a[l - 1] : 0, a[l]),
  real: ({ n, a }, l, which, point) => {
    const rowsAt = leAt(n[l], point.slice(12, 12 + a[l]));
    return which === 1 ? rowsAt : mod(rowsAt * leAt(n[l - 1], point.slice(0, a[l - 1])));
  },
};

export type DenseView = ModelView & WeightView;
export const denseView = (inputs: Inputs, names: Names, ofBias: RegExp): DenseView => {
  const model = modelView(inputs);
  return { ...model, ...limbSlots(inputs, model, DENSE, names, ofBias) };
};

/** The tensors of a network of dense layers. */
export const denseWeighed = (widths: readonly number[]): Weighed[] =>
  layersOf(widths).flatMap(({ l, rows: count, columns, low, high }) =>
    WHICH.map((which) => ({
      l,
      which,
      at: positions(which === 0 ? low : 0, high),
      mask: which === 0 ? real(count, high).flatMap((r) => real(columns, low).map((c) => r * c)) : real(count, high),
    })),
  );

export const eqHere = (at: readonly number[], tau: readonly bigint[], point: readonly bigint[]): bigint =>
  eqAt(pointAt(at, tau), pointAt(at, point));

/** A range relation as the verifier has it. */
export function addRange(
  { at, present, index, logUp }: { at: readonly number[]; present: bigint; index: number; logUp: number },
  { beta, tau, point }: { beta: bigint; tau: readonly bigint[]; point: readonly bigint[] },
  [one, two, helper, value]: readonly bigint[],
  add: AddRelation,
): void {
  const [x, y, z] = [value + present * WEIGHT_BOUND - LIMB * one - LIMB * LIMB * two, one, two].map((k) =>
    mod(beta - k),
  );
  add(index, at, eqHere(at, tau, point) * mod(helper * mod(x * y) * z - present * (x * y + x * z + y * z)));
  add(logUp, at, helper);
}

/** A committed trace or helper. */
export const committed = (which: 'trace' | 'helper', placed: Placed, tensors: Tensors, random: Random) =>
  oracleOf(placed, tensors, blinding(which, chunksOf(placed.length), random));
