import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TrainingRangeError } from '../../src/errors/TrainingRangeError.ts';
import { SCHEDULES, scheduledUnits } from '../../src/training/schedule.ts';
import { seedWeights } from '../../src/training/seed.ts';
import { evaluate, trainSegment, trainTrial } from '../../src/training/trainer.ts';
import { runTrial, workingDivisor } from '../../src/training/trials.ts';
import { cases, randomCase } from './helpers.ts';

/** What a call gives, or the message of its range error. */
function outcome<T>(call: () => T): T | string {
  try {
    return call();
  } catch (error) {
    assert.ok(error instanceof TrainingRangeError, String(error));
    return error.message;
  }
}

describe('trials', () => {
  it('train bit for bit as segments that are proved, and leave the range where these do', () => {
    fc.assert(
      fc.property(cases, (c) => {
        const { weights, shard } = randomCase(c);
        const { lr, batch, passes } = c;
        const trial = outcome(() => trainTrial(weights, shard, { lr, batch, passes }));
        const segment = outcome(() => {
          const { trace: _, ...rest } = trainSegment(weights, shard, { lr, batch, passes, salt: weights.salt });
          return { ...rest, child: { ...rest.child, schema: undefined } };
        });
        const made = typeof trial === 'string' ? trial : { ...trial, child: { ...trial.child, schema: undefined } };
        assert.deepEqual(made, segment);
      }),
      { numRuns: 100 },
    );
  });

  it('sum the validation rows of all folds, each from a seed of its own', () => {
    const widths = [4, 3, 2];
    const folds = [5, 6].map((seed) => {
      const of = (rows: number, seed: number) => randomCase({ widths, rows, kind: 'classes', seed }).shard;
      return { training: of(8, seed), validation: of(3 + seed, seed + 10) };
    });
    const steps = [
      { passes: 1, lr: 40 },
      { passes: 3, lr: 7 },
    ];
    const found = runTrial(folds, { widths, head: 'squared error' }, { batch: 2 }, steps);
    const expected = [[40], [40, 7, 7, 7]].map((rates) => {
      const results = folds.map(({ training, validation }, k) => {
        let weights = seedWeights({ widths, head: 'squared error' }, BigInt(k + 1), 0n);
        for (const lr of rates) weights = trainSegment(weights, training, { lr, batch: 2, salt: 0n }).child;
        return evaluate(weights, validation);
      });
      const loss = results.reduce((sum, { loss, rows }) => sum + loss * rows, 0) / 17;
      return { rows: 17, right: results[0].right! + results[1].right!, loss };
    });
    assert.deepEqual(found, expected);
    const fast = [{ passes: 4, lr: 65536 }];
    assert.equal(
      runTrial(folds, { widths, head: 'squared error' }, { batch: 2 }, fast),
      undefined,
      'a rate at which values leave',
    );
  });

  it('find the greatest of the halved rates that stays in range', () => {
    const { weights, shard } = randomCase({
      widths: [4, 5, 3],
      rows: 16,
      kind: 'regression',
      seed: 8,
    });
    const segments = [1, 2].map(() => ({ shard, lr: 8192, batch: 4, passes: 4 }));
    const train = (lr: number) => {
      const { child } = trainSegment(weights, shard, { lr, batch: 4, passes: 4, salt: 0n });
      trainSegment(child, shard, { lr, batch: 4, passes: 4, salt: 0n });
    };
    const divisor = workingDivisor(weights, segments);
    assert.ok(divisor !== undefined);
    train(8192 / divisor);
    assert.throws(() => train((2 * 8192) / divisor), TrainingRangeError);
    shard.X.fill(32767, 0, 16);
    shard.Y.fill(-32768, 0, 16);
    assert.equal(workingDivisor(weights, [{ shard, lr: 65536, batch: 4, passes: 4 }]), undefined, 'no rate does it');
  });
});

describe('schedules', () => {
  it('give each segment its rate', () => {
    const all = (schedule: (typeof SCHEDULES)[number], segments: number) =>
      Array.from({ length: segments }, (_, k) => scheduledUnits(schedule, 1000, k, segments));
    assert.deepEqual(all('constant', 3), [1000, 1000, 1000]);
    assert.deepEqual(all('cosine', 4), [1000, 854, 500, 146]);
    assert.deepEqual(all('step', 8), [1000, 1000, 1000, 1000, 100, 100, 10, 10]);
    for (const schedule of SCHEDULES) assert.deepEqual(all(schedule, 1), [1000]);
  });

  it('give no rate of 0, and none to segments that are not there', () => {
    assert.equal(scheduledUnits('cosine', 1, 99, 100), 1);
    assert.equal(scheduledUnits('step', 20, 3, 4), 1);
    for (const segment of [-1, 4, 0.5])
      assert.throws(() => scheduledUnits('step', 1, segment, 4), { name: 'InputError' });
  });
});
