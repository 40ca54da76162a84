import type { Shard } from '../../src/model/shard.ts';
import type { Weights } from '../../src/model/weights.ts';
import { ceilLog2 } from '../../src/numbers/bits.ts';
import { mod } from '../../src/numbers/field.ts';

/** Sizes of one gate-by-gate circuit: every one of them is another circuit and another trusted setup. */
export interface BaselineSizes {
  /** n_0..n_L */
  widths: number[];
  rows: number;
  /** Rows of a step; divides `rows`. */
  batch: number;
}

/** Elements of circomlib's widest Poseidon absorbed by one permutation, and what a permutation costs. */
export const SPONGE_RATE = 16;
const PERMUTATION_CONSTRAINTS = 612;
/** Constraints of one S-box; those on constants vanish. */
const SBOX_CONSTRAINTS = 3;
/** Bits and products of RoundRelu and RoundSigned (rounding.circom). */
const RELU_CONSTRAINTS = 50;
const ROUND_CONSTRAINTS = 48;

/** The circuit with its commitments. */
export function committedMain(sizes: BaselineSizes): string {
  return mainSource('sgd.circom', `CommittedSegment(${templateArguments(sizes)})`, ['lr']);
}

/** The circuit without commitments, the child's weights as outputs. */
export function segmentMain(sizes: BaselineSizes): string {
  return mainSource('sgd.circom', `Segment(${templateArguments(sizes)})`, ['lr']);
}

/** The commitment to `length` elements alone. */
export function spongeMain(length: number): string {
  return mainSource('sponge.circom', `Sponge(${length})`, []);
}

function templateArguments({ widths, rows, batch }: BaselineSizes): string {
  return `${widths.length - 1}, [${widths.join(', ')}], ${rows}, ${batch}`;
}

function mainSource(file: string, component: string, publicInputs: string[]): string {
  const visibility = publicInputs.length > 0 ? ` {public [${publicInputs.join(', ')}]}` : '';
  return [
    '// SPDX-License-Identifier: GPL-3.0-or-later',
    '// Generated for one size.',
    'pragma circom 2.2.0;',
    // As seen from circuits/, which is among the compiler's library folders.
    `include "../bench/baseline/${file}";`,
    `component main${visibility} = ${component};`,
    '',
  ].join('\n');
}

/** Weights and biases of a network. */
export function parameterCount(widths: readonly number[]): number {
  return sum(widths.slice(1).map((width, l) => width * (widths[l] + 1)));
}

/** Constraints of Sponge(n). */
export function spongeConstraints(elements: number): number {
  const blocks = Math.ceil(elements / SPONGE_RATE);
  const constants = 1 + SPONGE_RATE * blocks - elements;
  return PERMUTATION_CONSTRAINTS * blocks - SBOX_CONSTRAINTS * constants;
}

/** Constraints of Segment for one row, the same for every row and batch. */
export function rowConstraints(widths: readonly number[]): number {
  const products = widths.slice(1).map((width, l) => width * widths[l]);
  const hidden = sum(widths.slice(1, -1));
  const outputs = widths[widths.length - 1];
  const forward = sum(products) + RELU_CONSTRAINTS * hidden + ROUND_CONSTRAINTS * outputs;
  const backward = sum(products.slice(1)) + (ROUND_CONSTRAINTS + 1) * hidden;
  const update = sum(products) + hidden + outputs;
  return forward + backward + update;
}

/** Constraints of Segment: counted from the templates, one for each gate; the tests hold it against the compiler. */
export function segmentConstraints({ widths, rows }: BaselineSizes): number {
  return rows * rowConstraints(widths);
}

/** Constraints of CommittedSegment, likewise. */
export function committedConstraints(sizes: BaselineSizes): number {
  const { widths, rows } = sizes;
  const data = rows * (widths[0] + widths[widths.length - 1]) + 1;
  return segmentConstraints(sizes) + 2 * spongeConstraints(parameterCount(widths) + 1) + spongeConstraints(data);
}

/** What a proof costs whatever its rows, and what each row adds in the long run (design, introduction). */
export function baselineCost(widths: readonly number[]): { perProof: number; perRow: number } {
  const elements = widths[0] + widths[widths.length - 1];
  return {
    perProof: 2 * spongeConstraints(parameterCount(widths) + 1),
    perRow: rowConstraints(widths) + (elements * PERMUTATION_CONSTRAINTS) / SPONGE_RATE,
  };
}

/** Weights as the circuit takes them: for each layer W row by row, then b, without padding. */
export function flatWeights({ widths, layers }: Weights): bigint[] {
  return layers.flatMap(({ W, b }, l) => {
    const stride = W.length / b.length;
    const rows = Array.from({ length: widths[l + 1] }, (_, i) => [...W.subarray(i * stride, i * stride + widths[l])]);
    return [...rows.flat(), ...b.subarray(0, widths[l + 1])];
  });
}

/** Inputs of Segment: the parent and the first rows of a shard. */
export function segmentInputs(parent: Weights, shard: Shard, { lr, rows }: { lr: number; rows: number }) {
  const sigma = ceilLog2(shard.rows);
  const tensor = (array: Int32Array, units: number) =>
    Array.from({ length: rows }, (_, s) => Array.from({ length: units }, (_, i) => word(array[(i << sigma) + s])));
  return {
    lr: word(lr),
    parent: flatWeights(parent).map(word),
    X: tensor(shard.X, shard.inputs),
    Y: tensor(shard.Y, shard.outputs),
  };
}

/** Inputs of CommittedSegment; `childSalt` is the third secret besides those of parent and shard. */
export function committedInputs(
  parent: Weights,
  shard: Shard,
  { lr, rows, childSalt }: { lr: number; rows: number; childSalt: bigint },
) {
  return { ...segmentInputs(parent, shard, { lr, rows }), salts: [parent.salt, childSalt, shard.salt].map(word) };
}

/** snarkjs takes field elements as decimal strings. */
function word(value: bigint | number): string {
  return mod(BigInt(value)).toString();
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
