import { parquetHeader } from 'hyparquet/src/column.js';
import { convert, DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js';
import { readPlain } from 'hyparquet/src/plain.js';
import type { ColumnDecoder, DecodedArray, PageHeader } from 'hyparquet/src/types.js';
import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { show } from '../../json.ts';
import type { Column } from './columns.ts';
import { damaged } from './damaged.ts';
import { type Decompressors, unpack } from './decompress.ts';
import type { Chunk } from './footer.ts';

/** Some values of a column, one after the other. */
export interface Page {
  /** Values, and those that are absent. */
  count: number;
  /** Lists only, for each value: 0 where a row begins. */
  starts: number[] | undefined;
  /** Position of the first value that is absent, or -1. */
  absent: number;
  /** Whether the value at a position is there. */
  isThere: (position: number) => boolean;
  /** The values that are there: numbers, bigints, booleans, or bytes of texts. */
  values: DecodedArray;
  /** Position of each value that is there among `values`, where these are those of a dictionary. */
  indices: ArrayLike<number> | undefined;
}

/** Greatest size of a page, decompressed. */
const MAX_PAGE_BYTES = 1 << 27;
const MAX_PAGE_VALUES = 1 << 24;
/** What reading a page takes at least, so that pages without values come to an end. */
const PAGE_COST = 1 << 10;
/** Of all pages that are read. */
const MAX_TOTAL_BYTES = 1 << 29;

export interface PageOptions {
  bytes: Uint8Array;
  /** Where the row groups end in the file. */
  end: number;
  decompressors: Decompressors;
  /** Bytes that were decompressed so far, of all columns. */
  spent: { bytes: number };
}

/** The sizes that a page claims. */
interface Claims {
  packed: number;
  size: number;
  values: number;
  encoding: string;
  isDictionary: boolean;
}

/** Encodings that are read, by type; a dictionary is read for all but booleans. */
const ENCODINGS: Record<string, readonly string[]> = {
  BOOLEAN: ['PLAIN', 'RLE'],
  INT32: ['PLAIN', 'DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT'],
  INT64: ['PLAIN', 'DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT'],
  FLOAT: ['PLAIN', 'BYTE_STREAM_SPLIT'],
  DOUBLE: ['PLAIN', 'BYTE_STREAM_SPLIT'],
  FIXED_LEN_BYTE_ARRAY: ['PLAIN', 'BYTE_STREAM_SPLIT'],
  BYTE_ARRAY: ['PLAIN', 'DELTA_LENGTH_BYTE_ARRAY'],
};
const DICTIONARY_ENCODINGS = ['PLAIN_DICTIONARY', 'RLE_DICTIONARY'];

/** The pages of a column in one row group, decoded one at a time. @throws FileFormatError naming the column */
export function* readPages(chunk: Chunk, column: Column, options: PageOptions): Generator<Page> {
  const { bytes, end, spent } = options;
  const { start, bytes: length, values, physical, away } = chunk;
  const name = show(column.name);
  if (away) throw new FileFormatError(`Column ${name} is encrypted or lies in another file.`);
  if (
    physical !== column.leaf!.raw.type ||
    !(start >= 4 && length >= 0 && start + length <= end && Number.isSafeInteger(values) && values >= 0)
  ) {
    throw damaged(`column ${name} is not where the footer says`);
  }
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset + start, length), offset: 0 };
  let dictionary: DecodedArray | undefined;
  for (let left = values; left > 0; ) {
    if (reader.offset === length) throw damaged(`column ${name} has ${left} values too few`);
    const header = readHeader(reader, name);
    const claims = claimsOf(header);
    const { packed, size } = claims;
    if (reader.offset + packed > length) throw damaged(`a page of column ${name} is cut off`);
    if (size > MAX_PAGE_BYTES || claims.values > MAX_PAGE_VALUES) {
      throw new FileFormatError(
        `A page of column ${name} claims ${claims.values} values in ${size} bytes; ` +
          `at most ${MAX_PAGE_VALUES} in ${MAX_PAGE_BYTES} are read.`,
      );
    }
    spent.bytes += size + PAGE_COST;
    if (spent.bytes > MAX_TOTAL_BYTES) {
      throw new FileFormatError(`The columns claim more than ${MAX_TOTAL_BYTES} bytes, which is all that is read.`);
    }
    const at = start + reader.offset;
    const data = bytes.subarray(at, at + packed);
    reader.offset += packed;
    const context = { chunk, column, dictionary, options };
    if (claims.isDictionary) {
      if (dictionary !== undefined) throw damaged(`column ${name} has two dictionaries`);
      dictionary = guarded(name, () => readDictionary(data, claims, context));
    } else {
      if (claims.values > left) throw damaged(`column ${name} has more values than the footer says`);
      left -= claims.values;
      if (claims.values > 0) yield guarded(name, () => readData(data, header, claims, context));
    }
  }
}

function readHeader(reader: { view: DataView; offset: number }, name: string): PageHeader {
  try {
    return parquetHeader(reader);
  } catch (cause) {
    throw new FileFormatError(`The Parquet file is damaged: a page of column ${name} has no valid header.`, { cause });
  }
}

function claimsOf(header: PageHeader): Claims {
  const { type, uncompressed_page_size: size, compressed_page_size: packed } = header;
  const isDictionary = type === 'DICTIONARY_PAGE';
  const details = isDictionary
    ? header.dictionary_page_header
    : type === 'DATA_PAGE'
      ? header.data_page_header
      : type === 'DATA_PAGE_V2'
        ? header.data_page_header_v2
        : undefined;
  const values = details?.num_values;
  const isCount = (n: unknown): n is number => Number.isInteger(n) && (n as number) >= 0;
  if (!isCount(size) || !isCount(packed) || !isCount(values)) throw damaged('a page has no valid header');
  return { packed, size, values, encoding: `${details?.encoding}`, isDictionary };
}

