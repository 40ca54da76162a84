import { range } from '../argument/sumcheck.ts';
import { type LayerGeometry, NETWORK_LAYERS, networkGeometry } from '../model/network.ts';
import { type AnyWeights, isNetworkWeights } from '../model/networkWeights.ts';
import { circuitLayer, widthBits } from '../model/shape.ts';
import type { Shard } from '../model/shard.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { MAX_LAYERS } from '../numbers/constants.ts';

/** Sizes of a network's pass over rows. Layers carry the numbers of the circuit: `last` is the output, `first` the network's first. */
export interface LayerSizes {
  first: number;
  last: number;
  layers: number[];
  /** layers without the last */
  hidden: number[];
  /** log2 of the padded width n_l, or of the channels, l = first - 1 .. last */
  widthBits: (l: number) => number;
  /** bits of what a row has in layer l, on the axes behind rows: features, or x, y and channels */
  bits: (l: number) => number[];
  /** of a convolutional network: layers 0..6 */
  geometry: readonly LayerGeometry[];
  /** log2 of the padded rows */
  sigma: number;
}

export function layerSizes(model: AnyWeights, { rows }: Pick<Shard, 'rows'>): LayerSizes {
  const sigma = ceilLog2(rows);
  const counted = model.layers.length;
  if (isNetworkWeights(model)) {
    const geometry = networkGeometry(model.network);
    const bits = (l: number) => {
      const { channels, side } = geometry[l].logs;
      return [side, side, channels];
    };
    return { ...numbered(NETWORK_LAYERS, counted), widthBits: (l) => bits(l)[2], bits, geometry, sigma };
  }
  const { widths } = model;
  const own = widthBits(widths);
  const bitsOf = (l: number) => own[l - circuitLayer(widths, 1) + 1];
  return { ...numbered(MAX_LAYERS, counted), widthBits: bitsOf, bits: (l) => [bitsOf(l)], geometry: [], sigma };
}

function numbered(last: number, count: number): Pick<LayerSizes, 'first' | 'last' | 'layers' | 'hidden'> {
  const first = last - count + 1;
  const layers = range(first, count);
  return { first, last, layers, hidden: layers.slice(0, -1) };
}

/** Slot of W or b of circuit layer l in a model's oracle, which counts the network's own layers. */
export function modelSlot({ first }: LayerSizes, kind: 'W' | 'b', l: number): string {
  return `${kind}${l - first + 1}`;
}
