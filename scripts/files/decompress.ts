import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Decompressors } from '../../src/model/tables/parquet/decompress.ts';

/** What Node.js decompresses: never more than the size that is asked for. */
export const DECOMPRESSORS: Required<Decompressors> = {
  GZIP: (bytes, size) => gunzipSync(bytes, { maxOutputLength: size }),
  BROTLI: (bytes, size) => brotliDecompressSync(bytes, { maxOutputLength: size }),
  ZSTD: (bytes, size) => zstdDecompressSync(bytes, { maxOutputLength: size }),
};
