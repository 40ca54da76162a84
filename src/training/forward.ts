import { checkFit } from '../model/head.ts';
import type { Measures } from '../model/measures.ts';
import { type AnyWeights, headOf } from '../model/networkWeights.ts';
import type { Shard } from '../model/shard.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { placeNetwork } from './placeNetwork.ts';
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
export function forwardPass(weights: AnyWeights, shard: Shard): SegmentTrace {
  checkPair(weights, shard);
  const S = 2 ** ceilLog2(shard.rows);
  const network = placeNetwork(weights, shard, { batch: Math.min(BATCH, S), traceRows: S, isTrained: false });
  for (let first = 0; first < S; first += BATCH)
    network.forward({ first, batch: Math.min(BATCH, S - first), at: first });
  return network.trace();
}

/**
 * The outputs of the same pass, Q' = Q_L + 2^15 as [i, s] over all 2^sigma rows, without its trace.
 * @throws as `forwardPass`
 */
export function forwardOutputs(weights: AnyWeights, shard: Shard): Int32Array {
  checkPair(weights, shard);
  const S = 2 ** ceilLog2(shard.rows);
  const batch = Math.min(BATCH, S);
  const network = placeNetwork(weights, shard, { batch, traceRows: batch, isTrained: false });
  const outputs = 2 ** ceilLog2(shard.outputs);
  const Q = new Int32Array(outputs * S);
  for (let first = 0; first < S; first += batch) {
    network.forward({ first, batch, at: 0 });
    const own = network.outputs();
    for (let i = 0; i < outputs; i++) Q.set(own.subarray(i * batch, (i + 1) * batch), i * S + first);
  }
  return Q;
}

/**
 * The same with what program score proves of it (design 7.5).
 * @param k places that count as top, `defaultTop` unless told
 * @throws as `forwardPass` and `scoreTrace`; InputError where the network's head does not go with the kind of the rows
 */
export function forwardTrace(weights: AnyWeights, shard: Shard, k?: number): ForwardTrace {
  const head = headOf(weights);
  checkFit(head, shard.kind);
  const trace = forwardPass(weights, shard);
  return { trace, ...scoreTrace({ Q: trace.output.Q, shard, head, layer: weights.layers.length }, k) };
}
