/**
 * The inner loops of convolutional networks (protocol section 12) that the dense trainer does not have; products are its own
 * (trainer.ts), on patches.
 *
 * A picture is [c][v][u] of 64-bit floats with lines of `grid` = 2^n entries; a batch holds one for each row, `size` entries
 * apart. Layer l makes places q = (y N + x) batch + b, of which the patch has the entries j = dx + K (dy + K c) that the place
 * reads, 0 outside of the grid; rows of patches, sums and deltas have `stride` entries, padding is 0. Arrays of the trace are
 * i32 [c][y][x][row] with 2^traceBits rows and sides of 2^n, `plane` bytes apart.
 *
 * What a patch holds is below 2^18 (four activations, of a pooled layer), and at most 2^12 entries, so a forward sum is below
 * 2^53 (see trainer.ts). Backward sums of one place are below 2^53, and a pixel takes at most 49 of them, in 64-bit integers.
 * Gradients are summed as floats over at most 2^16 places, below 2^53, and these sums as 64-bit integers.
 */

import { gradientOf, sumOfDeltas } from './gradient';
import { at32, at64, setFailed, SPLIT_UNIT } from './parts';

const HALF: i64 = 1 << 31;
const LIMB: i64 = 16;
const LIMB_MASK: i64 = (1 << 16) - 1;
const ACTIVATION_LIMIT: i64 = 1 << 16;
const SIGNED_LIMIT: i64 = 1 << 15;
const FA: i64 = 9;
const SPLIT: i64 = 24;
const SPLIT_MASK: i64 = (1 << 24) - 1;
const WEIGHT_BITS: i64 = 47;
/** A change of a weight from here on takes it out of its range, wherever it was. */
const FAR: f64 = 562949953421312;

/** The unit of the value that left its range in the call that last reported one. */
let unit: i32 = 0;

export function failedUnit(): i32 {
  return unit;
}

/** target[c][v][u] = sum of 2 x 2 pixels of the source, whose side is 2 `half`. */
export function poolPictures(source: usize, target: usize, channels: i32, half: i32, batch: i32): void {
  const line = (<usize>half) << 4;
  const lines = batch * channels * half;
  for (let r = 0; r < lines; r++) {
    for (let x = 0; x < half; x++) {
      const upper = v128.load(at64(source, 2 * x));
      const both = f64x2.add(upper, v128.load(at64(source, 2 * x) + line));
      store<f64>(at64(target, x), f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1));
    }
    source += 2 * line;
    target += line >> 1;
  }
}

/** The patches of places from .. from + count. */
export function gatherPatches(
  pictures: usize,
  size: i32,
  channels: i32,
  grid: i32,
  kernel: i32,
  step: i32,
  padding: i32,
  side: i32,
  batch: i32,
  from: i32,
  count: i32,
  patches: usize,
  stride: i32,
): void {
  const entries = channels * kernel * kernel;
  for (let q = from; q < from + count; q++, patches += (<usize>stride) << 3) {
    const place = q / batch;
    const picture = at64(pictures, (q - place * batch) * size);
    const v = step * (place / side) - padding;
    const u = step * (place % side) - padding;
    const first = max(0, -u);
    const end = min(kernel, grid - u);
    let out = patches;
    for (let c = 0; c < channels; c++) {
      const channel = at64(picture, c * grid * grid);
      for (let dy = 0; dy < kernel; dy++, out += (<usize>kernel) << 3) {
        const y = v + dy;
        if (y < 0 || y >= grid) {
          for (let dx = 0; dx < kernel; dx++) store<f64>(at64(out, dx), 0);
          continue;
        }
        const line = at64(channel, y * grid + u);
        for (let dx = 0; dx < first; dx++) store<f64>(at64(out, dx), 0);
        for (let dx = first; dx < end; dx++) store<f64>(at64(out, dx), load<f64>(at64(line, dx)));
        for (let dx = end; dx < kernel; dx++) store<f64>(at64(out, dx), 0);
      }
    }
    for (let j = entries; j < stride; j++) store<f64>(at64(patches, j), 0);
  }
}

