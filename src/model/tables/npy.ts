import { FileFormatError } from '../../errors/FileFormatError.ts';
import { show } from '../json.ts';

/** An array of numbers, row-major. */
export interface NumericArray {
  dimensions: number[];
  data: ArrayLike<number>;
}

interface NpyType {
  bytes: number;
  read: (view: DataView, length: number, little: boolean) => ArrayLike<number>;
}

/** numpy's kinds and sizes. 64-bit integers must be exact in a double. */
const TYPES: Record<string, NpyType> = {
  u1: { bytes: 1, read: (v, n) => new Uint8Array(v.buffer.slice(v.byteOffset, v.byteOffset + n)) },
  i1: { bytes: 1, read: (v, n) => new Int8Array(v.buffer.slice(v.byteOffset, v.byteOffset + n)) },
  i2: { bytes: 2, read: (v, n, little) => fill(new Int16Array(n), (k) => v.getInt16(2 * k, little)) },
  i4: { bytes: 4, read: (v, n, little) => fill(new Int32Array(n), (k) => v.getInt32(4 * k, little)) },
  i8: { bytes: 8, read: (v, n, little) => fill(new Float64Array(n), (k) => safe(v.getBigInt64(8 * k, little), k)) },
  f4: { bytes: 4, read: (v, n, little) => fill(new Float32Array(n), (k) => v.getFloat32(4 * k, little)) },
  f8: { bytes: 8, read: (v, n, little) => fill(new Float64Array(n), (k) => v.getFloat64(8 * k, little)) },
};

const MAX_HEADER_BYTES = 1 << 16;

/** What numpy writes, and nothing more of Python: the three keys in any order, a tuple of integers. */
const HEADER = /^\{(?:'descr':\s*'[^'\\]{1,40}'|'fortran_order':\s*(?:True|False)|'shape':\s*\([\d,L ]*\)|,|\s)*\}\s*$/;
const DESCR = /'descr':\s*'([^']*)'/g;
const ORDER = /'fortran_order':\s*(True|False)/g;
const SHAPE = /'shape':\s*\(([^)]*)\)/g;

/**
 * Parses a numpy array file of version 1, 2 or 3: u1, i1, i2, i4, i8, f4 or f8 in C order.
 * @throws FileFormatError for other types and orders, or unless the length is exactly what the header says
 */
export function parseNpy(bytes: Uint8Array): NumericArray {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    throw new FileFormatError('The file is a zip archive (npz).', { hint: 'Unpack it first.' });
  }
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
  const { type, little, dimensions } = parseHeader(bytes.subarray(prefix, start));
  const count = dimensions.reduce((product, n) => product * n, 1);
  if (start + count * type.bytes !== bytes.length) {
    const needed = start + count * type.bytes;
    throw new FileFormatError(`An npy array of [${dimensions}] takes ${needed} bytes; the file has ${bytes.length}.`);
  }
  const data = type.read(new DataView(bytes.buffer, bytes.byteOffset + start, bytes.length - start), count, little);
  return { dimensions, data };
}

function parseHeader(bytes: Uint8Array): { type: NpyType; little: boolean; dimensions: number[] } {
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
      hint: 'Save an array of numbers.',
    });
  }
  if (code === undefined || !Object.hasOwn(TYPES, code) || byteOrder === '=') {
    throw new FileFormatError(`The npy file holds ${show(descr)}; read are ${Object.keys(TYPES).join(', ')}.`);
  }
  if (order === 'True') {
    throw new FileFormatError('The npy file is in Fortran order.', { hint: 'Save numpy.ascontiguousarray(a).' });
  }
  const parts = shape.split(',').map((part) => part.trim());
  if (parts[parts.length - 1] === '') parts.pop();
  const dimensions = parts.map((part) => (/^\d{1,15}L?$/.test(part) ? Number.parseInt(part, 10) : Number.NaN));
  if (dimensions.length > 8 || dimensions.some(Number.isNaN)) {
    throw new FileFormatError(`The npy shape (${shape.slice(0, 80)}) is not valid.`);
  }
  return { type: TYPES[code], little: byteOrder !== '>', dimensions };
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
