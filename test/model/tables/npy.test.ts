import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FileFormatError } from '../../../src/errors/FileFormatError.ts';
import { InputError } from '../../../src/errors/InputError.ts';
import { makeShard } from '../../../src/model/shard.ts';
import { tableFromArrays } from '../../../src/model/tables/arrays.ts';
import { prepareDataset } from '../../../src/model/tables/dataset.ts';
import { treatMissing } from '../../../src/model/tables/missing.ts';
import { type NumericArray, parseNpy } from '../../../src/model/tables/npy.ts';
import { readNumpyFile } from '../../../src/model/tables/numpyFile.ts';
import { npy, npyHeader } from '../../corpus/files.ts';
import { npz, SMALL_ARRAY } from '../../corpus/npzFile.ts';
import { labelsOf, targetsOf } from './answers.ts';

const numbers = (bytes: Uint8Array) => parseNpy(bytes) as NumericArray;

describe('parseNpy', () => {
  it('reads every type in both byte orders and all versions', () => {
    const cases: [string, number[], number[]][] = [
      ['|u1', [1, 255], [1, 255]],
      ['|i1', [1, 255], [1, -1]],
      ['<i2', [0, 1, 254, 255], [256, -2]],
      ['>i2', [1, 0, 255, 254], [256, -2]],
      ['<i4', [0, 0, 1, 0, 255, 255, 255, 255], [65536, -1]],
      ['<i8', [0, 0, 0, 0, 0, 0, 1, 0, ...Array(8).fill(255)], [2 ** 48, -1]],
      ['<f4', [0, 0, 0x80, 0x3f, 0, 0, 0, 0xbf], [1, -0.5]],
      ['>f4', [0x3f, 0x80, 0, 0, 0xbf, 0, 0, 0], [1, -0.5]],
      ['<f8', [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0], [1, -2]],
    ];
    for (const [descr, bytes, values] of cases) {
      for (const version of [1, 2, 3]) {
        const { dimensions, data } = numbers(npy(npyHeader(descr, [2]), bytes, version));
        assert.deepEqual([dimensions, Array.from(data)], [[2], values], descr);
      }
    }
    assert.deepEqual(parseNpy(npy(npyHeader('|u1', [2, 3]), [1, 2, 3, 4, 5, 6])).dimensions, [2, 3]);
    assert.deepEqual(parseNpy(npy(npyHeader('|u1', []), [7])).dimensions, []);
  });

  it('reads what numpy itself wrote, at an odd offset too', () => {
    // numpy.save of numpy.arange(6, dtype="<f4").reshape(2, 3), 128 bytes of header
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".padEnd(117);
    const values = new Uint8Array(Float32Array.from([0, 1, 2, 3, 4, 5]).buffer);
    const file = Uint8Array.from([
      0x93,
      ...Buffer.from('NUMPY'),
      1,
      0,
      118,
      0,
      ...Buffer.from(`${header}\n`),
      ...values,
    ]);
    assert.equal(file.length, 152);
    const shifted = new Uint8Array(file.length + 1);
    shifted.set(file, 1);
    for (const bytes of [file, shifted.subarray(1)]) {
      assert.deepEqual(
        { ...numbers(bytes), data: Array.from(numbers(bytes).data) },
        { dimensions: [2, 3], data: [0, 1, 2, 3, 4, 5] },
      );
    }
  });

  const good = npyHeader('|u1', [2]);
  const refused: [string, Uint8Array, RegExp][] = [
    ['nothing', new Uint8Array(0), /NUMPY/],
    ['version 4', npy(good, [1, 2], 4), /version 4/],
    ['a cut header', npy(good, []).subarray(0, 40), /ends inside its header/],
    ['a cut length', npy(good, [], 2).subarray(0, 11), /ends inside its header/],
    ['a byte too few', npy(good, [1]), /takes \d+ bytes/],
    ['a byte too many', npy(good, [1, 2, 3]), /takes \d+ bytes/],
    ['objects', npy(npyHeader('|O', [2]), [1, 2]), /Python objects/],
    ['dates', npy(npyHeader('<M8[ns]', [1]), Array(8).fill(0)), /holds "<M8\[ns\]"; read are b1, u1, [\s\S]* U and S/],
    ['complex numbers', npy(npyHeader('<c8', [1]), Array(8).fill(0)), /holds "<c8"/],
    ['records', npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", [0, 0, 0, 0]), /records/],
    ['a type of the prototype', npy(npyHeader('toString', [1]), [0]), /holds "toString"/],
    ['a shape that overflows', npy(npyHeader('<f8', [2 ** 31, 2 ** 31, 2 ** 31]), [0]), /takes/],
    ['a negative shape', npy("{'descr': '|u1', 'fortran_order': False, 'shape': (-1,), }", []), /not a description/],
    ['a shape of nine dimensions', npy(npyHeader('|u1', Array(9).fill(1)), [0]), /not valid/],
    ['a key twice', npy("{'descr': '|u1', 'descr': '<f4', 'shape': (1,), }", [0]), /not a description/],
    ['a missing key', npy("{'descr': '|u1', 'shape': (1,), }", [0]), /not a description/],
    ['code', npy("{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,), }", [0]), /not a description/],
    ['an integer beyond 2^53', npy(npyHeader('<i8', [1]), [0, 0, 0, 0, 0, 0, 0, 127]), /beyond 2\^53/],
  ];
  for (const [name, bytes, message] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => parseNpy(bytes),
        (error: unknown) => error instanceof FileFormatError && message.test(error.message),
      );
    });
  }

  it('gives back every array that was written, and an error for every cut', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true })), fc.nat(), (values, cut) => {
        const file = npy(npyHeader('<f4', [values.length]), [...new Uint8Array(Float32Array.from(values).buffer)]);
        assert.deepEqual(Array.from(numbers(file).data), values);
        assert.throws(() => parseNpy(file.subarray(0, cut % file.length)), FileFormatError);
      }),
    );
  });

  it('gives an array or a FileFormatError for any bytes and any damage', () => {
    const file = npy(npyHeader('<i4', [2, 2]), Array(16).fill(1));
    const attempt = (bytes: Uint8Array) => {
      try {
        const array = parseNpy(bytes);
        const entries = 'texts' in array ? array.texts : array.data;
        assert.equal(
          array.dimensions.reduce((product, n) => product * n, 1),
          entries.length,
        );
      } catch (error) {
        assert.ok(error instanceof FileFormatError, String(error));
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), attempt));
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.nat(255), (at, value) => attempt(file.with(at, value))),
      { numRuns: 2000 },
    );
  });
});

