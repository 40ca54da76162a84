import { FileFormatError } from '../errors/FileFormatError.ts';

/** An array of an IDX file (the format of MNIST and its relatives), row-major. */
export interface IdxArray {
  dimensions: number[];
  data: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
}

interface IdxType {
  bytes: number;
  read: (view: DataView, length: number) => IdxArray['data'];
}

/** Type codes of the third byte; all values are big-endian. */
const TYPES: Record<number, IdxType> = {
  8: { bytes: 1, read: (v, n) => new Uint8Array(v.buffer.slice(v.byteOffset, v.byteOffset + n)) },
  9: { bytes: 1, read: (v, n) => new Int8Array(v.buffer.slice(v.byteOffset, v.byteOffset + n)) },
  11: { bytes: 2, read: (v, n) => Int16Array.from({ length: n }, (_, k) => v.getInt16(2 * k)) },
  12: { bytes: 4, read: (v, n) => Int32Array.from({ length: n }, (_, k) => v.getInt32(4 * k)) },
  13: { bytes: 4, read: (v, n) => Float32Array.from({ length: n }, (_, k) => v.getFloat32(4 * k)) },
  14: { bytes: 8, read: (v, n) => Float64Array.from({ length: n }, (_, k) => v.getFloat64(8 * k)) },
};

/**
 * Parses an (uncompressed) IDX file: two zero bytes, type code, number of dimensions, the dimensions as big-endian
 * u32, then the values.
 * @throws FileFormatError unless the length is exactly what the header says.
 */
export function parseIdx(bytes: Uint8Array): IdxArray {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    throw new FileFormatError('The file is compressed with gzip.', { hint: 'Unpack it first.' });
  }
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) {
    throw new FileFormatError('The file is no IDX file: it does not begin with two zero bytes.');
  }
  const type = TYPES[bytes[2]];
  if (!type) throw new FileFormatError(`The IDX type code 0x${bytes[2].toString(16)} is unknown.`);
  const rank = bytes[3];
  const start = 4 + 4 * rank;
  if (rank === 0 || rank > 8 || bytes.length < start) {
    throw new FileFormatError(`The IDX file claims ${rank} dimensions and has ${bytes.length} bytes.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dimensions = Array.from({ length: rank }, (_, k) => view.getUint32(4 + 4 * k));
  const length = dimensions.reduce((product, n) => product * n, 1);
  if (start + length * type.bytes !== bytes.length) {
    throw new FileFormatError(
      `An IDX array of [${dimensions}] takes ${start + length * type.bytes} bytes; the file has ${bytes.length}.`,
    );
  }
  return { dimensions, data: type.read(new DataView(bytes.buffer, bytes.byteOffset + start), length) };
}
