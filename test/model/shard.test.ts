import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { readTensors, type TensorFile, writeTensors } from '../../src/model/safetensors.ts';
import {
  checkShard,
  emptyShard,
  makeShard,
  type Shard,
  shardLabel,
  splitRows,
  type Table,
} from '../../src/model/shard.ts';
import { readShard, writeShard } from '../../src/model/shardFile.ts';

const real = fc.double({ min: -16, max: 15.99, noNaN: true });

const tables: fc.Arbitrary<{ table: Table; rows: number }> = fc
  .record({
    inputs: fc.integer({ min: 1, max: 5 }),
    outputs: fc.integer({ min: 1, max: 5 }),
    rows: fc.integer({ min: 1, max: 9 }),
    classes: fc.boolean(),
    values: fc.infiniteStream(real),
    labels: fc.infiniteStream(fc.nat(1000)),
  })
  .map(({ inputs, outputs, rows, classes, values, labels }) => {
    const floats = (length: number) => Float32Array.from({ length }, () => values.next().value);
    const features = floats(rows * inputs);
    const table: Table = classes
      ? {
          inputs,
          outputs,
          features,
          kind: 'classes',
          labels: Array.from({ length: rows }, () => labels.next().value % outputs),
        }
      : { inputs, outputs, features, kind: 'regression', targets: floats(rows * outputs) };
    return { table, rows };
  });

describe('makeShard', () => {
  it('quantises to 9 fraction bits, rows low, zeros elsewhere', () => {
    fc.assert(
      fc.property(tables, fc.bigInt({ min: 0n, max: 2n ** 250n }), ({ table, rows }, salt) => {
        const shard = makeShard(table, { first: 0, rows }, salt);
        const S = 2 ** Math.ceil(Math.log2(rows));
        const quantised = (x: number) => Math.floor(x * 512 + 0.5);
        for (let index = 0; index < shard.X.length; index++) {
          const [j, s] = [Math.floor(index / S), index % S];
          const inside = j < table.inputs && s < rows;
          assert.equal(shard.X[index], inside ? quantised(table.features[s * table.inputs + j]) + 0 : 0);
        }
        for (let index = 0; index < shard.Y.length; index++) {
          const [i, s] = [Math.floor(index / S), index % S];
          if (i >= table.outputs || s >= rows) assert.equal(shard.Y[index], 0);
          else if (table.kind === 'classes') assert.equal(shard.Y[index], table.labels[s] === i ? 512 : 0);
          else if (table.kind === 'regression')
            assert.equal(shard.Y[index], quantised(table.targets[s * table.outputs + i]) + 0);
        }
        checkShard(shard);
        assert.equal(shard.salt, salt);
        if (table.kind === 'classes') assert.equal(shardLabel(shard, rows - 1), table.labels[rows - 1]);
      }),
    );
  });

  it('takes a range of rows', () => {
    const table: Table = {
      inputs: 1,
      outputs: 1,
      kind: 'regression',
      features: Float32Array.of(1, 2, 3, 4),
      targets: new Float32Array(4),
    };
    assert.deepEqual([...makeShard(table, { first: 1, rows: 2 }, 0n).X], [1024, 1536]);
    for (const range of [
      { first: 3, rows: 2 },
      { first: -1, rows: 2 },
      { first: 0, rows: 0 },
    ]) {
      assert.throws(() => makeShard(table, range, 0n), InputError);
    }
  });

  it('names the row and column of a value out of range, and bad classes', () => {
    const table = { inputs: 2, outputs: 2, kind: 'classes' as const, features: new Float32Array(6), labels: [0, 1, 1] };
    const all = { first: 0, rows: 3 };
    for (const x of [64, -65, Number.NaN, Number.POSITIVE_INFINITY]) {
      const features = Float32Array.from(table.features, (_, k) => (k === 5 ? x : 0));
      assert.throws(
        () => makeShard({ ...table, features }, all, 0n),
        /Row 2 has .* as feature 1 of the prepared table, outside \[-64, 64\)/,
      );
    }
    for (const label of [2, -1, 0.5, Number.NaN]) {
      assert.throws(() => makeShard({ ...table, labels: [0, label, 1] }, all, 0n), /Row 1 has the class .* 0\.\.1/);
    }
    assert.throws(() => makeShard({ ...table, labels: [0, 1] }, all, 0n), /features for 3 rows and classes for 2/);
    const targets = Float32Array.of(0, 0, 0, 80, 0, 0);
    assert.throws(() => makeShard({ ...table, kind: 'regression', targets }, all, 0n), /Row 1 has 80 as target 1/);
  });
});

