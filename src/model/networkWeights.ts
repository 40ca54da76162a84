import { InputError } from '../errors/InputError.ts';
import { FRACTION_BITS, POOLED_FRACTION_BITS, WEIGHT_LIMIT_BITS } from '../numbers/constants.ts';
import { checkFit, type Head } from './head.ts';
import { encodeNetwork, formatNetwork, type LayerGeometry, type Network, networkGeometry } from './network.ts';
import { checkSalt } from './salt.ts';
import { checkSchema, pictureOf, type Schema, schemaShape } from './schema.ts';
import type { ModelShape } from './shape.ts';
import type { LayerWeights, Weights } from './weights.ts';

/** A convolutional network in memory (protocol section 12): everything its commitment opens to. */
export interface NetworkWeights {
  network: Network;
  /**
   * layers[l - 1] is layer l of the network. W is the whole slot, W[i, c, dy, dx] with dx lowest, 2^(2 d + c_(l-1) + c_l) entries; b has
   * 2^c_l; f fraction bits, of a layer that reads pooled pictures f - 2; padding is 0.
   */
  layers: LayerWeights[];
  /** Element of F. */
  salt: bigint;
  /** What inputs and outputs mean, as of `Weights`. */
  schema?: Schema;
}

/** A model of either kind. */
export type AnyWeights = Weights | NetworkWeights;

export function isNetworkWeights(weights: AnyWeights): weights is NetworkWeights {
  return 'network' in weights;
}

/** The shape of a model of either kind. */
export function shapeOf(weights: AnyWeights): ModelShape | Network {
  return isNetworkWeights(weights) ? weights.network : weights;
}

export function headOf(weights: AnyWeights): Head {
  return shapeOf(weights).head;
}

/** The shape as people write it: 49-32-10 or 28x28x1-c8k5s2p2-10. */
export function shapeText(weights: AnyWeights): string {
  return isNetworkWeights(weights) ? formatNetwork(weights.network) : weights.widths.join('-');
}

/** Inputs and outputs of a shard that a model reads: of a network all pixels of the padded pictures. */
export function modelSides(weights: AnyWeights): { inputs: number; outputs: number } {
  if (isNetworkWeights(weights)) return networkSides(weights.network);
  return { inputs: weights.widths[0], outputs: weights.widths[weights.widths.length - 1] };
}

/** As `modelSides`. @throws InputError as `networkGeometry` */
export function networkSides(network: Network): { inputs: number; outputs: number } {
  const layers = networkGeometry(network);
  const { channels, logs } = layers[0];
  return { inputs: channels * 4 ** logs.side, outputs: layers[layers.length - 1].channels };
}

/** Layers 0..L of a network, 0 the input, without the circuit's absent ones. @throws InputError as `networkGeometry` */
export function presentLayers(network: Network): LayerGeometry[] {
  const layers = networkGeometry(network);
  return layers.slice(layers.length - 1 - network.layers.length);
}

/** Real and padded sizes of W[i, c, dy, dx], lowest index first. */
export function kernelSizes(before: LayerGeometry, layer: LayerGeometry): { real: number[]; bits: number[] } {
  const { channels, kernel, logs } = layer;
  return {
    real: [kernel, kernel, before.channels, channels],
    bits: [logs.kernel, logs.kernel, before.logs.channels, logs.channels],
  };
}

/** All weights 0. @throws InputError as `networkGeometry` */
export function zeroNetworkWeights(network: Network, salt: bigint): NetworkWeights {
  checkSalt(salt);
  const geometry = presentLayers(network);
  return {
    network,
    layers: geometry.slice(1).map((layer, l) => {
      const { bits } = kernelSizes(geometry[l], layer);
      const log2 = bits.reduce((sum, count) => sum + count, 0);
      return { W: new BigInt64Array(2 ** log2), b: new BigInt64Array(2 ** layer.logs.channels) };
    }),
    salt,
  };
}

/**
 * Checks the network, array sizes, the schema, zero padding (of taps too) and -2^47 <= w < 2^47 of every weight and bias.
 * @throws InputError naming layer and index
 */
