/**
 * Multi-scalar multiplication over BN254, G1 or G2 (`field.ts`): Pippenger's method with signed digits. Points are sorted by digit, the
 * points of a bucket are added in pairs, all pairs of a round in batches that share an inversion. Scalars above r / 2
 * are replaced by their negatives, so small negative numbers are as cheap as small positive ones; zero scalars and
 * zero digits cost nothing.
 */

import { ENCODED, writePoint } from './encoding';
import { setInfinity as setPlainInfinity } from './field';
import { alloc } from './heap';
import { add, addAffine, double, JACOBIAN, toAffine } from './jacobian';
import { BATCH, flush, POINT, push, readPoint, setInfinity, toPlain } from './points';

/** Bytes of a scalar in work: 9 words of its absolute value (later: plus the digit bias), then its sign. */
const SCALAR: usize = 40;
/** Entries sorted and added together: at least this many where there are several windows. */
const GROUP: usize = 1 << 17;
const MAX_BITS: i32 = 17;
/** Relative costs of adding one point to its bucket and of one bucket in the sum of a window. */
const ADDITION: f64 = 6.6;
const BUCKET: f64 = 11;

const R0: u64 = 0x43e1f593f0000001;
const R1: u64 = 0x2833e84879b97091;
const R2: u64 = 0xb85045b68181585d;
const R3: u64 = 0x30644e72e131a029;

let bases: usize = 0;
let words: usize = 0;
/** Nonzero scalars at finite points. */
let used: usize = 0;
/** Number of scalars by bit length. */
const lengths: usize = memory.data(1040, 16);

/** As readScalar, of a signed integer of `width` bytes, 4 or 8. */
function readInteger(to: usize, from: usize, width: usize): i32 {
  const value = width == 4 ? i64(load<i32>(from)) : load<i64>(from);
  const size = u64(value < 0 ? -value : value);
  memory.fill(to, 0, SCALAR);
  store<u64>(to, size);
  store<u32>(to, u32(value < 0), 36);
  return 64 - i32(clz(size));
}

/** Writes the absolute value and sign of the scalar of `width` bytes; returns its bit length. */
function readScalar(to: usize, from: usize, width: usize): i32 {
  memory.fill(to, 0, SCALAR);
  memory.copy(to, from, width);
  const s0 = load<u64>(to);
  const s1 = load<u64>(to, 8);
  const s2 = load<u64>(to, 16);
  const s3 = load<u64>(to, 24);
  // r - s, kept where it is the smaller one (only values above 2^252 can be)
  if (s3 >> 60 != 0) {
    const d0 = R0 - s0;
    let borrow = u64(R0 < s0);
    const d1 = R1 - s1 - borrow;
    borrow = u64(R1 < s1) | (u64(R1 == s1) & borrow);
    const d2 = R2 - s2 - borrow;
    borrow = u64(R2 < s2) | (u64(R2 == s2) & borrow);
    const d3 = R3 - s3 - borrow;
    borrow = u64(R3 < s3) | (u64(R3 == s3) & borrow);
    if (borrow == 0 && d3 < s3) {
      store<u64>(to, d0);
      store<u64>(to, d1, 8);
      store<u64>(to, d2, 16);
      store<u64>(to, d3, 24);
      store<u32>(to, 1, 36);
    }
  }
  for (let i: i32 = 3; i >= 0; i--) {
    const word = load<u64>(to + (usize(i) << 3));
    if (word != 0) return 64 * i + 64 - i32(clz(word));
  }
  return 0;
}

/** Reads all input; returns the largest bit length. */
function readInput(points: usize, scalars: usize, width: usize, signed: bool, n: u32): i32 {
  used = 0;
  let longest: i32 = 0;
  memory.fill(lengths, 0, 1040);
  for (let i: usize = 0; i < n; i++) {
    const word = words + used * SCALAR;
    const bits = signed ? readInteger(word, scalars + i * width, width) : readScalar(word, scalars + i * width, width);
    if (bits == 0 || !readPoint(bases + used * POINT, points + ENCODED * i)) continue;
    used++;
    store<u32>(lengths + 4 * bits, load<u32>(lengths + 4 * bits) + 1);
    longest = max(longest, bits);
  }
  return longest;
}

/** Signed digits of c bits for values below 2^longest: w of them reach a little less than 2^(c w - 1). */
function countWindows(longest: i32, c: i32): i32 {
  return (longest + 1 + c) / c;
}

