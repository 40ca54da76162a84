import { TrainingRangeError } from '../errors/TrainingRangeError.ts';
import type { Head } from '../model/head.ts';
import { checkTop, countsLength, defaultTop, type Measures } from '../model/measures.ts';
import type { Shard } from '../model/shard.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { ACTIVATION_BITS, LIMB_BITS, SIGNED_LIMIT } from '../numbers/constants.ts';
import { expTable, lossTable, TABLE_SIZE } from './tables.ts';

/**
 * What program score proves of logits besides the pass that made them (protocol section 11). Arrays over outputs are [i, s] with s
 * low, of the size of Q; the others have an entry a row. What is not said of a kind, of padded rows or of padded outputs is 0.
 */
export interface ScoreTrace {
  /** Classes: 1 where the logit is below the label's, and at the label; labels: where it is right; regression: where Q >= Y. */
  B: Int32Array;
  /** By what B is right, less one; regression: the absolute error. */
  G: Int32Array;
  /** Classes: 1 at the class whose logit is strictly the largest; labels: B. 0 where no counts are stated. */
  P: Int32Array;
  /** Classes: by what the predicted class leads each other, less one. */
  K: Int32Array;
  /** Classes: the label's logit. */
  L: Int32Array;
  /** Sum of B. */
  N: Int32Array;
  /** 1 where all B are. */
  c: Int32Array;
  /** 1 where fewer than k are not. */
  t: Int32Array;
  /** t (N - n_4 + k - 1). */
  H: Int32Array;
  /** Sum of P. */
  p: Int32Array;
  /** Classes: the predicted class's logit. */
  LP: Int32Array;
  /** With softmax and sigmoid: what is looked up of their function. */
  pairs?: ScorePairs;
}

/** Padded rows have their entries too. */
export interface ScorePairs {
  /** Softmax: Z - Q; sigmoid: (1 - 2 y) Q + 2^15. On real outputs alone. */
  index: Int32Array;
  /** The function's value there; 0 on padded outputs. */
  E: Int32Array;
  /** Softmax: the least Z of each row with sum_i EXP[Z - Q_i] <= 2^16, and what the sum lacks. */
  softmax?: { Z: Int32Array; S: Int32Array };
}

/** The logits of a pass over a shard. */
interface Logits {
  Q: Int32Array;
  shard: Shard;
  head: Head;
  /** Layer of the output, for errors. */
  layer: number;
}

/** Units of the log-loss in a step of Z. */
const LOSS_OF_STEP = 2 ** (LIMB_BITS - ACTIVATION_BITS);
const ONE = 2 ** LIMB_BITS;

/**
 * Everything that one proof states of the logits, and what it is made of.
 * @param k places that count as top
 * @throws InputError for a k that is not in 1..n; TrainingRangeError for a logit whose log-loss has no place in the tables
 */
export function scoreTrace(logits: Logits, k?: number): { score: ScoreTrace; measures: Measures } {
  const { Q, shard } = logits;
  const { rows, outputs, kind } = shard;
  const top = k ?? (kind === 'regression' ? 1 : defaultTop(outputs));
  checkTop(top, outputs);
  const S = 2 ** ceilLog2(rows);
  const ofOutputs = () => new Int32Array(Q.length);
  const ofRows = () => new Int32Array(S);
  const score: ScoreTrace = {
    ...{ B: ofOutputs(), G: ofOutputs(), P: ofOutputs(), K: ofOutputs() },
    ...{ L: ofRows(), N: ofRows(), c: ofRows(), t: ofRows(), H: ofRows(), p: ofRows(), LP: ofRows() },
  };
  const measures: Measures = { result: 0n, loss: 0n, absolute: 0n, k: top, top: 0n, counts: null };
  if (kind === 'regression') return { score, measures: { ...measures, ...regression(score, logits) } };
  const length = countsLength(kind, outputs);
  if (length > 0) measures.counts = new Uint16Array(length);
  if (kind === 'classes') classes(score, logits, measures.counts);
  else labels(score, logits, measures.counts);
  const { N, c, t, H } = score;
  let [right, among] = [0, 0];
  for (let s = 0; s < rows; s++) {
    right += c[s] = N[s] === outputs ? 1 : 0;
    among += t[s] = N[s] > outputs - top ? 1 : 0;
    H[s] = t[s] * (N[s] - outputs + top - 1);
  }
  measures.result = BigInt(right);
  measures.top = BigInt(among);
  measures.loss = BigInt(logLoss(score, logits));
  return { score, measures };
}

