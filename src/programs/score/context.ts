import type { ClaimTerm } from '../../argument/claims.ts';
import type { Kernels } from '../../argument/kernels.ts';
import type { LookupTable } from '../../argument/lookup.ts';
import type { Oracle } from '../../argument/oracle.ts';
import type { NUMBERING } from '../../generated/numbering.ts';
import type { AnyWeights } from '../../model/networkWeights.ts';
import type { Shard } from '../../model/shard.ts';
import type { ShardKind } from '../../model/shardKind.ts';
import type { ForwardTrace } from '../../training/forward.ts';
import { type Axes, pointOf } from '../axes.ts';
import { type LayerSizes, layerSizes } from '../layerSizes.ts';
import type { SumcheckBatch } from '../sumcheckBatch.ts';
import type { Tensor } from '../tensors.ts';

export type ScoreNumbers = typeof NUMBERING.score | typeof NUMBERING.convScore;
export type InferNumbers = typeof NUMBERING.infer | typeof NUMBERING.convInfer;

/** What a forward pass of a committed model on committed rows is proved with, whatever is proved of its outputs (scores, inferences). */
export interface PassContext {
  numbers: ScoreNumbers | InferNumbers;
  axes: Axes;
  layers: PassLayers;
  k: Kernels;
  witness: { model: AnyWeights; shard: Pick<Shard, 'X'>; forward: Pick<ForwardTrace, 'trace'> };
  sizes: LayerSizes;
  oracles: { model: Oracle; trace: Oracle; helper: Oracle };
  /** the zero-checks' point, squares x^(2^t) */
  tau: readonly bigint[];
}

/** What differs between scores of dense and of convolutional networks. */
export interface ScoreProgram {
  numbers: ScoreNumbers;
  axes: Axes;
  layers: PassLayers;
}

/** The layers' part of a pass. */
export interface PassLayers {
  /** Adds the sum F1_l and the evaluations W_l and In_l. */
  addForward(batch: SumcheckBatch, c: PassContext, l: number, sums: bigint[]): void;
  /** The term of a claim on In_l at the batch's point rho, of the oracle that holds it. */
  input(c: PassContext, l: number, rho: readonly bigint[]): Omit<ClaimTerm, 'oracle' | 'offset'>;
  /** W_l's point. */
  weights(c: PassContext, l: number, rho: readonly bigint[]): bigint[];
  /** What the bias counts at r_s and the place of tau. */
  biasFactor(c: PassContext, l: number): bigint;
}

export interface ScoreWitness {
  model: AnyWeights;
  shard: Shard;
  /** forwardTrace(model, shard) */
  forward: ForwardTrace;
}

/** Sizes of a run. */
export interface ScoreSizes extends LayerSizes {
  /** 1 for one-hot labels, else 0; 1 for any number of labels a row, else 0 */
  classes: bigint;
  labels: bigint;
}

export function scoreSizes({ model, shard }: ScoreWitness): ScoreSizes {
  const is = (kind: ShardKind) => (shard.kind === kind ? 1n : 0n);
  return { ...layerSizes(model, shard), classes: is('classes'), labels: is('labels') };
}

export interface ScoreOracles {
  model: Oracle;
  shard: Oracle;
  trace: Oracle;
  helper: Oracle;
  tables: Oracle;
}

/** A challenge of the lookups, and what they are made in. */
export interface ScoreLookups {
  beta: bigint;
  alpha: bigint;
  table: LookupTable;
  /** the function of softmax or sigmoid, with its values; with squared error nothing */
  pairs?: { table: LookupTable; column: Int32Array };
}

/** What the steps after the commitments work with. */
export interface ScoreContext extends ScoreProgram, PassContext {
  numbers: ScoreNumbers;
  witness: ScoreWitness;
  sizes: ScoreSizes;
  oracles: ScoreOracles;
  /** the zero-checks' point, squares x^(2^t), of which those from 12 on and from 0 on weigh counts too */
  tau: readonly bigint[];
}

/** r_s. */
export function rowsOf({ tau, sizes }: PassContext): bigint[] {
  return tau.slice(0, sizes.sigma);
}

/** A point's coordinates of a row's entries in layer l. */
export function entriesOf({ axes, sizes }: PassContext, l: number, point: readonly bigint[]): bigint[] {
  return pointOf(axes, [0, ...sizes.bits(l)], point);
}

/** In_l: A_(l-1), or X. */
export function inputOf({ witness: { shard, forward }, sizes }: PassContext, l: number): Tensor {
  const data = l === sizes.first ? shard.X : forward.trace.hidden[l - sizes.first - 1].A;
  return { data, rowBits: sizes.sigma };
}
