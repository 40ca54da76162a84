// Lies about convolutional networks, by the lists of the dense programs: six layers, all of them present, with padded
// channels, sides and kernels.

import { leAt, mod, Random, range } from '../../reference/algebra.ts';
import { type ConvNetwork, geometryOf, NETWORK_LAYERS, OUTPUT } from '../../reference/conv-geometry.ts';
import { proveConvScore } from '../../reference/conv-score.ts';
import { proveConvTrain } from '../../reference/conv-train.ts';
import {
  type ConvDeviation,
  type ConvTrainRun,
  convHeadOf,
  randomConvTrain,
  trainConv,
} from '../../reference/conv-train-run.ts';
import { CHANNEL, X, Y } from '../../reference/conv-train-verifier.ts';
import {
  convSeedRun,
  proveConvImport,
  proveConvMerge,
  proveConvSeed,
  randomConvWeights,
} from '../../reference/conv-weights.ts';
import type { ConvInferHooks } from '../../reference/infer.ts';
import type { Lie } from '../../reference/lies.ts';
import { mergeModels } from '../../reference/merge.ts';
import { randomShard } from '../../reference/shards.ts';
import type { ReferenceHead } from '../../reference/sizes.ts';
import { UNIT } from '../../reference/tensors.ts';
import { provenPictures } from '../inferences.ts';
import { conv, flat } from '../networks.ts';
import { type HeadLie, headLies } from './heads.ts';
import { inferLies } from './infer.ts';
import { labelled, scoreLies } from './score.ts';
import { trainLies } from './train.ts';
import { importLies, mergeLies, type Padding, seedLies } from './weights.ts';

/** Of sides 6, 3, 2, 3, 3, 1, 1. */
export const SIX: ConvNetwork = {
  channels: 3,
  side: 6,
  layers: [
    conv(3, 3, { padding: 1, pooled: true }),
    conv(3, 3, { padding: 1, stride: 2 }),
    conv(3, 2, { padding: 1 }),
    conv(3, 1),
    flat(3),
    flat(3),
  ],
};
const GEOMETRY = geometryOf(SIX);

/** Entries of W_l that are padding of one variable alone. */
const PADDING: Padding[] = NETWORK_LAYERS.map((l) => {
  const { d, K } = GEOMETRY[l];
  const from = { 'a column': 0, 'a line': d, 'a channel': 2 * d, 'a unit': 2 * d + GEOMETRY[l - 1].c };
  const sizes = { 'a column': K, 'a line': K, 'a channel': GEOMETRY[l - 1].C, 'a unit': GEOMETRY[l].C };
  const names = Object.keys(from) as (keyof typeof from)[];
  const bits = { 'a column': d, 'a line': d, 'a channel': GEOMETRY[l - 1].c, 'a unit': GEOMETRY[l].c };
  const W = names.filter((name) => sizes[name] < 2 ** bits[name]).map((name) => [name, sizes[name] * 2 ** from[name]]);
  return { W: Object.fromEntries(W), b: GEOMETRY[l].C };
});

const weightLies = {
  convSeed: seedLies(
    'convSeed',
    NETWORK_LAYERS,
    (hooks, run) => proveConvSeed(new Random(1), convSeedRun(SIX, 3n), { ...hooks, run }),
    PADDING,
  ),
  convImport: importLies(
    'convImport',
    NETWORK_LAYERS,
    (hooks, change = () => {}) => {
      const random = new Random(11);
      const weights = randomConvWeights(SIX, 2 ** 30, random);
      change(weights);
      return proveConvImport(weights, random, hooks);
    },
    PADDING,
  ),
  convMerge: mergeLies('convMerge', NETWORK_LAYERS, (hooks, change = () => {}) => {
    const random = new Random(12);
    const parents = range(2).map(() => randomConvWeights(SIX, 2 ** 30, random));
    parents.forEach(change);
    const a = range(6).map((l) => [9000n + BigInt(l), 7000n]);
    return proveConvMerge(mergeModels(parents, a, 5n), parents, a, random, hooks);
  }),
};

export const CONV_LIES: Record<'convSeed' | 'convImport' | 'convMerge' | 'convScore' | 'convInfer', Lie[]> = {
  ...weightLies,
  convInfer: inferLies({
    program: 'convInfer',
    layers: NETWORK_LAYERS,
    padded: { column: 7, line: 7 * 8, channel: 3 * 64 },
    prove: (hooks, asked) => provenPictures(SIX, { seed: 31, ...asked }, hooks as ConvInferHooks),
  }),
  convScore: scoreLies({
    program: 'convScore',
    layers: NETWORK_LAYERS,
    prove: (hooks, { logits, head, kind }) => {
      const random = new Random(31);
      const weights = randomConvWeights({ ...SIX, head }, 2 ** 31, random);
      const of = { classes: kind === 'classes', labels: kind === 'labels' };
      const sizes = { inputs: SIX.channels * 4 ** GEOMETRY[0].n, outputs: GEOMETRY[OUTPUT].C, rows: 3 };
      const shard = randomShard({ ...sizes, ...of }, random);
      labelled(weights, shard, logits);
      return proveConvScore(weights, shard, random, hooks);
    },
  }),
};

const SHAPE = { network: SIX, rows: 3, batch: 2, lr: 48 };
const rate = (l: number): bigint => (GEOMETRY[l].pooled ? 3n : 48n);

export const CONV_TRAIN_LIES: Lie[] = trainLies({
  program: 'convTrain',
  layers: NETWORK_LAYERS,
  rate,
  biasRate: (l, tau) => {
    const { N, n } = GEOMETRY[l];
    const mask = mod(leAt(N, tau.slice(X, Y).slice(0, n)) * leAt(N, tau.slice(Y, CHANNEL).slice(0, n)));
    return mod(48n * UNIT * UNIT * mask);
  },
  prove: (hooks, { deviation, run } = {}) => {
    const random = new Random(5);
    return proveConvTrain(random, randomConvTrain(random, SHAPE, deviation as ConvDeviation), { ...hooks, run });
  },
});

/** A convolution to one pixel, so that the output reads three values. */
const headNetwork = (outputs: number, head: ReferenceHead): ConvNetwork => ({
  channels: 1,
  side: 2,
  layers: [conv(3, 2), flat(outputs)],
  head,
});

export const CONV_HEAD_LIES: HeadLie[] = headLies({
  program: 'convTrain',
  output: OUTPUT,
  prove: ({ parent, deviation, run: change, hooks }, { outputs, head, ...shape }) => {
    const random = new Random(7);
    const run = randomConvTrain(random, { rows: 3, batch: 2, lr: 3, ...shape, network: headNetwork(outputs, head) });
    parent?.(run, OUTPUT);
    trainConv(run, deviation as ConvDeviation);
    return proveConvTrain(random, run, { ...hooks, run: change });
  },
  headOf: (run, head) => convHeadOf(run as ConvTrainRun, head),
});
