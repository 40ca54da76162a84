/** Points as they come and go: 64 bytes, x and y of 32 bytes little-endian, zeros for infinity. */

import { isInfinity } from './affine';
import { canonical, ELEMENT, FROM_256, mul, pack, PLAIN_ONE, reduce, TO_256, unpack } from './fq';

/** Converts a point of 64 bytes (R = 2^256) to 72 bytes; false for infinity. */
export function readPoint(to: usize, from: usize): bool {
  let any: u64 = 0;
  for (let i: usize = 0; i < 64; i += 8) any |= load<u64>(from + i);
  if (any == 0) return false;
  for (let k: usize = 0; k < 2; k++) {
    unpack(to + k * ELEMENT, from + 32 * k);
    mul(to + k * ELEMENT, to + k * ELEMENT, FROM_256);
    reduce(to + k * ELEMENT, to + k * ELEMENT);
  }
  return true;
}

/** Writes 64 bytes: x, y times 2^256 or, with plain, canonical; zeros for infinity. */
export function writePoint(to: usize, from: usize, plain: bool): void {
  memory.fill(to, 0, 64);
  if (isInfinity(from)) return;
  for (let k: usize = 0; k < 2; k++) {
    mul(coordinate, from + k * ELEMENT, plain ? PLAIN_ONE : TO_256);
    reduce(coordinate, coordinate);
    canonical(coordinate, coordinate);
    pack(to + 32 * k, coordinate);
  }
}

const coordinate: usize = memory.data(64, 16);
