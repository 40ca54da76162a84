import { inverse, mod } from '../numbers/field.ts';
import type { Kernels, Vec } from './kernels.ts';

const SIZE = 32;
/** Threads that a vector is cut for, at most: below so many pieces the inner index is cut. */
const PIECES = 8;

/**
 * out[o][d][k] = sum_x table[d][x] M[o][x][k]: one axis of a tensor is taken to another by a matrix. Entries of the table that are 0 cost
 * nothing.
 * @param table rows of `n` entries, as many as the new axis has
 * @param n entries of the axis
 * @param inner entries below it
 */
export function axisSums(k: Kernels, M: Vec, table: Vec, n: number, inner: number): Vec {
  const m = table.len / n;
  const outer = M.len / (n * inner);
  const out = k.raw(outer * m * inner);
  if (outer >= PIECES) {
    k.parts(outer, m * n * inner, (from, to) => {
      const [written, read] = [out.ptr + from * m * inner * SIZE, M.ptr + from * n * inner * SIZE];
      return ['axisSums', written, read, to - from, n, inner, table.ptr, m, 0, inner];
    });
  } else {
    k.parts(inner, outer * m * n, (from, to) => {
      return ['axisSums', out.ptr, M.ptr, outer, n, inner, table.ptr, m, from, to];
    });
  }
  return out;
}

/** dst[i low.len + j] += high[i] low[j]. */
export function addOuter(k: Kernels, dst: Vec, low: Vec, high: Vec): void {
  k.parts(high.len, low.len, (from, to) => [
    'outer',
    dst.ptr + from * low.len * SIZE,
    high.ptr + from * SIZE,
    to - from,
    low.ptr,
    low.len,
    1,
  ]);
}

/** out[i low.len + j] = high[i] low[j]. */
export function outer(k: Kernels, low: Vec, high: Vec): Vec {
  const out = k.zeros(low.len * high.len);
  addOuter(k, out, low, high);
  return out;
}

/** eq(z, x) for all x, as numbers: only for points of a few coordinates. */
export function eqNumbers(z: readonly bigint[]): bigint[] {
  return z.reduce<bigint[]>(
    (table, v) => [...table.map((e) => mod(e * (1n - v))), ...table.map((e) => mod(e * v))],
    [1n],
  );
}

/** 1/2 in every coordinate: the weight 1 over so many bits is 2^bits eq of it. */
export function halves(bits: number): bigint[] {
  return new Array<bigint>(bits).fill(inverse(2n));
}
