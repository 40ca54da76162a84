import { InputError } from '../errors/InputError.ts';
import { MAX_SIZE, SIGNED_LIMIT } from '../numbers/constants.ts';
import { evaluatePolynomial } from '../numbers/field.ts';
import { int16Bytes, int16Values } from './int16.ts';
import type { ShardShape } from './shape.ts';

/** The inputs of one row as integers, fa fraction bits, each in [-2^15, 2^15). */
export type RowRecord = Int32Array;

/** @throws InputError for a record that no row can be */
export function checkRecord(record: RowRecord): void {
  if (record.length < 1 || record.length > MAX_SIZE) {
    throw new InputError(`A record has 1 to ${MAX_SIZE} inputs, not ${record.length}.`);
  }
  const wrong = record.findIndex((v) => v < -SIGNED_LIMIT || v >= SIGNED_LIMIT);
  if (wrong >= 0) throw new InputError(`Input ${wrong} of the record is ${record[wrong]}, outside of [-2^15, 2^15).`);
}

/** Two bytes an entry, the highest first, two's complement: what a statement binds the hash of (protocol section 14). */
export function recordBytes(record: RowRecord): Uint8Array {
  return int16Bytes(record);
}

/** The inverse. @throws InputError for an odd number of bytes */
export function recordOf(bytes: Uint8Array): RowRecord {
  if (bytes.length % 2 === 1) throw new InputError('A record has two bytes for each input.');
  return int16Values(bytes);
}

/** sum_j r^j record_j: the fingerprint of a row with these inputs. */
export function recordAt(record: RowRecord, r: bigint): bigint {
  return evaluatePolynomial([...record].map(BigInt), r);
}

/** The shape that stands for a record: one row of as many inputs. */
export function recordShape(record: RowRecord): ShardShape {
  return { inputs: record.length, outputs: 1, rows: 1, kind: 'regression' };
}
