import { InputError } from '../../errors/InputError.ts';
import { formatNetwork, type LayerGeometry, type Network } from '../network.ts';
import { networkSides, presentLayers } from '../networkWeights.ts';
import type { FloatLayer } from './floatLayer.ts';

/**
 * A convolutional network in floats, with a ReLU after every layer but the last. Its layers have their weights as
 * [outputs, inputs, lines, columns], dense ones those of pixels in the order (channel, line, column); those of a layer that
 * reads averages are the weights of the averages.
 */
export interface FloatNetwork {
  network: Network;
  layers: FloatLayer[];
}

/** Channels of values, each of lines of columns, without padding. */
interface Values {
  data: Float64Array;
  channels: number;
  side: number;
}

/**
 * The outputs of a network on rows of pictures, in doubles.
 * @param features row-major, laid out as a shard has them
 * @param onLayer is given the values that each layer makes of each row, before the ReLU
 * @returns row-major, one value for each output
 * @throws InputError where rows are no such pictures
 */
export function networkForward(
  { network, layers }: FloatNetwork,
  features: ArrayLike<number>,
  onLayer?: (layer: number, values: Float64Array) => void,
): Float64Array {
  const geometry = presentLayers(network);
  const { inputs, outputs } = networkSides(network);
  const rows = features.length / inputs;
  if (!Number.isInteger(rows)) {
    throw new InputError(`${features.length} numbers are no rows of ${inputs}, as ${formatNetwork(network)} reads.`);
  }
  const out = new Float64Array(rows * outputs);
  for (let r = 0; r < rows; r++) {
    let values = pictureAt(features, r * inputs, geometry[0]);
    layers.forEach((layer, l) => {
      values = forwardLayer(layer, geometry[l + 1], geometry[l + 1].pooled ? averages(values) : values);
      onLayer?.(l, values.data);
      if (l < layers.length - 1) {
        for (let k = 0; k < values.data.length; k++) if (values.data[k] < 0) values.data[k] = 0;
      }
    });
    out.set(values.data, r * outputs);
  }
  return out;
}

/** The picture of a row that is padded to powers of two. */
function pictureAt(features: ArrayLike<number>, first: number, { channels, side, logs }: LayerGeometry): Values {
  const data = new Float64Array(channels * side * side);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < side; y++) {
      const line = first + (((c << logs.side) + y) << logs.side);
      for (let x = 0; x < side; x++) data[(c * side + y) * side + x] = features[line + x];
    }
  }
  return { data, channels, side };
}

function averages({ data, channels, side }: Values): Values {
  const half = side / 2;
  const out = new Float64Array(channels * half * half);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < half; y++) {
      for (let x = 0; x < half; x++) {
        const at = (c * side + 2 * y) * side + 2 * x;
        out[(c * half + y) * half + x] = (data[at] + data[at + 1] + data[at + side] + data[at + side + 1]) / 4;
      }
    }
  }
  return { data: out, channels, side: half };
}

function forwardLayer({ weight, bias }: FloatLayer, layer: LayerGeometry, input: Values): Values {
  const { channels, side, kernel, stride, padding } = layer;
  const data = new Float64Array(channels * side * side);
  for (let i = 0; i < channels; i++) {
    const made = data.subarray(i * side * side, (i + 1) * side * side).fill(bias[i]);
    for (let c = 0; c < input.channels; c++) {
      for (let dy = 0; dy < kernel; dy++) {
        for (let dx = 0; dx < kernel; dx++) {
          const w = weight[((i * input.channels + c) * kernel + dy) * kernel + dx];
          if (w !== 0) addTap(made, side, w, { input, c, dy: dy - padding, dx: dx - padding, stride });
        }
      }
    }
  }
  return { data, channels, side };
}

/** Adds what one weight gives to all places of an output. */
function addTap(
  made: Float64Array,
  side: number,
  w: number,
  { input, c, dy, dx, stride }: { input: Values; c: number; dy: number; dx: number; stride: number },
): void {
  const { data, side: read } = input;
  for (let y = 0; y < side; y++) {
    const u = stride * y + dy;
    if (u < 0 || u >= read) continue;
    const line = (c * read + u) * read;
    for (let x = 0; x < side; x++) {
      const v = stride * x + dx;
      if (v >= 0 && v < read) made[y * side + x] += w * data[line + v];
    }
  }
}
