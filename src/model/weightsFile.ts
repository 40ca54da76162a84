import { CapacityError } from '../errors/CapacityError.ts';
import { FileFormatError } from '../errors/FileFormatError.ts';
import { InputError } from '../errors/InputError.ts';
import { FRACTION_BITS, MODEL_BITS, POOLED_FRACTION_BITS } from '../numbers/constants.ts';
import { bytesOfFloats, floatLayers } from './export/floatLayers.ts';
import { checkHead, type Head } from './head.ts';
import { show } from './json.ts';
import { layerTensors, pad, unpadded } from './layerTensors.ts';
import { formatNetwork, type Network, networkLayout, parseNetwork } from './network.ts';
import {
  type AnyWeights,
  checkNetworkWeights,
  headOf,
  isNetworkWeights,
  shapeOf,
  shapeText,
  zeroNetworkWeights,
} from './networkWeights.ts';
import {
  expectFormat,
  readTensors,
  refuseOtherTensors,
  type Tensor,
  type TensorFile,
  takeMetadata,
  takeTensor,
  writeTensors,
} from './safetensors.ts';
import { formatSalt, parseSalt } from './salt.ts';
import { formatSchema, parseSchema } from './schema.ts';
import { modelLayout, parseWidths } from './shape.ts';
import { checkWeights, type Weights, zeroWeights } from './weights.ts';

export const WEIGHTS_FORMAT = 'descent-weights/1';

/**
 * A safetensors file with I64 tensors `layer1.weight` [n_1, n_0], `layer1.bias` [n_1], .. (real sizes, f fraction bits)
 * and metadata format, shape (as 49-32-10), salt, fraction_bits, head unless it is squared error and, where it is known,
 * schema (its text). The weights of a convolution are [outputs, inputs, lines, columns], those of a dense layer behind
 * pictures [outputs, features] with the features in the order (channel, line, column); its shape is what `formatNetwork`
 * writes. Where layers read averages, the metadata says with `fraction_bits_pooled` how many their weights have. The same
 * weights give the same bytes. The file holds the salt: whoever has it can recompute the commitment.
 * @throws InputError when the weights break their ranges.
 */
export function writeWeights(weights: AnyWeights): Uint8Array<ArrayBuffer> {
  checkAny(weights);
  const tensors = new Map<string, Tensor>();
  const layers = layerTensors(shapeOf(weights));
  for (const [l, layer] of layers.entries()) {
    const { W, b } = weights.layers[l];
    const { shape, outputs } = layer;
    tensors.set(`layer${l + 1}.weight`, { dtype: 'I64', shape, data: bytesOf(unpadded(W, layer)) });
    tensors.set(`layer${l + 1}.bias`, { dtype: 'I64', shape: [outputs], data: bytesOf(b.slice(0, outputs)) });
  }
  const head = headOf(weights);
  const isPooled = layers.some(({ fractionBits }) => fractionBits !== FRACTION_BITS);
  const metadata = new Map([
    ['format', WEIGHTS_FORMAT],
    ['shape', shapeText(weights)],
    ['salt', formatSalt(weights.salt)],
    ['fraction_bits', `${FRACTION_BITS}`],
    ...(isPooled ? [['fraction_bits_pooled', `${POOLED_FRACTION_BITS}`] as const] : []),
    ...(head === 'squared error' ? [] : [['head', head] as const]),
    ...(weights.schema === undefined ? [] : [['schema', formatSchema(weights.schema)] as const]),
  ]);
  return writeTensors({ tensors, metadata });
}

/** A model of either kind. @throws FileFormatError for anything but what `writeWeights` could have written. */
export function readModel(bytes: Uint8Array): AnyWeights {
  const file = readTensors(bytes);
  expectFormat(file, WEIGHTS_FORMAT);
  requireFraction('weights', takeMetadata(file, 'fraction_bits'), FRACTION_BITS);
  try {
    const weights = emptyModel(file);
    const layers = layerTensors(shapeOf(weights));
    requirePooled(
      file,
      layers.some(({ fractionBits }) => fractionBits !== FRACTION_BITS),
    );
    const names: string[] = [];
    for (const [l, layer] of layers.entries()) {
      const { W, b } = weights.layers[l];
      const [weight, bias] = [`layer${l + 1}.weight`, `layer${l + 1}.bias`];
      names.push(weight, bias);
      pad(int64s(takeTensor(file, weight, 'I64', layer.shape)), layer, W);
      b.set(int64s(takeTensor(file, bias, 'I64', [layer.outputs])));
    }
    refuseOtherTensors(file, names);
    const schema = file.metadata.get('schema');
    if (schema !== undefined) weights.schema = parseSchema(schema);
    checkAny(weights);
    return weights;
  } catch (error) {
    if (error instanceof InputError || error instanceof CapacityError) {
      throw new FileFormatError('The weights file holds an impossible model.', { cause: error });
    }
    throw error;
  }
}

