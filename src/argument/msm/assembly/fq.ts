/**
 * The base field of BN254 in nine signed limbs of 29 bits (Montgomery form, R = 2^261), 36 bytes an element. Limbs
 * 0..7 of a stored element lie in [0, 2^29), limb 8 has the sign. Columns of a product add up at most nine products
 * of 59 bits and nine of 58, so they need no carries before the end. R is 168 p, so products of operands up to 8 p in
 * absolute value lie in (-p/2, 3 p/2): nothing is reduced between multiplications.
 *
 * "lazy" values are differences of stored elements whose limbs have no carries yet; a product takes at most one of
 * them. "reduced" values lie in [0, p + p / 2^14), so a residue has at most two representations.
 */

import { invertBytes } from './inverse';

/** Bytes of an element. */
export const ELEMENT: usize = 36;

export const MASK: i64 = 0x1fffffff;
export const P0: i64 = 0x187cfd47;
export const P1: i64 = 0x10460b6;
export const P2: i64 = 0x1c72a34f;
export const P3: i64 = 0x2d522d0;
export const P4: i64 = 0x1585d978;
export const P5: i64 = 0x2db40c0;
export const P6: i64 = 0xa6e141;
export const P7: i64 = 0xe5c2634;
export const P8: i64 = 0x30644e;
/** -p^-1 mod 2^29 */
export const PINV: i64 = 0x4866389;
/** floor(8 p / 2^232) and floor(2^40 / (p / 2^232)): quotient estimates from the top limb. */
const EIGHT_P: i64 = 25371251;
const QUOTIENT: i64 = 346695;
/** Limb 8 of the first element of a point at infinity. */
const INFINITY: i32 = 0x7fffffff;

/** Whether the point whose x stands at `point` (in G2: its real part) is infinity. */
export function isInfinity(point: usize): bool {
  return load<i32>(point, 32) == INFINITY;
}

export function setInfinity(point: usize): void {
  store<i32>(point, INFINITY, 32);
}

/** 1 */
export const ONE: usize = memory.data<i32>([0x157ccc21, 0x141c2758, 0x185230d3, 0x14c0419, 0xaa36fb9, 0x1d4240ce,
  0x11d54c07, 0x52ac7a8, 0xdc836]);
/** 2^266: multiplying turns x 2^256 into x R */
export const FROM_256: usize = memory.data<i32>([0x13349ca1, 0x1a5d84a8, 0xa3e5cac, 0x100249e0, 0x12b951e8, 0xe92d304,
  0x14cb95b3, 0x41b9d3d, 0x58003]);
/** 2^256: multiplying turns x R into x 2^256 */
export const TO_256: usize = memory.data<i32>([0x58f0d9d, 0x1aea1c6e, 0x11c2cf74, 0x11d651eb, 0x1462c0a7, 0x11b7bc3c,
  0x1cbd99ba, 0x183340fb, 0xe0a77]);
/** R^-1: multiplying leaves Montgomery form */
export const PLAIN_ONE: usize = memory.data<i32>([0x1, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0]);
/** 0 */
export const ZERO: usize = memory.data<i32>([0, 0, 0, 0, 0, 0, 0, 0, 0]);
/** R^3: multiplying turns 1 / (x R) into R / x. */
const CUBE: usize = memory.data<i32>([0xe2312b2, 0x16c05ca2, 0xbc84389, 0x1cdf310b, 0x11adafdd, 0x32e568e, 0x1d6ae48c,
  0x10d4cd1f, 0x26c2d2]);
/** p itself, as plain limbs */
export const MODULUS: usize = memory.data<i32>([0x187cfd47, 0x10460b6, 0x1c72a34f, 0x2d522d0, 0x1585d978, 0x2db40c0,
  0xa6e141, 0xe5c2634, 0x30644e]);

