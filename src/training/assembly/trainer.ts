/**
 * The integer trainer's inner loops, design section 1, on plain linear memory (the wrapper is ../machine.ts).
 *
 * Arrays of the model are i64 [i][j] with `stride` entries a row; batch buffers are i32 or i64 [b][unit] without
 * padding; shard and trace arrays are i32 [unit][row] with 2^sigma rows, the layout of the oracles.
 *
 * No sum overflows 64 bits: |W|, |b| <= 2^34 (checked when a model is loaded and after every update), inputs and
 * activations are below 2^14, hidden deltas at most 2^13, output deltas 4 |Q - Y| <= 2^16, and widths, batches and
 * rates are at most 2^12, 2^12, 2^16. Hence
 *   forward   2^12 * 2^34 * 2^14 + 2^9 * 2^34 + 2^27 < 2^61
 *   backward  2^12 * 2^34 * 2^16 + 2^27             < 2^63
 *   update    2^16 * (2^12 * 2^16 * 2^14) + 2^34    < 2^59
 */

const FRACTION: i64 = 28;
const HALF: i64 = 1 << 27;
const LIMB: i64 = 14;
const LIMB_MASK: i64 = (1 << 14) - 1;
const ACTIVATION_LIMIT: i64 = 1 << 14;
const SIGNED_LIMIT: i64 = 1 << 13;
const WEIGHT_BITS: i64 = 34;

/** The value that left its range in the call that last reported one. */
let failed: i64 = 0;

export function failedValue(): i64 {
  return failed;
}

function at32(base: usize, index: i32): usize {
  return base + ((<usize>index) << 2);
}

function at64(base: usize, index: i32): usize {
  return base + ((<usize>index) << 3);
}

/** target[b][unit] = source[unit][first + b]. */
export function gather(source: usize, target: usize, units: i32, sigma: i32, first: i32, batch: i32): void {
  for (let j = 0; j < units; j++) {
    const row = at32(source, (j << sigma) + first);
    for (let b = 0; b < batch; b++) store<i32>(at32(target, b * units + j), load<i32>(at32(row, b)));
  }
}

/** sums[b][i] = sum_j W[i][j] input[b][j] + 2^fa bias[i]. */
export function forward(
  W: usize,
  bias: usize,
  stride: i32,
  inputs: i32,
  outputs: i32,
  input: usize,
  batch: i32,
  sums: usize,
): void {
  for (let i = 0; i < outputs; i++) {
    const row = at64(W, i * stride);
    const start = load<i64>(at64(bias, i)) << 9;
    let b = 0;
    for (; b + 4 <= batch; b += 4) {
      const x0 = at32(input, b * inputs);
      const x1 = at32(x0, inputs);
      const x2 = at32(x1, inputs);
      const x3 = at32(x2, inputs);
      let z0 = start;
      let z1 = start;
      let z2 = start;
      let z3 = start;
      for (let j = 0; j < inputs; j++) {
        const w = load<i64>(at64(row, j));
        z0 += w * <i64>load<i32>(at32(x0, j));
        z1 += w * <i64>load<i32>(at32(x1, j));
        z2 += w * <i64>load<i32>(at32(x2, j));
        z3 += w * <i64>load<i32>(at32(x3, j));
      }
      store<i64>(at64(sums, b * outputs + i), z0);
      store<i64>(at64(sums, (b + 1) * outputs + i), z1);
      store<i64>(at64(sums, (b + 2) * outputs + i), z2);
      store<i64>(at64(sums, (b + 3) * outputs + i), z3);
    }
    for (; b < batch; b++) {
      const x = at32(input, b * inputs);
      let z = start;
      for (let j = 0; j < inputs; j++) z += load<i64>(at64(row, j)) * <i64>load<i32>(at32(x, j));
      store<i64>(at64(sums, b * outputs + i), z);
    }
  }
}

/**
 * Q = round(sums), A = max(Q, 0); writes A, V = |Q|, m = [Q > 0] and the remainder limbs R0, R1 to the trace (arrays
 * `plane` bytes apart, order A V m D T R0 R1 S0 S1) and A to output[b][i].
 * @returns -1, or b * units + i of the first |Q| >= 2^14.
 */
