/** Sums over one axis of tensors, and over the places of pictures (protocol section 12). */

import { add, scratchOf } from './fr';
import { settle } from './integers';
import { axpy } from './vectors';

const SIZE: usize = 32;
/** Products that are summed before they are reduced: of integers below 2^18, 32-bit limbs and so many, a sum is below 2^63. */
const MOST: usize = 1 << 12;

// @ts-expect-error: decorator
@inline
function clear(o: usize): void {
  store<u64>(o, 0);
  store<u64>(o, 0, 8);
  store<u64>(o, 0, 16);
  store<u64>(o, 0, 24);
}

/** out[o][d][k] = sum over x < n of table[d][x] M[o][x][k] for o < outer, d < m and k in from..to of `inner`. */
export function axisSums(
  out: usize, M: usize, outer: usize, n: usize, inner: usize, table: usize, m: usize, from: usize, to: usize,
): void {
  for (let o: usize = 0; o < outer; o++, M += n * inner * SIZE) {
    for (let d: usize = 0; d < m; d++, out += inner * SIZE) {
      const row = out + from * SIZE;
      for (let k: usize = 0; k < to - from; k++) clear(row + k * SIZE);
      for (let x: usize = 0; x < n; x++) {
        const factor = table + (d * n + x) * SIZE;
        if ((load<u64>(factor) | load<u64>(factor, 8) | load<u64>(factor, 16) | load<u64>(factor, 24)) == 0) continue;
        axpy(row, M + (x * inner + from) * SIZE, to - from, factor);
      }
    }
  }
}

/** o = a0 + 2^32 a1 + .. + 2^224 a7, or added to o where it is not the `first`. */
function flush(
  o: usize, first: bool, one: usize, r2: usize, a0: i64, a1: i64, a2: i64, a3: i64, a4: i64, a5: i64, a6: i64, a7: i64,
): void {
  const t = scratchOf();
  settle(t, one, r2, a0, a1, a2, a3, a4, a5, a6, a7);
  if (first) {
    store<u64>(o, load<u64>(t));
    store<u64>(o, load<u64>(t, 8), 8);
    store<u64>(o, load<u64>(t, 16), 16);
    store<u64>(o, load<u64>(t, 24), 24);
  } else add(o, o, t);
}

/**
 * With D integers [c][v][u][row] of 32 bits below 2^18 and e elements of F at places [y][x][row] or [y][x][b], of which one is
 * `shifted`: for every kernel entry j = (dx, dy, c), numbered dx + K (dy + K c) in from..to, and every step k,
 *
 *   out[(c, dy, dx)][k] = sum over y, x < side and b < batch of D[c][.., row (k, b)] e[.., (k, b)]
 *
 * where the shifted one is read at (stride y + dy - padding, stride x + dx - padding), 0 outside of its grid, and the other at (y, x).
 * out has 2^bits taps each way. `p` points at 32-bit words: K, bits, stride, padding, side, grid of D, grid of e, rows of D, steps,
 * batch (at most 2^12), whether e is shifted, whether e has entries for every step.
 */
export function placeSums(out: usize, data: usize, e: usize, p: usize, from: usize, to: usize, one: usize, r2: usize): void {
  const kernel = load<i32>(p);
  const bits = load<i32>(p, 4);
  const jump = load<i32>(p, 8);
  const padding = load<i32>(p, 12);
  const side = load<i32>(p, 16);
  const grid = load<i32>(p, 20);
  const gridE = load<i32>(p, 24);
  const rows = usize(load<u32>(p, 28));
  const steps = usize(load<u32>(p, 32));
  const batch = usize(load<u32>(p, 36));
  const isShifted = load<i32>(p, 40) != 0;
  const ofStep = load<i32>(p, 44) != 0;
  const entries = (ofStep ? steps * batch : batch) * SIZE;
  const limit = isShifted ? gridE : grid;
  for (let t = i32(from); t < i32(to); t++) {
    const dx = t % kernel;
    const line = t / kernel;
    const dy = line % kernel;
    const c = line / kernel;
    let o = out + usize((((c << bits) + dy) << bits) + dx) * steps * SIZE;
    const channel = data + usize(c * grid * grid) * rows * 4;
    let row: usize = 0;
    for (let k: usize = 0; k < steps; k++, o += SIZE) {
      const eOfStep = e + (ofStep ? k * batch * SIZE : 0);
      let first = true;
      let count: usize = 0;
      let a0: i64 = 0;
      let a1: i64 = 0;
      let a2: i64 = 0;
      let a3: i64 = 0;
      let a4: i64 = 0;
      let a5: i64 = 0;
      let a6: i64 = 0;
      let a7: i64 = 0;
      for (let y = 0; y < side; y++) {
        const v = jump * y + dy - padding;
        if (v < 0 || v >= limit) continue;
        for (let x = 0; x < side; x++) {
          const u = jump * x + dx - padding;
          if (u < 0 || u >= limit) continue;
          if (count + batch > MOST) {
            flush(o, first, one, r2, a0, a1, a2, a3, a4, a5, a6, a7);
            first = false;
            count = 0;
            a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = 0;
          }
          count += batch;
          let d = channel + (usize(isShifted ? y * grid + x : v * grid + u) * rows + row) * 4;
          let f = eOfStep + usize(isShifted ? v * gridE + u : y * gridE + x) * entries;
          for (let b: usize = 0; b < batch; b++, d += 4, f += SIZE) {
            const value = i64(load<i32>(d));
            if (value == 0) continue;
            a0 += value * i64(load<u32>(f));
            a1 += value * i64(load<u32>(f, 4));
            a2 += value * i64(load<u32>(f, 8));
            a3 += value * i64(load<u32>(f, 12));
            a4 += value * i64(load<u32>(f, 16));
            a5 += value * i64(load<u32>(f, 20));
            a6 += value * i64(load<u32>(f, 24));
            a7 += value * i64(load<u32>(f, 28));
          }
        }
      }
      flush(o, first, one, r2, a0, a1, a2, a3, a4, a5, a6, a7);
      row += batch;
      if (row == rows) row = 0;
    }
  }
}
