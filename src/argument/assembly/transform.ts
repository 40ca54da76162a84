/**
 * What Groth16 does over F beside curves: the rows of a constraint system at a witness, and values on a coset. Vectors hold
 * 2^k elements in Montgomery form, 32 bytes each.
 */

import { alloc } from '../msm/assembly/heap';
import { add, mul, sub } from './fr';

export { alloc, reset } from '../msm/assembly/heap';

const SIZE: usize = 32;
/** An entry of a constraint matrix: number of the matrix (A or B), row, column (u32 each), value times 2^512. */
export const ENTRY: usize = 44;

const t: usize = memory.data(32, 16);

/**
 * a and b (2^k elements each) = A w and B w; `witness` canonical. A value times 2^512 times a canonical element is a Montgomery
 * product in Montgomery form.
 */
function rows(entries: usize, count: usize, witness: usize, k: u32, a: usize, b: usize): void {
  memory.fill(a, 0, SIZE << k);
  memory.fill(b, 0, SIZE << k);
  for (let i: usize = 0; i < count; i++) {
    const entry = entries + i * ENTRY;
    const row = (load<u32>(entry) == 0 ? a : b) + usize(load<u32>(entry, 4)) * SIZE;
    mul(t, entry + 12, witness + usize(load<u32>(entry, 8)) * SIZE);
    add(row, row, t);
  }
}

/** table = [1, w, .., w^(n-1)]. */
function powers(table: usize, w: usize, one: usize, n: usize): void {
  memory.copy(table, one, SIZE);
  for (let i: usize = 1; i < n; i++) mul(table + i * SIZE, table + (i - 1) * SIZE, w);
}

function reversed(i: u32, bits: u32): u32 {
  let r: u32 = 0;
  for (let b: u32 = 0; b < bits; b++) r |= ((i >> b) & 1) << (bits - 1 - b);
  return r;
}

/**
 * The polynomial with the values v on the 2^k roots of unity: out = its values on their coset by `shift`, both in natural
 * order. `constants`: 1, root w of order 2^k, 1 / w, shift, 2^-k.
 */
function toCoset(v: usize, k: u32, constants: usize, out: usize): void {
  const n = <usize>1 << k;
  const one = constants;
  const table = alloc(n * SIZE);
  memory.copy(out, v, n * SIZE);

  // values to coefficients, which end in bit-reversed order: halves that shrink
  powers(table, constants + 2 * SIZE, one, n >> 1);
  for (let half = n >> 1, step: usize = 1; half > 0; half >>= 1, step <<= 1) {
    for (let start: usize = 0; start < n; start += half << 1) {
      for (let i: usize = 0; i < half; i++) {
        const x = out + (start + i) * SIZE;
        const y = x + half * SIZE;
        sub(t, x, y);
        add(x, x, y);
        mul(y, t, table + i * step * SIZE);
      }
    }
  }

  // coefficient i times shift^i / n
  powers(table, constants + 3 * SIZE, one, n);
  for (let i: usize = 0; i < n; i++) {
    const x = out + usize(reversed(u32(i), k)) * SIZE;
    mul(x, x, table + i * SIZE);
    mul(x, x, constants + 4 * SIZE);
  }

  // coefficients to values, in natural order again: halves that grow
  powers(table, constants + SIZE, one, n >> 1);
  for (let half: usize = 1, step = n >> 1; half < n; half <<= 1, step >>= 1) {
    for (let start: usize = 0; start < n; start += half << 1) {
      for (let i: usize = 0; i < half; i++) {
        const x = out + (start + i) * SIZE;
        const y = x + half * SIZE;
        mul(t, y, table + i * step * SIZE);
        sub(y, x, t);
        add(x, x, t);
      }
    }
  }
}

/**
 * out = (A w)(B w) - C w on the odd powers of the root of order 2^(k+1), canonical, where C w has the products of A w and B w on
 * the others. `constants`: those of toCoset, 1 not in Montgomery form, two for `transformLanes.ts`.
 */
export function quotientOf(entries: usize, count: u32, witness: usize, k: u32, constants: usize, out: usize): void {
  const a = alloc(SIZE << k);
  const b = alloc(SIZE << k);
  const c = alloc(SIZE << k);
  const odd = alloc(SIZE << k);
  const plain = constants + 5 * SIZE;
  rows(entries, usize(count), witness, k, a, b);
  for (let i: usize = 0; i < SIZE << k; i += SIZE) mul(c + i, a + i, b + i);
  toCoset(a, k, constants, out);
  toCoset(b, k, constants, odd);
  for (let i: usize = 0; i < SIZE << k; i += SIZE) mul(out + i, out + i, odd + i);
  toCoset(c, k, constants, odd);
  for (let i: usize = 0; i < SIZE << k; i += SIZE) {
    sub(t, out + i, odd + i);
    mul(out + i, t, plain);
  }
}
