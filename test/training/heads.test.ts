import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { emptyShard } from '../../src/model/shard.ts';
import { zeroWeights } from '../../src/model/weights.ts';
import { forwardPass } from '../../src/training/forward.ts';
import { trainSegment } from '../../src/training/trainer.ts';

/** The unit of a probability. */
const UNIT = 2 ** -11;

/** The probabilities that a training makes of logits, given as biases of a network without weights. */
function probabilitiesOf(head: 'softmax' | 'sigmoid', logits: readonly number[]): number[] {
  const outputs = logits.length;
  const weights = zeroWeights({ widths: [1, outputs], head }, 0n);
  logits.forEach((q, i) => {
    weights.layers[0].b[i] = BigInt(q) << 23n;
  });
  const shard = emptyShard({ inputs: 1, outputs, rows: 1, kind: 'classes' }, 0n);
  shard.Y[0] = 512;
  const { trace } = trainSegment(weights, shard, { lr: 1, batch: 1, salt: 0n });
  assert.deepEqual(forwardPass(weights, shard).output.Q, trace.output.Q);
  return [...trace.output.P!.subarray(0, outputs)].map((p) => p * UNIT);
}

describe('the heads', () => {
  const logits = fc.array(fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }), { minLength: 1, maxLength: 40 });

  it('make softmax of the logits to a unit: half of it by rounding, the rest by the rounding of the powers', () => {
    fc.assert(
      fc.property(logits, (row) => {
        const most = Math.max(...row);
        const powers = row.map((q) => Math.exp((q - most) / 512));
        const sum = powers.reduce((a, b) => a + b);
        probabilitiesOf('softmax', row).forEach((p, i) => {
          assert.ok(Math.abs(p - powers[i] / sum) < UNIT, `${p} ${powers[i] / sum}`);
        });
      }),
    );
  });

  it('make the logistic function of them to half a unit', () => {
    fc.assert(
      fc.property(logits, (row) => {
        probabilitiesOf('sigmoid', row).forEach((p, i) => {
          assert.ok(Math.abs(p - 1 / (1 + Math.exp(-row[i] / 512))) <= UNIT / 2 + 1e-12);
        });
      }),
    );
  });
});
