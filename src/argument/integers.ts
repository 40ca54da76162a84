import type { Kernels, Vec } from './kernels.ts';

/** Entries that are summed as plain integers before one reduction: rows of rowSums, and what an oracle's length is a multiple of. */
export const BLOCK_BITS = 8;
export const BLOCK = 1 << BLOCK_BITS;

/** Integers that are copied into the kernels' memory at once. */
const PIECE = 1 << 19;
/** Rows of one sum of columns: what 64-bit sums of 16-bit digits times 32-bit limbs hold, with room. */
const MOST_ROWS = PIECE / BLOCK;

/** Integers with entries of 32 or 64 bits. */
export type Integers = Int32Array | BigInt64Array;

/** out[i] = sum_j e[j] data[i e.len + j], for i < out.len. Only for integers: products are summed before they are reduced. */
export function rowSums(k: Kernels, out: Vec, data: Integers, e: Vec): void {
  const rows = data.length / e.len;
  const size = data.BYTES_PER_ELEMENT;
  const step = Math.max(1, Math.floor(PIECE / e.len));
  for (let row = 0; row < rows; row += step) {
    const count = Math.min(step, rows - row);
    k.withIntegers(data.subarray(row * e.len, (row + count) * e.len), (at) =>
      k.parts(count, e.len / 8, (from, to) => [
        'integerSums',
        out.ptr + (row + from) * 32,
        at + from * e.len * size,
        size,
        e.len * size,
        size,
        e.ptr,
        to - from,
        e.len,
        ...k.constants,
      ]),
    );
  }
}

/** dst[x] += sum_i w[i] data[i stride + x] for x < dst.len and all i < w.len for which there is an entry. */
export function columnSums(k: Kernels, dst: Vec, data: Integers, w: Vec, stride: number): void {
  const width = Math.max(BLOCK, Math.floor(PIECE / w.len));
  for (let x = 0; x < dst.len; x += width) {
    const count = Math.min(width, dst.len - x);
    for (let row = 0; row < w.len; row += MOST_ROWS) addColumns(k, { dst, data, w, stride }, x, count, row);
  }
}

function addColumns(
  k: Kernels,
  { dst, data, w, stride }: { dst: Vec; data: Integers; w: Vec; stride: number },
  x: number,
  count: number,
  row: number,
): void {
  const size = data.BYTES_PER_ELEMENT;
  const rows = Math.min(MOST_ROWS, w.len - row);
  const piece = data instanceof Int32Array ? new Int32Array(rows * count) : new BigInt64Array(rows * count);
  for (let i = 0; i < rows; i++) {
    const from = (row + i) * stride + x;
    const part = data.subarray(from, from + count);
    if (piece instanceof Int32Array) piece.set(part as Int32Array, i * count);
    else piece.set(part as BigInt64Array, i * count);
  }
  k.withIntegers(piece, (at) =>
    k.scoped(() => {
      const sums = k.raw(count);
      k.parts(count, rows / 8 + 2, (from, to) => [
        'integerSums',
        sums.ptr + from * 32,
        at + from * size,
        size,
        size,
        count * size,
        w.ptr + row * 32,
        to - from,
        rows,
        ...k.constants,
      ]);
      k.addTo(k.view(dst, x, x + count), sums);
    }),
  );
}

/**
 * out[(j, k)] = sum_b e[(b, k)] data[(j, b, k mod K)] with b low in e and data: the sums of every step of `batch` rows, for every feature j. e has a value for
 * every row; data has `rows` of them, K = rows / batch steps, and is repeated as often as e is longer.
 */
export function stepSums(
  k: Kernels,
  out: Vec,
  data: Int32Array,
  e: Vec,
  { rows, batch }: { rows: number; batch: number },
): void {
  const features = data.length / rows;
  const steps = e.len / batch;
  const atOnce = Math.max(1, Math.floor(PIECE / rows));
  for (let first = 0; first < features; first += atOnce) {
    const count = Math.min(atOnce, features - first);
    k.withIntegers(data.subarray(first * rows, (first + count) * rows), (at) =>
      k.parts(count, e.len / 8 + steps, (from, to) => [
        'integerStepSums',
        out.ptr + (first + from) * steps * 32,
        at + from * rows * 4,
        rows,
        e.ptr,
        steps,
        batch,
        to - from,
        ...k.constants,
      ]),
    );
  }
}
