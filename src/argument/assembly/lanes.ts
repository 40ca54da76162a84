/**
 * A field of 254 bits (`modulus.ts`) in pairs: a vector holds the same limb of two independent elements, so that one instruction
 * works on both. An element is five signed limbs of 51 bits, each a double, in Montgomery form (R = 2^255); a pair takes
 * 80 bytes. It needs relaxed SIMD with a multiply-add that rounds once (`probe.ts`); everywhere else
 * `fq` and `fr` serve.
 *
 * A product a b < 2^102 of limbs in absolute value becomes two doubles: a b + 3 2^102 is rounded to a multiple of 2^51,
 * and what is lost, at most 2^50, comes from a second multiply-add, exactly, plus 3 2^51. The low bits of both are
 * integers plus the bits of the constants, and are added up as integers. Limbs of products and of reduced elements are
 * at most 2^50 (the highest: less), so a difference of two of them is still an operand, and so is it for both operands.
 *
 * Four of the five lowest limbs are reduced by m_k = 2^(-51 k) mod p: t + q (m_k 2^(51 k) - 1), with q a limb of t, needs no
 * product for q. The lowest three limbs go at once, so that their products do not wait for each other; the fourth alone
 * keeps the result small. For a and b up to A p and B p in absolute value the product is below (A B 0.378 + 0.627) p.
 */

import { M1, M2, M3, MODULUS, NEGATIVE_INVERSE, ONE_BY_TOP } from './modulus';

/** Bytes of a pair. */
export const PAIR: usize = 80;

/** The bits of 3 2^102 and of 3 2^102 + 3 2^51. */
export const CONSTANTS: usize = memory.data<u64>([0x4668000000000000, 0x4668000000000003], 16);
/**
 * What the columns of a product start from: less the constants' bits, once for every low and high half that will be
 * added, plus 2^50 to round to the nearest carry, plus 2^57 to stay positive, less 2^6 which that puts into the carry from
 * below. The last has the bits of 3 2^51, so that it becomes a double.
 */
const PRODUCT: usize = memory.data<u64>([0xbecc000000000000, 0x352bffffffffffc0, 0xab8bffffffffffc0,
  0x5843ffffffffffc0, 0x74fbffffffffffc0, 0xe4fbffffffffffc0, 0x6e9bffffffffffc0, 0xf83bffffffffffc0,
  0x4b83ffffffffffc0, 0x6fffffffffffffc0], 16);
const TWO_PRODUCTS: usize = memory.data<u64>([0x7b94000000000000, 0x6853ffffffffffc0, 0x5513ffffffffffc0,
  0x782bffffffffffc0, 0xb43ffffffffffc0, 0x7813ffffffffffc0, 0x8b53ffffffffffc0, 0x9e93ffffffffffc0,
  0x7b7bffffffffffc0, 0x2997ffffffffffc0], 16);
const SQUARE: usize = memory.data<u64>([0xbecc000000000000, 0x7863ffffffffffc0, 0x352bffffffffffc0,
  0x251bffffffffffc0, 0x883bffffffffffc0, 0xf83bffffffffffc0, 0x3ea3ffffffffffc0, 0x81dbffffffffffc0,
  0x91ebffffffffffc0, 0x6fffffffffffffc0], 16);

// @ts-ignore: decorator
@inline
function madd(a: v128, b: v128, c: v128): v128 {
  return v128.relaxed_madd<f64>(a, b, c);
}

// @ts-ignore: decorator
@inline
export function plus(a: v128, b: v128): v128 {
  return i64x2.add(a, b);
}

/** The high half of a b. */
// @ts-ignore: decorator
@inline
export function high(a: v128, b: v128, c1: v128): v128 {
  return madd(a, b, c1);
}

/** t plus the low half of a b, whose high half is h. */
// @ts-ignore: decorator
@inline
export function low(t: v128, a: v128, b: v128, h: v128, c2: v128): v128 {
  return i64x2.add(t, madd(a, b, f64x2.sub(c2, h)));
}

