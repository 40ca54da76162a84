// A training close to the largest that there can be: its trace has 2^25.7 entries of 2^26, and takes minutes and gibibytes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { described, LargeTrainings } from '../support/largeTraining.ts';
import { someModel } from '../support/models.ts';

describe('a training close to the limits of an oracle', () => {
  it('784-1024-512-10 on 4,096 rows proves and registers', async (test) => {
    const trainings = await LargeTrainings.open();
    try {
      const model = someModel([784, 1024, 512, 10], 11, 78n);
      const training = await trainings.train(model, 4096, { lr: 1, batch: 64, passes: 1 });
      test.diagnostic(described(training));
      for (const { name, seconds } of training.stages) test.diagnostic(`${name}: ${seconds.toFixed(1)} s`);
      assert.ok(training.chunks[0] > 200 && training.chunks[0] <= 256, `${training.chunks[0]} chunks of 2^18`);
      // A transaction has 2^24 gas at most.
      assert.ok(training.gas < 2 ** 22, `${training.gas} gas`);
    } finally {
      await trainings.close();
    }
  });
});
