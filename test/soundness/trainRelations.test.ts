import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Random } from '../reference/algebra.ts';
import { Analysis } from '../reference/analysis.ts';
import { circuitOf } from '../reference/check.ts';
import { proveTrain } from '../reference/train.ts';
import { randomTrain } from '../reference/train-run.ts';
import { TRAIN_LIES } from '../support/lies/train.ts';

describe('a proof of program train of which only one thing is false', () => {
  // the reference's verifier judges them all; those on batch 2, which no other test knows, the constraints too
  let analysis: Analysis;
  before(async () => {
    analysis = await Analysis.of('train');
  });
  for (const { name, prove, relations = [], relations2 = [], claims = [], fails } of TRAIN_LIES)
    it(`is refused: ${name}`, () => {
      const { violated, inputs } = prove();
      assert.deepEqual(violated, { relations, relations2, claims });
      assert.deepEqual(circuitOf('train', inputs).failed, [fails]);
      if (fails === 'batch 2') assert.deepEqual(analysis.violated(inputs), [fails]);
    });

  it('is refused: a rate beyond its bits, which the word takes for more rows', () => {
    const random = new Random(5);
    const run = randomTrain(random, { widths: [3, 4, 2], rows: 2, batch: 2, lr: 2 ** 17 + 3 });
    assert.deepEqual(analysis.violated(proveTrain(random, run).inputs), [
      'sum segment.lrBits[0] segment.lrBits[1] segment.lrBits[2]',
    ]);
  });
});
