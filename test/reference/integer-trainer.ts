/**
 * Design section 1 in big integers, written from the text alone: nested arrays, no padding, no ranges, no speed. The
 * real trainer must equal it.
 */

import type { ReferenceHead } from './sizes.ts';
import { EXP, SIG } from './tables.ts';

export type Matrix = bigint[][];

export interface ReferenceModel {
  /** W[l][i][j] and b[l][i] for l = 0..L-1. */
  W: Matrix[];
  b: bigint[][];
}

export interface ReferenceRun {
  model: ReferenceModel;
  /** Q[l][i][s] of layer l + 1. */
  Q: Matrix[];
  /** Z[l][i][s] before rounding, E and T of hidden layers, D of all. */
  Z: Matrix[];
  E: Matrix[];
  T: Matrix[];
  D: Matrix[];
  /** of softmax by row: the largest logit, and the sum of the powers */
  M: bigint[];
  Sum: bigint[];
  /** of softmax: EXP[M - Q], and what the division leaves; of both heads: the probabilities */
  e: Matrix;
  rest: Matrix;
  P: Matrix;
}

const F = 32n;
const FA = 9n;
const FD = 11n;

function floorDiv(x: bigint, y: bigint): bigint {
  const q = x / y;
  return x % y !== 0n && x < 0n ? q - 1n : q;
}

function round(z: bigint): bigint {
  return floorDiv(z + 2n ** (F - 1n), 2n ** F);
}

function sum(count: number, term: (k: number) => bigint): bigint {
  let total = 0n;
  for (let k = 0; k < count; k++) total += term(k);
  return total;
}

function matrix(rows: number, columns: number, entry: (i: number, s: number) => bigint): Matrix {
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, s) => entry(i, s)));
}

/** Data with as many columns as a pass has rows; those from `rows` on fill up the steps: they are zero and train nothing. */
export interface ReferenceRows {
  X: Matrix;
  Y: Matrix;
  rows?: number;
}

export interface ReferenceSettings {
  lr: bigint;
  batch: number;
  passes?: number;
  head?: ReferenceHead;
  /** target of a wrong class, fd fraction bits */
  smoothing?: bigint;
}

/** Fills what softmax makes of the logits of row s; logits beyond the tables give 0. */
function softmax(run: ReferenceRun, s: number): void {
  const logits = run.Q[run.Q.length - 1].map((row) => row[s]);
  run.M[s] = logits.reduce((a, b) => (a > b ? a : b));
  logits.forEach((q, i) => {
    run.e[i][s] = EXP[Number(run.M[s] - q)] ?? 0n;
  });
  run.Sum[s] = sum(logits.length, (i) => run.e[i][s]);
  logits.forEach((_, i) => {
    const dividend = 2n ** (FD + 1n) * run.e[i][s] + run.Sum[s];
    run.P[i][s] = floorDiv(dividend, 2n * run.Sum[s]);
    run.rest[i][s] = dividend - 2n * run.Sum[s] * run.P[i][s];
  });
}

/** The delta of output i in row s with the target y; labels are 0 or 2^fa. */
function outputDelta(run: ReferenceRun, head: ReferenceHead, eps: bigint, y: bigint, i: number, s: number): bigint {
  const Q = run.Q[run.Q.length - 1];
  if (head === 'squared error') return 2n ** (FD - FA) * (Q[i][s] - y);
  const others = head === 'softmax' ? BigInt(Q.length) - 1n : 1n;
  const target = y === 0n ? eps : 2n ** FD - others * eps;
  return run.P[i][s] - target;
}

/** X[j][s], Y[i][s]; rows are used in order, `batch` a step, `passes` times. A run has the rows of all passes, one after the other. */
export function referenceTrain(
  start: ReferenceModel,
  { X, Y, rows: realRows = X[0].length }: ReferenceRows,
  { lr, batch, passes = 1, head = 'squared error', smoothing = 0n }: ReferenceSettings,
): ReferenceRun {
  const W = start.W.map((w) => w.map((row) => [...row]));
  const b = start.b.map((bias) => [...bias]);
  const L = W.length;
  const passRows = X[0].length;
  const rows = passes * passRows;
  const widths = [X.length, ...b.map((bias) => bias.length)];
  const blank = (l: number) => matrix(widths[l + 1], rows, () => 0n);
  const run: ReferenceRun = {
    model: { W, b },
    Q: W.map((_, l) => blank(l)),
    Z: W.map((_, l) => blank(l)),
    E: W.slice(1).map((_, l) => blank(l)),
    T: W.slice(1).map((_, l) => blank(l)),
    D: W.map((_, l) => blank(l)),
    M: Array<bigint>(rows).fill(0n),
    Sum: Array<bigint>(rows).fill(0n),
    e: blank(L - 1),
    rest: blank(L - 1),
    P: blank(L - 1),
  };
  const A = (l: number, i: number, s: number): bigint => {
    if (l === 0) return X[i][s % passRows];
    const q = run.Q[l - 1][i][s];
    return q > 0n ? q : 0n;
  };
  for (let k = 0; k < rows / batch; k++) {
    const batchRows = Array.from({ length: batch }, (_, position) => k * batch + position);
    for (let l = 1; l <= L; l++) {
      for (let i = 0; i < widths[l]; i++) {
        for (const s of batchRows) {
          const z = sum(widths[l - 1], (j) => W[l - 1][i][j] * A(l - 1, j, s)) + 2n ** FA * b[l - 1][i];
          run.Z[l - 1][i][s] = z;
          run.Q[l - 1][i][s] = round(z);
        }
      }
    }
    for (const s of batchRows) {
      const row = s % passRows;
      if (head === 'softmax') softmax(run, s);
      for (let i = 0; i < widths[L]; i++) {
        if (head === 'sigmoid') run.P[i][s] = SIG[Number(run.Q[L - 1][i][s] + 2n ** 15n)] ?? 0n;
        run.D[L - 1][i][s] = row < realRows ? outputDelta(run, head, smoothing, Y[i][row], i, s) : 0n;
      }
    }
    for (let l = L - 1; l >= 1; l--) {
      for (let j = 0; j < widths[l]; j++) {
        for (const s of batchRows) {
          const e = sum(widths[l + 1], (i) => W[l][i][j] * run.D[l][i][s]);
          run.E[l - 1][j][s] = e;
          run.T[l - 1][j][s] = round(e);
          run.D[l - 1][j][s] = run.Q[l - 1][j][s] > 0n ? round(e) : 0n;
        }
      }
    }
    for (let l = 1; l <= L; l++) {
      for (let i = 0; i < widths[l]; i++) {
        const d = (s: number) => run.D[l - 1][i][s];
        for (let j = 0; j < widths[l - 1]; j++) {
          W[l - 1][i][j] -= lr * sum(batch, (k2) => d(batchRows[k2]) * A(l - 1, j, batchRows[k2]));
        }
        b[l - 1][i] -= lr * 2n ** FA * sum(batch, (k2) => d(batchRows[k2]));
      }
    }
  }
  return run;
}
