// What the contract knows of an inference (protocol, section 13): the public vectors, and how they make the form and signals.

import { keccak256 } from 'viem';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { mod, power, range } from './algebra.ts';
import { unpackShape } from './conv-geometry.ts';

/** What is stated of an inference beside the commitments. */
export interface StatedInference {
  rows: number;
  /** public values row after row; null where they are not */
  inputs: bigint[] | null;
  outputs: bigint[] | null;
  /** descriptor of the registered shard that the inputs are, and where its X stands; 0 for none */
  shard: bigint;
}

/** A value of a row: its feature, and the exponent of x in the first row. */
export interface ValuePlace {
  feature: number;
  exponent: number;
}
export interface Places {
  values: ValuePlace[];
  /** what each row adds to the exponent */
  perRow: bigint;
}

const vector = (n: number): Places => ({
  values: range(n).map((i) => ({ feature: i, exponent: i })),
  perRow: 4096n,
});
export const outputPlaces = vector;
export const denseInputs = vector;
/** Pixels of pictures of side N and C channels: x lowest. */
export function pictureInputs(C: number, N: number, n: number): Places {
  const values: ValuePlace[] = [];
  for (let c = 0; c < C; c++)
    for (let y = 0; y < N; y++)
      for (let x = 0; x < N; x++)
        values.push({ feature: x + 2 ** n * y + 4 ** n * c, exponent: x + 64 * y + 4096 * c });
  return { values, perRow: 2n ** 24n };
}

/** Inputs and outputs of a shape, as the contract reads them. */
function placesOf(program: string, shape: bigint): { inputs: Places; outputs: Places } {
  if (program === 'convInfer') {
    const { geometry } = unpackShape(shape);
    const { C, N, n } = geometry[0];
    return { inputs: pictureInputs(C, N, n), outputs: vector(geometry[geometry.length - 1].C) };
  }
  const width = (l: number) => Number(BigInt.asUintN(12, shape >> BigInt(12 * l))) + 1;
  return { inputs: vector(width(0)), outputs: vector(width(4)) };
}

/** The real values of a tensor [feature, s], row after row. */
export const valuesOf = (tensor: readonly bigint[], S: number, rows: number, { values }: Places): bigint[] =>
  range(rows).flatMap((s) => values.map(({ feature }) => tensor[feature * S + s]));

/** The polynomial of public values at x. */
export const valuesAt = (values: readonly bigint[], { values: own, perRow }: Places, x: bigint): bigint =>
  mod(
    values.reduce((sum, value, at) => {
      const [row, k] = [Math.floor(at / own.length), at % own.length];
      return sum + value * power(x, BigInt(own[k].exponent) + perRow * BigInt(row));
    }, 0n),
  );

const hashOf = (values: readonly bigint[] | null): bigint =>
  values === null
    ? 0n
    : BigInt(keccak256(`0x${values.map((v) => BigInt.asUintN(16, v).toString(16).padStart(4, '0')).join('')}`));

/** The words of `extra`. */
export const extraOf = ({ inputs, outputs, shard }: StatedInference): bigint[] => [
  hashOf(inputs),
  hashOf(outputs),
  shard,
];

/** The form that the contract makes. */
export function formOf({ rows, inputs, outputs, shard }: StatedInference): bigint {
  const offset = shard === 0n ? 0n : BigInt.asUintN(26, shard >> 37n);
  const ranged = inputs === null && shard === 0n;
  return (
    BigInt(rows - 1) +
    (offset << 12n) +
    (inputs === null ? 0n : 1n << 38n) +
    (outputs === null ? 0n : 1n << 39n) +
    (ranged ? 1n << 40n : 0n)
  );
}

/** Why the contract refuses an inference, beside digests and points. */
export function refusedInference(
  program: 'infer' | 'convInfer',
  stated: StatedInference,
  signals: readonly bigint[],
): string[] {
  const { signals: S } = NUMBERING[program];
  const failed: string[] = [];
  if (signals[S.form] !== formOf(stated)) failed.push('form');
  const places = placesOf(program, signals[S.shape]);
  for (const side of ['inputs', 'outputs'] as const) {
    const values = stated[side];
    const isInRange = (values ?? []).every((v) => v >= -(2n ** 15n) && v < 2n ** 15n);
    const expected = stated.rows * places[side].values.length;
    const value = values === null ? 0n : valuesAt(values, places[side], signals[S.x]);
    if (!isInRange || (values !== null && values.length !== expected) || signals[S[side]] !== value) failed.push(side);
  }
  return failed;
}
