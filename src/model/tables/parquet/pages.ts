import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { show } from '../../json.ts';
import type { Column } from './columns.ts';
import { damaged } from './damaged.ts';
import { readRuns, type Source, takeBytes } from './encodings.ts';
import type { Chunk, Codec } from './footer.ts';
import { unpackSnappy } from './snappy.ts';
import { type Cursor, cursorAt, readBoolean, readInteger, readStruct } from './thrift.ts';
import { readLength, readValues, type Values } from './values.ts';

/**
 * Decompresses bytes to exactly `size` bytes, and never makes more than that.
 * @throws anything when they are damaged
 */
export type Decompress = (bytes: Uint8Array, size: number) => Uint8Array;

/** What Descent does not decompress by itself; a codec that is missing here is refused. */
export type Decompressors = Partial<Record<'GZIP' | 'BROTLI' | 'ZSTD', Decompress>>;

/** Some values of a column, one after the other. */
export interface Page {
  /** Values, and those that are absent. */
  count: number;
  /** Lists only, for each value: 0 where a row begins. */
  starts: Uint8Array | undefined;
  /** Position of the first value that is absent, or -1. */
  absent: number;
  /** The values up to that. */
  values: Values;
  /** Position of each value among `values`, where these are those of a dictionary. */
  indices: Uint32Array | undefined;
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

interface Header {
  type: number;
  /** Sizes in the file and decompressed. */
  packed: number;
  size: number;
  values: number;
  encoding: number;
  /** First version of pages: encodings of the levels. */
  startEncoding: number;
  depthEncoding: number;
  /** Second version of pages: bytes of the levels, and whether the values are compressed. */
  starts: number;
  depths: number;
  isPacked: boolean;
}

const [DATA, DICTIONARY, DATA_2] = [0, 2, 3];
const [PLAIN, PLAIN_DICTIONARY, RLE, RLE_DICTIONARY] = [0, 2, 3, 8];

/** The pages of a column in one row group, decoded one at a time. @throws FileFormatError naming the column */
export function* readPages(chunk: Chunk, column: Column, options: PageOptions): Generator<Page> {
  const { bytes, end } = options;
  const { start, bytes: length, values, physical, away } = chunk;
  const leaf = column.leaf!;
  if (away) throw new FileFormatError(`Column ${show(column.name)} is encrypted or lies in another file.`);
  if (physical !== leaf.physical || !(start >= 4 && length >= 0 && start + length <= end) || !(values >= 0)) {
    throw damaged(`column ${show(column.name)} is not where the footer says`);
  }
  const cursor = cursorAt(bytes.subarray(0, start + length), start);
  let dictionary: Values | undefined;
  for (let left = values; left > 0; ) {
    if (cursor.at === cursor.bytes.length) throw damaged(`column ${show(column.name)} has ${left} values too few`);
    const header = readHeader(cursor);
    const packed = takeBytes(cursor, header.packed);
    if (header.size > MAX_PAGE_BYTES || header.values > MAX_PAGE_VALUES) {
      throw new FileFormatError(
        `A page of column ${show(column.name)} claims ${header.values} values in ${header.size} bytes; ` +
          `at most ${MAX_PAGE_VALUES} in ${MAX_PAGE_BYTES} are read.`,
      );
    }
    options.spent.bytes += header.size + PAGE_COST;
    if (options.spent.bytes > MAX_TOTAL_BYTES) {
      throw new FileFormatError(`The columns claim more than ${MAX_TOTAL_BYTES} bytes, which is all that is read.`);
    }
    if (header.type === DICTIONARY) {
      if (dictionary !== undefined) throw damaged(`column ${show(column.name)} has two dictionaries`);
      if (header.encoding !== PLAIN && header.encoding !== PLAIN_DICTIONARY) throw unknownEncoding(header, column);
      const source = { bytes: unpack(packed, header.size, chunk.codec, column, options), at: 0 };
      dictionary = readValues(source, header.values, leaf, PLAIN);
    } else {
      if (header.values > left) throw damaged(`column ${show(column.name)} has more values than the footer says`);
      left -= header.values;
      yield readDataPage(header, packed, { chunk, column, dictionary, options });
    }
  }
}

function readHeader(cursor: Cursor): Header {
  const header: Header = {
    ...{ type: -1, packed: -1, size: -1, values: 0, encoding: -1, startEncoding: RLE, depthEncoding: RLE },
    ...{ starts: 0, depths: 0, isPacked: true },
  };
  const set = (key: Exclude<keyof Header, 'isPacked'>) => (c: Cursor) => {
    header[key] = readInteger(c);
  };
  cursor.type = 12;
  readStruct(cursor, {
    1: set('type'),
    2: set('size'),
    3: set('packed'),
    5: (c) => readStruct(c, { 1: set('values'), 2: set('encoding'), 3: set('depthEncoding'), 4: set('startEncoding') }),
    7: (c) => readStruct(c, { 1: set('values'), 2: set('encoding') }),
    8: (c) =>
      readStruct(c, {
        1: set('values'),
        4: set('encoding'),
        5: set('depths'),
        6: set('starts'),
        7: () => {
          header.isPacked = readBoolean(c);
        },
      }),
  });
  const { type, packed, size, values, starts, depths } = header;
  const isKnown = type === DATA || type === DATA_2 || type === DICTIONARY;
  if (!isKnown || [packed, size, values, starts, depths].some((n) => !(n >= 0))) {
    throw damaged('a page has no valid header');
  }
  return header;
}

interface DataPageContext {
  chunk: Chunk;
  column: Column;
  dictionary: Values | undefined;
  options: PageOptions;
}

function readDataPage(header: Header, packed: Uint8Array, context: DataPageContext): Page {
  const { chunk, column, options } = context;
  const { values: count, size } = header;
  const { isList, depth } = column;
  let [starts, depths]: (Uint8Array | undefined)[] = [];
  let source: Source;
  if (header.type === DATA_2) {
    const levels = { bytes: packed, at: 0 };
    const [one, two] = [takeBytes(levels, header.starts), takeBytes(levels, header.depths)];
    if (isList) starts = readLevels(one, 1, count);
    if (depth > 0) depths = readLevels(two, depth, count);
    const rest = packed.subarray(levels.at);
    const codec = header.isPacked ? chunk.codec : 'UNCOMPRESSED';
    source = { bytes: unpack(rest, size - levels.at, codec, column, options), at: 0 };
  } else {
    source = { bytes: unpack(packed, size, chunk.codec, column, options), at: 0 };
    if ((isList && header.startEncoding !== RLE) || (depth > 0 && header.depthEncoding !== RLE)) {
      throw new FileFormatError(`Column ${show(column.name)} is written in a way that went out of use in 2013.`);
    }
    if (isList) starts = readLevels(takeBytes(source, readLength(source)), 1, count);
    if (depth > 0) depths = readLevels(takeBytes(source, readLength(source)), depth, count);
  }
  const absent = depths === undefined ? -1 : depths.findIndex((level) => level !== depth);
  const page = { count, starts, absent };
  let present = count;
  if (depths !== undefined && absent >= 0) for (const level of depths) if (level !== depth) present--;
  if (header.encoding === PLAIN_DICTIONARY || header.encoding === RLE_DICTIONARY) {
    const { dictionary } = context;
    if (dictionary === undefined) throw damaged(`column ${show(column.name)} lacks its dictionary`);
    const indices = new Uint32Array(present);
    if (present > 0) readRuns(source, takeBytes(source, 1)[0], indices);
    if (indices.some((index) => index >= dictionary.length)) {
      throw damaged(`column ${show(column.name)} goes beyond its dictionary`);
    }
    return { ...page, values: dictionary, indices };
  }
  const values = readValues(source, present, column.leaf!, header.encoding);
  if (values === undefined) throw unknownEncoding(header, column);
  return { ...page, values, indices: undefined };
}

function readLevels(bytes: Uint8Array, greatest: number, count: number): Uint8Array {
  const levels = new Uint8Array(count);
  readRuns({ bytes, at: 0 }, 32 - Math.clz32(greatest), levels);
  return levels;
}

function unpack(
  packed: Uint8Array,
  size: number,
  codec: Codec | undefined,
  column: Column,
  { decompressors }: PageOptions,
): Uint8Array {
  if (!(size >= 0)) throw damaged('a page is shorter than its levels');
  let bytes = packed;
  if (codec !== 'UNCOMPRESSED' && size > 0) {
    const own = codec === 'SNAPPY' ? unpackSnappy : undefined;
    const decompress = own ?? decompressors[codec as keyof Decompressors];
    if (decompress === undefined) {
      const read = ['UNCOMPRESSED', 'SNAPPY', ...Object.keys(decompressors)].join(', ');
      throw new FileFormatError(`Column ${show(column.name)} is compressed by ${codec}; read are ${read}.`);
    }
    try {
      bytes = decompress(packed, size);
    } catch (cause) {
      throw new FileFormatError(`A page of column ${show(column.name)} cannot be decompressed.`, { cause });
    }
  }
  if (bytes.length !== size) {
    throw damaged(`a page of column ${show(column.name)} has ${bytes.length} bytes, not ${size}`);
  }
  return bytes;
}

const ENCODINGS = ['PLAIN', 'GROUP_VAR_INT', 'PLAIN_DICTIONARY', 'RLE', 'BIT_PACKED', 'DELTA_BINARY_PACKED'];

function unknownEncoding({ encoding }: Header, { name }: Column): FileFormatError {
  const what = ENCODINGS[encoding] ?? ['DELTA_BYTE_ARRAY', 'RLE_DICTIONARY'][encoding - 7] ?? `number ${encoding}`;
  return new FileFormatError(`Column ${show(name)} is in the encoding ${what}, which is not read.`, {
    hint: 'Write the file without it, or use npy.',
  });
}
