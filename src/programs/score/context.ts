import type { Kernels, Vec } from '../../argument/kernels.ts';
import { range } from '../../argument/sumcheck.ts';
import type { Shard } from '../../model/shard.ts';
import type { Weights } from '../../model/weights.ts';
import { ceilLog2 } from '../../numbers/bits.ts';
import { ACTIVATION_BITS, MAX_LAYERS } from '../../numbers/constants.ts';
import type { ForwardTrace } from '../../training/forward.ts';
import { type SlottedOracle, slotView } from '../common.ts';

/** 2^fa */
export const FA = 1n << BigInt(ACTIVATION_BITS);

export interface ScoreWitness {
  model: Weights;
  shard: Shard;
  /** forwardTrace(model, shard) */
  forward: ForwardTrace;
}

/** Sizes of a run. Layers carry the numbers of the circuit: 4 is the output, `first` the network's first. */
export interface ScoreSizes {
  first: number;
  layers: number[];
  /** layers without the last */
  hidden: number[];
  /** log2 of the padded width n_l, l = first - 1 .. 4 */
  bits: (l: number) => number;
  /** log2 of the padded rows */
  sigma: number;
  /** 1 for one-hot labels, else 0 */
  classes: bigint;
}

export function scoreSizes({ model: { widths }, shard }: ScoreWitness): ScoreSizes {
  const first = MAX_LAYERS + 2 - widths.length;
  const layers = range(first, widths.length - 1);
  return {
    first,
    layers,
    hidden: layers.slice(0, -1),
    bits: (l) => ceilLog2(widths[l - first + 1]),
    sigma: ceilLog2(shard.rows),
    classes: shard.kind === 'classes' ? 1n : 0n,
  };
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

/** Slot of W or b of circuit layer l in the model oracle, which counts the network's own layers. */
export const modelSlot = ({ first }: ScoreSizes, kind: 'W' | 'b', l: number): string => `${kind}${l - first + 1}`;