/** The signed limb of a column as a double. */
// @ts-ignore: decorator
@inline
function digit(t: v128): v128 {
  // 2^52 + limb + 2^50, as the bits of a double
  const bits = v128.or(v128.and(t, i64x2.splat(0x7ffffffffffff)), i64x2.splat(0x4330000000000000));
  return f64x2.sub(bits, f64x2.splat(5629499534213120.0));
}

/** What a column carries into the next. */
// @ts-ignore: decorator
@inline
function carry(t: v128): v128 {
  return i64x2.shr_u(t, 51);
}

/** o = the columns t / R. */
// @ts-ignore: decorator
@inline
function montgomery(
  o: usize,
  t0: v128, t1: v128, t2: v128, t3: v128, t4: v128,
  t5: v128, t6: v128, t7: v128, t8: v128, t9: v128,
): void {
  const c1 = v128.load64_splat(CONSTANTS);
  const c2 = v128.load64_splat(CONSTANTS, 8);
  t1 = plus(t1, carry(t0));
  t2 = plus(t2, carry(t1));
  t3 = plus(t3, carry(t2));
  let h: v128;
  let q = digit(t0);
  h = high(q, v128.load64_splat(M3), c1); t3 = low(t3, q, v128.load64_splat(M3), h, c2); t4 = plus(t4, h);
  h = high(q, v128.load64_splat(M3, 8), c1); t4 = low(t4, q, v128.load64_splat(M3, 8), h, c2); t5 = plus(t5, h);
  h = high(q, v128.load64_splat(M3, 16), c1); t5 = low(t5, q, v128.load64_splat(M3, 16), h, c2); t6 = plus(t6, h);
  h = high(q, v128.load64_splat(M3, 24), c1); t6 = low(t6, q, v128.load64_splat(M3, 24), h, c2); t7 = plus(t7, h);
  h = high(q, v128.load64_splat(M3, 32), c1); t7 = low(t7, q, v128.load64_splat(M3, 32), h, c2); t8 = plus(t8, h);
  q = digit(t1);
  h = high(q, v128.load64_splat(M2), c1); t3 = low(t3, q, v128.load64_splat(M2), h, c2); t4 = plus(t4, h);
  h = high(q, v128.load64_splat(M2, 8), c1); t4 = low(t4, q, v128.load64_splat(M2, 8), h, c2); t5 = plus(t5, h);
  h = high(q, v128.load64_splat(M2, 16), c1); t5 = low(t5, q, v128.load64_splat(M2, 16), h, c2); t6 = plus(t6, h);
  h = high(q, v128.load64_splat(M2, 24), c1); t6 = low(t6, q, v128.load64_splat(M2, 24), h, c2); t7 = plus(t7, h);
  h = high(q, v128.load64_splat(M2, 32), c1); t7 = low(t7, q, v128.load64_splat(M2, 32), h, c2); t8 = plus(t8, h);
  q = digit(t2);
  h = high(q, v128.load64_splat(M1), c1); t3 = low(t3, q, v128.load64_splat(M1), h, c2); t4 = plus(t4, h);
  h = high(q, v128.load64_splat(M1, 8), c1); t4 = low(t4, q, v128.load64_splat(M1, 8), h, c2); t5 = plus(t5, h);
  h = high(q, v128.load64_splat(M1, 16), c1); t5 = low(t5, q, v128.load64_splat(M1, 16), h, c2); t6 = plus(t6, h);
  h = high(q, v128.load64_splat(M1, 24), c1); t6 = low(t6, q, v128.load64_splat(M1, 24), h, c2); t7 = plus(t7, h);
  h = high(q, v128.load64_splat(M1, 32), c1); t7 = low(t7, q, v128.load64_splat(M1, 32), h, c2); t8 = plus(t8, h);
  t4 = plus(t4, carry(t3));
  q = digit(t3);
  h = high(q, v128.load64_splat(M1), c1); t4 = low(t4, q, v128.load64_splat(M1), h, c2); t5 = plus(t5, h);
  h = high(q, v128.load64_splat(M1, 8), c1); t5 = low(t5, q, v128.load64_splat(M1, 8), h, c2); t6 = plus(t6, h);
  h = high(q, v128.load64_splat(M1, 16), c1); t6 = low(t6, q, v128.load64_splat(M1, 16), h, c2); t7 = plus(t7, h);
  h = high(q, v128.load64_splat(M1, 24), c1); t7 = low(t7, q, v128.load64_splat(M1, 24), h, c2); t8 = plus(t8, h);
  h = high(q, v128.load64_splat(M1, 32), c1); t8 = low(t8, q, v128.load64_splat(M1, 32), h, c2); t9 = plus(t9, h);
  h = digit(t4);
  q = v128.load64_splat(NEGATIVE_INVERSE);
  q = madd(h, q, f64x2.sub(c1, high(h, q, c1)));
  const m0 = v128.load64_splat(MODULUS);
  const m1 = v128.load64_splat(MODULUS, 8);
  const m2 = v128.load64_splat(MODULUS, 16);
  const m3 = v128.load64_splat(MODULUS, 24);
  const m4 = v128.load64_splat(MODULUS, 32);
  h = high(q, m0, c1); t4 = low(t4, q, m0, h, c2); t5 = plus(t5, h);
  h = high(q, m1, c1); t5 = low(t5, q, m1, h, c2); t6 = plus(t6, h);
  h = high(q, m2, c1); t6 = low(t6, q, m2, h, c2); t7 = plus(t7, h);
  h = high(q, m3, c1); t7 = low(t7, q, m3, h, c2); t8 = plus(t8, h);
  h = high(q, m4, c1); t8 = low(t8, q, m4, h, c2); t9 = plus(t9, h);
  t5 = plus(t5, carry(t4));
  t6 = plus(t6, carry(t5));
  t7 = plus(t7, carry(t6));
  t8 = plus(t8, carry(t7));
  t9 = plus(t9, carry(t8));
  v128.store(o, digit(t5));
  v128.store(o, digit(t6), 16);
  v128.store(o, digit(t7), 32);
  v128.store(o, digit(t8), 48);
  v128.store(o, f64x2.sub(t9, f64x2.splat(6755399441055744.0)), 64);
}

