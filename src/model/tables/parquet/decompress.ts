import { compressors } from 'hyparquet-compressors';
import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { show } from '../../json.ts';
import { damaged } from './damaged.ts';

/**
 * Decompresses bytes to exactly `size` bytes, and never makes more than that.
 * @throws anything when they are damaged
 */
export type Decompress = (bytes: Uint8Array, size: number) => Uint8Array;

/** What the platform decompresses better than JavaScript; a codec that is missing here is refused. */
export type Decompressors = Partial<Record<'GZIP' | 'BROTLI' | 'ZSTD', Decompress>>;

const OWN: Record<string, Decompress> = {
  UNCOMPRESSED: (bytes) => bytes,
  SNAPPY: compressors.SNAPPY!,
  LZ4: exactly(compressors.LZ4!),
  LZ4_RAW: exactly(compressors.LZ4_RAW!),
};

/**
 * LZ4 as hyparquet-compressors has it does not tell how much it made, and fills up with zeros. It does throw when the
 * literals with which every stream ends go beyond the end: so they must, where there is room for one byte less.
 */
function exactly(decompress: Decompress): Decompress {
  return (bytes, size) => {
    const out = decompress(bytes, size);
    try {
      decompress(bytes, size - 1);
    } catch {
      return out;
    }
    throw damaged(`a page has fewer bytes than ${size}`);
  };
}

/** The bytes of a page, in a buffer of their own. @throws FileFormatError naming the column */
export function unpack(
  packed: Uint8Array,
  size: number,
  { codec, column, decompressors }: { codec: string; column: string; decompressors: Decompressors },
): Uint8Array {
  if (!(size >= 0)) throw damaged('a page is shorter than its levels');
  if (size === 0) return new Uint8Array(0);
  const all: Record<string, Decompress | undefined> = { ...OWN, ...decompressors };
  const decompress = Object.hasOwn(all, codec) ? all[codec] : undefined;
  if (decompress === undefined) {
    throw new FileFormatError(
      `Column ${show(column)} is compressed by ${codec}; read are ${Object.keys(all).join(', ')}.`,
    );
  }
  let bytes: Uint8Array;
  try {
    bytes = decompress(packed, size);
  } catch (cause) {
    throw new FileFormatError(`A page of column ${show(column)} cannot be decompressed.`, { cause });
  }
  if (bytes.length !== size) throw damaged(`a page of column ${show(column)} has ${bytes.length} bytes, not ${size}`);
  // hyparquet reads values from the buffer beneath an array, beyond its end too: it gets one that ends with the page.
  return bytes.slice();
}
