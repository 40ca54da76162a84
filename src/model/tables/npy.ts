import { FileFormatError } from '../../errors/FileFormatError.ts';
import { halfFloat } from '../halfFloat.ts';
import { show } from '../json.ts';

/** An array of numbers, row-major. */
export interface NumericArray {
  dimensions: number[];
  data: ArrayLike<number>;
}

/** An array of texts, row-major, without the zeros that numpy fills them up with. */
export interface TextArray {
  dimensions: number[];
  texts: string[];
}

type Values =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

interface NpyType {
  bytes: number;
  read: (view: DataView, length: number, little: boolean) => Values;
}

/** numpy's kinds and sizes. Booleans are 0 and 1; 64-bit integers must be exact in a double. */
const TYPES: Record<string, NpyType> = {
  b1: { bytes: 1, read: (v, n) => fill(new Uint8Array(n), (k) => boolean(v.getUint8(k), k)) },
  u1: { bytes: 1, read: (v, n) => new Uint8Array(v.buffer.slice(v.byteOffset, v.byteOffset + n)) },
  u2: { bytes: 2, read: (v, n, little) => fill(new Uint16Array(n), (k) => v.getUint16(2 * k, little)) },
  u4: { bytes: 4, read: (v, n, little) => fill(new Uint32Array(n), (k) => v.getUint32(4 * k, little)) },
  u8: { bytes: 8, read: (v, n, little) => fill(new Float64Array(n), (k) => safe(v.getBigUint64(8 * k, little), k)) },
  i1: { bytes: 1, read: (v, n) => new Int8Array(v.buffer.slice(v.byteOffset, v.byteOffset + n)) },
  i2: { bytes: 2, read: (v, n, little) => fill(new Int16Array(n), (k) => v.getInt16(2 * k, little)) },
  i4: { bytes: 4, read: (v, n, little) => fill(new Int32Array(n), (k) => v.getInt32(4 * k, little)) },
  i8: { bytes: 8, read: (v, n, little) => fill(new Float64Array(n), (k) => safe(v.getBigInt64(8 * k, little), k)) },
  f2: { bytes: 2, read: (v, n, little) => fill(new Float32Array(n), (k) => halfFloat(v.getUint16(2 * k, little))) },
  f4: { bytes: 4, read: (v, n, little) => fill(new Float32Array(n), (k) => v.getFloat32(4 * k, little)) },
  f8: { bytes: 8, read: (v, n, little) => fill(new Float64Array(n), (k) => v.getFloat64(8 * k, little)) },
};

const MAX_HEADER_BYTES = 1 << 16;
/** Of one text. */
const MAX_TEXT_BYTES = 1 << 14;
const MAX_TEXTS = 1 << 22;

/** What numpy writes, and nothing more of Python: the three keys in any order, a tuple of integers. */
const HEADER = /^\{(?:'descr':\s*'[^'\\]{1,40}'|'fortran_order':\s*(?:True|False)|'shape':\s*\([\d,L ]*\)|,|\s)*\}\s*$/;
const DESCR = /'descr':\s*'([^']*)'/g;
const ORDER = /'fortran_order':\s*(True|False)/g;
const SHAPE = /'shape':\s*\(([^)]*)\)/g;

interface Header {
  /** Kind and size, such as `f4`, or `U` and the number of characters. */
  code: string;
  little: boolean;
  fortran: boolean;
  dimensions: number[];
}

/**
 * Parses a numpy array file of version 1, 2 or 3, in C or in Fortran order: booleans, integers and floats of all sizes up
 * to 8 bytes, and texts (kinds U and S).
 * @throws FileFormatError for other types, or unless the length is exactly what the header says
 */
