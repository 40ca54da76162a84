import type { Hex } from 'viem';
import { CapacityError } from '../../errors/CapacityError.ts';
import { ADDRESS_BITS } from '../../numbers/constants.ts';
import { modelLayout } from '../shape.ts';
import { decodeFloats } from './floats.ts';
import { type MappedLayer, type MappingOptions, mapLayers } from './mapping.ts';
import { readSource, type SourceFile } from './source.ts';

export interface FloatLayer {
  /** [i, j] with j low, n_l x n_(l-1), without padding. */
  weight: Float64Array;
  /** n_l values. */
  bias: Float64Array;
}

/** A multilayer perceptron in floats: a ReLU after every layer but the last. */
export interface FloatModel {
  /** n_0..n_L. */
  widths: number[];
  layers: FloatLayer[];
}

/** A float model and where each number came from. */
export interface ImportedModel {
  model: FloatModel;
  /** What `root` registers; see `TensorSource`. */
  sha256: Hex;
  files: { name: string; sha256: Hex }[];
  mapping: MappedLayer[];
  /** Tensors of the files that an explicit mapping left out. */
  unused: string[];
}

/**
 * Reads the float weights of a multilayer perceptron from safetensors. That the activation between layers is a ReLU is
 * not in the file; whoever imports another network gets another function.
 * @param files one file, or the index and all its files
 * @throws InputError when the tensors are no such network or leave the mapping open; FileFormatError for a damaged file
 * or values that are not finite; CapacityError when the network is too large
 */
export function readFloatModel(files: readonly SourceFile[], options: MappingOptions = {}): ImportedModel {
  const { tensors, sha256, files: hashes } = readSource(files);
  const mapping = mapLayers(tensors, options);
  const widths = [mapping[0].inputs, ...mapping.map(({ outputs }) => outputs)];
  // Before any value is decoded: the largest model takes 32 MB, a file may claim more.
  const { log2 } = modelLayout(widths);
  if (log2 > ADDRESS_BITS) throw new CapacityError('model', log2, ADDRESS_BITS, 'Lower the widths of the network.');
  const layers = mapping.map(({ weight, bias, orientation, inputs, outputs }) => {
    const values = decodeFloats(weight, tensors.get(weight)!);
    return {
      weight: orientation === 'out-in' ? values : transpose(values, inputs, outputs),
      bias: bias === undefined ? new Float64Array(outputs) : decodeFloats(bias, tensors.get(bias)!),
    };
  });
  const used = new Set(mapping.flatMap(({ weight, bias }) => [weight, bias]));
  const unused = [...tensors.keys()].filter((name) => !used.has(name));
  return { model: { widths, layers }, sha256, files: hashes, mapping, unused };
}

/**
 * The outputs of a float model on rows of inputs (row-major), in doubles.
 * @returns row-major, n_L values a row
 */
export function floatForward({ widths, layers }: FloatModel, features: ArrayLike<number>): Float64Array {
  const rows = features.length / widths[0];
  let input = Float64Array.from(features);
  layers.forEach(({ weight, bias }, l) => {
    const [inputs, outputs] = [widths[l], widths[l + 1]];
    const output = new Float64Array(rows * outputs);
    for (let r = 0; r < rows; r++) {
      for (let i = 0; i < outputs; i++) {
        let sum = bias[i];
        for (let j = 0; j < inputs; j++) sum += weight[i * inputs + j] * input[r * inputs + j];
        output[r * outputs + i] = l < layers.length - 1 ? Math.max(sum, 0) : sum;
      }
    }
    input = output;
  });
  return input;
}

/** [j, i] -> [i, j]. */
function transpose(values: Float64Array, inputs: number, outputs: number): Float64Array {
  const out = new Float64Array(values.length);
  for (let j = 0; j < inputs; j++) {
    for (let i = 0; i < outputs; i++) out[i * inputs + j] = values[j * outputs + i];
  }
  return out;
}
