import { readDeltas, readRuns, type Source, takeBytes } from './encodings.ts';
import type { Element } from './footer.ts';

/** Numbers, or the bytes of texts. Booleans are 0 and 1; 64-bit integers beyond 2^53 are rounded. */
export type Values = Numbers | Texts;
export interface Texts {
  length: number;
  bytes: Uint8Array;
  /** Where each text begins and ends. */
  starts: Uint32Array;
  ends: Uint32Array;
}
export type Numbers = Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array;

const [PLAIN, RLE, DELTA_BINARY_PACKED, DELTA_LENGTH_BYTE_ARRAY, BYTE_STREAM_SPLIT] = [0, 3, 5, 6, 9];

/**
 * Reads values of a page, without those of a dictionary.
 * @returns undefined when values of this type are not read in this encoding
 * @throws FileFormatError when the bytes are too few
 */
export function readValues(source: Source, count: number, leaf: Element, encoding: number): Values | undefined {
  const { physical } = leaf;
  if (physical === 'BYTE_ARRAY') {
    if (encoding === PLAIN) return readTexts(source, count, () => readLength(source));
    if (encoding !== DELTA_LENGTH_BYTE_ARRAY) return undefined;
    const lengths = readDeltas(source, count, 32);
    return readTexts(source, count, (k) => lengths[k]);
  }
  if (physical === 'BOOLEAN') {
    const out = new Uint8Array(count);
    if (encoding === PLAIN) {
      const bits = takeBytes(source, Math.ceil(count / 8));
      for (let k = 0; k < count; k++) out[k] = (bits[k >> 3] >> (k & 7)) & 1;
      return out;
    }
    if (encoding !== RLE) return undefined;
    readRuns({ bytes: takeBytes(source, readLength(source)), at: 0 }, 1, out);
    return out;
  }
  if (encoding === DELTA_BINARY_PACKED && (physical === 'INT32' || physical === 'INT64')) {
    const values = readDeltas(source, count, physical === 'INT32' ? 32 : 64);
    if (!leaf.unsigned && leaf.scale === 0) return values;
    const modulus = physical === 'INT32' ? 2 ** 32 : 2 ** 64;
    return leaf.unsigned ? values.map((x) => (x < 0 ? x + modulus : x)) : values.map((x) => x / 10 ** leaf.scale);
  }
  const width =
    physical === 'FIXED_LEN_BYTE_ARRAY' ? leaf.length : physical === 'INT32' || physical === 'FLOAT' ? 4 : 8;
  if (encoding !== PLAIN && encoding !== BYTE_STREAM_SPLIT) return undefined;
  const bytes = takeBytes(source, count * width);
  return toNumbers(encoding === PLAIN ? bytes : joinStreams(bytes, width), count, width, leaf);
}

function readTexts(source: Source, count: number, lengthOf: (k: number) => number): Texts {
  const { bytes } = source;
  const [starts, ends] = [new Uint32Array(count), new Uint32Array(count)];
  for (let k = 0; k < count; k++) {
    const length = lengthOf(k);
    starts[k] = source.at;
    takeBytes(source, length);
    ends[k] = source.at;
  }
  return { length: count, bytes, starts, ends };
}

/** A length before bytes. */
export function readLength(source: Source): number {
  const [a, b, c, d] = takeBytes(source, 4);
  return a + 256 * (b + 256 * (c + 256 * d));
}

/** Bytes of values, whose first bytes were written first, then their second bytes, and so on. */
function joinStreams(bytes: Uint8Array, width: number): Uint8Array {
  const count = bytes.length / width;
  const out = new Uint8Array(bytes.length);
  for (let j = 0; j < width; j++) for (let k = 0; k < count; k++) out[k * width + j] = bytes[j * count + k];
  return out;
}

function toNumbers(bytes: Uint8Array, count: number, width: number, { physical, unsigned, meaning, scale }: Element) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const fill = <T extends Numbers>(out: T, read: (at: number) => number): T => {
    for (let k = 0; k < count; k++) out[k] = read(width * k);
    return out;
  };
  if (meaning === 'DECIMAL') {
    const power = 10 ** scale;
    if (physical === 'INT32') return fill(new Float64Array(count), (at) => view.getInt32(at, true) / power);
    if (physical === 'INT64') return fill(new Float64Array(count), (at) => Number(view.getBigInt64(at, true)) / power);
    return fill(new Float64Array(count), (at) => Number(bigEndian(view, at, width)) / power);
  }
  if (physical === 'FLOAT') return fill(new Float32Array(count), (at) => view.getFloat32(at, true));
  if (physical === 'DOUBLE') return fill(new Float64Array(count), (at) => view.getFloat64(at, true));
  if (physical === 'INT32') {
    return unsigned
      ? fill(new Uint32Array(count), (at) => view.getUint32(at, true))
      : fill(new Int32Array(count), (at) => view.getInt32(at, true));
  }
  const high = unsigned ? (at: number) => view.getUint32(at + 4, true) : (at: number) => view.getInt32(at + 4, true);
  return fill(new Float64Array(count), (at) => high(at) * 2 ** 32 + view.getUint32(at, true));
}

/** A signed integer, greatest byte first. */
function bigEndian(view: DataView, at: number, width: number): bigint {
  let value = BigInt(view.getInt8(at));
  for (let j = 1; j < width; j++) value = value * 256n + BigInt(view.getUint8(at + j));
  return value;
}