/** Adds the patches of sums back to the pixels they were read from, both parts as 64-bit integers; the other way of gatherPatches. */
export function scatterPatches(
  hi: usize,
  lo: usize,
  size: i32,
  channels: i32,
  grid: i32,
  kernel: i32,
  step: i32,
  padding: i32,
  side: i32,
  batch: i32,
  from: i32,
  count: i32,
  sumsHi: usize,
  sumsLo: usize,
  stride: i32,
): void {
  for (let q = from; q < from + count; q++, sumsHi += (<usize>stride) << 3, sumsLo += (<usize>stride) << 3) {
    const place = q / batch;
    const picture = (q - place * batch) * size;
    const v = step * (place / side) - padding;
    const u = step * (place % side) - padding;
    const first = max(0, -u);
    const end = min(kernel, grid - u);
    for (let c = 0, j = 0; c < channels; c++) {
      for (let dy = 0; dy < kernel; dy++, j += kernel) {
        const y = v + dy;
        if (y < 0 || y >= grid) continue;
        const line = picture + (c * grid + y) * grid + u;
        for (let dx = first; dx < end; dx++) {
          const h = at64(hi, line + dx);
          const l = at64(lo, line + dx);
          store<i64>(h, load<i64>(h) + <i64>load<f64>(at64(sumsHi, j + dx)));
          store<i64>(l, load<i64>(l) + <i64>load<f64>(at64(sumsLo, j + dx)));
        }
      }
    }
  }
}

let remainder: i64 = 0;

/** Rounds the sum 2^24 hi + lo + add to its quotient by 2^32 and `remainder`. */
// @ts-ignore: decorator
@inline
function round(hi: i64, lo: i64, add: i64): i64 {
  const low = lo + add + HALF;
  const high = hi + (low >> SPLIT);
  remainder = ((high & 255) << SPLIT) | (low & SPLIT_MASK);
  return high >> 8;
}

/**
 * As roundHidden, of places from .. from + count of one call; A goes to pictures with sides of 2^bits.
 * @param lower number of the array R0 in the trace; R1 is the next
 * @returns -1, or the first place of the first unit with |Q| >= 2^16, which `failedUnit` gives
 */
export function roundPlaces(
  sumsHi: usize,
  sumsLo: usize,
  stride: i32,
  bias: usize,
  units: i32,
  side: i32,
  batch: i32,
  from: i32,
  count: i32,
  trace: usize,
  plane: usize,
  lower: i32,
  bits: i32,
  traceBits: i32,
  first: i32,
  pictures: usize,
  size: i32,
): i32 {
  const upper = <usize>(lower + 1) * plane;
  for (let i = 0; i < units; i++) {
    const constant = load<i64>(at64(bias, i)) << FA;
    for (let t = 0; t < count; ) {
      const place = (from + t) / batch;
      const y = place / side;
      const pixel = (((i << bits) + y) << bits) + place - y * side;
      let b = from + t - place * batch;
      let cell = at32(trace, (pixel << traceBits) + first + b);
      const end = min(count, t + batch - b);
      for (; t < end; t++, b++, cell += 4) {
        const at = t * stride + i;
        const q = round(<i64>load<f64>(at64(sumsHi, at)), <i64>load<f64>(at64(sumsLo, at)), constant);
        if (q >= ACTIVATION_LIMIT || q <= -ACTIVATION_LIMIT) {
          setFailed(q);
          unit = i;
          return from + t;
        }
        const a = q > 0 ? <i32>q : 0;
        store<i32>(cell, a);
        store<i32>(cell + plane, a > 0 ? a : -(<i32>q));
        store<i32>(cell + 2 * plane, a > 0 ? 1 : 0);
        store<i32>(cell + upper - plane, <i32>(remainder & LIMB_MASK));
        store<i32>(cell + upper, <i32>(remainder >> LIMB));
        store<f64>(at64(pictures, b * size + pixel), <f64>a);
      }
    }
  }
  return -1;
}

/**
 * As roundDelta, of all pixels of a grid with sides of 2^bits, of which side x side are places: T there is the sum of its pixel
 * after `pooled` halvings. D of places goes to delta, in their order.
 * @returns -1, or ((y 2^bits + x) batch + b) of the first unit with a T outside [-2^15, 2^15), which `failedUnit` gives
 */
