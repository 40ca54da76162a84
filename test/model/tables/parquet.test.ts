import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { DECOMPRESSORS } from '../../../scripts/files/decompress.ts';
import { ParquetReader } from '../../../scripts/files/parquetReader.ts';
import { DescentError } from '../../../src/errors/DescentError.ts';
import { FileFormatError } from '../../../src/errors/FileFormatError.ts';
import { InputError } from '../../../src/errors/InputError.ts';
import { readCsv } from '../../../src/model/tables/csv.ts';
import { treatMissing } from '../../../src/model/tables/missing.ts';
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
        { labels: ['flag'], ignore: ['y'] },
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
    ['huge-number', /^Row 1 has -1e\+39 in column "a", which is not a finite 32-bit number/],
    ['beyond', /^Row 2 has an integer beyond 2\^53 in column "b"/],
    ['beyond-unsigned', /^Row 2 has an integer beyond 2\^53 in column "b"/],
    ['ragged-list', /^Row 2 has 1 number in column "b"; row 0 has 2/],
    ['null-in-list', /^Row 1 has no value in column "b"/],
    ['empty-list', /^Row 1 has no value in column "b"/],
    ['list-of-lists', /^Column "b" holds structures or lists of lists, not numbers/],
    ['struct', /^Row 0 of column "b" holds bytes that are no image; images are read in PNG/],
    ['timestamp', /^Column "b" holds values of type TIMESTAMP/],
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

  const missing: [string, number[], number[], RegExp][] = [
    ['null', [1.5, 1, 2.5, Number.NaN, 3.5, 3], [0, 1, 0], /^InputError: Row 1 has no value in column "b"/],
    ['nan', [1, 2, Number.NaN], [0, 1, 0], /^InputError: Row 2 has no value in column "a"/],
    ['empty-label', [1.5, 2.5, 3.5], [0, -1, 1], /^InputError: Row 1 lacks its label/],
    ['null-label', [1.5, 2.5, 3.5], [0, -1, 1], /^InputError: Row 1 lacks its label/],
  ];
  for (const [name, features, labels, message] of missing) {
    it(`takes what ${name}.parquet lacks as missing, which a rule then refuses or leaves out`, () => {
      const table = read(fixture(`${name}.parquet`));
      assert.deepEqual([[...table.features], [...labelsOf(table)]], [features, labels]);
      assert.throws(() => treatMissing(table, 'refuse'), message);
      assert.equal(treatMissing(table, 'drop').dropped, 1);
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
      ['gzip', { label: 'y', decompressors: {} }, /compressed by GZIP; read are UNCOMPRESSED, SNAPPY, LZ4, LZ4_RAW\./],
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

  it('ends runs of a bit-packed dictionary with the values of the page, and refuses other runs that go beyond', () => {
    const dictionary = page({ 1: 2, 7: { 1: 2, 2: 0 } }, int32s([5, 6]));
    const table = (data: number[]) => parquetTable({ pages: [...dictionary, ...page(values(2, 8), data)] });
    assert.deepEqual([...read(table([1, 3, 0b10])).features], [5, 6]);
    assert.throws(() => read(table([1, 8, 1])), /has not 2 values/);
  });

  it('reads differences that wrap around, of 32 and of 64 bits', () => {
    // Blocks of 128 in 4 parts; the second integer is the first plus the least difference of its block.
    const of = (first: number[], least: number[]) => [0x80, 1, 4, 2, ...first, ...least, 0, 0, 0, 0];
    const min32 = [0xff, 0xff, 0xff, 0xff, 0x0f];
    const table32 = parquetTable({ pages: page(values(2, 5), of(min32, [1])) });
    assert.deepEqual([...read(table32).features], [-(2 ** 31), 2 ** 31]);
    const max64 = [0xfe, ...Array(8).fill(0xff), 1];
    const long = { element: { 1: 2 }, chunk: { 1: 2 } };
    const table64 = parquetTable({ ...long, pages: page(values(2, 5), of([1], max64)) });
    assert.throws(() => read(table64), /Row 1 has an integer beyond 2\^53/);
  });
});

interface Hub {
  [images: string]: number[][];
}

describe('readParquet, of files as the Hugging Face hub and pandas write them', () => {
  const hub: Hub & { labels: string[] } = JSON.parse(readFileSync(join(FOLDER, 'hub.json'), 'utf8'));
  const LABEL = { label: 'label' };
  const rowsOf = ({ features, inputs }: ReturnType<typeof read>) =>
    Array.from({ length: features.length / inputs }, (_, r) => [...features.subarray(r * inputs, (r + 1) * inputs)]);
  const namesOf = (table: ReturnType<typeof read>) => Array.from(labelsOf(table), (k) => table.classes![k]);

  for (const [name, images] of [
    ...['grey', 'rgb', 'rgba', '16-bit', '1-bit', 'palette'].map((kind) => [kind, kind]),
    ...['grey-groups', 'grey-lz4', 'text-chunks', 'datasets'].map((kind) => [kind, 'grey']),
  ]) {
    it(`reads PNG images and names classes by the footer: hub-${name}.parquet`, () => {
      const table = read(fixture(`hub-${name}.parquet`), LABEL);
      assert.deepEqual(rowsOf(table), hub[images]);
      assert.deepEqual(
        table.columns,
        Array.from({ length: hub[images][0].length }, (_, k) => `image[${k}]`),
      );
      assert.deepEqual([table.classes, namesOf(table)], [['cat', 'dog', 'emu'], hub.labels]);
      assert.equal(table.notes, undefined);
    });
  }

  it('reads images without a structure around them', () => {
    assert.deepEqual(rowsOf(read(fixture('image-bytes.parquet'), LABEL)), hub.grey);
  });

  it('keeps classes that no row has, and the order of the classes of another table', () => {
    const more = read(fixture('hub-more-names.parquet'), LABEL);
    assert.deepEqual([more.outputs, more.classes], [5, ['ant', 'cat', 'dog', 'emu', 'fox']]);
    assert.deepEqual([...labelsOf(more)].slice(0, 3), [0, 1, 2]);
    const given = read(fixture('hub-grey.parquet'), { ...LABEL, classes: ['emu', 'dog', 'cat'] });
    assert.deepEqual([...labelsOf(given)].slice(0, 3), [2, 1, 0]);
    assert.throws(
      () => read(fixture('hub-grey.parquet'), { ...LABEL, classes: ['cat', 'dog', 'fox'] }),
      /"emu" is none/,
    );
  });

  it('numbers classes without names, and says so where the names cannot be read', () => {
    for (const name of ['no-names', 'no-metadata', 'names-twice', 'names-no-json']) {
      const table = read(fixture(`hub-${name}.parquet`), LABEL);
      assert.deepEqual(table.classes, ['0', '1', '2'], name);
      assert.equal(table.notes?.length ?? 0, name.startsWith('names') ? 1 : 0, name);
    }
  });

  it('reads half floats in every encoding, and lists of them', () => {
    for (const name of ['half', 'half-plain', 'half-split', 'half-list']) {
      assert.deepEqual(rowsOf(read(fixture(`${name}.parquet`))), hub.half, name);
    }
  });

  it('reads labels that pandas and pyarrow keep in dictionaries, LZ4 of five writers, and checksums', () => {
    const labels = ['categories', 'strings', 'dictionary', 'large-strings', 'string-views', 'checksums'];
    for (const name of [...labels, 'lz4-duckdb', 'lz4-polars', 'lz4-fastparquet']) {
      const table = read(fixture(`${name}.parquet`));
      assert.deepEqual([rowsOf(table), namesOf(table)], [hub.small, hub.labels], name);
    }
    assert.deepEqual(rowsOf(read(fixture('lz4.parquet'))), [[1.5], [2.5], [3.5]]);
  });

  it('reads LZ4 in the frames of Hadoop', () => {
    // Two frames of literals: sizes in big-endian, the token, the bytes.
    const frame = (bytes: Uint8Array) => [
      0,
      0,
      0,
      bytes.length,
      0,
      0,
      0,
      bytes.length + 1,
      bytes.length << 4,
      ...bytes,
    ];
    const data = [...frame(int32s([7])), ...frame(int32s([8]))];
    const table = (size: number, bytes: number[]) =>
      parquetTable({ pages: page({ ...values(2), 2: size }, bytes), chunk: { 4: 5 } });
    assert.deepEqual([...read(table(8, data)).features], [7, 8]);
    assert.throws(() => read(table(9, data)), FileFormatError);
    assert.throws(() => read(table(8, data.slice(0, 13))), FileFormatError);
    const raw = parquetTable({ pages: page({ ...values(2), 2: 8 }, [0x40, ...int32s([7])]), chunk: { 4: 7 } });
    assert.throws(() => read(raw), /cannot be decompressed|fewer bytes than 8/);
  });

  it('leaves out the index of a data frame with a note, unless it is asked for', () => {
    const table = read(fixture('index.parquet'));
    assert.deepEqual(
      [table.columns, table.notes],
      [['a'], ['Left out the column "__index_level_0__": it is the index of a data frame.']],
    );
    const asked = read(fixture('index.parquet'), { targets: ['__index_level_0__'], ignore: ['y'] });
    assert.deepEqual([[...targetsOf(asked)].slice(0, 2), asked.notes], [[1, 2], undefined]);
  });

  const refused: [string, RegExp][] = [
    ['two-sizes', /^Row 3 of column "image" holds an image of 5 x 5 pixels in 1 channels, 25 numbers; row 0 has 20/],
    ['grey-and-rgb', /^Row 3 of column "image" holds an image of 5 x 4 pixels in 3 channels, 60 numbers; row 0 has 20/],
    ['jpeg', /^Row 0 of column "image" holds a JPEG image; images are read in PNG\.\nSave the images as PNG/],
    ['no-image', /^Row 0 of column "image" holds bytes that are no image/],
    ['paths', /^Row 0 has no value in column "image"\.\nWrite the images into the file/],
    ['cut-image', /^Row 2 of column "image" holds a PNG image that is cut off/],
    ['damaged-image', /^(Row 2|The image of Row 2) of column "image"/],
    ['label-minus-one', /^Row 2 has the label -1 in column "label"; the file names the classes 0 to 2/],
    ['large-image', /^Row 0 of column "image" holds an image of 300 x 300 pixels, 90000 numbers; at most 65536/],
  ];
  for (const [name, message] of refused) {
    it(`refuses hub-${name}.parquet`, () => {
      assert.throws(
        () => read(fixture(`hub-${name}.parquet`), LABEL),
        (error: unknown) => error instanceof FileFormatError && message.test(error.message),
      );
    });
  }

  it('reads or refuses every file of the folder', () => {
    const tested = readFileSync(import.meta.filename, 'utf8');
    for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.parquet'))) {
      const name = file.replace(/^hub-|\.parquet$/g, '');
      assert.ok(tested.includes(`'${name}'`) || tested.includes(`${name}.parquet`), file);
    }
  });
});

