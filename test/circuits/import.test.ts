import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Random } from '../reference/algebra.ts';
import { type Judge, judgeOf } from '../reference/circuit.ts';
import { proveImport } from '../reference/import.ts';
import { randomWeights } from '../reference/models.ts';
import { pinned } from './pinned.ts';

const BOUND = 2n ** 47n;

describe('program import', () => {
  let judge: Judge;
  before(async () => {
    judge = await judgeOf('import');
  });

  it('has the pinned number of constraints, below 2^15', () => {
    assert.equal(judge.constraints, pinned('import'));
    assert.ok(judge.constraints < 2 ** 15);
  });

  for (const widths of [
    [3, 2],
    [1, 1],
    [4, 8],
    [5, 4, 3],
    [2, 3, 3, 1],
    [3, 5, 2, 4, 3],
    [1, 33, 1, 2, 1],
    [2, 3, 5, 2, 1],
  ]) {
    it(`accepts a ${widths.join('-')} network`, async () => {
      const random = new Random(widths.length * 100 + widths[0]);
      await judge.accepts(proveImport(randomWeights(widths, 2 ** 46, random), random));
    });
  }

  for (const head of ['softmax', 'sigmoid'] as const)
    it(`accepts a model with ${head}`, async () => {
      const random = new Random(4);
      await judge.accepts(proveImport({ ...randomWeights([3, 2], 99, random), head }, random));
    });

  it('accepts the least and the greatest weight and bias', async () => {
    const random = new Random(1);
    const weights = randomWeights([3, 2], 9, random);
    [weights.W[0][0], weights.W[0][1], weights.b[0][0], weights.b[0][1]] = [-BOUND, BOUND - 1n, BOUND - 1n, -BOUND];
    await judge.accepts(proveImport(weights, random));
  });

  it('accepts a wide input below three absent layers', async () => {
    const random = new Random(2);
    await judge.accepts(proveImport(randomWeights([4096, 1], 1000, random), random));
  });
});