export function roundHidden(
  sums: usize,
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
      const z = load<i64>(at64(sums, b * units + i)) + HALF;
      const q = z >> FRACTION;
      if (q >= ACTIVATION_LIMIT || q <= -ACTIVATION_LIMIT) {
        failed = q;
        return b * units + i;
      }
      const a = q > 0 ? <i32>q : 0;
      const cell = at32(trace, (i << sigma) + first + b);
      store<i32>(cell, a);
      store<i32>(cell + plane, a > 0 ? a : -(<i32>q));
      store<i32>(cell + 2 * plane, a > 0 ? 1 : 0);
      store<i32>(cell + 5 * plane, <i32>(z & LIMB_MASK));
      store<i32>(cell + 6 * plane, <i32>((z >> LIMB) & LIMB_MASK));
      store<i32>(at32(output, b * units + i), a);
    }
  }
  return -1;
}

/**
 * Q_L = round(sums); writes Q' = Q_L + 2^13 and the remainder limbs U0, U1.
 * @returns -1, or b * units + i of the first Q_L outside [-2^13, 2^13).
 */
export function roundOutput(
  sums: usize,
  units: i32,
  batch: i32,
  trace: usize,
  plane: usize,
  sigma: i32,
  first: i32,
): i32 {
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < units; i++) {
      const z = load<i64>(at64(sums, b * units + i)) + HALF;
      const q = z >> FRACTION;
      if (q >= SIGNED_LIMIT || q < -SIGNED_LIMIT) {
        failed = q;
        return b * units + i;
      }
      const cell = at32(trace, (i << sigma) + first + b);
      store<i32>(cell, <i32>(q + SIGNED_LIMIT));
      store<i32>(cell + plane, <i32>(z & LIMB_MASK));
      store<i32>(cell + 2 * plane, <i32>((z >> LIMB) & LIMB_MASK));
    }
  }
  return -1;
}

/** delta[b][i] = 2^(fd - fa) (Q_L - Y) for rows first .. first + batch of Q' and Y. */
export function outputDelta(Q: usize, Y: usize, units: i32, batch: i32, sigma: i32, first: i32, delta: usize): void {
  for (let i = 0; i < units; i++) {
    const row = (i << sigma) + first;
    for (let b = 0; b < batch; b++) {
      const error = load<i32>(at32(Q, row + b)) - <i32>SIGNED_LIMIT - load<i32>(at32(Y, row + b));
      store<i32>(at32(delta, b * units + i), error << 2);
    }
  }
}

/** sums[b][j] = sum_i W[i][j] delta[b][i]. */
export function backward(
  W: usize,
  stride: i32,
  inputs: i32,
  outputs: i32,
  delta: usize,
  batch: i32,
  sums: usize,
): void {
  memory.fill(sums, 0, (<usize>(batch * inputs)) << 3);
  for (let i = 0; i < outputs; i++) {
    const row = at64(W, i * stride);
    for (let b = 0; b < batch; b++) {
      const d = <i64>load<i32>(at32(delta, b * outputs + i));
      if (d === 0) continue;
      const target = at64(sums, b * inputs);
      for (let j = 0; j < inputs; j++) {
        const cell = at64(target, j);
        store<i64>(cell, load<i64>(cell) + d * load<i64>(at64(row, j)));
      }
    }
  }
}

/**
 * T = round(sums), D = m T; writes T' = T + 2^13, the remainder limbs S0, S1 and D to the trace and D to delta[b][j].
 * @returns -1, or b * units + j of the first T outside [-2^13, 2^13).
 */
export function roundDelta(
  sums: usize,
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
      const z = load<i64>(at64(sums, b * units + j)) + HALF;
      const t = z >> FRACTION;
      if (t >= SIGNED_LIMIT || t < -SIGNED_LIMIT) {
        failed = t;
        return b * units + j;
      }
      const cell = at32(trace, (j << sigma) + first + b);
      const d = load<i32>(cell + 2 * plane) * <i32>t;
      store<i32>(cell + 3 * plane, d);
      store<i32>(cell + 4 * plane, <i32>(t + SIGNED_LIMIT));
      store<i32>(cell + 7 * plane, <i32>(z & LIMB_MASK));
      store<i32>(cell + 8 * plane, <i32>((z >> LIMB) & LIMB_MASK));
      store<i32>(at32(delta, b * units + j), d);
    }
  }
  return -1;
}

