import { CHUNK_COORDINATES } from '../numbers/constants.ts';
import { mod } from '../numbers/field.ts';

/** b: how many coordinates name a chunk of the longest of these vectors (protocol section 4). @param counts chunks of each */
export function chunkBits(counts: readonly number[]): number {
  return 32 - Math.clz32(Math.max(1, ...counts) - 1);
}

/**
 * What a proof says of the chunk coordinates y: the product of 1 - y over those from b on, which no chunk of it has, then
 * the low b.
 */
export function chunkPoint(y: readonly bigint[], bits: number): bigint[] {
  return [y.slice(bits).reduce((rest, coordinate) => mod(rest * (1n - coordinate)), 1n), ...y.slice(0, bits)];
}

/** The same as signals: y'_0..y'_7, rest, b. @throws RangeError unless there are b coordinates */
export function chunkSignals([rest, ...low]: readonly bigint[], bits: number): bigint[] {
  if (rest === undefined || low.length !== bits)
    throw new RangeError(`chunks of this proof have ${bits} coordinates, not ${low.length}`);
  return [...low, ...new Array<bigint>(CHUNK_COORDINATES - bits).fill(0n), rest, BigInt(bits)];
}

/** Ones for the low b coordinates: what the circuit takes. */
export function chunkMask(bits: number): bigint[] {
  return Array.from({ length: CHUNK_COORDINATES }, (_, k) => (k < bits ? 1n : 0n));
}
