// A small honest proof of each program by the reference, with hooks for a cheat.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { Random, range } from '../reference/algebra.ts';
import type { ConvNetwork } from '../reference/conv-geometry.ts';
import type { ConvScoreHooks } from '../reference/conv-score.ts';
import {
  convSeedRun,
  proveConvImport,
  proveConvMerge,
  proveConvSeed,
  randomConvWeights,
} from '../reference/conv-weights.ts';
import { proveData, randomData } from '../reference/data.ts';
import { proveImport } from '../reference/import.ts';
import { mergeModels, proveMerge } from '../reference/merge.ts';
import { randomWeights } from '../reference/models.ts';
import type { AnyHooks, ProgramName, Reference } from '../reference/run.ts';
import { proveScore } from '../reference/score.ts';
import { proveSeed, seedRun } from '../reference/seed.ts';
import { randomShard } from '../reference/shards.ts';
import type { ReferenceHead } from '../reference/sizes.ts';
import type { SparseHooks } from '../reference/sparse-merge.ts';
import { proveTrain } from '../reference/train.ts';
import { randomTrain } from '../reference/train-run.ts';
import { provenInference, provenPictures } from './inferences.ts';
import { provenAbsent, provenDisjoint } from './lies/disjoint.ts';
import { DARE_TIES, provenSparse } from './lies/sparse.ts';
import { provenSubset } from './lies/subset.ts';
import { conv, flat, provenScore, provenTraining, someCoefficients } from './networks.ts';

const WIDTHS = [3, 3, 2];

/** A network with padded sides, kernels and channels, of two layers. */
const NETWORK: ConvNetwork = { channels: 1, side: 3, layers: [conv(3, 3, { padding: 1 }), flat(3)] };

export const PROVE: Record<ProgramName, (hooks?: AnyHooks) => Reference> = {
  data: (hooks) => {
    const random = new Random(1);
    return proveData(random, randomData(random, { inputs: 3, outputs: 2, rows: 3, classes: true }), hooks);
  },
  seed: (hooks) => proveSeed(new Random(2), seedRun(WIDTHS, 77n), hooks),
  train: (hooks) => {
    const random = new Random(3);
    return proveTrain(random, randomTrain(random, { widths: WIDTHS, rows: 3, batch: 2, passes: 2, lr: 3 }), hooks);
  },
  import: (hooks) => {
    const random = new Random(4);
    return proveImport(randomWeights(WIDTHS, 2 ** 40, random), random, hooks);
  },
  merge: (hooks) => {
    const random = new Random(5);
    const parents = range(2).map(() => randomWeights(WIDTHS, 2 ** 40, random));
    const a = [
      [9000n, 7000n],
      [3n, 16000n],
    ];
    return proveMerge(mergeModels(parents, a, 5n), parents, a, random, hooks);
  },
  score: (hooks) => {
    const random = new Random(6);
    const shard = randomShard({ inputs: 3, outputs: 2, rows: 3, classes: true }, random);
    return proveScore(randomWeights(WIDTHS, 2 ** 31, random), shard, random, hooks);
  },
  infer: (hooks) => provenInference(WIDTHS, {}, hooks),
  convInfer: (hooks) => provenPictures(NETWORK, {}, hooks),
  convSeed: (hooks) => proveConvSeed(new Random(2), convSeedRun(NETWORK, 77n), hooks),
  convTrain: (hooks) => provenTraining({ network: NETWORK, rows: 3, batch: 2, passes: 2, lr: 3 }, hooks),
  convImport: (hooks) => {
    const random = new Random(4);
    return proveConvImport(randomConvWeights(NETWORK, 2 ** 40, random), random, hooks);
  },
  convMerge: (hooks) => {
    const random = new Random(5);
    const parents = range(2).map(() => randomConvWeights(NETWORK, 2 ** 40, random));
    const a = someCoefficients(2, 2);
    return proveConvMerge(mergeModels(parents, a, 5n), parents, a, random, hooks);
  },
  convScore: (hooks) => provenScore(NETWORK, { rows: 3, kind: 'classes' }, hooks as ConvScoreHooks),
  disjoint: (hooks) => provenDisjoint(hooks),
  subset: (hooks) => provenSubset(hooks),
  sparseMerge: (hooks) => provenSparse(DARE_TIES, hooks as SparseHooks),
};

