/**
 * Kernels over F, the scalar field of BN254. An element is 32 bytes of WebAssembly memory: 8 little-endian 32-bit limbs in Montgomery form
 * (R = 2^256), always fully reduced. A vector is consecutive elements. Pointers are byte addresses; the caller owns all memory.
 */

export { axisSums, placeSums } from './axes';
export { integerStepSums, integerSums } from './integers';

const P0: u64 = 0xf0000001;
const P1: u64 = 0x43e1f593;
const P2: u64 = 0x79b97091;
const P3: u64 = 0x2833e848;
const P4: u64 = 0x8181585d;
const P5: u64 = 0xb85045b6;
const P6: u64 = 0xe131a029;
const P7: u64 = 0x30644e72;
/** -p^-1 mod 2^32 */
const PINV: u32 = 0xefffffff;
const Q0: u64 = 0x43e1f593f0000001;
const Q1: u64 = 0x2833e84879b97091;
const Q2: u64 = 0xb85045b68181585d;
const Q3: u64 = 0x30644e72e131a029;
const LOW: u64 = 0xffffffff;
const SIZE: usize = 32;

/** Temporaries of the kernels, 64 elements; those of each thread stand elsewhere. */
let tmp: usize = memory.data(2048, 16);

/** Gives this instance temporaries of its own: threads share the memory. */
export function setTemporaries(at: usize): void {
  tmp = at;
}

/** Where the temporaries of this thread stand, for kernels of other files. */
// @ts-expect-error: decorator
@inline
export function scratchOf(): usize {
  return tmp;
}

/** First free byte behind the module's own data. */
export function heapBase(): usize {
  return __heap_base;
}

// @ts-expect-error: decorator
@inline
function copy(o: usize, a: usize): void {
  store<u64>(o, load<u64>(a));
  store<u64>(o, load<u64>(a, 8), 8);
  store<u64>(o, load<u64>(a, 16), 16);
  store<u64>(o, load<u64>(a, 24), 24);
}

// @ts-expect-error: decorator
@inline
function clear(o: usize): void {
  store<u64>(o, 0);
  store<u64>(o, 0, 8);
  store<u64>(o, 0, 16);
  store<u64>(o, 0, 24);
}

// @ts-expect-error: decorator
@inline
function isZero(a: usize): bool {
  return (load<u64>(a) | load<u64>(a, 8) | load<u64>(a, 16) | load<u64>(a, 24)) == 0;
}

/** Stores the four 64-bit limbs, less p once where they are at least p. */
// @ts-expect-error: decorator
@inline
function reduceOnce(o: usize, a0: u64, a1: u64, a2: u64, a3: u64): void {
  const d0 = a0 - Q0;
  let borrow: u64 = u64(a0 < Q0);
  const e1 = a1 - Q1;
  const d1 = e1 - borrow;
  borrow = u64(a1 < Q1) | u64(e1 < borrow);
  const e2 = a2 - Q2;
  const d2 = e2 - borrow;
  borrow = u64(a2 < Q2) | u64(e2 < borrow);
  const e3 = a3 - Q3;
  const d3 = e3 - borrow;
  borrow = u64(a3 < Q3) | u64(e3 < borrow);
  const keep: u64 = 0 - borrow;
  store<u64>(o, (a0 & keep) | (d0 & ~keep));
  store<u64>(o, (a1 & keep) | (d1 & ~keep), 8);
  store<u64>(o, (a2 & keep) | (d2 & ~keep), 16);
  store<u64>(o, (a3 & keep) | (d3 & ~keep), 24);
}

/** o = a + b. */
export function add(o: usize, a: usize, b: usize): void {
  const a0 = load<u64>(a);
  const a1 = load<u64>(a, 8);
  const a2 = load<u64>(a, 16);
  const s0 = a0 + load<u64>(b);
  let carry: u64 = u64(s0 < a0);
  const t1 = a1 + load<u64>(b, 8);
  const s1 = t1 + carry;
  carry = u64(t1 < a1) | u64(s1 < t1);
  const t2 = a2 + load<u64>(b, 16);
  const s2 = t2 + carry;
  carry = u64(t2 < a2) | u64(s2 < t2);
  reduceOnce(o, s0, s1, s2, load<u64>(a, 24) + load<u64>(b, 24) + carry);
}