describe('ParquetReader', () => {
  const reader = new ParquetReader();
  after(() => reader.close());

  const attempt = async (bytes: Uint8Array, label = 'y') => {
    try {
      await reader.read(bytes, { label });
    } catch (error) {
      assert.ok(error instanceof DescentError, String(error));
      assert.ok(!/\.ts|node_modules/.test(error.message), error.message);
    }
  };

  it('reads what readParquet reads, and hands over its errors as they are', async () => {
    for (const name of ['snappy', 'list', 'gzip']) {
      assert.deepEqual(await reader.read(fixture(`${name}.parquet`), { label: 'y' }), read(fixture(`${name}.parquet`)));
    }
    const errors: [string, object, typeof FileFormatError | typeof InputError][] = [
      ['timestamp', { label: 'y' }, FileFormatError],
      ['gzip', { label: 'z' }, InputError],
    ];
    for (const [name, roles, kind] of errors) {
      let here: unknown;
      try {
        read(fixture(`${name}.parquet`), roles);
      } catch (error) {
        here = error;
      }
      await assert.rejects(reader.read(fixture(`${name}.parquet`), roles), (error: unknown) => {
        assert.deepEqual([error instanceof kind, (error as Error).message], [true, (here as Error).message]);
        return true;
      });
    }
  });

  it('ends a read that takes longer than its limit, and reads on', async () => {
    const hasty = new ParquetReader({ seconds: 1 });
    try {
      await assert.rejects(hasty.read(endless(), { label: 'y' }), /takes longer than the 2 s that its size allows/);
      assert.equal((await hasty.read(fixture('snappy.parquet'), { label: 'y' })).inputs, 13);
    } finally {
      hasty.close();
    }
  });

  it('ends a read that takes more memory than its limit, within it', async () => {
    const dictionary = page({ 1: 2, 7: { 1: 2, 2: 0 } }, int32s([5, 6]));
    const run = page(values(2, 8), [1, 0xfe, 0xff, 0xff, 0xff, 0x0f, 1]);
    const bytes = parquetTable({ pages: [...dictionary, ...run] });
    await assert.rejects(
      reader.read(bytes, { label: 'y' }),
      /takes more than the 321 MiB of memory that its size allows/,
    );
    assert.equal((await reader.read(fixture('snappy.parquet'), { label: 'y' })).inputs, 13);
  });

  it('gives a table or a DescentError when a file is cut off anywhere', async () => {
    for (const name of [...FLAT, ...LISTS, ...OTHERS, 'lz4', 'half', 'hub-grey', 'hub-datasets']) {
      const bytes = fixture(`${name}.parquet`);
      for (let length = 0; length < bytes.length - 4; length += 61) {
        await attempt(bytes.slice(0, length));
        // The same with the footer in place: the row groups are cut instead.
        const cut = bytes.slice(bytes.length - length - 4);
        cut.set(bytes.subarray(0, 4));
        await attempt(cut);
      }
    }
  });

  it('gives a table or a DescentError when bytes of a file are others, soon and in little memory', async () => {
    let slowest = 0;
    const timed = async (bytes: Uint8Array, label: string) => {
      const start = performance.now();
      await attempt(bytes, label);
      slowest = Math.max(slowest, performance.now() - start);
    };
    const files = readdirSync(FOLDER).filter((name) => name.endsWith('.parquet'));
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), edits, async (name, changes) => {
        const bytes = fixture(name);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        await timed(bytes, name.startsWith('hub') ? 'label' : 'y');
      }),
      { numRuns: 1000 },
    );
    assert.ok(slowest < 25_000, `${slowest} ms`);
    assert.ok(process.resourceUsage().maxRSS < 2 ** 20, `${process.resourceUsage().maxRSS} KiB`);
  });
});

/** A page of the second version whose run of indices without bits has a negative length: hyparquet counts down for good. */
function endless(): Uint8Array {
  const dictionary = page({ 1: 2, 7: { 1: 2, 2: 0 } }, int32s([5, 6]));
  const run = page({ 1: 3, 8: { 1: 2, 2: 0, 3: 2, 4: 8, 5: 0, 6: 0 } }, [0, 0x81, 0x80, 0x80, 0x80, 0x02, 0]);
  return parquetTable({ pages: [...dictionary, ...run] });
}
