/**
 * The integer trainer's inner loops, design section 1, on plain linear memory (the wrapper is ../machine.ts).
 *
 * Everything is an integer in a 64-bit float, which is exact below 2^53. A weight w, -2^47 <= w < 2^47, is kept as two
 * floats: w = 2^24 hi + lo with hi the nearest integer to w / 2^24, so |lo| <= 2^23 and |hi| <= 2^23. Both parts are
 * summed apart and joined in 64-bit integers where a sum is rounded. Inputs and activations are below 2^16, output deltas
 * 4 |Q - Y| < 2^18 (|P - target| <= 2^11 with the other heads), hidden deltas at most 2^15, and widths, batches and rates at most 2^12, 2^12, 2^16. Hence, of every
 * partial sum,
 *   forward   2^12 * 2^23 * 2^16 = 2^51
 *   backward  2^12 * 2^23 * (2^18 - 4) < 2^53
 *   gradient  2^12 * 2^18 * 2^16 = 2^46
 * The rate times a gradient may be 2^62; from 2^53 on it may be rounded, but then the weight leaves its range all the
 * same, and the value to report is computed in 64-bit integers. Where sums are joined: |hi| + |lo| 2^-24 < 2^54.
 *
 * Batch buffers are [b][unit], weights [i][j], gradients [j], all with a row of `stride` entries, a multiple of four;
 * padding is 0. Trace and shard arrays are i32 [unit][row] with 2^sigma rows, the layout of the oracles.
 */

import { gradientOf, sumOfDeltas } from './gradient';
import { at32, at64, setFailed, SPLIT_UNIT } from './parts';

export { gradient, sigmoid, softmax } from './heads';
export { failedValue, joinWeights, splitWeights } from './parts';
export {
  addGradients, applyGradients, failedUnit, gatherPatches, poolPictures, roundPlaceDeltas, roundPlaces, scatterPatches,
} from './pictures';
export { seedLayer } from './seed';

const LIMB: i64 = 16;
const LIMB_MASK: i64 = (1 << 16) - 1;
const HALF: i64 = 1 << 31;
const ACTIVATION_LIMIT: i64 = 1 << 16;
const SIGNED_LIMIT: i64 = 1 << 15;
const FA: i64 = 9;
/** Bits of lo. */
const SPLIT: i64 = 24;
const SPLIT_MASK: i64 = (1 << 24) - 1;
const WEIGHT_BITS: i64 = 47;
const WEIGHT_LIMIT: f64 = 140737488355328;

/** target[b][unit] = source[unit][first + b]. */
export function gather(
  source: usize,
  target: usize,
  stride: i32,
  units: i32,
  sigma: i32,
  first: i32,
  batch: i32,
): void {
  for (let j = 0; j < units; j++) {
    const row = at32(source, (j << sigma) + first);
    for (let b = 0; b < batch; b++) store<f64>(at64(target, b * stride + j), <f64>load<i32>(at32(row, b)));
  }
}

// @ts-ignore: decorator
@inline
function lanes(a: v128): f64 {
  return f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
}