/** o = a b / R. */
export function mul(o: usize, a: usize, b: usize): void {
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
  let t0 = v128.load64_splat(PRODUCT);
  let t1 = v128.load64_splat(PRODUCT, 8);
  let t2 = v128.load64_splat(PRODUCT, 16);
  let t3 = v128.load64_splat(PRODUCT, 24);
  let t4 = v128.load64_splat(PRODUCT, 32);
  let t5 = v128.load64_splat(PRODUCT, 40);
  let t6 = v128.load64_splat(PRODUCT, 48);
  let t7 = v128.load64_splat(PRODUCT, 56);
  let t8 = v128.load64_splat(PRODUCT, 64);
  let t9 = v128.load64_splat(PRODUCT, 72);
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
  montgomery(o, t0, t1, t2, t3, t4, t5, t6, t7, t8, t9);
}

/** o = (a b + c d) / R, with one reduction. */
export function mulTwo(o: usize, a: usize, b: usize, c: usize, d: usize): void {
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
  let t0 = v128.load64_splat(TWO_PRODUCTS);
  let t1 = v128.load64_splat(TWO_PRODUCTS, 8);
  let t2 = v128.load64_splat(TWO_PRODUCTS, 16);
  let t3 = v128.load64_splat(TWO_PRODUCTS, 24);
  let t4 = v128.load64_splat(TWO_PRODUCTS, 32);
  let t5 = v128.load64_splat(TWO_PRODUCTS, 40);
  let t6 = v128.load64_splat(TWO_PRODUCTS, 48);
  let t7 = v128.load64_splat(TWO_PRODUCTS, 56);
  let t8 = v128.load64_splat(TWO_PRODUCTS, 64);
  let t9 = v128.load64_splat(TWO_PRODUCTS, 72);
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
  const e0 = v128.load(c);
  const e1 = v128.load(c, 16);
  const e2 = v128.load(c, 32);
  const e3 = v128.load(c, 48);
  const e4 = v128.load(c, 64);
  const d0 = v128.load(d);
  const d1 = v128.load(d, 16);
  const d2 = v128.load(d, 32);
  const d3 = v128.load(d, 48);
  const d4 = v128.load(d, 64);
  h = high(e0, d0, c1); t0 = low(t0, e0, d0, h, c2); t1 = plus(t1, h);
  h = high(e0, d1, c1); t1 = low(t1, e0, d1, h, c2); t2 = plus(t2, h);
  h = high(e0, d2, c1); t2 = low(t2, e0, d2, h, c2); t3 = plus(t3, h);
  h = high(e0, d3, c1); t3 = low(t3, e0, d3, h, c2); t4 = plus(t4, h);
  h = high(e0, d4, c1); t4 = low(t4, e0, d4, h, c2); t5 = plus(t5, h);
  h = high(e1, d0, c1); t1 = low(t1, e1, d0, h, c2); t2 = plus(t2, h);
  h = high(e1, d1, c1); t2 = low(t2, e1, d1, h, c2); t3 = plus(t3, h);
  h = high(e1, d2, c1); t3 = low(t3, e1, d2, h, c2); t4 = plus(t4, h);
  h = high(e1, d3, c1); t4 = low(t4, e1, d3, h, c2); t5 = plus(t5, h);
  h = high(e1, d4, c1); t5 = low(t5, e1, d4, h, c2); t6 = plus(t6, h);
  h = high(e2, d0, c1); t2 = low(t2, e2, d0, h, c2); t3 = plus(t3, h);
  h = high(e2, d1, c1); t3 = low(t3, e2, d1, h, c2); t4 = plus(t4, h);
  h = high(e2, d2, c1); t4 = low(t4, e2, d2, h, c2); t5 = plus(t5, h);
  h = high(e2, d3, c1); t5 = low(t5, e2, d3, h, c2); t6 = plus(t6, h);
  h = high(e2, d4, c1); t6 = low(t6, e2, d4, h, c2); t7 = plus(t7, h);
  h = high(e3, d0, c1); t3 = low(t3, e3, d0, h, c2); t4 = plus(t4, h);
  h = high(e3, d1, c1); t4 = low(t4, e3, d1, h, c2); t5 = plus(t5, h);
  h = high(e3, d2, c1); t5 = low(t5, e3, d2, h, c2); t6 = plus(t6, h);
  h = high(e3, d3, c1); t6 = low(t6, e3, d3, h, c2); t7 = plus(t7, h);
  h = high(e3, d4, c1); t7 = low(t7, e3, d4, h, c2); t8 = plus(t8, h);
  h = high(e4, d0, c1); t4 = low(t4, e4, d0, h, c2); t5 = plus(t5, h);
  h = high(e4, d1, c1); t5 = low(t5, e4, d1, h, c2); t6 = plus(t6, h);
  h = high(e4, d2, c1); t6 = low(t6, e4, d2, h, c2); t7 = plus(t7, h);
  h = high(e4, d3, c1); t7 = low(t7, e4, d3, h, c2); t8 = plus(t8, h);
  h = high(e4, d4, c1); t8 = low(t8, e4, d4, h, c2); t9 = plus(t9, h);
  montgomery(o, t0, t1, t2, t3, t4, t5, t6, t7, t8, t9);
}

