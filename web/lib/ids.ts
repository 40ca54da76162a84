// Ids and addresses as links have them.
import { type Address, getAddress, type Hex, isAddress } from 'viem';
import { isHash } from './format.ts';

/** An id in its one form; undefined for any other text. */
export function idIn(text: string): Hex | undefined {
  return isHash(text) ? (text.toLowerCase() as Hex) : undefined;
}

/** An address in its one form; undefined for any other text. */
export function addressIn(text: string): Address | undefined {
  return isAddress(text, { strict: false }) ? getAddress(text) : undefined;
}
