// What the second version can hold, with real proofs on a chain: many passes in one proof, and oracles of many chunks.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { described, LargeTrainings } from '../support/largeTraining.ts';
import { someModel } from '../support/models.ts';

describe('large trainings with real proofs', { concurrency: false }, () => {
  let trainings: LargeTrainings;
  before(async () => {
    trainings = await LargeTrainings.open();
  });
  after(() => trainings.close());

  it('150 rows with 32 passes are one proof and one transaction', async (test) => {
    const training = await trainings.train(someModel([4, 8, 3], 9, 77n), 150, { lr: 8, batch: 2, passes: 32 });
    test.diagnostic(described(training));
    assert.ok(training.gas < 750_000, `${training.gas} gas`);
  });

  it('a network of 1.3 million weights, whose trace has more than 2^22 entries', async (test) => {
    const model = someModel([784, 1024, 512, 10], 11, 78n);
    const training = await trainings.train(model, 512, { lr: 1, batch: 64, passes: 1 });
    test.diagnostic(described(training));
    assert.ok(training.chunks[0] > 16, `${training.chunks[0]} chunks of 2^18`);
  });
});