describe('splitRows', () => {
  it('covers the rows in order, dropping or keeping the remainder', () => {
    assert.deepEqual(splitRows(10, 4), [
      { first: 0, rows: 4 },
      { first: 4, rows: 4 },
    ]);
    assert.deepEqual(splitRows(10, 4, 'keep')[2], { first: 8, rows: 2 });
    assert.deepEqual(splitRows(8, 4, 'keep').length, 2);
    assert.deepEqual(splitRows(3, 4, 'keep'), [{ first: 0, rows: 3 }]);
    assert.throws(() => splitRows(3, 4), /3 rows do not fill a shard of 4/);
    for (const size of [0, 3, 8192, 1.5]) assert.throws(() => splitRows(10, size), InputError);
  });
});

describe('checkShard', () => {
  const cases: [string, (shard: Shard) => void, RegExp][] = [
    [
      'a value out of range',
      (s) => {
        s.X[0] = 32768;
      },
      /feature 0 of row 0 is 64/,
    ],
    [
      'a padding unit',
      (s) => {
        s.X[3 * 4] = 1;
      },
      /feature \[3, 0\] is padding/,
    ],
    [
      'a padding row',
      (s) => {
        s.X[3] = 1;
      },
      /feature \[0, 3\] is padding/,
    ],
    [
      'two classes',
      (s) => {
        s.Y[4] = 512;
      },
      /Row 0 .* 2 classes/,
    ],
    [
      'no class',
      (s) => {
        s.Y[0] = 0;
      },
      /Row 0 .* 0 classes/,
    ],
    [
      'half a class',
      (s) => {
        s.Y[0] = 256;
      },
      /not one-hot/,
    ],
    [
      'a wrong array',
      (s) => {
        s.X = new Int32Array(5);
      },
      /arrays of 5/,
    ],
  ];
  for (const [name, change, message] of cases) {
    it(`finds ${name}`, () => {
      const shard = emptyShard({ inputs: 3, outputs: 2, rows: 3, kind: 'classes' }, 0n);
      shard.Y.fill(512, 0, 3);
      checkShard(shard);
      change(shard);
      assert.throws(() => checkShard(shard), message);
    });
  }
});

describe('shard file', () => {
  it('reads what it writes, byte for byte the same again', () => {
    fc.assert(
      fc.property(tables, ({ table, rows }) => {
        const shard = makeShard(table, { first: 0, rows }, 99n);
        const bytes = writeShard(shard);
        assert.deepEqual(readShard(bytes), shard);
        assert.deepEqual(writeShard(readShard(bytes)), bytes);
      }),
    );
  });

  it('is a plain safetensors file of I16 rows', () => {
    const table: Table = {
      inputs: 2,
      outputs: 1,
      kind: 'regression',
      features: Float32Array.of(1, 2, 3, 4),
      targets: Float32Array.of(-1, 0),
    };
    const { tensors, metadata } = readTensors(writeShard(makeShard(table, { first: 0, rows: 2 }, 1n)));
    const X = tensors.get('X')!;
    assert.deepEqual(
      [X.dtype, X.shape, [...new Int16Array(X.data.slice().buffer)]],
      ['I16', [2, 2], [512, 1024, 1536, 2048]],
    );
    assert.equal(metadata.get('format'), 'descent-shard/1');
    assert.equal(metadata.get('rows'), '2');
  });

  const set = (key: string, value: string) => (file: TensorFile) => void file.metadata.set(key, value);
  const refused: [string, (file: TensorFile) => void, RegExp][] = [
    ['another format', set('format', 'descent-weights/1'), /format "descent-weights\/1"/],
    ['another kind', set('kind', 'images'), /unknown kind "images"/],
    ['other rows', set('rows', '4'), /X has shape \[3,2\], expected \[4,2\]/],
    ['rows of nonsense', set('rows', '1e9'), /rows is "1e9"/],
    ['rows of zero', set('rows', '0'), /rows is "0"/],
    ['too many rows', set('rows', '4097'), /impossible shard/],
    ['a larger shard', (f) => ['rows', 'inputs'].forEach((k) => void f.metadata.set(k, '4096')), /X has shape/],
    ['other fraction bits', set('fraction_bits', '8'), /"8" fraction bits, expected 9/],
    ['a missing tensor', (f) => void f.tensors.delete('Y'), /"Y" is missing/],
    ['labels that are not one-hot', (f) => f.tensors.get('Y')!.data.fill(0), /impossible shard[\s\S]*0 classes/],
  ];
  const table: Table = { inputs: 2, outputs: 2, kind: 'classes', features: new Float32Array(6), labels: [0, 1, 1] };
  for (const [name, change, message] of refused) {
    it(`refuses ${name}`, () => {
      const file = readTensors(writeShard(makeShard(table, { first: 0, rows: 3 }, 0n)));
      change(file);
      assert.throws(
        () => readShard(writeTensors(file)),
        (error: unknown) => error instanceof FileFormatError && message.test(error.message),
      );
    });
  }
});