/** sums[b][i] = sum_j W[i][j] input[b][j], in both parts. `stride` is that of W and of the input. */
export function forward(
  hi: usize,
  lo: usize,
  stride: i32,
  outputs: i32,
  input: usize,
  batch: i32,
  sumsHi: usize,
  sumsLo: usize,
  sumsStride: i32,
): void {
  const row = <usize>stride << 3;
  for (let i = 0; i < outputs; i++) {
    const h = hi + <usize>i * row;
    const l = lo + <usize>i * row;
    let b = 0;
    for (; b + 4 <= batch; b += 4) {
      const x0 = input + <usize>b * row;
      const x1 = x0 + row;
      const x2 = x1 + row;
      const x3 = x2 + row;
      let h0 = f64x2.splat(0);
      let h1 = h0;
      let h2 = h0;
      let h3 = h0;
      let l0 = h0;
      let l1 = h0;
      let l2 = h0;
      let l3 = h0;
      for (let j: usize = 0; j < row; j += 16) {
        const wh = v128.load(h + j);
        const wl = v128.load(l + j);
        let x = v128.load(x0 + j);
        h0 = f64x2.add(h0, f64x2.mul(wh, x));
        l0 = f64x2.add(l0, f64x2.mul(wl, x));
        x = v128.load(x1 + j);
        h1 = f64x2.add(h1, f64x2.mul(wh, x));
        l1 = f64x2.add(l1, f64x2.mul(wl, x));
        x = v128.load(x2 + j);
        h2 = f64x2.add(h2, f64x2.mul(wh, x));
        l2 = f64x2.add(l2, f64x2.mul(wl, x));
        x = v128.load(x3 + j);
        h3 = f64x2.add(h3, f64x2.mul(wh, x));
        l3 = f64x2.add(l3, f64x2.mul(wl, x));
      }
      const at = b * sumsStride + i;
      store<f64>(at64(sumsHi, at), lanes(h0));
      store<f64>(at64(sumsLo, at), lanes(l0));
      store<f64>(at64(sumsHi, at + sumsStride), lanes(h1));
      store<f64>(at64(sumsLo, at + sumsStride), lanes(l1));
      store<f64>(at64(sumsHi, at + 2 * sumsStride), lanes(h2));
      store<f64>(at64(sumsLo, at + 2 * sumsStride), lanes(l2));
      store<f64>(at64(sumsHi, at + 3 * sumsStride), lanes(h3));
      store<f64>(at64(sumsLo, at + 3 * sumsStride), lanes(l3));
    }
    for (; b < batch; b++) {
      const x = input + <usize>b * row;
      let h0 = f64x2.splat(0);
      let h1 = h0;
      let l0 = h0;
      let l1 = h0;
      for (let j: usize = 0; j < row; j += 32) {
        const a = v128.load(x + j);
        const c = v128.load(x + j, 16);
        h0 = f64x2.add(h0, f64x2.mul(v128.load(h + j), a));
        l0 = f64x2.add(l0, f64x2.mul(v128.load(l + j), a));
        h1 = f64x2.add(h1, f64x2.mul(v128.load(h + j, 16), c));
        l1 = f64x2.add(l1, f64x2.mul(v128.load(l + j, 16), c));
      }
      store<f64>(at64(sumsHi, b * sumsStride + i), lanes(f64x2.add(h0, h1)));
      store<f64>(at64(sumsLo, b * sumsStride + i), lanes(f64x2.add(l0, l1)));
    }
  }
}

let remainder: i64 = 0;

/** Rounds the sum 2^24 hi + lo + add to its quotient by 2^32 and `remainder`. */
// @ts-ignore: decorator
@inline
function round(hi: f64, lo: f64, add: i64): i64 {
  const low = <i64>lo + add + HALF;
  const high = <i64>hi + (low >> SPLIT);
  remainder = ((high & 255) << SPLIT) | (low & SPLIT_MASK);
  return high >> 8;
}

/**
 * Q = round(sums + 2^fa bias), A = max(Q, 0); writes A, V = |Q|, m = [Q > 0] and the remainder limbs R0, R1 to the trace
 * (arrays `plane` bytes apart, order A V m D T R0 R1 S0 S1) and A to output[b][i].
 * @returns -1, or b * units + i of the first |Q| >= 2^16.
 */
export function roundHidden(
  sumsHi: usize,
  sumsLo: usize,
  stride: i32,
  bias: usize,
  units: i32,
  batch: i32,
  trace: usize,
  plane: usize,
  sigma: i32,
  first: i32,
  output: usize,
): i32 {
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < units; i++) {
      const at = b * stride + i;
      const q = round(load<f64>(at64(sumsHi, at)), load<f64>(at64(sumsLo, at)), load<i64>(at64(bias, i)) << FA);
      if (q >= ACTIVATION_LIMIT || q <= -ACTIVATION_LIMIT) {
        setFailed(q);
        return b * units + i;
      }
      const a = q > 0 ? <i32>q : 0;
      const cell = at32(trace, (i << sigma) + first + b);
      store<i32>(cell, a);
      store<i32>(cell + plane, a > 0 ? a : -(<i32>q));
      store<i32>(cell + 2 * plane, a > 0 ? 1 : 0);
      store<i32>(cell + 5 * plane, <i32>(remainder & LIMB_MASK));
      store<i32>(cell + 6 * plane, <i32>(remainder >> LIMB));
      store<f64>(at64(output, at), <f64>a);
    }
  }
  return -1;
}