/** A model of dense layers. @throws FileFormatError as `readModel`, and for a convolutional network */
export function readWeights(bytes: Uint8Array): Weights {
  const weights = readModel(bytes);
  if (!isNetworkWeights(weights)) return weights;
  throw new FileFormatError(`The file holds the convolutional network ${shapeText(weights)}.`);
}

/** All weights 0, of the shape that the file names. */
function emptyModel(file: TensorFile): AnyWeights {
  const text = takeMetadata(file, 'shape');
  const head = headIn(file);
  const salt = parseSalt(takeMetadata(file, 'salt'));
  if (!text.includes('x')) {
    const widths = parseWidths(text);
    requireCapacity(modelLayout(widths).log2, 'Lower the widths of the network.');
    return zeroWeights({ widths, head }, salt);
  }
  const network: Network = parseNetwork(text, head);
  if (formatNetwork(network) !== text) {
    throw new FileFormatError(`The shape ${show(text)} is not written in its one form, ${formatNetwork(network)}.`);
  }
  requireCapacity(networkLayout(network).log2, 'Lower the channels of the network.');
  return zeroNetworkWeights(network, salt);
}

function requireCapacity(log2: number, hint: string): void {
  if (log2 > MODEL_BITS) throw new CapacityError('model', log2, MODEL_BITS, hint);
}

function requireFraction(what: string, found: string, expected: number): void {
  if (found === `${expected}`) return;
  throw new FileFormatError(`The ${what} have ${show(found)} fraction bits, expected ${expected}.`);
}

/** What is said of layers that read averages is said where there are any. */
function requirePooled(file: TensorFile, isPooled: boolean): void {
  const key = 'fraction_bits_pooled';
  if (isPooled) requireFraction('weights of layers that read averages', takeMetadata(file, key), POOLED_FRACTION_BITS);
  else if (file.metadata.has(key)) throw new FileFormatError(`The metadata has ${key}, and no layer reads averages.`);
}

function checkAny(weights: AnyWeights): void {
  if (isNetworkWeights(weights)) checkNetworkWeights(weights);
  else checkWeights(weights);
}

/**
 * The same model as a float32 safetensors file (rounded to the nearest float), for use outside Descent: tensors of the
 * names and shapes of `writeWeights`, with a ReLU between layers; the weights of a layer that reads averages are those of
 * the averages. No salt.
 * @param more of the metadata
 */
export function exportFloatWeights(
  weights: AnyWeights,
  more: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, Tensor>();
  floatLayers(weights).forEach(({ weight, bias, shape, outputs }, l) => {
    tensors.set(`layer${l + 1}.weight`, { dtype: 'F32', shape, data: bytesOfFloats(weight) });
    tensors.set(`layer${l + 1}.bias`, { dtype: 'F32', shape: [outputs], data: bytesOfFloats(bias) });
  });
  // "pt" is what loaders of the safetensors ecosystem expect for plain row-major tensors.
  const own = { format: 'pt', shape: shapeText(weights), activation: 'relu' };
  return writeTensors({ tensors, metadata: new Map(Object.entries({ ...more, ...own })) });
}

/** Files say nothing of squared error: before there were other heads, all were of it. */
function headIn({ metadata }: TensorFile): Head {
  const head = metadata.get('head');
  if (head === undefined) return 'squared error';
  if (head === 'squared error')
    throw new FileFormatError('The weights file names squared error, which goes without saying.');
  checkHead(head);
  return head;
}

/** Every platform JavaScript runs on today is little-endian, as safetensors is. */
function bytesOf(array: BigInt64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** A copy, because a tensor may start at any byte of the file. */
function int64s(tensor: Tensor): BigInt64Array {
  return new BigInt64Array(new Uint8Array(tensor.data).buffer);
}
