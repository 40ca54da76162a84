import { parquetMetadata } from 'hyparquet/src/metadata.js';
import type { FileMetaData, SchemaElement } from 'hyparquet/src/types.js';
import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { damaged } from './damaged.ts';

/** A group or a column of the schema, as hyparquet reads it, and what Descent asks of it. */
export interface Element {
  raw: SchemaElement;
  name: string;
  children: number;
  repetition: 'REQUIRED' | 'OPTIONAL' | 'REPEATED';
  /** What the values stand for, such as UTF8, DECIMAL or TIMESTAMP; absent: just what they are. */
  meaning: string | undefined;
}

/** Where the values of a column lie that belong to one row group. */
export interface Chunk {
  physical: string;
  codec: string;
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
  /** Texts that writers keep with a file, by key. */
  texts: ReadonlyMap<string, string>;
}

const MAX_FOOTER_BYTES = 1 << 24;
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
  let footer: Footer;
  try {
    footer = { ...convert(parquetMetadata(bytes.subarray(end), { parsers: RAW, geoparquet: false })), end };
  } catch (cause) {
    if (cause instanceof FileFormatError) throw cause;
    throw new FileFormatError('The Parquet file is damaged: its footer cannot be read.', { cause });
  }
  requireRows(footer);
  return footer;
}

/** Texts stay bytes: those of statistics need not be texts. */
const RAW = { stringFromBytes: (bytes: Uint8Array) => bytes };

function convert({ schema, row_groups, num_rows, key_value_metadata = [] }: FileMetaData): Omit<Footer, 'end'> {
  const chunks = row_groups.reduce((sum, { columns }) => sum + columns.length + 1, 0);
  if (chunks > MAX_CHUNKS) throw damaged(`it claims ${chunks} column chunks; at most ${MAX_CHUNKS} are read`);
  return {
    elements: schema.map(elementOf),
    groups: row_groups.map((group) => ({
      rows: Number(group.num_rows),
      chunks: group.columns.map(({ meta_data: data, file_path, crypto_metadata, encrypted_column_metadata }) => {
        const [page, dictionary] = [Number(data?.data_page_offset), Number(data?.dictionary_page_offset ?? 0)];
        return {
          physical: `${data?.type}`,
          codec: `${data?.codec}`,
          values: Number(data?.num_values),
          start: dictionary > 0 ? Math.min(page, dictionary) : page,
          bytes: Number(data?.total_compressed_size),
          away: file_path !== undefined || crypto_metadata !== undefined || encrypted_column_metadata !== undefined,
        };
      }),
    })),
    rows: Number(num_rows),
    texts: new Map(key_value_metadata.map(({ key, value }) => [key, value ?? ''])),
  };
}

function elementOf(raw: SchemaElement): Element {
  const { name, num_children, converted_type, logical_type } = raw;
  let meaning: string | undefined;
  if (logical_type !== undefined) {
    const { type } = logical_type;
    meaning = type === 'STRING' ? 'UTF8' : type === 'INTEGER' ? undefined : (type ?? 'that is not known');
  } else if (converted_type !== undefined && !/^U?INT_/.test(converted_type)) {
    meaning = converted_type;
  }
  if (meaning === 'DECIMAL' && logical_type !== undefined && 'scale' in logical_type) {
    // hyparquet converts by the older of the two names that writers give a decimal.
    raw.converted_type = 'DECIMAL';
    raw.scale = logical_type.scale;
  }
  // A hostile file may write any of these as a 64-bit integer.
  for (const key of ['type_length', 'scale'] as const) if (raw[key] !== undefined) raw[key] = Number(raw[key]);
  raw.repetition_type ??= 'REQUIRED';
  return { raw, name: `${name}`, children: Number(num_children ?? 0), repetition: raw.repetition_type, meaning };
}

function requireRows({ groups, rows }: Footer): void {
  const total = groups.reduce((sum, group) => sum + group.rows, 0);
  if (groups.some((group) => !(Number.isSafeInteger(group.rows) && group.rows >= 0)) || total !== rows) {
    throw new FileFormatError(`The Parquet file claims ${rows} rows; its row groups have ${total}.`);
  }
}
