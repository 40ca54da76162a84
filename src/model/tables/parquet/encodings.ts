import { damaged } from './damaged.ts';
import { integer, varint } from './thrift.ts';

/** Bytes that are read from the front. */
export interface Source {
  bytes: Uint8Array;
  at: number;
}

/**
 * Fills `out` from runs: each either one value many times, or groups of 8 values, bit by bit.
 * @param width bits of a value, at most 32
 * @throws FileFormatError when the bytes end too early
 */
export function readRuns(source: Source, width: number, out: Uint8Array | Uint32Array): void {
  const { bytes } = source;
  if (width > 32) throw damaged('values of more than 32 bits');
  for (let k = 0; k < out.length; ) {
    const header = varint(source);
    const rest = bytes.length - source.at;
    if (header % 2 === 0) {
      const size = Math.ceil(width / 8);
      if (size > rest) throw damaged('a run is cut off');
      let value = 0;
      for (let j = 0; j < size; j++) value += bytes[source.at++] * 256 ** j;
      const stop = Math.min(out.length, k + header / 2);
      out.fill(value, k, stop);
      k = stop;
    } else {
      // The last group may be filled up with values that are not there; writers may leave out its last bytes.
      const count = Math.min(out.length - k, 8 * Math.floor(header / 2));
      if (Math.ceil((count * width) / 8) > rest) throw damaged('a run is cut off');
      unpackBits(bytes, source.at, width, out, k, count);
      source.at += Math.min(rest, Math.floor(header / 2) * width);
      k += count;
    }
  }
}

function unpackBits(bytes: Uint8Array, at: number, width: number, out: Uint8Array | Uint32Array, k: number, n: number) {
  const modulus = 2 ** width;
  let [held, bits, byte] = [0, 0, at];
  for (let j = 0; j < n; j++) {
    // At most 31 + 8 bits are held: exact in a double.
    while (bits < width) {
      held += bytes[byte++] * 2 ** bits;
      bits += 8;
    }
    out[k + j] = held % modulus;
    held = Math.floor(held / modulus);
    bits -= width;
  }
}

/** No block that writers make is larger. */
const MAX_BLOCK = 1 << 16;

/**
 * Reads `count` integers of 32 or 64 bits that are written as differences, in blocks; sums wrap around.
 * @returns the integers, those beyond 2^53 rounded
 * @throws FileFormatError when the bytes end too early, or do not hold `count` integers
 */
export function readDeltas(source: Source, count: number, bits: 32 | 64): Float64Array {
  const [block, parts, total] = [varint(source), varint(source), varint(source)];
  const each = block / parts;
  if (block > MAX_BLOCK || !Number.isInteger(each) || each < 8 || each % 8 !== 0 || total !== count) {
    throw damaged(`blocks of ${block} integers in ${parts} parts, ${total} in all and not ${count}`);
  }
  const out = new Float64Array(count);
  const add = bits === 32 ? adder32(integer(source)) : adder64(signed64(source));
  if (count > 0) out[0] = add.first;
  for (let k = 1; k < count; ) {
    const least = bits === 32 ? BigInt(integer(source)) : signed64(source);
    const widths = takeBytes(source, parts);
    for (let j = 0; j < parts && k < count; j++) {
      const width = widths[j];
      if (width > bits + 1 || width > 64) throw damaged(`differences of ${width} bits`);
      const packed = takeBytes(source, (each * width) / 8);
      const next = add.block(least);
      const stop = Math.min(count, k + each);
      for (let bit = 0; k < stop; k++, bit += width) out[k] = next(packed, bit, width);
    }
  }
  return out;
}

interface Adder {
  first: number;
  /** Gives the sum after each further difference: `least` and the number of `width` bits at a bit of `packed`. */
  block(least: bigint): (packed: Uint8Array, bit: number, width: number) => number;
}

function adder32(first: number): Adder {
  let value = first | 0;
  return {
    first: value,
    block: (least) => {
      const step = Number(BigInt.asIntN(32, least));
      return (packed, bit, width) => {
        value = (value + step + bitsAt(packed, bit, width)) | 0;
        return value;
      };
    },
  };
}

function adder64(first: bigint): Adder {
  let value = first;
  return {
    first: Number(value),
    block: (least) => (packed, bit, width) => {
      const low = Math.min(width, 32);
      const high = BigInt(bitsAt(packed, bit + low, width - low)) << 32n;
      value = BigInt.asIntN(64, value + least + high + BigInt(bitsAt(packed, bit, low)));
      return Number(value);
    },
  };
}

/** A signed number of at most 64 bits, exact; written as `integer` says. */
function signed64(source: Source): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const [byte] = takeBytes(source, 1);
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
  }
  throw damaged('a number does not end');
}

/** The number of `width` bits, at most 33, from this bit on. */
function bitsAt(bytes: Uint8Array, bit: number, width: number): number {
  let value = 0;
  for (let got = 0; got < width; ) {
    const shift = (bit + got) & 7;
    const some = Math.min(8 - shift, width - got);
    value += ((bytes[(bit + got) >> 3] >> shift) & ((1 << some) - 1)) * 2 ** got;
    got += some;
  }
  return value;
}

/** The next bytes of a source. @throws FileFormatError when it has fewer */
export function takeBytes(source: Source, length: number): Uint8Array {
  if (!(length >= 0 && length <= source.bytes.length - source.at)) throw damaged('a page is cut off');
  source.at += length;
  return source.bytes.subarray(source.at - length, source.at);
}
