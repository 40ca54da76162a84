/**
 * The extension field of BN254, F_p[i] with i^2 = -1: two elements of fq, real part first, 72 bytes. It has the names of
 * fq, so that the same additions of points serve both groups (`field.ts`). "lazy" here is only the difference of two
 * reduced elements (subLazy); the other sums are reduced at once, because two products share the columns below.
 */

import {
  copy as copyPart,
  equal as equalPart,
  invert as invertPart,
  mul as mulPart,
  reduce as reducePart,
  subLazy as subLazyPart,
  subSigned as subSignedPart,
  subSignedLazy as subSignedLazyPart,
  subTwice as subTwicePart,
  addLazy as addLazyPart,
  ELEMENT as PART,
  MASK,
  P0,
  P1,
  P2,
  P3,
  P4,
  P5,
  P6,
  P7,
  P8,
  PINV,
  ZERO as ZERO_PART,
} from './fq';

export { isInfinity, setInfinity } from './fq';

/** Bytes of an element. */
export const ELEMENT: usize = 2 * PART;

/** 1 */
export const ONE: usize = memory.data<i32>([0x157ccc21, 0x141c2758, 0x185230d3, 0x14c0419, 0xaa36fb9, 0x1d4240ce,
  0x11d54c07, 0x52ac7a8, 0xdc836, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
/** 0 */
export const ZERO: usize = memory.data<i32>([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

const scratch: usize = memory.data(64, 16);
const scratch2: usize = memory.data(64, 16);
const difference: usize = memory.data(80, 16);

/**
 * o = (a b + c d) / R, with c negated where flip is -1 (0 or -1): one reduction for two products. A column adds up 18
 * products of 58 bits and nine of 58, which fits; a sum of two elements as an operand would not.
 */
function pair(o: usize, a: usize, b: usize, c: usize, d: usize, flip: i64): void {
  const a0 = i64(load<i32>(a));
  const a1 = i64(load<i32>(a, 4));
  const a2 = i64(load<i32>(a, 8));
  const a3 = i64(load<i32>(a, 12));
  const a4 = i64(load<i32>(a, 16));
  const a5 = i64(load<i32>(a, 20));
  const a6 = i64(load<i32>(a, 24));
  const a7 = i64(load<i32>(a, 28));
  const a8 = i64(load<i32>(a, 32));
  const b0 = i64(load<i32>(b));
  const b1 = i64(load<i32>(b, 4));
  const b2 = i64(load<i32>(b, 8));
  const b3 = i64(load<i32>(b, 12));
  const b4 = i64(load<i32>(b, 16));
  const b5 = i64(load<i32>(b, 20));
  const b6 = i64(load<i32>(b, 24));
  const b7 = i64(load<i32>(b, 28));
  const b8 = i64(load<i32>(b, 32));
  const c0 = (i64(load<i32>(c)) ^ flip) - flip;
  const c1 = (i64(load<i32>(c, 4)) ^ flip) - flip;
  const c2 = (i64(load<i32>(c, 8)) ^ flip) - flip;
  const c3 = (i64(load<i32>(c, 12)) ^ flip) - flip;
  const c4 = (i64(load<i32>(c, 16)) ^ flip) - flip;
  const c5 = (i64(load<i32>(c, 20)) ^ flip) - flip;
  const c6 = (i64(load<i32>(c, 24)) ^ flip) - flip;
  const c7 = (i64(load<i32>(c, 28)) ^ flip) - flip;
  const c8 = (i64(load<i32>(c, 32)) ^ flip) - flip;
  const d0 = i64(load<i32>(d));
  const d1 = i64(load<i32>(d, 4));
  const d2 = i64(load<i32>(d, 8));
  const d3 = i64(load<i32>(d, 12));
  const d4 = i64(load<i32>(d, 16));
  const d5 = i64(load<i32>(d, 20));
  const d6 = i64(load<i32>(d, 24));
  const d7 = i64(load<i32>(d, 28));
  const d8 = i64(load<i32>(d, 32));
  let t = a0 * b0 + c0 * d0;
  const q0 = (t * PINV) & MASK;
  t = (t + q0 * P0) >> 29;
  t += a0 * b1 + a1 * b0 + c0 * d1 + c1 * d0 + q0 * P1;
  const q1 = (t * PINV) & MASK;
  t = (t + q1 * P0) >> 29;
  t += a0 * b2 + a1 * b1 + a2 * b0 + c0 * d2 + c1 * d1 + c2 * d0 + q0 * P2 + q1 * P1;
  const q2 = (t * PINV) & MASK;
  t = (t + q2 * P0) >> 29;
  t += a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + c0 * d3 + c1 * d2 + c2 * d1 + c3 * d0 + q0 * P3 + q1 * P2 + q2 *
    P1;
  const q3 = (t * PINV) & MASK;
  t = (t + q3 * P0) >> 29;
  t += a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 + c0 * d4 + c1 * d3 + c2 * d2 + c3 * d1 + c4 * d0 + q0 *
    P4 + q1 * P3 + q2 * P2 + q3 * P1;
  const q4 = (t * PINV) & MASK;
  t = (t + q4 * P0) >> 29;
  t += a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0 + c0 * d5 + c1 * d4 + c2 * d3 + c3 * d2 + c4 *
    d1 + c5 * d0 + q0 * P5 + q1 * P4 + q2 * P3 + q3 * P2 + q4 * P1;
  const q5 = (t * PINV) & MASK;
  t = (t + q5 * P0) >> 29;
  t += a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1 + a6 * b0 + c0 * d6 + c1 * d5 + c2 * d4 + c3 *
    d3 + c4 * d2 + c5 * d1 + c6 * d0 + q0 * P6 + q1 * P5 + q2 * P4 + q3 * P3 + q4 * P2 + q5 * P1;
  const q6 = (t * PINV) & MASK;
  t = (t + q6 * P0) >> 29;
  t += a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2 + a6 * b1 + a7 * b0 + c0 * d7 + c1 * d6 + c2 *
    d5 + c3 * d4 + c4 * d3 + c5 * d2 + c6 * d1 + c7 * d0 + q0 * P7 + q1 * P6 + q2 * P5 + q3 * P4 + q4 * P3 + q5
    * P2 + q6 * P1;
  const q7 = (t * PINV) & MASK;
  t = (t + q7 * P0) >> 29;
  t += a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3 + a6 * b2 + a7 * b1 + a8 * b0 + c0 * d8 + c1 *
    d7 + c2 * d6 + c3 * d5 + c4 * d4 + c5 * d3 + c6 * d2 + c7 * d1 + c8 * d0 + q0 * P8 + q1 * P7 + q2 * P6 + q3
    * P5 + q4 * P4 + q5 * P3 + q6 * P2 + q7 * P1;
  const q8 = (t * PINV) & MASK;
  t = (t + q8 * P0) >> 29;
  t += a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5 + a5 * b4 + a6 * b3 + a7 * b2 + a8 * b1 + c1 * d8 + c2 * d7 + c3 *
    d6 + c4 * d5 + c5 * d4 + c6 * d3 + c7 * d2 + c8 * d1 + q1 * P8 + q2 * P7 + q3 * P6 + q4 * P5 + q5 * P4 + q6
    * P3 + q7 * P2 + q8 * P1;
  store<i32>(o, i32(t & MASK));
  t >>= 29;
  t += a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5 + a6 * b4 + a7 * b3 + a8 * b2 + c2 * d8 + c3 * d7 + c4 * d6 + c5 *
    d5 + c6 * d4 + c7 * d3 + c8 * d2 + q2 * P8 + q3 * P7 + q4 * P6 + q5 * P5 + q6 * P4 + q7 * P3 + q8 * P2;
  store<i32>(o, i32(t & MASK), 4);
  t >>= 29;
  t += a3 * b8 + a4 * b7 + a5 * b6 + a6 * b5 + a7 * b4 + a8 * b3 + c3 * d8 + c4 * d7 + c5 * d6 + c6 * d5 + c7 *
    d4 + c8 * d3 + q3 * P8 + q4 * P7 + q5 * P6 + q6 * P5 + q7 * P4 + q8 * P3;
  store<i32>(o, i32(t & MASK), 8);
  t >>= 29;
  t += a4 * b8 + a5 * b7 + a6 * b6 + a7 * b5 + a8 * b4 + c4 * d8 + c5 * d7 + c6 * d6 + c7 * d5 + c8 * d4 + q4 *
    P8 + q5 * P7 + q6 * P6 + q7 * P5 + q8 * P4;
  store<i32>(o, i32(t & MASK), 12);
  t >>= 29;
  t += a5 * b8 + a6 * b7 + a7 * b6 + a8 * b5 + c5 * d8 + c6 * d7 + c7 * d6 + c8 * d5 + q5 * P8 + q6 * P7 + q7 *
    P6 + q8 * P5;
  store<i32>(o, i32(t & MASK), 16);
  t >>= 29;
  t += a6 * b8 + a7 * b7 + a8 * b6 + c6 * d8 + c7 * d7 + c8 * d6 + q6 * P8 + q7 * P7 + q8 * P6;
  store<i32>(o, i32(t & MASK), 20);
  t >>= 29;
  t += a7 * b8 + a8 * b7 + c7 * d8 + c8 * d7 + q7 * P8 + q8 * P7;
  store<i32>(o, i32(t & MASK), 24);
  t >>= 29;
  t += a8 * b8 + c8 * d8 + q8 * P8;
  store<i32>(o, i32(t & MASK), 28);
  t >>= 29;
  store<i32>(o, i32(t), 32);
}

/** o = a b / R; one of them may be lazy. */
export function mul(o: usize, a: usize, b: usize): void {
  pair(scratch, a, b, a + PART, b + PART, -1);
  pair(o + PART, a, b + PART, a + PART, b, 0);
  copyPart(o, scratch);
}

/** o = a (b - d) / R. */
export function mulDifference(o: usize, a: usize, b: usize, d: usize): void {
  subLazy(difference, b, d);
  mul(o, a, difference);
}

/** o = a^2 / R; a not lazy: (x + y)(x - y) + 2 x y i. */
export function square(o: usize, a: usize): void {
  addLazyPart(scratch, a, a + PART);
  subLazyPart(scratch2, a, a + PART);
  mulPart(scratch, scratch, scratch2);
  addLazyPart(scratch2, a, a);
  mulPart(o + PART, scratch2, a + PART);
  copyPart(o, scratch);
}

/** o = a - b, lazy. */
export function subLazy(o: usize, a: usize, b: usize): void {
  subLazyPart(o, a, b);
  subLazyPart(o + PART, a + PART, b + PART);
}

/** o = a + b, reduced. */
export function addLazy(o: usize, a: usize, b: usize): void {
  addLazyPart(o, a, b);
  addLazyPart(o + PART, a + PART, b + PART);
  reduce(o, o);
}

/** o = a - b - d, reduced. */
export function subTwice(o: usize, a: usize, b: usize, d: usize): void {
  subTwicePart(o, a, b, d);
  subTwicePart(o + PART, a + PART, b + PART, d + PART);
}

/** o = a - b or, with flip = -1, a + b; reduced (flip = 0 or -1). */
export function subSigned(o: usize, a: usize, b: usize, flip: i64): void {
  subSignedPart(o, a, b, flip);
  subSignedPart(o + PART, a + PART, b + PART, flip);
}

/** o = (b with the sign of flipB) - (a with the sign of flipA), reduced (flips 0 or -1). */
export function subSignedLazy(o: usize, b: usize, flipB: i32, a: usize, flipA: i32): void {
  subSignedLazyPart(o, b, flipB, a, flipA);
  subSignedLazyPart(o + PART, b + PART, flipB, a + PART, flipA);
  reduce(o, o);
}

/** o = a, with carries done and reduced. */
export function reduce(o: usize, a: usize): void {
  reducePart(o, a);
  reducePart(o + PART, a + PART);
}

/** o = a. */
export function copy(o: usize, a: usize): void {
  memory.copy(o, a, ELEMENT);
}

/** Whether a and b (reduced) are the same residue. */
export function equal(a: usize, b: usize): bool {
  return equalPart(a, b) && equalPart(a + PART, b + PART);
}

/** o = 1 / a = conj(a) / (x^2 + y^2), a reduced; 0 for 0. */
export function invert(o: usize, a: usize): void {
  pair(scratch, a, a, a + PART, a + PART, 0);
  reducePart(scratch, scratch);
  invertPart(scratch, scratch);
  subLazyPart(scratch2, ZERO_PART, a + PART);
  mulPart(o, a, scratch);
  mulPart(o + PART, scratch2, scratch);
}