/** o = a - b. */
export function sub(o: usize, a: usize, b: usize): void {
  const a0 = load<u64>(a);
  const a1 = load<u64>(a, 8);
  const a2 = load<u64>(a, 16);
  const a3 = load<u64>(a, 24);
  const b0 = load<u64>(b);
  const b1 = load<u64>(b, 8);
  const b2 = load<u64>(b, 16);
  const b3 = load<u64>(b, 24);
  const d0 = a0 - b0;
  let borrow: u64 = u64(a0 < b0);
  const e1 = a1 - b1;
  const d1 = e1 - borrow;
  borrow = u64(a1 < b1) | u64(e1 < borrow);
  const e2 = a2 - b2;
  const d2 = e2 - borrow;
  borrow = u64(a2 < b2) | u64(e2 < borrow);
  const e3 = a3 - b3;
  const d3 = e3 - borrow;
  borrow = u64(a3 < b3) | u64(e3 < borrow);
  const mask: u64 = 0 - borrow;
  const s0 = d0 + (Q0 & mask);
  let carry: u64 = u64(s0 < d0);
  const t1 = d1 + (Q1 & mask);
  const s1 = t1 + carry;
  carry = u64(t1 < d1) | u64(s1 < t1);
  const t2 = d2 + (Q2 & mask);
  const s2 = t2 + carry;
  carry = u64(t2 < d2) | u64(s2 < t2);
  store<u64>(o, s0);
  store<u64>(o, s1, 8);
  store<u64>(o, s2, 16);
  store<u64>(o, d3 + (Q3 & mask) + carry, 24);
}

/** o = a b / 2^256 (Montgomery product, operand scanning; p < 2^254, so no extra carry limb is needed). */
export function mul(o: usize, a: usize, b: usize): void {
  const a0 = u64(load<u32>(a));
  const a1 = u64(load<u32>(a, 4));
  const a2 = u64(load<u32>(a, 8));
  const a3 = u64(load<u32>(a, 12));
  const a4 = u64(load<u32>(a, 16));
  const a5 = u64(load<u32>(a, 20));
  const a6 = u64(load<u32>(a, 24));
  const a7 = u64(load<u32>(a, 28));
  let t0: u64 = 0;
  let t1: u64 = 0;
  let t2: u64 = 0;
  let t3: u64 = 0;
  let t4: u64 = 0;
  let t5: u64 = 0;
  let t6: u64 = 0;
  let t7: u64 = 0;
  for (let i: usize = 0; i < 32; i += 4) {
    const y = u64(load<u32>(b + i));
    let c = t0 + a0 * y;
    const m = u64((<u32>c) * PINV);
    let d = (c & LOW) + m * P0;
    c = t1 + a1 * y + (c >> 32);
    d = (c & LOW) + m * P1 + (d >> 32);
    t0 = d & LOW;
    c = t2 + a2 * y + (c >> 32);
    d = (c & LOW) + m * P2 + (d >> 32);
    t1 = d & LOW;
    c = t3 + a3 * y + (c >> 32);
    d = (c & LOW) + m * P3 + (d >> 32);
    t2 = d & LOW;
    c = t4 + a4 * y + (c >> 32);
    d = (c & LOW) + m * P4 + (d >> 32);
    t3 = d & LOW;
    c = t5 + a5 * y + (c >> 32);
    d = (c & LOW) + m * P5 + (d >> 32);
    t4 = d & LOW;
    c = t6 + a6 * y + (c >> 32);
    d = (c & LOW) + m * P6 + (d >> 32);
    t5 = d & LOW;
    c = t7 + a7 * y + (c >> 32);
    d = (c & LOW) + m * P7 + (d >> 32);
    t6 = d & LOW;
    t7 = (c >> 32) + (d >> 32);
  }
  reduceOnce(o, t0 | (t1 << 32), t2 | (t3 << 32), t4 | (t5 << 32), t6 | (t7 << 32));
}

// ---------------------------------------------------------------- conversions

/** dst[i] = src[i] for 32-bit signed integers; `r2` points at 2^512 mod p. */
export function fromI32(dst: usize, src: usize, n: usize, r2: usize): void {
  for (let i: usize = 0; i < n; i++) signed(dst + i * SIZE, i64(load<i32>(src + i * 4)), r2);
}

/** dst[i] = src[i] for 64-bit signed integers. */
export function fromI64(dst: usize, src: usize, n: usize, r2: usize): void {
  for (let i: usize = 0; i < n; i++) signed(dst + i * SIZE, load<i64>(src + i * 8), r2);
}

