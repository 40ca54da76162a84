import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DescentError } from '../../../src/errors/DescentError.ts';
import type { MissingRule } from '../../../src/model/schema.ts';
import { type CsvOptions, readCsv } from '../../../src/model/tables/csv.ts';
import { applySchema, prepareDataset } from '../../../src/model/tables/dataset.ts';
import { labelsOf, valuesOf } from './answers.ts';

// Files of test/corpus/tables.py. Most hold the same ten rows, written in another way.
const FOLDER = join(import.meta.dirname, '..', '..', 'corpus', 'tables');
const HEIGHTS = [1.5, 2.25, 3, 0.5, 4.75, 2, 1, 3.5, 2.5, 0.75];
const AGES = [3, 5, 7, 1, 9, 4, 2, 8, 6, 1];
const TREES = ['oak', 'elm', 'oak', 'ash', 'elm', 'ash', 'oak', 'elm', 'ash', 'oak'];

type Options = Partial<CsvOptions> & { missing?: MissingRule };

function prepare(file: string, { missing, ...options }: Options = {}) {
  const roles = options.targets ? {} : { label: 'tree' };
  const raw = readCsv(new Uint8Array(readFileSync(join(FOLDER, file))), { ...roles, ...options });
  const prepared = prepareDataset(raw, { name: file, source: file, shuffle: 'none', ...(missing && { missing }) });
  const { table, description } = prepared;
  const notes = [...(raw.notes ?? []), ...prepared.notes, ...(raw.warnings ?? [])];
  return { raw, table, schema: description.schema, notes: notes.join('\n') };
}

/** The rows of a table, feature by feature. */
function columns({ features, inputs }: { features: Float32Array; inputs: number }): number[][] {
  return Array.from({ length: inputs }, (_, j) => [...features].filter((_, k) => k % inputs === j));
}

