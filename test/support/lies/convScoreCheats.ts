// Cheats on the forward pass of program convScore: kernels, pooling, masks, what is stated of them.

import { Random } from '../../reference/algebra.ts';
import { type ConvNetwork, type Geometry, geometryOf } from '../../reference/conv-geometry.ts';
import { type ConvScoreHooks, proveConvScore } from '../../reference/conv-score.ts';
import { randomConvWeights } from '../../reference/conv-weights.ts';
import type { Reference } from '../../reference/run.ts';
import { pictures } from '../networks.ts';
import { changed, IDLE, PLAIN, POOLED, shifted, TAPS, WHOLE, wrapped } from './convCheats.ts';

export interface ConvScoreCheat {
  name: string;
  network?: ConvNetwork;
  hooks?: ConvScoreHooks;
  fails: string[];
  contract?: string[];
}

export function proveConvScoreCheat({ network = PLAIN, hooks }: Omit<ConvScoreCheat, 'name' | 'fails'>): Reference {
  const random = new Random(1);
  const weights = randomConvWeights(network, 2 ** 31, random);
  return proveConvScore(weights, pictures(network, 2, 'classes', random), random, hooks);
}

const [REDUCTION, BATCH, BOTH] = [['reduction'], ['batch'], ['batch', 'reduction']];

type Place = ReturnType<typeof shifted>;
const trainedBy =
  (reads: Place): ConvScoreHooks['reads'] =>
  (g, { l, axis }, d, u, y) =>
    reads(g, l, axis, d, u, y);

/** A geometry that is not what is stated: sums that are made by what is used, or by what is stated. */
const unlike = (
  name: string,
  network: ConvNetwork,
  [l, fields]: [number, Partial<Geometry>],
  contract: string[],
): ConvScoreCheat[] => {
  const used = geometryOf(network);
  const geometry = changed(used, l, fields);
  return [
    { name: `${name}, sums by what is used`, network, hooks: { geometry, proved: used }, fails: REDUCTION, contract },
    {
      name: `${name}, sums by what is stated`,
      network,
      hooks: { geometry, trained: used },
      fails: REDUCTION,
      contract,
    },
  ];
};

/** Places beyond the side of layer 4 of PLAIN have values too. */
const everywhere: ConvScoreHooks['mask'] = (l, y, x) => l === 4 || (y < (l === 5 ? 2 : 1) && x < (l === 5 ? 2 : 1));
const unmasked: ConvScoreHooks['masked'] = (l, mask) => {
  if (l === 4) mask.fill(1n);
};
const withoutBiases: ConvScoreHooks['run'] = ({ weights }) => {
  weights.b[0].fill(0n);
};

export const CONV_SCORE_CHEATS: ConvScoreCheat[] = [
  ...unlike('another stride than used', PLAIN, [5, { st: 2 }], ['shape: side of 5']),
  ...unlike('another padding than used', PLAIN, [4, { p: 0 }], ['shape: side of 4']),
  ...unlike('a kernel of three taps where four are used', TAPS, [5, { K: 3 }], []),
  {
    name: 'a layer that is said to be absent',
    network: IDLE,
    hooks: { geometry: changed(geometryOf(IDLE), 4, { present: 0n }), trained: geometryOf(IDLE) },
    fails: REDUCTION,
  },
  ...([0, 1] as const).flatMap((axis): ConvScoreCheat[] => [
    {
      name: `a kernel that is applied one pixel off along axis ${axis}`,
      hooks: { reads: trainedBy(shifted(4, axis)) },
      fails: REDUCTION,
    },
    {
      name: `a kernel that is applied one pixel off along axis ${axis}, with sums to match`,
      hooks: { reads: trainedBy(shifted(5, axis)), readsOfSums: shifted(5, axis) },
      fails: REDUCTION,
    },
  ]),
  {
    name: 'a kernel that reads the last line before the first',
    network: WHOLE,
    hooks: { reads: trainedBy(wrapped(5)) },
    fails: REDUCTION,
  },
  {
    name: 'a kernel that reads the last line before the first, with sums to match',
    network: WHOLE,
    hooks: { reads: trainedBy(wrapped(5)), readsOfSums: wrapped(5) },
    fails: REDUCTION,
  },
  {
    name: 'a sum of four pixels that is off by one',
    network: POOLED,
    hooks: { read: (l, { u, v }, value) => (l === 5 && u + v === 0 ? value + 1n : value) },
    fails: REDUCTION,
  },
  {
    name: 'the average instead of the sum of four pixels',
    network: POOLED,
    hooks: { read: (l, _, value) => (l === 5 ? value / 4n : value) },
    fails: REDUCTION,
  },
  { name: 'values beyond the side', hooks: { mask: everywhere }, fails: REDUCTION },
  { name: 'values beyond the side, no mask in the sums', hooks: { mask: everywhere, masked: unmasked }, fails: BOTH },
  {
    name: 'values beyond the side, no mask in the sums, and no biases',
    hooks: { mask: everywhere, masked: unmasked, run: withoutBiases },
    fails: BATCH,
  },
  { name: 'no mask in the sums alone', hooks: { masked: unmasked }, fails: BOTH },
  {
    name: 'a place beyond the side that is said to be active',
    hooks: {
      rectify: (l, unit, s, at) => {
        if (l === 4 && unit === 3 && s === 0) at.m = 1n;
      },
    },
    fails: BATCH,
  },
  {
    name: 'models that do not begin at 0',
    hooks: { moved: { model: 64 } },
    fails: [],
    contract: ['layout_2'],
  },
  {
    name: 'pictures of another size than the network reads',
    hooks: {
      run: ({ shard }) => {
        shard.inputs -= 1;
      },
    },
    fails: [],
    contract: ['inputs'],
  },
];