function signed(o: usize, v: i64, r2: usize): void {
  clear(o);
  if (v == 0) return;
  const t = tmp;
  clear(t);
  store<u64>(t, v < 0 ? u64(-v) : u64(v));
  if (v < 0) {
    mul(t, t, r2);
    sub(o, o, t);
  } else mul(o, t, r2);
}

/** dst[i] = table[src[i]] (accumulate = 0) or dst[i] += table[src[i]], src 32-bit indices in range. */
export function gather(dst: usize, src: usize, n: usize, table: usize, accumulate: i32): void {
  for (let i: usize = 0; i < n; i++) {
    const at = table + usize(load<u32>(src + i * 4)) * SIZE;
    if (accumulate) add(dst + i * SIZE, dst + i * SIZE, at);
    else copy(dst + i * SIZE, at);
  }
}

/** v[i] *= tile[i mod m] for i in from..to, m a power of two. */
export function mulTile(v: usize, from: usize, to: usize, tile: usize, m: usize): void {
  for (let i = from; i < to; i++) mul(v + i * SIZE, v + i * SIZE, tile + (i & (m - 1)) * SIZE);
}

/** dst[i] = src[i] k for every element; k = 2^512 mod p makes Montgomery form, k = 1 (not in Montgomery form) leaves it. */
export function scale(dst: usize, src: usize, n: usize, k: usize): void {
  for (let i: usize = 0; i < n; i++) mul(dst + i * SIZE, src + i * SIZE, k);
}

// ---------------------------------------------------------------- vectors

/** dst[i] += k v[i]. */
export function axpy(dst: usize, v: usize, n: usize, k: usize): void {
  for (let i: usize = 0; i < n; i++) {
    if (isZero(v + i * SIZE)) continue;
    mul(tmp, v + i * SIZE, k);
    add(dst + i * SIZE, dst + i * SIZE, tmp);
  }
}

/** dst[i] = a[i] + b[i]. */
export function addVec(dst: usize, a: usize, b: usize, n: usize): void {
  for (let i: usize = 0; i < n; i++) add(dst + i * SIZE, a + i * SIZE, b + i * SIZE);
}

/** dst[i] = a[i] - b[i]. */
export function subVec(dst: usize, a: usize, b: usize, n: usize): void {
  for (let i: usize = 0; i < n; i++) sub(dst + i * SIZE, a + i * SIZE, b + i * SIZE);
}

/** dst[i] = a[i] b[i]. */
export function mulVec(dst: usize, a: usize, b: usize, n: usize): void {
  for (let i: usize = 0; i < n; i++) mul(dst + i * SIZE, a + i * SIZE, b + i * SIZE);
}

/** dst[i] = k - a[i]. */
export function constMinus(dst: usize, a: usize, n: usize, k: usize): void {
  for (let i: usize = 0; i < n; i++) sub(dst + i * SIZE, k, a + i * SIZE);
}

/** dst[i] = a[i] + k. */
export function addConst(dst: usize, a: usize, n: usize, k: usize): void {
  for (let i: usize = 0; i < n; i++) add(dst + i * SIZE, a + i * SIZE, k);
}

/** o = sum of v. */
export function sum(o: usize, v: usize, n: usize): void {
  clear(o);
  for (let i: usize = 0; i < n; i++) add(o, o, v + i * SIZE);
}

/** o = sum a[i] b[i]. */
export function dot(o: usize, a: usize, b: usize, n: usize): void {
  const t = tmp;
  const acc = tmp + 32;
  clear(acc);
  for (let i: usize = 0; i < n; i++) {
    mul(t, a + i * SIZE, b + i * SIZE);
    add(acc, acc, t);
  }
  copy(o, acc);
}

/** out[i] = sum_j e[j] M[i cols + j]: contracts the low index. */
export function rowDot(out: usize, M: usize, e: usize, rows: usize, cols: usize): void {
  for (let i: usize = 0; i < rows; i++) dot(out + i * SIZE, M + i * cols * SIZE, e, cols);
}

/** out[j] = sum_i e[i] M[i cols + j] for j < count: contracts the high index. `out` is overwritten. */
export function colDot(out: usize, M: usize, e: usize, rows: usize, cols: usize, count: usize): void {
  for (let j: usize = 0; j < count; j++) clear(out + j * SIZE);
  for (let i: usize = 0; i < rows; i++) axpy(out, M + i * cols * SIZE, count, e + i * SIZE);
}

