/**
 * The kernels of `fr.ts` with those that take most of a proof's time in lanes, for processors with relaxed SIMD. They give
 * the same results.
 */

import {
  add, mul as mulElement, roundLookup as roundLookupElements, roundProduct as roundProductElements, sub as subElement,
} from './fr';
import { mul, PAIR, reduce } from './lanes';
import { addProduct, COLUMNS, halve, MOST_PRODUCTS, put, putSum, settle, temporaries, unpack } from './packing';

export { axisSums, placeSums } from './axes';
export {
  add, addConst, addVec, constMinus, eqTable, exclusiveSums, fromI32, fromI64, gather, heapBase, horner, integerStepSums, integerSums, invertWith, mul,
  mulTile, mulVec, powers, prefixProducts, repeatEach, sub, subVec, sum,
} from './fr';
export { setTemporaries } from './packing';

const SIZE: usize = 32;

/** Whether the elements at a and a + 32 are 0. */
// @ts-ignore: decorator
@inline
function areZero(a: usize): bool {
  const low = v128.or(v128.load(a), v128.load(a, 16));
  return !v128.any_true(v128.or(low, v128.or(v128.load(a, 32), v128.load(a, 48))));
}

/** o = the element k / 2 in both lanes: products with it are elements again. */
function unpackFactor(o: usize, k: usize): void {
  const half = temporaries();
  halve(half, k);
  unpack(o, half, half);
}

/** o = a - b. */
// @ts-ignore: decorator
@inline
function subPairs(o: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < PAIR; i += 16) v128.store(o + i, f64x2.sub(v128.load(a + i), v128.load(b + i)));
}

// @ts-ignore: decorator
@inline
function addPairs(o: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < PAIR; i += 16) v128.store(o + i, f64x2.add(v128.load(a + i), v128.load(b + i)));
}

// ---------------------------------------------------------------- vectors

/** dst[i] = src[i] k for every element. */
export function scale(dst: usize, src: usize, n: usize, k: usize): void {
  const factor = temporaries() + SIZE;
  const a = factor + PAIR;
  unpackFactor(factor, k);
  const even = n & ~1;
  for (let i: usize = 0; i < even * SIZE; i += 2 * SIZE) {
    unpack(a, src + i, src + i + SIZE);
    mul(a, a, factor);
    put(dst + i, a);
  }
  if (n & 1) mulElement(dst + even * SIZE, src + even * SIZE, k);
}

/** dst[i] += k v[i]. */
export function axpy(dst: usize, v: usize, n: usize, k: usize): void {
  const factor = temporaries() + SIZE;
  unpackFactor(factor, k);
  addMultiple(dst, v, n, k, factor, factor + PAIR);
}

/** As axpy, with k unpacked. */
function addMultiple(dst: usize, v: usize, n: usize, k: usize, factor: usize, a: usize): void {
  const even = n & ~1;
  for (let i: usize = 0; i < even * SIZE; i += 2 * SIZE) {
    if (areZero(v + i)) continue;
    unpack(a, v + i, v + i + SIZE);
    mul(a, a, factor);
    putSum(dst + i, dst + i, a);
  }
  if (n & 1) {
    mulElement(a, v + even * SIZE, k);
    add(dst + even * SIZE, dst + even * SIZE, a);
  }
}

/** o = sum a[i] b[i]. */
export function dot(o: usize, a: usize, b: usize, n: usize): void {
  const columns = temporaries();
  const u = columns + COLUMNS;
  const v = u + PAIR;
  const total = v + PAIR;
  const even = n & ~1;
  if (even < n) mulElement(total, a + even * SIZE, b + even * SIZE);
  else memory.fill(total, 0, SIZE);
  memory.fill(columns, 0, COLUMNS);
  let products: i32 = 0;
  for (let i: usize = 0; i < even * SIZE; i += 2 * SIZE) {
    if (areZero(a + i) || areZero(b + i)) continue;
    unpack(u, a + i, a + i + SIZE);
    unpack(v, b + i, b + i + SIZE);
    addProduct(columns, u, v);
    if (++products == MOST_PRODUCTS) {
      settle(total, columns, products);
      products = 0;
    }
  }
  settle(total, columns, products);
  memory.copy(o, total, SIZE);
}

/** out[i] = sum_j e[j] M[i cols + j]: contracts the low index. */
export function rowDot(out: usize, M: usize, e: usize, rows: usize, cols: usize): void {
  for (let i: usize = 0; i < rows; i++) dot(out + i * SIZE, M + i * cols * SIZE, e, cols);
}

/** out[j] = sum_i e[i] M[i cols + j] for j < count: contracts the high index. `out` is overwritten. */
export function colDot(out: usize, M: usize, e: usize, rows: usize, cols: usize, count: usize): void {
  memory.fill(out, 0, count * SIZE);
  for (let i: usize = 0; i < rows; i++) axpy(out, M + i * cols * SIZE, count, e + i * SIZE);
}

