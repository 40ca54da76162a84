import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Random } from '../reference/algebra.ts';
import { changed, type Judge, judgeOf } from '../reference/circuit.ts';
import { proveTrain } from '../reference/train.ts';
import { randomTrain, type TrainShape } from '../reference/train-run.ts';

const SHAPES: TrainShape[] = [
  { widths: [1, 1], rows: 1, batch: 1, lr: 1 },
  { widths: [1, 1], rows: 1, batch: 1, passes: 4, lr: 3 },
  { widths: [3, 2], rows: 2, batch: 2, lr: 65536 },
  { widths: [3, 1], rows: 4, batch: 1, lr: 3 },
  { widths: [4, 4, 2], rows: 4, batch: 2, passes: 2, lr: 1 },
  { widths: [5, 3, 3], rows: 5, batch: 4, lr: 9 },
  { widths: [5, 3, 3], rows: 3, batch: 4, passes: 4, lr: 9 },
  { widths: [2, 3, 5, 2], rows: 7, batch: 1, lr: 2 },
  { widths: [3, 2, 3, 2, 4], rows: 3, batch: 2, passes: 2, lr: 7 },
  { widths: [1, 1], rows: 1, batch: 1, lr: 2, head: 'softmax' },
  { widths: [5, 3, 3], rows: 5, batch: 4, passes: 2, lr: 9, head: 'softmax', smoothing: 41 },
  { widths: [3, 2, 3, 2, 5], rows: 3, batch: 2, lr: 4, head: 'softmax', smoothing: 255 },
  { widths: [3, 1], rows: 3, batch: 1, passes: 4, lr: 5, head: 'sigmoid' },
  { widths: [5, 3, 6], rows: 5, batch: 4, lr: 8, head: 'sigmoid', smoothing: 255 },
  { widths: [2, 3, 4], rows: 4, batch: 4, lr: 6, head: 'sigmoid', labels: false },
];
const NAME = ({ widths, passes = 1, rows, batch, head = 'squared error' }: TrainShape) =>
  `${widths.join('-')} with ${head}, ${passes} times ${rows} rows in steps of ${batch}`;

describe('program train', () => {
  let judge: Judge;
  before(async () => {
    judge = await judgeOf('train');
  });
  const prove = (shape: TrainShape) => {
    const random = new Random(shape.lr);
    return proveTrain(random, randomTrain(random, shape));
  };

  it('fits a domain of 2^16', () => {
    assert.ok(judge.constraints < 2 ** 16);
  });

  for (const shape of SHAPES)
    it(`accepts ${NAME(shape)}`, async () => {
      await judge.accepts(prove(shape));
    });

  for (const shape of [SHAPES[8], SHAPES[11]])
    it(`refuses every size and message with one entry changed: ${NAME(shape)}`, async () => {
      const { inputs } = prove(shape);
      // the fold is the contract's: any is taken, and v follows
      for (const name of Object.keys(inputs).filter((key) => key !== 'fold'))
        for (const pick of [0, 1, 5]) {
          // the last digest and nonce decide z alone, at which the contract opens
          if (name === 'h' && pick === 5) continue;
          // one coordinate of the chunk more: the contract has its own number of them
          if (name === 'chunkMask' && pick === 0) continue;
          await assert.doesNotReject(judge.rejects(changed(inputs, name, pick)), `${name}, entry ${pick}`);
        }
    });

  it('binds the last digest and nonce and the length of the mask, which no check of its own uses, by c', async () => {
    const proof = prove(SHAPES[0]);
    const [c] = await judge.outputs(proof.inputs);
    for (const [name, pick] of [
      ['h', 5],
      ['nonce', 4],
      ['chunkMask', 0],
    ] as const)
      assert.notEqual((await judge.outputs(changed(proof.inputs, name, pick)))[0], c);
  });
});