export function checkNetworkWeights({ network, layers, salt, schema }: NetworkWeights): void {
  const geometry = presentLayers(network);
  encodeNetwork(network);
  checkSalt(salt);
  if (schema !== undefined) checkNetworkSchema(network, schema);
  if (layers.length !== geometry.length - 1) {
    throw new InputError(`A network of ${geometry.length - 1} layers has ${layers.length} weight tensors.`);
  }
  layers.forEach(({ W, b }, l) => {
    const { real, bits } = kernelSizes(geometry[l], geometry[l + 1]);
    const size = 2 ** bits.reduce((sum, count) => sum + count, 0);
    if (W.length !== size || b.length !== 2 ** bits[3]) {
      throw new InputError(`Layer ${l + 1} has arrays of ${W.length} and ${b.length} entries, not the padded sizes.`);
    }
    const fractionBits = geometry[l + 1].pooled ? POOLED_FRACTION_BITS : FRACTION_BITS;
    checkTensor(
      W,
      { real, bits, fractionBits },
      (index) => `Weight [${[...index].reverse().join(', ')}] of layer ${l + 1}`,
    );
    const biases = { real: [real[3]], bits: [bits[3]], fractionBits: FRACTION_BITS };
    checkTensor(b, biases, (index) => `Bias [${index[0]}] of layer ${l + 1}`);
  });
}

function checkNetworkSchema(network: Network, schema: Schema): void {
  checkSchema(schema);
  checkFit(network.head, schema.kind);
  checkPictures(network, schema);
  const said = schemaShape(schema);
  const own = networkSides(network);
  if (said.inputs === own.inputs && said.outputs === own.outputs) return;
  throw new InputError(
    `The schema is of ${said.inputs} inputs and ${said.outputs} outputs; ${formatNetwork(network)} has ${own.inputs} and ${own.outputs}.`,
  );
}

/** @throws InputError where a schema says that rows are other pictures than those a network reads */
export function checkPictures({ side, channels }: Network, schema: Schema | undefined): void {
  const picture = schema && pictureOf(schema);
  if (picture === undefined || (picture.side === side && picture.channels === channels)) return;
  const { side: own, channels: their } = picture;
  throw new InputError(
    `The rows are pictures of ${own}x${own}x${their}; the network reads ${side}x${side}x${channels}.`,
  );
}

/** Checks every entry of a tensor by its two 32-bit halves. */
function checkTensor(
  tensor: BigInt64Array,
  { real, bits, fractionBits }: { real: readonly number[]; bits: readonly number[]; fractionBits: number },
  name: (index: number[]) => string,
): void {
  const words = new Int32Array(tensor.buffer, tensor.byteOffset, 2 * tensor.length);
  const limit = 2 ** (WEIGHT_LIMIT_BITS - 32);
  for (let x = 0; x < tensor.length; x++) {
    const high = words[2 * x + 1];
    if (high === 0 && words[2 * x] === 0) continue;
    const isReal = isRealEntry(x, real, bits);
    if (isReal && high >= -limit && high < limit) continue;
    const index = indexOf(x, bits);
    if (!isReal) throw new InputError(`${name(index)} is padding and must be 0, not ${tensor[x]}.`);
    const most = 2 ** (WEIGHT_LIMIT_BITS - fractionBits);
    throw new InputError(
      `${name(index)} is ${Number(tensor[x]) / 2 ** fractionBits}; weights lie in [-${most}, ${most}).`,
    );
  }
}

/** Whether every index of a flat index, lowest first, is below its real size. */
export function isRealEntry(x: number, real: readonly number[], bits: readonly number[]): boolean {
  for (let t = 0, rest = x; t < bits.length; t++) {
    if ((rest & (2 ** bits[t] - 1)) >= real[t]) return false;
    rest >>>= bits[t];
  }
  return true;
}

function indexOf(x: number, bits: readonly number[]): number[] {
  let rest = x;
  return bits.map((count) => {
    const index = rest & (2 ** count - 1);
    rest >>>= count;
    return index;
  });
}