/** out[i n + j] = a[i] b[j], or += with `accumulating`, for i < m, j < n. */
export function outer(out: usize, a: usize, m: usize, b: usize, n: usize, accumulating: i32): void {
  for (let i: usize = 0; i < m; i++) {
    const row = out + i * n * SIZE;
    if (accumulating) axpy(row, b, n, a + i * SIZE);
    else scale(row, b, n, a + i * SIZE);
  }
}

/** out[x] = v[x] + r (v[x + half] - v[x]) for x < count: binds the highest variable. `out` may be v. */
export function fold(out: usize, v: usize, half: usize, count: usize, r: usize): void {
  const factor = temporaries() + SIZE;
  const low = factor + PAIR;
  const high = low + PAIR;
  unpackFactor(factor, r);
  const even = count & ~1;
  for (let x: usize = 0; x < even * SIZE; x += 2 * SIZE) {
    const at = v + x;
    const other = at + half * SIZE;
    if (areZero(at) && areZero(other)) {
      memory.fill(out + x, 0, 2 * SIZE);
      continue;
    }
    unpack(low, at, at + SIZE);
    unpack(high, other, other + SIZE);
    subPairs(high, high, low);
    mul(high, high, factor);
    putSum(out + x, at, high);
  }
  if (count & 1) {
    const at = v + even * SIZE;
    subElement(low, at + half * SIZE, at);
    mulElement(low, low, r);
    add(out + even * SIZE, at, low);
  }
}

/** Divides as `fr.ts` does. */
export function divide(v: usize, rows: usize, cols: usize, count: usize, k: usize): void {
  for (let i: usize = rows - 1; i > 0; i--) axpy(v + (i - 1) * cols * SIZE, v + i * cols * SIZE, count, k);
}

// ---------------------------------------------------------------- sumcheck rounds

/** Settles `count` sums of as many products each. */
function settleAll(sums: usize, columns: usize, count: usize, products: i32): void {
  for (let k: usize = 0; k < count; k++) settle(sums + k * SIZE, columns + k * COLUMNS, products);
}

/** Values at x and x + 1 of a factor (8 bytes at `ref`): low and, bound in this round or not, high less low; false: all 0. */
function readFactor(lowAt: usize, highAt: usize, ref: usize, x: usize, half: usize): bool {
  const at = usize(load<u32>(ref));
  const len = usize(load<u32>(ref, 4));
  if (len > half) {
    const low = at + x * SIZE;
    const high = low + half * SIZE;
    if (areZero(low) && areZero(high)) return false;
    unpack(lowAt, low, low + SIZE);
    unpack(highAt, high, high + SIZE);
    return true;
  }
  const low = at + (x & (len - 1)) * SIZE;
  const next = at + ((x + 1) & (len - 1)) * SIZE;
  if (next > low && areZero(low)) return false;
  unpack(lowAt, low, next);
  memory.copy(highAt, lowAt, PAIR);
  return true;
}

/** As roundProduct of `fr.ts`, for two factors: from the values at 0 and 1 and the highest coefficient. */
function roundOfTwo(out: usize, refs: usize, half: usize, from: usize, to: usize): void {
  const columns = temporaries();
  const lows = columns + 3 * COLUMNS;
  const highs = lows + 2 * PAIR;
  const sums = highs + 2 * PAIR;
  memory.fill(columns, 0, 3 * COLUMNS);
  memory.fill(sums, 0, 3 * SIZE);
  let products: i32 = 0;
  for (let x = from; x < to; x += 2) {
    if (!readFactor(lows, highs, refs, x, half)) continue;
    if (!readFactor(lows + PAIR, highs + PAIR, refs + 8, x, half)) continue;
    addProduct(columns, lows, lows + PAIR);
    addProduct(columns + COLUMNS, highs, highs + PAIR);
    subPairs(highs, highs, lows);
    subPairs(highs + PAIR, highs + PAIR, lows + PAIR);
    addProduct(columns + 2 * COLUMNS, highs, highs + PAIR);
    if (++products == MOST_PRODUCTS) {
      settleAll(sums, columns, 3, products);
      products = 0;
    }
  }
  settleAll(sums, columns, 3, products);
  memory.copy(out, sums, 2 * SIZE);
  // p(2) = 2 p(1) - p(0) + 2 c2
  add(out + 2 * SIZE, sums + SIZE, sums + 2 * SIZE);
  add(out + 2 * SIZE, out + 2 * SIZE, out + 2 * SIZE);
  subElement(out + 2 * SIZE, out + 2 * SIZE, sums);
}

/** o = 2 high - low, reduced: the value at 2. */
// @ts-ignore: decorator
@inline
function extrapolate(o: usize, high: usize, low: usize): void {
  addPairs(o, high, high);
  subPairs(o, o, low);
  reduce(o, o);
}