/**
 * Q_L = round(sums + 2^fa bias); writes Q' = Q_L + 2^15 and the remainder limbs U0, U1 to the trace (order Q U0 U1 D4).
 * @returns -1, or b * units + i of the first Q_L outside [-2^15, 2^15).
 */
export function roundOutput(
  sumsHi: usize,
  sumsLo: usize,
  stride: i32,
  bias: usize,
  units: i32,
  batch: i32,
  trace: usize,
  plane: usize,
  sigma: i32,
  first: i32,
): i32 {
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < units; i++) {
      const at = b * stride + i;
      const q = round(load<f64>(at64(sumsHi, at)), load<f64>(at64(sumsLo, at)), load<i64>(at64(bias, i)) << FA);
      if (q >= SIGNED_LIMIT || q < -SIGNED_LIMIT) {
        setFailed(q);
        return b * units + i;
      }
      const cell = at32(trace, (i << sigma) + first + b);
      store<i32>(cell, <i32>(q + SIGNED_LIMIT));
      store<i32>(cell + plane, <i32>(remainder & LIMB_MASK));
      store<i32>(cell + 2 * plane, <i32>(remainder >> LIMB));
    }
  }
  return -1;
}

/**
 * D_L = 2^(fd - fa) (Q_L - Y) for the first `real` of `batch` rows, 0 for the others; to delta[b][i] and to the trace's
 * D4, which begins with 0. Row b is row first + b of Q' and D4 and row shardFirst + b of Y.
 */
export function outputDelta(
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
  delta: usize,
  stride: i32,
): void {
  for (let i = 0; i < units; i++) {
    const cell = at32(Q, (i << sigma) + first);
    const y = at32(Y, (i << shardSigma) + shardFirst);
    for (let b = 0; b < batch; b++) {
      let d = 0;
      if (b < real) {
        d = (load<i32>(at32(cell, b)) - <i32>SIGNED_LIMIT - load<i32>(at32(y, b))) << 2;
        store<i32>(at32(cell + 3 * plane, b), d);
      }
      store<f64>(at64(delta, b * stride + i), <f64>d);
    }
  }
}

/** sums[b][j] = sum_i W[i][j] delta[b][i], in both parts. `stride` is that of W and of the sums. */
export function backward(
  hi: usize,
  lo: usize,
  stride: i32,
  outputs: i32,
  delta: usize,
  deltaStride: i32,
  batch: i32,
  sumsHi: usize,
  sumsLo: usize,
): void {
  const row = <usize>stride << 3;
  memory.fill(sumsHi, 0, <usize>batch * row);
  memory.fill(sumsLo, 0, <usize>batch * row);
  for (let i = 0; i < outputs; i++) {
    const h = hi + <usize>i * row;
    const l = lo + <usize>i * row;
    for (let b = 0; b < batch; b++) {
      const d = load<f64>(at64(delta, b * deltaStride + i));
      if (d === 0) continue;
      const factor = f64x2.splat(d);
      const targetHi = sumsHi + <usize>b * row;
      const targetLo = sumsLo + <usize>b * row;
      for (let j: usize = 0; j < row; j += 16) {
        v128.store(targetHi + j, f64x2.add(v128.load(targetHi + j), f64x2.mul(factor, v128.load(h + j))));
        v128.store(targetLo + j, f64x2.add(v128.load(targetLo + j), f64x2.mul(factor, v128.load(l + j))));
      }
    }
  }
}

/**
 * T = round(sums), D = m T; writes T' = T + 2^15, the remainder limbs S0, S1 and D to the trace and D to delta[b][j].
 * @returns -1, or b * units + j of the first T outside [-2^15, 2^15).
 */
