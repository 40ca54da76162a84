import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FileFormatError } from '../../../src/errors/FileFormatError.ts';
import { formatManifest, parseManifest } from '../../../src/model/manifest.ts';
import { applyDescription, datasetManifest, prepareDataset } from '../../../src/model/tables/dataset.ts';
import type { RawTable } from '../../../src/model/tables/rawTable.ts';
import { classTimes, repeatedOrder, repeatsOf } from '../../../src/model/tables/repeat.ts';

/** Eight rows, of which rows 1 and 6 are rare. */
const raw = (): Extract<RawTable, { kind: 'classes' }> => ({
  kind: 'classes',
  inputs: 1,
  outputs: 2,
  features: Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7]),
  labels: Int32Array.from([0, 1, 0, 0, 0, 0, 1, 0]),
  classes: ['usual', 'rare'],
});
const counts = (order: Uint32Array) => Array.from({ length: 8 }, (_, r) => order.filter((row) => row === r).length);

describe('rows that are repeated by their class', () => {
  it('occur as often as their class says and are mixed; those behind occur once and in order', () => {
    const order = repeatedOrder(raw(), { rows: 6, times: [1, 4], shuffle: 3 });
    assert.deepEqual(counts(order), [1, 4, 1, 1, 1, 1, 1, 1]);
    assert.deepEqual([...order.slice(-2)], [6, 7]);
    assert.notDeepEqual([...order], [0, 1, 1, 1, 1, 2, 3, 4, 5, 6, 7]);
    const other = repeatedOrder(raw(), { rows: 6, times: [1, 4], shuffle: 4 });
    assert.notDeepEqual(order, other, 'by the seed');
  });

  it('change neither scaling nor means, stand in the manifest, and are made again from it', () => {
    const training = { first: 0, rows: 6 };
    const options = { name: 'x', source: 'x', scaling: 'standard', shuffle: 'none', training } as const;
    const plain = prepareDataset(raw(), options);
    const made = prepareDataset(raw(), { ...options, repeats: repeatsOf(6, [1, 4], 'none') });
    assert.deepEqual(made.description.schema, plain.description.schema);
    assert.equal(made.table.features.length, 11);
    const manifest = parseManifest(formatManifest(datasetManifest(made.description, [])));
    assert.deepEqual(manifest.repeats, { rows: 6, times: [1, 4], shuffle: 1 });
    assert.deepEqual(applyDescription(raw(), manifest).features, made.table.features);
    for (const [change, message] of [
      [{ times: [1] }, /2 numbers, one for each class/],
      [{ times: [1, 65] }, /1 to 64 times, not 65/],
      [{ times: [0, 1] }, /1 to 64 times, not 0/],
      [{ rows: 0 }, /0 is not a number of repeated rows/],
      [{ shuffle: -1 }, /seed of a shuffle/],
      [{ more: 1 }, /unknown fields more/],
    ] as const) {
      const text = JSON.stringify({ ...manifest, repeats: { ...manifest.repeats, ...change } });
      assert.throws(
        () => parseManifest(text),
        (error: unknown) => error instanceof FileFormatError && message.test(`${(error.cause as Error).message}`),
      );
    }
    assert.throws(
      () => applyDescription(raw(), { ...manifest, repeats: { ...manifest.repeats!, rows: 9 } }),
      /has 8\./,
    );
  });

  it('take their number from weights that a person gives', () => {
    const { labels } = raw();
    const classes = ['usual', 'rare'];
    assert.deepEqual(classTimes(['balanced'], classes, labels), [1, 3]);
    assert.deepEqual(classTimes(['balanced'], [...classes, 'none'], labels), [1, 3, 1], 'a class without rows');
    assert.deepEqual(classTimes(['balanced'], classes, [...Array(500).fill(0), 1]), [1, 64], 'at most');
    assert.deepEqual(classTimes(['rare=5'], classes, labels), [1, 5]);
    assert.deepEqual(classTimes(['a=b=2', 'x=3'], ['x', 'a=b'], labels), [3, 2]);
    for (const [said, message] of [
      [['rare'], /"rare" is no weight of a class/],
      [['=3'], /no weight/],
      [['rare=1.5'], /no weight/],
      [['rare=0'], /1 to 64 times, not 0/],
      [['rare=65'], /1 to 64 times, not 65/],
      [['odd=2'], /There is no class "odd"/],
      [['rare=2', 'rare=3'], /has two weights/],
      [['balanced', 'rare=2'], /"balanced" is no weight/],
    ] as const) {
      assert.throws(() => classTimes(said, classes, labels), message);
    }
  });

  it('have classes', () => {
    const numbers: RawTable = { ...raw(), kind: 'regression', targets: new Float32Array(16) } as never;
    assert.throws(() => repeatedOrder(numbers, { rows: 2, times: [1, 1], shuffle: 1 }), /Only rows of classes/);
  });
});
