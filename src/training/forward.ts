import { checkFit } from '../model/head.ts';
import type { Shard } from '../model/shard.ts';
import type { Weights } from '../model/weights.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { ACTIVATION_BITS, SIGNED_LIMIT } from '../numbers/constants.ts';
import { Network } from './network.ts';
import { isRight } from './score.ts';
import type { SegmentTrace } from './trace.ts';
import { checkPair } from './trainer.ts';

/** What a model does on a shard: the values of the forward pass, and the result. */
export interface ForwardTrace {
  /** A, V, m, R0, R1 of each hidden layer and Q, U0, U1 of the output, over all 2^sigma rows; D, T, S and what a head adds are unused. */
  trace: SegmentTrace;
  /** Of classes: the labelled logit L(s); 0 on padded rows and for other kinds. */
  labelled: Int32Array;
  /** 1 where a valid row is right: the labelled logit strictly the largest (classes), or all logits of the right sign (labels). */
  right: Int32Array;
  /**
   * On real classes of right rows L(s) - Q(s, i) - 1 + onehot(s, i) (classes), or |Q(s, i)| - 1 (labels), 0 elsewhere; [i, s] with
   * s low.
   */
  margin: Int32Array;
  /** Rows right (classes, labels), or the sum over valid rows and outputs of (Q - Y)^2 (regression): the public result. */
  result: bigint;
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
 * @throws as `forwardPass`; InputError where the network's head does not go with the kind of the rows
 */
export function forwardTrace(weights: Weights, shard: Shard): ForwardTrace {
  checkFit(weights.head, shard.kind);
  const S = 2 ** ceilLog2(shard.rows);
  const trace = forwardPass(weights, shard);
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
  const [q, y] = [new Int32Array(shard.outputs), new Int32Array(shard.outputs)];
  for (let s = 0; s < shard.rows; s++) {
    for (let i = 0; i < shard.outputs; i++) {
      q[i] = Q[i * S + s] - SIGNED_LIMIT;
      y[i] = shard.Y[i * S + s];
    }
    if (shard.kind === 'classes') labelled[s] = q[y.findIndex((value) => value !== 0)];
    if (!isRight(q, y, shard.kind)) continue;
    right[s] = 1;
    result++;
    for (let i = 0; i < shard.outputs; i++) {
      margin[i * S + s] =
        shard.kind === 'labels' ? Math.abs(q[i]) - 1 : labelled[s] - q[i] - 1 + (y[i] >> ACTIVATION_BITS);
    }
  }
  return { trace, labelled, right, margin, result };
}