/** A training with a head: no hidden layer, one padded row beside three. */
const trained =
  (head: ReferenceHead, widths: number[]) =>
  (hooks?: AnyHooks): Reference => {
    const random = new Random(7);
    const shape = { widths, rows: 3, batch: 2, passes: 2, lr: 3, head, smoothing: 20 };
    return proveTrain(random, randomTrain(random, shape), hooks);
  };

/** A score with a head: no hidden layer, one padded row beside three. */
const scored =
  (head: ReferenceHead, kind: { classes: boolean; labels?: boolean }) =>
  (hooks?: AnyHooks): Reference => {
    const random = new Random(9);
    const shard = randomShard({ inputs: 2, outputs: 3, rows: 3, ...kind }, random);
    return proveScore({ ...randomWeights([2, 3], 2 ** 31, random), head }, shard, random, hooks);
  };

/** Networks that pool before both layers, with a head. */
const poolingNetwork = (head: ReferenceHead): ConvNetwork => ({
  channels: 2,
  side: 6,
  layers: [conv(1, 2, { pooled: true }), flat(3, true)],
  head,
});
const trainedNetwork = (head: ReferenceHead) => (hooks?: AnyHooks) =>
  provenTraining({ network: poolingNetwork(head), rows: 3, batch: 2, lr: 16, smoothing: 20 }, hooks);
const scoredNetwork = (head: ReferenceHead, kind: 'classes' | 'labels') => (hooks?: AnyHooks) =>
  provenScore(poolingNetwork(head), { rows: 3, kind }, hooks as ConvScoreHooks);

/** Proofs of programs whose heads or kinds of rows give them other tensors, by what they are of. */
export const VARIANTS: Record<string, [program: ProgramName, prove: (hooks?: AnyHooks) => Reference]> = {
  ...(Object.fromEntries(Object.entries(PROVE).map(([program, prove]) => [program, [program, prove]])) as Record<
    ProgramName,
    [ProgramName, (hooks?: AnyHooks) => Reference]
  >),
  'train with softmax': ['train', trained('softmax', [2, 3])],
  'train with sigmoid and one output': ['train', trained('sigmoid', [2, 1])],
  'train with sigmoid and three labels': ['train', trained('sigmoid', [2, 3])],
  'data of labels': [
    'data',
    (hooks) => {
      const random = new Random(8);
      const shape = { inputs: 2, outputs: 3, rows: 3, classes: false, labels: true };
      return proveData(random, randomData(random, shape), hooks);
    },
  ],
  'score on labels': ['score', scored('sigmoid', { classes: false, labels: true })],
  'score with softmax': ['score', scored('softmax', { classes: true })],
  'convTrain with softmax, pooled': ['convTrain', trainedNetwork('softmax')],
  'convTrain with sigmoid, pooled': ['convTrain', trainedNetwork('sigmoid')],
  'convScore with softmax, pooled': ['convScore', scoredNetwork('softmax', 'classes')],
  'convScore on labels, pooled': ['convScore', scoredNetwork('sigmoid', 'labels')],
  'infer, a registered shard and outputs that are not public': [
    'infer',
    (hooks) => provenInference([2, 3], { inputs: 'shard', shown: false }, hooks),
  ],
  'infer, committed inputs': ['infer', (hooks) => provenInference([2, 3], { inputs: 'committed' }, hooks)],
  'convInfer, pooled, committed pictures': [
    'convInfer',
    (hooks) => provenPictures(poolingNetwork('softmax'), { inputs: 'committed', shown: false }, hooks),
  ],
  'convInfer, a registered shard': [
    'convInfer',
    (hooks) => provenPictures(poolingNetwork('sigmoid'), { inputs: 'shard' }, hooks),
  ],
  'disjoint of a record': ['disjoint', (hooks) => provenAbsent(hooks)],
  'score of a regression': ['score', scored('squared error', { classes: false })],
};

/** An evaluation that a cheat makes the first batch hold with. */
function repairingEvaluation(program: ProgramName): number {
  if (program === 'disjoint') return NUMBERING.disjoint.evaluations.phiA;
  if (program === 'subset') return NUMBERING.subset.evaluations.hS;
  return NUMBERING[program].evaluations.mult;
}

/** Entries by which a cheat makes all later checks of a program's circuit hold. */
export const repairOf = (program: ProgramName): Record<string, number> => ({
  evals1: repairingEvaluation(program),
  evals2: program === 'convTrain' ? NUMBERING.convTrain.evaluations2.zIn(6) : NUMBERING.train.evaluations2.zIn(4),
  u: NUMBERING[program].oracles.trace,
  u12: 0,
  p2: 0,
  s2: 0,
});
