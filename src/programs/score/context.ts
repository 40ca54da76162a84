import type { Kernels, Vec } from '../../argument/kernels.ts';
import type { Shard } from '../../model/shard.ts';
import type { Weights } from '../../model/weights.ts';
import type { ForwardTrace } from '../../training/forward.ts';
import { type SlottedOracle, slotView } from '../common.ts';
import { type LayerSizes, layerSizes } from '../layerSizes.ts';

export interface ScoreWitness {
  model: Weights;
  shard: Shard;
  /** forwardTrace(model, shard) */
  forward: ForwardTrace;
}

/** Sizes of a run. */
export interface ScoreSizes extends LayerSizes {
  /** 1 for one-hot labels, else 0 */
  classes: bigint;
}

export function scoreSizes({ model: { widths }, shard }: ScoreWitness): ScoreSizes {
  return { ...layerSizes(widths, shard), classes: shard.kind === 'classes' ? 1n : 0n };
}

export interface ScoreOracles {
  model: SlottedOracle;
  shard: SlottedOracle;
  trace: SlottedOracle;
  helper: SlottedOracle;
}

/** What the steps after the commitments work with. */
export interface ScoreContext {
  k: Kernels;
  sizes: ScoreSizes;
  shard: Shard;
  forward: ForwardTrace;
  oracles: ScoreOracles;
  /** r_i, and sigma coordinates of r_s */
  ri: readonly bigint[];
  rs: readonly bigint[];
  /** the zero-checks' point */
  tau: readonly bigint[];
}

/** In_l: A_(l-1), or X. */
export function inputOf({ k, sizes, oracles }: ScoreContext, l: number): Vec {
  return l === sizes.first ? slotView(k, oracles.shard, 'X') : slotView(k, oracles.trace, `A_${l - 1}`);
}