/** out[i n + j] = a[i] b[j], or += with `accumulate`, for i < m, j < n. */
export function outer(out: usize, a: usize, m: usize, b: usize, n: usize, accumulate: i32): void {
  const t = tmp;
  for (let i: usize = 0; i < m; i++) {
    const row = out + i * n * SIZE;
    for (let j: usize = 0; j < n; j++) {
      if (accumulate) {
        mul(t, a + i * SIZE, b + j * SIZE);
        add(row + j * SIZE, row + j * SIZE, t);
      } else mul(row + j * SIZE, a + i * SIZE, b + j * SIZE);
    }
  }
}

/** out[x] = k eq(z, x) for x in {0,1}^n, z_0 the lowest bit. */
export function eqTable(out: usize, z: usize, n: usize, k: usize): void {
  copy(out, k);
  for (let t: usize = 0; t < n; t++) {
    const half: usize = (<usize>1) << t;
    for (let x: usize = 0; x < half; x++) {
      const lo = out + x * SIZE;
      const hi = lo + half * SIZE;
      mul(hi, lo, z + t * SIZE);
      sub(lo, lo, hi);
    }
  }
}

/** out[x] = v[x] + r (v[x + half] - v[x]) for x < count: binds the highest variable. `out` may be v. */
export function fold(out: usize, v: usize, half: usize, count: usize, r: usize): void {
  const t = tmp;
  for (let x: usize = 0; x < count; x++) {
    const lo = v + x * SIZE;
    const hi = lo + half * SIZE;
    sub(t, hi, lo);
    if (!isZero(t)) mul(t, t, r);
    add(out + x * SIZE, lo, t);
  }
}

/** Exclusive sums of each row of `cols` entries, in place: from the start (suffix = 0) or from the end (suffix = 1). */
export function exclusiveSums(v: usize, rows: usize, cols: usize, suffix: i32): void {
  const acc = tmp;
  const t = tmp + 32;
  for (let i: usize = 0; i < rows; i++) {
    clear(acc);
    for (let k: usize = 0; k < cols; k++) {
      const at = v + (i * cols + (suffix ? cols - 1 - k : k)) * SIZE;
      add(t, acc, at);
      copy(at, acc);
      copy(acc, t);
    }
  }
}

/** Each of n runs of `run` entries `times` times in a row: out[(i times + b) run + x] = v[i run + x]. */
export function repeatEach(out: usize, v: usize, n: usize, times: usize, run: usize): void {
  for (let i: usize = 0; i < n; i++, v += run * SIZE)
    for (let b: usize = 0; b < times; b++, out += run * SIZE)
      for (let x: usize = 0; x < run; x++) copy(out + x * SIZE, v + x * SIZE);
}

/** v[i] = k^i. `one` points at 1. */
export function powers(v: usize, n: usize, k: usize, one: usize): void {
  copy(v, one);
  for (let i: usize = 1; i < n; i++) mul(v + i * SIZE, v + (i - 1) * SIZE, k);
}

/** o = sum v[i] x^i. */
export function horner(o: usize, v: usize, n: usize, x: usize): void {
  const acc = tmp;
  clear(acc);
  for (let i: usize = n; i > 0; i--) {
    mul(acc, acc, x);
    add(acc, acc, v + (i - 1) * SIZE);
  }
  copy(o, acc);
}

/**
 * Division of the polynomial v (rows * cols coefficients) by X^cols - k, in place: v[0..cols) becomes the remainder, the
 * rest the quotient's coefficients (entry i of the quotient at v[cols + i]). Of the columns, only the first `count`.
 */
export function divide(v: usize, rows: usize, cols: usize, count: usize, k: usize): void {
  for (let i: usize = rows - 1; i > 0; i--) axpy(v + (i - 1) * cols * SIZE, v + i * cols * SIZE, count, k);
}

/** In place: v[i] = 1 / v[i]; `inv` is given by the caller for the product of all (two-pass trick): first call products(), invert, then invertWith(). */
export function prefixProducts(out: usize, v: usize, n: usize): void {
  copy(out, v);
  for (let i: usize = 1; i < n; i++) mul(out + i * SIZE, out + (i - 1) * SIZE, v + i * SIZE);
}

