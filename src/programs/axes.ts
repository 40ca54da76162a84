import { range } from '../argument/sumcheck.ts';
import { SIZE_BITS, TRACE_ROW_BITS } from '../numbers/constants.ts';

/** Bits of the axes that a batch's positions are made of, the first lowest. A tensor has some bits of each. */
export type Axes = readonly number[];

/** Bits of the sides of a picture, or of a kernel (protocol section 12). */
const PICTURE_BITS = 6;

/** Rows (or columns) and features of a program's first batch, sections 5 to 11; train has more row bits. */
export const DENSE: Axes = [SIZE_BITS, SIZE_BITS];
export const DENSE_TRAIN: Axes = [TRACE_ROW_BITS, SIZE_BITS];
/** Of section 12: taps dx, dy, channels c and i of the programs of weights; rows, x, y and channels. */
export const KERNELS: Axes = [PICTURE_BITS, PICTURE_BITS, SIZE_BITS, SIZE_BITS];
export const PICTURES: Axes = [SIZE_BITS, PICTURE_BITS, PICTURE_BITS, SIZE_BITS];
export const PICTURES_TRAIN: Axes = [TRACE_ROW_BITS, PICTURE_BITS, PICTURE_BITS, SIZE_BITS];

/** Where each axis begins. */
export function axisStarts(axes: Axes): number[] {
  return axes.map((_, k) => axes.slice(0, k).reduce((sum, bits) => sum + bits, 0));
}

/** Positions of a tensor with bits[k] bits of axis k; of axes that are left out none. */
export function positions(axes: Axes, bits: readonly number[]): number[] {
  const starts = axisStarts(axes);
  return bits.flatMap((count, k) => range(starts[k], count));
}

/** What stands at a tensor's positions of a point. */
export function pointOf(axes: Axes, bits: readonly number[], point: readonly bigint[]): bigint[] {
  return positions(axes, bits).map((t) => point[t]);
}

/** log2 of a tensor's entries. */
export function sizeOf(bits: readonly number[]): number {
  return bits.reduce((sum, count) => sum + count, 0);
}

/** A tensor that is `value` where every index is below its real size and `other` elsewhere; the first index is lowest. */
export function realMask(real: readonly number[], bits: readonly number[], value = 1, other = 1 - value): Int32Array {
  let mask = Int32Array.of(value);
  bits.forEach((count, k) => {
    const next = new Int32Array(mask.length * 2 ** count).fill(other);
    for (let at = 0; at < real[k]; at++) next.set(mask, at * mask.length);
    mask = next;
  });
  return mask;
}
