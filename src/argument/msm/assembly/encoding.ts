/**
 * Points as they come and go: x and y, 32 bytes little-endian for each element of fq (64 bytes in G1, 128 in G2: real parts
 * first), zeros for infinity.
 */

import { ELEMENT as FIELD_ELEMENT } from './field';
import { canonical, ELEMENT, FROM_256, isInfinity, mul, pack, PLAIN_ONE, reduce, TO_256, unpack } from './fq';

/** Elements of fq in a point, and the bytes of a point outside. */
const PARTS: usize = 2 * FIELD_ELEMENT / ELEMENT;
export const ENCODED: usize = 32 * PARTS;

/** Converts a point from outside (R = 2^256); false for infinity. */
export function readPoint(to: usize, from: usize): bool {
  let any: u64 = 0;
  for (let i: usize = 0; i < ENCODED; i += 8) any |= load<u64>(from + i);
  if (any == 0) return false;
  for (let k: usize = 0; k < PARTS; k++) {
    unpack(to + k * ELEMENT, from + 32 * k);
    mul(to + k * ELEMENT, to + k * ELEMENT, FROM_256);
    reduce(to + k * ELEMENT, to + k * ELEMENT);
  }
  return true;
}

/** Writes a point: coordinates times 2^256 or, with plain, canonical; zeros for infinity. */
export function writePoint(to: usize, from: usize, plain: bool): void {
  memory.fill(to, 0, ENCODED);
  if (isInfinity(from)) return;
  for (let k: usize = 0; k < PARTS; k++) {
    mul(coordinate, from + k * ELEMENT, plain ? PLAIN_ONE : TO_256);
    reduce(coordinate, coordinate);
    canonical(coordinate, coordinate);
    pack(to + 32 * k, coordinate);
  }
}

const coordinate: usize = memory.data(64, 16);
