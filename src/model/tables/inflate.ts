import { Gunzip, Inflate, Unzlib } from 'fflate';
import { FileFormatError } from '../../errors/FileFormatError.ts';
import { crc32 } from './crc32.ts';

/** Greatest size of what is decompressed. */
export const MAX_INFLATED_BYTES = 1 << 28;

/** Compressed bytes that are decompressed at once: they make at most a thousand times as many. */
const STEP = 1 << 14;

/**
 * Decompresses deflated bytes (of zip: without a header) to exactly `size` bytes, and never makes many more.
 * @throws FileFormatError when there are more or fewer, or the bytes are damaged; `what` names them
 */
export function inflate(bytes: Uint8Array, size: number, what: string): Uint8Array<ArrayBuffer> {
  return drain(new Inflate(), bytes, size, what);
}

/** The same of bytes in the wrapping of zlib, as PNG has them. */
export function unzlib(bytes: Uint8Array, size: number, what: string): Uint8Array<ArrayBuffer> {
  return drain(new Unzlib(), bytes, size, what);
}

/** Whether bytes are those of a gzip file. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Decompresses a gzip file of one member.
 * @throws FileFormatError when it is damaged, or claims or makes more than 2^28 bytes
 */
export function gunzip(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (bytes.length < 18) throw new FileFormatError('The gzip file is truncated.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [check, size] = [view.getUint32(bytes.length - 8, true), view.getUint32(bytes.length - 4, true)];
  if (size > MAX_INFLATED_BYTES) {
    throw new FileFormatError(`The gzip file claims ${size} bytes; at most ${MAX_INFLATED_BYTES} are read.`, {
      hint: 'Unpack it first.',
    });
  }
  const out = drain(new Gunzip(), bytes, size, 'The gzip file');
  if (crc32(out) !== check) throw new FileFormatError('The gzip file is damaged: its checksum is another.');
  return out;
}

function drain(
  stream: Inflate | Gunzip | Unzlib,
  bytes: Uint8Array,
  size: number,
  what: string,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size);
  let made = 0;
  stream.ondata = (chunk) => {
    if (made + chunk.length > size) throw new FileFormatError(`${what} holds more than the ${size} bytes it claims.`);
    out.set(chunk, made);
    made += chunk.length;
  };
  try {
    for (let at = 0; at < bytes.length; at += STEP) {
      stream.push(bytes.subarray(at, at + STEP), at + STEP >= bytes.length);
    }
  } catch (cause) {
    if (cause instanceof FileFormatError) throw cause;
    throw new FileFormatError(`${what} is damaged: it cannot be decompressed.`, { cause });
  }
  if (made !== size) throw new FileFormatError(`${what} holds ${made} bytes and claims ${size}.`);
  return out;
}
