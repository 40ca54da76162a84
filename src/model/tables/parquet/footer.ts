import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { show } from '../../json.ts';
import { damaged } from './damaged.ts';
import { type Cursor, cursorAt, readBoolean, readInteger, readList, readStruct, readText } from './thrift.ts';

/** Type of the values as they are written. */
export type Physical = (typeof PHYSICAL)[number];
const PHYSICAL = [
  ...(['BOOLEAN', 'INT32', 'INT64', 'INT96', 'FLOAT', 'DOUBLE'] as const),
  ...(['BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY'] as const),
];
export type Codec = (typeof CODECS)[number];
const CODECS = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'] as const;

const CONVERTED = [
  ...['UTF8', 'MAP', 'MAP_KEY_VALUE', 'LIST', 'ENUM', 'DECIMAL', 'DATE', 'TIME_MILLIS', 'TIME_MICROS'],
  ...['TIMESTAMP_MILLIS', 'TIMESTAMP_MICROS', 'UINT_8', 'UINT_16', 'UINT_32', 'UINT_64'],
  ...['INT_8', 'INT_16', 'INT_32', 'INT_64', 'JSON', 'BSON', 'INTERVAL'],
];
/** Logical types by field; 0 and 9 are not in use. */
const LOGICAL = [
  ...['', 'UTF8', 'MAP', 'LIST', 'ENUM', 'DECIMAL', 'DATE', 'TIME', 'TIMESTAMP', 'INTERVAL', 'INTEGER', 'NULL'],
  ...['JSON', 'BSON', 'UUID', 'FLOAT16', 'VARIANT', 'GEOMETRY', 'GEOGRAPHY'],
];

export interface Element {
  name: string;
  physical: Physical | undefined;
  /** Bytes of a FIXED_LEN_BYTE_ARRAY. */
  length: number;
  repetition: 'REQUIRED' | 'OPTIONAL' | 'REPEATED';
  children: number;
  /** What the values stand for, such as UTF8, DECIMAL or TIMESTAMP; absent: just what they are. */
  meaning: string | undefined;
  unsigned: boolean;
  /** Decimal places of a DECIMAL. */
  scale: number;
}

/** Where the values of a column lie that belong to one row group. */
export interface Chunk {
  physical: Physical | undefined;
  codec: Codec | undefined;
  values: number;
  start: number;
  bytes: number;
  /** Lies in another file, or encrypted. */
  away: boolean;
}

export interface RowGroup {
  rows: number;
  chunks: Chunk[];
}

export interface Footer {
  /** The root and all below it, depth first. */
  elements: Element[];
  groups: RowGroup[];
  rows: number;
  /** Where the row groups end. */
  end: number;
}

const MAX_FOOTER_BYTES = 1 << 24;
const MAX_ELEMENTS = 1 << 18;
/** Of all row groups; 60 groups of 784 columns are 47,040. */
const MAX_CHUNKS = 1 << 18;

/** Reads what the end of the file says of the rest. @throws FileFormatError */
export function readFooter(bytes: Uint8Array): Footer {
  const magic = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || magic(0) !== 'PAR1') {
    throw new FileFormatError(
      magic(0) === 'PARE'
        ? 'The Parquet file is encrypted.'
        : 'The file is no Parquet file: it does not begin with PAR1.',
    );
  }
  if (magic(bytes.length - 4) !== 'PAR1') {
    throw new FileFormatError('The Parquet file is truncated: it does not end with PAR1.');
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 8, true);
  const end = bytes.length - 8 - length;
  if (end < 4 || length > MAX_FOOTER_BYTES) {
    const limit = Math.min(MAX_FOOTER_BYTES, bytes.length - 12);
    throw new FileFormatError(`The Parquet footer claims ${length} bytes; at most ${limit} are read.`);
  }
  const footer: Footer = { elements: [], groups: [], rows: -1, end };
  let chunks = 0;
  readStruct(cursorAt(bytes.subarray(0, bytes.length - 8), end), {
    2: (c) => readList(c, MAX_ELEMENTS, () => footer.elements.push(readElement(c))),
    3: (c) => {
      footer.rows = readInteger(c);
    },
    4: (c) =>
      readList(c, MAX_CHUNKS, () => {
        const group = readGroup(c, MAX_CHUNKS - chunks);
        chunks += group.chunks.length + 1;
        footer.groups.push(group);
      }),
  });
  requireRows(footer);
  return footer;
}

