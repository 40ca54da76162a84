import type { Kernels } from '../../argument/kernels.ts';
import type { LookupTable } from '../../argument/lookup.ts';
import type { Oracle } from '../../argument/oracle.ts';
import type { Shard } from '../../model/shard.ts';
import type { ShardKind } from '../../model/shardKind.ts';
import type { Weights } from '../../model/weights.ts';
import type { ForwardTrace } from '../../training/forward.ts';
import { type LayerSizes, layerSizes } from '../layerSizes.ts';
import type { Tensor } from '../tensors.ts';

export interface ScoreWitness {
  model: Weights;
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

export function scoreSizes({ model: { widths }, shard }: ScoreWitness): ScoreSizes {
  const is = (kind: ShardKind) => (shard.kind === kind ? 1n : 0n);
  return { ...layerSizes(widths, shard), classes: is('classes'), labels: is('labels') };
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
export interface ScoreContext {
  k: Kernels;
  witness: ScoreWitness;
  sizes: ScoreSizes;
  oracles: ScoreOracles;
  /** features and rows of the zero-checks' point tau = (r_s; r_i): x^(4096 2^t) and x^(2^t), by which counts are weighted too */
  ri: readonly bigint[];
  rs: readonly bigint[];
}

/** In_l: A_(l-1), or X. */
export function inputOf({ witness: { shard, forward }, sizes }: ScoreContext, l: number): Tensor {
  const data = l === sizes.first ? shard.X : forward.trace.hidden[l - sizes.first - 1].A;
  return { data, rowBits: sizes.sigma };
}