/** o = a b / R by columns: column k takes a_i b_(k-i) and q_i p_(k-i), q_k makes its low 29 bits zero. */
// @ts-ignore: decorator
@inline
function montgomery(
  o: usize,
  a0: i64, a1: i64, a2: i64, a3: i64, a4: i64,
  a5: i64, a6: i64, a7: i64, a8: i64,
  b0: i64, b1: i64, b2: i64, b3: i64, b4: i64,
  b5: i64, b6: i64, b7: i64, b8: i64,
): void {
  let c = a0 * b0;
  const q0 = (c * PINV) & MASK;
  c = (c + q0 * P0) >> 29;
  c += a0 * b1 + a1 * b0 + q0 * P1;
  const q1 = (c * PINV) & MASK;
  c = (c + q1 * P0) >> 29;
  c += a0 * b2 + a1 * b1 + a2 * b0 + q0 * P2 + q1 * P1;
  const q2 = (c * PINV) & MASK;
  c = (c + q2 * P0) >> 29;
  c += a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + q0 * P3 + q1 * P2 + q2 * P1;
  const q3 = (c * PINV) & MASK;
  c = (c + q3 * P0) >> 29;
  c += a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 + q0 * P4 + q1 * P3 + q2 * P2 + q3 * P1;
  const q4 = (c * PINV) & MASK;
  c = (c + q4 * P0) >> 29;
  c += a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0 + q0 * P5 + q1 * P4 + q2 * P3 + q3 * P2 + q4 * P1;
  const q5 = (c * PINV) & MASK;
  c = (c + q5 * P0) >> 29;
  c += a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1 + a6 * b0 + q0 * P6 + q1 * P5 + q2 * P4 + q3 * P3 +
    q4 * P2 + q5 * P1;
  const q6 = (c * PINV) & MASK;
  c = (c + q6 * P0) >> 29;
  c += a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2 + a6 * b1 + a7 * b0 + q0 * P7 + q1 * P6 + q2 * P5 +
    q3 * P4 + q4 * P3 + q5 * P2 + q6 * P1;
  const q7 = (c * PINV) & MASK;
  c = (c + q7 * P0) >> 29;
  c += a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3 + a6 * b2 + a7 * b1 + a8 * b0 + q0 * P8 + q1 * P7 +
    q2 * P6 + q3 * P5 + q4 * P4 + q5 * P3 + q6 * P2 + q7 * P1;
  const q8 = (c * PINV) & MASK;
  c = (c + q8 * P0) >> 29;
  c += a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5 + a5 * b4 + a6 * b3 + a7 * b2 + a8 * b1 + q1 * P8 + q2 * P7 + q3 * P6 +
    q4 * P5 + q5 * P4 + q6 * P3 + q7 * P2 + q8 * P1;
  store<i32>(o, i32(c & MASK));
  c >>= 29;
  c += a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5 + a6 * b4 + a7 * b3 + a8 * b2 + q2 * P8 + q3 * P7 + q4 * P6 + q5 * P5 +
    q6 * P4 + q7 * P3 + q8 * P2;
  store<i32>(o, i32(c & MASK), 4);
  c >>= 29;
  c += a3 * b8 + a4 * b7 + a5 * b6 + a6 * b5 + a7 * b4 + a8 * b3 + q3 * P8 + q4 * P7 + q5 * P6 + q6 * P5 + q7 * P4 +
    q8 * P3;
  store<i32>(o, i32(c & MASK), 8);
  c >>= 29;
  c += a4 * b8 + a5 * b7 + a6 * b6 + a7 * b5 + a8 * b4 + q4 * P8 + q5 * P7 + q6 * P6 + q7 * P5 + q8 * P4;
  store<i32>(o, i32(c & MASK), 12);
  c >>= 29;
  c += a5 * b8 + a6 * b7 + a7 * b6 + a8 * b5 + q5 * P8 + q6 * P7 + q7 * P6 + q8 * P5;
  store<i32>(o, i32(c & MASK), 16);
  c >>= 29;
  c += a6 * b8 + a7 * b7 + a8 * b6 + q6 * P8 + q7 * P7 + q8 * P6;
  store<i32>(o, i32(c & MASK), 20);
  c >>= 29;
  c += a7 * b8 + a8 * b7 + q7 * P8 + q8 * P7;
  store<i32>(o, i32(c & MASK), 24);
  c >>= 29;
  c += a8 * b8 + q8 * P8;
  store<i32>(o, i32(c & MASK), 28);
  c >>= 29;
  store<i32>(o, i32(c), 32);
}

