// Layers of files as layers of a convolutional network: kernels that are narrower, dilated, in groups or padded on one side
// become square ones of the protocol with zeros in them, and normalisations become part of the weights.
import { CapacityError } from '../../errors/CapacityError.ts';
import { InputError } from '../../errors/InputError.ts';
import { MODEL_BITS } from '../../numbers/constants.ts';
import { show } from '../json.ts';
import { MAX_KERNEL, type Network, type NetworkLayer, networkGeometry, networkLayout } from '../network.ts';
import { rawPlaces } from '../pictures.ts';
import type { FloatLayer } from './floatLayer.ts';
import type { FloatNetwork } from './floatNetwork.ts';
import type { MappedLayer } from './mapping.ts';
import type { Norm } from './norm.ts';
import { affineOf } from './norms.ts';
import { type Convolution, madeSides, type PictureRead, spanOf } from './pictureRead.ts';

const MAX_PADDING = 3;
/** Of a kernel beyond its padding (protocol section 12). */
const MAX_BEYOND = 5;

type ReadTensor = (name: string) => Float64Array;

/** A mapped layer of a convolutional network. */
type PictureLayer = MappedLayer & { picture: PictureRead };

export function isPictureMapping(mapping: readonly MappedLayer[]): mapping is PictureLayer[] {
  return mapping.some(({ picture }) => picture !== undefined);
}

/**
 * The network that layers of a file make, and its weights in doubles.
 * @param read gives the values of a tensor
 * @throws InputError for a layer that the protocol does not have; CapacityError for a network that is too large
 */
export function floatNetworkOf(mapping: readonly PictureLayer[], read: ReadTensor): FloatNetwork {
  const plans = mapping.map((layer, l) => planOf(layer, l === 0));
  const [{ channels, side, pooled }] = mapping.map(({ picture }) => picture);
  const layers = plans.map(({ layer }) => layer);
  const network: Network = { channels, side: pooled ? 2 * side : side, layers, head: 'squared error' };
  networkGeometry(network);
  // Before any value is decoded.
  const { log2 } = networkLayout(network);
  if (log2 > MODEL_BITS) throw new CapacityError('model', log2, MODEL_BITS, 'Lower the channels of the network.');
  return { network, layers: mapping.map((layer, l) => layerOf(layer, plans[l], read)) };
}

/** What becomes of a layer. */
interface Plan {
  layer: NetworkLayer;
  /** Of a convolution: where its first weight stands in the weights of the layer, in lines and columns. */
  first: readonly [number, number];
}

/** A square kernel and where in it the first weight of a convolution stands. */
interface Square {
  kernel: number;
  padding: number;
  shift: readonly [number, number];
}

function planOf({ weight, outputs, picture }: PictureLayer, isFirst: boolean): Plan {
  const { side, pooled } = picture;
  const more = pooled ? { pooled } : {};
  if (picture.kind === 'dense') return { layer: { channels: outputs, flat: true, ...more }, first: [0, 0] };
  const { kernel, padding, shift } = requireSquare(`The convolution with the weights ${show(weight)}`, side, picture);
  const isWhole = (kernel === side && padding === 0) || (side === 1 && madeSides(side, picture)[0] === 1);
  // A dense layer; of a kernel that is wider than one pixel all but the middle reads zeros.
  const first = shift.map((a) => a - padding) as [number, number];
  if (isWhole && !isFirst) return { layer: { channels: outputs, flat: true, ...more }, first };
  const stride = picture.stride[0] as 1 | 2;
  return { layer: { channels: outputs, kernel, stride, padding, ...more }, first: shift };
}

/**
 * The narrowest square kernel of the protocol that can do what a convolution does, with zeros around its weights.
 * @returns undefined where there is none
 */
