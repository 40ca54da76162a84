import type { Head } from '../../head.ts';
import type { Orientation } from '../mapping.ts';
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
}

/** A BatchNormalization in inference. */
export interface OnnxNorm {
  node: string;
  weight: OnnxTensor;
  bias: OnnxTensor;
  mean: OnnxTensor;
  variance: OnnxTensor;
  epsilon: number;
}

/** A value that does not depend on the input: an initializer or what nodes make of one, or integers of a Constant. */
export type Constant = { tensor: OnnxTensor; transposed: boolean } | { integers: number[] };

/** Where the walk through the graph stands: the value that the last node made of the rows, and what was seen before. */
export interface Walk {
  opset: number;
  constants: Map<string, Constant>;
  current: string;
  /** Of the current value, rows first. */
  shape: (number | undefined)[];
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
}