/**
 * W[i][j] -= lr sum_b delta[b][i] input[b][j], bias[i] -= lr 2^fa sum_b delta[b][i]. `gradient` is scratch of
 * `inputs` i64.
 * @returns -1, or the first i whose weights or bias left [-2^34, 2^34).
 */
export function update(
  W: usize,
  bias: usize,
  stride: i32,
  inputs: i32,
  outputs: i32,
  delta: usize,
  input: usize,
  batch: i32,
  lr: i64,
  gradient: usize,
): i32 {
  for (let i = 0; i < outputs; i++) {
    memory.fill(gradient, 0, (<usize>inputs) << 3);
    let total: i64 = 0;
    let any = false;
    let b = 0;
    while (b < batch) {
      // The next four rows with a delta; rows without one (ReLU off) change nothing.
      let d0: i64 = 0;
      let d1: i64 = 0;
      let d2: i64 = 0;
      let d3: i64 = 0;
      let x0 = input;
      let x1 = input;
      let x2 = input;
      let x3 = input;
      let count = 0;
      for (; b < batch && count < 4; b++) {
        const d = <i64>load<i32>(at32(delta, b * outputs + i));
        if (d === 0) continue;
        const x = at32(input, b * inputs);
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
      any = true;
      total += d0 + d1 + d2 + d3;
      for (let j = 0; j < inputs; j++) {
        const cell = at64(gradient, j);
        store<i64>(
          cell,
          load<i64>(cell) +
            d0 * <i64>load<i32>(at32(x0, j)) +
            d1 * <i64>load<i32>(at32(x1, j)) +
            d2 * <i64>load<i32>(at32(x2, j)) +
            d3 * <i64>load<i32>(at32(x3, j)),
        );
      }
    }
    if (!any) continue;
    const row = at64(W, i * stride);
    let magnitudes: i64 = 0;
    for (let j = 0; j < inputs; j++) {
      const w = load<i64>(at64(row, j)) - lr * load<i64>(at64(gradient, j));
      store<i64>(at64(row, j), w);
      magnitudes |= w ^ (w >> 63);
    }
    const c = load<i64>(at64(bias, i)) - lr * (total << 9);
    store<i64>(at64(bias, i), c);
    magnitudes |= c ^ (c >> 63);
    if (magnitudes >> WEIGHT_BITS !== 0) return i;
  }
  return -1;
}

/**
 * The explicit inversive congruential generator of protocol section 6 for x = 0 .. count - 1: v = (x + off + 1)^-1 mod q,
 * u = (v (x + off + 1) - 1) / q, w = q - 1 - v. Needs q prime, q < 2^28, off + count < q.
 * One inversion for all: v first holds the running products.
 */
export function seedLayer(q: i64, off: i64, count: i32, v: usize, u: usize, w: usize): void {
  let product: i64 = 1;
  for (let x = 0; x < count; x++) {
    store<i32>(at32(v, x), <i32>product);
    product = <i64>(<u64>(product * (<i64>x + off + 1)) % <u64>q);
  }
  let inverse: i64 = 1;
  for (let e = q - 2, base = product; e > 0; e >>= 1) {
    if (e & 1) inverse = <i64>(<u64>(inverse * base) % <u64>q);
    base = <i64>(<u64>(base * base) % <u64>q);
  }
  for (let x = count - 1; x >= 0; x--) {
    const factor = <i64>x + off + 1;
    const value = <i64>(<u64>(inverse * <i64>load<i32>(at32(v, x))) % <u64>q);
    inverse = <i64>(<u64>(inverse * factor) % <u64>q);
    store<i32>(at32(v, x), <i32>value);
    store<i32>(at32(u, x), <i32>(<u64>(value * factor - 1) / <u64>q));
    store<i32>(at32(w, x), <i32>(q - 1 - value));
  }
}