/** o = a^2 / R. */
export function square(o: usize, a: usize): void {
  const a0 = v128.load(a);
  const a1 = v128.load(a, 16);
  const a2 = v128.load(a, 32);
  const a3 = v128.load(a, 48);
  const a4 = v128.load(a, 64);
  const d0 = f64x2.add(a0, a0);
  const d1 = f64x2.add(a1, a1);
  const d2 = f64x2.add(a2, a2);
  const d3 = f64x2.add(a3, a3);
  const c1 = v128.load64_splat(CONSTANTS);
  const c2 = v128.load64_splat(CONSTANTS, 8);
  let t0 = v128.load64_splat(SQUARE);
  let t1 = v128.load64_splat(SQUARE, 8);
  let t2 = v128.load64_splat(SQUARE, 16);
  let t3 = v128.load64_splat(SQUARE, 24);
  let t4 = v128.load64_splat(SQUARE, 32);
  let t5 = v128.load64_splat(SQUARE, 40);
  let t6 = v128.load64_splat(SQUARE, 48);
  let t7 = v128.load64_splat(SQUARE, 56);
  let t8 = v128.load64_splat(SQUARE, 64);
  let t9 = v128.load64_splat(SQUARE, 72);
  let h: v128;
  h = high(a0, a0, c1); t0 = low(t0, a0, a0, h, c2); t1 = plus(t1, h);
  h = high(d0, a1, c1); t1 = low(t1, d0, a1, h, c2); t2 = plus(t2, h);
  h = high(d0, a2, c1); t2 = low(t2, d0, a2, h, c2); t3 = plus(t3, h);
  h = high(d0, a3, c1); t3 = low(t3, d0, a3, h, c2); t4 = plus(t4, h);
  h = high(d0, a4, c1); t4 = low(t4, d0, a4, h, c2); t5 = plus(t5, h);
  h = high(a1, a1, c1); t2 = low(t2, a1, a1, h, c2); t3 = plus(t3, h);
  h = high(d1, a2, c1); t3 = low(t3, d1, a2, h, c2); t4 = plus(t4, h);
  h = high(d1, a3, c1); t4 = low(t4, d1, a3, h, c2); t5 = plus(t5, h);
  h = high(d1, a4, c1); t5 = low(t5, d1, a4, h, c2); t6 = plus(t6, h);
  h = high(a2, a2, c1); t4 = low(t4, a2, a2, h, c2); t5 = plus(t5, h);
  h = high(d2, a3, c1); t5 = low(t5, d2, a3, h, c2); t6 = plus(t6, h);
  h = high(d2, a4, c1); t6 = low(t6, d2, a4, h, c2); t7 = plus(t7, h);
  h = high(a3, a3, c1); t6 = low(t6, a3, a3, h, c2); t7 = plus(t7, h);
  h = high(d3, a4, c1); t7 = low(t7, d3, a4, h, c2); t8 = plus(t8, h);
  h = high(a4, a4, c1); t8 = low(t8, a4, a4, h, c2); t9 = plus(t9, h);
  montgomery(o, t0, t1, t2, t3, t4, t5, t6, t7, t8, t9);
}

