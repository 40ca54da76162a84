// What a head makes of a row's logits, in plain integers (protocol, section 7, Heads).

import { inverse, mod, range, sum, zeros } from './algebra.ts';
import type { ReferenceHead } from './sizes.ts';
import { EXP, SIG } from './tables.ts';
import { floorDiv, floorMod, HALF_LIMB, LIMB, UNIT } from './tensors.ts';

/** 2^fd: a probability of 1. */
export const WHOLE = 2n ** 11n;
/** Tensors of the trace that belong to heads; M and Sum have one entry a row. */
export const HEAD_TENSORS = ['M', 'Sum', 'w', 'e', 'P', 'r0', 'r1', 'z1'] as const;
export type HeadTensor = (typeof HEAD_TENSORS)[number];
const OF_SOFTMAX: readonly string[] = ['M', 'Sum', 'w', 'e', 'r0', 'r1', 'z1', 'hR', 'hP'];
const OF_FUNCTIONS: readonly string[] = ['P', 'hF', 'mult2', 'g2'];

/** s0, s1, s2. */
export const headFactors = (head: ReferenceHead): bigint[] =>
  ['squared error', 'softmax', 'sigmoid'].map((name) => (name === head ? 1n : 0n));

/** The factor that a slot of trace or helper starts from; undefined for those of every head. */
export function headPresence(name: string, [, s1, s2]: readonly bigint[]): bigint | undefined {
  if (OF_SOFTMAX.includes(name)) return s1;
  return OF_FUNCTIONS.includes(name) ? mod(s1 + s2) : undefined;
}

/** A row's tensors, all classes with padding. */
export interface HeadRow {
  readonly logits: readonly bigint[];
  M: bigint;
  Sum: bigint;
  w: bigint[];
  e: bigint[];
  P: bigint[];
  /** what the division leaves */
  rest: bigint[];
}

/** What a cheating trainer does differently; each is called before anything is computed from what it changes. */
export interface HeadDeviation {
  largest?: (row: HeadRow, s: number) => void;
  powers?: (row: HeadRow, s: number) => void;
  total?: (row: HeadRow, s: number) => void;
  probabilities?: (row: HeadRow, s: number) => void;
}

/** The rule for logits of which the first n are real. An index that no table has gives 1 and 0. */
export function headRow(
  head: ReferenceHead,
  logits: readonly bigint[],
  n: number,
  s: number,
  deviation: HeadDeviation = {},
): HeadRow {
  const blank = () => zeros(logits.length);
  const row: HeadRow = { logits, M: 0n, Sum: 0n, w: blank(), e: blank(), P: blank(), rest: blank() };
  const real = range(n);
  if (head === 'sigmoid') for (const i of real) row.P[i] = SIG[Number(logits[i] + HALF_LIMB)] ?? 0n;
  if (head === 'softmax') {
    const first = real.reduce((best, i) => (logits[i] > logits[best] ? i : best), 0);
    row.M = logits[first];
    row.w[first] = 1n;
    deviation.largest?.(row, s);
    for (const i of real) row.e[i] = EXP[Number(row.M - logits[i])] ?? EXP[0];
    deviation.powers?.(row, s);
    row.Sum = sum(row.e);
    deviation.total?.(row, s);
    row.e.forEach((e, i) => {
      const dividend = 2n * WHOLE * e + row.Sum;
      row.P[i] = floorDiv(dividend, 2n * row.Sum);
      row.rest[i] = dividend - 2n * row.Sum * row.P[i];
    });
  }
  if (head !== 'squared error') deviation.probabilities?.(row, s);
  return row;
}

/** Limbs of a remainder and the upper one of 2 Sum - 1 - remainder, as large or as negative as they come. */
export const restLimbs = ({ Sum }: HeadRow, rest: bigint): { r0: bigint; r1: bigint; z1: bigint } => ({
  r0: floorMod(rest, LIMB),
  r1: floorDiv(rest, LIMB),
  z1: floorDiv(2n * Sum - 1n - rest, LIMB),
});

/** 2^fa sY: what a target is multiplied with, in units of 1 / 2^fa. */
const targetFactor = ([s0, s1, s2]: readonly bigint[], n: number, eps: bigint): bigint =>
  s0 * 4n * UNIT + s1 * (WHOLE - BigInt(n) * eps) + s2 * (WHOLE - 2n * eps);

/** sY, a field element. */
export const targetWeight = (heads: readonly bigint[], n: number, eps: bigint): bigint =>
  mod(targetFactor(heads, n, eps) * inverse(UNIT));

/** sY y, an integer where it is one. */
export function weighedTarget(heads: readonly bigint[], n: number, eps: bigint, y: bigint): bigint {
  const exact = targetFactor(heads, n, eps) * y;
  return exact % UNIT === 0n ? exact / UNIT : mod(exact * inverse(UNIT));
}
