import type { PictureOrder } from '../pictures.ts';

/** How a convolution of a file goes over what it reads: each pair is of lines, then of columns. */
export interface Convolution {
  kind: 'convolution';
  kernel: readonly [number, number];
  stride: readonly [number, number];
  /** zeros above, left of, below and right of the picture */
  pads: readonly [number, number, number, number];
  dilation: readonly [number, number];
  /** outputs of group g read the inputs of group g alone */
  groups: number;
}

/** A dense layer behind pictures. */
export interface DenseRead {
  kind: 'dense';
  /** of the numbers of a flattened picture */
  order: PictureOrder;
  /** it reads the mean of each channel over the whole picture, in place of its pixels */
  averaged: boolean;
}

/** What a layer of a convolutional network reads, and how. */
export type PictureRead = {
  /** of what it reads */
  channels: number;
  /** of what it reads, after averages over 2x2 pixels were taken */
  side: number;
  /** whether it reads averages over 2x2 pixels */
  pooled: boolean;
} & (Convolution | DenseRead);

/** Pixels that a kernel spans. */
export function spanOf({ kernel, dilation }: Pick<Convolution, 'kernel' | 'dilation'>): [number, number] {
  return [0, 1].map((axis) => (kernel[axis] - 1) * dilation[axis] + 1) as [number, number];
}

/** Lines and columns that a convolution makes of a picture. */
export function madeSides(side: number, convolution: Convolution): [number, number] {
  const { stride, pads } = convolution;
  const span = spanOf(convolution);
  const of = (axis: number) => Math.floor((side + pads[axis] + pads[axis + 2] - span[axis]) / stride[axis]) + 1;
  return [of(0), of(1)];
}