export function parseNpy(bytes: Uint8Array): NumericArray | TextArray {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (bytes.length < 10 || magic.some((byte, k) => bytes[k] !== byte)) {
    throw new FileFormatError('The file is no npy file: it does not begin with \\x93NUMPY.');
  }
  const version = bytes[6];
  if (version < 1 || version > 3) throw new FileFormatError(`The npy version ${version} is unknown.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const prefix = version === 1 ? 10 : 12;
  if (bytes.length < prefix) throw new FileFormatError('The npy file ends inside its header.');
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER_BYTES) {
    throw new FileFormatError(`The npy header claims ${length} bytes; at most ${MAX_HEADER_BYTES} are read.`);
  }
  const start = prefix + length;
  if (bytes.length < start) throw new FileFormatError('The npy file ends inside its header.');
  const { code, little, fortran, dimensions } = parseHeader(bytes.subarray(prefix, start));
  const count = dimensions.reduce((product, n) => product * n, 1);
  const isText = code[0] === 'U' || code[0] === 'S';
  const size = isText ? textBytes(code, count) : TYPES[code].bytes;
  const needed = start + count * size;
  if (needed !== bytes.length) {
    throw new FileFormatError(`An npy array of [${dimensions}] takes ${needed} bytes; the file has ${bytes.length}.`);
  }
  const data = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.length - start);
  const order = fortran ? rowMajor(dimensions) : undefined;
  if (isText) {
    const read = code[0] === 'U' ? readUtf32 : readUtf8;
    const texts = Array.from({ length: count }, (_, k) => read(data, k, size, little));
    return { dimensions, texts: order ? Array.from(order, (k) => texts[k]) : texts };
  }
  const values = TYPES[code].read(data, count, little);
  return { dimensions, data: order ? fill(values.slice(), (k) => values[order[k]]) : values };
}

function parseHeader(bytes: Uint8Array): Header {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  if (/'descr':\s*\[/.test(text)) throw new FileFormatError('The npy file holds records, not numbers.');
  const found = [DESCR, ORDER, SHAPE].map((key) => [...text.matchAll(key)]);
  if (!HEADER.test(text) || found.some((matches) => matches.length !== 1)) {
    throw new FileFormatError('The npy header is not a description of one array.');
  }
  const [descr, order, shape] = found.map(([match]) => match[1]);
  const [, byteOrder, code] = /^([<>|=]?)([a-zA-Z]\d*)$/.exec(descr) ?? [];
  if (code?.startsWith('O')) {
    throw new FileFormatError('The npy file holds Python objects, which would run code when read.', {
      hint: "Save an array of numbers; for labels a.astype('U').",
    });
  }
  const isKnown = code !== undefined && (Object.hasOwn(TYPES, code) || /^[US]\d{1,9}$/.test(code));
  if (!isKnown || byteOrder === '=') {
    throw new FileFormatError(`The npy file holds ${show(descr)}; read are ${Object.keys(TYPES).join(', ')}, U and S.`);
  }
  const parts = shape.split(',').map((part) => part.trim());
  if (parts[parts.length - 1] === '') parts.pop();
  const dimensions = parts.map((part) => (/^\d{1,15}L?$/.test(part) ? Number.parseInt(part, 10) : Number.NaN));
  if (dimensions.length > 8 || dimensions.some(Number.isNaN)) {
    throw new FileFormatError(`The npy shape (${shape.slice(0, 80)}) is not valid.`);
  }
  return { code, little: byteOrder !== '>', fortran: order === 'True', dimensions };
}

/** Bytes of one text. */
function textBytes(code: string, count: number): number {
  const bytes = Number(code.slice(1)) * (code[0] === 'U' ? 4 : 1);
  if (bytes === 0) throw new FileFormatError('The npy file holds nothing but empty texts.');
  if (bytes > MAX_TEXT_BYTES || count > MAX_TEXTS) {
    throw new FileFormatError(
      `The npy file holds ${count} texts of ${bytes} bytes; read are at most ${MAX_TEXTS} of ${MAX_TEXT_BYTES}.`,
    );
  }
  return bytes;
}

function readUtf8(view: DataView, k: number, size: number): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + k * size, size);
  let length = size;
  while (length > 0 && bytes[length - 1] === 0) length--;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.slice(0, length));
  } catch (cause) {
    throw new FileFormatError(`Entry ${k} is not UTF-8 text.`, { cause });
  }
}

function readUtf32(view: DataView, k: number, size: number, little: boolean): string {
  const points: number[] = [];
  for (let at = k * size; at < (k + 1) * size; at += 4) points.push(view.getUint32(at, little));
  while (points.at(-1) === 0) points.pop();
  if (points.some((point) => point > 0x10ffff || (point >= 0xd800 && point < 0xe000))) {
    throw new FileFormatError(`Entry ${k} is not text in UTF-32.`);
  }
  return String.fromCodePoint(...points);
}

/** For each row-major position, where its entry lies when the first index runs fastest. */
function rowMajor(dimensions: readonly number[]): Uint32Array {
  const out = new Uint32Array(dimensions.reduce((product, n) => product * n, 1));
  const index = dimensions.map(() => 0);
  const strides = dimensions.map((_, axis) => dimensions.slice(0, axis).reduce((product, n) => product * n, 1));
  let from = 0;
  for (let k = 0; k < out.length; k++) {
    out[k] = from;
    for (let axis = dimensions.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < dimensions[axis]) break;
      from -= index[axis] * strides[axis];
      index[axis] = 0;
    }
  }
  return out;
}

function fill<T extends { length: number; [k: number]: number }>(out: T, value: (k: number) => number): T {
  for (let k = 0; k < out.length; k++) out[k] = value(k);
  return out;
}

function safe(value: bigint, k: number): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new FileFormatError(`Entry ${k} is ${value}, beyond 2^53.`);
  return number;
}

function boolean(value: number, k: number): number {
  if (value > 1) throw new FileFormatError(`Entry ${k} is ${value}, not a boolean.`);
  return value;
}