/** Whatever hyparquet throws is the file's fault. */
function guarded<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof FileFormatError) throw cause;
    throw new FileFormatError(`The Parquet file is damaged: a page of column ${name} cannot be read.`, { cause });
  }
}

interface PageContext {
  chunk: Chunk;
  column: Column;
  dictionary: DecodedArray | undefined;
  options: PageOptions;
}

function decoderOf({ chunk, column, options }: PageContext): ColumnDecoder {
  const element = column.leaf!.raw;
  const compression = { codec: chunk.codec, column: column.name, decompressors: options.decompressors };
  return {
    pathInSchema: [column.name],
    type: element.type!,
    element,
    schemaPath: column.path.map(({ raw }) => ({ element: raw, children: [], count: 1, path: [] })),
    codec: chunk.codec as ColumnDecoder['codec'],
    // Texts stay bytes: whether they are texts is for the reader of labels to say.
    parsers: { ...DEFAULT_PARSERS, stringFromBytes: (bytes: Uint8Array) => bytes },
    compressors: { [chunk.codec]: (bytes: Uint8Array, size: number) => unpack(bytes, size, compression) },
    utf8: false,
  };
}

function readDictionary(packed: Uint8Array, { size, values, encoding }: Claims, context: PageContext): DecodedArray {
  const { column, chunk, options } = context;
  if (encoding !== 'PLAIN' && encoding !== 'PLAIN_DICTIONARY') throw unknownEncoding(encoding, column);
  const page = unpack(packed, size, { codec: chunk.codec, column: column.name, decompressors: options.decompressors });
  const decoder = decoderOf(context);
  const { type, type_length: length } = decoder.element;
  return convert(readPlain({ view: viewOf(page), offset: 0 }, type!, values, length), decoder);
}

function readData(packed: Uint8Array, header: PageHeader, claims: Claims, context: PageContext): Page {
  const { column, dictionary } = context;
  const { encoding, values: count } = claims;
  const usesDictionary = DICTIONARY_ENCODINGS.includes(encoding);
  const type = column.leaf!.raw.type!;
  if (usesDictionary ? type === 'BOOLEAN' : !ENCODINGS[type].includes(encoding))
    throw unknownEncoding(encoding, column);
  if (usesDictionary && dictionary === undefined) throw damaged(`column ${show(column.name)} lacks its dictionary`);
  const decoder = decoderOf(context);
  const { definitionLevels, repetitionLevels, dataPage } =
    header.type === 'DATA_PAGE'
      ? readFirst(packed, header, claims, context, decoder)
      : readSecond(packed, header, claims, column, decoder);
  const levels = column.depth > 0 && definitionLevels?.length ? definitionLevels : undefined;
  const isShort = (list: ArrayLike<number> | undefined) => list !== undefined && list.length !== count;
  const starts = column.isList ? repetitionLevels : undefined;
  let present = count;
  if (levels !== undefined) for (const level of levels) if (level !== column.depth) present--;
  if (isShort(levels) || isShort(starts) || dataPage.length !== present) {
    throw damaged(`a page of column ${show(column.name)} has not ${count} values`);
  }
  const absent = levels === undefined ? -1 : levels.findIndex((level) => level !== column.depth);
  const isThere = (position: number) => levels === undefined || levels[position] === column.depth;
  const page = { count, starts, absent, isThere };
  if (!usesDictionary) return { ...page, values: convert(dataPage, decoder), indices: undefined };
  const indices = dataPage as number[];
  for (let k = 0; k < indices.length; k++) {
    if (!(indices[k] >= 0 && indices[k] < dictionary!.length)) {
      throw damaged(`column ${show(column.name)} goes beyond its dictionary`);
    }
  }
  return { ...page, values: dictionary!, indices };
}

function readFirst(
  packed: Uint8Array,
  header: PageHeader,
  { size }: Claims,
  context: PageContext,
  decoder: ColumnDecoder,
) {
  const { column, chunk, options } = context;
  const details = header.data_page_header!;
  if (
    (column.isList && details.repetition_level_encoding !== 'RLE') ||
    (column.depth > 0 && details.definition_level_encoding !== 'RLE')
  ) {
    throw new FileFormatError(`Column ${show(column.name)} is written in a way that went out of use in 2013.`);
  }
  const page = unpack(packed, size, { codec: chunk.codec, column: column.name, decompressors: options.decompressors });
  return readDataPage(page, details, decoder);
}

function readSecond(
  packed: Uint8Array,
  header: PageHeader,
  { size, values }: Claims,
  column: Column,
  decoder: ColumnDecoder,
) {
  const details = header.data_page_header_v2!;
  const lengths = [details.repetition_levels_byte_length, details.definition_levels_byte_length];
  const levels = lengths[0] + lengths[1];
  const isPacked = details.is_compressed !== false && decoder.codec !== 'UNCOMPRESSED';
  if (
    lengths.some((length) => !(length >= 0)) ||
    levels > Math.min(size, packed.length) ||
    !(details.num_nulls >= 0 && details.num_nulls <= values) ||
    (!isPacked && packed.length !== size)
  ) {
    throw damaged(`a page of column ${show(column.name)} has no valid header`);
  }
  return readDataPageV2(packed.slice(), header, decoder);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function unknownEncoding(encoding: string, { name }: Column): FileFormatError {
  const what = encoding === 'undefined' ? 'of an unknown number' : encoding;
  return new FileFormatError(`Column ${show(name)} is in the encoding ${what}, which is not read.`, {
    hint: 'Write the file without it, or use npy.',
  });
}
