/**
 * The heads softmax and sigmoid (protocol section 7, Heads). Arrays of the output are i32 [unit][row] with 2^sigma rows, `plane` bytes
 * apart, in the order Q' U0 U1 D4 P w e r0 r1 z1; a call takes `batch` rows from row `first` on. All numbers of a division are below
 * 2^30: at most 2^12 units with e <= 2^16.
 */

import { at32, at64 } from './parts';

const SIGNED_LIMIT: i32 = 1 << 15;
const LIMB_MASK: i32 = (1 << 16) - 1;
/** P has fd = 11 fraction bits. */
const DIVIDEND_BITS: i32 = 12;

/**
 * Of every row: w, e and P with what its division leaves, and M and Sum.
 * @param padded units with their padding
 * @param rows arrays M and Sum, one after the other
 * @param exp the table EXP
 */
export function softmax(
  Q: usize,
  plane: usize,
  sigma: i32,
  first: i32,
  units: i32,
  padded: i32,
  batch: i32,
  rows: usize,
  exp: usize,
): void {
  for (let b = 0; b < batch; b++) {
    const column = at32(Q, first + b);
    let largest = -1;
    let at = 0;
    for (let i = 0; i < units; i++) {
      const q = load<i32>(at32(column, i << sigma));
      if (q <= largest) continue;
      largest = q;
      at = i;
    }
    let sum = 0;
    for (let i = 0; i < units; i++) {
      const cell = at32(column, i << sigma);
      const e = load<i32>(at32(exp, largest - load<i32>(cell)));
      store<i32>(cell + 5 * plane, i === at ? 1 : 0);
      store<i32>(cell + 6 * plane, e);
      sum += e;
    }
    store<i32>(at32(rows, first + b), largest - SIGNED_LIMIT);
    store<i32>(at32(rows, (1 << sigma) + first + b), sum);
    for (let i = 0; i < padded; i++) {
      const cell = at32(column, i << sigma);
      const dividend = (load<i32>(cell + 6 * plane) << DIVIDEND_BITS) + sum;
      const P = dividend / (2 * sum);
      const r = dividend - 2 * sum * P;
      const z = 2 * sum - 1 - r;
      store<i32>(cell + 4 * plane, P);
      store<i32>(cell + 7 * plane, r & LIMB_MASK);
      store<i32>(cell + 8 * plane, r >> 16);
      store<i32>(cell + 9 * plane, z >> 16);
    }
  }
}

/** P = SIG[Q']. @param table the table SIG */
export function sigmoid(
  Q: usize,
  plane: usize,
  sigma: i32,
  first: i32,
  units: i32,
  batch: i32,
  table: usize,
): void {
  for (let i = 0; i < units; i++) {
    const cell = at32(Q, (i << sigma) + first);
    for (let b = 0; b < batch; b++) {
      store<i32>(at32(cell + 4 * plane, b), load<i32>(at32(table, load<i32>(at32(cell, b)))));
    }
  }
}

/**
 * D_L = P - target for the first `real` of `batch` rows, 0 for the others; to delta[b][i] and to the trace's D4, which begins with 0.
 * Row b is row first + b of the trace and row shardFirst + b of Y.
 * @param wrong target where Y is 0
 * @param right target where it is not
 */
export function gradient(
  Q: usize,
  plane: usize,
  sigma: i32,
  first: i32,
  Y: usize,
  shardSigma: i32,
  shardFirst: i32,
  units: i32,
  batch: i32,
  real: i32,
  wrong: i32,
  right: i32,
  delta: usize,
  stride: i32,
): void {
  for (let i = 0; i < units; i++) {
    const cell = at32(Q, (i << sigma) + first);
    const y = at32(Y, (i << shardSigma) + shardFirst);
    for (let b = 0; b < batch; b++) {
      let d = 0;
      if (b < real) {
        d = load<i32>(at32(cell + 4 * plane, b)) - (load<i32>(at32(y, b)) === 0 ? wrong : right);
        store<i32>(at32(cell + 3 * plane, b), d);
      }
      store<f64>(at64(delta, b * stride + i), <f64>d);
    }
  }
}