/** The digit size that costs least for the bit lengths found. */
function chooseBits(longest: i32): i32 {
  let best: i32 = 1;
  let least = f64.MAX_VALUE;
  for (let c: i32 = 2; c <= MAX_BITS; c++) {
    let additions: f64 = 0;
    for (let bits: i32 = 1; bits <= longest; bits++) {
      additions += f64(load<u32>(lengths + 4 * bits)) * f64((bits + c - 1) / c);
    }
    const windows = countWindows(longest, c);
    const cost = ADDITION * additions + BUCKET * f64(windows) * f64(1 << (c - 1));
    if (cost < least) {
      least = cost;
      best = c;
    }
  }
  return best;
}

/**
 * Adds 2^(c-1) at every digit, so that digit w is bits [c w, c w + c) less 2^(c-1), in [-2^(c-1), 2^(c-1)), with no
 * carries.
 */
function addBias(c: i32, windows: i32): void {
  memory.fill(bias, 0, SCALAR);
  for (let w = 0; w < windows; w++) {
    const bit = c * w + c - 1;
    const at = bias + (usize(bit >> 5) << 2);
    store<u32>(at, load<u32>(at) | (1 << (bit & 31)));
  }
  for (let i: usize = 0; i < used; i++) {
    const word = words + i * SCALAR;
    let carry: u64 = 0;
    for (let k: usize = 0; k < 36; k += 4) {
      carry += u64(load<u32>(word + k)) + u64(load<u32>(bias + k));
      store<u32>(word + k, u32(carry));
      carry >>= 32;
    }
  }
}

const bias: usize = memory.data(64, 16);

/** Digit of the scalar at bit position `bit`. */
// @ts-ignore: decorator
@inline
function digit(word: usize, bit: usize, c: i32): i32 {
  return i32((load<u64>(word + (bit >> 3)) >> u64(bit & 7)) & ((1 << c) - 1)) - (1 << (c - 1));
}

/**
 * Sorts the points of windows first..first+group-1 by bucket: items holds references, bucket b those from starts[b],
 * counts[b] of them.
 */
