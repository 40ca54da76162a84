import { InputError } from '../../errors/InputError.ts';
import { MAX_LAYERS } from '../../numbers/constants.ts';
import { show } from '../json.ts';
import type { Network } from '../network.ts';
import type { Tensor } from '../safetensors.ts';
import type { Norm, NormOptions } from './norm.ts';
import type { PictureRead } from './pictureRead.ts';

/** `out-in`: row i holds the weights of output i (PyTorch). `in-out`: column i does (Keras, Flax, scikit-learn). */
export type Orientation = 'out-in' | 'in-out';

/** The tensors of one layer, in the order of the network. */
export interface LayerTensors {
  weight: string;
  /** Absent: all biases are 0. */
  bias?: string;
  orientation?: Orientation;
}

export interface MappedLayer {
  weight: string;
  bias: string | undefined;
  orientation: Orientation;
  inputs: number;
  outputs: number;
  /** By which the graph of an ONNX model multiplies the weight and the bias; absent: 1. */
  weightFactor?: number;
  biasFactor?: number;
  /** Batch normalisations of its inputs and of its outputs (before the ReLU), each list in the order it is applied. */
  before?: Norm[];
  after?: Norm[];
  /** Of a convolutional network: how the layer reads pictures. Inputs of a convolution are the channels that its weights have. */
  picture?: PictureRead;
}

export interface MappingOptions {
  /** Says which tensors are the layers, first to last; without it the names must tell. */
  layers?: readonly LayerTensors[];
  /** Of all weights that the mapping does not say; without it, the convention of the name. */
  orientation?: Orientation;
  /** Of batch normalisations, which a state dict does not say. */
  norms?: NormOptions;
  /** The convolutional network that a state dict holds; without it the file must say, or the network is dense. */
  network?: Network;
}

/** Which role a name gives its tensor, and whose: `fc1.weight` is the weight of `fc1`, `b_2` the bias of `2`. */
const NAME =
  /^(?<head>|.*?[./_-])(?<role>weights?|kernel|coefs?|w|bias(?:es)?|intercepts?|b)(?<tail>[._-]{0,2}\d*)(?::0)?$/i;

/** Longer names are nobody's; the pattern would take quadratic time on them. */
const MAX_NAME_LENGTH = 256;

/** Conventions that are firm enough to rely on; `W` alone means either. */
const CONVENTION: Record<string, Orientation> = {
  weight: 'out-in',
  weights: 'out-in',
  kernel: 'in-out',
  // scikit-learn: `coef_` of linear models holds a row for each output, `coefs_` of its networks a column.
  coef: 'out-in',
  coefs: 'in-out',
};

export interface Candidate {
  layer: string;
  weight: string;
  bias: string | undefined;
  /** Undefined when neither name nor caller say. */
  orientation: Orientation | undefined;
}

export type Shapes = ReadonlyMap<string, Pick<Tensor, 'shape'>>;

/**
 * Finds the layers of a multilayer perceptron among the tensors of a file.
 * @throws InputError listing the tensors when they are no such network, or when more than one reading is possible
 */
export function mapLayers(tensors: Shapes, options: MappingOptions = {}): MappedLayer[] {
  const { layers, orientation } = options;
  const candidates = candidatesOf(tensors, options);
  if (candidates.length === 0 || candidates.length > MAX_LAYERS) {
    fail(tensors, `The file has ${candidates.length} layers; a network has 1 to ${MAX_LAYERS}.`);
  }
  const orders = layers !== undefined || isNumbered(candidates) ? [candidates] : permutations(candidates);
  const readings = orders.flatMap((order) => readingsOf(order, tensors));
  if (readings.length === 1) return readings[0];
  if (readings.length > 1) fail(tensors, `The tensors can be read as a network in ${readings.length} ways.`);
  const turned = orientation === undefined && orders.some((order) => readingsOf(order, tensors, true).length > 0);
  const vector = candidates.find(({ weight }) => tensors.get(weight)?.shape.length === 1);
  if (vector !== undefined && layers === undefined) {
    fail(tensors, `${show(vector.weight)} is a vector, as of a LayerNorm or a PReLU.`, {
      hint: 'Layers here are linear, with ReLU between: train a network without it.',
    });
  }
  fail(tensors, 'The shapes of the tensors do not make a network.', {
    ...(turned && { hint: 'With weights the other way round they would: state the orientation.' }),
  });
}

/**
 * What the shapes cannot show of a mapping: a square weight fits either way round, and only the convention of its name
 * says which it is.
 * @returns square layers from 1; `all`: the whole network would fit the other way round as well
 */
export function openOrientation(mapping: readonly MappedLayer[]): { layers: number[]; all: boolean } {
  // The architecture of a convolutional network says how wide each layer is.
  if (mapping.some(({ picture }) => picture !== undefined)) {
    const isSquare = ({ inputs, outputs, picture }: MappedLayer) =>
      inputs === outputs && inputs > 1 && picture?.kind === 'dense';
    return { layers: mapping.flatMap((layer, l) => (isSquare(layer) ? [l + 1] : [])), all: false };
  }
  const layers = mapping.flatMap(({ inputs, outputs }, l) => (inputs === outputs && inputs > 1 ? [l + 1] : []));
  const fits = mapping.every(
    ({ inputs, outputs, bias }, l) =>
      (bias === undefined || inputs === outputs) && (l === 0 || mapping[l - 1].inputs === outputs),
  );
  return { layers, all: fits && mapping.some(({ inputs, outputs }) => inputs > 1 || outputs > 1) };
}

