import { range } from '../argument/sumcheck.ts';
import { circuitLayer, widthBits } from '../model/shape.ts';
import type { Shard } from '../model/shard.ts';
import { ceilLog2 } from '../numbers/bits.ts';

/** Sizes of a network's pass over rows. Layers carry the numbers of the circuit: 4 is the output, `first` the network's first. */
export interface LayerSizes {
  first: number;
  layers: number[];
  /** layers without the last */
  hidden: number[];
  /** log2 of the padded width n_l, l = first - 1 .. 4 */
  widthBits: (l: number) => number;
  /** log2 of the padded rows */
  sigma: number;
}

/** @param widths n_0 .. n_L */
export function layerSizes(widths: readonly number[], { rows }: Pick<Shard, 'rows'>): LayerSizes {
  const first = circuitLayer(widths, 1);
  const bits = widthBits(widths);
  const layers = range(first, widths.length - 1);
  return {
    first,
    layers,
    hidden: layers.slice(0, -1),
    widthBits: (l) => bits[l - first + 1],
    sigma: ceilLog2(rows),
  };
}

/** Slot of W or b of circuit layer l in a model's oracle, which counts the network's own layers. */
export function modelSlot({ first }: LayerSizes, kind: 'W' | 'b', l: number): string {
  return `${kind}${l - first + 1}`;
}
