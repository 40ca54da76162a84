/**
 * The commitment to inverses of a lookup (design section 5). Its scalars are sums of 1 / (beta - v) over few values v, so the points
 * at whose places v stands are added first: an addition a place, and one full-size scalar a value instead of one a place.
 */

import { ENCODED, writePoint } from './encoding';
import { alloc } from './heap';
import { addBuckets, msm } from './msm';
import { flush, POINT, push, readPoint, setInfinity, toPlain } from './points';

/** Bytes of a scalar outside. */
const SCALAR: i32 = 32;

/** o[v] = times[v] places[v] for v < count, all of them side by side, bit by bit from the highest. */
function multiply(o: usize, places: usize, times: usize, count: usize): void {
  let any: u32 = 0;
  for (let v: usize = 0; v < count; v++) any |= load<u32>(times + (v << 2));
  memory.copy(o, places, count * POINT);
  for (let bit = 30 - i32(clz(any)); bit >= 0; bit--) {
    for (let v: usize = 0; v < count; v++) {
      const at = o + v * POINT;
      if (load<u32>(times + (v << 2)) >> (bit + 1)) push(at, at, at);
    }
    flush();
    for (let v: usize = 0; v < count; v++) {
      const at = o + v * POINT;
      const factor = load<u32>(times + (v << 2)) >> bit;
      if (factor > 1 && factor & 1) push(at, places + v * POINT, at);
    }
    flush();
  }
}

/** Adds the number of places of each value in first..first+count-1 to counts. */
function countPlaces(counts: usize, values: usize, length: usize, first: u32, count: u32): void {
  for (let i: usize = 0; i < length; i++) {
    const v = load<u16>(values + (i << 1)) - first;
    if (v >= count) continue;
    const at = counts + (usize(v) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

/** Puts the points bases, bases + POINT, .. of a column into the lists of their values, whose ends are in `ends`. */
function putPlaces(items: usize, ends: usize, values: usize, length: usize, bases: usize, first: u32, count: u32): void {
  for (let i: usize = 0; i < length; i++) {
    const v = load<u16>(values + (i << 1)) - first;
    if (v >= count) continue;
    const at = ends + (usize(v) << 2);
    const end = load<u32>(at);
    store<u32>(at, end + 1);
    store<u32>(items + (usize(end) << 2), u32(bases + i * POINT));
  }
}

/**
 * out (ENCODED bytes, as `msm`) = sum over v = first..first+count-1 of scalars[v - first] (the sum of the points at whose places v
 * stands + times[v - first] points[table + v - first]); without `table` where that is negative.
 * @param heads of each column: number of its first point, number of its values (u32)
 * @param values of all columns (u16)
 */
export function lookups(
  points: usize, n: u32, heads: usize, columns: u32, values: usize, first: u32, count: u32, table: i32, times: usize,
  scalars: usize, out: usize,
): void {
  const bases = alloc(usize(n) * POINT);
  for (let i: usize = 0; i < n; i++) {
    if (!readPoint(bases + i * POINT, points + i * ENCODED)) setInfinity(bases + i * POINT);
  }
  const counts = alloc(usize(count) << 2);
  memory.fill(counts, 0, usize(count) << 2);
  let column = values;
  for (let c: usize = 0; c < columns; c++) {
    const length = usize(load<u32>(heads + (c << 3), 4));
    countPlaces(counts, column, length, first, count);
    column += length << 1;
  }
  let multiples: usize = 0;
  if (table >= 0) {
    multiples = alloc(usize(count) * POINT);
    multiply(multiples, bases + usize(table) * POINT, times, count);
    for (let v: usize = 0; v < usize(count) << 2; v += 4) {
      if (load<u32>(times + v) != 0) store<u32>(counts + v, load<u32>(counts + v) + 1);
    }
  }
  const starts = alloc(usize(count) << 2);
  const ends = alloc(usize(count) << 2);
  let sum: u32 = 0;
  for (let v: usize = 0; v < usize(count) << 2; v += 4) {
    store<u32>(starts + v, sum);
    store<u32>(ends + v, sum);
    sum += load<u32>(counts + v);
  }
  const items = alloc(usize(sum) << 2);
  column = values;
  for (let c: usize = 0; c < columns; c++) {
    const length = usize(load<u32>(heads + (c << 3), 4));
    putPlaces(items, ends, column, length, bases + usize(load<u32>(heads + (c << 3))) * POINT, first, count);
    column += length << 1;
  }
  if (table >= 0) {
    for (let v: usize = 0; v < count; v++) {
      if (load<u32>(times + (v << 2)) == 0) continue;
      store<u32>(items + (usize(load<u32>(ends + (v << 2))) << 2), u32(multiples + v * POINT));
    }
  }
  addBuckets(count, counts, starts, items, alloc(usize(sum) * (POINT / 2)));
  const sums = alloc(usize(count) * ENCODED);
  for (let v: usize = 0; v < count; v++) {
    const at = sums + v * ENCODED;
    if (load<u32>(counts + (v << 2)) == 0) {
      memory.fill(at, 0, ENCODED);
      continue;
    }
    toPlain(plain, usize(load<u32>(items + (usize(load<u32>(starts + (v << 2))) << 2))));
    writePoint(at, plain, false);
  }
  msm(sums, scalars, SCALAR, count, out);
}

const plain: usize = memory.data(160, 16);
