/** ceil(log2 n) for an integer n in 1..2^31: bits of a padded index range. */
export function ceilLog2(n: number): number {
  return n <= 1 ? 0 : 32 - Math.clz32(n - 1);
}

/** The lowest bits of an integer >= 0 below 2^31, lowest first. */
export function bitsOf(n: number, count: number): bigint[] {
  return Array.from({ length: count }, (_, t) => BigInt((n >> t) & 1));
}

export function isPowerOfTwo(n: number): boolean {
  return Number.isInteger(n) && n > 0 && 2 ** ceilLog2(n) === n;
}
