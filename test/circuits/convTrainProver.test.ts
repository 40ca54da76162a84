import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Kernels } from '../../src/argument/kernels.ts';
import { countsAt } from '../../src/model/measures.ts';
import { proveConvScore } from '../../src/programs/score/score.ts';
import { forwardTrace } from '../../src/training/forward.ts';
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
        (session) => proveConvScore(session, { model: weights, shard, forward }),
        ({ point }) => [point, countsAt(shard.kind, forward.measures.counts, point)],
      );
      assert.deepEqual(await judge.outputs(inputs), expected);
    });
  }
});