export function roundDelta(
  sumsHi: usize,
  sumsLo: usize,
  stride: i32,
  units: i32,
  batch: i32,
  trace: usize,
  plane: usize,
  sigma: i32,
  first: i32,
  delta: usize,
): i32 {
  for (let b = 0; b < batch; b++) {
    for (let j = 0; j < units; j++) {
      const at = b * stride + j;
      const t = round(load<f64>(at64(sumsHi, at)), load<f64>(at64(sumsLo, at)), 0);
      if (t >= SIGNED_LIMIT || t < -SIGNED_LIMIT) {
        setFailed(t);
        return b * units + j;
      }
      const cell = at32(trace, (j << sigma) + first + b);
      const d = load<i32>(cell + 2 * plane) * <i32>t;
      store<i32>(cell + 3 * plane, d);
      store<i32>(cell + 4 * plane, <i32>(t + SIGNED_LIMIT));
      store<i32>(cell + 7 * plane, <i32>(remainder & LIMB_MASK));
      store<i32>(cell + 8 * plane, <i32>(remainder >> LIMB));
      store<f64>(at64(delta, at), <f64>d);
    }
  }
  return -1;
}

/** Reports the first weight of a row that would leave its range. */
function reportWeight(h: usize, l: usize, stride: i32, gradient: usize, lr: f64): void {
  for (let j = 0; j < stride; j++) {
    const w = <i64>(load<f64>(at64(h, j)) * SPLIT_UNIT + load<f64>(at64(l, j)));
    const next = w - <i64>lr * <i64>load<f64>(at64(gradient, j));
    if ((next ^ (next >> 63)) >> WEIGHT_BITS === 0) continue;
    setFailed(next);
    return;
  }
}

/**
 * W[i][j] -= lr sum_b delta[b][i] input[b][j], bias[i] -= lr 2^fa sum_b delta[b][i]. `stride` is that of W and of the
 * input; `gradient` is scratch of `stride` entries.
 * @returns -1, or the first i of which a weight would leave [-2^47, 2^47), or outputs + i where it is the bias.
 */
export function update(
  hi: usize,
  lo: usize,
  bias: usize,
  stride: i32,
  outputs: i32,
  delta: usize,
  deltaStride: i32,
  input: usize,
  batch: i32,
  lr: f64,
  gradient: usize,
): i32 {
  const row = <usize>stride << 3;
  const rate = f64x2.splat(lr);
  const unit = f64x2.splat(SPLIT_UNIT);
  const inverse = f64x2.splat(1 / SPLIT_UNIT);
  const least = f64x2.splat(-WEIGHT_LIMIT);
  const limit = f64x2.splat(WEIGHT_LIMIT);
  for (let i = 0; i < outputs; i++) {
    if (!gradientOf(i, delta, deltaStride, input, stride, batch, gradient)) continue;
    const h = hi + <usize>i * row;
    const l = lo + <usize>i * row;
    let outside = f64x2.splat(0);
    for (let j: usize = 0; j < row; j += 16) {
      const before = f64x2.add(f64x2.mul(v128.load(h + j), unit), v128.load(l + j));
      const w = f64x2.sub(before, f64x2.mul(rate, v128.load(gradient + j)));
      outside = v128.or(outside, v128.or(f64x2.lt(w, least), f64x2.ge(w, limit)));
    }
    if (v128.any_true(outside)) {
      reportWeight(h, l, stride, gradient, lr);
      return i;
    }
    for (let j: usize = 0; j < row; j += 16) {
      const before = f64x2.add(f64x2.mul(v128.load(h + j), unit), v128.load(l + j));
      const w = f64x2.sub(before, f64x2.mul(rate, v128.load(gradient + j)));
      const high = f64x2.nearest(f64x2.mul(w, inverse));
      v128.store(h + j, high);
      v128.store(l + j, f64x2.sub(w, f64x2.mul(high, unit)));
    }
    const c = load<i64>(at64(bias, i)) - <i64>lr * (sumOfDeltas() << FA);
    if ((c ^ (c >> 63)) >> WEIGHT_BITS !== 0) {
      setFailed(c);
      return outputs + i;
    }
    store<i64>(at64(bias, i), c);
  }
  return -1;
}
