/**
 * As `transform.ts`, two elements at a time in lanes (`lanes.ts`), for processors with relaxed SIMD.
 *
 * A vector of 2^k values is an array of 2^(k-1) pairs. The first step of the transform to coefficients takes them from entries
 * i and i + n / 2 and puts what belongs to even and to odd coefficients into the two lanes, so that all further steps treat
 * both lanes alike; the last step of the transform to values takes them together again. Both transforms and the shift between
 * them need powers of one number, the root of order 2 n. Nothing is divided by n: `quotientOf` makes up for it.
 */

import { alloc } from '../msm/assembly/heap';
import { add, mul as mulElement } from './fr';
import { ELEMENT, mul, mulTwo, PAIR, reduce, split, subSingles } from './lanes';
import { addProduct, COLUMNS, halve, MOST_PRODUCTS, put, settle, unpack } from './packing';
import { ENTRY } from './transform';

export { alloc, reset } from '../msm/assembly/heap';

const SIZE: usize = 32;
/** Entries of a row from which on a sum of products in lanes, reduced once, takes less time. */
const LONG: usize = 8;

const t: usize = memory.data(80, 16);
const factor: usize = memory.data(80, 16);
const product: usize = memory.data(32, 16);
const zero: usize = memory.data(40, 16);
const columns: usize = memory.data(160, 16);
const u: usize = memory.data(80, 16);
const w: usize = memory.data(80, 16);

/** a and b (2^k elements) = A w and B w, as `rows` of `transform.ts`. */
function rows(entries: usize, count: usize, witness: usize, k: u32, a: usize, b: usize): void {
  memory.fill(a, 0, SIZE << k);
  memory.fill(b, 0, SIZE << k);
  memory.fill(columns, 0, COLUMNS);
  const end = entries + count * ENTRY;
  let from = entries;
  while (from < end) {
    const place = load<u64>(from);
    let to = from + ENTRY;
    while (to < end && load<u64>(to) == place) to += ENTRY;
    const row = (u32(place) == 0 ? a : b) + usize(place >> 32) * SIZE;
    if (to - from >= LONG * ENTRY) from = sumPairs(row, from, to, witness);
    for (; from < to; from += ENTRY) {
      mulElement(product, from + 12, witness + usize(load<u32>(from, 8)) * SIZE);
      add(row, row, product);
    }
  }
}

/** row += the products of the entries from..to, but for a last one without a partner; returns where that stands. */
function sumPairs(row: usize, from: usize, to: usize, witness: usize): usize {
  let products: i32 = 0;
  for (; from + ENTRY < to; from += 2 * ENTRY) {
    const other = from + ENTRY;
    unpack(u, from + 12, other + 12);
    unpack(w, witness + usize(load<u32>(from, 8)) * SIZE, witness + usize(load<u32>(other, 8)) * SIZE);
    addProduct(columns, u, w);
    if (++products == MOST_PRODUCTS) {
      settle(row, columns, products);
      products = 0;
    }
  }
  settle(row, columns, products);
  return from;
}

/** The powers 0..n of a root of order 2 n (an element), reduced, ELEMENT bytes each. */
function powersOf(root: usize, one: usize, n: usize): usize {
  const table = alloc((n + 2) * ELEMENT);
  // both are divided by 2, which makes products with them elements as before
  halve(product, one);
  halve(root, root);
  unpack(t, product, root);
  unpack(factor, root, root);
  mul(factor, factor, factor);
  for (let i: usize = 0; i <= n; i += 2) {
    reduce(u, t);
    split(table + i * ELEMENT, table + (i + 1) * ELEMENT, u);
    mul(t, t, factor);
  }
  return table;
}

/** factor = the element at z in both lanes. */
// @ts-ignore: decorator
@inline
function spread(z: usize): void {
  v128.store(factor, v128.load64_splat(z));
  v128.store(factor, v128.load64_splat(z, 8), 16);
  v128.store(factor, v128.load64_splat(z, 16), 32);
  v128.store(factor, v128.load64_splat(z, 24), 48);
  v128.store(factor, v128.load64_splat(z, 32), 64);
}

/** x and y = x + y and x - y, by their limbs. */
// @ts-ignore: decorator
@inline
function cross(sum: usize, difference: usize, x: usize, y: usize): void {
  for (let i: usize = 0; i < PAIR; i += 16) {
    const a = v128.load(x + i);
    const b = v128.load(y + i);
    v128.store(sum + i, f64x2.add(a, b));
    v128.store(difference + i, f64x2.sub(a, b));
  }
}

/** Exchanges the second lane of x with the first of y. */
// @ts-ignore: decorator
@inline
function zip(x: usize, y: usize): void {
  for (let i: usize = 0; i < PAIR; i += 16) {
    const a = v128.load(x + i);
    const b = v128.load(y + i);
    v128.store(x + i, v128.shuffle<i64>(a, b, 0, 2));
    v128.store(y + i, v128.shuffle<i64>(a, b, 1, 3));
  }
}

