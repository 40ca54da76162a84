import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { damaged } from './damaged.ts';

/** A place in Thrift's compact protocol, in which Parquet writes everything but the values themselves. */
export interface Cursor {
  bytes: Uint8Array;
  /** Next byte. */
  at: number;
  /** What the value at this place is: a code of the protocol, set by `readStruct` and `readList`. */
  type: number;
  /** How deep structures are nested here. */
  depth: number;
  inList: boolean;
}

/** Reads the value that the cursor stands before. */
export type Read = (cursor: Cursor) => void;

const [TRUE, FALSE, BYTE, I64, DOUBLE, BINARY, LIST, SET, STRUCT] = [1, 2, 3, 6, 7, 8, 9, 10, 12];
/** Parquet nests six deep. */
const MAX_DEPTH = 24;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function cursorAt(bytes: Uint8Array, at: number): Cursor {
  return { bytes, at, type: STRUCT, depth: 0, inList: false };
}

/**
 * Reads a structure field by field; fields that are not named are passed over, and take no memory.
 * @throws FileFormatError unless it is one
 */
export function readStruct(cursor: Cursor, fields: { readonly [id: number]: Read }): void {
  expect(cursor.type === STRUCT);
  enter(cursor, () => {
    for (let id = 0; ; ) {
      const byte = next(cursor);
      if (byte === 0) return;
      const step = byte >> 4;
      id = step === 0 ? integer(cursor) : id + step;
      cursor.type = byte & 15;
      cursor.inList = false;
      const read = Object.hasOwn(fields, id) ? fields[id] : skip;
      read(cursor);
    }
  });
}

/** Reads a list, element by element. @throws FileFormatError unless it is one, of at most `limit` elements */
export function readList(cursor: Cursor, limit: number, read: Read): void {
  expect(cursor.type === LIST || cursor.type === SET);
  const byte = next(cursor);
  const size = byte >> 4 === 15 ? varint(cursor) : byte >> 4;
  // Every element takes a byte at least.
  expect(size <= limit && size <= cursor.bytes.length - cursor.at);
  enter(cursor, () => {
    for (let k = 0; k < size; k++) {
      cursor.type = byte & 15;
      cursor.inList = true;
      read(cursor);
    }
  });
}

/** An integer, exact up to 2^53. @throws FileFormatError for another type */
export function readInteger(cursor: Cursor): number {
  expect(cursor.type >= BYTE && cursor.type <= I64);
  return cursor.type === BYTE ? (next(cursor) << 24) >> 24 : integer(cursor);
}

export function readBoolean(cursor: Cursor): boolean {
  expect(cursor.type === TRUE || cursor.type === FALSE);
  return cursor.inList ? next(cursor) === TRUE : cursor.type === TRUE;
}

/** UTF-8. @throws FileFormatError for other bytes */
export function readText(cursor: Cursor): string {
  expect(cursor.type === BINARY);
  const bytes = take(cursor, varint(cursor));
  try {
    return UTF8.decode(bytes as Uint8Array<ArrayBuffer>);
  } catch (cause) {
    throw new FileFormatError('The Parquet file has a name that is not UTF-8 text.', { cause });
  }
}

/** An unsigned number of 7 bits a byte, exact up to 2^53. @throws FileFormatError beyond 10 bytes */
export function varint(cursor: { bytes: Uint8Array; at: number }): number {
  let value = 0;
  for (let k = 0, factor = 1; k < 10; k++, factor *= 128) {
    const byte = next(cursor);
    value += (byte & 127) * factor;
    if (byte < 128) return value;
  }
  throw damaged('a number does not end');
}

/** A signed number: 0, -1, 1, -2, .. are written as 0, 1, 2, 3, .. */
export function integer(cursor: { bytes: Uint8Array; at: number }): number {
  const value = varint(cursor);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function skip(cursor: Cursor): void {
  const { type } = cursor;
  if (type === TRUE || type === FALSE) readBoolean(cursor);
  else if (type >= BYTE && type <= I64) readInteger(cursor);
  else if (type === DOUBLE) take(cursor, 8);
  else if (type === BINARY) take(cursor, varint(cursor));
  else if (type === LIST || type === SET) readList(cursor, Number.POSITIVE_INFINITY, skip);
  else readStruct(cursor, {});
}

function enter(cursor: Cursor, read: () => void): void {
  expect(cursor.depth < MAX_DEPTH);
  cursor.depth++;
  read();
  cursor.depth--;
}

function next(cursor: { bytes: Uint8Array; at: number }): number {
  expect(cursor.at < cursor.bytes.length);
  return cursor.bytes[cursor.at++];
}

function take(cursor: Cursor, length: number): Uint8Array {
  expect(length <= cursor.bytes.length - cursor.at);
  cursor.at += length;
  return cursor.bytes.subarray(cursor.at - length, cursor.at);
}

function expect(holds: boolean): asserts holds {
  if (!holds) throw damaged('its description cannot be read');
}
