import { checkFit } from '../model/head.ts';
import type { Measures } from '../model/measures.ts';
import type { Shard } from '../model/shard.ts';
import type { Weights } from '../model/weights.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { Network } from './network.ts';
import { type ScoreTrace, scoreTrace } from './scoreTrace.ts';
import type { SegmentTrace } from './trace.ts';
import { checkPair } from './trainer.ts';

/** What a model does on a shard, and all that a proof states of it. */
export interface ForwardTrace {
  /** A, V, m, R0, R1 of each hidden layer and Q, U0, U1 of the output, over all 2^sigma rows; D, T, S and what a head adds are unused. */
  trace: SegmentTrace;
  /** What the measures are made of. */
  score: ScoreTrace;
  /** The public results. */
  measures: Measures;
}

/** Rows of one pass. */
const BATCH = 64;

/**
 * The forward pass of design section 1 over a whole shard, padding rows included.
 * @param shard of any kind: only its inputs are read
 * @throws InputError; TrainingRangeError where a value leaves its range
 */
export function forwardPass(weights: Weights, shard: Shard): SegmentTrace {
  checkPair(weights, shard);
  const S = 2 ** ceilLog2(shard.rows);
  const network = new Network(weights, shard, { batch: Math.min(BATCH, S), traceRows: S });
  for (let first = 0; first < S; first += BATCH)
    network.forward({ first, batch: Math.min(BATCH, S - first), at: first });
  return network.trace();
}

/**
 * The same with what program score proves of it (design 7.5).
 * @param k places that count as top, `defaultTop` unless told
 * @throws as `forwardPass` and `scoreTrace`; InputError where the network's head does not go with the kind of the rows
 */
export function forwardTrace(weights: Weights, shard: Shard, k?: number): ForwardTrace {
  const { head, widths } = weights;
  checkFit(head, shard.kind);
  const trace = forwardPass(weights, shard);
  return { trace, ...scoreTrace({ Q: trace.output.Q, shard, head, layer: widths.length - 1 }, k) };
}
