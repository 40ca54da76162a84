/**
 * As `affine.ts`, two additions at a time in the lanes of vectors (`assembly/lanes.ts`). A point is x, y (in G1 80
 * bytes, in G2 160), with parts of at most
 * 0.51 p in absolute value; infinity has a mark in place of x's lowest limb.
 */

import {
  ELEMENT as PART, mul as mulPart, reduce as reducePart, split as splitPart,
  subSingles as subSinglesPart,
} from '../../assembly/lanes';
import { FROM_256, MODULUS } from '../../assembly/modulus';
import { ENCODED } from './encoding';
import { invert, setInfinity as setPlainInfinity } from './field';
import {
  canonical, ELEMENT as PLAIN_PART, equal as equalPlain, mul as mulPlain, pack, reduce as reducePlain,
} from './fq';
import {
  ELEMENT, exchange, mul, ONE, PAIR, reduce, split, square, subPair, subSigned, subSingle, subSingles, subSums,
} from './pairs';

/** Bytes of a point. */
export const POINT: usize = 2 * ELEMENT;
/** Additions that share an inversion: more would not fit the second-level cache. */
export const BATCH: i32 = 1024;

/** No element has this for a limb: it is not a number. */
const INFINITY: u64 = 0x7ff8000000000001;

const lefts: usize = memory.data(4104, 16);
const rights: usize = memory.data(4104, 16);
const targets: usize = memory.data(4104, 16);
/** Which of the additions that need a denominator double a point. */
const doubles: usize = memory.data(1032, 16);
/** Additions with infinity: source and target; and targets whose addends cancel. */
const sources: usize = memory.data(4096, 16);
const copies: usize = memory.data(4096, 16);
const cancelled: usize = memory.data(4096, 16);
/** Denominators of pairs of additions, and the products of those up to each. */
const denominators: usize = memory.data(81920, 16);
const products: usize = memory.data(82080, 16);

const t0: usize = memory.data(160, 16);
const t1: usize = memory.data(160, 16);
const t2: usize = memory.data(160, 16);
const inverse: usize = memory.data(160, 16);
const single: usize = memory.data(160, 16);
const unused: usize = memory.data(160, 16);

let count: i32 = 0;

// @ts-ignore: decorator
@inline
export function isInfinity(point: usize): bool {
  return load<u64>(point) == INFINITY;
}

export function setInfinity(point: usize): void {
  store<u64>(point, INFINITY);
}

/**
 * Puts target = left + right (references; target an address: left's, or that of a point which nothing else in the batch
 * reads) into the batch.
 */
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
  if (isInfinity(point)) {
    setPlainInfinity(o);
    return;
  }
  for (let k: usize = 0; k < POINT / PART; k++) plainElement(o + k * PLAIN_PART, point + k * PART);
}

/** Converts a point from outside (`encoding.ts`); false for infinity. */
export function readPoint(to: usize, from: usize): bool {
  let any: u64 = 0;
  for (let i: usize = 0; i < ENCODED; i += 8) any |= load<u64>(from + i);
  if (any == 0) return false;
  for (let k: usize = 0; k < POINT / PART; k += 2) {
    unpack(single, from + 32 * k);
    unpack(single + PART, from + 32 * k + 32);
    subSinglesPart(t0, single, zero, single + PART, zero);
    mulPart(t0, t0, FROM_256);
    reducePart(t0, t0);
    splitPart(to + k * PART, to + (k + 1) * PART, t0);
  }
  return true;
}

/** target = the point referred to. */
function assign(target: usize, reference: usize): void {
  const point = reference & ~1;
  if (target != point) memory.copy(target, point, POINT);
  if (reference & 1 && !isInfinity(point)) {
    for (let i = ELEMENT; i < POINT; i += 8) store<f64>(target + i, -load<f64>(target + i));
  }
}

/** Whether a and b (reduced) are the same residue. */
// @ts-ignore: decorator
@inline
function equal(a: usize, b: usize): bool {
  // a - b is 0, p or -p; nearly always the lowest limb decides
  const d = abs(load<f64>(a) - load<f64>(b));
  if (d != 0 && d != LOW && d != RADIX - LOW && d != RADIX) return false;
  return equalSlow(a, b);
}

const RADIX: f64 = 2251799813685248;
/** The lowest limb of p. */
const LOW: f64 = 154029749239111;

function equalSlow(a: usize, b: usize): bool {
  for (let i: usize = 0; i < ELEMENT; i += PART) {
    plainElement(plainA, a + i);
    plainElement(plainB, b + i);
    if (!equalPlain(plainA, plainB)) return false;
  }
  return true;
}

const plainA: usize = memory.data(80, 16);
const plainB: usize = memory.data(40, 16);

