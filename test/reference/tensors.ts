// Named tensors, how they are laid out in oracles, and lookups: what the reference provers of all programs share.

import { eqTable, inverse, mod, range, zeros } from './algebra.ts';
import { absentSlot, layout, type Slot, slotOf } from './argument.ts';
import { chunksOf, type Oracle, type Sparse } from './commitments.ts';

/** c, fa and what follows from them (protocol, beginning). */
export const LIMB_BITS = 16;
export const LIMB = 2n ** 16n;
export const HALF_LIMB = 2n ** 15n;
export const FRACTION = 2n ** 32n;
export const UNIT = 2n ** 9n;
/** Bound of imported and merged weights. */
export const WEIGHT_BOUND = 2n ** 47n;

export type Value = bigint | readonly Value[];
/** Input signals of a circuit. */
export type Inputs = Record<string, Value>;
export type Tensors = Record<string, bigint[]>;
export type Sizes = readonly (readonly [name: string, log2: number])[];

/** Where tensors stand, and what is claimed of it. */
export interface Placed {
  offsets: Record<string, number>;
  length: number;
  slots: Record<string, Slot>;
}

/** The canonical layout; absent slots are in `slots` too. `present`: the presence of a tensor, 1 unless told. */
export function place(
  sizes: Sizes,
  absent: readonly string[] = [],
  present: (name: string) => bigint = () => 1n,
): Placed {
  const { offsets, length } = layout(sizes);
  const slots: Record<string, Slot> = {};
  for (const [name, log2] of sizes) slots[name] = slotOf(offsets[name], log2, present(name));
  for (const name of absent) slots[name] ??= absentSlot();
  return { offsets, length, slots };
}

/** Moves all tensors of a layout up, for example into another chunk. */
export function shift(placed: Placed, by: number): Placed {
  const offsets = Object.fromEntries(Object.entries(placed.offsets).map(([name, at]) => [name, at + by]));
  const slots = Object.fromEntries(
    Object.entries(placed.slots).map(([name, slot]) => [
      name,
      name in offsets ? slotOf(offsets[name], slot.log2, slot.present) : slot,
    ]),
  );
  return { offsets, length: placed.length + by, slots };
}

/** A vector with tensors at their places. */
export function oracleOf({ offsets, length, slots }: Placed, tensors: Tensors, beyond: Sparse[]): Oracle {
  const vector = zeros(length);
  for (const [name, at] of Object.entries(offsets))
    tensors[name].forEach((v, i) => {
      vector[at + i] = mod(v);
    });
  return { vector, beyond, slots, chunks: chunksOf(length) };
}

export const slotBits = (slots: Record<string, Slot>, names: readonly string[], bits = 26): bigint[][] =>
  names.map((name) => (slots[name] ?? absentSlot()).bits.slice(0, bits));

/** How often each entry of the table occurs; what is outside of it is not counted. */
export function countLimbs(limbs: readonly (readonly bigint[])[]): bigint[] {
  const mult = zeros(2 ** LIMB_BITS);
  for (const limb of limbs) for (const v of limb) if (v >= 0n && v < LIMB) mult[Number(v)]++;
  return mult;
}

/** 1 / v for every entry, 0 for 0. */
export function inverses(values: readonly bigint[]): bigint[] {
  const prefix = [1n];
  for (const v of values) prefix.push(mod(prefix[prefix.length - 1] * (mod(v) || 1n)));
  let rest = inverse(prefix[values.length]);
  const out = zeros(values.length);
  for (let i = values.length - 1; i >= 0; i--) {
    const v = mod(values[i]);
    out[i] = v === 0n ? 0n : mod(rest * prefix[i]);
    rest = mod(rest * (v || 1n));
  }
  return out;
}

/** sum over the limbs of 1 / (beta - limb), entry by entry. */
export function lookupHelper(beta: bigint, ...limbs: (readonly bigint[])[]): bigint[] {
  const all = limbs.map((limb) => inverses(limb.map((v) => beta - v)));
  return limbs[0].map((_, i) => mod(all.reduce((s, v) => s + v[i], 0n)));
}

/** multiplicity / (beta - k) for k = 0..2^16-1. */
export const tableHelper = (beta: bigint, mult: readonly bigint[]): bigint[] =>
  mult.map((m, k) => (mod(m) === 0n ? 0n : mod(m * inverse(beta - BigInt(k)))));

/** Limbs of x + 2^47 = l0 + 2^16 l1 + 2^32 l2, l2 as large or as negative as x makes it. */
export function weightLimbs(x: bigint): [bigint, bigint, bigint] {
  const y = x + WEIGHT_BOUND;
  const l0 = floorMod(y, LIMB);
  const rest = (y - l0) / LIMB;
  const l1 = floorMod(rest, LIMB);
  return [l0, l1, (rest - l1) / LIMB];
}

export const floorMod = (x: bigint, d: bigint): bigint => ((x % d) + d) % d;
export const floorDiv = (x: bigint, d: bigint): bigint => (x - floorMod(x, d)) / d;

/** 1 on the first n entries of 2^log2. */
export const real = (n: number, log2: number): bigint[] => [...Array<bigint>(n).fill(1n), ...zeros(2 ** log2 - n)];

/** f at a point of its high variables, the table that is left in the low ones. */
export function bindHigh(f: readonly bigint[], z: readonly bigint[]): bigint[] {
  const e = eqTable(z);
  const size = f.length / e.length;
  return range(size).map((x) => mod(e.reduce((s, v, i) => s + v * f[i * size + x], 0n)));
}

/** f at a point of its low variables. */
export function bindLow(f: readonly bigint[], z: readonly bigint[]): bigint[] {
  const e = eqTable(z);
  return range(f.length / e.length).map((i) => mod(e.reduce((s, v, x) => s + v * f[i * e.length + x], 0n)));
}
