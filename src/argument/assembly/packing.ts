/**
 * Between elements of F as the kernels keep them (`fr.ts`) and pairs of lanes (`lanes.ts`), and sums of products whose
 * columns are reduced once for many products. A pair keeps the integer that an element's 32 bytes are, a 2^256 mod r.
 */

import { add as addElement, mul as mulElement, setTemporaries as setElementTemporaries, sub as subElement } from './fr';
import { CONSTANTS, high, low, PAIR, plus } from './lanes';
import { MODULUS, ONE_BY_TOP } from './modulus';

/** Bytes of the columns of a sum of products. */
export const COLUMNS: usize = 160;
/** Products that a sum's columns hold without overflow, lanes counted once. */
export const MOST_PRODUCTS: i32 = 128;

/** Bytes of what `setTemporaries` is given, the elements' own included. */
export const TEMPORARIES: usize = 6144;

/** Temporaries of this module (128 bytes), then those of what uses it; each thread has its own. */
let scratch: usize = memory.data(4096, 16);

/** Gives this instance temporaries of its own: threads share the memory. */
export function setTemporaries(at: usize): void {
  setElementTemporaries(at);
  scratch = at + 2048;
}

/** Where the temporaries of this module's users begin. */
// @ts-ignore: decorator
@inline
export function temporaries(): usize {
  return scratch + 128;
}

const SIZE: usize = 32;
const MASK: u64 = 0x7ffffffffffff;
/** The bits of 2^52, and 3 2^51 */
const EXPONENT: u64 = 0x4330000000000000;
const MAGIC: f64 = 6755399441055744.0;
/** The highest limb of r in unsigned limbs. */
const TOP: u64 = 0x30644e72e131a;
/** What the constants' bits in the halves of one product add to each column. */
const BIAS: usize = memory.data<u64>([0x4338000000000000, 0xccd8000000000000, 0x5678000000000000, 0xe018000000000000,
  0x69b8000000000000, 0x6ce8000000000000, 0xe348000000000000, 0x59a8000000000000, 0xd008000000000000,
  0x4668000000000000], 16);
/** r 2^264, more than a sum of products can be in absolute value. */
const OFFSET: usize = memory.data<u64>([0x0, 0x0, 0x0, 0x0, 0x0, 0x327e000000200, 0x66e5c2450f87d, 0x2c2e9419f4243,
  0x1b85045b68181, 0x60c89ce5c263405], 16);
/** 1, 2^204 and 2^408 mod r, 32 bytes each. */
const WEIGHTS: usize = memory.data<u64>([0x1, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x1000, 0x6ee881bd8ebb7ae,
  0x2d076add9c483e94, 0xf4e590c2b8184bf7, 0x1df79fc3ff54fb], 16);

// @ts-ignore: decorator
@inline
function limb0(w0: v128): v128 {
  return v128.and(w0, i64x2.splat(MASK));
}

/** Bits of two words, of which the higher moves up. */
// @ts-ignore: decorator
@inline
function limb(low: v128, down: i32, high: v128, up: i32): v128 {
  return v128.and(v128.or(i64x2.shr_u(low, down), i64x2.shl(high, up)), i64x2.splat(MASK));
}

// @ts-ignore: decorator
@inline
function toDouble(t: v128): v128 {
  return f64x2.sub(v128.or(t, i64x2.splat(EXPONENT)), f64x2.splat(4503599627370496.0));
}

/** o = the pair of the elements at a and b. */
export function unpack(o: usize, a: usize, b: usize): void {
  let u = v128.load(a);
  let v = v128.load(b);
  const w0 = v128.shuffle<i64>(u, v, 0, 2);
  const w1 = v128.shuffle<i64>(u, v, 1, 3);
  u = v128.load(a, 16);
  v = v128.load(b, 16);
  const w2 = v128.shuffle<i64>(u, v, 0, 2);
  const w3 = v128.shuffle<i64>(u, v, 1, 3);
  v128.store(o, toDouble(limb0(w0)));
  v128.store(o, toDouble(limb(w0, 51, w1, 13)), 16);
  v128.store(o, toDouble(limb(w1, 38, w2, 26)), 32);
  v128.store(o, toDouble(limb(w2, 25, w3, 39)), 48);
  v128.store(o, toDouble(i64x2.shr_u(w3, 12)), 64);
}

/** A column less the multiple of the modulus, as an integer (the bits of both doubles' constants cancel). */
// @ts-ignore: decorator
@inline
function difference(s: v128, k: v128, modulus: v128): v128 {
  const magic = f64x2.splat(MAGIC);
  return i64x2.sub(f64x2.add(s, magic), f64x2.add(f64x2.mul(k, modulus), magic));
}

/** The element at o, in [-r, 2 r) and two's complement, brought into [0, r). */
function normalise(o: usize): void {
  if (load<i64>(o, 24) < 0) addElement(o, o, ORDER);
  else subElement(o, o, ORDER);
}