/** Finds what each addition of the batch needs; returns how many need a denominator, which move to the front. */
function classify(): usize {
  // points are scattered: reading them in a loop of its own lets the cache misses overlap
  let touched: u64 = 0;
  for (let i: usize = 0; i < usize(count) << 2; i += 4) {
    const a = usize(load<u32>(lefts + i) & ~1);
    const b = usize(load<u32>(rights + i) & ~1);
    touched ^= load<u64>(a) ^ load<u64>(a + POINT - 8) ^ load<u64>(b) ^ load<u64>(b + POINT - 8);
  }
  store<u64>(unused, touched);
  let active: usize = 0;
  let copied: usize = 0;
  let opposite: usize = 0;
  for (let i: usize = 0; i < usize(count) << 2; i += 4) {
    const left = load<u32>(lefts + i);
    const right = load<u32>(rights + i);
    const target = load<u32>(targets + i);
    const a = usize(left & ~1);
    const b = usize(right & ~1);
    if (isInfinity(a) || isInfinity(b)) {
      store<u32>(sources + copied, isInfinity(a) ? right : left);
      store<u32>(copies + copied, target);
      copied += 4;
      continue;
    }
    let double = left == right;
    if (!double && equal(a, b)) {
      // same x: the same point or opposite ones
      double = equal(a + ELEMENT, b + ELEMENT) == (((left ^ right) & 1) == 0);
      if (!double) {
        store<u32>(cancelled + opposite, target);
        opposite += 4;
        continue;
      }
    }
    store<u32>(lefts + active, left);
    store<u32>(rights + active, right);
    store<u32>(targets + active, target);
    store<u8>(doubles + (active >> 2), u8(double));
    active += 4;
  }
  // before the additions write: an addition reads what earlier ones of the batch write as it was
  while (copied > 0) {
    copied -= 4;
    assign(usize(load<u32>(copies + copied)), usize(load<u32>(sources + copied)));
  }
  cancellations = opposite;
  return active >> 2;
}

let cancellations: usize = 0;

// @ts-ignore: decorator
@inline
function sign(reference: u32): u64 {
  return u64(reference) << 63;
}

/** Puts 2 y of a point that is doubled into a lane (pair, or pair + 8). */
function putDenominator(lane: usize, reference: u32): void {
  const y = usize(reference & ~1) + ELEMENT;
  const factor: f64 = reference & 1 ? -2 : 2;
  for (let i: usize = 0; i < ELEMENT; i += 8) store<f64>(lane + 2 * i, factor * load<f64>(y + i));
}

/** Puts 3 x^2 of the points a and b into the lanes of those that are doubled (`flags`). */
function putNumerators(pair: usize, a: usize, b: usize, flags: usize): void {
  subSingles(numerators, a, zero, b, zero);
  square(numerators, numerators);
  for (let i: usize = 0; i < PAIR; i += 8) store<f64>(numerators + i, 3 * load<f64>(numerators + i));
  reduce(numerators, numerators);
  for (let i: usize = 0; i < PAIR; i += 8) {
    if (load<u8>(flags + ((i >> 3) & 1))) store<f64>(pair + i, load<f64>(numerators + i));
  }
}

const numerators: usize = memory.data(160, 16);
const zero: usize = memory.data(80, 16);

/** The denominators of all pairs, and their products. */
function multiplyDenominators(pairs: usize): void {
  memory.copy(products, ONE, PAIR);
  for (let k: usize = 0; k < pairs; k++) {
    const at = k << 3;
    const d = denominators + k * PAIR;
    const left = load<u32>(lefts + at);
    const left2 = load<u32>(lefts + at + 4);
    const right = load<u32>(rights + at);
    const right2 = load<u32>(rights + at + 4);
    subSingles(d, usize(right & ~1), usize(left & ~1), usize(right2 & ~1), usize(left2 & ~1));
    if (load<u16>(doubles + (k << 1)) != 0) {
      if (load<u8>(doubles + (k << 1)) != 0) putDenominator(d, left);
      if (load<u8>(doubles + (k << 1) + 1) != 0) putDenominator(d + 8, left2);
    }
    const product = products + k * PAIR;
    mul(product + PAIR, product, d);
  }
}

/** inverse = the inverses of the pair, which are not 0. */
function invertPair(pair: usize): void {
  exchange(t1, pair);
  mul(t0, t1, pair);
  split(single, single + ELEMENT, t0);
  for (let k: usize = 0; k < ELEMENT / PART; k++) plainElement(plainA + k * PLAIN_PART, single + k * PART);
  invert(plainA, plainA);
  for (let k: usize = 0; k < ELEMENT / PART; k++) fromPlain(single + k * PART, plainA + k * PLAIN_PART);
  subSingles(t0, single, zero, single, zero);
  mul(inverse, t0, t1);
}

