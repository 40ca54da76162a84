/** Weights as two 64-bit floats each, w = 2^24 hi + lo (see trainer.ts), addresses in arrays, and what left its range. */

/** The value that left its range in the call that last reported one. */
let failed: i64 = 0;

export function failedValue(): i64 {
  return failed;
}

export function setFailed(value: i64): void {
  failed = value;
}

/** 2^24 */
export const SPLIT_UNIT: f64 = 16777216;

// @ts-ignore: decorator
@inline
export function at32(base: usize, index: i32): usize {
  return base + ((<usize>index) << 2);
}

// @ts-ignore: decorator
@inline
export function at64(base: usize, index: i32): usize {
  return base + ((<usize>index) << 3);
}

/** The parts of the weights at W, i64 [i][j] with rows of `columns` entries of which `inputs` are real. */
export function splitWeights(
  W: usize,
  columns: i32,
  hi: usize,
  lo: usize,
  stride: i32,
  inputs: i32,
  outputs: i32,
): void {
  for (let i = 0; i < outputs; i++) {
    for (let j = 0; j < inputs; j++) {
      const w = <f64>load<i64>(at64(W, i * columns + j));
      const h = nearest(w / SPLIT_UNIT);
      store<f64>(at64(hi, i * stride + j), h);
      store<f64>(at64(lo, i * stride + j), w - h * SPLIT_UNIT);
    }
  }
}

/** The other way. */
export function joinWeights(
  W: usize,
  columns: i32,
  hi: usize,
  lo: usize,
  stride: i32,
  inputs: i32,
  outputs: i32,
): void {
  for (let i = 0; i < outputs; i++) {
    for (let j = 0; j < inputs; j++) {
      const at = i * stride + j;
      store<i64>(at64(W, i * columns + j), <i64>(load<f64>(at64(hi, at)) * SPLIT_UNIT + load<f64>(at64(lo, at))));
    }
  }
}
