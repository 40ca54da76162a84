/** Makers of npz files (zip archives) that say whatever a test wants them to say, right or wrong. */
import { crc32, deflateRawSync } from 'node:zlib';
import { npy, npyHeader } from './files.ts';

export interface NpzMember {
  name: string;
  bytes: Uint8Array;
  deflate?: boolean;
  /** Fields over those that are true, in the directory. */
  method?: number;
  flags?: number;
  size?: number;
  packedSize?: number;
  check?: number;
  /** Where its local header is said to be. */
  begin?: number;
}

export interface ArchiveFields {
  count?: number;
  start?: number;
  size?: number;
}

/** An npy file of the bytes 1, 2 in one column. */
export const SMALL_ARRAY = npy(npyHeader('|u1', [2, 1]), [1, 2]);

/** An archive of these members. */
export function npz(members: readonly NpzMember[], fields: ArchiveFields = {}): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const member of members) {
    const name = new TextEncoder().encode(`${member.name}.npy`);
    const packed = member.deflate ? deflateRawSync(member.bytes) : member.bytes;
    const method = member.method ?? (member.deflate ? 8 : 0);
    const check = member.check ?? crc32(member.bytes);
    const sizes = [check, member.packedSize ?? packed.length, member.size ?? member.bytes.length];
    const local = record(
      30,
      0x04034b50,
      { 4: 20, 8: method, 26: name.length },
      { 14: sizes[0], 18: sizes[1], 22: sizes[2] },
    );
    const entry = record(
      46,
      0x02014b50,
      { 4: 20, 6: 20, 8: member.flags ?? 0, 10: method, 28: name.length },
      { 16: sizes[0], 20: sizes[1], 24: sizes[2], 42: member.begin ?? at },
    );
    parts.push(local, name, packed);
    directory.push(entry, name);
    at += local.length + name.length + packed.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const count = fields.count ?? members.length;
  const end = record(22, 0x06054b50, { 8: count, 10: count }, { 12: fields.size ?? size, 16: fields.start ?? at });
  return new Uint8Array(Buffer.concat([...parts, ...directory, end]));
}

function record(
  length: number,
  magic: number,
  shorts: Record<number, number>,
  longs: Record<number, number>,
): Uint8Array {
  const view = new DataView(new ArrayBuffer(length));
  view.setUint32(0, magic, true);
  for (const [at, value] of Object.entries(shorts)) view.setUint16(Number(at), value, true);
  for (const [at, value] of Object.entries(longs)) view.setUint32(Number(at), value, true);
  return new Uint8Array(view.buffer);
}
