import { type AnyShape, formatShape, isNetworkShape } from '../../src/model/anyShape.ts';
import type { Head } from '../../src/model/head.ts';

/** A model's shape as the page has it: widths to draw, and of a convolutional network what people write. */
export function drawnShape(shape: AnyShape): { widths: number[]; network?: string; head: Head } {
  if (!isNetworkShape(shape)) return { widths: [...shape.widths], head: shape.head };
  const widths = [shape.channels, ...shape.layers.map(({ channels }) => channels)];
  return { widths, network: formatShape(shape), head: shape.head };
}