/** Errors, their signs and sizes. */
function regression({ B, G, N }: ScoreTrace, { Q, shard }: Logits): Pick<Measures, 'result' | 'absolute'> {
  const { rows, outputs, Y } = shard;
  const S = Q.length / 2 ** ceilLog2(outputs);
  let [result, absolute] = [0n, 0];
  for (let i = 0; i < outputs; i++) {
    let squares = 0; // below 2^12 * 2^32
    for (let s = 0, at = i * S; s < rows; s++, at++) {
      const error = Q[at] - SIGNED_LIMIT - Y[at];
      N[s] += B[at] = error >= 0 ? 1 : 0;
      G[at] = Math.abs(error);
      squares += error * error;
      absolute += G[at]; // below 2^24 * 2^16
    }
    result += BigInt(squares);
  }
  return { result, absolute: BigInt(absolute) };
}

/** B, G, N, and where counts are stated P, K, p and LP. */
function classes(score: ScoreTrace, { Q, shard }: Logits, counts: Uint16Array | null): void {
  const { B, G, L, N } = score;
  const { rows, outputs, Y } = shard;
  const S = L.length;
  for (let i = 0; i < outputs; i++) {
    for (let s = 0, at = i * S; s < rows; s++, at++) if (Y[at] !== 0) L[s] = Q[at] - SIGNED_LIMIT;
  }
  for (let i = 0; i < outputs; i++) {
    for (let s = 0, at = i * S; s < rows; s++, at++) {
      const q = Q[at] - SIGNED_LIMIT;
      const isLabel = Y[at] !== 0 ? 1 : 0;
      if (!isLabel && q >= L[s]) continue;
      B[at] = 1;
      G[at] = L[s] - q - 1 + isLabel;
      N[s]++;
    }
  }
  if (counts !== null) predictions(score, Q, shard, counts);
}

/** The class whose logit is strictly the largest, where one is. */
function predictions({ P, K, p, LP }: ScoreTrace, Q: Int32Array, shard: Shard, counts: Uint16Array): void {
  const { rows, outputs, Y } = shard;
  const S = p.length;
  for (let s = 0; s < rows; s++) {
    let [best, predicted, label] = [-1, 0, 0];
    for (let i = 0; i < outputs; i++) {
      const q = Q[i * S + s];
      if (Y[i * S + s] !== 0) label = i;
      if (q > best) [best, predicted] = [q, i];
      else if (q === best) predicted = -1;
    }
    if (predicted < 0) continue;
    p[s] = 1;
    LP[s] = best - SIGNED_LIMIT;
    P[predicted * S + s] = 1;
    counts[label * outputs + predicted]++;
    for (let i = 0; i < outputs; i++) K[i * S + s] = best - Q[i * S + s] - (i === predicted ? 0 : 1);
  }
}

/** B, G, N, and where counts are stated P and p. */
function labels({ B, G, P, N, p }: ScoreTrace, { Q, shard }: Logits, counts: Uint16Array | null): void {
  const { rows, outputs, Y } = shard;
  const S = N.length;
  for (let i = 0; i < outputs; i++) {
    for (let s = 0, at = i * S; s < rows; s++, at++) {
      const q = Q[at] - SIGNED_LIMIT;
      if (Y[at] === 0 ? q >= 0 : q <= 0) continue;
      B[at] = 1;
      G[at] = Math.abs(q) - 1;
      N[s]++;
      if (counts === null) continue;
      P[at] = 1;
      p[s]++;
      counts[i]++;
    }
  }
}

