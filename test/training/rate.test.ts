import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nearestRate, rateOfUnits } from '../../src/training/rate.ts';
import { realLearningRate } from '../../src/training/trainer.ts';

describe('learning rates as people know them', () => {
  it('takes the nearest possible rate and names its neighbours', () => {
    assert.deepEqual(nearestRate(0.05, 8), { units: 2, rate: 0.0625, below: 0.03125, above: 0.09375 });
    assert.deepEqual(nearestRate(0.25, 8), { units: 8, rate: 0.25, below: 0.21875, above: 0.28125 });
    assert.deepEqual(nearestRate(8, 8), { units: 256, rate: 8, below: 7.96875, above: 8.03125 });
    assert.equal(nearestRate(1.5 / 256, 1).units, 2, 'upwards from the middle');
  });

  it('has an end on both sides', () => {
    assert.deepEqual(nearestRate(0.5 / 256, 1), { units: 1, rate: 1 / 256, below: null, above: 2 / 256 });
    assert.deepEqual(rateOfUnits(65536, 4), { units: 65536, rate: 1024, below: 1023.984375, above: null });
    assert.throws(() => nearestRate(0.49 / 256, 1), { name: 'InputError', message: /too small for steps of 1 rows/ });
    assert.throws(() => nearestRate(0.001, 8), {
      name: 'InputError',
      message: /at least 0\.03125, or a smaller --batch/,
    });
    assert.throws(() => nearestRate(1025, 4), { name: 'InputError', message: /too large.*\n.*at most 1024/s });
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
