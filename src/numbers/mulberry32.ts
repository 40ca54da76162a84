/**
 * The generator mulberry32: the same numbers everywhere for one seed. Not for secrets.
 * @param seed 0..2^32-1
 * @returns a function whose every call gives the next number, a multiple of 2^-32 in [0, 1)
 */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
