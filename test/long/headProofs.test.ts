import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Head } from '../../src/model/head.ts';
import type { Shard } from '../../src/model/shard.ts';
import type { Prover } from '../../src/proof/prover.ts';
import { type Claimed, isVerified, verifyProof } from '../../src/proof/verify.ts';
import { forwardTrace } from '../../src/training/forward.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { someModel, someShard } from '../support/models.ts';
import { CONTEXT, openProver, verifierKeys } from '../support/prover.ts';

interface Case {
  widths: number[];
  head: Head;
  kind: Shard['kind'];
  rows: number;
  smoothing: number;
}

const CASES: [string, Case][] = [
  ['softmax', { widths: [4, 8, 3], head: 'softmax', kind: 'classes', rows: 13, smoothing: 20 }],
  ['softmax over images', { widths: [784, 128, 10], head: 'softmax', kind: 'classes', rows: 256, smoothing: 0 }],
  ['sigmoid of one output', { widths: [4, 8, 1], head: 'sigmoid', kind: 'labels', rows: 16, smoothing: 7 }],
  ['sigmoid of three labels', { widths: [4, 3, 3], head: 'sigmoid', kind: 'labels', rows: 13, smoothing: 0 }],
];

const holds = ({ context, statement, proof }: Claimed) =>
  isVerified(verifyProof(context, statement, proof, verifierKeys(statement.program)));

describe('proofs of the heads', { concurrency: false }, () => {
  let prover: Prover;
  before(async () => {
    prover = await openProver(['data', 'train', 'score']);
  });
  after(() => prover.close());

  for (const [name, { widths, head, kind, rows, smoothing }] of CASES) {
    it(`hold for a training, its shard and its score: ${name}`, async () => {
      const parent = { ...someModel(widths), head };
      const shard = someShard(widths, rows, kind);
      const settings = { lr: 3, batch: 8, passes: 2, smoothing };
      const { child, trace } = trainSegment(parent, shard, { ...settings, salt: 5n });
      const trained = await prover.proveTrain(CONTEXT, { parent, child, shard, trace, ...settings });
      assert.ok(holds({ context: CONTEXT, ...trained }));
      const { statement } = trained;
      const others: Partial<typeof statement>[] = [{ smoothing: smoothing + 1 }, { head: 'squared error' }];
      for (const other of others) {
        assert.equal(holds({ context: CONTEXT, ...trained, statement: { ...statement, ...other } }), false);
      }

      assert.ok(holds({ context: CONTEXT, ...(await prover.proveData(CONTEXT, shard)) }));
      const forward = forwardTrace(child, shard);
      const scored = await prover.proveScore(CONTEXT, { model: child, shard, forward });
      assert.ok(holds({ context: CONTEXT, ...scored }));
      const better = { ...scored.statement, result: forward.result + 1n };
      assert.equal(holds({ context: CONTEXT, ...scored, statement: better }), false);
    });
  }
});
