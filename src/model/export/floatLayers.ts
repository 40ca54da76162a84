import { FRACTION_BITS } from '../../numbers/constants.ts';
import { checkWeights, type Weights } from '../weights.ts';

/** A layer in 32-bit floats: w * 2^-32, rounded to the nearest float. */
export interface Float32Layer {
  outputs: number;
  inputs: number;
  /** [i, j] with j low, without padding. */
  weight: Float32Array<ArrayBuffer>;
  bias: Float32Array<ArrayBuffer>;
}

/** @throws InputError when the weights break their ranges */
export function floatLayers(weights: Weights): Float32Layer[] {
  checkWeights(weights);
  const real = (x: bigint) => Number(x) / 2 ** FRACTION_BITS;
  return weights.layers.map(({ W, b }, l) => {
    const [inputs, outputs, stride] = [weights.widths[l], weights.widths[l + 1], W.length / b.length];
    const weight = new Float32Array(outputs * inputs);
    for (let i = 0; i < outputs; i++) {
      for (let j = 0; j < inputs; j++) weight[i * inputs + j] = real(W[i * stride + j]);
    }
    return { outputs, inputs, weight, bias: Float32Array.from(b.subarray(0, outputs), real) };
  });
}

/** Every platform JavaScript runs on today is little-endian, as the formats are. */
export function bytesOfFloats(array: Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
