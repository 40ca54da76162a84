import type { Head } from '../../head.ts';
import type { PictureOrder } from '../../pictures.ts';
import type { Orientation } from '../mapping.ts';
import type { PictureRead } from '../pictureRead.ts';
import type { End } from './onnxEnd.ts';
import type { OnnxTensor } from './onnxFile.ts';

/** One layer as the graph computes it: weightFactor * W x + biasFactor * b. */
export interface OnnxLayer {
  weight: OnnxTensor;
  /** Of n_l entries, or one for all. */
  bias: OnnxTensor | undefined;
  /** Of the weight as it is stored. */
  orientation: Orientation;
  inputs: number;
  outputs: number;
  weightFactor: number;
  biasFactor: number;
  /** Batch normalisations of its inputs and of its outputs. */
  before: OnnxNorm[];
  after: OnnxNorm[];
  /** Of a convolutional network. */
  picture?: PictureRead;
}

/** A BatchNormalization in inference, or a node that is a part of one (`Mul`, `Add`, `Sub` of constants). */
export interface OnnxNorm {
  node: string;
  /** Features or channels. Each tensor has as many numbers, or one for all. */
  size: number;
  /** Absent: 1, 0, 0 and, with no epsilon, 1. */
  weight?: OnnxTensor;
  bias?: OnnxTensor;
  mean?: OnnxTensor;
  variance?: OnnxTensor;
  epsilon: number;
}

/** What the rows are between the layers of a convolutional network. */
export interface WalkPicture {
  channels: number;
  /** Pixels of a side, after averages were taken; of an average over all of them, what it was taken of. */
  side: number;
  order: PictureOrder;
  /** Averages over 2x2 pixels, or over all of them, were taken since the last layer. */
  pooled: boolean;
  averaged: boolean;
  /** Whether all numbers of a picture stand in one row. */
  flat: boolean;
}

/** A size, or that of the rows, of which there may be any number. */
export type Size = number | 'rows';

/** Row-major. */
export interface Sizes {
  dims: readonly number[];
  values: readonly Size[];
}

/** A value that no number of the rows changes: an initializer or what nodes make of one, or sizes. */
export type Constant = { tensor: OnnxTensor; transposed: boolean } | { sizes: Sizes };

/** Where the walk through the graph stands: the value that the last node made of the rows, and what was seen before. */
export interface Walk {
  opset: number;
  constants: Map<string, Constant>;
  current: string;
  /** Of the current value, rows first. */
  shape: (number | undefined)[];
  /** Of the values so far whose dimensions are known. */
  shapes: Map<string, (number | undefined)[]>;
  elementType: number;
  layers: OnnxLayer[];
  /** Whether a Relu came after the last layer. */
  active: boolean;
  /** Undefined until the decision between classes begins. */
  end: End | undefined;
  /** What the first operator after the last layer makes of its outputs, and which one it is; undefined without one. */
  head: { head: Head; by: string } | undefined;
  leftOut: string[];
  /** Operators that change no row. */
  dropped: string[];
  /** Tensors that were made of quantised ones. */
  dequantised: string[];
  /** Normalisations since the last Relu, of the inputs of the next layer. */
  pending: OnnxNorm[];
  /** Zeros above, left of, below and right of the pictures that the next convolution reads, by a Pad. */
  padding: [number, number, number, number] | undefined;
  /** Undefined before the first convolution or average, and in networks without any. */
  picture: WalkPicture | undefined;
  /** Whether the numbers of the rows were put into another order before the first layer. */
  turned: boolean;
}
