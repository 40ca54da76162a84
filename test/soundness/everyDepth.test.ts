import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HEADS, type Head } from '../../src/model/head.ts';
import { mergeWeights } from '../../src/model/merge.ts';
import type { Shard } from '../../src/model/shard.ts';
import type { ProofResult, Prover } from '../../src/proof/prover.ts';
import { isVerified, verifyProof } from '../../src/proof/verify.ts';
import { circuitFor } from '../../src/registry/statement.ts';
import { forwardTrace } from '../../src/training/forward.ts';
import { randomSource, someModel, someShard } from '../support/models.ts';
import { CONTEXT, openProver, verifierKeys } from '../support/prover.ts';

const SHAPES = [
  [1, 1],
  [49, 32, 10],
  [5, 3, 4, 2],
  [2, 3, 5, 2, 7],
];
const SOURCE = `0x${'5a'.repeat(32)}` as const;

describe('import, merge and score at every depth, with the same keys', { concurrency: false }, () => {
  let prover: Prover;
  before(async () => {
    prover = await openProver(['import', 'merge', 'score']);
  });
  after(() => prover.close());

  async function accepted({ statement, proof }: ProofResult): Promise<void> {
    const verification = await verifyProof(CONTEXT, statement, proof, verifierKeys(circuitFor(statement)));
    assert.deepEqual(verification, { canonical: true, groth16: true, opening: true });
  }

  for (const [i, widths] of SHAPES.entries()) {
    const head = HEADS[i % HEADS.length];
    it(`import ${widths.join('-')} with ${head}`, async () => {
      await accepted(await prover.proveImport(CONTEXT, { ...someModel(widths), head }, { source: SOURCE }));
    });
  }

  for (const [i, widths] of SHAPES.entries()) {
    const count = [2, 3, 8, 5][i];
    const head = HEADS[(i + 1) % HEADS.length];
    it(`merge of ${count} parents ${widths.join('-')} with ${head}`, async () => {
      const random = randomSource(i);
      const parents = Array.from({ length: count }, (_, j) => ({ ...someModel(widths, 10 + j, BigInt(j + 1)), head }));
      const coefficients = widths.slice(1).map(() => parents.map(() => Math.floor((random() - 0.5) * 2 ** 18)));
      const merge = mergeWeights(parents, coefficients, 9n);
      await accepted(await prover.proveMerge(CONTEXT, { parents, coefficients, merge }));
    });
  }

  const scores: [number[], number, Shard['kind'], Head][] = [
    [[1, 1], 1, 'classes', 'softmax'],
    [[49, 32, 10], 100, 'classes', 'squared error'],
    [[5, 3, 4, 2], 13, 'regression', 'squared error'],
    [[2, 3, 5, 2, 7], 33, 'classes', 'softmax'],
    [[3, 1], 9, 'labels', 'sigmoid'],
    [[4, 5, 3], 13, 'labels', 'sigmoid'],
  ];
  for (const [widths, rows, kind, head] of scores)
    it(`score ${widths.join('-')} with ${head} on ${rows} rows of ${kind}`, async () => {
      const model = { ...someModel(widths), head };
      const shard = someShard(widths, rows, kind);
      const forward = forwardTrace(model, shard);
      const { statement, proof, stages } = await prover.proveScore(CONTEXT, { model, shard, forward });
      await accepted({ statement, proof, stages });
      assert.equal(statement.result, forward.measures.result);
      const better = { ...statement, result: statement.result + 1n };
      assert.equal(isVerified(await verifyProof(CONTEXT, better, proof, verifierKeys('score'))), false);
    });
});
