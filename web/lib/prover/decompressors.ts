import { Decompress } from 'fzstd';
import { gunzip } from '../../../src/model/tables/inflate.ts';
import type { Decompressors } from '../../../src/model/tables/parquet/decompress.ts';

/**
 * What a browser decompresses Parquet with, as strictly as Node.js does for the command line. Brotli is refused: there is no
 * decoder for browsers here that tells how much it made.
 */
export const PAGE_DECOMPRESSORS = {
  GZIP: (bytes: Uint8Array, size: number) => {
    if (bytes.length < 4) throw new RangeError('cut off');
    if (new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true) > size) throw tooMany(size);
    return gunzip(bytes);
  },
  ZSTD: unzstd,
} satisfies Decompressors;

/** Block by block, so that never many more bytes are made than there is room for. */
function unzstd(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let made = 0;
  const stream = new Decompress((part) => {
    if (made + part.length > size) throw tooMany(size);
    out.set(part, made);
    made += part.length;
  });
  stream.push(bytes, true);
  return out.subarray(0, made);
}

function tooMany(size: number): RangeError {
  return new RangeError(`more than ${size} bytes`);
}