/** o = a value with limbs up to 3 2^50 and at most 4 p in absolute value, brought to at most 0.51 p. */
// @ts-ignore: decorator
@inline
function reduceLimbs(o: usize, a0: v128, a1: v128, a2: v128, a3: v128, a4: v128): void {
  const k = f64x2.nearest(f64x2.mul(a4, f64x2.splat(ONE_BY_TOP)));
  const magic = f64x2.splat(6755399441055744.0);
  const up = f64x2.splat(2251799813685248.0);
  const down = f64x2.splat(4.440892098500626e-16);
  a0 = f64x2.sub(a0, f64x2.mul(k, v128.load64_splat(MODULUS)));
  let c = f64x2.sub(f64x2.add(f64x2.mul(a0, down), magic), magic);
  v128.store(o, f64x2.sub(a0, f64x2.mul(c, up)));
  a1 = f64x2.add(c, f64x2.sub(a1, f64x2.mul(k, v128.load64_splat(MODULUS, 8))));
  c = f64x2.sub(f64x2.add(f64x2.mul(a1, down), magic), magic);
  v128.store(o, f64x2.sub(a1, f64x2.mul(c, up)), 16);
  a2 = f64x2.add(c, f64x2.sub(a2, f64x2.mul(k, v128.load64_splat(MODULUS, 16))));
  c = f64x2.sub(f64x2.add(f64x2.mul(a2, down), magic), magic);
  v128.store(o, f64x2.sub(a2, f64x2.mul(c, up)), 32);
  a3 = f64x2.add(c, f64x2.sub(a3, f64x2.mul(k, v128.load64_splat(MODULUS, 24))));
  c = f64x2.sub(f64x2.add(f64x2.mul(a3, down), magic), magic);
  v128.store(o, f64x2.sub(a3, f64x2.mul(c, up)), 48);
  a4 = f64x2.add(c, f64x2.sub(a4, f64x2.mul(k, v128.load64_splat(MODULUS, 32))));
  v128.store(o, a4, 64);
}

