import { FileFormatError } from '../../errors/FileFormatError.ts';
import { show } from '../json.ts';
import { crc32 } from './crc32.ts';
import { inflate, MAX_INFLATED_BYTES } from './inflate.ts';

/** An array of an npz file: where its bytes lie and what they are said to be. */
interface Member {
  name: string;
  method: number;
  check: number;
  packed: Uint8Array;
  size: number;
  /** Where its local header begins, and where its bytes end. */
  begin: number;
  end: number;
}

const MAX_MEMBERS = 1 << 10;
const [STORED, DEFLATED] = [0, 8];
const [END, CENTRAL, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50];
const MAX_COMMENT = 0xffff;

/** Whether bytes are those of an npz file, which is a zip archive. */
export function isNpz(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/**
 * The npy file of one array of an npz file, as numpy.savez and savez_compressed write it.
 * @param name of the array, without `.npy`; undefined: the only one
 * @throws FileFormatError listing the arrays when it is not clear which; for archives that are damaged, hold arrays above
 * 2^28 bytes, or members that overlap
 */
export function npzArray(bytes: Uint8Array, name: string | undefined): Uint8Array {
  const members = readDirectory(bytes);
  if (members.length === 0) throw new FileFormatError('The npz file holds no arrays.');
  const list = `Its arrays are ${members
    .slice(0, 20)
    .map((member) => show(member.name))
    .join(', ')}${members.length > 20 ? ' and more' : ''}.`;
  if (name === undefined && members.length > 1) {
    throw new FileFormatError(`The npz file holds ${members.length} arrays.`, {
      details: list,
      hint: `Name one after a colon, as in data.npz:${/^\w{1,40}$/.test(members[0].name) ? members[0].name : 'X'}.`,
    });
  }
  const found = name === undefined ? members[0] : members.find((member) => member.name === name);
  if (found === undefined) throw new FileFormatError(`The npz file has no array ${show(name)}.`, { details: list });
  return unpack(found);
}

function unpack({ name, method, packed, size, check }: Member): Uint8Array {
  const what = `The array ${show(name)} of the npz file`;
  if (method !== STORED && method !== DEFLATED) {
    throw new FileFormatError(`${what} is compressed by method ${method}; read are 0 (stored) and 8 (deflated).`);
  }
  if (size > MAX_INFLATED_BYTES) {
    throw new FileFormatError(`${what} claims ${size} bytes; at most ${MAX_INFLATED_BYTES} are read.`, {
      hint: 'Save it as an npy file.',
    });
  }
  if (method === STORED && packed.length !== size) {
    throw new FileFormatError(`${what} holds ${packed.length} bytes and claims ${size}.`);
  }
  const bytes = method === STORED ? packed : inflate(packed, size, what);
  if (crc32(bytes) !== check) throw new FileFormatError(`${what} is damaged: its checksum is another.`);
  return bytes;
}

const damaged = (what: string) => new FileFormatError(`The npz file is damaged: ${what}.`);

/** The members that the directory at the end of the archive names. */
function readDirectory(bytes: Uint8Array): Member[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = findEnd(view);
  const [count, size, start] = [
    view.getUint16(at + 10, true),
    view.getUint32(at + 12, true),
    view.getUint32(at + 16, true),
  ];
  if (count === 0xffff || start === 0xffffffff) {
    throw new FileFormatError('The npz file is above 4 GiB.', { hint: 'Save the arrays as npy files.' });
  }
  if (count > MAX_MEMBERS)
    throw new FileFormatError(`The npz file claims ${count} arrays; at most ${MAX_MEMBERS} are read.`);
  if (start + size !== at || view.getUint16(at + 8, true) !== count)
    throw damaged('its directory is not where it says');
  const members: Member[] = [];
  let next = start;
  for (let k = 0; k < count; k++) {
    if (next + 46 > at || view.getUint32(next, true) !== CENTRAL) throw damaged('its directory ends early');
    const lengths = [28, 30, 32].map((offset) => view.getUint16(next + offset, true));
    members.push(readMember(bytes, view, next, start));
    next += 46 + lengths[0] + lengths[1] + lengths[2];
  }
  if (next !== at) throw damaged('its directory is longer than its entries');
  requireApart(members);
  return members;
}

/** Position of the record that ends an archive; a comment may follow it. */
function findEnd(view: DataView): number {
  const last = view.byteLength - 22;
  for (let at = last; at >= 0 && at >= last - MAX_COMMENT; at--) {
    if (view.getUint32(at, true) === END && at + 22 + view.getUint16(at + 20, true) === view.byteLength) return at;
  }
  throw new FileFormatError('The npz file is truncated: it has no directory at its end.');
}

function readMember(bytes: Uint8Array, view: DataView, entry: number, directory: number): Member {
  const nameLength = view.getUint16(entry + 28, true);
  if (entry + 46 + nameLength > bytes.length) throw damaged('its directory ends early');
  const name = nameOf(bytes.subarray(entry + 46, entry + 46 + nameLength));
  const [packedSize, size, begin] = [20, 24, 42].map((offset) => view.getUint32(entry + offset, true));
  if (view.getUint16(entry + 8, true) & 1)
    throw new FileFormatError(`The array ${show(name)} of the npz file is encrypted.`);
  if (begin + 30 > directory || view.getUint32(begin, true) !== LOCAL) {
    throw damaged(`the array ${show(name)} is not where its directory says`);
  }
  const data = begin + 30 + view.getUint16(begin + 26, true) + view.getUint16(begin + 28, true);
  const end = data + packedSize;
  if (end > directory) throw damaged(`the array ${show(name)} is cut off`);
  return {
    name,
    method: view.getUint16(entry + 10, true),
    check: view.getUint32(entry + 16, true),
    packed: bytes.subarray(data, end),
    size,
    begin,
    end,
  };
}

function nameOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes as Uint8Array<ArrayBuffer>).replace(/\.npy$/, '');
  } catch (cause) {
    throw new FileFormatError('The npz file names an array in bytes that are no UTF-8 text.', { cause });
  }
}

/** Members that share bytes are how a small archive claims to be a large one. */
function requireApart(members: readonly Member[]): void {
  const names = new Set<string>();
  for (const { name } of members) {
    if (names.has(name)) throw damaged(`two arrays are called ${show(name)}`);
    names.add(name);
  }
  const sorted = members.toSorted((x, y) => x.begin - y.begin);
  for (let k = 1; k < sorted.length; k++) {
    if (sorted[k].begin < sorted[k - 1].end) {
      throw damaged(`the arrays ${show(sorted[k - 1].name)} and ${show(sorted[k].name)} overlap`);
    }
  }
}
