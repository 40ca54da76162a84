import type { Shard } from '../model/shard.ts';
import type { Weights } from '../model/weights.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { ACTIVATION_BITS, SIGNED_LIMIT } from '../numbers/constants.ts';
import { Network } from './network.ts';
import type { SegmentTrace } from './trace.ts';
import { checkPair } from './trainer.ts';

/** What a model does on a shard: the values of the forward pass, and the result. */
export interface ForwardTrace {
  /** A, V, m, R0, R1 of each hidden layer and Q, U0, U1 of the output, over all 2^sigma rows; D, T and S are unused. */
  trace: SegmentTrace;
  /** Labelled logit L(s), 0 where a row has no label. */
  labelled: Int32Array;
  /** 1 where the labelled logit is strictly the largest of a valid row. */
  right: Int32Array;
  /** G(s, i) = right(s) (L(s) - Q(s, i) - 1 + onehot(s, i)) on real classes, 0 elsewhere; [i, s] with s low. */
  margin: Int32Array;
  /** Rows right (classes), or the sum over valid rows and outputs of (Q - Y)^2 (regression): the public result. */
  result: bigint;
}

/** Rows of one pass. */
const BATCH = 64;

/**
 * The forward pass of design section 1 over a whole shard, padding rows included, with what program score proves of it (design 7.5).
 * @throws InputError; TrainingRangeError where a value leaves its range
 */
export function forwardTrace(weights: Weights, shard: Shard): ForwardTrace {
  checkPair(weights, shard);
  const S = 2 ** ceilLog2(shard.rows);
  const network = new Network(weights, shard, { batch: Math.min(BATCH, S), traceRows: S });
  for (let first = 0; first < S; first += BATCH)
    network.forward({ first, batch: Math.min(BATCH, S - first), at: first });
  const trace = network.trace();
  const Q = trace.output.Q;
  const labelled = new Int32Array(S);
  const right = new Int32Array(S);
  const margin = new Int32Array(Q.length);
  let result = 0n;
  if (shard.kind === 'regression') {
    for (let s = 0; s < shard.rows; s++) {
      let error = 0; // below 4096 * 2^32 = 2^44
      for (let i = 0; i < shard.outputs; i++) error += (Q[i * S + s] - SIGNED_LIMIT - shard.Y[i * S + s]) ** 2;
      result += BigInt(error);
    }
    return { trace, labelled, right, margin, result };
  }
  for (let s = 0; s < shard.rows; s++) {
    let label = 0;
    while (shard.Y[label * S + s] === 0) label++;
    labelled[s] = Q[label * S + s] - SIGNED_LIMIT;
    let best = true;
    for (let i = 0; i < shard.outputs; i++) if (i !== label && Q[i * S + s] >= Q[label * S + s]) best = false;
    if (!best) continue;
    right[s] = 1;
    result++;
    for (let i = 0; i < shard.outputs; i++) {
      const onehot = shard.Y[i * S + s] >> ACTIVATION_BITS;
      margin[i * S + s] = labelled[s] - (Q[i * S + s] - SIGNED_LIMIT) - 1 + onehot;
    }
  }
  return { trace, labelled, right, margin, result };
}
