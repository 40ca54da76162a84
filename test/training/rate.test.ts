import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nearestRate, rateOfUnits } from '../../src/training/rate.ts';
import { realLearningRate } from '../../src/training/trainer.ts';

describe('learning rates as people know them', () => {
  it('takes the nearest possible rate and names its neighbours', () => {
    assert.deepEqual(nearestRate(0.05, 8), { units: 26, rate: 0.05078125, below: 0.048828125, above: 0.052734375 });
    assert.deepEqual(nearestRate(0.25, 8), { units: 128, rate: 0.25, below: 0.248046875, above: 0.251953125 });
    assert.deepEqual(nearestRate(8, 8), { units: 4096, rate: 8, below: 7.998046875, above: 8.001953125 });
    assert.equal(nearestRate(1.5 / 4096, 1).units, 2, 'upwards from the middle');
  });

  it('has an end on both sides', () => {
    assert.deepEqual(nearestRate(0.5 / 4096, 1), { units: 1, rate: 1 / 4096, below: null, above: 2 / 4096 });
    assert.deepEqual(rateOfUnits(65536, 4), { units: 65536, rate: 64, below: 63.9990234375, above: null });
    assert.throws(() => nearestRate(0.49 / 4096, 1), { name: 'InputError', message: /too small for steps of 1 rows/ });
    assert.throws(() => nearestRate(0.0005, 8), {
      name: 'InputError',
      message: /at least 0\.001953125, or a smaller --batch/,
    });
    assert.throws(() => nearestRate(65, 4), { name: 'InputError', message: /too large.*\n.*at most 64/s });
  });

  it('gives back every rate that units make', () => {
    for (const batch of [1, 2, 64, 4096]) {
      for (const units of [1, 2, 3, 255, 256, 65535, 65536]) {
        const rate = realLearningRate({ lr: units, batch });
        assert.equal(nearestRate(rate, batch).units, units);
        assert.equal(rateOfUnits(units, batch).rate, rate);
      }
    }
  });

  it('refuses what is no rate, no unit or no batch', () => {
    for (const rate of [0, -0.1, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => nearestRate(rate, 8), { name: 'InputError', message: /must be above 0/ });
    }
    for (const units of [0, 1.5, 65537]) assert.throws(() => rateOfUnits(units, 8), /integer in 1\.\.65536/);
    for (const batch of [0, 3, 8192]) assert.throws(() => nearestRate(0.1, batch), /power of two up to 4096/);
  });
});