/** Adds the pairs; the log-loss of all real rows, below 2^24 * 2^23. */
function logLoss(score: ScoreTrace, logits: Logits): number {
  if (logits.head === 'softmax') return softmaxLoss(score, logits);
  if (logits.head === 'sigmoid') return sigmoidLoss(score, logits);
  return 0;
}

function softmaxLoss(score: ScoreTrace, logits: Logits): number {
  const { Q, shard } = logits;
  const { rows, outputs } = shard;
  const S = score.L.length;
  const exp = expTable();
  const index = new Int32Array(outputs * S);
  const E = new Int32Array(Q.length);
  const [Z, rest] = [new Int32Array(S), new Int32Array(S)];
  const q = new Int32Array(outputs);
  let loss = 0;
  for (let s = 0; s < S; s++) {
    for (let i = 0; i < outputs; i++) q[i] = Q[i * S + s] - SIGNED_LIMIT;
    const z = leastLogOfSum(q, exp);
    let sum = 0;
    for (let i = 0; i < outputs; i++) {
      const [at, distance] = [i * S + s, z - q[i]];
      if (distance >= TABLE_SIZE) fail(logits, s, i, 'distance to the log of the sum of exponentials', distance);
      index[at] = distance;
      E[at] = exp[distance];
      sum += E[at];
    }
    Z[s] = z;
    rest[s] = ONE - sum;
    if (s < rows) loss += LOSS_OF_STEP * (z - score.L[s]) - rest[s];
  }
  score.pairs = { index, E, softmax: { Z, S: rest } };
  return loss;
}

/** The least z with sum_i EXP[z - q_i] <= 2^16, of which an entry beyond the table is 0. */
function leastLogOfSum(q: Int32Array, exp: Int32Array): number {
  const sumAt = (z: number) => {
    let sum = 0;
    for (let i = 0; i < q.length; i++) sum += exp[z - q[i]] ?? 0;
    return sum;
  };
  const most = q.reduce((a, b) => Math.max(a, b));
  let z = most + Math.ceil(2 ** ACTIVATION_BITS * Math.log(sumAt(most) / ONE));
  while (sumAt(z) > ONE) z++;
  while (z > most && sumAt(z - 1) <= ONE) z--;
  return z;
}

function sigmoidLoss(score: ScoreTrace, logits: Logits): number {
  const { Q, shard } = logits;
  const { rows, outputs, Y } = shard;
  const S = score.L.length;
  const table = lossTable();
  const index = new Int32Array(outputs * S);
  const E = new Int32Array(Q.length);
  let loss = 0;
  for (let i = 0; i < outputs; i++) {
    for (let s = 0, at = i * S; s < S; s++, at++) {
      index[at] = Y[at] === 0 ? Q[at] : 2 * SIGNED_LIMIT - Q[at];
      if (index[at] === TABLE_SIZE) fail(logits, s, i, 'output', -SIGNED_LIMIT);
      E[at] = table[index[at]];
      if (s < rows) loss += E[at];
    }
  }
  score.pairs = { index, E };
  return loss;
}

const ALLOWED = {
  output: 'more than -64 where the label is set, because the log-loss of less has no place in its table',
  'distance to the log of the sum of exponentials':
    'less than 128, because the log-loss of more has no place in its table',
} as const;

function fail({ shard, layer }: Logits, s: number, unit: number, quantity: keyof typeof ALLOWED, value: number): never {
  const row = s < shard.rows ? s : undefined;
  const real = value / 2 ** ACTIVATION_BITS;
  throw new TrainingRangeError({ quantity, layer, unit, row, value: BigInt(value), real }, ALLOWED[quantity]);
}
