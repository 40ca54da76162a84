// Models of the reference provers: nested shapes of protocol section 1, right-aligned layers.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { log2Up, type Random, range, zeros } from './algebra.ts';
import { layout } from './argument.ts';
import { type NamedOracle, oracleOf, type Tensors } from './relations.ts';

/** W[l] as [i, j] with j low and b[l], padded with zeros; layer l + 1 of the network. */
export interface ReferenceWeights {
  widths: number[];
  W: bigint[][];
  b: bigint[][];
  salt: bigint;
}

/** A layer of a network where the circuit has it. */
export interface ReferenceLayer {
  /** circuit layer 1..4; the output is 4 */
  l: number;
  /** index into W and b */
  own: number;
  columns: number;
  rows: number;
  /** log2 of the padded sizes */
  low: number;
  high: number;
}

export function layersOf(widths: readonly number[]): ReferenceLayer[] {
  const L = widths.length - 1;
  return range(L).map((own) => ({
    l: 4 - L + own + 1,
    own,
    columns: widths[own],
    rows: widths[own + 1],
    low: log2Up(widths[own]),
    high: log2Up(widths[own + 1]),
  }));
}

/** The model oracle; slots are named W_1..W_4 and b_1..b_4 by circuit layer. */
export function modelOracle({ widths, W, b, salt }: ReferenceWeights): NamedOracle {
  const tensors: Tensors = {};
  for (const { l, own } of layersOf(widths)) {
    tensors[`W_${l}`] = W[own];
    tensors[`b_${l}`] = b[own];
  }
  return oracleOf({ ...tensors, salt: [salt] });
}

export const MODEL_SLOTS = NUMBERING.shared.model.names;

/** Circuit inputs of a shape: the descriptor and its fields but the offsets. */
export function shapeInputs(widths: readonly number[]): { shape: bigint; widths1: bigint[]; present: bigint[] } {
  const absent = 5 - widths.length;
  const widths1 = range(5).map((l) => BigInt(widths[Math.max(0, l - absent)] - 1));
  const present = [1, 2, 3].map((l) => (l > absent ? 1n : 0n));
  const layers = layersOf(widths);
  const { offsets } = layout([
    ...layers.flatMap(
      ({ l, low, high }) =>
        [
          [`W_${l}`, low + high],
          [`b_${l}`, high],
        ] as [string, number][],
    ),
    ['salt', 0],
  ]);
  let shape = 0n;
  widths1.forEach((w, l) => {
    shape += w << BigInt(12 * l);
  });
  present.forEach((p, i) => {
    shape += p << BigInt(60 + i);
  });
  MODEL_SLOTS.forEach((name, i) => {
    shape += BigInt(offsets[name] ?? 0) << BigInt(63 + 22 * i);
  });
  return { shape, widths1, present };
}

/** Weights below `bound` in absolute value on real entries. */
export function randomWeights(widths: number[], bound: number, random: Random): ReferenceWeights {
  const draw = () => BigInt(random.below(2 * bound + 1) - bound);
  const W: bigint[][] = [];
  const b: bigint[][] = [];
  for (const { rows, columns, low, high } of layersOf(widths)) {
    W.push(range(2 ** (low + high)).map((at) => (at >> low < rows && at % 2 ** low < columns ? draw() : 0n)));
    b.push(range(2 ** high).map((i) => (i < rows ? draw() : 0n)));
  }
  return { widths, W, b, salt: random.element() };
}

export const copyOf = ({ widths, W, b, salt }: ReferenceWeights): ReferenceWeights => ({
  widths: [...widths],
  W: W.map((v) => [...v]),
  b: b.map((v) => [...v]),
  salt,
});

/** 1 on the first n entries of 2^log2. */
export const real = (n: number, log2: number): bigint[] => [...Array<bigint>(n).fill(1n), ...zeros(2 ** log2 - n)];