/** o = a b / R; one of them may be lazy. */
export function mul(o: usize, a: usize, b: usize): void {
  montgomery(
    o,
    i64(load<i32>(a)), i64(load<i32>(a, 4)), i64(load<i32>(a, 8)), i64(load<i32>(a, 12)), i64(load<i32>(a, 16)),
      i64(load<i32>(a, 20)), i64(load<i32>(a, 24)), i64(load<i32>(a, 28)), i64(load<i32>(a, 32)),
    i64(load<i32>(b)), i64(load<i32>(b, 4)), i64(load<i32>(b, 8)), i64(load<i32>(b, 12)), i64(load<i32>(b, 16)),
      i64(load<i32>(b, 20)), i64(load<i32>(b, 24)), i64(load<i32>(b, 28)), i64(load<i32>(b, 32)),
  );
}

/** o = a (b - d) / R. */
export function mulDifference(o: usize, a: usize, b: usize, d: usize): void {
  montgomery(
    o,
    i64(load<i32>(a)), i64(load<i32>(a, 4)), i64(load<i32>(a, 8)), i64(load<i32>(a, 12)), i64(load<i32>(a, 16)),
      i64(load<i32>(a, 20)), i64(load<i32>(a, 24)), i64(load<i32>(a, 28)), i64(load<i32>(a, 32)),
    i64(load<i32>(b)) - i64(load<i32>(d)), i64(load<i32>(b, 4)) - i64(load<i32>(d, 4)), i64(load<i32>(b,
      8)) - i64(load<i32>(d, 8)), i64(load<i32>(b, 12)) - i64(load<i32>(d, 12)), i64(load<i32>(b,
      16)) - i64(load<i32>(d, 16)), i64(load<i32>(b, 20)) - i64(load<i32>(d, 20)), i64(load<i32>(b,
      24)) - i64(load<i32>(d, 24)), i64(load<i32>(b, 28)) - i64(load<i32>(d, 28)), i64(load<i32>(b,
      32)) - i64(load<i32>(d, 32)),
  );
}

