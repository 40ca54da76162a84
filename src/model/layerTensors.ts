import { FRACTION_BITS, POOLED_FRACTION_BITS } from '../numbers/constants.ts';
import type { Network } from './network.ts';
import { kernelSizes, presentLayers } from './networkWeights.ts';
import { type ModelShape, widthBits } from './shape.ts';

/** How the weights of a layer stand in files, and how in its slot. */
export interface LayerTensor {
  /**
   * As PyTorch has it: [outputs, inputs] of a dense layer, behind pictures with the inputs in the order (channel, line, column);
   * [outputs, inputs, lines, columns] of a convolution.
   */
  shape: number[];
  outputs: number;
  /** Real and padded sizes of the slot's indexes, lowest first; the padded ones as log2. */
  real: number[];
  bits: number[];
  /** Fraction bits of the weights: 32, of a layer that reads averages 30. Biases have 32. */
  fractionBits: number;
}

/** The layers of a model of either kind, first to last. @throws InputError for a shape that is none */
export function layerTensors(shape: ModelShape | Network): LayerTensor[] {
  if ('side' in shape) {
    const geometry = presentLayers(shape);
    return geometry.slice(1).map((layer, l) => {
      const { channels, flat, pooled, kernel } = layer;
      const inputs = geometry[l].channels;
      return {
        shape: flat ? [channels, inputs * kernel * kernel] : [channels, inputs, kernel, kernel],
        outputs: channels,
        ...kernelSizes(geometry[l], layer),
        fractionBits: pooled ? POOLED_FRACTION_BITS : FRACTION_BITS,
      };
    });
  }
  const { widths } = shape;
  const bits = widthBits(widths);
  return widths.slice(1).map((width, l) => ({
    shape: [width, widths[l]],
    outputs: width,
    real: [widths[l], width],
    bits: [bits[l], bits[l + 1]],
    fractionBits: FRACTION_BITS,
  }));
}

/** Weights and biases of a shape, padding aside. */
export function parameterCount(shape: ModelShape | Network): number {
  return layerTensors(shape).reduce((sum, { real, outputs }) => sum + product(real) + outputs, 0);
}

/** The real entries of a slot, in the order of its tensor. */
export function unpadded(slot: BigInt64Array, { real, bits }: Pick<LayerTensor, 'real' | 'bits'>): BigInt64Array {
  const out = new BigInt64Array(product(real));
  eachRun(real, bits, (from, to, length) => out.set(slot.subarray(from, from + length), to));
  return out;
}

/** Puts the entries of a tensor into its slot. */
export function pad(
  values: BigInt64Array,
  { real, bits }: Pick<LayerTensor, 'real' | 'bits'>,
  slot: BigInt64Array,
): void {
  eachRun(real, bits, (to, from, length) => slot.set(values.subarray(from, from + length), to));
}

/** Entries side by side in the slot and in the tensor: where both begin, and how many they are. */
function eachRun(
  real: readonly number[],
  bits: readonly number[],
  visit: (inSlot: number, inTensor: number, length: number) => void,
): void {
  const [length, ...rest] = real;
  const runs = product(rest);
  const strides = rest.map((_, t) => 2 ** bits.slice(0, t + 1).reduce((sum, count) => sum + count, 0));
  const index = rest.map(() => 0);
  let inSlot = 0;
  for (let run = 0; run < runs; run++) {
    visit(inSlot, run * length, length);
    for (let t = 0; t < rest.length; t++) {
      inSlot += strides[t];
      if (++index[t] < rest[t]) break;
      inSlot -= strides[t] * rest[t];
      index[t] = 0;
    }
  }
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, n) => all * n, 1);
}
