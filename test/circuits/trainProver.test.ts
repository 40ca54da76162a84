import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Kernels } from '../../src/argument/kernels.ts';
import { countsAt } from '../../src/model/measures.ts';
import { proveScore } from '../../src/programs/score/score.ts';
import { proveTrain } from '../../src/programs/train/train.ts';
import { forwardTrace } from '../../src/training/forward.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { type Judge, judgeOf } from '../reference/circuit.ts';
import { argue } from '../support/argument.ts';
import { type Case, randomCase } from '../training/helpers.ts';

const SHAPES: [string, Partial<Case>][] = [
  ['one layer, one output, one row', { widths: [1, 1], rows: 1, batch: 1, kind: 'regression' }],
  ['one row in eight passes', { widths: [5, 1], rows: 1, batch: 1, passes: 8, kind: 'regression' }],
  ['one step', { widths: [4, 2, 1], rows: 16, batch: 16, kind: 'regression' }],
  ['one step of fewer rows', { widths: [5, 3], rows: 9, batch: 16 }],
  ['steps of one row', { widths: [9, 17, 5], rows: 9, batch: 1, passes: 2 }],
  ['steps of padding alone', { widths: [3, 4, 2], rows: 9, batch: 2, passes: 4, lr: 5 }],
  ['no padding', { widths: [4, 8, 2], rows: 8, batch: 2, lr: 64 }],
  ['three layers', { widths: [3, 5, 7, 2], rows: 11, batch: 4, passes: 2 }],
  ['four layers', { widths: [3, 5, 7, 2, 9], rows: 11, batch: 4, passes: 2 }],
  ['wide inputs, outputs and second hidden layer', { widths: [4095, 1, 4095, 1, 4095], rows: 2, batch: 1 }],
  ['wide first and third hidden layer', { widths: [1, 4095, 1, 4095, 1], rows: 2, batch: 1, kind: 'regression' }],
  ['4,095 rows in steps of 4,096, four passes', { widths: [2, 2], rows: 4095, batch: 4096, passes: 4 }],
  ['4,095 rows in steps of one, four passes', { widths: [1, 1], rows: 4095, batch: 1, passes: 4, kind: 'regression' }],
  ['150 rows in 32 passes', { widths: [4, 3, 3], rows: 150, batch: 16, passes: 32 }],
  ['softmax without padding', { widths: [3, 4, 4], rows: 8, batch: 4, head: 'softmax', smoothing: 3 }],
  ['softmax with padded classes', { widths: [4, 8, 3], rows: 8, batch: 2, head: 'softmax', smoothing: 9 }],
  ['softmax with padded rows', { widths: [4, 5, 2], rows: 11, batch: 4, passes: 2, head: 'softmax' }],
  ['softmax with padded rows and classes', { widths: [5, 3], rows: 9, batch: 4, passes: 4, head: 'softmax' }],
  ['softmax over one class', { widths: [3, 1], rows: 5, batch: 8, head: 'softmax' }],
  ['sigmoid of one output', { widths: [4, 3, 1], rows: 8, kind: 'labels', head: 'sigmoid', smoothing: 100 }],
  ['sigmoid of three labels', { widths: [4, 3, 3], rows: 9, kind: 'labels', head: 'sigmoid', passes: 2 }],
  ['sigmoid of classes', { widths: [5, 4], rows: 5, head: 'sigmoid', smoothing: 1 }],
];
const PLAIN = { head: 'squared error', smoothing: 0 } as const;
const BASE: Case = { widths: [3, 4, 2], rows: 8, batch: 2, passes: 1, lr: 1, kind: 'classes', ...PLAIN, seed: 11 };

/** More of what a score alone has: places that count as top, counts or none. */
const SCORES: [string, Partial<Case>, k?: number][] = [
  ['padded rows and outputs of regression', { widths: [4, 3, 3], rows: 11, kind: 'regression' }],
  ['all places count as top', { widths: [4, 5], rows: 11, head: 'softmax' }, 5],
  ['one place counts as top', { widths: [4, 5], rows: 16 }, 1],
  ['32 classes, of which counts are stated', { widths: [4, 32], rows: 16, head: 'softmax' }],
  ['33 classes, of which none are', { widths: [4, 33], rows: 9, head: 'softmax' }, 7],
  ['64 classes without padding or counts', { widths: [4, 64], rows: 16 }],
  ['eight labels, two of which may be wrong', { widths: [4, 8], rows: 16, kind: 'labels', head: 'sigmoid' }, 3],
  ['1024 labels, of which counts are stated', { widths: [2, 1024], rows: 3, kind: 'labels', head: 'sigmoid' }],
  ['1025 labels, of which none are', { widths: [2, 1025], rows: 2, kind: 'labels', head: 'sigmoid' }],
];

describe('the prover of program train', () => {
  let judge: Judge;
  let kernels: Kernels;
  before(async () => {
    judge = await judgeOf('train');
    kernels = await Kernels.load();
  });

  for (const [name, change] of SHAPES) {
    it(`satisfies the circuit: ${name}`, async () => {
      const c = { ...BASE, ...change };
      const { weights, shard } = randomCase(c);
      const { lr, batch, passes, smoothing } = c;
      const rates = { lr, batch, passes, smoothing };
      const { child, trace } = trainSegment(weights, shard, { ...rates, salt: 5n });
      const { inputs, expected } = await argue(kernels, ['shape', 'seg'], (session) =>
        proveTrain(session, { parent: weights, child, shard, trace, ...rates }),
      );
      assert.deepEqual(await judge.outputs(inputs), expected);
    });
  }
});

describe('the prover of program score', () => {
  let judge: Judge;
  let kernels: Kernels;
  before(async () => {
    judge = await judgeOf('score');
    kernels = await Kernels.load();
  });

  for (const [name, change, k] of [...SHAPES, ...SCORES]) {
    it(`satisfies the circuit: ${name}`, async () => {
      const { weights, shard } = randomCase({ ...BASE, ...change });
      const forward = forwardTrace(weights, shard, k);
      const { inputs, expected } = await argue(
        kernels,
        ['shape', 'shard', 'result', 'loss', 'absolute', 'k', 'top'],
        (session) => proveScore(session, { model: weights, shard, forward }),
        ({ point }) => [point, countsAt(shard.kind, forward.measures.counts, point)],
      );
      assert.deepEqual(await judge.outputs(inputs), expected);
    });
  }
});
