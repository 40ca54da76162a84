import { CapacityError } from '../../errors/CapacityError.ts';
import { InputError } from '../../errors/InputError.ts';
import { MODEL_BITS } from '../../numbers/constants.ts';
import { formatNetwork, type Network, parseNetwork } from '../network.ts';
import { modelLayout } from '../shape.ts';
import { refuseAdapters } from './adapters.ts';
import type { FloatLayer } from './floatLayer.ts';
import { type FloatNetwork, networkForward } from './floatNetwork.ts';
import { decodeFloats } from './floats.ts';
import { type MappedLayer, type MappingOptions, mapLayers } from './mapping.ts';
import { floatNetworkOf, isPictureMapping } from './networkLayers.ts';
import { mapNetwork, refuseConvolutions } from './networkMapping.ts';
import { affineOf, placeNorms, takeNorms } from './norms.ts';
import { isOnnx, readOnnx } from './onnx/onnxModel.ts';
import { type MappedSource, readSource, type SourceFile } from './source.ts';

/** A multilayer perceptron in floats: a ReLU after every layer but the last. */
export interface FloatModel {
  /** n_0..n_L. */
  widths: number[];
  layers: FloatLayer[];
}

/** A float model of either kind. */
export type AnyFloatModel = FloatModel | FloatNetwork;

export function isFloatNetwork(model: AnyFloatModel): model is FloatNetwork {
  return 'network' in model;
}

/** A float model and where each number came from. */
export interface ImportedModel<M extends AnyFloatModel = FloatModel> extends Omit<MappedSource, 'tensorOf'> {
  model: M;
}

/**
 * Reads the float weights of a multilayer perceptron from safetensors or ONNX. That the activation between layers is a
 * ReLU is not in safetensors; whoever imports another network gets another function. The graph of an ONNX model says so.
 * @param files one file; the index of safetensors files and all of them; or an ONNX model and the files of its values
 * @throws InputError when the tensors or the graph are no such network, or leave the mapping open; FileFormatError for a
 * damaged file or values that are not finite; CapacityError when the network is too large
 */
export function readFloatModel(files: readonly SourceFile[], options: MappingOptions = {}): ImportedModel {
  const { model, ...source } = readAnyFloatModel(files, options);
  if (!isFloatNetwork(model)) return { model, ...source };
  throw new InputError('The file holds a convolutional network.');
}

/** The same of a multilayer perceptron or a convolutional network. @throws as `readFloatModel` */
export function readAnyFloatModel(
  files: readonly SourceFile[],
  options: MappingOptions = {},
): ImportedModel<AnyFloatModel> {
  const { tensorOf, ...source } = isOnnx(files) ? readOnnx(files, options) : readSafetensors(files, options);
  const { mapping } = source;
  const read = (name: string) => decodeFloats(name, tensorOf(name));
  if (isPictureMapping(mapping)) return { ...source, model: floatNetworkOf(mapping, read) };
  const widths = [mapping[0].inputs, ...mapping.map(({ outputs }) => outputs)];
  // Before any value is decoded: the largest model takes 32 MB, a file may claim more.
  const { log2 } = modelLayout(widths);
  if (log2 > MODEL_BITS) throw new CapacityError('model', log2, MODEL_BITS, 'Lower the widths of the network.');
  return { ...source, model: { widths, layers: mapping.map((layer) => floatLayer(layer, read)) } };
}

function floatLayer(layer: MappedLayer, read: (tensor: string) => Float64Array): FloatLayer {
  const { orientation, inputs, outputs, weightFactor = 1, biasFactor = 1 } = layer;
  // A product of floats of at most 32 bits is exact in a double.
  const values = read(layer.weight).map((w) => w * weightFactor);
  const biases = layer.bias === undefined ? [0] : read(layer.bias).map((b) => b * biasFactor);
  const weight = orientation === 'out-in' ? values : transpose(values, inputs, outputs);
  // One number is that of every output.
  const bias = Float64Array.from({ length: outputs }, (_, i) => biases[biases.length === 1 ? 0 : i]);
  // The last normalisation of the inputs stands next to the weights: W (f x + o) + b = (W f) x + (W o + b).
  for (const norm of (layer.before ?? []).toReversed()) {
    const { factor, offset } = affineOf(norm, read);
    for (let i = 0; i < outputs; i++) {
      for (let j = 0; j < inputs; j++) {
        bias[i] += weight[i * inputs + j] * offset[j];
        weight[i * inputs + j] *= factor[j];
      }
    }
  }
  for (const norm of layer.after ?? []) {
    const { factor, offset } = affineOf(norm, read);
    for (let i = 0; i < outputs; i++) {
      for (let j = 0; j < inputs; j++) weight[i * inputs + j] *= factor[i];
      bias[i] = bias[i] * factor[i] + offset[i];
    }
  }
  return { weight, bias };
}

function readSafetensors(files: readonly SourceFile[], options: MappingOptions): MappedSource {
  const { tensors, metadata, ...hashes } = readSource(files);
  refuseAdapters(tensors.keys());
  const { place, epsilon } = options.norms ?? {};
  const { rest, norms } = takeNorms(tensors, epsilon);
  const own = options.network === undefined ? networkIn(metadata) : undefined;
  const network = options.network ?? own;
  if (network === undefined) refuseConvolutions(rest);
  const plain = network === undefined ? mapLayers(rest, options) : mapNetwork(rest, network, options);
  const mapping = place === 'none' ? plain : placeNorms(plain, norms, place);
  const used = new Set(mapping.flatMap(({ weight, bias }) => [weight, bias]));
  const unused = [...rest.keys()].filter((name) => !used.has(name));
  const left = place === 'none' ? norms.map(({ mean }) => mean!) : [];
  return {
    ...hashes,
    mapping,
    tensorOf: (name) => tensors.get(name)!,
    unused: [...unused, ...left],
    head: undefined,
    leftOut: [],
    dropped: [],
    dequantised: [],
    architecture: own && formatNetwork(own),
    statesGraph: false,
  };
}

/** The convolutional network that Descent's own exports name. */
function networkIn(metadata: ReadonlyMap<string, string>): Network | undefined {
  const text = metadata.get('shape') ?? '';
  if (metadata.get('activation') !== 'relu' || !text.includes('x')) return undefined;
  try {
    return parseNetwork(text, 'squared error');
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/**
 * The outputs of a float model on rows of inputs (row-major; pictures as a shard has them), in doubles.
 * @param onLayer is given the values that each layer makes, before the ReLU
 * @returns row-major, n_L values a row
 */
export function floatForward(
  model: AnyFloatModel,
  features: ArrayLike<number>,
  onLayer?: (layer: number, values: Float64Array) => void,
): Float64Array {
  if (isFloatNetwork(model)) return networkForward(model, features, onLayer);
  const { widths, layers } = model;
  const rows = features.length / widths[0];
  let input = Float64Array.from(features);
  layers.forEach(({ weight, bias }, l) => {
    const [inputs, outputs] = [widths[l], widths[l + 1]];
    const output = new Float64Array(rows * outputs);
    for (let r = 0; r < rows; r++) {
      for (let i = 0; i < outputs; i++) {
        let sum = bias[i];
        for (let j = 0; j < inputs; j++) sum += weight[i * inputs + j] * input[r * inputs + j];
        output[r * outputs + i] = sum;
      }
    }
    onLayer?.(l, output);
    input = l < layers.length - 1 ? output.map((x) => Math.max(x, 0)) : output;
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
