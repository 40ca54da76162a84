import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { forwardPass } from '../../src/training/forward.ts';
import { predictRows } from '../../src/training/predict.ts';
import { probabilitiesOf } from '../../src/training/probabilities.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { randomCase } from './helpers.ts';

/** The unit of a probability, and half of it. */
const UNIT = 2 ** -11;

describe('probabilitiesOf', () => {
  const logits = fc.array(fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }), { minLength: 1, maxLength: 40 });

  it('is softmax to a unit: half of it by rounding, the rest by the rounding of the powers', () => {
    fc.assert(
      fc.property(logits, (row) => {
        const reals = Float64Array.from(row, (q) => q / 512);
        const found = probabilitiesOf('softmax', reals, row.length)!;
        const most = Math.max(...reals);
        const powers = reals.map((q) => Math.exp(q - most));
        const sum = powers.reduce((a, b) => a + b);
        found.forEach((p, i) => {
          assert.ok(Number.isInteger(p / UNIT) && Math.abs(p - powers[i] / sum) < UNIT, `${p} ${powers[i] / sum}`);
        });
      }),
    );
  });

  it('is the logistic function to half a unit', () => {
    fc.assert(
      fc.property(logits, (row) => {
        const reals = Float64Array.from(row, (q) => q / 512);
        const found = probabilitiesOf('sigmoid', reals, row.length)!;
        found.forEach((p, i) => {
          assert.ok(Number.isInteger(p / UNIT) && Math.abs(p - 1 / (1 + Math.exp(-reals[i]))) <= UNIT / 2 + 1e-12);
        });
      }),
    );
  });

  it('has none of squared error', () => {
    assert.equal(probabilitiesOf('squared error', Float64Array.of(1, 2), 2), undefined);
  });

  for (const [head, kind] of [
    ['softmax', 'classes'],
    ['sigmoid', 'labels'],
  ] as const) {
    it(`is what a training with ${head} commits to, row by row`, () => {
      const { weights, shard } = randomCase({ widths: [5, 6, 3], rows: 8, kind, head, seed: 4 });
      const { trace } = trainSegment(weights, shard, { lr: 1, batch: 8, salt: 0n });
      assert.deepEqual(forwardPass(weights, shard).output.Q, trace.output.Q);
      const features = Float64Array.from({ length: 40 }, (_, k) => shard.X[(k % 5) * 8 + Math.floor(k / 5)] / 512);
      const found = probabilitiesOf(
        head,
        predictRows(weights, features, () => ''),
        3,
      )!;
      found.forEach((p, k) => {
        assert.equal(p, trace.output.P![(k % 3) * 8 + Math.floor(k / 3)] * UNIT);
      });
    });
  }
});
