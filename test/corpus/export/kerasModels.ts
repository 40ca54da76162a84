import { parseShape } from '../../../src/model/anyShape.ts';
import type { Head } from '../../../src/model/head.ts';
import { quantiseModel } from '../../../src/model/import/quantise.ts';
import { layerTensors } from '../../../src/model/layerTensors.ts';
import type { AnyWeights } from '../../../src/model/networkWeights.ts';

/** Models that are written for Keras, whose weights no change of a seed changes. */
const MODELS: [name: string, shape: string, head: Head][] = [
  ['strided', '12x12x1-c4k5s2p2-a2-c6k3p1-8-3', 'softmax'],
  ['averaged', '6x6x2-a2-c3k2-2', 'sigmoid'],
  ['flattened', '8x8x3-c4k3-a2-5-2', 'squared error'],
  ['dense', '5-4-3', 'softmax'],
];

/** A number within -1/2 and 1/2. */
const number = (k: number) => (((k * 2654435761) % 1021) - 510) / 1021;

export const KERAS_MODELS: Record<string, AnyWeights> = Object.fromEntries(
  MODELS.map(([name, text, head]): [string, AnyWeights] => {
    const shape = parseShape(text, head);
    const layers = layerTensors(shape).map((layer, l) => {
      const count = layer.shape.reduce((all, n) => all * n, 1);
      return {
        weight: Float64Array.from({ length: count }, (_, k) => number(k + 100 * l)),
        bias: Float64Array.from({ length: layer.outputs }, (_, k) => number(k + 100 * l + 50)),
      };
    });
    if ('side' in shape) return [name, quantiseModel({ network: shape, layers }, 3n).weights];
    return [name, { ...quantiseModel({ widths: [...shape.widths], layers }, 3n).weights, head }];
  }),
);
