import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Random, range } from '../reference/algebra.ts';
import { type Judge, judgeOf } from '../reference/circuit.ts';
import { type Coefficients, mergeModels, proveMerge } from '../reference/merge.ts';
import { type ReferenceWeights, randomWeights } from '../reference/models.ts';
import { pinned } from './pinned.ts';

const LIMIT = 2n ** 17n;

describe('program merge', () => {
  let judge: Judge;
  before(async () => {
    judge = await judgeOf('merge');
  });
  const accepts = (parents: ReferenceWeights[], a: Coefficients, random: Random) =>
    judge.accepts(proveMerge(mergeModels(parents, a, random.element()), parents, a, random));

  it('has the pinned number of constraints, below 2^15', () => {
    assert.equal(judge.constraints, pinned('merge'));
    assert.ok(judge.constraints < 2 ** 15);
  });

  for (const [count, widths] of [
    [2, [3, 2]],
    [3, [1, 1]],
    [5, [5, 4, 3]],
    [8, [2, 3, 3, 1]],
    [2, [3, 5, 2, 4, 3]],
    [8, [2, 3, 5, 2, 1]],
  ] as const) {
    it(`accepts ${count} parents of shape ${widths.join('-')}, coefficients by layer`, async () => {
      const random = new Random(count);
      const parents = range(count).map(() => randomWeights([...widths], 2 ** 42, random));
      const draw = () => BigInt(random.below(40001) - 20000);
      await accepts(
        parents,
        widths.slice(1).map(() => range(count).map(draw)),
        random,
      );
    });
  }

  for (const head of ['softmax', 'sigmoid'] as const)
    it(`accepts models with ${head}`, async () => {
      const random = new Random(6);
      const parents = range(2).map(() => ({ ...randomWeights([3, 2], 2 ** 42, random), head }));
      await accepts(parents, [[7n, 2n ** 14n - 7n]], random);
    });

  it('accepts the greatest coefficients of either sign', async () => {
    const random = new Random(3);
    const parents = range(2).map(() => randomWeights([3, 2], 2 ** 42, random));
    await accepts(parents, [[LIMIT - 1n, 1n - LIMIT]], random);
  });

  it('accepts a parent taken over whole, and a child at either end of the range', async () => {
    const random = new Random(4);
    const parents = range(2).map(() => randomWeights([3, 2], 9, random));
    [parents[0].W[0][0], parents[0].b[0][0]] = [-(2n ** 47n), 2n ** 47n - 1n];
    await accepts(parents, [[2n ** 14n, 0n]], random);
  });

  it('rounds halves up', async () => {
    const random = new Random(5);
    const parents = range(2).map(() => randomWeights([1, 1], 0, random));
    [parents[0].W[0][0], parents[0].b[0][0]] = [1n, -1n];
    const a = [[2n ** 13n, 0n]];
    const child = mergeModels(parents, a, 1n);
    assert.deepEqual([child.W, child.b], [[[1n]], [[0n]]]);
    await judge.accepts(proveMerge(child, parents, a, random));
  });
});