/** o = a^2 / R; a not lazy. */
export function square(o: usize, a: usize): void {
  const a0 = i64(load<i32>(a));
  const a1 = i64(load<i32>(a, 4));
  const a2 = i64(load<i32>(a, 8));
  const a3 = i64(load<i32>(a, 12));
  const a4 = i64(load<i32>(a, 16));
  const a5 = i64(load<i32>(a, 20));
  const a6 = i64(load<i32>(a, 24));
  const a7 = i64(load<i32>(a, 28));
  const a8 = i64(load<i32>(a, 32));
  const d0 = a0 << 1;
  const d1 = a1 << 1;
  const d2 = a2 << 1;
  const d3 = a3 << 1;
  const d4 = a4 << 1;
  const d5 = a5 << 1;
  const d6 = a6 << 1;
  const d7 = a7 << 1;
  let c = a0 * a0;
  const q0 = (c * PINV) & MASK;
  c = (c + q0 * P0) >> 29;
  c += d0 * a1 + q0 * P1;
  const q1 = (c * PINV) & MASK;
  c = (c + q1 * P0) >> 29;
  c += d0 * a2 + a1 * a1 + q0 * P2 + q1 * P1;
  const q2 = (c * PINV) & MASK;
  c = (c + q2 * P0) >> 29;
  c += d0 * a3 + d1 * a2 + q0 * P3 + q1 * P2 + q2 * P1;
  const q3 = (c * PINV) & MASK;
  c = (c + q3 * P0) >> 29;
  c += d0 * a4 + d1 * a3 + a2 * a2 + q0 * P4 + q1 * P3 + q2 * P2 + q3 * P1;
  const q4 = (c * PINV) & MASK;
  c = (c + q4 * P0) >> 29;
  c += d0 * a5 + d1 * a4 + d2 * a3 + q0 * P5 + q1 * P4 + q2 * P3 + q3 * P2 + q4 * P1;
  const q5 = (c * PINV) & MASK;
  c = (c + q5 * P0) >> 29;
  c += d0 * a6 + d1 * a5 + d2 * a4 + a3 * a3 + q0 * P6 + q1 * P5 + q2 * P4 + q3 * P3 + q4 * P2 + q5 * P1;
  const q6 = (c * PINV) & MASK;
  c = (c + q6 * P0) >> 29;
  c += d0 * a7 + d1 * a6 + d2 * a5 + d3 * a4 + q0 * P7 + q1 * P6 + q2 * P5 + q3 * P4 + q4 * P3 + q5 * P2 + q6 * P1;
  const q7 = (c * PINV) & MASK;
  c = (c + q7 * P0) >> 29;
  c += d0 * a8 + d1 * a7 + d2 * a6 + d3 * a5 + a4 * a4 + q0 * P8 + q1 * P7 + q2 * P6 + q3 * P5 + q4 * P4 + q5 * P3 +
    q6 * P2 + q7 * P1;
  const q8 = (c * PINV) & MASK;
  c = (c + q8 * P0) >> 29;
  c += d1 * a8 + d2 * a7 + d3 * a6 + d4 * a5 + q1 * P8 + q2 * P7 + q3 * P6 + q4 * P5 + q5 * P4 + q6 * P3 + q7 * P2 +
    q8 * P1;
  store<i32>(o, i32(c & MASK));
  c >>= 29;
  c += d2 * a8 + d3 * a7 + d4 * a6 + a5 * a5 + q2 * P8 + q3 * P7 + q4 * P6 + q5 * P5 + q6 * P4 + q7 * P3 + q8 * P2;
  store<i32>(o, i32(c & MASK), 4);
  c >>= 29;
  c += d3 * a8 + d4 * a7 + d5 * a6 + q3 * P8 + q4 * P7 + q5 * P6 + q6 * P5 + q7 * P4 + q8 * P3;
  store<i32>(o, i32(c & MASK), 8);
  c >>= 29;
  c += d4 * a8 + d5 * a7 + a6 * a6 + q4 * P8 + q5 * P7 + q6 * P6 + q7 * P5 + q8 * P4;
  store<i32>(o, i32(c & MASK), 12);
  c >>= 29;
  c += d5 * a8 + d6 * a7 + q5 * P8 + q6 * P7 + q7 * P6 + q8 * P5;
  store<i32>(o, i32(c & MASK), 16);
  c >>= 29;
  c += d6 * a8 + a7 * a7 + q6 * P8 + q7 * P7 + q8 * P6;
  store<i32>(o, i32(c & MASK), 20);
  c >>= 29;
  c += d7 * a8 + q7 * P8 + q8 * P7;
  store<i32>(o, i32(c & MASK), 24);
  c >>= 29;
  c += a8 * a8 + q8 * P8;
  store<i32>(o, i32(c & MASK), 28);
  c >>= 29;
  store<i32>(o, i32(c), 32);
}

/** o = the reduced form of sum a_i 2^(29 i) for values in (-8 p, 8 p) and limbs below 2^33. */
// @ts-ignore: decorator
@inline
function reduceLimbs(o: usize, a0: i64, a1: i64, a2: i64, a3: i64, a4: i64, a5: i64, a6: i64, a7: i64, a8: i64): void {
  const k = (((a8 + (a7 >> 29) - 2 + EIGHT_P) * QUOTIENT) >> 40) - 8;
  let c = a0 - k * P0;
  store<i32>(o, i32(c & MASK));
  c = a1 - k * P1 + (c >> 29);
  store<i32>(o, i32(c & MASK), 4);
  c = a2 - k * P2 + (c >> 29);
  store<i32>(o, i32(c & MASK), 8);
  c = a3 - k * P3 + (c >> 29);
  store<i32>(o, i32(c & MASK), 12);
  c = a4 - k * P4 + (c >> 29);
  store<i32>(o, i32(c & MASK), 16);
  c = a5 - k * P5 + (c >> 29);
  store<i32>(o, i32(c & MASK), 20);
  c = a6 - k * P6 + (c >> 29);
  store<i32>(o, i32(c & MASK), 24);
  c = a7 - k * P7 + (c >> 29);
  store<i32>(o, i32(c & MASK), 28);
  c = a8 - k * P8 + (c >> 29);
  store<i32>(o, i32(c), 32);
}

