/** The gradient of one unit's weights, for the dense trainer and for pictures. */

import { at64 } from './parts';

let deltaSum: i64 = 0;

/** What the deltas of the last `gradientOf` sum to. */
// @ts-ignore: decorator
@inline
export function sumOfDeltas(): i64 {
  return deltaSum;
}

/**
 * gradient[j] = sum_b delta[b][i] input[b][j], four rows with a delta at a time; rows without one (ReLU off) change nothing.
 * @returns whether there was a delta; their sum is `sumOfDeltas()`.
 */
export function gradientOf(
  i: i32,
  delta: usize,
  deltaStride: i32,
  input: usize,
  stride: i32,
  batch: i32,
  gradient: usize,
): bool {
  const row = <usize>stride << 3;
  let total: f64 = 0;
  let any = false;
  let b = 0;
  while (b < batch) {
    let d0: f64 = 0;
    let d1: f64 = 0;
    let d2: f64 = 0;
    let d3: f64 = 0;
    let x0 = input;
    let x1 = input;
    let x2 = input;
    let x3 = input;
    let count = 0;
    for (; b < batch && count < 4; b++) {
      const d = load<f64>(at64(delta, b * deltaStride + i));
      if (d === 0) continue;
      const x = input + <usize>b * row;
      if (count === 0) {
        d0 = d;
        x0 = x;
      } else if (count === 1) {
        d1 = d;
        x1 = x;
      } else if (count === 2) {
        d2 = d;
        x2 = x;
      } else {
        d3 = d;
        x3 = x;
      }
      count++;
    }
    if (count === 0) break;
    total += d0 + d1 + d2 + d3;
    const e0 = f64x2.splat(d0);
    const e1 = f64x2.splat(d1);
    const e2 = f64x2.splat(d2);
    const e3 = f64x2.splat(d3);
    if (!any) memory.fill(gradient, 0, row);
    any = true;
    if (count === 1) {
      for (let j: usize = 0; j < row; j += 16)
        v128.store(gradient + j, f64x2.add(v128.load(gradient + j), f64x2.mul(e0, v128.load(x0 + j))));
      continue;
    }
    for (let j: usize = 0; j < row; j += 16) {
      const first = f64x2.add(f64x2.mul(e0, v128.load(x0 + j)), f64x2.mul(e1, v128.load(x1 + j)));
      const second = f64x2.add(f64x2.mul(e2, v128.load(x2 + j)), f64x2.mul(e3, v128.load(x3 + j)));
      v128.store(gradient + j, f64x2.add(v128.load(gradient + j), f64x2.add(first, second)));
    }
  }
  deltaSum = <i64>total;
  return any;
}
