import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { DECOMPRESSORS } from '../../../scripts/files/decompress.ts';
import { DescentError } from '../../../src/errors/DescentError.ts';
import { FileFormatError } from '../../../src/errors/FileFormatError.ts';
import { InputError } from '../../../src/errors/InputError.ts';
import { readCsv } from '../../../src/model/tables/csv.ts';
import { unpackSnappy } from '../../../src/model/tables/parquet/snappy.ts';
import { type ParquetOptions, readParquet } from '../../../src/model/tables/parquet.ts';
import { columnName } from '../../../src/model/tables/roles.ts';
import { int32s, page, parquetTable, values } from '../../corpus/parquetFile.ts';
import { labelsOf, targetsOf } from './answers.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'corpus', 'parquet');
const fixture = (name: string) => new Uint8Array(readFileSync(join(FOLDER, name)));
const read = (bytes: Uint8Array, options: ParquetOptions = { label: 'y' }) =>
  withoutNames(readParquet(bytes, { decompressors: DECOMPRESSORS, ...options }));
const withoutNames = ({ targetNames: _, ...table }: ReturnType<typeof readParquet>) => table;

/** The table of a CSV file without what only a text file has: lines, and notes of how it was read. */
const csvTable = (...args: Parameters<typeof readCsv>) => {
  const { rowName: _, notes: __, targetNames: ___, ...table } = readCsv(...args);
  return table;
};

const FLAT = ['snappy', 'gzip', 'brotli', 'zstd', 'encodings', 'required'];
const LISTS = ['list', 'fixed-list', 'duckdb-list', 'polars-list'];
/** Of other writers; they have some of the columns. */
const OTHERS = ['duckdb-v1', 'duckdb-v2', 'polars', 'fastparquet'];

