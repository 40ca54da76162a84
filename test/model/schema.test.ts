import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { keccak256, stringToBytes } from 'viem';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { compareSchemas } from '../../src/model/compareSchemas.ts';
import { MERGE_ONE, mergeWeights } from '../../src/model/merge.ts';
import {
  checkSchema,
  featureNames,
  formatSchema,
  parseSchema,
  rawFeatureNames,
  type Schema,
  schemaHash,
  schemaShape,
} from '../../src/model/schema.ts';
import { checkShard, makeShard, type Table } from '../../src/model/shard.ts';
import { readShard, writeShard } from '../../src/model/shardFile.ts';
import { MNIST_POOL, UNIT_PIXELS } from '../../src/model/transforms.ts';
import { type Weights, zeroWeights } from '../../src/model/weights.ts';
import { readWeights, writeWeights } from '../../src/model/weightsFile.ts';
import { trainSegment } from '../../src/training/trainer.ts';

const animals: Schema = {
  format: 'descent-schema/1',
  kind: 'classes',
  columns: ['weight', { name: 'colour', values: ['black', 'red'] }, 'legs'],
  decimal: '.',
  missing: 'mean',
  transforms: [
    { name: 'fill', values: [4, 0.5, 0.5, 4] },
    { name: 'columns', offset: [4.123456789, 0, 0, 4], factor: [0.5, 1, 1, 0] },
    { name: 'clip', limit: 8 },
  ],
  classes: ['cat', 'dog', 'emu'],
};

const prices: Schema = {
  format: 'descent-schema/1',
  kind: 'regression',
  columns: 784,
  decimal: ',',
  missing: 'refuse',
  transforms: [UNIT_PIXELS, MNIST_POOL],
  targets: 2,
  targetTransforms: [{ name: 'columns', offset: [1, 2], factor: [1, 2] }],
};

const TEXT =
  '{"format":"descent-schema/1","kind":"classes","columns":["weight",{"name":"colour","values":["black","red"]},"legs"],' +
  '"decimal":".","missing":"mean","transforms":[{"name":"fill","values":[4,0.5,0.5,4]},' +
  '{"name":"columns","offset":[4.123456789,0,0,4],"factor":[0.5,1,1,0]},{"name":"clip","limit":8}],' +
  '"classes":["cat","dog","emu"]}';

