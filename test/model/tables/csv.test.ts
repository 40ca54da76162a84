import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DescentError } from '../../../src/errors/DescentError.ts';
import { FileFormatError } from '../../../src/errors/FileFormatError.ts';
import { InputError } from '../../../src/errors/InputError.ts';
import { type CsvOptions, readCsv } from '../../../src/model/tables/csv.ts';
import { labelsOf, targetsOf } from './answers.ts';

const read = (text: string, options: CsvOptions = { label: 'y' }) => readCsv(new TextEncoder().encode(text), options);

describe('readCsv', () => {
  it('reads features and labels, classes in sorted order', () => {
    const table = read('a,y,b\n1,setosa,-2.5\r\n .5 , iris ,1e-3\n+3.,"setosa",4E2\n');
    const { rowName, ...rest } = table;
    assert.equal(rowName!(1), 'Line 3');
    assert.deepEqual(
      { ...rest, features: [...table.features], labels: [...labelsOf(table)] },
      {
        kind: 'classes',
        inputs: 2,
        outputs: 2,
        columns: ['a', 'b'],
        classes: ['iris', 'setosa'],
        features: [1, -2.5, 0.5, Math.fround(1e-3), 3, 400],
        labels: [1, 0, 1],
      },
    );
  });

  it('sorts integer labels by value, before others, and keeps a given order', () => {
    const classes = (labels: string[], given?: string[]) =>
      read(`x,y\n${labels.map((label) => `0,${label}`).join('\n')}`, { label: 'y', classes: given }).classes;
    assert.deepEqual(classes(['10', '9', '-1', '2']), ['-1', '2', '9', '10']);
    assert.deepEqual(classes(['b', '10', 'a', '9']), ['9', '10', 'a', 'b']);
    assert.deepEqual(classes(['b', 'b'], ['b', 'a']), ['b', 'a']);
    assert.throws(() => classes(['c', 'a'], ['b', 'a']), /label "c" is none of the 2 classes/);
    assert.throws(() => classes(['a', 'a']), /All rows have the label "a"/);
  });

  it('reads targets, other delimiters, a byte order mark, no header, and leaves columns out', () => {
    const table = read('\ufeffname;x;t2;t1\nann;1;2;3\nbob;4;5;6', {
      targets: ['t1', 't2'],
      ignore: ['name'],
      delimiter: ';',
    });
    assert.deepEqual([table.kind, table.outputs, table.columns], ['regression', 2, ['x']]);
    assert.deepEqual([...targetsOf(table)], [3, 2, 6, 5]);
    const bare = read('1,2,0\n3,4,1', { header: false, label: '3' });
    assert.deepEqual(
      [[...bare.features], bare.columns, bare.classes],
      [
        [1, 2, 3, 4],
        ['1', '2'],
        ['0', '1'],
      ],
    );
  });

  it('reads quoted cells, and names of columns that are like those of objects', () => {
    const table = read('"a,""b""",__proto__,constructor,y\n1,2,3,"p, q"\n4,5,6,"p, q2"');
    assert.deepEqual(table.columns, ['a,"b"', '__proto__', 'constructor']);
    assert.deepEqual(table.classes, ['p, q', 'p, q2']);
  });

  it('reads tables of many pieces with right line numbers', () => {
    const rows = Array.from({ length: 60_000 }, (_, k) => `${k % 7},${k},${k % 3}`);
    const table = read(`a,b,y\n${rows.join('\n')}\n\n`);
    assert.equal(table.features.length, 120_000);
    assert.equal(table.features[2 * 59_999 + 1], 59_999);
    rows[43_210] = '1,2';
    assert.throws(() => read(`a,b,y\n${rows.join('\n')}`), /Line 43212 has 2 cells, not 3/);
    rows[43_210] = '1,"2,3';
    assert.throws(() => read(`a,b,y\n${rows.join('\n')}`), /Line 43212: Quoted field unterminated/);
  });

  const damaged: [string, string, RegExp][] = [
    ['nothing', '', /is empty/],
    ['a header alone', 'a,y\n', /header and no rows/],
    ['too few cells', 'a,b,y\n1,2,3\n1,2\n', /Line 3 has 2 cells, not 3/],
    ['too many cells', 'a,y\n1,2,3\n', /Line 2 has 3 cells, not 2/],
    ['text', 'a,y\n1,p\nred,q\n', /Line 3 has "red" in column "a"/],
    ['infinity', 'a,y\nInfinity,p\n', /"Infinity"/],
    ['a number beyond floats', 'a,y\n1e39,p\n', /"1e39"/],
    ['hexadecimal', 'a,y\n0x10,p\n', /"0x10"/],
    ['an open quote', 'a,y\n1,p\n"2,q\n3,p\n', /Line 3: Quoted field unterminated/],
    ['a quote inside a quoted cell', 'a,y\n1,p\n"2"2,q\n', /Line 3: /],
    ['no header', '1,2\n3,4\n', /first line holds numbers/],
    ["two columns of the label's name", 'a,y,y\n1,2,3\n', /Two columns are called "y"/],
    ['JSON', '[{"a":1}]', /looks like JSON or a web page/],
    ['a web page', '<html><body>no</body></html>', /looks like JSON or a web page/],
    ['a comment', '# made by hand\na,y\n1,p\n', /seems to be a comment/],
    ['spaces between cells', 'a b y\n1 2 p\n', /spaces separate are not read/],
    ['a zip archive or workbook', 'PK\x03\x04', /zip archive or a workbook/],
    ['a column without values', 'a,b,y\n1,,p\n2,NA,q\n', /Column "b" has no values/],
    ['numbers and truth in one column', 'a,y\n1,p\ntrue,q\n', /numbers and also true or false/],
    ['one long line', `a,y${','.repeat(2 ** 20)}`, /Line 1 has \d+ characters/],
    ['too many columns', `${Array.from({ length: 70_000 }, (_, k) => `c${k}`).join()}\n`, /70000 columns/],
  ];
  for (const [name, text, message] of damaged) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => read(text),
        (error: unknown) => error instanceof FileFormatError && message.test(error.message),
      );
    });
  }

  it('refuses other encodings', () => {
    assert.throws(() => readCsv(Uint8Array.of(0xff, 0xfe, 97, 0), { label: 'y' }), /UTF-16/);
    assert.throws(() => readCsv(Uint8Array.of(0xff, 0xfe, 0, 0, 97, 0, 0, 0), { label: 'y' }), /UTF-32/);
    assert.throws(() => readCsv(Uint8Array.of(0, 0, 0xfe, 0xff, 0, 0, 0, 97), { label: 'y' }), /UTF-32/);
    assert.throws(() => readCsv(Uint8Array.of(97, 0xff, 98), { label: 'y' }), /not UTF-8/);
  });

  it('refuses roles that do not fit the columns', () => {
    const cases: [CsvOptions, RegExp][] = [
      [{}, /Which column/],
      [{ label: 'y', targets: ['a'] }, /Which column/],
      [{ label: 'Y' }, /no column "Y"[\s\S]*one called "y"/],
      [{ label: 'z' }, /no column "z"[\s\S]*"a", "y"/],
      [{ label: 'y', ignore: ['y'] }, /two roles/],
      [{ label: 'y', ignore: ['a'] }, /No column is left/],
    ];
    for (const [options, message] of cases) {
      assert.throws(
        () => read('a,y\n1,p\n', options),
        (error: unknown) => error instanceof InputError && message.test(error.message),
      );
    }
  });

  it('gives back every table that was written', () => {
    const number = fc.float({ noNaN: true, noDefaultInfinity: true });
    const name = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((s) => s.isWellFormed() && /^[^\s].*[^\s]$/.test(s));
    const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(fc.array(number, { minLength: 4, maxLength: 4 }), fc.boolean()), { minLength: 1 }),
        (names, rows) => {
          const columns = names.filter(
            (column) => column !== 'label' && !/[\r\n]/.test(column) && !/^[\d.+-]/.test(column),
          );
          if (columns.length === 0) return;
          const lines = [
            [...columns.map(quote), 'label'].join(),
            ...rows.map(([values, label]) =>
              [...values.slice(0, columns.length).map(String), label ? '"p"' : 'q'].join(),
            ),
          ];
          const table = read(lines.join('\r\n'), { label: 'label', classes: ['p', 'q'] });
          assert.deepEqual(
            table.columns,
            columns.map((column) => column.normalize('NFC')),
          );
          // String(-0) is "0".
          const values = rows.flatMap(([row]) => row.slice(0, columns.length).map((x) => x + 0));
          assert.deepEqual([...table.features], values);
          assert.deepEqual(
            [...labelsOf(table)],
            rows.map(([, label]) => (label ? 0 : 1)),
          );
        },
      ),
    );
  });

  it('gives a table or a DescentError for any text', () => {
    const piece = fc.constantFrom('a', 'y', ',', '\n', '\r', '"', '1', '-', '.', 'e', ' ', '\ufeff', '\0', ';');
    const text = fc.oneof(
      fc.array(piece).map((pieces) => pieces.join('')),
      fc.string({ unit: 'binary' }),
    );
    const damagedTable = text.map((end) => `a,y\n1,p\n2,q\n${end}`);
    fc.assert(
      fc.property(fc.oneof(text, damagedTable), fc.boolean(), (content, header) => {
        try {
          const { features, inputs } = read(content, { label: header ? 'y' : '1', header });
          assert.ok(features.every((x) => Math.abs(x) < 4e38 || Number.isNaN(x)) && features.length % inputs === 0);
        } catch (error) {
          assert.ok(error instanceof DescentError, String(error));
        }
      }),
      { numRuns: 1000 },
    );
  });
});
