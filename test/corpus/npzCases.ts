import { gzipSync } from 'node:zlib';
import { npy, npyHeader } from './files.ts';
import { npz, SMALL_ARRAY } from './npzFile.ts';

/** Name of a bad file of numpy (the array X of an npz file is read), its bytes and what its reader must say. */
export type NumpyCase = [name: `${string}.${'npy' | 'npz'}`, make: () => Uint8Array, message: RegExp];

const X = { name: 'X', bytes: SMALL_ARRAY };
const y = { name: 'y', bytes: SMALL_ARRAY };
const at = (name: string) => 30 + name.length + 4 + SMALL_ARRAY.length;
const zipped = npz([{ ...X, deflate: true }]);
const gzipped = gzipSync(SMALL_ARRAY);
/** A gzip file that claims another size at its end. */
const claiming = (bytes: Uint8Array, size: number) => {
  const out = bytes.slice();
  new DataView(out.buffer, out.byteOffset).setUint32(out.length - 4, size, true);
  return out;
};

/** Small enough to lie in `files/`. */
export const SMALL_NUMPY: NumpyCase[] = [
  ['empty.npz', () => npz([]), /holds no arrays/],
  ['no-zip.npz', () => new TextEncoder().encode('PK\u0003\u0004 and nothing else'), /truncated: it has no directory/],
  ['cut.npz', () => zipped.slice(0, -1), /truncated: it has no directory/],
  ['other-names.npz', () => npz([y, { ...y, name: 'z' }]), /has no array "X"[\s\S]*Its arrays are "y", "z"/],
  ['no-array.npz', () => npz([{ name: 'X', bytes: new TextEncoder().encode('text') }]), /does not begin with/],
  ['name-twice.npz', () => npz([X, X]), /two arrays are called "X"/],
  ['name-latin1.npz', () => npz([X]).map((byte) => (byte === 'X'.charCodeAt(0) ? 0xff : byte)), /no UTF-8 text/],
  ['overlap.npz', () => npz([X, { ...y, begin: 0 }]), /the arrays "X" and "y" overlap/],
  ['overlap-longer.npz', () => npz([{ ...X, packedSize: 200 }, y]), /the arrays "X" and "y" overlap/],
  ['outside.npz', () => npz([{ ...X, begin: 2 ** 31 }]), /"X" is not where its directory says/],
  ['inside.npz', () => npz([{ ...X, begin: 7 }]), /"X" is not where its directory says/],
  ['member-cut.npz', () => npz([{ ...X, packedSize: 2 ** 20 }]), /"X" is cut off/],
  ['directory-count.npz', () => npz([X], { count: 9 }), /its directory ends early/],
  ['directory-few.npz', () => npz([X, y], { count: 1 }), /directory is longer than its entries/],
  ['directory-many.npz', () => npz([X], { count: 60000 }), /claims 60000 arrays; at most 1024/],
  ['directory-start.npz', () => npz([X], { start: at('X') + 1 }), /not where it says/],
  ['directory-size.npz', () => npz([X], { size: 2 ** 31 }), /not where it says/],
  ['zip64.npz', () => npz([X], { start: 0xffffffff }), /above 4 GiB[\s\S]*npy files/],
  ['encrypted.npz', () => npz([{ ...X, flags: 1 }]), /"X" of the npz file is encrypted/],
  ['method.npz', () => npz([{ ...X, method: 12 }]), /compressed by method 12/],
  ['size-more.npz', () => npz([{ ...X, deflate: true, size: 5000 }]), /holds 130 bytes and claims 5000/],
  ['size-less.npz', () => npz([{ ...X, deflate: true, size: 5 }]), /more than the 5 bytes it claims/],
  ['size-stored.npz', () => npz([{ ...X, size: 5 }]), /holds 130 bytes and claims 5/],
  [
    'size-2-32.npz',
    () => npz([{ ...X, deflate: true, size: 2 ** 32 - 2 }]),
    /claims 4294967294 bytes; at most 268435456/,
  ],
  ['checksum.npz', () => npz([{ ...X, check: 1 }]), /its checksum is another/],
  ['deflate.npz', () => npz([{ ...X, method: 8 }]), /holds 6 bytes and claims 130/],
  ['deflate-cut.npz', () => npz([{ ...X, bytes: new Uint8Array([0x4b]), method: 8 }]), /cannot be decompressed/],
  ['gzip-cut.npy', () => gzipped.slice(0, 12), /gzip file is truncated/],
  ['gzip-damaged.npy', () => claiming(gzipped.with(12, 0xff), 130), /more than the 130 bytes/],
  ['gzip-checksum.npy', () => gzipped.with(gzipped.length - 6, gzipped[gzipped.length - 6] ^ 1), /checksum is another/],
  ['gzip-more.npy', () => claiming(gzipped, 20), /more than the 20 bytes it claims/],
  ['gzip-less.npy', () => claiming(gzipped, 200), /holds 130 bytes and claims 200/],
  ['gzip-2-32.npy', () => claiming(gzipped, 2 ** 32 - 1), /claims 4294967295 bytes; at most 268435456/],
  ['gzip-text.npy', () => gzipSync('numbers'), /does not begin with/],
  ['boolean.npy', () => npy(npyHeader('|b1', [2]), [1, 2]), /Entry 1 is 2, not a boolean/],
  ['text-empty.npy', () => npy(npyHeader('<U0', [10 ** 14]), []), /nothing but empty texts/],
  ['text-long.npy', () => npy(npyHeader('<U999999999', [1]), []), /1 texts of 3999999996 bytes/],
  ['text-many.npy', () => npy(npyHeader('|S1', [2 ** 40]), []), /1099511627776 texts of 1 bytes/],
  ['text-surrogate.npy', () => npy(npyHeader('<U1', [1]), [0, 0xd8, 0, 0]), /Entry 0 is not text in UTF-32/],
  ['text-beyond.npy', () => npy(npyHeader('>U1', [1]), [0, 0x11, 0, 0]), /Entry 0 is not text in UTF-32/],
  ['text-latin1.npy', () => npy(npyHeader('|S2', [1]), [0xe9, 0x65]), /Entry 0 is not UTF-8 text/],
];

/** Of some megabytes, or asking for much. */
export const LARGE_NUMPY: NumpyCase[] = [
  [
    'bomb.npz',
    () => npz([{ name: 'X', bytes: new Uint8Array(2 ** 28), deflate: true, size: 100 }]),
    /more than the 100 bytes it claims/,
  ],
  ['bomb.npy', () => claiming(gzipSync(new Uint8Array(2 ** 28)), 100), /more than the 100 bytes it claims/],
  [
    'many.npz',
    () => npz(Array.from({ length: 1000 }, (_, k) => ({ ...X, name: `array ${k} ${'x'.repeat(500)}` }))),
    /has no array "X"/,
  ],
];
