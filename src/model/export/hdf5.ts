// HDF5 files of groups and float tensors, as far as a file of weights needs them: a superblock of version 0, object headers of
// version 1, links in the headers of their groups, and each tensor in one piece (HDF5 File Format Specification 3.0).
import { bytesOfFloats } from './floatLayers.ts';

/** 32-bit floats, row-major. */
export interface Hdf5Tensor {
  shape: readonly number[];
  data: Float32Array;
}

/** Names in a group have no slash. */
export type Hdf5Group = ReadonlyMap<string, Hdf5Group | Hdf5Tensor>;

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const SUPERBLOCK_BYTES = 96;
/** An address that leads nowhere. */
const UNDEFINED = 0xffff_ffff_ffff_ffffn;
/** Message types. */
const TYPE = { DATASPACE: 1, LINK_INFO: 2, DATATYPE: 3, FILL: 5, LINK: 6, LAYOUT: 8, GROUP_INFO: 10 } as const;

/** The file whose root is a group. The same group gives the same bytes. */
export function writeHdf5(root: Hdf5Group): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let end = SUPERBLOCK_BYTES;
  const append = (bytes: Uint8Array): bigint => {
    const at = end;
    parts.push(bytes);
    end += bytes.length;
    return BigInt(at);
  };
  const write = (node: Hdf5Group | Hdf5Tensor): bigint => {
    if (!('shape' in node)) {
      const links = [...node].map(([name, child]) => linkMessage(name, write(child)));
      // Neither heap nor index: the links are messages. No limits of its own.
      const info = [...[0, 0], ...long(UNDEFINED), ...long(UNDEFINED)];
      return append(objectHeader([message(TYPE.LINK_INFO, info), message(TYPE.GROUP_INFO, [0, 0]), ...links]));
    }
    const bytes = padded(bytesOfFloats(node.data));
    return append(tensorHeader(node, append(bytes)));
  };
  const address = write(root);
  const out = new Uint8Array(end);
  out.set(superblock(address, BigInt(end)));
  let at = SUPERBLOCK_BYTES;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function superblock(root: bigint, end: bigint): Uint8Array {
  return Uint8Array.from([
    ...SIGNATURE,
    // Versions of superblock, free space, root and shared headers; offsets and lengths of 8 bytes.
    ...[0, 0, 0, 0, 0, 8, 8, 0],
    // Fan-outs of B-trees, of which there are none; flags.
    ...[4, 0, 16, 0, 0, 0, 0, 0],
    ...[0n, UNDEFINED, end, UNDEFINED].flatMap(long),
    // The entry of the root: no name, its header, nothing cached.
    ...[0n, root, 0n, 0n, 0n].flatMap(long),
  ]);
}

function tensorHeader({ shape, data }: Hdf5Tensor, address: bigint): Uint8Array {
  const dataspace = [1, shape.length, 0, 0, 0, 0, 0, 0, ...shape.flatMap((n) => long(BigInt(n)))];
  // IEEE 754, little-endian: sign at bit 31, exponent of 8 bits at 23 with bias 127, mantissa of 23 bits with a hidden one.
  const datatype = [0x11, 0x20, 31, 0, ...word(4), 0, 0, 32, 0, 23, 8, 0, 23, ...word(127)];
  // Allocated at once, written by nobody but the data.
  const fill = [2, 1, 2, 0];
  const layout = [3, 1, ...long(address), ...long(BigInt(data.byteLength))];
  return objectHeader([
    message(TYPE.DATASPACE, dataspace),
    message(TYPE.DATATYPE, datatype),
    message(TYPE.FILL, fill),
    message(TYPE.LAYOUT, layout),
  ]);
}

/** A hard link of at most 255 bytes of name. */
function linkMessage(name: string, address: bigint): Uint8Array {
  const text = new TextEncoder().encode(name);
  return message(TYPE.LINK, [1, 0, text.length, ...text, ...long(address)]);
}

function objectHeader(messages: readonly Uint8Array[]): Uint8Array {
  const size = messages.reduce((sum, { length }) => sum + length, 0);
  const out = new Uint8Array(16 + size);
  out.set([1, 0, messages.length & 255, messages.length >> 8, ...word(1), ...word(size)]);
  let at = 16;
  for (const one of messages) {
    out.set(one, at);
    at += one.length;
  }
  return out;
}

function message(type: number, body: readonly number[]): Uint8Array {
  const bytes = padded(Uint8Array.from(body));
  const out = new Uint8Array(8 + bytes.length);
  out.set([type, 0, bytes.length & 255, bytes.length >> 8]);
  out.set(bytes, 8);
  return out;
}

/** With zeros up to a multiple of 8. */
function padded(bytes: Uint8Array): Uint8Array {
  if (bytes.length % 8 === 0) return bytes;
  const out = new Uint8Array(8 * Math.ceil(bytes.length / 8));
  out.set(bytes);
  return out;
}

const word = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);
const long = (value: bigint) => Array.from({ length: 8 }, (_, k) => Number((value >> BigInt(8 * k)) & 255n));