/** o = the entries i and i + 1 of a, or their products with those of b (times 2) where there is one. */
// @ts-ignore: decorator
@inline
function read(o: usize, a: usize, b: usize, i: usize): void {
  unpack(o, a + i * SIZE, a + (i + 1) * SIZE);
  if (b == 0) return;
  unpack(w, b + i * SIZE, b + (i + 1) * SIZE);
  mul(o, o, w);
}

/**
 * The polynomial with the values a, or a b where b is not 0 (then twice that), on the roots of order n = 2^k: out = n times its
 * values on the odd powers of the root of order 2 n, two neighbours a pair. `work` has room for as many pairs.
 */
function toCoset(out: usize, a: usize, b: usize, k: u32, table: usize, work: usize): void {
  const n = <usize>1 << k;
  const half = n >> 1;
  // values to coefficients in bit-reversed order; w^-i = -table[n - 2 i]
  for (let i: usize = 0; i < half; i += 2) {
    const x = work + i * PAIR;
    const y = x + PAIR;
    read(x, a, b, i);
    read(y, a, b, i + half);
    cross(x, t, y, x);
    subSingles(factor, table + (n - 2 * i) * ELEMENT, zero, table + (n - 2 * i - 2) * ELEMENT, zero);
    mul(y, t, factor);
    reduce(x, x);
    zip(x, y);
  }
  for (let h = half >> 1; h > 1; h >>= 1) {
    const step = n / h;
    for (let start: usize = 0; start < half; start += h << 1) {
      for (let i: usize = 0; i < h; i++) {
        const x = work + (start + i) * PAIR;
        const y = x + h * PAIR;
        cross(x, t, y, x);
        spread(table + (n - i * step) * ELEMENT);
        mul(y, t, factor);
        reduce(x, x);
      }
    }
  }
  for (let x = work; x < work + half * PAIR; x += 2 * PAIR) {
    cross(x, x + PAIR, x, x + PAIR);
    reduce(x, x);
    reduce(x + PAIR, x + PAIR);
  }
  toValues(work, n, table);
  // even and odd coefficients together
  for (let i: usize = 0; i < half; i += 2) {
    const x = work + i * PAIR;
    const y = x + PAIR;
    zip(x, y);
    subSingles(factor, table + (2 * i + 1) * ELEMENT, zero, table + (2 * i + 3) * ELEMENT, zero);
    mul(y, y, factor);
    const low = out + (i >> 1) * PAIR;
    const high = low + (half >> 1) * PAIR;
    cross(low, high, x, y);
    reduce(low, low);
    reduce(high, high);
  }
}

/** Coefficients in bit-reversed order, n / 2 of them in each lane, to values on odd powers of the root of order n. */
function toValues(work: usize, n: usize, table: usize): void {
  const half = n >> 1;
  let settled = true;
  for (let h: usize = 1; h < half; h <<= 1) {
    const step = n / h;
    settled = !settled;
    for (let start: usize = 0; start < half; start += h << 1) {
      for (let i: usize = 0; i < h; i++) {
        const x = work + (start + i) * PAIR;
        const y = x + h * PAIR;
        spread(table + (2 * i + 1) * (step >> 1) * ELEMENT);
        mul(t, y, factor);
        cross(x, y, x, t);
        // every other step: sums of two products and a reduced element are still operands
        if (settled) {
          reduce(x, x);
          reduce(y, y);
        }
      }
    }
  }
}

/** As `quotientOf` of `transform.ts`, k at least 2. */
export function quotientOf(entries: usize, count: u32, witness: usize, k: u32, constants: usize, out: usize): void {
  const n = <usize>1 << k;
  const bytes = (n >> 1) * PAIR;
  const a = alloc(SIZE << k);
  const b = alloc(SIZE << k);
  rows(entries, usize(count), witness, k, a, b);
  const table = powersOf(constants + 3 * SIZE, constants, n);
  const work = alloc(bytes);
  const oddA = alloc(bytes);
  const oddB = alloc(bytes);
  const oddC = alloc(bytes);
  toCoset(oddA, a, 0, k, table, work);
  toCoset(oddB, b, 0, k, table, work);
  toCoset(oddC, a, b, k, table, work);
  // 1 / (4 n^2) and -1 / (4 n): both products have been divided by 2^255, and c is twice what it should be
  const square = alloc(PAIR);
  const single = alloc(PAIR);
  unpack(square, constants + 6 * SIZE, constants + 6 * SIZE);
  unpack(single, constants + 7 * SIZE, constants + 7 * SIZE);
  reduce(square, square);
  reduce(single, single);
  for (let i: usize = 0; i < n; i += 2) {
    const at = (i >> 1) * PAIR;
    mul(t, oddA + at, oddB + at);
    mulTwo(t, t, square, oddC + at, single);
    put(out + i * SIZE, t);
  }
}
