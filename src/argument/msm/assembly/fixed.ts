/**
 * Many multiples of the generator (1, 2): a table of digit * 2^(c w) * G, and one batched addition a window for every
 * scalar.
 */

import { BATCH, flush, POINT, push, setInfinity } from './affine';
import { alloc, keep } from './heap';
import { writePoint } from './encoding';
import { addLazy, copy, ELEMENT, ONE, reduce } from './fq';

const C: i32 = 11;
const HALF: i32 = 1 << (C - 1);
/** 24 windows of 11 bits hold 254 bits and the last carry. */
const WINDOWS: i32 = 24;

let table: usize = 0;

/** Builds the table, once, on an empty heap. */
export function prepare_fixedBase(): void {
  if (table != 0) return;
  table = alloc(usize(WINDOWS * HALF) * POINT);
  keep();
  copy(table, ONE);
  addLazy(table + ELEMENT, ONE, ONE);
  reduce(table + ELEMENT, table + ELEMENT);
  for (let w = 0; w < WINDOWS; w++) {
    const row = table + usize(w * HALF) * POINT;
    // row[m + j] = row[m] + row[j], one-based
    for (let m: usize = 1; m < usize(HALF); m *= 2) {
      const top = row + (m - 1) * POINT;
      for (let j: usize = 0; j < m; j++) push(top, row + j * POINT, top + (j + 1) * POINT);
      flush();
    }
    const last = row + usize(HALF - 1) * POINT;
    if (w + 1 < WINDOWS) push(last, last, last + POINT);
    flush();
  }
}

/** out (64 bytes each, R = 2^256) = scalars[i] G, scalars canonical, 32 bytes each. */
export function fixedBase(scalars: usize, n: u32, out: usize): void {
  const sums = alloc(usize(BATCH) * POINT);
  const carries = alloc(usize(BATCH));
  for (let from: usize = 0; from < usize(n); from += usize(BATCH)) {
    const size = min(usize(BATCH), usize(n) - from);
    memory.fill(carries, 0, size);
    for (let i: usize = 0; i < size; i++) setInfinity(sums + i * POINT);
    for (let w = 0; w < WINDOWS; w++) {
      const bit = usize(w * C);
      // read 4 bytes so that none lies behind the scalar, and take the bits from there
      const byte = min(bit >> 3, 28);
      const shift = u32(bit - (byte << 3));
      const row = table + usize(w * HALF) * POINT - POINT;
      for (let i: usize = 0; i < size; i++) {
        let d = i32((load<u32>(scalars + (from + i) * 32 + byte) >> shift) & ((1 << C) - 1)) + i32(load<u8>(carries +
          i));
        const carry = d > HALF;
        if (carry) d -= 1 << C;
        store<u8>(carries + i, u8(carry));
        if (d == 0) continue;
        push(sums + i * POINT, (row + usize(abs(d)) * POINT) | usize(d < 0), sums + i * POINT);
      }
      flush();
    }
    for (let i: usize = 0; i < size; i++) writePoint(out + (from + i) * 64, sums + i * POINT, false);
  }
}