function squareKernel(side: number, convolution: Convolution): Square | undefined {
  const { stride, pads } = convolution;
  const span = spanOf(convolution);
  const [lines, columns] = madeSides(side, convolution);
  if (stride[0] !== stride[1] || stride[0] > 2 || lines !== columns || lines < 1) return undefined;
  for (let kernel = Math.max(...span); kernel <= MAX_KERNEL; kernel++) {
    for (let padding = Math.max(0, kernel - MAX_BEYOND); padding <= Math.min(MAX_PADDING, kernel - 1); padding++) {
      const shift = [padding - pads[0], padding - pads[1]] as const;
      const fits = shift.every((a, axis) => a >= 0 && a + span[axis] <= kernel);
      if (fits && Math.floor((side + 2 * padding - kernel) / stride[0]) + 1 === lines)
        return { kernel, padding, shift };
    }
  }
  return undefined;
}

/**
 * The square kernel of a convolution.
 * @param what it is called, at the beginning of a sentence
 * @throws InputError where the protocol has none that does the same
 */
export function requireSquare(what: string, side: number, convolution: Convolution): Square {
  const square = squareKernel(side, convolution);
  if (square !== undefined) return square;
  const { kernel, stride, pads, dilation } = convolution;
  const [lines, columns] = madeSides(side, convolution);
  const said = [
    `a kernel of ${kernel.join('x')}`,
    ...(dilation.some((d) => d !== 1) ? [`a dilation of ${dilation.join(' and ')}`] : []),
    `a stride of ${[...new Set(stride)].join(' and ')}`,
    `a padding of ${[...new Set(pads)].join(', ')}`,
  ];
  throw new InputError(
    `${what} has ${said.join(', ')} on pictures of ${side}x${side}, which makes ${lines}x${columns}.`,
    {
      hint: `Kernels have at most ${MAX_KERNEL}x${MAX_KERNEL} pixels, strides are 1 or 2, the padding is at most ${MAX_PADDING} and the kernel at most ${MAX_BEYOND} wider; pictures stay square.`,
      docs: 'protocol-convolutions.md',
    },
  );
}

function layerOf(mapped: PictureLayer, plan: Plan, read: ReadTensor): FloatLayer {
  const { outputs, biasFactor = 1, bias, after = [] } = mapped;
  const biases = bias === undefined ? [0] : read(bias).map((b) => b * biasFactor);
  // One number is that of every output.
  const made: FloatLayer = {
    weight: mapped.picture.kind === 'dense' ? rowsOfDense(mapped, read) : kernels(mapped, mapped.picture, read),
    bias: Float64Array.from({ length: outputs }, (_, i) => biases[biases.length === 1 ? 0 : i]),
  };
  foldBefore(made, mapped, read);
  const inputs = made.weight.length / outputs;
  for (const norm of after) {
    const { factor, offset } = affineOf(norm, read);
    for (let i = 0; i < outputs; i++) {
      for (let j = 0; j < inputs; j++) made.weight[i * inputs + j] *= factor[i];
      made.bias[i] = made.bias[i] * factor[i] + offset[i];
    }
  }
  const { picture } = mapped;
  if (picture.kind === 'dense') return { ...made, weight: inPixels(made.weight, picture, outputs) };
  return { ...made, weight: squared(made.weight, mapped, picture, plan) };
}

/** The weights of a dense layer, [outputs, features] in the order of the file. */
function rowsOfDense({ weight, orientation, inputs, outputs, weightFactor = 1 }: MappedLayer, read: ReadTensor) {
  const values = read(weight).map((w) => w * weightFactor);
  if (orientation === 'out-in') return values;
  return Float64Array.from(values, (_, k) => values[(k % inputs) * outputs + Math.floor(k / inputs)]);
}