describe('a schema', () => {
  it('has one text, whatever the order of its fields, and the hash of that text', () => {
    assert.equal(formatSchema(animals), TEXT);
    assert.equal(formatSchema(Object.fromEntries(Object.entries(animals).reverse()) as never), TEXT);
    assert.equal(schemaHash(animals), keccak256(stringToBytes(TEXT)));
    assert.equal(schemaHash(undefined), `0x${'0'.repeat(64)}`);
    for (const schema of [animals, prices]) assert.deepEqual(parseSchema(formatSchema(schema)), schema);
  });

  it('names features and counts what a network needs', () => {
    assert.deepEqual(featureNames(animals), ['weight', 'colour=black', 'colour=red', 'legs']);
    assert.deepEqual(schemaShape(animals), { inputs: 4, outputs: 3 });
    assert.deepEqual([featureNames(prices), rawFeatureNames(prices)], [undefined, undefined]);
    assert.deepEqual(schemaShape(prices), { inputs: 49, outputs: 2 });
  });

  const wrong: [string, object, RegExp][] = [
    ['another format', { format: 'descent-schema/2' }, /expected descent-schema\/1/],
    ['an unknown field', { rows: 1 }, /unknown fields rows/],
    ['a field of the other kind', { targets: 1 }, /unknown fields targets/],
    ['a missing field', { decimal: undefined }, /decimal sign/],
    ['another decimal sign', { decimal: ';' }, /decimal sign/],
    ['another rule', { missing: 'median' }, /rule for missing values/],
    ['no columns', { columns: [], transforms: [] }, /1 to 65536 names/],
    ['a number of columns that is none', { columns: 1.5, transforms: [] }, /number of columns/],
    ['too many columns', { columns: 65537, transforms: [] }, /number of columns/],
    ['too many features', { columns: 4097, transforms: [] }, /number of features/],
    ['a column twice', { columns: ['a', 'a', 'b', 'c'] }, /one name/],
    ['two features of one name', { columns: ['colour=red', animals.columns[1 as never], 'a'] }, /one name/],
    ['a column without name', { columns: ['', 'a', 'b', 'c'] }, /not a name/],
    ['a name in another form of Unicode', { columns: ['u\u0308', 'a', 'b', 'c'] }, /NFC/],
    ['a category without values', { columns: [{ name: 'c', values: [] }, 'a', 'b', 'd'] }, /1 to 65536 names/],
    ['a category with more', { columns: [{ name: 'c', values: ['p'], x: 1 }, 'a', 'b', 'd'] }, /unknown fields x/],
    ['a transform of another width', { columns: ['a'] }, /does not fit rows of 1 values/],
    ['an unknown transform', { transforms: [{ name: 'toString' }] }, /unknown/],
    ['a transform that is null', { transforms: [null] }, /unknown/],
    ['a clip at 0', { transforms: [{ name: 'clip', limit: 0 }] }, /not positive/],
    ['a deviation of 0', { transforms: [{ name: 'standardise', mean: 0, deviation: 0 }] }, /not positive/],
    ['images of another size', { transforms: [MNIST_POOL] }, /cannot be pooled/],
    ['one class', { classes: ['a'] }, /at least two/],
    ['a class twice', { classes: ['a', 'a'] }, /one name/],
    ['classes that are no texts', { classes: [1, 2] }, /not a name/],
  ];
  for (const [what, change, message] of wrong) {
    it(`is refused with ${what}`, () => {
      const value = { ...animals, ...change };
      assert.throws(
        () => checkSchema(value),
        (error: unknown) => error instanceof InputError && message.test(error.message),
      );
      assert.throws(() => parseSchema(JSON.stringify(value)), FileFormatError);
    });
  }

  it('is refused where targets would change their number, in another text, and beyond its size', () => {
    assert.throws(() => formatSchema({ ...prices, targets: 3 } as Schema), /does not fit/);
    for (const text of [
      ` ${TEXT}`,
      TEXT.replace('0.5', '0.50'),
      TEXT.replace('"cat"', '"\\u0063at"'),
      '{}',
      'null',
      '[',
    ]) {
      assert.throws(() => parseSchema(text), FileFormatError, text.slice(0, 20));
    }
    assert.throws(() => parseSchema(`"${'x'.repeat(500_000)}"`), /bytes; at most/);
    const names = Array.from({ length: 4000 }, (_, k) => `${'long'.repeat(40)}${k}`);
    assert.throws(() => formatSchema({ ...animals, columns: names, transforms: [] }), /bytes; at most 491520 fit/);
  });

  it('gives a schema or a FileFormatError for any text and any change of one', () => {
    const attempt = (text: string) => {
      try {
        assert.equal(formatSchema(parseSchema(text)), text);
      } catch (error) {
        assert.ok(error instanceof FileFormatError, String(error));
      }
    };
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), attempt));
    fc.assert(
      fc.property(fc.nat(TEXT.length - 1), fc.string({ maxLength: 2 }), fc.nat(3), (at, put, cut) =>
        attempt(TEXT.slice(0, at) + put + TEXT.slice(at + cut)),
      ),
      { numRuns: 2000 },
    );
  });
});