describe('readNumpyFile', () => {
  const FOLDER = join(import.meta.dirname, '..', '..', 'corpus', 'numpy');
  const file = (name: string) => new Uint8Array(readFileSync(join(FOLDER, name)));
  const expected: Record<string, { shape: number[]; values: (number | string)[] }> = JSON.parse(
    readFileSync(join(FOLDER, 'values.json'), 'utf8'),
  );
  const read = (name: string, member?: string) => {
    const array = readNumpyFile(file(name), member);
    return {
      shape: array.dimensions,
      values: Array.from<number | string>('texts' in array ? array.texts : array.data),
    };
  };

  it('reads every kind, size and order that numpy wrote, and no file of the folder is left out', () => {
    for (const [name, array] of Object.entries(expected)) assert.deepEqual(read(`${name}.npy`), array, name);
    const others = ['objects', 'empty-text'];
    const files = readdirSync(FOLDER).flatMap((name) => /^(.*)\.npy$/.exec(name)?.[1] ?? []);
    assert.deepEqual(files.sort(), [...Object.keys(expected), ...others].sort());
    assert.ok(files.length > 40);
  });

  it('reads the same values in both byte orders and both orders of the indices', () => {
    for (const name of Object.keys(expected)) {
      const plain = name.replace(/-(big|fortran)/g, '');
      if (plain === name || plain === 'images' || name === 'text-fortran') continue;
      assert.deepEqual(expected[name].values, expected[plain].values, name);
    }
    assert.deepEqual(expected['images-fortran'].values, [...Array(24).keys()]);
  });

  it('reads arrays of npz files by name, stored, deflated and written to a pipe', () => {
    for (const name of ['stored', 'deflated', 'piped']) {
      assert.deepEqual(read(`${name}.npz`, 'X'), expected.f4, name);
      assert.deepEqual(read(`${name}.npz`, 'y'), expected.text, name);
    }
    assert.deepEqual(read('unnamed.npz', 'arr_1'), expected.text);
    assert.deepEqual(read('single.npz'), expected.f4);
    assert.deepEqual(read('single.npz', 'X'), expected.f4);
  });

  it('lists the arrays of an npz file when it is not clear which is meant', () => {
    const cases: [() => unknown, RegExp][] = [
      [
        () => read('stored.npz'),
        /holds 2 arrays\.\nName one after a colon, as in data\.npz:X\.\n.*Its arrays are "X", "y"/,
      ],
      [() => read('stored.npz', 'z'), /no array "z"[\s\S]*Its arrays are "X", "y"/],
      [() => readNumpyFile(npz([{ name: 'a\nb', bytes: SMALL_ARRAY }]), 'X'), /Its arrays are "a\\nb"/],
    ];
    for (const [run, message] of cases) {
      assert.throws(run, (error: unknown) => error instanceof FileFormatError && message.test(error.message));
    }
  });

  it('reads npy files compressed with gzip', () => {
    assert.deepEqual(read('f4.npy.gz'), expected.f4);
    assert.deepEqual(read('text.npy.gz'), expected.text);
  });

  it('refuses Python objects with the way out, and takes empty texts as labels that are missing', () => {
    assert.throws(() => read('objects.npy'), /Python objects[\s\S]*a\.astype\('U'\)/);
    const answers = readNumpyFile(file('empty-text.npy'));
    const table = tableFromArrays(readNumpyFile(file('f4.npy')), answers, { kind: 'classes' });
    assert.equal(labelsOf(table)[1], -1);
    assert.throws(() => treatMissing(table, 'refuse'), /^InputError: Row 1 lacks its label/);
  });

  it('makes a table of numbers and texts, and refuses texts that are to be numbers', () => {
    const [features, labels] = [readNumpyFile(file('f4-fortran.npy')), readNumpyFile(file('text.npy'))];
    const table = tableFromArrays(features, labels, { kind: 'classes' });
    assert.deepEqual(table.classes, ['lily', 'rose', 'tulip \u00e9', '\u{1f337}']);
    assert.deepEqual([...labelsOf(table)], [1, 0, 2, 1, 0, 3]);
    assert.deepEqual([...table.features], expected.f4.values);
    const given = tableFromArrays(features, labels, { kind: 'classes', classes: [...table.classes!].reverse() });
    assert.deepEqual([...labelsOf(given)], [2, 3, 1, 2, 3, 0]);
    const bad: [() => unknown, RegExp][] = [
      [() => tableFromArrays(labels, labels, { kind: 'classes' }), /features are texts/],
      [() => tableFromArrays(features, labels, { kind: 'regression' }), /targets are texts[\s\S]*leave regression out/],
    ];
    for (const [run, message] of bad) {
      assert.throws(run, (error: unknown) => error instanceof InputError && message.test(error.message));
    }
  });

  it('gives an array or a FileFormatError when bytes of a file are others or are missing', () => {
    const files = ['single.npz', 'f4.npy.gz', 'text.npy', 'f2-fortran.npy', 'b1.npy'].map(file);
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...files), edits, fc.option(fc.nat()), (good, changes, cut) => {
        const bytes = good.slice(0, cut === null ? good.length : cut % good.length);
        for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
        try {
          readNumpyFile(bytes);
        } catch (error) {
          assert.ok(error instanceof FileFormatError, String(error));
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('tableFromArrays', () => {
  const array = (dimensions: number[], data: number[]) => ({ dimensions, data });
  const images = array([2, 1, 2], [1, 2, 3, 4]);

  it('flattens images and maps integer labels to classes', () => {
    const table = tableFromArrays(images, array([2], [7, 3]), { kind: 'classes' });
    assert.deepEqual(
      { ...table, features: [...table.features], labels: [...labelsOf(table)] },
      {
        ...{ kind: 'classes', inputs: 2, outputs: 2, features: [1, 2, 3, 4], classes: ['3', '7'], labels: [1, 0] },
        picture: { width: 2, height: 1, channels: 1, order: 'HWC' },
      },
    );
    const given = tableFromArrays(images, array([2, 1], [1, 1]), { kind: 'classes', classes: ['0', '1', '2'] });
    assert.deepEqual([given.outputs, [...labelsOf(given)]], [3, [1, 1]]);
  });

  it('takes one or several targets', () => {
    for (const [shape, values] of [
      [[2], [5, 6]],
      [
        [2, 2],
        [5, 6, 7, 8],
      ],
    ]) {
      const table = tableFromArrays(images, array(shape, values), { kind: 'regression' });
      assert.deepEqual([table.outputs, [...targetsOf(table)]], [values.length / 2, values]);
    }
  });

  it('takes NaN as a value that is missing, which a rule then leaves out or replaces', () => {
    const gaps = array([4, 2], [1, 2, Number.NaN, 4, 5, 6, 7, 8]);
    const classes = tableFromArrays(gaps, array([4], [0, 1, Number.NaN, 1]), { kind: 'classes' });
    assert.deepEqual([...labelsOf(classes)], [0, 1, -1, 1]);
    assert.throws(() => treatMissing(classes, 'refuse'), /Row 1 has no value in column 0\.[\s\S]*2 of 4 rows/);
    assert.throws(
      () => treatMissing(classes, 'refuse'),
      (error: unknown) => error instanceof InputError && !error.message.includes('--ignore'),
    );
    assert.throws(() => treatMissing(classes, 'mean'), /Row 2 lacks its label/);
    const options = { name: 'n', source: 's', shuffle: 'none' } as const;
    const dropped = prepareDataset(classes, { ...options, missing: 'drop' });
    assert.deepEqual([...dropped.table.features, ...labelsOf(dropped.table)], [1, 2, 7, 8, 0, 1]);
    const targets = tableFromArrays(gaps, array([4], [9, 8, 7, 6]), { kind: 'regression' });
    const filled = prepareDataset(targets, { ...options, missing: 'mean' });
    assert.deepEqual([...filled.table.features], [1, 2, Math.fround(13 / 3), 4, 5, 6, 7, 8]);
    assert.deepEqual(filled.notes, ['One missing value is replaced by the mean of the training rows.']);
    const lacking = tableFromArrays(images, array([2], [0, Number.NaN]), { kind: 'regression' });
    assert.throws(() => treatMissing(lacking, 'mean'), /Row 1 lacks its target 0/);
  });

  it('names a row out of range as the file counts it, also after a shuffle and rows left out', () => {
    const far = array([8, 1], [0, Number.NaN, 1, 2, 3, 4, 99, 5]);
    const raw = tableFromArrays(far, array([8], [0, 0, 0, 0, 1, 1, 1, 1]), { kind: 'classes' });
    const { table } = prepareDataset(raw, { name: 'n', source: 's', shuffle: 1, missing: 'drop' });
    assert.throws(() => makeShard(table, { first: 0, rows: 7 }, 0n), /Row 6 has 99 as feature 0/);
  });

  it('refuses what does not fit', () => {
    const cases: [ReturnType<typeof array>, ReturnType<typeof array>, 'classes' | 'regression', RegExp][] = [
      [array([2], [1, 2]), array([2], [0, 1]), 'classes', /rows and columns, not \[2\]/],
      [array([0, 3], []), array([0], []), 'classes', /not \[0,3\]/],
      [array([1, 2 ** 17], []), array([1], [0]), 'classes', /not \[1,131072\]/],
      [images, array([3], [0, 1, 2]), 'classes', /2 rows and answers for 3/],
      [images, array([2, 2], [0, 1, 0, 1]), 'classes', /shape \[2,2\]/],
      [images, array([2, 1, 1], [0, 1]), 'regression', /shape \[2,1,1\]/],
      [images, array([2], [0, 0.5]), 'classes', /label of row 1 is 0.5/],
      [images, array([2], [0, Number.POSITIVE_INFINITY]), 'regression', /Target 0 of row 1 is Infinity/],
      [array([2, 2], [0, 0, 0, 1e40]), array([2], [0, 1]), 'classes', /Feature 1 of row 1 is 1e\+40/],
      [images, array([2], [4, 4]), 'classes', /All rows have the label "4"/],
    ];
    for (const [features, answers, kind, message] of cases) {
      assert.throws(
        () => tableFromArrays(features, answers, { kind }),
        (error: unknown) => error instanceof InputError && message.test(error.message),
      );
    }
  });
});
