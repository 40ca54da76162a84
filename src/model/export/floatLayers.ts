import { FRACTION_BITS } from '../../numbers/constants.ts';
import { layerTensors, unpadded } from '../layerTensors.ts';
import { type AnyWeights, checkNetworkWeights, isNetworkWeights, shapeOf } from '../networkWeights.ts';
import { checkWeights } from '../weights.ts';

/** A layer in 32-bit floats: w * 2^-32 (of a layer that reads averages w * 2^-30), rounded to the nearest float. */
export interface Float32Layer {
  /** [outputs, inputs], or [outputs, inputs, lines, columns] of a convolution; row-major, without padding */
  shape: number[];
  outputs: number;
  /** numbers that an output reads */
  inputs: number;
  weight: Float32Array<ArrayBuffer>;
  bias: Float32Array<ArrayBuffer>;
}

/** @throws InputError when the weights break their ranges */
export function floatLayers(weights: AnyWeights): Float32Layer[] {
  if (isNetworkWeights(weights)) checkNetworkWeights(weights);
  else checkWeights(weights);
  const layers = layerTensors(shapeOf(weights));
  return layers.map((layer, l) => {
    const { shape, outputs, fractionBits } = layer;
    const { W, b } = weights.layers[l];
    const weight = floats(unpadded(W, layer), fractionBits);
    const bias = floats(b.subarray(0, outputs), FRACTION_BITS);
    return { shape, outputs, inputs: weight.length / outputs, weight, bias };
  });
}

function floats(values: BigInt64Array, fractionBits: number): Float32Array<ArrayBuffer> {
  const one = 2 ** fractionBits;
  return Float32Array.from(values, (x) => Number(x) / one);
}

/** Every platform JavaScript runs on today is little-endian, as the formats are. */
export function bytesOfFloats(array: Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
