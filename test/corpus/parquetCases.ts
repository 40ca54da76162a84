import { gzipSync, zstdCompressSync } from 'node:zlib';
import { int32s, page, parquet, parquetTable, type TableSpec, thrift, values } from './parquetFile.ts';

/** Name of a bad Parquet file, its bytes and what its reader must say. */
export type ParquetCase = [name: string, make: () => Uint8Array, message: RegExp];

const table = (name: string, spec: TableSpec, message: RegExp): ParquetCase => [
  name,
  () => parquetTable(spec),
  message,
];
const raw = (name: string, bytes: string | number[], message: RegExp): ParquetCase => [
  name,
  () => (typeof bytes === 'string' ? new TextEncoder().encode(bytes) : Uint8Array.from(bytes)),
  message,
];
/** A table whose column `a` has one page of these bytes. */
const inPage = (name: string, encoding: number, data: number[], message: RegExp, more: TableSpec = {}): ParquetCase =>
  table(name, { pages: page(values(2, encoding), data), ...more }, message);
const packed = (name: string, codec: number, size: number, data: ArrayLike<number>, message: RegExp): ParquetCase =>
  table(name, { pages: page({ ...values(2), 2: size }, data), chunk: { 4: codec } }, message);
const footer = (bytes: number[]) => () => parquet([], Uint8Array.from(bytes));
const GZIP = 2;
const SNAPPY = 1;
const dictionary = page({ 1: 2, 7: { 1: 2, 2: 0 } }, int32s([5, 6]));

