// What the programs that compare rows have in common (protocol, section 14).

import { dot, mod, power, powers, type Random, range, squares } from './algebra.ts';
import type { Part } from './argument.ts';
import { blinding, chunksOf, type Oracle } from './commitments.ts';
import type { DataRun } from './data.ts';
import { oracleOf, type Placed, place, type Tensors } from './tensors.ts';

/** Bits of a row, and the rows that a shard can have. */
export const ROW = 12;
export const ROWS = 2 ** ROW;

/** A coordinate for each bit of the exponent. */
export const powerPart = (x: bigint, bits: number): Part[] =>
  squares(x, bits)
    .slice(0, bits)
    .map((power) => ({ power }));

/** sum_j r^j t(j; s) of a tensor with 2^sigma rows. */
const columnSums = (tensor: readonly bigint[], sigma: number, r: bigint): bigint[] => {
  const S = 2 ** sigma;
  const weights = powers(r, tensor.length / S);
  return range(S).map((s) =>
    dot(
      weights,
      range(tensor.length / S).map((j) => tensor[j * S + s]),
    ),
  );
};

/** Fingerprints of all rows that a shard can have; they repeat themselves. */
export function fingerprintsOf({ X, Y, sigma }: DataRun, r: bigint, labels = false): bigint[] {
  const own = columnSums(X, sigma, r);
  const more = labels ? columnSums(Y, sigma, r) : own.map(() => 0n);
  const factor = power(r, 4096n);
  return range(ROWS).map((s) => mod(own[s % own.length] + factor * more[s % own.length]));
}

/** Slots of one size. */
export const fixedSlots = (names: readonly string[], log2: number): Placed => place(names.map((name) => [name, log2]));

export const blinded = (which: 'trace' | 'helper', placed: Placed, tensors: Tensors, random: Random): Oracle =>
  oracleOf(placed, tensors, blinding(which, chunksOf(placed.length), random));
