import { gunzip, isGzip } from './inflate.ts';
import { type NumericArray, parseNpy, type TextArray } from './npy.ts';
import { isNpz, npzArray } from './npz.ts';

/**
 * An array as numpy writes it: npy, npz, or either of them compressed with gzip.
 * @param member name of the array in an npz file; undefined: the only one. Ignored for npy
 * @throws FileFormatError; it lists the arrays of an npz file when it is not clear which
 */
export function readNumpyFile(bytes: Uint8Array, member?: string): NumericArray | TextArray {
  const plain = isGzip(bytes) ? gunzip(bytes) : bytes;
  return parseNpy(isNpz(plain) ? npzArray(plain, member) : plain);
}