/** The layers that names or an explicit mapping tell, in the order of the names or of the mapping. */
export function candidatesOf(tensors: Shapes, { layers, orientation }: MappingOptions): Candidate[] {
  if (layers === undefined) return findCandidates(tensors, orientation);
  return layers.map((layer, l) => explicit(layer, l, tensors, orientation));
}

function findCandidates(tensors: Shapes, orientation: Orientation | undefined): Candidate[] {
  const weights = new Map<string, Candidate>();
  const biases = new Map<string, string>();
  for (const name of tensors.keys()) {
    const match = name.length > MAX_NAME_LENGTH ? undefined : NAME.exec(name)?.groups;
    if (!match) {
      fail(tensors, `The tensor ${show(name)} is neither weight nor bias of a layer by its name.`, {
        ...(/parametrizations\.|weight_(g|v|orig|mask)$/.test(name.slice(-MAX_NAME_LENGTH)) && { hint: MAKE_PLAIN }),
      });
    }
    const layer = `${match.head}${match.tail}`.replace(/[./_-]+$/, '').replace(/^[./_-]+/, '');
    const role = match.role.toLowerCase();
    if (/^(b|i)/.test(role)) {
      if (biases.has(layer)) fail(tensors, `The layer ${show(layer)} has two biases.`);
      biases.set(layer, name);
    } else {
      if (weights.has(layer)) fail(tensors, `The layer ${show(layer)} has two weights.`);
      weights.set(layer, { layer, weight: name, bias: undefined, orientation: orientation ?? CONVENTION[role] });
    }
  }
  for (const [layer, name] of biases) {
    const found = weights.get(layer);
    if (!found) fail(tensors, `The bias ${show(name)} has no weight.`);
    found.bias = name;
  }
  return [...weights.values()].sort((x, y) => compareNatural(x.layer, y.layer));
}

function explicit(
  { weight, bias, orientation }: LayerTensors,
  l: number,
  tensors: Shapes,
  fallback: Orientation | undefined,
): Candidate {
  for (const name of bias === undefined ? [weight] : [weight, bias]) {
    if (!tensors.has(name)) fail(tensors, `The mapping of layer ${l + 1} names ${show(name)}, which is not there.`);
  }
  const role = NAME.exec(weight.slice(0, MAX_NAME_LENGTH))?.groups?.role.toLowerCase() ?? '';
  return { layer: `${l + 1}`, weight, bias, orientation: orientation ?? fallback ?? CONVENTION[role] };
}

/** Whether the names differ only in numbers, so that the numbers give the order. */
export function isNumbered(candidates: readonly Candidate[]): boolean {
  return new Set(candidates.map(({ layer }) => layer.replace(/\d+/g, '#'))).size === 1;
}

/** All networks that an order of layers can mean: 0, 1, or 2 where an orientation is open. */
function readingsOf(order: readonly Candidate[], tensors: Shapes, turn = false): MappedLayer[][] {
  let readings: MappedLayer[][] = [[]];
  for (const { weight, bias, orientation } of order) {
    const shape = tensors.get(weight)!.shape;
    const biasShape = bias === undefined ? undefined : tensors.get(bias)!.shape;
    if (shape.length !== 2 || (biasShape !== undefined && biasShape.length !== 1)) return [];
    const stated = orientation === undefined ? (['out-in', 'in-out'] as const) : [orientation];
    const choices = stated.map((choice): Orientation => (turn ? (choice === 'out-in' ? 'in-out' : 'out-in') : choice));
    readings = readings.flatMap((before) =>
      choices.flatMap((choice) => {
        const [outputs, inputs] = choice === 'out-in' ? shape : [shape[1], shape[0]];
        const fits =
          (biasShape === undefined || biasShape[0] === outputs) &&
          (before.length === 0 || before[before.length - 1].outputs === inputs) &&
          // One file has one orientation: mixed ones are only read when the names or the mapping say so.
          (orientation !== undefined || before.every((layer) => layer.orientation === choice));
        return fits ? [[...before, { weight, bias, orientation: choice, inputs, outputs }]] : [];
      }),
    );
  }
  return readings;
}

export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, k) => permutations(items.toSpliced(k, 1)).map((rest) => [item, ...rest]));
}

/** Numbers inside names compare as numbers: `layers.2` before `layers.10`. */
function compareNatural(x: string, y: string): number {
  const [a, b] = [x, y].map((text) => text.split(/(\d+)/));
  for (let k = 0; k < Math.min(a.length, b.length); k++) {
    const difference = k % 2 === 1 ? Number(a[k]) - Number(b[k]) : 0;
    if (difference !== 0) return difference;
    if (a[k] !== b[k]) return a[k] < b[k] ? -1 : 1;
  }
  return a.length - b.length;
}

const MAKE_PLAIN =
  'Make the weights plain first (torch.nn.utils.parametrize.remove_parametrizations, remove_weight_norm, prune.remove), then save.';
const MAP_HINT = 'Say which tensors are the layers, first to last, with an explicit mapping (--layers).';

export function fail(tensors: Shapes, message: string, { hint = MAP_HINT } = {}): never {
  const names = [...tensors].slice(0, 40).map(([name, { shape }]) => `${show(name)} [${shape}]`);
  const more = tensors.size > names.length ? ` and ${tensors.size - names.length} more` : '';
  throw new InputError(message, {
    details: `The file has ${names.length === 0 ? 'no tensors' : names.join(', ')}${more}.`,
    hint,
  });
}
