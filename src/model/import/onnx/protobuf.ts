import { PbfReader } from 'pbf';
import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { show } from '../../json.ts';

/** How the value of a field is written. */
const VARINT = 0;
const LENGTH = 2;
const FIXED32 = 5;

/** Longest text that is read: names of nodes and tensors. */
const MAX_TEXT_BYTES = 4096;

/** What is read of one field of a message T. */
export interface Field<T> {
  /** How often it may come; protobuf lets later values replace earlier ones, so two readers could see different contents. */
  limit: number;
  read: (into: T, pbf: PbfReader) => void;
}

/** The fields of a message that are read, by number; others are skipped. */
export interface Schema<T> {
  /** For errors: `a node`. */
  what: string;
  fields: Record<number, Field<T>>;
}

/** A field that comes at most once. */
export function one<T>(read: Field<T>['read']): Field<T> {
  return { limit: 1, read };
}

/** A field that comes at most once and is kept as it is. */
export function set<T, K extends keyof T>(key: K, read: (pbf: PbfReader) => T[K]): Field<T> {
  return one((into, pbf) => {
    into[key] = read(pbf);
  });
}

/** A repeated field. */
export function many<T>(limit: number, read: Field<T>['read']): Field<T> {
  return { limit, read };
}

/**
 * Reads a message into `into`. Every byte must belong to a field.
 * @throws FileFormatError when it is damaged or a field comes more often than it may
 */
export function readMessage<T>(bytes: Uint8Array, { what, fields }: Schema<T>, into: T): T {
  const pbf = new PbfReader(bytes);
  const counts = new Map<number, number>();
  try {
    pbf.readFields((number, result, reader) => {
      if (!Object.hasOwn(fields, number)) return;
      const { limit, read } = fields[number];
      const count = (counts.get(number) ?? 0) + 1;
      if (count > limit) {
        throw new FileFormatError(
          `Field ${number} of ${what} comes more than ${limit === 1 ? 'once' : `${limit} times`}.`,
        );
      }
      counts.set(number, count);
      read(result, reader);
    }, into);
  } catch (cause) {
    if (cause instanceof FileFormatError) throw cause;
    throw damaged(what, { cause });
  }
  // Beyond the end: a value was cut. Before it: a field of number 0, which there is not.
  if (pbf.pos !== pbf.length) throw damaged(what);
  return into;
}

/** An integer of at most 53 bits. */
export function integer(pbf: PbfReader): number {
  expect(pbf, VARINT, 'an integer');
  return safe(pbf.readVarint(true));
}

/** Appends one integer or a packed list of them, up to `limit` + 1 in all, so that `into` shows when there are more. */
export function integers(pbf: PbfReader, into: number[], limit: number): void {
  if (into.length > limit) return;
  if (pbf.type === VARINT) into.push(integer(pbf));
  else {
    for (const value of packedIntegers(bytesOf(pbf), Number.POSITIVE_INFINITY)) {
      into.push(value);
      if (into.length > limit) return;
    }
  }
}

/** The integers of a packed list, one after the other. @throws FileFormatError for more than `limit` */
export function* packedIntegers(bytes: Uint8Array, limit: number): Generator<number> {
  const pbf = new PbfReader(bytes);
  for (let count = 0; pbf.pos < pbf.length; count++) {
    if (count === limit) throw new FileFormatError(`A list of integers has more than ${limit} entries.`);
    let value: number;
    try {
      value = pbf.readVarint(true);
    } catch (cause) {
      throw damaged('a list of integers', { cause });
    }
    yield safe(value);
  }
  if (pbf.pos !== pbf.length) throw damaged('a list of integers');
}

export function float(pbf: PbfReader): number {
  expect(pbf, FIXED32, 'a float');
  return pbf.readFloat();
}

/** Appends one float or a packed list of them, up to `limit` + 1 in all, so that `into` shows when there are more. */
export function floats(pbf: PbfReader, into: number[], limit: number): void {
  if (into.length > limit) return;
  if (pbf.type === FIXED32) {
    into.push(pbf.readFloat());
    return;
  }
  const bytes = bytesOf(pbf);
  if (bytes.length % 4 !== 0) throw damaged('a list of floats');
  const values = new Float32Array(bytes.slice().buffer);
  for (let k = 0; k < values.length && into.length <= limit; k++) into.push(values[k]);
}

/** A view of the bytes of a text, message, tensor or packed list. */
export function bytesOf(pbf: PbfReader): Uint8Array {
  expect(pbf, LENGTH, 'a block of bytes');
  const bytes = pbf.readBytes();
  if (pbf.pos > pbf.length) throw damaged('a block of bytes');
  return bytes;
}

export function text(pbf: PbfReader): string {
  const bytes = bytesOf(pbf);
  if (bytes.length > MAX_TEXT_BYTES) {
    throw new FileFormatError(`A name has ${bytes.length} bytes; at most ${MAX_TEXT_BYTES} are read.`);
  }
  return new TextDecoder().decode(bytes as Uint8Array<ArrayBuffer>);
}

function expect({ type }: PbfReader, wanted: number, what: string): void {
  if (type !== wanted) throw new FileFormatError(`A field that holds ${what} is written as protobuf type ${type}.`);
}

function safe(value: number): number {
  if (!Number.isSafeInteger(value)) throw new FileFormatError(`The integer ${show(value)} is out of range.`);
  return value;
}

function damaged(what: string, options: { cause?: unknown } = {}): FileFormatError {
  return new FileFormatError(`The bytes of ${what} are no protobuf message.`, {
    ...options,
    hint: 'The file is truncated or damaged, or it is no ONNX model.',
  });
}