/** o = a - b, lazy. */
export function subLazy(o: usize, a: usize, b: usize): void {
  store<i32>(o, load<i32>(a) - load<i32>(b));
  store<i32>(o, load<i32>(a, 4) - load<i32>(b, 4), 4);
  store<i32>(o, load<i32>(a, 8) - load<i32>(b, 8), 8);
  store<i32>(o, load<i32>(a, 12) - load<i32>(b, 12), 12);
  store<i32>(o, load<i32>(a, 16) - load<i32>(b, 16), 16);
  store<i32>(o, load<i32>(a, 20) - load<i32>(b, 20), 20);
  store<i32>(o, load<i32>(a, 24) - load<i32>(b, 24), 24);
  store<i32>(o, load<i32>(a, 28) - load<i32>(b, 28), 28);
  store<i32>(o, load<i32>(a, 32) - load<i32>(b, 32), 32);
}

/** o = a + b, lazy. */
export function addLazy(o: usize, a: usize, b: usize): void {
  store<i32>(o, load<i32>(a) + load<i32>(b));
  store<i32>(o, load<i32>(a, 4) + load<i32>(b, 4), 4);
  store<i32>(o, load<i32>(a, 8) + load<i32>(b, 8), 8);
  store<i32>(o, load<i32>(a, 12) + load<i32>(b, 12), 12);
  store<i32>(o, load<i32>(a, 16) + load<i32>(b, 16), 16);
  store<i32>(o, load<i32>(a, 20) + load<i32>(b, 20), 20);
  store<i32>(o, load<i32>(a, 24) + load<i32>(b, 24), 24);
  store<i32>(o, load<i32>(a, 28) + load<i32>(b, 28), 28);
  store<i32>(o, load<i32>(a, 32) + load<i32>(b, 32), 32);
}

/** o = a - b - d, reduced. */
export function subTwice(o: usize, a: usize, b: usize, d: usize): void {
  reduceLimbs(
    o,
    i64(load<i32>(a)) - i64(load<i32>(b)) - i64(load<i32>(d)),
    i64(load<i32>(a, 4)) - i64(load<i32>(b, 4)) - i64(load<i32>(d, 4)),
    i64(load<i32>(a, 8)) - i64(load<i32>(b, 8)) - i64(load<i32>(d, 8)),
    i64(load<i32>(a, 12)) - i64(load<i32>(b, 12)) - i64(load<i32>(d, 12)),
    i64(load<i32>(a, 16)) - i64(load<i32>(b, 16)) - i64(load<i32>(d, 16)),
    i64(load<i32>(a, 20)) - i64(load<i32>(b, 20)) - i64(load<i32>(d, 20)),
    i64(load<i32>(a, 24)) - i64(load<i32>(b, 24)) - i64(load<i32>(d, 24)),
    i64(load<i32>(a, 28)) - i64(load<i32>(b, 28)) - i64(load<i32>(d, 28)),
    i64(load<i32>(a, 32)) - i64(load<i32>(b, 32)) - i64(load<i32>(d, 32)),
  );
}

/** o = a - b or, with flip = -1, a + b; reduced (flip = 0 or -1). */
export function subSigned(o: usize, a: usize, b: usize, flip: i64): void {
  reduceLimbs(
    o,
    i64(load<i32>(a)) - ((i64(load<i32>(b)) ^ flip) - flip),
    i64(load<i32>(a, 4)) - ((i64(load<i32>(b, 4)) ^ flip) - flip),
    i64(load<i32>(a, 8)) - ((i64(load<i32>(b, 8)) ^ flip) - flip),
    i64(load<i32>(a, 12)) - ((i64(load<i32>(b, 12)) ^ flip) - flip),
    i64(load<i32>(a, 16)) - ((i64(load<i32>(b, 16)) ^ flip) - flip),
    i64(load<i32>(a, 20)) - ((i64(load<i32>(b, 20)) ^ flip) - flip),
    i64(load<i32>(a, 24)) - ((i64(load<i32>(b, 24)) ^ flip) - flip),
    i64(load<i32>(a, 28)) - ((i64(load<i32>(b, 28)) ^ flip) - flip),
    i64(load<i32>(a, 32)) - ((i64(load<i32>(b, 32)) ^ flip) - flip),
  );
}