/** r, and 1 / 2 */
const ORDER: usize = memory.data<u64>([0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029], 16);
const HALF: usize = memory.data<u64>([0x783c14d81ffffffe, 0xaf982f6f0c8d1edd, 0x8f5f7492fcfd4f45, 0x1f37631a3d9cbfac], 16);

/** o = a / 2. */
export function halve(o: usize, a: usize): void {
  mulElement(o, a, HALF);
}

/** The elements at o and o + 32 = the pair s, less than 2 r in absolute value, plus those at `base` unless that is 0. */
// @ts-ignore: decorator
@inline
function pack(o: usize, s: usize, base: usize): void {
  let b0 = i64x2.splat(0);
  let b1 = b0;
  let b2 = b0;
  let b3 = b0;
  let b4 = b0;
  let top = v128.load(s, 64);
  if (base != 0) {
    let u = v128.load(base);
    let v = v128.load(base, 32);
    const w0 = v128.shuffle<i64>(u, v, 0, 2);
    const w1 = v128.shuffle<i64>(u, v, 1, 3);
    u = v128.load(base, 16);
    v = v128.load(base, 48);
    const w2 = v128.shuffle<i64>(u, v, 0, 2);
    const w3 = v128.shuffle<i64>(u, v, 1, 3);
    b0 = limb0(w0);
    b1 = limb(w0, 51, w1, 13);
    b2 = limb(w1, 38, w2, 26);
    b3 = limb(w2, 25, w3, 39);
    b4 = i64x2.shr_u(w3, 12);
    top = f64x2.add(top, toDouble(b4));
  }
  // right but for values next to a multiple of r, which are found below
  const k = f64x2.floor(f64x2.mul(top, f64x2.splat(ONE_BY_TOP)));
  const mask = i64x2.splat(MASK);
  // 2^60 keeps what is shifted positive, and puts 2^9 into the carry
  b0 = plus(plus(b0, difference(v128.load(s), k, v128.load64_splat(MODULUS))), i64x2.splat(1 << 60));
  b1 = plus(plus(b1, difference(v128.load(s, 16), k, v128.load64_splat(MODULUS, 8))), i64x2.splat((1 << 60) - 512));
  b2 = plus(plus(b2, difference(v128.load(s, 32), k, v128.load64_splat(MODULUS, 16))), i64x2.splat((1 << 60) - 512));
  b3 = plus(plus(b3, difference(v128.load(s, 48), k, v128.load64_splat(MODULUS, 24))), i64x2.splat((1 << 60) - 512));
  b4 = plus(plus(b4, difference(v128.load(s, 64), k, v128.load64_splat(MODULUS, 32))), i64x2.splat(-512));
  b1 = plus(b1, i64x2.shr_u(b0, 51));
  b2 = plus(b2, i64x2.shr_u(b1, 51));
  b3 = plus(b3, i64x2.shr_u(b2, 51));
  b4 = plus(b4, i64x2.shr_u(b3, 51));
  b0 = v128.and(b0, mask);
  b1 = v128.and(b1, mask);
  b2 = v128.and(b2, mask);
  b3 = v128.and(b3, mask);
  const w0 = v128.or(b0, i64x2.shl(b1, 51));
  const w1 = v128.or(i64x2.shr_u(b1, 13), i64x2.shl(b2, 38));
  const w2 = v128.or(i64x2.shr_u(b2, 26), i64x2.shl(b3, 25));
  const w3 = v128.or(i64x2.shr_u(b3, 39), i64x2.shl(b4, 12));
  v128.store(o, v128.shuffle<i64>(w0, w1, 0, 2));
  v128.store(o, v128.shuffle<i64>(w2, w3, 0, 2), 16);
  v128.store(o, v128.shuffle<i64>(w0, w1, 1, 3), 32);
  v128.store(o, v128.shuffle<i64>(w2, w3, 1, 3), 48);
  if (i64x2.bitmask(v128.or(b4, i64x2.sub(i64x2.splat(TOP - 1), b4))) != 0) {
    normalise(o);
    normalise(o + SIZE);
  }
}

/** The elements at o and o + 32 = the pair s. */
export function put(o: usize, s: usize): void {
  pack(o, s, 0);
}

/** The elements at o and o + 32 = those at `base` and base + 32, plus the pair s. */
export function putSum(o: usize, base: usize, s: usize): void {
  pack(o, s, base);
}

