import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadMnist } from '../../scripts/files/mnist.ts';
import { checkShard, type Shard, shardLabel, splitRows } from '../../src/model/shard.ts';
import type { Weights } from '../../src/model/weights.ts';
import { seedWeights } from '../../src/training/seed.ts';
import { evaluate, trainSegment } from '../../src/training/trainer.ts';

function accuracy(weights: Weights, shards: Shard[]): number {
  const scores = shards.map((shard) => evaluate(weights, shard));
  const rows = scores.reduce((sum, score) => sum + score.rows, 0);
  return scores.reduce((sum, score) => sum + score.right!, 0) / rows;
}

describe('real MNIST', () => {
  it('is read from the package, whole', async () => {
    const { train, test, inputs } = await loadMnist({ pooled: true });
    assert.deepEqual([train.rows, test.rows, inputs], [60000, 10000, 49]);
    assert.deepEqual([...train.labels.subarray(0, 5)], [5, 0, 4, 1, 9]);
    assert.deepEqual([...test.labels.subarray(0, 5)], [7, 2, 1, 0, 4]);
    const shard = test.shard({ first: 9000, rows: 1000 }, 3n);
    checkShard(shard);
    assert.equal(shardLabel(shard, 999), test.labels[9999]);
  });

  it('trains 49-32-10 from a seed to 83 % of the test digits in four shards of 1024 rows', async () => {
    const { train, test } = await loadMnist({ pooled: true });
    const tests = splitRows(test.rows, 4096, 'keep').map((range) => test.shard(range, 0n));
    let weights = seedWeights({ widths: [49, 32, 10], head: 'squared error' }, 42n, 1n);
    assert.ok(accuracy(weights, tests) < 0.2);
    for (const range of splitRows(4096, 1024)) {
      weights = trainSegment(weights, train.shard(range, 0n), { lr: 96, batch: 8, salt: 1n }).child;
    }
    const reached = accuracy(weights, tests);
    assert.ok(reached > 0.83, `${reached}`);
  });

  it('trains 784-32-10 from a seed to 86 % of the test digits in eight shards of 512 rows', async () => {
    const { train, test } = await loadMnist({ pooled: false });
    const tests = [test.shard({ first: 0, rows: 2048 }, 0n), test.shard({ first: 7952, rows: 2048 }, 0n)];
    let weights = seedWeights({ widths: [784, 32, 10], head: 'squared error' }, 42n, 1n);
    for (const range of splitRows(4096, 512)) {
      weights = trainSegment(weights, train.shard(range, 0n), { lr: 32, batch: 8, salt: 1n }).child;
    }
    const reached = accuracy(weights, tests);
    assert.ok(reached > 0.86, `${reached}`);
  });
});
