/** ceil(log2 n) for an integer n in 1..2^31: bits of a padded index range. */
export function ceilLog2(n: number): number {
  return n <= 1 ? 0 : 32 - Math.clz32(n - 1);
}

export function isPowerOfTwo(n: number): boolean {
  return Number.isInteger(n) && n > 0 && 2 ** ceilLog2(n) === n;
}
