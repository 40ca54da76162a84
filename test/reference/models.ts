// Models of the reference provers: nested shapes of protocol section 1, right-aligned layers.

import { type Random, range } from './algebra.ts';
import type { Slot } from './argument.ts';
import { chunksOf, type Oracle, salted } from './commitments.ts';
import { aligned, headBits, layersOf, modelLayout, type ReferenceHead, shapeInputs } from './sizes.ts';
import { type Inputs, oracleOf, type Placed, type Tensors } from './tensors.ts';

/** W[l] as [i, j] with j low and b[l], padded with zeros; layer l + 1 of the network. */
export interface ReferenceWeights {
  widths: number[];
  head?: ReferenceHead;
  W: bigint[][];
  b: bigint[][];
  salt: bigint;
}

export const placedModel = (widths: readonly number[]): Placed => {
  const { n, p } = aligned(widths);
  return modelLayout(n, p);
};

/** Circuit inputs of a model's shape. */
export const modelInputs = ({ widths, head = 'squared error' }: ReferenceWeights, { slots }: Placed): Inputs => {
  const { n, p } = aligned(widths);
  return shapeInputs(n, p, slots, headBits(head));
};

export function modelOracle({ widths, W, b, salt }: ReferenceWeights, placed: Placed): Oracle {
  const tensors: Tensors = {};
  for (const { l, own } of layersOf(widths)) [tensors[`W_${l}`], tensors[`b_${l}`]] = [W[own], b[own]];
  return oracleOf(placed, tensors, salted(salt, chunksOf(placed.length)));
}

/** The zero polynomial of an absent parent: no chunk, no point. */
export const absentOracle = (slots: Record<string, Slot>): Oracle => ({ vector: [], beyond: [], slots, chunks: 0 });

/** Weights of at most `bound` in absolute value on real entries. */
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

export const copyOf = ({ widths, head, W, b, salt }: ReferenceWeights): ReferenceWeights => ({
  widths: [...widths],
  head,
  W: W.map((v) => [...v]),
  b: b.map((v) => [...v]),
  salt,
});