/** `inv` points at 1 / (product of all v) and is overwritten; `prefix` at prefixProducts(v). */
export function invertWith(v: usize, prefix: usize, n: usize, inv: usize): void {
  const t = tmp;
  for (let i: usize = n - 1; i > 0; i--) {
    mul(t, inv, prefix + (i - 1) * SIZE);
    mul(inv, inv, v + i * SIZE);
    copy(v + i * SIZE, t);
  }
  copy(v, inv);
}

// ---------------------------------------------------------------- sumcheck rounds

/**
 * out[X] = sum over x < half of the product of k linear polynomials at X = 0..k. `refs` holds k pairs (u32 address, u32 length): a factor of length 2 half
 * is bound in this round; a shorter one does not depend on the bound variable and is read at x mod length. Of the sum, only x in from..to.
 */
export function roundProduct(out: usize, refs: usize, k: usize, half: usize, from: usize, to: usize): void {
  const t = tmp;
  const cur = tmp + 64; // k current values
  const dif = tmp + 64 + 8 * SIZE; // k differences
  const acc = tmp + 64 + 16 * SIZE; // k + 1 sums
  for (let X: usize = 0; X <= k; X++) clear(acc + X * SIZE);
  for (let x = from; x < to; x++) {
    let zeros: bool = false;
    for (let i: usize = 0; i < k; i++) {
      const at = usize(load<u32>(refs + i * 8));
      const len = usize(load<u32>(refs + i * 8, 4));
      if (len > half) {
        const lo = at + x * SIZE;
        copy(cur + i * SIZE, lo);
        sub(dif + i * SIZE, lo + half * SIZE, lo);
      } else {
        copy(cur + i * SIZE, at + (x & (len - 1)) * SIZE);
        clear(dif + i * SIZE);
      }
      if (isZero(cur + i * SIZE) && isZero(dif + i * SIZE)) {
        zeros = true;
        break;
      }
    }
    if (zeros) continue;
    for (let X: usize = 0; X <= k; X++) {
      if (k == 1) add(acc + X * SIZE, acc + X * SIZE, cur);
      else {
        mul(t, cur, cur + SIZE);
        for (let i: usize = 2; i < k; i++) mul(t, t, cur + i * SIZE);
        add(acc + X * SIZE, acc + X * SIZE, t);
      }
      if (X < k) for (let i: usize = 0; i < k; i++) add(cur + i * SIZE, cur + i * SIZE, dif + i * SIZE);
    }
  }
  for (let X: usize = 0; X <= k; X++) copy(out + X * SIZE, acc + X * SIZE);
}

/**
 * out[X], X = 0..5, of the grouped lookup relation (design section 5): sum of eq (h x1 x2 x3 - x1 x2 - x1 x3 - x2 x3) with x_i the given vectors. Five
 * addresses (u32) at `refs`: eq, h, x1, x2, x3, each of length 2 half. Of the sum, only x in from..to.
 */
export function roundLookup(out: usize, refs: usize, half: usize, from: usize, to: usize): void {
  const a = tmp;
  const b = tmp + 32;
  const cur = tmp + 64;
  const dif = tmp + 64 + 8 * SIZE;
  const acc = tmp + 64 + 16 * SIZE;
  for (let X: usize = 0; X <= 5; X++) clear(acc + X * SIZE);
  for (let x = from; x < to; x++) {
    for (let i: usize = 0; i < 5; i++) {
      const lo = usize(load<u32>(refs + i * 4)) + x * SIZE;
      copy(cur + i * SIZE, lo);
      sub(dif + i * SIZE, lo + half * SIZE, lo);
    }
    for (let X: usize = 0; X <= 5; X++) {
      mul(a, cur + 2 * SIZE, cur + 3 * SIZE); // x1 x2
      mul(b, cur + SIZE, cur + 4 * SIZE); // h x3
      mul(b, b, a); // h x1 x2 x3
      sub(b, b, a);
      add(a, cur + 2 * SIZE, cur + 3 * SIZE);
      mul(a, a, cur + 4 * SIZE); // (x1 + x2) x3
      sub(b, b, a);
      mul(b, b, cur);
      add(acc + X * SIZE, acc + X * SIZE, b);
      if (X < 5) for (let i: usize = 0; i < 5; i++) add(cur + i * SIZE, cur + i * SIZE, dif + i * SIZE);
    }
  }
  for (let X: usize = 0; X <= 5; X++) copy(out + X * SIZE, acc + X * SIZE);
}