/** o = (b with the sign of flipB) - (a with the sign of flipA), lazy (flips 0 or -1). */
export function subSignedLazy(o: usize, b: usize, flipB: i32, a: usize, flipA: i32): void {
  store<i32>(o, (load<i32>(b) ^ flipB) - flipB - ((load<i32>(a) ^ flipA) - flipA));
  store<i32>(o, (load<i32>(b, 4) ^ flipB) - flipB - ((load<i32>(a, 4) ^ flipA) - flipA), 4);
  store<i32>(o, (load<i32>(b, 8) ^ flipB) - flipB - ((load<i32>(a, 8) ^ flipA) - flipA), 8);
  store<i32>(o, (load<i32>(b, 12) ^ flipB) - flipB - ((load<i32>(a, 12) ^ flipA) - flipA), 12);
  store<i32>(o, (load<i32>(b, 16) ^ flipB) - flipB - ((load<i32>(a, 16) ^ flipA) - flipA), 16);
  store<i32>(o, (load<i32>(b, 20) ^ flipB) - flipB - ((load<i32>(a, 20) ^ flipA) - flipA), 20);
  store<i32>(o, (load<i32>(b, 24) ^ flipB) - flipB - ((load<i32>(a, 24) ^ flipA) - flipA), 24);
  store<i32>(o, (load<i32>(b, 28) ^ flipB) - flipB - ((load<i32>(a, 28) ^ flipA) - flipA), 28);
  store<i32>(o, (load<i32>(b, 32) ^ flipB) - flipB - ((load<i32>(a, 32) ^ flipA) - flipA), 32);
}

/** o = a, with carries done and reduced. */
export function reduce(o: usize, a: usize): void {
  reduceLimbs(
    o,
    i64(load<i32>(a)),
    i64(load<i32>(a, 4)),
    i64(load<i32>(a, 8)),
    i64(load<i32>(a, 12)),
    i64(load<i32>(a, 16)),
    i64(load<i32>(a, 20)),
    i64(load<i32>(a, 24)),
    i64(load<i32>(a, 28)),
    i64(load<i32>(a, 32)),
  );
}

/** o = a. */
export function copy(o: usize, a: usize): void {
  memory.copy(o, a, ELEMENT);
}

/** Whether a and b (reduced) are the same residue. */
export function equal(a: usize, b: usize): bool {
  const low = (load<i32>(a) - load<i32>(b)) & i32(MASK);
  // a - b is 0, p or -p; nearly always the lowest limb decides
  if (low != 0 && low != i32(P0) && low != i32(MASK + 1 - P0)) return false;
  if (memory.compare(a, b, ELEMENT) == 0) return true;
  canonical(scratchA, a);
  canonical(scratchB, b);
  return memory.compare(scratchA, scratchB, ELEMENT) == 0;
}

const scratchA: usize = memory.data(64);
const scratchB: usize = memory.data(64);

/** o = the representative in [0, p) of a reduced value. */
export function canonical(o: usize, a: usize): void {
  let borrow: i32 = 0;
  for (let i: usize = 0; i < ELEMENT; i += 4) {
    const d = load<i32>(a + i) - load<i32>(MODULUS + i) + borrow;
    borrow = d >> 29;
    store<i32>(scratchC + i, i < 32 ? d & i32(MASK) : d);
  }
  copy(o, load<i32>(scratchC, 32) < 0 ? a : scratchC);
}

const scratchC: usize = memory.data(64);

/** o = 1 / a; 0 for 0. */
export function invert(o: usize, a: usize): void {
  reduce(scratchA, a);
  canonical(scratchA, scratchA);
  pack(scratchB, scratchA);
  invertBytes(scratchB, scratchB);
  unpack(scratchA, scratchB);
  mul(o, scratchA, CUBE);
}

/** o (36 bytes) = the 32 little-endian bytes at a, as plain limbs. */
export function unpack(o: usize, a: usize): void {
  for (let i: usize = 0; i < 9; i++) {
    const bit: usize = 29 * i;
    // the last two limbs begin in byte 25 and 29: eight bytes from there would leave the element
    const at = min(bit >> 3, 24);
    store<i32>(o + 4 * i, i32((load<u64>(a + at) >> u64(bit - 8 * at)) & MASK));
  }
}

/** 32 little-endian bytes at o = the canonical value a. */
export function pack(o: usize, a: usize): void {
  memory.fill(o, 0, 32);
  for (let i: usize = 0; i < 9; i++) {
    const bit: usize = 29 * i;
    const at = min(bit >> 3, 24);
    store<u64>(o + at, load<u64>(o + at) | (u64(load<u32>(a + 4 * i)) << u64(bit - 8 * at)));
  }
}
