import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Random, range } from '../reference/algebra.ts';
import { type Judge, judgeOf } from '../reference/circuit.ts';
import { randomWeights } from '../reference/models.ts';
import { proveScore } from '../reference/score.ts';
import { randomShard } from '../reference/shards.ts';
import { pinned } from './pinned.ts';

describe('program score', () => {
  let judge: Judge;
  before(async () => {
    judge = await judgeOf('score');
  });

  it('has the pinned number of constraints, below 2^15', () => {
    assert.equal(judge.constraints, pinned('score'));
    assert.ok(judge.constraints < 2 ** 15);
  });

  for (const [widths, rows] of [
    [[3, 3], 5],
    [[1, 1], 1],
    [[4, 3, 3], 8],
    [[2, 3, 3, 1], 3],
    [[3, 5, 2, 4, 3], 6],
    [[2, 9, 4], 1],
  ] as const) {
    for (const kind of ['classes', 'labels', 'regression']) {
      it(`accepts a ${widths.join('-')} network on ${rows} rows of ${kind}`, async () => {
        const random = new Random(rows);
        const bits = { classes: kind === 'classes', labels: kind === 'labels' };
        const shard = randomShard({ inputs: widths[0], outputs: widths[widths.length - 1], rows, ...bits }, random);
        await judge.accepts(proveScore(randomWeights([...widths], 2 ** 27, random), shard, random));
      });
    }
  }

  it('counts a row right though the padded classes, which have logit 0, are above its label', async () => {
    const random = new Random(7);
    const shard = randomShard({ inputs: 2, outputs: 3, rows: 4, classes: true }, random);
    const weights = randomWeights([2, 3], 0, random);
    // every logit is negative, that of class 1 the least negative
    [weights.b[0][0], weights.b[0][1], weights.b[0][2]] = [-200n, -100n, -300n].map((q) => q * 2n ** 19n);
    for (const i of range(4)) for (const s of range(4)) shard.Y[i * 4 + s] = i === 1 ? 2n ** 9n : 0n;
    const proof = proveScore(weights, shard, random);
    assert.equal(proof.inputs.result, 4n);
    await judge.accepts(proof);
  });

  it('counts a row right where every logit has the sign of its label, and none is 0', async () => {
    const random = new Random(9);
    const shard = randomShard({ inputs: 2, outputs: 2, rows: 5, classes: false, labels: true }, random);
    const weights = { ...randomWeights([2, 2], 0, random), head: 'sigmoid' as const };
    // logits are the inputs
    [weights.W[0][0], weights.W[0][3]] = [2n ** 32n, 2n ** 32n];
    const logits = [
      [5n, -7n],
      [-1n, -32768n],
      [1n, 32767n],
      [0n, -4n],
      [3n, 3n],
    ];
    const labels = [
      [1n, 0n],
      [0n, 0n],
      [1n, 1n],
      [0n, 0n],
      [1n, 0n],
    ];
    for (const i of range(2))
      for (const s of range(5)) [shard.X[i * 8 + s], shard.Y[i * 8 + s]] = [logits[s][i], 512n * labels[s][i]];
    const proof = proveScore(weights, shard, random);
    assert.equal(proof.inputs.result, 3n);
    await judge.accepts(proof);
  });

  it('lets a prover claim less than is right', async () => {
    const random = new Random(8);
    const shard = randomShard({ inputs: 2, outputs: 2, rows: 3, classes: true }, random);
    const proof = proveScore(randomWeights([2, 2], 2 ** 28, random), shard, random, {
      after: { c: (c) => c.fill(0n) },
    });
    assert.equal(proof.inputs.result, 0n);
    await judge.accepts(proof);
  });
});