/** Bytes of a single element. */
export const ELEMENT: usize = 40;

/** Lane 0 of two vectors, and lane 1. */
// @ts-ignore: decorator
@inline
function firsts(u: v128, v: v128): v128 {
  return v128.shuffle<i64>(u, v, 0, 2);
}

// @ts-ignore: decorator
@inline
function seconds(u: v128, v: v128): v128 {
  return v128.shuffle<i64>(u, v, 1, 3);
}

/** o = the pair (b - a, d - c) of single elements. */
export function subSingles(o: usize, b: usize, a: usize, d: usize, c: usize): void {
  let u = f64x2.sub(v128.load(b), v128.load(a));
  let v = f64x2.sub(v128.load(d), v128.load(c));
  v128.store(o, firsts(u, v));
  v128.store(o, seconds(u, v), 16);
  u = f64x2.sub(v128.load(b, 16), v128.load(a, 16));
  v = f64x2.sub(v128.load(d, 16), v128.load(c, 16));
  v128.store(o, firsts(u, v), 32);
  v128.store(o, seconds(u, v), 48);
  u = f64x2.sub(v128.load64_zero(b, 32), v128.load64_zero(a, 32));
  v = f64x2.sub(v128.load64_zero(d, 32), v128.load64_zero(c, 32));
  v128.store(o, firsts(u, v), 64);
}

/** As subSingles, with the elements' signs: words whose highest bit is 0 for + and 1 for -. */
export function subSigned(
  o: usize, b: usize, signB: u64, a: usize, signA: u64, d: usize, signD: u64, c: usize, signC: u64,
): void {
  const sb = i64x2.splat(signB);
  const sa = i64x2.splat(signA);
  const sd = i64x2.splat(signD);
  const sc = i64x2.splat(signC);
  let u = f64x2.sub(v128.xor(v128.load(b), sb), v128.xor(v128.load(a), sa));
  let v = f64x2.sub(v128.xor(v128.load(d), sd), v128.xor(v128.load(c), sc));
  v128.store(o, firsts(u, v));
  v128.store(o, seconds(u, v), 16);
  u = f64x2.sub(v128.xor(v128.load(b, 16), sb), v128.xor(v128.load(a, 16), sa));
  v = f64x2.sub(v128.xor(v128.load(d, 16), sd), v128.xor(v128.load(c, 16), sc));
  v128.store(o, firsts(u, v), 32);
  v128.store(o, seconds(u, v), 48);
  u = f64x2.sub(v128.xor(v128.load64_zero(b, 32), sb), v128.xor(v128.load64_zero(a, 32), sa));
  v = f64x2.sub(v128.xor(v128.load64_zero(d, 32), sd), v128.xor(v128.load64_zero(c, 32), sc));
  v128.store(o, firsts(u, v), 64);
}

