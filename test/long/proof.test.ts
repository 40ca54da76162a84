import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Prover } from '../../src/proof/prover.ts';
import { isVerified, verifyProof } from '../../src/proof/verify.ts';
import { someShard } from '../support/models.ts';
import { CONTEXT, openProver, verifierKeys } from '../support/prover.ts';

describe('a proof', { concurrency: false }, () => {
  let prover: Prover;
  before(async () => {
    prover = await openProver(['data']);
  });
  after(() => prover.close());

  it('is refused for another statement', async () => {
    const shard = someShard([3, 2], 4);
    const { statement, proof } = await prover.proveData(CONTEXT, shard);
    const keys = verifierKeys('data');
    const elsewhere = [
      { ...CONTEXT, chainId: 1n },
      { ...CONTEXT, registry: CONTEXT.trainer },
      { ...CONTEXT, trainer: CONTEXT.registry },
    ];
    for (const context of elsewhere)
      assert.equal(isVerified(await verifyProof(context, statement, proof, keys)), false);
    const fewer = { ...statement, shard: { ...statement.shard, rows: 3 } };
    assert.equal(isVerified(await verifyProof(CONTEXT, fewer, proof, keys)), false);
  });

  it('is refused with any point, signal or word of the proof changed', async () => {
    const { statement, proof } = await prover.proveData(CONTEXT, someShard([3, 2], 4));
    const keys = verifierKeys('data');
    const names = Object.keys(proof.points) as (keyof typeof proof.points)[];
    const signals = Object.keys(proof.signals) as (keyof typeof proof.signals)[];
    const changed = [
      ...names.map((name) => ({
        ...proof,
        points: { ...proof.points, [name]: proof.points[names[(names.indexOf(name) + 1) % names.length]] },
      })),
      ...signals.map((name) => ({ ...proof, signals: { ...proof.signals, [name]: proof.signals[name] + 1n } })),
      ...proof.groth16.map((_, i) => ({ ...proof, groth16: proof.groth16.map((w, j) => (i === j ? w + 1n : w)) })),
    ];
    for (const forged of changed) assert.equal(isVerified(await verifyProof(CONTEXT, statement, forged, keys)), false);
  });
});
