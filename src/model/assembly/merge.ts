/**
 * Merging of weights, exactly (design section 7.4): a weight is high 2^16 + low, and the sums of both are kept apart, high ones first. Pointers are byte
 * addresses; the caller owns all memory.
 */

/** First free byte behind the module's own data. */
export function heapBase(): usize {
  return __heap_base;
}

/** Both sums of entry i += a x[i]. No overflow: |a| < 2^17, |x| <= 2^47, at most 8 terms. */
export function addScaled(sum: usize, x: usize, n: usize, a: i64): void {
  for (let i: usize = 0; i < n; i++) {
    const at = sum + 16 * i;
    const value = load<i64>(x + 8 * i);
    store<i64>(at, load<i64>(at) + a * (value >> 16));
    store<i64>(at, load<i64>(at, 8) + a * (value & 0xffff), 8);
  }
}

/** out[i] = floor((sum + 2^(k-1)) / 2^k) of entry i, k <= 16, rest[i] what that leaves (32 bits). */
export function round(out: usize, rest: usize, sum: usize, n: usize, k: i64): void {
  for (let i: usize = 0; i < n; i++) {
    const at = sum + 16 * i;
    const low = load<i64>(at, 8) + ((<i64>1) << (k - 1));
    store<i64>(out + 8 * i, (load<i64>(at) << (16 - k)) + (low >> k));
    store<i32>(rest + 4 * i, <i32>(low & ((<i64>1 << k) - 1)));
  }
}
