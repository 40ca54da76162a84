/**
 * Sums of single points in Jacobian coordinates X, Y, Z (three elements, all reduced), x = X / Z^2, y = Y / Z^3; infinity
 * has the mark in X.
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
  subSigned,
  subTwice,
  ZERO,
} from './field';

/** Bytes of a Jacobian point. */
export const JACOBIAN: usize = 3 * ELEMENT;

const Y: usize = ELEMENT;
const Z: usize = 2 * ELEMENT;

const temporaries: usize = memory.data(640, 16);
const t0 = temporaries;
const t1 = temporaries + 80;
const t2 = temporaries + 160;
const t3 = temporaries + 240;
const t4 = temporaries + 320;
const t5 = temporaries + 400;
const t6 = temporaries + 480;
const t7 = temporaries + 560;
const lifted: usize = memory.data(224, 16);

/** p = 2 p. */
export function double(p: usize): void {
  if (isInfinity(p)) return;
  square(t0, p);
  square(t1, p + Y);
  square(t2, t1);
  // t3 = D = 4 X Y^2
  mul(t3, p, t1);
  addLazy(t3, t3, t3);
  reduce(t3, t3);
  addLazy(t3, t3, t3);
  reduce(t3, t3);
  // t4 = E = 3 X^2
  addLazy(t4, t0, t0);
  addLazy(t4, t4, t0);
  reduce(t4, t4);
  // t2 = 8 Y^4
  for (let i = 0; i < 3; i++) {
    addLazy(t2, t2, t2);
    reduce(t2, t2);
  }
  mul(t5, p + Y, p + Z);
  addLazy(t5, t5, t5);
  reduce(p + Z, t5);
  square(t5, t4);
  subTwice(p, t5, t3, t3);
  mulDifference(t5, t4, t3, p);
  subSigned(p + Y, t5, t2, 0);
}

/** p = p + q. */
export function add(p: usize, q: usize): void {
  if (isInfinity(q)) return;
  if (isInfinity(p)) {
    memory.copy(p, q, JACOBIAN);
    return;
  }
  square(t0, p + Z);
  square(t1, q + Z);
  mul(t2, p, t1);
  mul(t3, q, t0);
  mul(t1, t1, q + Z);
  mul(t1, t1, p + Y);
  mul(t0, t0, p + Z);
  mul(t0, t0, q + Y);
  // H = t3, R = t0, U1 = t2, S1 = t1
  subSigned(t3, t3, t2, 0);
  subSigned(t0, t0, t1, 0);
  if (equal(t3, ZERO)) {
    if (equal(t0, ZERO)) double(p);
    else setInfinity(p);
    return;
  }
  mul(t4, p + Z, q + Z);
  mul(t4, t4, t3);
  reduce(p + Z, t4);
  square(t5, t3);
  mul(t6, t5, t3);
  mul(t5, t5, t2);
  // X = R^2 - H^3 - 2 U1 H^2
  square(t7, t0);
  subTwice(t7, t7, t5, t5);
  subSigned(p, t7, t6, 0);
  mulDifference(t7, t0, t5, p);
  mul(t6, t6, t1);
  subSigned(p + Y, t7, t6, 0);
}

/** p = p + q, q affine. */
export function addAffine(p: usize, q: usize): void {
  memory.copy(lifted, q, 2 * ELEMENT);
  copy(lifted + Z, ONE);
  add(p, lifted);
}

/** The affine point at target = p. */
export function toAffine(target: usize, p: usize): void {
  if (isInfinity(p)) {
    setInfinity(target);
    return;
  }
  invert(t0, p + Z);
  square(t1, t0);
  mul(t2, p, t1);
  reduce(target, t2);
  mul(t1, t1, t0);
  mul(t1, t1, p + Y);
  reduce(target + ELEMENT, t1);
}