/** Carries out the additions of pair k; `inverse` belongs to the product of the denominators up to k, then up to k - 1. */
function addPair(k: usize): void {
  const at = k << 3;
  const left = load<u32>(lefts + at);
  const left2 = load<u32>(lefts + at + 4);
  const right = load<u32>(rights + at);
  const right2 = load<u32>(rights + at + 4);
  const a = usize(left & ~1);
  const a2 = usize(left2 & ~1);
  const b = usize(right & ~1);
  const b2 = usize(right2 & ~1);
  mul(t0, inverse, products + k * PAIR);
  mul(inverse, inverse, denominators + k * PAIR);
  subSigned(
    t1, b + ELEMENT, sign(right), a + ELEMENT, sign(left), b2 + ELEMENT, sign(right2), a2 + ELEMENT, sign(left2),
  );
  if (load<u16>(doubles + (k << 1)) != 0) putNumerators(t1, a, a2, doubles + (k << 1));
  mul(t1, t1, t0);
  square(t2, t1);
  subSums(t2, t2, a, b, a2, b2);
  subPair(t0, a, a2, t2);
  mul(t1, t1, t0);
  subSingle(t1, t1, a + ELEMENT, sign(left), a2 + ELEMENT, sign(left2));
  const target = usize(load<u32>(targets + at));
  const target2 = usize(load<u32>(targets + at + 4));
  split(target, target2, t2);
  split(target + ELEMENT, target2 + ELEMENT, t1);
}

/**
 * Carries out the batch, last addition first. Within one batch an addition may write a point that additions pushed
 * after it read (they get the old value), not one that additions pushed before it read.
 */
export function flush(): void {
  const active = classify();
  const pairs = (active + 1) >> 1;
  if (active & 1) {
    // the last one has nobody to share with: it is done twice
    const last = (active - 1) << 2;
    store<u32>(lefts + last + 4, load<u32>(lefts + last));
    store<u32>(rights + last + 4, load<u32>(rights + last));
    store<u32>(targets + last + 4, u32(unused));
    store<u8>(doubles + active, load<u8>(doubles + active - 1));
  }
  if (pairs > 0) {
    multiplyDenominators(pairs);
    invertPair(products + pairs * PAIR);
    for (let k = pairs; k > 0; k--) addPair(k - 1);
  }
  for (let i: usize = 0; i < cancellations; i += 4) setInfinity(usize(load<u32>(cancelled + i)));
  count = 0;
}

/** 2^267 and 2^255: from R = 2^255 to fq's 2^261, and back. */
const TO_PLAIN: usize = memory.data<i32>([0x6693942, 0x14bb0951, 0x147cb959, 0x493c0, 0x572a3d1, 0x1d25a609, 0x9972b66,
  0x8373a7b, 0xb0006]);
const FROM_PLAIN: usize = memory.data<i32>([0xf060572, 0x1df73e92, 0x71ab961, 0x1a55ba5e, 0x14f44d0f, 0x1a497e7e,
  0x1eb23d7d, 0x347b397, 0x1f3763]);
const limbs: usize = memory.data(64, 16);
const MASK: u64 = 0x7ffffffffffff;

/** o (an element of fq, reduced) = a of the base field, at most 4 p in absolute value. */
function plainElement(o: usize, a: usize): void {
  let carry: i64 = 0;
  for (let i: usize = 0; i < 40; i += 8) {
    // plus 4 p, so that it is not negative
    carry += i64(load<f64>(a + i)) + 4 * i64(load<f64>(MODULUS + i));
    store<u64>(limbs + i, i < 32 ? u64(carry) & MASK : u64(carry));
    carry >>= 51;
  }
  for (let j: usize = 0; j < 9; j++) {
    const bit: usize = 29 * j;
    const at = limbs + ((bit / 51) << 3);
    const shift = u64(bit % 51);
    store<u32>(o + 4 * j, u32((load<u64>(at) >> shift) | (load<u64>(at + 8) << (51 - shift))) & 0x1fffffff);
  }
  mulPlain(o, o, TO_PLAIN);
  reducePlain(o, o);
}

/** o = a, a reduced element of fq. */
function fromPlain(o: usize, a: usize): void {
  mulPlain(plainB, a, FROM_PLAIN);
  reducePlain(plainB, plainB);
  canonical(plainB, plainB);
  pack(limbs, plainB);
  unpack(o, limbs);
}

/** o = the 32 little-endian bytes at a as limbs. */
function unpack(o: usize, a: usize): void {
  for (let i: usize = 0; i < 4; i++) {
    const bit: usize = 51 * i;
    store<f64>(o + (i << 3), f64((load<u64>(a + (bit >> 3)) >> u64(bit & 7)) & MASK));
  }
  store<f64>(o + 32, f64(load<u64>(a + 24) >> 12));
}