describe('readParquet', () => {
  for (const [names, twin] of [
    [FLAT, 'flat.csv'],
    [LISTS, 'list.csv'],
  ] as const) {
    const csv = fixture(twin);
    for (const name of names) {
      it(`reads the same table as from CSV: ${name}.parquet`, () => {
        const bytes = fixture(`${name}.parquet`);
        const roles = [{ label: 'y' }, { label: 'y', classes: [...csvTable(csv, { label: 'y' }).classes!].reverse() }];
        for (const options of roles) assert.deepEqual(read(bytes, options), csvTable(csv, options));
      });
    }
  }

  it('reads the same as from CSV what other programs wrote', () => {
    const ignore = ['i8', 'u8', 'u32', 'u64', 'price'];
    for (const name of OTHERS) {
      const bytes = fixture(`${name}.parquet`);
      assert.deepEqual(read(bytes), csvTable(fixture('flat.csv'), { label: 'y', ignore }), name);
      const options = { targets: ['i64'] };
      assert.deepEqual(
        read(bytes, { ...options, ignore: ['y'] }),
        csvTable(fixture('flat.csv'), { ...options, ignore: [...ignore, 'y'] }),
        name,
      );
    }
  });

  it('reads integers as labels, targets of any type, and leaves columns out', () => {
    const csv = fixture('flat.csv');
    for (const name of FLAT) {
      const bytes = fixture(`${name}.parquet`);
      for (const options of [
        { label: 'n', ignore: ['y', 'i64'] },
        { label: 'flag', ignore: ['y'] },
        { targets: ['price', 'i8'], ignore: ['y'] },
      ]) {
        assert.deepEqual(read(bytes, options), csvTable(csv, options), `${name} ${JSON.stringify(options)}`);
      }
    }
  });

  it('reads lists as targets, and leaves lists and structures out', () => {
    const table = read(fixture('list.parquet'), { targets: ['pixels'] });
    const twin = csvTable(fixture('list.csv'), { label: 'y' });
    assert.deepEqual([table.outputs, table.columns], [9, ['y', 'z']]);
    const features = Array.from({ length: 50 }, (_, r) => [...twin.features.subarray(10 * r, 10 * r + 9)]);
    assert.deepEqual([...targetsOf(table)], features.flat());
    assert.deepEqual(read(fixture('list.parquet'), { label: 'y', ignore: ['pixels'] }).columns, ['z']);
    const rest = read(fixture('struct.parquet'), { label: 'y', ignore: ['b'] });
    assert.deepEqual(
      [[...rest.features], rest.classes, [...labelsOf(rest)]],
      [
        [1.5, 2.5, 3.5],
        ['p', 'q'],
        [0, 1, 0],
      ],
    );
  });

  it('reads what an independent reader reads', async () => {
    for (const name of FLAT) {
      const { buffer } = fixture(`${name}.parquet`);
      const rows = await parquetReadObjects({ file: buffer as ArrayBuffer, compressors: DECOMPRESSORS });
      const table = read(fixture(`${name}.parquet`));
      const numbers = rows.flatMap((row) =>
        table.columns!.map((column) => Math.fround(Number(row[columnName(column)]))),
      );
      assert.deepEqual([...table.features], numbers, name);
      assert.deepEqual(
        Array.from(labelsOf(table), (k) => table.classes![k]),
        rows.map((row) => row.y),
      );
    }
  });

  const refused: [string, RegExp][] = [
    ['null', /^Row 1 has no value in column "b"/],
    ['nan', /^Row 2 has NaN in column "a"/],
    ['huge-number', /^Row 1 has -1e\+39 in column "a", which is not a finite 32-bit number/],
    ['beyond', /^Row 2 has an integer beyond 2\^53 in column "b"/],
    ['beyond-unsigned', /^Row 2 has an integer beyond 2\^53 in column "b"/],
    ['ragged-list', /^Row 2 has 1 numbers in column "b"; row 0 has 2/],
    ['null-in-list', /^Row 1 has no value in column "b"/],
    ['empty-list', /^Row 1 has no value in column "b"/],
    ['list-of-lists', /^Column "b" holds structures or lists of lists, not numbers/],
    ['struct', /^Column "b" holds structures/],
    ['timestamp', /^Column "b" holds values of type TIMESTAMP/],
    ['empty-label', /^Row 1 has no label/],
    ['null-label', /^Row 1 has no value in column "y"/],
    ['lz4', /^Column "a" is compressed by LZ4_RAW; read are UNCOMPRESSED, SNAPPY, GZIP, BROTLI, ZSTD/],
    ['no-rows', /^The Parquet file has columns and no rows/],
  ];
  for (const [name, message] of refused) {
    it(`refuses ${name}.parquet`, () => {
      assert.throws(
        () => read(fixture(`${name}.parquet`)),
        (error: unknown) => error instanceof FileFormatError && message.test(error.message),
      );
    });
  }

  it('refuses text and lists where they do not fit, and roles that do not fit the columns', () => {
    const cases: [string, ParquetOptions, RegExp][] = [
      ['gzip', { label: 'n' }, /Column "y" holds text, not numbers[\s\S]*code it as numbers/],
      ['gzip', { targets: ['y'] }, /Column "y" holds text/],
      [
        'gzip',
        { label: 'f64', ignore: ['y'] },
        /Column "f64" holds values of type DOUBLE; labels are integers or text/,
      ],
      ['list', { label: 'pixels' }, /Column "pixels" holds lists of values of type INT32; labels are/],
      ['gzip', { label: 'y', decompressors: {} }, /compressed by GZIP; read are UNCOMPRESSED, SNAPPY\./],
      ['gzip', { label: 'y', classes: ['rose', 'lily'] }, /is none of the 2 classes/],
      ['gzip', {}, /Which column/],
      ['gzip', { label: 'z' }, /no column "z"[\s\S]*"i8", "u8"/],
      ['gzip', { label: 'y', ignore: ['y'] }, /two roles/],
    ];
    for (const [name, options, message] of cases) {
      assert.throws(
        () => read(fixture(`${name}.parquet`), options),
        (error: unknown) =>
          (error instanceof FileFormatError || error instanceof InputError) && message.test(error.message),
      );
    }
  });

  it('ends runs, which may be as long as they like, with the values of the page', () => {
    const dictionary = page({ 1: 2, 7: { 1: 2, 2: 0 } }, int32s([5, 6]));
    const endless = [0xfe, 0xff, 0xff, 0xff, 0x0f];
    const runs: [number[], number[]][] = [
      [
        [1, ...endless, 1],
        [6, 6],
      ],
      [
        [1, 2, 1, ...endless, 0],
        [6, 5],
      ],
      [
        [0, 0xff, 0xff, 0xff, 0xff, 0x0f],
        [5, 5],
      ],
      [
        [3, 0xff, 0xff, 0xff, 0xff, 0x0f, 0b001000, 0, 0],
        [5, 6],
      ],
    ];
    for (const [data, expected] of runs) {
      const pages = [...dictionary, ...page(values(2, 8), data)];
      assert.deepEqual([...read(parquetTable({ pages })).features], expected);
    }
  });

  it('reads differences that wrap around, of 32 and of 64 bits', () => {
    // Blocks of 128 in 4 parts; the second integer is the first plus the least difference of its block.
    const of = (first: number[], least: number[]) => [0x80, 1, 4, 2, ...first, ...least, 0, 0, 0, 0];
    const min32 = [0xff, 0xff, 0xff, 0xff, 0x0f];
    const table32 = parquetTable({ pages: page(values(2, 5), of(min32, [1])) });
    assert.deepEqual([...read(table32).features], [-(2 ** 31), 2 ** 31]);
    const min64 = [...Array(9).fill(0xff), 1];
    const max64 = [0xfe, ...Array(8).fill(0xff), 1];
    const table64 = parquetTable({
      element: { 1: 2 },
      chunk: { 1: 2 },
      pages: page(values(3, 5), [0x80, 1, 4, 3, 14, ...min64, 0, 0, 0, 0]),
      rows: 3,
      labels: page(values(3), int32s([0, 1, 1])),
    });
    assert.throws(() => read(table64), /Row 1 has an integer beyond 2\^53/);
    const back = parquetTable({ element: { 1: 2 }, chunk: { 1: 2 }, pages: page(values(2, 5), of([1], max64)) });
    assert.throws(() => read(back), /Row 1 has an integer beyond 2\^53/);
  });

  it('gives a table or a DescentError when a file is cut off anywhere', () => {
    for (const name of [...FLAT, ...LISTS, ...OTHERS]) {
      const bytes = fixture(`${name}.parquet`);
      for (let length = 0; length < bytes.length - 4; length += name === 'list' ? 1 : 7) {
        assert.throws(() => read(bytes.slice(0, length)), FileFormatError);
        // The same with the footer in place: the row groups are cut instead.
        const cut = bytes.slice(bytes.length - length - 4);
        cut.set(bytes.subarray(0, 4));
        assert.throws(() => read(cut), DescentError);
      }
    }
  });

  it('gives a table or a DescentError when bytes of a file are others, soon and in little memory', () => {
    let slowest = 0;
    const attempt = (bytes: Uint8Array) => {
      const start = performance.now();
      try {
        read(bytes);
      } catch (error) {
        assert.ok(error instanceof DescentError, String(error));
      }
      slowest = Math.max(slowest, performance.now() - start);
    };
    for (const name of ['required', 'encodings', 'list']) {
      const good = fixture(`${name}.parquet`);
      for (let at = 0; at < good.length; at += 5) {
        const bytes = good.slice();
        bytes[at] ^= at % 2 === 0 ? 0xff : 1 << (at % 7);
        attempt(bytes);
      }
    }
    const files = [...FLAT, ...LISTS, ...OTHERS].map((name) => fixture(`${name}.parquet`));
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...files), edits, (good, changes) => {
        const bytes = good.slice();
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        attempt(bytes);
      }),
      { numRuns: 1000 },
    );
    assert.ok(slowest < 2000, `${slowest} ms`);
    assert.ok(process.resourceUsage().maxRSS < 2 ** 20, `${process.resourceUsage().maxRSS} KiB`);
  });
});

describe('unpackSnappy', () => {
  it('copies what was written, also what is being written', () => {
    const text = (bytes: number[], size: number) =>
      new TextDecoder().decode(unpackSnappy(Uint8Array.from(bytes), size));
    assert.equal(text([0], 0), '');
    assert.equal(text([3, 0x08, 97, 98, 99], 3), 'abc');
    assert.equal(text([3, 0xf0, 2, 97, 98, 99], 3), 'abc', 'a literal with its length in a byte of its own');
    assert.equal(text([7, 0x04, 97, 98, 0x05, 2], 7), 'abababa');
    assert.equal(text([5, 0x04, 97, 98, 0x0a, 2, 0], 5), 'ababa');
    assert.equal(text([5, 0x04, 97, 98, 0x0b, 2, 0, 0, 0], 5), 'ababa');
  });
});