/** columns += a b. */
export function addProduct(columns: usize, a: usize, b: usize): void {
  const a0 = v128.load(a);
  const a1 = v128.load(a, 16);
  const a2 = v128.load(a, 32);
  const a3 = v128.load(a, 48);
  const a4 = v128.load(a, 64);
  const b0 = v128.load(b);
  const b1 = v128.load(b, 16);
  const b2 = v128.load(b, 32);
  const b3 = v128.load(b, 48);
  const b4 = v128.load(b, 64);
  const c1 = v128.load64_splat(CONSTANTS);
  const c2 = v128.load64_splat(CONSTANTS, 8);
  let t0 = v128.load(columns);
  let t1 = v128.load(columns, 16);
  let t2 = v128.load(columns, 32);
  let t3 = v128.load(columns, 48);
  let t4 = v128.load(columns, 64);
  let t5 = v128.load(columns, 80);
  let t6 = v128.load(columns, 96);
  let t7 = v128.load(columns, 112);
  let t8 = v128.load(columns, 128);
  let t9 = v128.load(columns, 144);
  let h: v128;
  h = high(a0, b0, c1); t0 = low(t0, a0, b0, h, c2); t1 = plus(t1, h);
  h = high(a0, b1, c1); t1 = low(t1, a0, b1, h, c2); t2 = plus(t2, h);
  h = high(a0, b2, c1); t2 = low(t2, a0, b2, h, c2); t3 = plus(t3, h);
  h = high(a0, b3, c1); t3 = low(t3, a0, b3, h, c2); t4 = plus(t4, h);
  h = high(a0, b4, c1); t4 = low(t4, a0, b4, h, c2); t5 = plus(t5, h);
  h = high(a1, b0, c1); t1 = low(t1, a1, b0, h, c2); t2 = plus(t2, h);
  h = high(a1, b1, c1); t2 = low(t2, a1, b1, h, c2); t3 = plus(t3, h);
  h = high(a1, b2, c1); t3 = low(t3, a1, b2, h, c2); t4 = plus(t4, h);
  h = high(a1, b3, c1); t4 = low(t4, a1, b3, h, c2); t5 = plus(t5, h);
  h = high(a1, b4, c1); t5 = low(t5, a1, b4, h, c2); t6 = plus(t6, h);
  h = high(a2, b0, c1); t2 = low(t2, a2, b0, h, c2); t3 = plus(t3, h);
  h = high(a2, b1, c1); t3 = low(t3, a2, b1, h, c2); t4 = plus(t4, h);
  h = high(a2, b2, c1); t4 = low(t4, a2, b2, h, c2); t5 = plus(t5, h);
  h = high(a2, b3, c1); t5 = low(t5, a2, b3, h, c2); t6 = plus(t6, h);
  h = high(a2, b4, c1); t6 = low(t6, a2, b4, h, c2); t7 = plus(t7, h);
  h = high(a3, b0, c1); t3 = low(t3, a3, b0, h, c2); t4 = plus(t4, h);
  h = high(a3, b1, c1); t4 = low(t4, a3, b1, h, c2); t5 = plus(t5, h);
  h = high(a3, b2, c1); t5 = low(t5, a3, b2, h, c2); t6 = plus(t6, h);
  h = high(a3, b3, c1); t6 = low(t6, a3, b3, h, c2); t7 = plus(t7, h);
  h = high(a3, b4, c1); t7 = low(t7, a3, b4, h, c2); t8 = plus(t8, h);
  h = high(a4, b0, c1); t4 = low(t4, a4, b0, h, c2); t5 = plus(t5, h);
  h = high(a4, b1, c1); t5 = low(t5, a4, b1, h, c2); t6 = plus(t6, h);
  h = high(a4, b2, c1); t6 = low(t6, a4, b2, h, c2); t7 = plus(t7, h);
  h = high(a4, b3, c1); t7 = low(t7, a4, b3, h, c2); t8 = plus(t8, h);
  h = high(a4, b4, c1); t8 = low(t8, a4, b4, h, c2); t9 = plus(t9, h);
  v128.store(columns, t0);
  v128.store(columns, t1, 16);
  v128.store(columns, t2, 32);
  v128.store(columns, t3, 48);
  v128.store(columns, t4, 64);
  v128.store(columns, t5, 80);
  v128.store(columns, t6, 96);
  v128.store(columns, t7, 112);
  v128.store(columns, t8, 128);
  v128.store(columns, t9, 144);
}

/** The element at o += what the columns of `products` products are / 2^256, both lanes; the columns become 0. */
export function settle(o: usize, columns: usize, products: i32): void {
  // ten limbs and zeros behind them, then an element
  const limbs = scratch;
  const element = scratch + 96;
  store<u64>(limbs, 0, 80);
  store<u64>(limbs, 0, 88);
  let carry: i64 = 0;
  for (let k: usize = 0; k < 80; k += 8) {
    const column = load<u64>(columns + 2 * k) + load<u64>(columns + 2 * k, 8) - 2 * u64(products) * load<u64>(BIAS + k);
    carry += i64(column) + load<i64>(OFFSET + k);
    store<u64>(limbs + k, k < 72 ? u64(carry) & MASK : u64(carry));
    carry >>= 51;
  }
  memory.fill(columns, 0, COLUMNS);
  for (let part: usize = 0; part < 3; part++) {
    const from = limbs + 32 * part;
    const u0 = load<u64>(from);
    const u1 = load<u64>(from, 8);
    const u2 = load<u64>(from, 16);
    const u3 = load<u64>(from, 24);
    store<u64>(element, u0 | (u1 << 51));
    store<u64>(element, (u1 >> 13) | (u2 << 38), 8);
    store<u64>(element, (u2 >> 26) | (u3 << 25), 16);
    store<u64>(element, u3 >> 39, 24);
    mulElement(element, element, WEIGHTS + SIZE * part);
    addElement(o, o, element);
  }
}