export function roundPlaceDeltas(
  hi: usize,
  lo: usize,
  size: i32,
  pooled: i32,
  units: i32,
  side: i32,
  bits: i32,
  batch: i32,
  trace: usize,
  plane: usize,
  traceBits: i32,
  first: i32,
  delta: usize,
  stride: i32,
): i32 {
  const grid = 1 << bits;
  const shift = bits - pooled;
  for (let i = 0; i < units; i++) {
    for (let y = 0; y < grid; y++) {
      for (let x = 0; x < grid; x++) {
        const source = (((i << shift) + (y >> pooled)) << shift) + (x >> pooled);
        const isPlace = y < side && x < side;
        const place = at64(delta, (y * side + x) * batch * stride + i);
        let cell = at32(trace, (((((i << bits) + y) << bits) + x) << traceBits) + first);
        for (let b = 0; b < batch; b++, cell += 4) {
          const at = b * size + source;
          const t = round(load<i64>(at64(hi, at)), load<i64>(at64(lo, at)), 0);
          if (t >= SIGNED_LIMIT || t < -SIGNED_LIMIT) {
            setFailed(t);
            unit = i;
            return ((y << bits) + x) * batch + b;
          }
          const d = load<i32>(cell + 2 * plane) * <i32>t;
          store<i32>(cell + 3 * plane, d);
          store<i32>(cell + 4 * plane, <i32>(t + SIGNED_LIMIT));
          store<i32>(cell + 7 * plane, <i32>(remainder & LIMB_MASK));
          store<i32>(cell + 8 * plane, <i32>(remainder >> LIMB));
          if (isPlace) store<f64>(at64(place, b * stride), <f64>d);
        }
      }
    }
  }
  return -1;
}

/**
 * totals[i][j] += sum over places of delta[q][i] patches[q][j], deltaTotals[i] += sum of delta[q][i], 64-bit integers. At most
 * 2^16 places; `gradient` is scratch of `stride` entries.
 */
export function addGradients(
  outputs: i32,
  delta: usize,
  deltaStride: i32,
  patches: usize,
  stride: i32,
  count: i32,
  gradient: usize,
  totals: usize,
  deltaTotals: usize,
): void {
  for (let i = 0; i < outputs; i++) {
    if (!gradientOf(i, delta, deltaStride, patches, stride, count, gradient)) continue;
    const row = at64(totals, i * stride);
    for (let j = 0; j < stride; j++) {
      store<i64>(at64(row, j), load<i64>(at64(row, j)) + <i64>load<f64>(at64(gradient, j)));
    }
    store<i64>(at64(deltaTotals, i), load<i64>(at64(deltaTotals, i)) + sumOfDeltas());
  }
}

/**
 * W -= lr totals, bias -= biasRate deltaTotals.
 * @param lr,biasRate at most 2^16 and 2^25
 * @returns -1, or i stride + j of the first weight that would leave [-2^47, 2^47), or outputs stride + i where it is a bias
 */
export function applyGradients(
  hi: usize,
  lo: usize,
  bias: usize,
  stride: i32,
  outputs: i32,
  totals: usize,
  deltaTotals: usize,
  lr: i32,
  biasRate: i32,
): i32 {
  for (let i = 0; i < outputs; i++) {
    for (let at = i * stride; at < (i + 1) * stride; at++) {
      const g = load<i64>(at64(totals, at));
      if (g === 0) continue;
      const w = <i64>(load<f64>(at64(hi, at)) * SPLIT_UNIT + load<f64>(at64(lo, at)));
      if (abs(<f64>lr * <f64>g) >= FAR) return at;
      const next = w - <i64>lr * g;
      if ((next ^ (next >> 63)) >> WEIGHT_BITS !== 0) return at;
      const high = nearest(<f64>next / SPLIT_UNIT);
      store<f64>(at64(hi, at), high);
      store<f64>(at64(lo, at), <f64>next - high * SPLIT_UNIT);
    }
    const d = load<i64>(at64(deltaTotals, i));
    if (abs(<f64>biasRate * <f64>d) >= FAR) return outputs * stride + i;
    const c = load<i64>(at64(bias, i)) - <i64>biasRate * d;
    if ((c ^ (c >> 63)) >> WEIGHT_BITS !== 0) return outputs * stride + i;
    store<i64>(at64(bias, i), c);
  }
  return -1;
}
