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
import { NETWORK_CASES, type NetworkCase, nameOf, networkCase } from '../training/networkCases.ts';

const SCORED = ['shape', 'layout', 'shard', 'result', 'loss', 'absolute', 'k', 'top'];

/** More of what a score alone has. */
const SCORES: NetworkCase[] = [
  { network: '4x4x1-c2k3-5', rows: 11, batch: 1, lr: 1, kind: 'regression' },
  { network: '6x6x2-c3k3s2p1-33', rows: 9, batch: 1, lr: 1, head: 'softmax' },
  { network: '4x4x1-c3k2p1-8', rows: 16, batch: 1, lr: 1, kind: 'labels', head: 'sigmoid' },
  { network: '8x8x1-c2k5p2-a2-c3k3p1-4', rows: 300, batch: 1, lr: 1, head: 'softmax' },
];

/** More of what a segment alone has. */
const SEGMENTS: NetworkCase[] = [
  { network: '64x64x1-c1k7s2p3-a2-c1k7s2p3-a2-c1k3p1-a2-2', rows: 2, batch: 2, lr: 16, head: 'softmax' },
  { network: '32x32x4-c1k1s2-c2k5p3-a2-c3k2-1', rows: 1, batch: 1, lr: 16, kind: 'regression' },
  { network: '2x2x1000-c4k2p1-3', rows: 3, batch: 2, lr: 1, head: 'softmax' },
  { network: '2x2x1-c4095k2-2', rows: 2, batch: 1, lr: 1, head: 'sigmoid' },
  { network: '2x2x4-c2k2-4095', rows: 2, batch: 2, lr: 1, head: 'softmax' },
  { network: '2x2x1-c1k2-2', rows: 4095, batch: 4096, passes: 4, lr: 1 },
  { network: '2x2x1-c1k2-1', rows: 4095, batch: 1, passes: 4, lr: 1, kind: 'regression' },
  { network: '4x4x1-c2k3p1-3', rows: 4, batch: 4, lr: 1 },
  { network: '4x4x2-c2k2-3', rows: 5, batch: 1, lr: 3, passes: 4, head: 'softmax' },
  { network: '6x6x1-c2k3-a2-c3k2p1-2', rows: 3, batch: 4, lr: 32, passes: 4, kind: 'regression' },
  { network: '8x8x1-c3k5s2p2-c2k3s2p1-5-3', rows: 40, batch: 8, lr: 4, head: 'softmax', smoothing: 9 },
  { network: '16x16x1-c1k3p1-a2-c1k3s2p1-1', rows: 2, batch: 2, lr: 16, kind: 'regression' },
];

describe('the prover of program convTrain', () => {
  let judge: Judge;
  let kernels: Kernels;
  before(async () => {
    judge = await judgeOf('convTrain');
    kernels = await Kernels.load();
  });

  for (const c of [...NETWORK_CASES, ...SEGMENTS]) {
    it(`satisfies the circuit: ${nameOf(c)}`, async () => {
      const { weights, shard } = networkCase(c);
      const { lr, batch, passes = 1, smoothing = 0 } = c;
      const rates = { lr, batch, passes, smoothing };
      const { child, trace } = trainSegment(weights, shard, { ...rates, salt: 5n });
      const { inputs, expected } = await argue(kernels, ['shape', 'layout', 'seg'], (session) =>
        proveTrain(session, { parent: weights, child, shard, trace, ...rates }),
      );
      assert.deepEqual(await judge.outputs(inputs), expected);
    });
  }
});

describe('the prover of program convScore', () => {
  let judge: Judge;
  let kernels: Kernels;
  before(async () => {
    judge = await judgeOf('convScore');
    kernels = await Kernels.load();
  });

  for (const c of [...NETWORK_CASES, ...SCORES]) {
    it(`satisfies the circuit: ${nameOf(c)}`, async () => {
      const { weights, shard } = networkCase(c);
      const forward = forwardTrace(weights, shard);
      const { inputs, expected } = await argue(
        kernels,
        SCORED,
        (session) => proveScore(session, { model: weights, shard, forward }),
        ({ point }) => [point, countsAt(shard.kind, forward.measures.counts, point)],
      );
      assert.deepEqual(await judge.outputs(inputs), expected);
    });
  }
});
