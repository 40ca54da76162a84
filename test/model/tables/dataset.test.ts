import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { InputError } from '../../../src/errors/InputError.ts';
import { formatManifest, parseManifest } from '../../../src/model/manifest.ts';
import { checkShard, shardLabel } from '../../../src/model/shard.ts';
import { readCsv } from '../../../src/model/tables/csv.ts';
import { applyDescription, cutShards, datasetManifest, prepareDataset } from '../../../src/model/tables/dataset.ts';
import type { RawTable } from '../../../src/model/tables/rawTable.ts';
import { fitColumns, unscale } from '../../../src/model/tables/scaling.ts';
import { isSorted, shuffledOrder } from '../../../src/model/tables/shuffle.ts';
import { labelsOf, targetsOf, valuesOf } from './answers.ts';

const ROWS = 40;
const names = { name: 'flowers', source: 'a test' };

/** Two columns of very different size and one constant; classes in blocks, as files often have them. */
function csv(answer: (k: number) => string): Uint8Array {
  const lines = Array.from({ length: ROWS }, (_, k) => `${1000 + 10 * k},${(k * 7) % 11},5,${answer(k)}`);
  return new TextEncoder().encode(`big,small,same,y\n${lines.join('\n')}\n`);
}

const classes = () =>
  readCsv(
    csv((k) => (k < ROWS / 2 ? 'rose' : 'iris')),
    { label: 'y' },
  );
const regression = () =>
  readCsv(
    csv((k) => `${100 * k}`),
    { targets: ['y'] },
  );

function column(table: { features: Float32Array; inputs: number }, j: number): number[] {
  return Array.from(table.features).filter((_, k) => k % table.inputs === j);
}

const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

describe('prepareDataset', () => {
  it('scales to mean 0 and deviation 1, constant columns to 0', () => {
    const { table } = prepareDataset(classes(), { ...names, scaling: 'standard' });
    for (const j of [0, 1]) {
      const values = column(table, j);
      assert.ok(Math.abs(mean(values)) < 1e-6);
      assert.ok(Math.abs(mean(values.map((x) => x * x)) - 1) < 1e-6);
    }
    assert.ok(column(table, 2).every((x) => x === 0));
  });

  it('scales to 0..1', () => {
    const { table } = prepareDataset(classes(), { ...names, scaling: 'min-max' });
    for (const j of [0, 1]) assert.deepEqual([Math.min(...column(table, j)), Math.max(...column(table, j))], [0, 1]);
  });

  it('fits on the training rows alone', () => {
    const { table, description } = prepareDataset(classes(), {
      ...names,
      shuffle: 'none',
      scaling: 'min-max',
      training: { first: 0, rows: 10 },
    });
    assert.deepEqual([column(table, 0)[9], column(table, 0)[10]], [1, Math.fround(10 / 9)]);
    const fitted = description.schema.transforms[0];
    assert.deepEqual(fitted.name === 'columns' && fitted.offset, [1000, 0, 5]);
  });

  it('scales regression targets likewise, and back', () => {
    const raw = regression();
    const { table, description } = prepareDataset(raw, { ...names, shuffle: 'none', scaling: 'standard' });
    assert.ok(Math.abs(mean(targetsOf(table))) < 1e-6);
    assert.ok(description.schema.kind === 'regression');
    const [transform] = description.schema.targetTransforms;
    assert.ok(transform.name === 'columns');
    unscale(targetsOf(table), transform).forEach((y, k) => {
      assert.ok(Math.abs(y - 100 * k) < 1e-3, `${y}`);
    });
    assert.throws(() => unscale([1, 2, 3], { ...transform, offset: [0, 0], factor: [1, 1] }), /no rows of 2/);
    assert.throws(() => unscale([1], { ...transform, factor: [0] }), /constant/);
    const flat = readCsv(
      csv(() => '3'),
      { targets: ['y'] },
    );
    assert.throws(() => prepareDataset(flat, { ...names, scaling: 'standard' }), /nothing to learn/);
  });

  it('clips after scaling', () => {
    const { table } = prepareDataset(classes(), { ...names, scaling: 'standard', clip: 0.5 });
    assert.ok(table.features.every((x) => Math.abs(x) <= 0.5) && table.features.includes(0.5));
  });

  it('orders rows and answers alike', () => {
    const { table } = prepareDataset(classes(), { ...names, shuffle: 12 });
    const big = column(table, 0);
    assert.notDeepEqual(
      big,
      big.toSorted((x, y) => x - y),
    );
    assert.deepEqual(
      labelsOf(table),
      big.map((x) => (x < 1000 + 5 * ROWS ? 1 : 0)),
    );
    const { table: numbers } = prepareDataset(regression(), { ...names, shuffle: 12 });
    assert.deepEqual(
      targetsOf(numbers),
      big.map((x) => 10 * (x - 1000)),
    );
  });

  it('refuses options that do not fit', () => {
    for (const [first, rows] of [
      [0, 0],
      [0, ROWS + 1],
      [1, ROWS],
      [0, 1.5],
      [-1, 2],
    ]) {
      assert.throws(() => prepareDataset(classes(), { ...names, training: { first, rows } }), InputError);
    }
    assert.throws(() => prepareDataset(classes(), { ...names, shuffle: -1 }), InputError);
    assert.throws(() => prepareDataset(classes(), { ...names, clip: 0 }), InputError);
    assert.throws(() => fitColumns([], 3, 'standard'), InputError);
    assert.throws(() => fitColumns([1], 3, 'standard'), InputError);
  });
});