/** Small enough to lie in `files/`. */
export const SMALL_PARQUET: ParquetCase[] = [
  raw('empty', '', /no Parquet file/),
  raw('magic', 'PAR1PAR1', /no Parquet file/),
  raw('encrypted', 'PARE\0\0\0\0PARE', /is encrypted/),
  raw('cut', 'PAR1 and so on', /does not end with PAR1/),
  ['footer-length', () => parquet([], {}, 2 ** 32 - 1), /footer claims 4294967295 bytes/],
  ['footer-empty', () => parquet([], {}), /footer cannot be read/],
  ['footer-nested', footer(Array(100).fill(0x1c)), /footer cannot be read/],
  ['footer-lists', footer([0x19, ...Array(100).fill([0xf9, 90]).flat()]), /footer cannot be read/],
  ['footer-list-2-31', footer([0x29, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f]), /footer cannot be read/],
  ['footer-binary-2-63', footer([0x18, ...Array(9).fill(0xff), 0x7f]), /footer cannot be read/],
  ['footer-endless-number', footer([0x36, ...Array(40).fill(0xff)]), /footer cannot be read/],
  ['footer-map', footer([0x1b, 0]), /footer cannot be read/],
  table('rows-10-12', { rows: 1e12 }, /1000000000000 rows of 1 numbers are more than 67108864/),
  table('rows-negative', { rows: -1 }, /claims -1 rows/),
  table('rows-2-63', { rows: 2 ** 62 }, /claims 4611686018427388000 rows/),
  table('rows-differ', { footer: { 3: 3 } }, /claims 3 rows; its row groups have 2/),
  table('rows-missing', { rows: 3 }, /has 1 values too few/),
  table('schema-empty', { footer: { 2: [] } }, /no tree/),
  table(
    'schema-children',
    {
      footer: {
        2: [
          { 4: 'root', 5: 2 ** 31 - 1 },
          { 1: 1, 4: 'a' },
          { 1: 1, 4: 'y' },
        ],
      },
    },
    /no tree/,
  ),
  table('schema-negative', { element: { 5: -1 } }, /no tree/),
  table(
    'schema-left-over',
    {
      footer: {
        2: [
          { 4: 'root', 5: 1 },
          { 1: 1, 4: 'a' },
          { 1: 1, 4: 'y' },
        ],
      },
    },
    /no tree/,
  ),
  table('schema-type', { element: { 1: 99 } }, /its columns are no tree/),
  table('column-twice', { element: { 4: 'y' } }, /Two columns are called "y"/),
  table('column-nameless', { element: { 4: '' } }, /Column 1 has no name/),
  table('index-column', { element: { 4: '__index_level_0__' } }, /No column is left for the features/),
  table(
    'list-of-lists',
    {
      footer: {
        2: [
          { 4: 'root', 5: 2 },
          { 3: 1, 4: 'a', 5: 1, 6: 3 },
          { 3: 2, 4: 'list', 5: 1 },
          { 1: 1, 3: 2, 4: 'element' },
          { 1: 1, 4: 'y' },
        ],
      },
    },
    /Column "a" holds structures or lists of lists/,
  ),
  table('no-groups', { footer: { 3: 0, 4: [] } }, /no rows/),
  table('chunks-missing', { footer: { 4: [{ 1: [{}], 3: 2 }] } }, /Row group 0 has 1 column chunks, not 2/),
  table('chunk-other-file', { outer: { 1: 'other.parquet' } }, /encrypted or lies in another file/),
  table('chunk-type', { chunk: { 1: 2 } }, /not where the footer says/),
  table('chunk-before', { chunk: { 9: 0 } }, /not where the footer says/),
  table('chunk-negative', { chunk: { 7: -1 } }, /not where the footer says/),
  table('chunk-beyond', { chunk: { 7: 2 ** 40 } }, /not where the footer says/),
  table('chunk-2-62', { chunk: { 9: 2 ** 62 } }, /not where the footer says/),
  table('chunk-values', { chunk: { 5: 1 } }, /more values than the footer says/),
  table(
    'codec',
    { chunk: { 4: 3 } },
    /compressed by LZO; read are UNCOMPRESSED, SNAPPY, LZ4, LZ4_RAW, GZIP, BROTLI, ZSTD/,
  ),
  table('page-cut', { pages: page({ ...values(2), 3: 9 }, int32s([1, 2])) }, /a page of column "a" is cut off/),
  table('page-type', { pages: page({ ...values(2), 1: 9 }, int32s([1, 2])) }, /no valid header/),
  table('page-negative', { pages: page({ ...values(2), 3: -8 }, int32s([1, 2])) }, /no valid header/),
  table('page-size', { pages: page({ ...values(2), 2: 9 }, int32s([1, 2])) }, /has 8 bytes, not 9/),
  table('page-values', { rows: 2 ** 25, pages: page(values(2 ** 25), []) }, /claims 33554432 values in 0 bytes/),
  table('page-few-values', { pages: page(values(3), int32s([1, 2])), rows: 3 }, /a page of column "a" cannot be read/),
  table('page-levels-first', { pages: page(values(2), int32s([1, 2])), element: { 3: 1 } }, /damaged/),
  table('page-none', { pages: page(values(0), []) }, /column "a" has 2 values too few/),
  table('page-more-rows', { rows: 1, chunk: { 5: 2 } }, /Column "a" has not 1 rows in row group 0/),
  table('page-fewer-rows', { chunk: { 5: 1 }, pages: page(values(1), int32s([1])) }, /Column "a" has not 2 rows/),
  table('dictionary-twice', { pages: [...dictionary, ...dictionary] }, /two dictionaries/),
  packed('page-gigabytes', GZIP, 2 ** 31 - 1, [], /claims 2 values in 2147483647 bytes/),
  packed('gzip-more', GZIP, 8, gzipSync(new Uint8Array(1e6)), /cannot be decompressed/),
  packed('gzip-less', GZIP, 80, gzipSync(new Uint8Array(8)), /has 8 bytes, not 80/),
  packed('gzip-damaged', GZIP, 8, [1, 2, 3], /cannot be decompressed/),
  packed('snappy-literal', SNAPPY, 8, [8, 0xfc, 0, 0, 0, 0x80, 1, 2, 3, 4], /cannot be decompressed/),
  packed('snappy-more', SNAPPY, 8, [8, 0, 1, 0xfe, 1, 0], /cannot be decompressed/),
  packed('snappy-less', SNAPPY, 8, [8, 0, 1], /cannot be decompressed/),
  packed('snappy-before', SNAPPY, 8, [8, 0, 1, 0x1a, 2, 0], /cannot be decompressed/),
  packed('snappy-nowhere', SNAPPY, 8, [8, 0, 1, 0x1a, 0, 0], /cannot be decompressed/),
  packed('snappy-length', SNAPPY, 8, Array(9).fill(0xff), /cannot be decompressed/),
  inPage('no-dictionary', 8, [1, 4, 0], /lacks its dictionary/),
  table('dictionary-beyond', { pages: [...dictionary, ...page(values(2, 8), [2, 4, 3])] }, /beyond its dictionary/),
  table(
    'dictionary-width',
    { pages: [...dictionary, ...page(values(2, 8), [33, 4, 0])] },
    /a page of column "a" cannot be read/,
  ),
  table(
    'dictionary-cut',
    { pages: [...dictionary, ...page(values(2, 8), [9, 3, 0])] },
    /a page of column "a" cannot be read/,
  ),
  table(
    'dictionary-no-runs',
    { pages: [...dictionary, ...page(values(2, 8), [1])] },
    /a page of column "a" cannot be read/,
  ),
  inPage('encoding', 7, [0], /encoding DELTA_BYTE_ARRAY, which is not read/),
  inPage('encoding-unknown', 77, [0], /in the encoding of an unknown number/),
  inPage('deltas-parts', 5, [0x80, 1, 0, 2, 0, 0], /a page of column "a" cannot be read/),
  inPage('deltas-block', 5, [0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 0, 0], /a page of column "a" cannot be read/),
  inPage('deltas-no-block', 5, [0, 4, 2, 0, 0], /a page of column "a" cannot be read/),
  inPage('deltas-count', 5, [0x80, 1, 4, 9, 0, 0], /a page of column "a" cannot be read/),
  inPage('deltas-width', 5, [0x80, 1, 4, 2, 0, 0, 99, 0, 0, 0], /a page of column "a" cannot be read/),
  inPage('deltas-cut', 5, [0x80, 1, 4, 2, 0, 0, 9, 0, 0, 0], /a page of column "a" cannot be read/),
];

