// Small convolutional networks of every kind, and what tests of the reference prove of them.

import { Random, range } from '../reference/algebra.ts';
import { type ConvLayer, type ConvNetwork, geometryOf, OUTPUT } from '../reference/conv-geometry.ts';
import { type ConvScoreHooks, proveConvScore } from '../reference/conv-score.ts';
import { type ConvTrainHooks, proveConvTrain } from '../reference/conv-train.ts';
import { type ConvDeviation, type ConvTrainShape, randomConvTrain } from '../reference/conv-train-run.ts';
import { randomConvWeights } from '../reference/conv-weights.ts';
import type { Reference } from '../reference/run.ts';
import { type ReferenceShard, randomShard } from '../reference/shards.ts';

/** A convolution; what stands in `more` is stride, padding and pooling. */
export const conv = (
  channels: number,
  kernel: number,
  more: Pick<ConvLayer, 'stride' | 'padding' | 'pooled'> = {},
): ConvLayer => ({ channels, kernel, ...more });
export const flat = (channels: number, pooled = false): ConvLayer => ({ channels, flat: true, pooled });

/** By what is special about them; circuits layers 1 to 6 are all there in one. */
export const NETWORKS: Record<string, ConvNetwork> = {
  'a kernel of 1 and one output': { channels: 1, side: 2, layers: [conv(1, 1), flat(1)] },
  'a padded kernel of 3 on a power of two': { channels: 1, side: 4, layers: [conv(2, 3, { padding: 1 }), flat(2)] },
  'an odd side, a stride of 2': {
    channels: 2,
    side: 5,
    layers: [conv(3, 2, { padding: 1 }), conv(2, 3, { stride: 2, padding: 1 }), flat(3), flat(2)],
  },
  'pooling before a convolution and before a flat layer': {
    channels: 1,
    side: 6,
    layers: [conv(2, 3, { padding: 1 }), conv(2, 2, { pooled: true }), flat(3, true)],
  },
  'a pooled input': { channels: 2, side: 8, layers: [conv(2, 3, { padding: 1, pooled: true }), flat(2, true)] },
  'a kernel of 7 with a padding of 3, and of 5 with none': {
    channels: 1,
    side: 5,
    layers: [conv(1, 7, { padding: 3 }), conv(1, 5), flat(2)],
  },
  'six layers': {
    channels: 1,
    side: 8,
    layers: [
      conv(2, 2, { pooled: true }),
      conv(1, 1),
      conv(3, 2),
      conv(2, 2, { padding: 1, stride: 2 }),
      flat(3),
      flat(2),
    ],
  },
};

/** Random pictures of a network. Pixels beyond its side are not 0, and are read. */
export function pictures(
  network: ConvNetwork,
  rows: number,
  kind: 'classes' | 'labels' | 'regression',
  random: Random,
): ReferenceShard {
  const geometry = geometryOf(network);
  const [input, output] = [geometry[0], geometry[OUTPUT]];
  const of = { classes: kind === 'classes', labels: kind === 'labels' };
  return randomShard({ inputs: input.C * 4 ** input.n, outputs: output.C, rows, ...of }, random);
}

export const provenTraining = (
  shape: ConvTrainShape,
  hooks: ConvTrainHooks = {},
  deviation?: ConvDeviation,
  seed = 5,
): Reference => {
  const random = new Random(seed);
  return proveConvTrain(random, randomConvTrain(random, shape, deviation), hooks);
};

export function provenScore(
  network: ConvNetwork,
  { rows, kind, bound = 2 ** 31 }: { rows: number; kind: 'classes' | 'labels' | 'regression'; bound?: number },
  hooks: ConvScoreHooks = {},
): Reference {
  const random = new Random(6);
  const weights = randomConvWeights(network, bound, random);
  return proveConvScore(weights, pictures(network, rows, kind, random), random, hooks);
}

/** Coefficients of a merge, by layer and parent. */
export const someCoefficients = (layers: number, parents: number): bigint[][] =>
  range(layers).map((l) => range(parents).map((i) => BigInt(((31 * l + 57 * i) % 260) * 1000 - 130_000)));