/** As roundProduct of `fr.ts`, for three factors: from the values at 0, 1 and 2 and the highest coefficient. */
function roundOfThree(out: usize, refs: usize, half: usize, from: usize, to: usize): void {
  const columns = temporaries();
  const lows = columns + 4 * COLUMNS;
  const highs = lows + 3 * PAIR;
  const others = highs + 3 * PAIR;
  const sums = others + 3 * PAIR;
  memory.fill(columns, 0, 4 * COLUMNS);
  memory.fill(sums, 0, 4 * SIZE);
  let products: i32 = 0;
  for (let x = from; x < to; x += 2) {
    if (!readFactor(lows, highs, refs, x, half)) continue;
    if (!readFactor(lows + PAIR, highs + PAIR, refs + 8, x, half)) continue;
    if (!readFactor(lows + 2 * PAIR, highs + 2 * PAIR, refs + 16, x, half)) continue;
    for (let i: usize = 0; i < 3 * PAIR; i += PAIR) extrapolate(others + i, highs + i, lows + i);
    addTriple(columns + 2 * COLUMNS, others);
    for (let i: usize = 0; i < 3 * PAIR; i += PAIR) subPairs(others + i, highs + i, lows + i);
    addTriple(columns + 3 * COLUMNS, others);
    addTriple(columns, lows);
    addTriple(columns + COLUMNS, highs);
    if (++products == MOST_PRODUCTS) {
      settleAll(sums, columns, 4, products);
      products = 0;
    }
  }
  settleAll(sums, columns, 4, products);
  // the product of three has been divided by 2^255 once
  for (let k: usize = 0; k < 4; k++) halve(sums + k * SIZE, sums + k * SIZE);
  memory.copy(out, sums, 3 * SIZE);
  // p(3) = 3 (p(2) - p(1)) + p(0) + 6 c3
  const last = out + 3 * SIZE;
  subElement(last, sums + 2 * SIZE, sums + SIZE);
  add(last, last, sums + 3 * SIZE);
  add(last, last, sums + 3 * SIZE);
  tripleAndAdd(last, sums);
}

/** o = 3 o + a. */
function tripleAndAdd(o: usize, a: usize): void {
  const t = temporaries();
  add(t, o, o);
  add(o, o, t);
  add(o, o, a);
}

/** columns += the product of three pairs, the first of which is overwritten. */
function addTriple(columns: usize, pairs: usize): void {
  mul(pairs, pairs, pairs + PAIR);
  addProduct(columns, pairs, pairs + 2 * PAIR);
}

/** As roundProduct of `fr.ts`. */
export function roundProduct(out: usize, refs: usize, k: usize, half: usize, from: usize, to: usize): void {
  if ((k != 2 && k != 3) || (from & 1) || (to & 1)) return roundProductElements(out, refs, k, half, from, to);
  if (k == 2) roundOfTwo(out, refs, half, from, to);
  else roundOfThree(out, refs, half, from, to);
}

/** As roundLookup of `fr.ts`, term by term: eq h x1 x2 x3, and eq (x1 x2 + (x1 + x2) x3), each at 0..5. */
export function roundLookup(out: usize, refs: usize, half: usize, from: usize, to: usize): void {
  if ((from & 1) || (to & 1)) return roundLookupElements(out, refs, half, from, to);
  const columns = temporaries();
  const values = columns + 12 * COLUMNS;
  const steps = values + 5 * PAIR;
  const work = steps + 5 * PAIR;
  const sums = work + 2 * PAIR;
  memory.fill(columns, 0, 12 * COLUMNS);
  memory.fill(sums, 0, 12 * SIZE);
  let products: i32 = 0;
  for (let x = from; x < to; x += 2) {
    for (let i: usize = 0; i < 5; i++) {
      const low = usize(load<u32>(refs + i * 4)) + x * SIZE;
      const high = low + half * SIZE;
      unpack(values + i * PAIR, low, low + SIZE);
      unpack(steps + i * PAIR, high, high + SIZE);
      subPairs(steps + i * PAIR, steps + i * PAIR, values + i * PAIR);
    }
    for (let X: usize = 0; X <= 5; X++) {
      addLookup(columns + 2 * X * COLUMNS, values, work);
      if (X == 5) continue;
      for (let i: usize = 0; i < 5 * PAIR; i += PAIR) {
        addPairs(values + i, values + i, steps + i);
        reduce(values + i, values + i);
      }
    }
    if (++products == MOST_PRODUCTS) {
      settleAll(sums, columns, 12, products);
      products = 0;
    }
  }
  settleAll(sums, columns, 12, products);
  for (let X: usize = 0; X <= 5; X++) {
    const first = sums + 2 * X * SIZE;
    const second = first + SIZE;
    // the first has been divided by 2^255 three times, the second once
    halve(first, first);
    halve(first, first);
    subElement(first, first, second);
    halve(out + X * SIZE, first);
  }
}

/** Adds both terms to their columns; values are eq, h, x1, x2, x3. */
// @ts-ignore: decorator
@inline
function addLookup(columns: usize, values: usize, work: usize): void {
  const x1 = values + 2 * PAIR;
  const x2 = values + 3 * PAIR;
  const x3 = values + 4 * PAIR;
  const other = work + PAIR;
  mul(work, x1, x2);
  addPairs(other, x1, x2);
  reduce(other, other);
  mul(other, other, x3);
  addPairs(other, other, work);
  addProduct(columns + COLUMNS, other, values);
  mul(other, values + PAIR, x3);
  mul(work, work, other);
  addProduct(columns, work, values);
}