const zeros = (bytes: number) => zstdCompressSync(new Uint8Array(bytes));

/** Of some megabytes, or asking for much. */
export const LARGE_PARQUET: ParquetCase[] = [
  ['footer-elements', () => parquet([], lists(0x29, 1 << 18)), /footer cannot be read/],
  ['footer-too-many', () => parquet([], lists(0x29, 1 << 20)), /takes more than the|footer cannot be read/],
  ['footer-groups', () => parquet([], lists(0x49, (1 << 18) - 1)), /footer cannot be read/],
  ['long-label', () => labelled(new Uint8Array(1e6).fill(97)), /label of 1000000 bytes; at most 4096/],
  ['no-text-label', () => labelled(new Uint8Array(9).fill(0xff)), /Row 0 of column "y" is not UTF-8 text/],
  ['many-classes', () => classes(5000), /The labels name 4097 classes/],
];

/** A footer with one list of empty structures. */
function lists(field: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count + 10);
  bytes.set([field, 0xfc, ...varint(count)]);
  return bytes.subarray(0, 2 + varint(count).length + count + 1);
}

function varint(value: number): number[] {
  return thrift(value / 2);
}

function labelled(text: Uint8Array): Uint8Array {
  const data = new Uint8Array(4 + text.length);
  new DataView(data.buffer).setUint32(0, text.length, true);
  data.set(text, 4);
  const labels = page(values(1), data);
  const pages = page(values(1), int32s([1]));
  return parquetTable({
    rows: 1,
    pages,
    labels,
    footer: {
      2: [
        { 4: 'root', 5: 2 },
        { 1: 1, 4: 'a' },
        { 1: 6, 4: 'y', 6: 0 },
      ],
      4: [
        {
          1: [
            { 3: { 1: 1, 2: [0], 3: ['a'], 4: 0, 5: 1, 6: pages.length, 7: pages.length, 9: 4 } },
            { 3: { 1: 6, 2: [0], 3: ['y'], 4: 0, 5: 1, 6: 4, 7: labels.length, 9: 4 + pages.length } },
          ],
          3: 1,
        },
      ],
    },
  });
}

function classes(count: number): Uint8Array {
  const numbers = page(values(count), int32s(Array.from({ length: count }, (_, k) => k)));
  return parquetTable({ rows: count, pages: numbers, labels: numbers });
}

/** So large, or asking for so much, that each is measured in a process of its own. */
export const HUGE_PARQUET: ParquetCase[] = [
  ['footer-17mib', () => parquet([], new Uint8Array(17 << 20)), /footer claims 17825792 bytes; at most 16777216/],
  ['footer-unknown', () => parquet([], lists(0x99, 15 << 20)), /takes more than the|footer cannot be read/],
  ['footer-deep', () => parquet([], new Uint8Array(15 << 20).fill(0x1c)), /footer cannot be read/],
  [
    'rows-beyond',
    () => {
      // 60 pages of 2^24 values in a file of two rows.
      const run = page(values(1 << 24, 8), [1, ...varint(1 << 25), 0]);
      return parquetTable({ pages: [...dictionary, ...Array(60).fill(run).flat()], chunk: { 5: 60 * 2 ** 24 } });
    },
    /Column "a" has not 2 rows in row group 0/,
  ],
  ['oversized', () => new Uint8Array(130 << 20), /at most 134217728/],
  [
    'pages-of-128mib',
    () => {
      const one = page({ ...values(1), 2: 1 << 27 }, zeros(1 << 27));
      return parquetTable({ rows: 20, pages: Array(20).fill(one).flat(), chunk: { 4: 6 } });
    },
    /takes more than the|more than 536870912 bytes/,
  ],
  [
    'runs-of-2-31',
    () => {
      const run = page(values(2, 8), [1, 0xfe, 0xff, 0xff, 0xff, 0x0f, 1]);
      return parquetTable({ pages: [...dictionary, ...run] });
    },
    /takes more than the 321 MiB of memory/,
  ],
  [
    'empty-pages',
    () => {
      const one = page(values(0), []);
      const pages = new Uint8Array(one.length * 2 ** 20);
      for (let at = 0; at < pages.length; at += one.length) pages.set(one, at);
      return parquetTable({ pages });
    },
    /more than 536870912 bytes/,
  ],
  [
    'runs-of-2-24',
    () => {
      // One page: 2^24 times the same entry of the dictionary; the labels are missing.
      const run = page(values(1 << 24, 8), [1, ...varint(1 << 25), 0]);
      return parquetTable({ rows: 1 << 25, pages: [...dictionary, ...run, ...run], chunk: { 11: 4 } });
    },
    /column "y" has 33554430 values too few/,
  ],
];
