import { poseidon2 } from 'poseidon-lite/poseidon2';
import { FileFormatError } from '../errors/FileFormatError.ts';
import { InputError } from '../errors/InputError.ts';
import { R } from '../numbers/field.ts';

/** A salt is one uniform element of F; it makes a commitment hiding (design section 9). @throws InputError */
export function checkSalt(salt: bigint): void {
  if (salt < 0n || salt >= R) throw new InputError('A salt is an element of the scalar field, in [0, r).');
}

/** The coefficient at 2^18 of chunk h of a commitment: Poseidon(salt, h) (protocol section 1). */
export function chunkSalt(salt: bigint, chunk: number): bigint {
  return poseidon2([salt, BigInt(chunk)]);
}

export function formatSalt(salt: bigint): string {
  checkSalt(salt);
  return `0x${salt.toString(16).padStart(64, '0')}`;
}

/** @throws FileFormatError unless the text is what `formatSalt` writes. */
export function parseSalt(text: string): bigint {
  const salt = /^0x[0-9a-f]{64}$/.test(text) ? BigInt(text) : R;
  if (salt >= R) throw new FileFormatError('The salt in the metadata is not 64 hexadecimal digits below r.');
  return salt;
}
