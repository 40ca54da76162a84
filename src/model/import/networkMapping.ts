import { InputError } from '../../errors/InputError.ts';
import { show } from '../json.ts';
import { layerTensors } from '../layerTensors.ts';
import { formatNetwork, type Network } from '../network.ts';
import { presentLayers } from '../networkWeights.ts';
import {
  type Candidate,
  candidatesOf,
  fail,
  isNumbered,
  type MappedLayer,
  type MappingOptions,
  type Orientation,
  permutations,
  type Shapes,
} from './mapping.ts';
import type { PictureRead } from './pictureRead.ts';

/** A layer of a network, and the shapes in which files have its weights. */
interface Wanted {
  picture: PictureRead;
  outputs: number;
  /** by orientation: PyTorch, and Keras */
  shapes: Record<Orientation, number[]>;
}

/**
 * Finds the layers of a convolutional network among the tensors of a file, which has neither strides nor padding nor the
 * order of the layers. Dense weights behind pictures are of pixels in the order (channel, line, column) where the weights are
 * [outputs, inputs] (PyTorch), in the order (line, column, channel) where they are [inputs, outputs] (Keras).
 * @throws InputError listing the tensors where they are no such network, or one in more than one way
 */
export function mapNetwork(tensors: Shapes, network: Network, options: MappingOptions = {}): MappedLayer[] {
  const candidates = candidatesOf(tensors, options);
  const wanted = wantedOf(network);
  const text = formatNetwork(network);
  if (candidates.length !== wanted.length) {
    fail(tensors, `The file has ${candidates.length} layers; ${text} has ${wanted.length}.`, { hint: OTHER });
  }
  const isOrdered = options.layers !== undefined || isNumbered(candidates);
  const orders = isOrdered ? [candidates] : permutations(candidates);
  const readings = orders.flatMap((order) => readingsOf(order, wanted, tensors));
  if (readings.length === 1) return readings[0];
  if (readings.length > 1) fail(tensors, `The tensors can be read as ${text} in ${readings.length} ways.`);
  fail(tensors, firstMisfit(orders[0], wanted, tensors, text), { hint: OTHER });
}

const OTHER =
  'Give the network that the file holds with --architecture, first to last: side x side x channels, cNkKsSpP, a2, widths.';

/** @throws InputError where tensors are of convolutions, which a state dict does not put together */
export function refuseConvolutions(tensors: Shapes): void {
  const found = [...tensors].find(([, { shape }]) => shape.length === 4);
  if (found === undefined) return;
  throw new InputError(`The tensor ${show(found[0])} [${found[1].shape}] is of a convolution.`, {
    hint: 'A state dict has no strides and no padding: give --architecture 28x28x1-c8k5s2p2-a2-64-10, for example, or the network as ONNX.',
  });
}

function wantedOf(network: Network): Wanted[] {
  const geometry = presentLayers(network);
  const tensors = layerTensors(network);
  return geometry.slice(1).map((layer, l) => {
    const { channels } = geometry[l];
    const { kernel, stride, padding, read: side, pooled, flat, channels: outputs } = layer;
    const [, ...inputs] = tensors[l].shape;
    const about = { channels, side, pooled };
    if (flat) {
      const picture: PictureRead = { kind: 'dense', order: 'CHW', averaged: false, ...about };
      return { picture, outputs, shapes: { 'out-in': [outputs, ...inputs], 'in-out': [...inputs, outputs] } };
    }
    const pads = [padding, padding, padding, padding] as const;
    const size = [kernel, kernel] as const;
    const picture: PictureRead = {
      kind: 'convolution',
      kernel: size,
      stride: [stride, stride],
      pads,
      dilation: [1, 1],
      groups: 1,
      ...about,
    };
    const shapes = { 'out-in': [outputs, channels, ...size], 'in-out': [...size, channels, outputs] };
    return { picture, outputs, shapes };
  });
}

/** All ways in which tensors in an order are the layers of a network: one orientation for those that do not say theirs. */
function readingsOf(order: readonly Candidate[], wanted: readonly Wanted[], tensors: Shapes): MappedLayer[][] {
  const made = (['out-in', 'in-out'] as const).map((open) => {
    const layers = order.map((candidate, l) => layerOf(candidate, wanted[l], candidate.orientation ?? open, tensors));
    return layers.every((layer) => layer !== undefined) ? layers : undefined;
  });
  const isStated = order.every(({ orientation }) => orientation !== undefined);
  return (isStated ? made.slice(0, 1) : made).filter((layers) => layers !== undefined);
}

function layerOf(
  { weight, bias }: Candidate,
  { picture, outputs, shapes }: Wanted,
  orientation: Orientation,
  tensors: Shapes,
): MappedLayer | undefined {
  const { shape } = tensors.get(weight)!;
  const vector = bias === undefined ? undefined : tensors.get(bias)!.shape;
  const fits = `${shape}` === `${shapes[orientation]}` && (vector === undefined || `${vector}` === `${[outputs]}`);
  if (!fits) return undefined;
  const inputs = picture.kind === 'dense' ? shape[orientation === 'out-in' ? 1 : 0] : picture.channels;
  const own: PictureRead =
    picture.kind === 'dense' && orientation === 'in-out' ? { ...picture, order: 'HWC' } : picture;
  return { weight, bias, orientation, inputs, outputs, picture: own };
}

/** The first layer of an order that does not fit, in words. */
function firstMisfit(order: readonly Candidate[], wanted: readonly Wanted[], tensors: Shapes, text: string): string {
  const at = order.findIndex(({ orientation, ...candidate }, l) =>
    (['out-in', 'in-out'] as const).every(
      (open) => layerOf({ orientation, ...candidate }, wanted[l], orientation ?? open, tensors) === undefined,
    ),
  );
  if (at < 0) return `The tensors have no common orientation as ${text}.`;
  const { weight, orientation = 'out-in' } = order[at];
  const { shape } = tensors.get(weight)!;
  return `Layer ${at + 1} of ${text} has weights of [${wanted[at].shapes[orientation]}]; ${show(weight)} has [${shape}].`;
}
