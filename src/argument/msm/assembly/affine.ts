/**
 * Additions of affine points in batches that share one field inversion. A point is x, y (reduced), 72 bytes in G1 and 144
 * in G2; infinity has the mark in x. A reference to a point is its address (divisible by 8), plus 1 for the negative of the point.
 */

import {
  addLazy,
  copy,
  ELEMENT,
  equal,
  invert,
  isInfinity,
  mul,
  mulDifference,
  ONE,
  reduce,
  setInfinity,
  square,
  subLazy,
  subSigned,
  subSignedLazy,
  subTwice,
  ZERO,
} from './field';

export { readPoint } from './encoding';
export { setInfinity } from './field';

/** Bytes of a point. */
export const POINT: usize = 2 * ELEMENT;
/** Additions that share an inversion: more would not fit the second-level cache. */
export const BATCH: i32 = 1024;

const COPY_LEFT: u8 = 1;
const COPY_RIGHT: u8 = 2;
const CANCEL: u8 = 3;
const DOUBLE: u8 = 4;
const ADD: u8 = 5;

const lefts: usize = memory.data(4096, 16);
const rights: usize = memory.data(4096, 16);
const targets: usize = memory.data(4096, 16);
const kinds: usize = memory.data(1024, 16);
/** Denominators of the additions that need one, and the products of those up to each. */
const denominators: usize = memory.data(73728, 16);
const products: usize = memory.data(73800, 16);

const t0: usize = memory.data(80, 16);
const t1: usize = memory.data(80, 16);
const t2: usize = memory.data(80, 16);
const inverse: usize = memory.data(80, 16);

let count: i32 = 0;

/** Puts target = left + right (references; target an address, which may be left's or right's) into the batch. */
// @ts-ignore: decorator
@inline
export function push(left: usize, right: usize, target: usize): void {
  const at = usize(count) << 2;
  store<u32>(lefts + at, u32(left));
  store<u32>(rights + at, u32(right));
  store<u32>(targets + at, u32(target));
  if (++count == BATCH) flush();
}

/** o (a point of `field.ts`) = the point. */
export function toPlain(o: usize, point: usize): void {
  memory.copy(o, point, POINT);
}

/** target = the point referred to. */
function assign(target: usize, reference: usize): void {
  const point = reference & ~1;
  if (target != point) memory.copy(target, point, POINT);
  if (reference & 1 && !isInfinity(point)) subSigned(target + ELEMENT, ZERO, target + ELEMENT, 0);
}

/**
 * Carries out the batch, last addition first. Within one batch an addition may write a point that additions pushed
 * after it read (they get the old value), not one that additions pushed before it read.
 */
export function flush(): void {
  // points are scattered: reading them in a loop of its own lets the cache misses overlap
  let touched: i32 = 0;
  for (let i: usize = 0; i < usize(count); i++) {
    const a = usize(load<u32>(lefts + (i << 2)) & ~1);
    const b = usize(load<u32>(rights + (i << 2)) & ~1);
    touched ^= load<i32>(a) ^ load<i32>(a + POINT - 4) ^ load<i32>(b) ^ load<i32>(b + POINT - 4);
  }
  store<i32>(t0, touched);
  let active: usize = 0;
  copy(products, ONE);
  for (let i: usize = 0; i < usize(count); i++) {
    const left = load<u32>(lefts + (i << 2));
    const right = load<u32>(rights + (i << 2));
    const a = usize(left & ~1);
    const b = usize(right & ~1);
    const d = denominators + active * ELEMENT;
    let kind = ADD;
    if (isInfinity(a)) kind = COPY_RIGHT;
    else if (isInfinity(b)) kind = COPY_LEFT;
    else if (equal(a, b)) {
      // same x: the same point or opposite ones
      const same = equal(a + ELEMENT, b + ELEMENT) == (((left ^ right) & 1) == 0);
      kind = same ? DOUBLE : CANCEL;
      if (same) addLazy(d, a + ELEMENT, a + ELEMENT);
    } else subLazy(d, b, a);
    store<u8>(kinds + i, kind);
    if (kind >= DOUBLE) {
      const product = products + active * ELEMENT;
      mul(product + ELEMENT, product, d);
      active++;
    }
  }
  if (active > 0) invert(inverse, products + active * ELEMENT);
  for (let i: isize = count - 1; i >= 0; i--) {
    const left = load<u32>(lefts + (i << 2));
    const right = load<u32>(rights + (i << 2));
    const target = usize(load<u32>(targets + (i << 2)));
    const a = usize(left & ~1);
    const b = usize(right & ~1);
    const kind = load<u8>(kinds + i);
    if (kind < DOUBLE) {
      if (kind == CANCEL) setInfinity(target);
      else assign(target, kind == COPY_LEFT ? left : right);
      continue;
    }
    active--;
    mul(t0, inverse, products + active * ELEMENT);
    mul(inverse, inverse, denominators + active * ELEMENT);
    const flip = -i32(left & 1);
    if (kind == ADD) {
      subSignedLazy(t1, b + ELEMENT, -i32(right & 1), a + ELEMENT, flip);
      mul(t1, t1, t0);
    } else {
      // slope 3 x^2 / 2 y; the denominator left out the sign of y
      square(t2, a);
      addLazy(t1, t2, t2);
      addLazy(t1, t1, t2);
      reduce(t1, t1);
      mul(t1, t1, t0);
      if (flip) subSigned(t1, ZERO, t1, 0);
    }
    square(t2, t1);
    subTwice(t2, t2, a, b);
    mulDifference(t1, t1, a, t2);
    subSigned(target + ELEMENT, t1, a + ELEMENT, i64(flip));
    copy(target, t2);
  }
  count = 0;
}