describe('compareSchemas', () => {
  it('says nothing of one schema and each respect of two', () => {
    assert.deepEqual(compareSchemas(animals, structuredClone(animals)), []);
    assert.deepEqual(compareSchemas(animals, { ...animals, classes: ['cat', 'dog', 'fox'] }), [
      { what: 'classes', a: ['cat', 'dog', 'emu'], b: ['cat', 'dog', 'fox'] },
    ]);
    const changes: [object, string][] = [
      [{ columns: ['weight', { name: 'colour', values: ['black', 'blue'] }, 'legs'] }, 'features'],
      [{ transforms: [] }, 'scaling of features'],
      [{ missing: 'drop' }, 'missing values'],
      [{ embedder: { name: 'e', sha256: null } }, 'embedder, as declared'],
      [{ transforms: [{ name: 'unit-length' }] }, 'scaling of features'],
      [{ decimal: ',' }, 'decimal sign'],
      [{ classes: ['dog', 'cat', 'emu'] }, 'classes'],
    ];
    for (const [change, what] of changes) {
      const found = compareSchemas(animals, { ...animals, ...change }).map((difference) => difference.what);
      assert.ok(found.includes(what), what);
    }
    const [first, ...others] = compareSchemas(animals, prices);
    assert.equal(first.what, 'what is predicted');
    assert.ok(others.length > 3);
    assert.deepEqual(compareSchemas(prices, { ...prices, targetTransforms: [] } as Schema), [
      { what: 'scaling of targets', a: ['feature 1: (x - 1) * 1', 'feature 2: (x - 2) * 2'], b: ['none'] },
    ]);
  });

  it('shows six digits of a number, and all where they are the same', () => {
    const other = (offset: number): Schema => ({
      ...animals,
      transforms: [{ name: 'columns', offset: [offset, 0, 0, 4], factor: [0.5, 1, 1, 0] }],
    });
    assert.equal(compareSchemas(other(4.123456789), other(4.2))[0].a[0], 'weight: (x - 4.12346) * 0.5');
    assert.equal(compareSchemas(other(4.123456789), other(4.1234567891))[0].a[0], 'weight: (x - 4.123456789) * 0.5');
  });

  it('finds a difference wherever the hashes differ', () => {
    const change = fc.record(
      {
        decimal: fc.constantFrom('.', ','),
        missing: fc.constantFrom('refuse', 'drop', 'mean'),
        classes: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 2 }),
        transforms: fc.array(
          fc.record({ name: fc.constant('scale'), factor: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(change, (fields) => {
        const other = { ...animals, ...fields } as Schema;
        assert.equal(compareSchemas(animals, other).length === 0, schemaHash(animals) === schemaHash(other));
      }),
    );
  });
});

describe('a schema in files', () => {
  const table: Table = {
    inputs: 4,
    outputs: 3,
    features: Float32Array.from({ length: 16 }, (_, k) => k / 8),
    kind: 'classes',
    labels: [0, 1, 2, 0],
  };
  const shard = makeShard(table, { first: 0, rows: 4 }, 1n, animals);
  const model = (schema?: Schema): Weights => ({
    ...zeroWeights({ widths: [4, 3], head: 'squared error' }, 5n),
    ...(schema && { schema }),
  });

  it('comes back from a shard and from weights', () => {
    assert.deepEqual(readShard(writeShard(shard)).schema, animals);
    assert.deepEqual(readWeights(writeWeights(model(animals))).schema, animals);
    for (const file of [readShard(writeShard({ ...shard, schema: undefined })), readWeights(writeWeights(model()))]) {
      assert.equal('schema' in file, false);
    }
  });

  it('must fit the numbers beside it', () => {
    assert.throws(() => checkShard({ ...shard, schema: prices }), /schema is of 49 inputs and 2 outputs/);
    assert.throws(() => makeShard(table, { first: 0, rows: 4 }, 1n, { ...animals, classes: ['a', 'b'] }), InputError);
    assert.throws(() => writeWeights(model(prices)), /network is 4-3/);
  });

  it('names the column of a value out of range', () => {
    const features = table.features.with(5, 99);
    assert.throws(
      () => makeShard({ ...table, features }, { first: 0, rows: 4 }, 1n, animals),
      /Row 1 has 99 in column "colour=black" of the prepared table/,
    );
  });

  it('goes from a shard to the child, and stays where the shard has none', () => {
    const train = (weights: Weights, rows: typeof shard) =>
      trainSegment(weights, rows, { lr: 1, batch: 4, salt: 2n }).child.schema;
    const plain = makeShard(table, { first: 0, rows: 4 }, 1n);
    const other: Schema = { ...animals, classes: ['a', 'b', 'c'] };
    assert.deepEqual(train(model(), shard), animals);
    assert.deepEqual(train(model(other), shard), animals);
    assert.deepEqual(train(model(other), plain), other);
    assert.equal(train(model(), plain), undefined);
  });

  it('goes from the parents of a merge to the child where they have one', () => {
    const merged = (...schemas: (Schema | undefined)[]) =>
      mergeWeights(schemas.map(model), [schemas.map(() => MERGE_ONE)], 1n).child.schema;
    const other: Schema = { ...animals, classes: ['a', 'b', 'c'] };
    assert.deepEqual(merged(animals, structuredClone(animals)), animals);
    assert.deepEqual(merged(undefined, animals), animals);
    assert.equal(merged(animals, other), undefined);
    assert.equal(merged(undefined, undefined), undefined);
  });
});