function sort(first: i32, group: i32, c: i32, counts: usize, starts: usize, items: usize): void {
  const size = 1 << (c - 1);
  memory.fill(counts, 0, usize(group * size) << 2);
  for (let w = 0; w < group; w++) {
    const bit = usize((first + w) * c);
    const row = counts + (usize(w * size) << 2) - 4;
    for (let i: usize = 0; i < used; i++) {
      const d = digit(words + i * SCALAR, bit, c);
      if (d == 0) continue;
      const at = row + (usize(abs(d)) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
  let sum: u32 = 0;
  for (let b: usize = 0; b < usize(group * size); b++) {
    store<u32>(starts + (b << 2), sum);
    sum += load<u32>(counts + (b << 2));
  }
  for (let w = 0; w < group; w++) {
    const bit = usize((first + w) * c);
    const row = starts + (usize(w * size) << 2) - 4;
    for (let i: usize = 0; i < used; i++) {
      const word = words + i * SCALAR;
      const d = digit(word, bit, c);
      if (d == 0) continue;
      const at = row + (usize(abs(d)) << 2);
      const position = load<u32>(at);
      store<u32>(at, position + 1);
      const sign = load<u32>(word, 36) ^ u32(d < 0);
      store<u32>(items + (usize(position) << 2), u32(bases + i * POINT) | sign);
    }
  }
  for (let b: usize = 0; b < usize(group * size); b++) {
    store<u32>(starts + (b << 2), load<u32>(starts + (b << 2)) - load<u32>(counts + (b << 2)));
  }
}

/**
 * Adds up every bucket in rounds of pairs; afterwards counts are 0 or 1. Sums go to slots, at most half as many as
 * items.
 */
export function addBuckets(buckets: usize, counts: usize, starts: usize, items: usize, slots: usize): void {
  let slot = slots;
  let again = true;
  while (again) {
    again = false;
    for (let b: usize = 0; b < buckets; b++) {
      const n = load<u32>(counts + (b << 2));
      if (n < 2) continue;
      const start = items + (usize(load<u32>(starts + (b << 2))) << 2);
      const half = n >> 1;
      for (let k: usize = 0; k < usize(half); k++) {
        const left = usize(load<u32>(start + (k << 3)));
        let target = left;
        if (left < slots) {
          target = slot;
          slot += POINT;
        }
        push(left, usize(load<u32>(start + (k << 3), 4)), target);
        store<u32>(start + (k << 2), u32(target));
      }
      if (n & 1) store<u32>(start + (usize(half) << 2), load<u32>(start + (usize(n - 1) << 2)));
      const left = half + (n & 1);
      store<u32>(counts + (b << 2), left);
      if (left > 1) again = true;
    }
    flush();
  }
}

/**
 * sum over windows of the group of 2^(c w) sum_b (b + 1) bucket_b, onto 2^(c group) acc. Each window's buckets are
 * cut into segments, whose running sums advance together; run_s is the sum of segment s, total_s that of its buckets
 * weighted 1, 2, ..
 */
function sumWindows(acc: usize, group: i32, c: i32, counts: usize, starts: usize, items: usize, scratch: usize): void {
  const size = 1 << (c - 1);
  let segments: i32 = 1;
  while (2 * group * segments * 2 <= BATCH && segments * 4 <= size) segments *= 2;
  const length = size / segments;
  const all = usize(group * segments);
  const runs = scratch;
  const totals = scratch + all * POINT;
  for (let k: usize = 0; k < 2 * all; k++) setInfinity(scratch + k * POINT);
  for (let step: i32 = 0; step <= length; step++) {
    for (let k: usize = 0; k < all; k++) {
      const run = runs + k * POINT;
      const b = k * usize(length) + usize(length - 1 - step);
      // the total is pushed after the run, so it takes the run as it was before this step
      if (step < length && load<u32>(counts + (b << 2)) != 0) {
        push(run, usize(load<u32>(items + (usize(load<u32>(starts + (b << 2))) << 2))), run);
      }
      if (step > 0) push(totals + k * POINT, run, totals + k * POINT);
    }
    flush();
  }
  for (let w = group - 1; w >= 0; w--) {
    for (let i = 0; i < c; i++) double(acc);
    setPlainInfinity(running);
    setPlainInfinity(weighted);
    for (let s = segments - 1; s >= 1; s--) {
      toPlain(lifted, runs + usize(w * segments + s) * POINT);
      addAffine(running, lifted);
      add(weighted, running);
    }
    for (let l = length; l > 1; l >>= 1) double(weighted);
    for (let s = 0; s < segments; s++) {
      toPlain(lifted, totals + usize(w * segments + s) * POINT);
      addAffine(weighted, lifted);
    }
    add(acc, weighted);
  }
}

const running: usize = memory.data(224, 16);
const weighted: usize = memory.data(224, 16);
const accumulator: usize = memory.data(224, 16);
const lifted: usize = memory.data(160, 16);

/**
 * out (ENCODED bytes, canonical x, y; zeros for infinity) = sum of scalars[i] points[i]; points times 2^256, scalars of
 * `width` bytes.
 */
export function msm(points: usize, scalars: usize, width: usize, n: u32, out: usize): void {
  sum(points, scalars, width, false, n, out);
}

/** As msm, for signed integers of `width` bytes, 4 or 8. */
export function msmIntegers(points: usize, integers: usize, width: usize, n: u32, out: usize): void {
  sum(points, integers, width, true, n, out);
}

function sum(points: usize, scalars: usize, width: usize, signed: bool, n: u32, out: usize): void {
  bases = alloc(usize(n) * POINT);
  words = alloc(usize(n + 1) * SCALAR);
  const longest = readInput(points, scalars, width, signed, n);
  setPlainInfinity(accumulator);
  if (used > 0) {
    const c = chooseBits(longest);
    const windows = countWindows(longest, c);
    addBias(c, windows);
    const group = min(windows, max(1, i32(GROUP / used)));
    const buckets = usize(group) << (c - 1);
    const counts = alloc(buckets << 2);
    const starts = alloc(buckets << 2);
    const items = alloc((usize(group) * used) << 2);
    const slots = alloc((usize(group) * used) * (POINT / 2));
    const scratch = alloc(usize(BATCH) * POINT);
    let above = windows;
    while (above > 0) {
      const take = min(group, above);
      const first = above - take;
      sort(first, take, c, counts, starts, items);
      addBuckets(usize(take) << (c - 1), counts, starts, items, slots);
      sumWindows(accumulator, take, c, counts, starts, items, scratch);
      above = first;
    }
  }
  toAffine(running, accumulator);
  writePoint(out, running, true);
}
