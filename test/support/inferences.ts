// Small inferences by the reference, honest or with a lie.

import { Random, range } from '../reference/algebra.ts';
import { type ConvNetwork, geometryOf } from '../reference/conv-geometry.ts';
import { randomConvWeights } from '../reference/conv-weights.ts';
import {
  type ConvInferHooks,
  type InferHooks,
  type InputKind,
  proveConvInfer,
  proveInfer,
} from '../reference/infer.ts';
import { randomWeights } from '../reference/models.ts';
import type { Reference } from '../reference/run.ts';
import { type ReferenceShard, randomShard } from '../reference/shards.ts';
import type { ReferenceHead } from '../reference/sizes.ts';
import { pictures } from './networks.ts';

export const INPUT_KINDS: readonly InputKind[] = ['public', 'shard', 'committed'];

/** What is asked of an inference beside its network. */
export interface Asked {
  rows?: number;
  inputs?: InputKind;
  shown?: boolean;
  bound?: number;
  seed?: number;
}

export function provenInference(
  widths: readonly number[],
  { rows = 3, inputs = 'public', shown = true, bound = 2 ** 31, seed = 6 }: Asked = {},
  hooks: InferHooks = {},
  head: ReferenceHead = 'squared error',
): Reference {
  const random = new Random(seed);
  const sizes = { inputs: widths[0], outputs: widths[widths.length - 1], rows, classes: false };
  const shard = randomShard(sizes, random);
  return proveInfer({ ...randomWeights([...widths], bound, random), head }, { shard, inputs, shown }, random, hooks);
}

/** Of pictures; those of a registered shard have pixels beyond their side, which are read. */
export function provenPictures(
  network: ConvNetwork,
  { rows = 3, inputs = 'public', shown = true, bound = 2 ** 31, seed = 6 }: Asked = {},
  hooks: ConvInferHooks = {},
): Reference {
  const random = new Random(seed);
  const weights = randomConvWeights(network, bound, random);
  const shard = pictures(network, rows, 'regression', random);
  if (inputs !== 'shard') clearBeyondSide(shard, network);
  return proveConvInfer(weights, { shard, inputs, shown }, random, hooks);
}

function clearBeyondSide(shard: ReferenceShard, network: ConvNetwork): void {
  const { N, n } = geometryOf(network)[0];
  const S = shard.X.length / 2 ** Math.ceil(Math.log2(shard.inputs));
  const side = 2 ** n;
  for (const at of range(shard.X.length)) {
    const j = Math.floor(at / S);
    if (j % side >= N || Math.floor(j / side) % side >= N) shard.X[at] = 0n;
  }
}