/** The weights of a convolution, [outputs, channels, lines, columns], with zeros between groups. */
function kernels(
  { weight, orientation, outputs, weightFactor = 1 }: MappedLayer,
  { channels, kernel, groups }: PictureRead & Convolution,
  read: ReadTensor,
): Float64Array {
  const values = read(weight);
  const [pixels, own] = [kernel[0] * kernel[1], channels / groups];
  const out = new Float64Array(outputs * channels * pixels);
  for (let i = 0; i < outputs; i++) {
    const first = Math.floor((i * groups) / outputs) * own;
    for (let c = 0; c < own; c++) {
      for (let k = 0; k < pixels; k++) {
        // Keras has [lines, columns, channels, outputs].
        const from = orientation === 'out-in' ? (i * own + c) * pixels + k : (k * own + c) * outputs + i;
        out[(i * channels + first + c) * pixels + k] = values[from] * weightFactor;
      }
    }
  }
  return out;
}

/** Normalisations of the inputs: W (f x + o) + b = (W f) x + (W o + b), the last one first. */
function foldBefore(made: FloatLayer, { before = [], outputs, picture }: PictureLayer, read: ReadTensor): void {
  const inputs = made.weight.length / outputs;
  for (const norm of before.toReversed()) {
    const { factor, offset } = affineOf(norm, read);
    if (picture.kind === 'convolution') requireNoOffset(norm, offset, picture);
    const place = placeOf(picture, inputs, factor.length);
    for (let i = 0; i < outputs; i++) {
      for (let j = 0; j < inputs; j++) {
        made.bias[i] += made.weight[i * inputs + j] * offset[place(j)];
        made.weight[i * inputs + j] *= factor[place(j)];
      }
    }
  }
}

/** Zeros around a picture are not normalised with it, so that an offset cannot become a bias there. */
function requireNoOffset({ name }: Norm, offset: Float64Array, { pads }: Convolution): void {
  if (pads.every((p) => p === 0) || offset.every((o) => o === 0)) return;
  throw new InputError(`The normalisation ${show(name)} comes before a convolution with padding.`, {
    hint: 'Its offset does not reach the padding, so it is no part of the weights: put it behind the convolution.',
  });
}

/** The number of a normalisation that is of input j: one for each feature, or one for each channel. */
function placeOf(picture: PictureRead, inputs: number, numbers: number): (j: number) => number {
  if (numbers === inputs) return (j) => j;
  const pixels = inputs / picture.channels;
  if (picture.kind === 'dense' && picture.order === 'HWC') return (j) => j % picture.channels;
  return (j) => Math.floor(j / pixels);
}

/** The weights of a dense layer for each pixel of what it reads, in the order (channel, line, column). */
function inPixels(weight: Float64Array, picture: PictureRead, outputs: number): Float64Array {
  if (picture.kind !== 'dense') return weight;
  const { side, channels, order, averaged } = picture;
  const pixels = side * side;
  const inputs = weight.length / outputs;
  if (averaged) {
    const share = (k: number) =>
      weight[Math.floor(k / (channels * pixels)) * inputs + (Math.floor(k / pixels) % channels)];
    return Float64Array.from({ length: outputs * channels * pixels }, (_, k) => share(k) / pixels);
  }
  if (order === 'CHW') return weight;
  const places = rawPlaces({ side, channels, order });
  return Float64Array.from(weight, (_, k) => weight[Math.floor(k / inputs) * inputs + places[k % inputs]]);
}

/** Kernels of the network, with zeros where the file has no weights. */
function squared(
  weight: Float64Array,
  { outputs }: MappedLayer,
  { channels, kernel, dilation, side }: PictureRead & Convolution,
  { layer, first }: Plan,
): Float64Array {
  const wide = layer.flat ? side : (layer.kernel ?? 0);
  const out = new Float64Array(outputs * channels * wide * wide);
  for (let p = 0; p < outputs * channels; p++) {
    for (let y = 0; y < kernel[0]; y++) {
      for (let x = 0; x < kernel[1]; x++) {
        const [to, at] = [y * dilation[0] + first[0], x * dilation[1] + first[1]];
        const isInside = to >= 0 && at >= 0 && to < wide && at < wide;
        if (isInside) out[(p * wide + to) * wide + at] = weight[(p * kernel[0] + y) * kernel[1] + x];
      }
    }
  }
  return out;
}