describe('a dataset manifest', () => {
  const options = { ...names, shuffle: 7, scaling: 'standard' as const, clip: 8, training: { first: 0, rows: 32 } };
  const cut = (table: ReturnType<typeof prepareDataset>['table'], range = { first: 0, rows: 32 }) =>
    cutShards(table, { size: 16, range, salt: () => 3n, file: (k) => `flowers-${k}.safetensors` });

  it('lets anyone make the same shards from the raw file', () => {
    for (const read of [classes, regression]) {
      const { table, description } = prepareDataset(read(), options);
      const shards = cut(table);
      for (const { shard } of shards) checkShard(shard);
      const manifest = parseManifest(formatManifest(datasetManifest(description, shards)));
      assert.deepEqual(manifest.shards, [
        { file: 'flowers-0.safetensors', rows: 16, first: 0 },
        { file: 'flowers-1.safetensors', rows: 16, first: 16 },
      ]);
      assert.deepEqual(cut(applyDescription(read(), manifest)), shards);
    }
  });

  it('cuts test rows after the training rows', () => {
    const { table } = prepareDataset(classes(), options);
    const [test] = cutShards(table, {
      size: 64,
      remainder: 'keep',
      range: { first: 32, rows: 8 },
      salt: () => 1n,
      file: () => 'test.safetensors',
    });
    assert.deepEqual([test.first, test.rows, test.shard.rows], [32, 8, 8]);
    assert.equal(shardLabel(test.shard, 0), labelsOf(table)[32]);
  });

  it('refuses rows of another kind, with other columns or other classes', () => {
    const { description } = prepareDataset(classes(), options);
    const raw = classes() as RawTable & { kind: 'classes' };
    const cases: [RawTable, RegExp][] = [
      [regression(), /1 outputs \(regression\)/],
      [{ ...raw, columns: ['big', 'same', 'small'] }, /columns of the rows/],
      [{ ...raw, columns: undefined }, /columns of the rows/],
      [{ ...raw, classes: ['rose', 'iris'] }, /classes of the rows/],
    ];
    for (const [table, message] of cases) {
      assert.throws(
        () => applyDescription(table, description),
        (error: unknown) => error instanceof InputError && message.test(error.message),
      );
    }
  });

  it('names row and column of a value that no shard holds', () => {
    const { table } = prepareDataset(classes(), { ...names, shuffle: 'none' });
    assert.throws(() => cut(table), /Line \d+ has 1000 as feature 0/);
  });
});

describe('a table sorted by its answers', () => {
  it('is shuffled by default, by a seed that the manifest keeps', () => {
    const { table, description, notes } = prepareDataset(classes(), names);
    assert.equal(description.shuffle, 1);
    assert.match(notes.join(), /sorted .* shuffled with seed 1/);
    assert.ok(!isSorted(table));
    assert.deepEqual(valuesOf(applyDescription(classes(), description)), valuesOf(table));
    for (const read of [classes, regression]) {
      const kept = prepareDataset(read(), { ...names, shuffle: 'none' });
      assert.equal('shuffle' in kept.description, false);
      assert.ok(isSorted(kept.table));
    }
    assert.equal(prepareDataset(regression(), names).description.shuffle, 1);
  });

  it('is told from one in a random order, of many classes and of few rows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 0, max: 1000 }), (count, seed) => {
        const rows = 400;
        const blocks = Array.from({ length: rows }, (_, k) => Math.floor((k * count) / rows));
        const of = (labels: number[]) =>
          isSorted({ kind: 'classes', inputs: 1, outputs: count, features: new Float32Array(rows), labels });
        assert.ok(of(blocks));
        assert.ok(!of([...shuffledOrder(rows, seed)].map((k) => blocks[k])));
        assert.ok(!of(blocks.map(() => 0)), 'one class alone has no order');
      }),
    );
    const numbers = (targets: number[]) =>
      isSorted({
        kind: 'regression',
        inputs: 1,
        outputs: 1,
        features: new Float32Array(targets.length),
        targets: Float32Array.from(targets),
      });
    assert.deepEqual([numbers([9, 8, 7, 6, 5, 4, 3, 2, 1]), numbers([1, 2, 3])], [true, false]);
    assert.ok(!numbers([...shuffledOrder(50, 3)]));
  });
});

describe('shuffledOrder', () => {
  it('is a permutation that depends on nothing but its seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }), (rows, seed) => {
        const order = shuffledOrder(rows, seed);
        assert.deepEqual(
          [...order].sort((x, y) => x - y),
          Array.from({ length: rows }, (_, k) => k),
        );
        assert.deepEqual(shuffledOrder(rows, seed), order);
      }),
    );
    assert.notDeepEqual(shuffledOrder(50, 1), shuffledOrder(50, 2));
  });

  it('stays as manifests have recorded it', () => {
    assert.deepEqual([...shuffledOrder(10, 42)], [0, 7, 3, 5, 2, 1, 8, 9, 4, 6]);
  });
});
