import type { Head } from '../model/head.ts';
import type { Shard } from '../model/shard.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { ACTIVATION_BITS, SIGNED_LIMIT } from '../numbers/constants.ts';

export interface Score {
  /**
   * Classes: rows whose label's output is strictly greater than all others (a tie counts as wrong). Labels: rows whose outputs all
   * have the sign that their labels say, none of them 0. Regression: 0.
   */
  right: number;
  /**
   * Sum over rows of what the head makes smaller, in real units: of sum_i (Q_L - Y)^2, or of the cross-entropy in nats, for the
   * targets without smoothing.
   */
  loss: number;
}

/** Rows first .. first + count of a shard, and where their outputs stand. */
interface ScoredRows {
  first: number;
  count: number;
  at: number;
}

/**
 * Scores rows first .. first + count of a shard by their outputs Q' (rows at .. of an array [i, s] with 2^traceBits
 * rows).
 */
export function scoreRows(
  Q: Int32Array,
  traceBits: number,
  shard: Shard,
  { first, count, at }: ScoredRows,
  head: Head,
): Score {
  const sigma = ceilLog2(shard.rows);
  const score: Score = { right: 0, loss: 0 };
  const [q, y] = [new Int32Array(shard.outputs), new Int32Array(shard.outputs)];
  for (let s = 0; s < count; s++) {
    for (let i = 0; i < shard.outputs; i++) {
      q[i] = Q[(i << traceBits) + at + s] - SIGNED_LIMIT;
      y[i] = shard.Y[(i << sigma) + first + s];
    }
    score.loss += LOSSES[head](q, y);
    if (shard.kind !== 'regression' && isRight(q, y, shard.kind)) score.right++;
  }
  return score;
}

/** Whether a row's logits say what its classes or labels are. */
function isRight(q: Int32Array, y: Int32Array, kind: 'classes' | 'labels'): boolean {
  if (kind === 'labels') return q.every((logit, i) => (y[i] === 0 ? logit < 0 : logit > 0));
  let [label, best] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < q.length; i++) {
    if (y[i] !== 0) label = q[i];
    else if (q[i] > best) best = q[i];
  }
  return label > best;
}

const ONE = 2 ** ACTIVATION_BITS;

/** Of a row with outputs q and targets y, both with fa fraction bits. */
const LOSSES: Record<Head, (q: Int32Array, y: Int32Array) => number> = {
  'squared error': (q, y) => {
    let squares = 0; // at most 2^12 * 2^32
    for (let i = 0; i < q.length; i++) squares += (q[i] - y[i]) ** 2;
    return squares / ONE ** 2;
  },
  softmax: (q, y) => {
    let [most, label, sum] = [q[0], 0, 0];
    for (let i = 0; i < q.length; i++) {
      if (q[i] > most) most = q[i];
      if (y[i] !== 0) label = q[i];
    }
    for (let i = 0; i < q.length; i++) sum += Math.exp((q[i] - most) / ONE);
    return Math.log(sum) + (most - label) / ONE;
  },
  sigmoid: (q, y) => {
    let sum = 0;
    for (let i = 0; i < q.length; i++) {
      const wrong = (y[i] === 0 ? q[i] : -q[i]) / ONE;
      sum += Math.max(wrong, 0) + Math.log1p(Math.exp(-Math.abs(wrong)));
    }
    return sum;
  },
};