function requireRows({ groups, rows }: Footer): void {
  const total = groups.reduce((sum, group) => sum + group.rows, 0);
  if (groups.some((group) => !(Number.isSafeInteger(group.rows) && group.rows >= 0)) || total !== rows) {
    throw new FileFormatError(`The Parquet file claims ${rows} rows; its row groups have ${total}.`);
  }
}

function readElement(cursor: Cursor): Element {
  const element: Element = {
    name: '',
    physical: undefined,
    length: 0,
    repetition: 'REQUIRED',
    children: 0,
    meaning: undefined,
    unsigned: false,
    scale: 0,
  };
  let converted: string | undefined;
  readStruct(cursor, {
    1: (c) => {
      element.physical = nameOf(PHYSICAL, readInteger(c));
    },
    2: (c) => {
      element.length = readInteger(c);
    },
    3: (c) => {
      element.repetition = nameOf(['REQUIRED', 'OPTIONAL', 'REPEATED'] as const, readInteger(c));
    },
    4: (c) => {
      element.name = readText(c);
    },
    5: (c) => {
      element.children = readInteger(c);
    },
    6: (c) => {
      converted = nameOf(CONVERTED, readInteger(c));
    },
    7: (c) => {
      element.scale = readInteger(c);
    },
    10: (c) => readLogical(c, element),
  });
  // Old writers name the integers by width; newer ones say the same in both ways.
  if (converted !== undefined && /^U?INT_/.test(converted)) element.unsigned ||= converted.startsWith('U');
  else element.meaning ??= converted;
  return element;
}

function readLogical(cursor: Cursor, element: Element): void {
  const fields: Record<number, (c: Cursor) => void> = {};
  for (let id = 1; id < 64; id++) {
    fields[id] = (c) => {
      element.meaning = LOGICAL[id] ?? `logical type ${id}`;
      readStruct(c, {});
    };
  }
  fields[5] = (c) => {
    element.meaning = 'DECIMAL';
    readStruct(c, {
      1: () => {
        element.scale = readInteger(c);
      },
    });
  };
  fields[10] = (c) =>
    readStruct(c, {
      2: () => {
        element.unsigned = !readBoolean(c);
      },
    });
  readStruct(cursor, fields);
}

function readGroup(cursor: Cursor, limit: number): RowGroup {
  const group: RowGroup = { rows: -1, chunks: [] };
  readStruct(cursor, {
    1: (c) => readList(c, limit, () => group.chunks.push(readChunk(c))),
    3: (c) => {
      group.rows = readInteger(c);
    },
  });
  return group;
}

function readChunk(cursor: Cursor): Chunk {
  const chunk: Chunk = { physical: undefined, codec: undefined, values: -1, start: -1, bytes: -1, away: false };
  let [data, dictionary] = [-1, 0];
  const away = (c: Cursor) => {
    chunk.away = true;
    if (c.type === 8) readText(c);
    else readStruct(c, {});
  };
  const details = (c: Cursor) =>
    readStruct(c, {
      1: () => {
        chunk.physical = nameOf(PHYSICAL, readInteger(c));
      },
      4: () => {
        chunk.codec = nameOf(CODECS, readInteger(c));
      },
      5: () => {
        chunk.values = readInteger(c);
      },
      7: () => {
        chunk.bytes = readInteger(c);
      },
      9: () => {
        data = readInteger(c);
      },
      11: () => {
        dictionary = readInteger(c);
      },
    });
  readStruct(cursor, { 1: away, 3: details, 8: away });
  chunk.start = dictionary > 0 ? Math.min(data, dictionary) : data;
  return chunk;
}

function nameOf<T extends string>(names: readonly T[], code: number): T {
  const name = names[code];
  if (name === undefined) throw damaged(`there is no type ${show(code)}`);
  return name;
}
