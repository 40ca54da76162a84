import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Head } from '../../src/model/head.ts';
import type { FloatModel } from '../../src/model/import/floatModel.ts';
import { quantiseModel } from '../../src/model/import/quantise.ts';
import { makeShard, type Table } from '../../src/model/shard.ts';
import { compareImport, doubtOf } from '../../src/training/compareImport.ts';

const ROWS = 64;
const inputs = (row: number) => [((row * 37) % 64) / 8 - 4 + 1 / 16, ((row * 23) % 64) / 8 - 4 + 1 / 16];
const rows = Array.from({ length: ROWS }, (_, s) => inputs(s));

/** Two outputs, each `factor` times one of the inputs. */
const model = (...factors: number[]): FloatModel => ({
  widths: [2, 2],
  layers: [{ weight: Float64Array.of(factors[0], 0, 0, factors[1]), bias: new Float64Array(2) }],
});
const labelled = (labelOf: (x: number, i: number) => number): Table => ({
  kind: 'labels',
  inputs: 2,
  outputs: 2,
  features: Float32Array.from(rows.flat()),
  labels: rows.flatMap((row) => row.map(labelOf)),
});
function compared(floats: FloatModel, table: Table, head: Head) {
  const { weights } = quantiseModel(floats, 1n);
  weights.head = head;
  return compareImport(floats, weights, makeShard(table, { first: 0, rows: ROWS }, 0n));
}
const POSITIVE = labelled((x) => (x > 0 ? 1 : 0));

describe('an imported network on rows of labels', () => {
  it('is right where its outputs have the signs of all labels, however large they are', () => {
    for (const size of [1, 8]) {
      const comparison = compared(model(size, size), POSITIVE, 'sigmoid');
      assert.deepEqual([comparison.same, comparison.right], [ROWS, { float: ROWS, imported: ROWS }]);
      assert.deepEqual(comparison.labels, { all: 128, float: 128, imported: 128, mostFrequent: 64 });
      assert.deepEqual([comparison.r2, comparison.mostFrequent], [null, null]);
      assert.equal(doubtOf(comparison), undefined);
    }
  });

  it('is told by its labels where no row is right with all of them', () => {
    const comparison = compared(model(1, -1), POSITIVE, 'sigmoid');
    assert.deepEqual([comparison.right?.imported, comparison.labels?.imported], [0, 64]);
    assert.match(doubtOf(comparison)!, /^64 of 128 labels right is no better than chance: .* alone gives 64\./);
  });

  it('is not compared with labels that do not vary', () => {
    const comparison = compared(
      model(1, 1),
      labelled(() => 1),
      'sigmoid',
    );
    assert.equal(comparison.labels?.mostFrequent, 128);
    assert.match(doubtOf(comparison)!, /^No label varies/);
  });
});
