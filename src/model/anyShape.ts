// Shapes of models of either kind: multilayer perceptrons and convolutional networks.
import { InputError } from '../errors/InputError.ts';
import { MAX_LAYERS, POOLED_RATE } from '../numbers/constants.ts';
import type { Head } from './head.ts';
import type { Layout } from './layout.ts';
import {
  decodeNetwork,
  encodeNetwork,
  formatNetwork,
  isNetwork,
  NETWORK_LAYERS,
  type Network,
  networkLayout,
  networkLayoutWords,
  parseNetwork,
} from './network.ts';
import { networkSides, presentLayers } from './networkWeights.ts';
import { decodeShape, encodeShape, type ModelShape, modelLayout, parseWidths } from './shape.ts';

/** What the public descriptor `shape` says of a model: widths of a perceptron (protocol section 1), or a network (section 12). */
export type AnyShape = ModelShape | Network;

export function isNetworkShape(shape: AnyShape): shape is Network {
  return 'side' in shape;
}

/** The descriptor. @throws InputError for a shape that the protocol does not have */
export function encodeAnyShape(shape: AnyShape): bigint {
  return isNetworkShape(shape) ? encodeNetwork(shape) : encodeShape(shape);
}

/** @throws InputError unless the descriptor is exactly what `encodeAnyShape` gives for its shape */
export function decodeAnyShape(descriptor: bigint): AnyShape & { head: Head } {
  return isNetwork(descriptor) ? decodeNetwork(descriptor) : decodeShape(descriptor);
}

/** A shape as people write it and as trainers sign it, without the head: 784-128-10 or 28x28x1-c8k5s2p2-10. */
export function formatShape(shape: AnyShape): string {
  return isNetworkShape(shape) ? formatNetwork(shape) : shape.widths.join('-');
}

/** The inverse of `formatShape`. @throws InputError for anything else */
export function parseShape(text: string, head: Head): AnyShape {
  return text.includes('x') ? parseNetwork(text, head) : { widths: parseWidths(text), head };
}

/** Inputs and outputs of a shard that a model reads. @throws InputError as `encodeAnyShape` */
export function shapeSides(shape: AnyShape): { inputs: number; outputs: number } {
  if (isNetworkShape(shape)) return networkSides(shape);
  return { inputs: shape.widths[0], outputs: shape.widths[shape.widths.length - 1] };
}

/** How many layers a model has. */
export function layerCount(shape: AnyShape): number {
  return isNetworkShape(shape) ? shape.layers.length : shape.widths.length - 1;
}

/** Real weights and biases of a network. @throws InputError as `encodeAnyShape` */
export function networkParameters(network: Network): number {
  const layers = presentLayers(network);
  return layers
    .slice(1)
    .reduce((sum, { channels, kernel }, l) => sum + channels * (layers[l].channels * kernel * kernel + 1), 0);
}

/** Multiplications of weights in a forward pass over one row. @throws InputError as `encodeAnyShape` */
export function multiplyAdds(shape: AnyShape): number {
  if (!isNetworkShape(shape)) {
    const { widths } = shape;
    return widths.slice(1).reduce((sum, width, l) => sum + width * widths[l], 0);
  }
  const layers = presentLayers(shape);
  return layers
    .slice(1)
    .reduce((sum, { side, channels, kernel }, l) => sum + side ** 2 * channels * layers[l].channels * kernel ** 2, 0);
}

/** How many layers the circuits have that read such a shape. */
export function circuitLayers(shape: AnyShape): number {
  return isNetworkShape(shape) ? NETWORK_LAYERS : MAX_LAYERS;
}

/** Where the slots of a model stand. @throws InputError as `encodeAnyShape` */
export function shapeLayout(shape: AnyShape): Layout {
  return isNetworkShape(shape) ? networkLayout(shape) : modelLayout(shape.widths);
}

/** The parameters of a program that are of its model's shape: of a network, the words of its layout too. @throws InputError as `encodeAnyShape` */
export function shapeParameters(shape: AnyShape): bigint[] {
  const descriptor = encodeAnyShape(shape);
  return isNetworkShape(shape) ? [descriptor, ...networkLayoutWords(shape)] : [descriptor];
}

/** Of how many units the rates of a network are multiples: 16 where a layer reads averages, which learns at a 16th of it. */
export function rateStep(shape: AnyShape): number {
  return isNetworkShape(shape) && shape.layers.some(({ pooled }) => pooled) ? POOLED_RATE : 1;
}

/** @throws InputError for a rate that `rateStep` does not divide (protocol section 12) */
export function checkPooledRate(shape: AnyShape, learningRate: number): void {
  const step = rateStep(shape);
  if (learningRate % step === 0) return;
  throw new InputError(
    `The learning rate of a network that reads averages is a multiple of ${step}, not ${learningRate}.`,
    { docs: 'protocol-convolutions.md' },
  );
}
