/** Merging of weights in 64-bit integers (design section 7.4). Pointers are byte addresses; the caller owns all memory. */

/** First free byte behind the module's own data. */
export function heapBase(): usize {
  return __heap_base;
}

/** sum[i] += a x[i]. No overflow: |a| < 2^17, |x| < 2^41, at most 8 terms. */
export function addScaled(sum: usize, x: usize, n: usize, a: i64): void {
  for (let i: usize = 0; i < n; i++) store<i64>(sum + 8 * i, load<i64>(sum + 8 * i) + a * load<i64>(x + 8 * i));
}

/** out[i] = floor((sum[i] + 2^(k-1)) / 2^k), rest[i] = sum[i] + 2^(k-1) - 2^k out[i] (32 bits). */
export function round(out: usize, rest: usize, sum: usize, n: usize, k: i64): void {
  for (let i: usize = 0; i < n; i++) {
    const shifted = load<i64>(sum + 8 * i) + ((<i64>1) << (k - 1));
    const y = shifted >> k;
    store<i64>(out + 8 * i, y);
    store<i32>(rest + 4 * i, <i32>(shifted - (y << k)));
  }
}
