import { type AnyShape, formatShape, isNetworkShape, networkParameters } from '../../src/model/anyShape.ts';
import type { Head } from '../../src/model/head.ts';
import { parseNetwork } from '../../src/model/network.ts';

/** A model's shape as the page has it: widths to draw, and of a convolutional network what people write. */
export interface DrawnShape {
  widths: number[];
  network?: string;
  head: Head;
}

export function drawnShape(shape: AnyShape): DrawnShape {
  if (!isNetworkShape(shape)) return { widths: [...shape.widths], head: shape.head };
  const widths = [shape.channels, ...shape.layers.map(({ channels }) => channels)];
  return { widths, network: formatShape(shape), head: shape.head };
}

/** Weights and biases of a model. */
export function parametersOf({ widths, network, head }: DrawnShape): number {
  if (network !== undefined) return networkParameters(parseNetwork(network, head));
  return widths.slice(1).reduce((sum, width, l) => sum + width * (widths[l] + 1), 0);
}