/** o = the pair s - (a + b, c + d), reduced; s a pair, the others single elements. */
export function subSums(o: usize, s: usize, a: usize, b: usize, c: usize, d: usize): void {
  const u0 = f64x2.add(v128.load(a), v128.load(b));
  const v0 = f64x2.add(v128.load(c), v128.load(d));
  const u1 = f64x2.add(v128.load(a, 16), v128.load(b, 16));
  const v1 = f64x2.add(v128.load(c, 16), v128.load(d, 16));
  const u2 = f64x2.add(v128.load64_zero(a, 32), v128.load64_zero(b, 32));
  const v2 = f64x2.add(v128.load64_zero(c, 32), v128.load64_zero(d, 32));
  reduceLimbs(
    o,
    f64x2.sub(v128.load(s), firsts(u0, v0)),
    f64x2.sub(v128.load(s, 16), seconds(u0, v0)),
    f64x2.sub(v128.load(s, 32), firsts(u1, v1)),
    f64x2.sub(v128.load(s, 48), seconds(u1, v1)),
    f64x2.sub(v128.load(s, 64), firsts(u2, v2)),
  );
}

/** o = the pair (a, c) - s; s a pair. */
export function subPair(o: usize, a: usize, c: usize, s: usize): void {
  let u = v128.load(a);
  let v = v128.load(c);
  v128.store(o, f64x2.sub(firsts(u, v), v128.load(s)));
  v128.store(o, f64x2.sub(seconds(u, v), v128.load(s, 16)), 16);
  u = v128.load(a, 16);
  v = v128.load(c, 16);
  v128.store(o, f64x2.sub(firsts(u, v), v128.load(s, 32)), 32);
  v128.store(o, f64x2.sub(seconds(u, v), v128.load(s, 48)), 48);
  v128.store(o, f64x2.sub(firsts(v128.load64_zero(a, 32), v128.load64_zero(c, 32)), v128.load(s, 64)), 64);
}

/** o = the pair s - (a, c), reduced, with signs for a and c. */
export function subSingle(o: usize, s: usize, a: usize, signA: u64, c: usize, signC: u64): void {
  const sa = i64x2.splat(signA);
  const sc = i64x2.splat(signC);
  const u0 = v128.xor(v128.load(a), sa);
  const v0 = v128.xor(v128.load(c), sc);
  const u1 = v128.xor(v128.load(a, 16), sa);
  const v1 = v128.xor(v128.load(c, 16), sc);
  const u2 = v128.xor(v128.load64_zero(a, 32), sa);
  const v2 = v128.xor(v128.load64_zero(c, 32), sc);
  reduceLimbs(
    o,
    f64x2.sub(v128.load(s), firsts(u0, v0)),
    f64x2.sub(v128.load(s, 16), seconds(u0, v0)),
    f64x2.sub(v128.load(s, 32), firsts(u1, v1)),
    f64x2.sub(v128.load(s, 48), seconds(u1, v1)),
    f64x2.sub(v128.load(s, 64), firsts(u2, v2)),
  );
}

/** Stores a pair's elements at u and v. */
export function split(u: usize, v: usize, s: usize): void {
  let a = v128.load(s);
  let b = v128.load(s, 16);
  v128.store(u, firsts(a, b));
  v128.store(v, seconds(a, b));
  a = v128.load(s, 32);
  b = v128.load(s, 48);
  v128.store(u, firsts(a, b), 16);
  v128.store(v, seconds(a, b), 16);
  a = v128.load(s, 64);
  v128.store_lane<u64>(u, a, 0, 32);
  v128.store_lane<u64>(v, a, 1, 32);
}

/** o = a with its elements exchanged. */
export function exchange(o: usize, a: usize): void {
  for (let i: usize = 0; i < PAIR; i += 16) {
    const v = v128.load(a + i);
    v128.store(o + i, v128.shuffle<i64>(v, v, 1, 0));
  }
}

/** o = a, reduced. */
export function reduce(o: usize, a: usize): void {
  reduceLimbs(o, v128.load(a), v128.load(a, 16), v128.load(a, 32), v128.load(a, 48), v128.load(a, 64));
}