describe('a table as people have it', () => {
  const same: [string, RegExp, Options?][] = [
    ['bom.csv', /^$/],
    ['crlf.csv', /^$/],
    ['cr.csv', /^$/],
    ['quoted.csv', /^$/],
    ['scientific.csv', /^$/],
    ['packed.csv.gz', /^$/],
    ['pipe.csv', /^$/],
    ['tab.csv', /^$/],
    ['tab.csv', /^$/, { delimiter: '\t' }],
    ['semicolon-point.csv', /^$/],
    ['sep-line.csv', /^$/],
    ['empty-rows.csv', /^$/],
    ['semicolon-comma.csv', /decimal comma/],
    ['semicolon-comma.csv', /^$/, { decimal: ',', delimiter: ';' }],
    ['comma-quoted.csv', /decimal comma/],
    ['index.csv', /"Unnamed: 0" numbers the rows; it is left out/],
    ['index-twice.csv', /"Unnamed: 0_2" numbers .*\n.*"Unnamed: 0" numbers/],
    ['row-names.csv', /has no name and holds words; it is left out/],
    ['trailing-comma.csv', /has no name and no values; it is left out/],
  ];
  for (const [file, notes, options] of same) {
    it(`is read: ${file}${options ? `, ${JSON.stringify(options)}` : ''}`, () => {
      const { raw, schema, notes: said } = prepare(file, options);
      assert.deepEqual(
        [raw.columns, columns(raw)],
        [
          ['height', 'age'],
          [HEIGHTS, AGES],
        ],
      );
      assert.deepEqual(
        labelsOf(raw).map((k) => raw.classes![k]),
        TREES,
      );
      assert.match(said, notes);
      if (options === undefined) assert.equal(schema.decimal, said.includes('decimal comma') ? ',' : '.');
    });
  }

  it('has an index that a filter left with gaps, which is left out', () => {
    const { raw, notes } = prepare('index-filtered.csv');
    assert.deepEqual([raw.columns, columns(raw)[1]], [['height', 'age'], AGES.filter((age) => age > 1)]);
    assert.match(notes, /numbers the rows/);
  });

  it('has no header', () => {
    const { raw } = prepare('no-header.csv', { label: '3', header: false });
    assert.deepEqual(
      [raw.columns, columns(raw)],
      [
        ['1', '2'],
        [HEIGHTS, AGES],
      ],
    );
  });

  it('has a column that counts the rows, of which a note speaks', () => {
    assert.match(prepare('numbered.csv').notes, /"id" counts the rows: leave it out \(--ignore\)/);
    assert.match(prepare('constant.csv').notes, /The same in all training rows.*"planet"/);
  });

  it('has true and false', () => {
    assert.deepEqual(
      columns(prepare('bool.csv').raw)[1],
      HEIGHTS.map((height) => (height > 2 ? 1 : 0)),
    );
    const [, tall] = columns(prepare('bool-missing.csv', { missing: 'mean' }).raw);
    assert.deepEqual(tall, [1, Number.NaN, 1, Number.NaN, 1, Number.NaN, 1, Number.NaN, 1, Number.NaN]);
  });

  it('has labels of one class in two writings', () => {
    for (const file of ['labels-float.csv', 'labels-mixed.csv']) {
      const { raw } = prepare(file);
      assert.deepEqual(
        [raw.classes, labelsOf(raw)],
        [
          ['1', '2'],
          [0, 1, 0, 1, 0, 1, 0, 1, 0, 1],
        ],
        file,
      );
    }
    const { raw } = prepare('labels-nfd.csv');
    assert.deepEqual(raw.classes, ['bête', 'elm']);
    assert.match(prepare('labels-case.csv').notes, /"oak" differs from another in capitals/);
    assert.deepEqual(prepare('line-break.csv').raw.classes, ['ash\ntree', 'elm\ntree', 'oak\ntree']);
  });

  it('has names in another form of Unicode, and one name twice', () => {
    for (const form of ['NFC', 'NFD']) {
      const { raw } = prepare('names-nfd.csv', { label: 'bäume'.normalize(form) });
      assert.deepEqual(raw.columns, ['größe', 'age']);
    }
    const twice = prepare('names-twice.csv');
    assert.deepEqual(twice.raw.columns, ['height', 'height.1']);
    assert.match(twice.notes, /second column is called "height"; it is taken as "height.1"/);
    assert.throws(() => prepare('names-twice.csv', { label: 'height' }), /Two columns are called "height"/);
  });

  for (const name of ['empty', 'na', 'null', 'nan', 'question']) {
    it(`lacks values: missing-${name}.csv`, () => {
      const file = `missing-${name}.csv`;
      assert.throws(
        () => prepare(file),
        /Line 4 has no value in column "height"\.[\s\S]*--missing drop[\s\S]*2 of 10 rows/,
      );
      const dropped = prepare(file, { missing: 'drop' });
      assert.deepEqual(columns(dropped.table)[1], [3, 5, 1, 9, 2, 8, 6, 1]);
      assert.match(dropped.notes, /2 rows lack a value and are left out/);
      const filled = prepare(file, { missing: 'mean' });
      const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
      assert.deepEqual(
        columns(filled.table).map((values, j) => values[j === 0 ? 2 : 5]),
        [HEIGHTS.toSpliced(2, 1), AGES.toSpliced(5, 1)].map((values) => Math.fround(mean(values))),
      );
      assert.match(filled.notes, /2 missing values are replaced by the means/);
      assert.deepEqual([dropped.schema.missing, filled.schema.missing], ['drop', 'mean']);
      assert.deepEqual(valuesOf(applySchema(filled.raw, filled.schema)), valuesOf(filled.table));
    });
  }

  it('lacks a label, which only rows left out or stated classes allow', () => {
    for (const file of ['label-na.csv', 'label-empty.csv']) {
      for (const missing of ['refuse', 'mean'] as const) {
        assert.throws(() => prepare(file, { missing }), /Line 3 lacks its label\.[\s\S]*--classes/);
      }
      assert.equal(columns(prepare(file, { missing: 'drop' }).table)[0].length, 9);
    }
    const { raw } = prepare('label-na.csv', { classes: ['oak', 'elm', 'ash', 'NA'] });
    assert.deepEqual(labelsOf(raw).slice(0, 3), [0, 3, 0]);
  });

  it('has words, each of which becomes a feature', () => {
    assert.throws(() => prepare('words.csv'), /"red" in column "colour"[\s\S]*--one-hot/);
    const words = prepare('words.csv', { oneHot: ['colour'] });
    const colour = { name: 'colour', values: ['blue', 'green', 'red'] };
    assert.deepEqual(words.schema.columns, ['height', colour]);
    assert.deepEqual(columns(words.raw).slice(1), [
      [0, 1, 0, 0, 1, 0, 0, 1, 0, 0],
      [0, 0, 0, 1, 0, 0, 1, 0, 0, 1],
      [1, 0, 1, 0, 0, 1, 0, 0, 1, 0],
    ]);
    // Other rows get the same features in the same order; a word that was not there has none.
    const rows = (text: string) =>
      readCsv(new TextEncoder().encode(text), { label: 'tree', columns: words.schema.columns as never });
    assert.deepEqual(columns(rows('tree,colour,height\noak,green,2\nelm,blue,1\n')), [
      [2, 1],
      [0, 1],
      [1, 0],
      [0, 0],
    ]);
    assert.throws(() => rows('tree,colour,height\noak,pink,2\n'), /"pink" in column "colour", which is none of its 3/);
    const gaps = prepare('words-missing.csv', { oneHot: ['colour'], missing: 'mean' });
    assert.deepEqual(
      columns(gaps.table).map((values) => values[3]),
      [0.5, Math.fround(3 / 7), Math.fround(4 / 7)],
    );
  });

  it('sets thousands apart', () => {
    const prices = Array.from({ length: 10 }, (_, k) => 1000 * (k + 1) + 234);
    const { raw, notes } = prepare('thousands.csv');
    assert.deepEqual(columns(raw), [prices.map((price) => price + 0.5)]);
    assert.match(notes, /10 cells set thousands apart, such as "1.234,5" \(line 2\) as 1234.5/);
    const doubt = prepare('thousands-doubt.csv');
    assert.deepEqual(columns(doubt.raw), [prices.map((price) => Math.fround(price / 1000))]);
    assert.match(doubt.notes, /"1.234" \(line 2\) is read with a decimal point/);
    assert.deepEqual(columns(prepare('thousands-doubt.csv', { decimal: ',' }).raw), [prices]);
    assert.deepEqual(columns(prepare('thousands-comma.csv', { decimal: '.' }).raw), [prices]);
  });

  it('is sorted by its classes', () => {
    const raw = readCsv(new Uint8Array(readFileSync(join(FOLDER, 'iris-sorted.csv'))), { label: 'species' });
    const { table, description, notes } = prepareDataset(raw, { name: 'iris', source: 'iris' });
    assert.match(notes.join(), /shuffled with seed 1/);
    assert.deepEqual([description.shuffle, new Set(labelsOf(table).slice(0, 20)).size], [1, 3]);
  });

  it('has a cell that is not a number where nothing may be left out: only what helps is said', () => {
    const hintOf = (text: string, options: CsvOptions) => {
      try {
        readCsv(new TextEncoder().encode(text), options);
      } catch (error) {
        return (error as DescentError).hint!;
      }
      assert.fail('it was read');
    };
    const target = { targets: ['price'] };
    assert.match(hintOf('size,price\n1,high\n2,low\n', target), /^Targets are numbers: [\s\S]*--label/);
    for (const cell of ['2024-02-27', '10:30']) {
      assert.match(hintOf(`size,price\n1,${cell}\n`, target), /turn the column into a number/);
    }
    const stated = { label: 'kind', columns: ['size'] };
    assert.match(hintOf('size,kind\nbig,a\n1,b\n', stated), /^The schema has a column of numbers here/);
    assert.match(hintOf('size;kind\n1,5;a\n1;b\n', { ...stated, decimal: '.' }), /has "." as the decimal sign/);
    for (const [text, options] of [
      ['size,price\n1,high\n', target],
      ['size,kind\nbig,a\n1,b\n', stated],
    ] as const) {
      assert.doesNotMatch(hintOf(text, options), /--one-hot|--ignore|--decimal/);
    }
    assert.match(hintOf('size,kind\nbig,a\n1,b\n', { label: 'kind' }), /--ignore[\s\S]*--one-hot/);
  });

  const refused: [string, RegExp, Options?][] = [
    ['both-signs.csv', /Both "2.5" \(line 3\) and "1,5" \(line 2\)[\s\S]*--decimal/],
    ['thousands-comma.csv', /"1,234" \(line 2\) may be a fraction[\s\S]*--decimal/],
    ['column-empty.csv', /Column "note" has no values[\s\S]*--ignore/],
    ['dates.csv', /"2024-02-27" in column "day"[\s\S]*looks like a date/],
    ['times.csv', /"00:00" in column "at"[\s\S]*looks like a time/],
    ['infinity.csv', /Line 4 has "inf" in column "height"[\s\S]*finite/],
    ['percent.csv', /"0%" in column "share"[\s\S]*without its unit/],
    ['semicolon-comma.csv', /"1,5" in column "height"[\s\S]*--decimal ,/, { decimal: '.' }],
    ['semicolon-comma.csv', /seem to be separated by ";"/, { delimiter: ',' }],
    ['price.csv', /"price" are 150 different numbers in 150 rows[\s\S]*--targets price/, { label: 'price' }],
    ['latin1.csv', /not UTF-8[\s\S]*UTF-8/],
    ['utf16.csv', /UTF-16[\s\S]*UTF-8/],
    ['workbook.csv', /zip archive or a workbook[\s\S]*as CSV/],
  ];
  for (const [file, message, options] of refused) {
    it(`is refused with what to do: ${file}`, () => {
      assert.throws(
        () => prepare(file, options),
        (error: unknown) => error instanceof DescentError && message.test(error.message),
      );
    });
  }

  it('of every kind is in the corpus', () => {
    assert.ok(readdirSync(FOLDER).length >= 50);
    const source = readFileSync(import.meta.filename, 'utf8');
    const named = (file: string) => source.includes(file) || /^missing-/.test(file);
    assert.deepEqual(
      readdirSync(FOLDER).filter((file) => !named(file)),
      [],
    );
  });
});
