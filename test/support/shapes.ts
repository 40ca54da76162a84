// Honest proofs of many shapes with the same keys.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ProofResult, Prover } from '../../src/proof/prover.ts';
import { verifyProof } from '../../src/proof/verify.ts';
import { seedTrace, weightsFromSeedTrace } from '../../src/training/seed.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { someModel, someShard } from './models.ts';
import { ORIGIN, openProver, verifierKeys } from './prover.ts';

/** Widths, rows, rows of a step. */
export type TestShape = [widths: number[], rows: number, batch: number];

/** Proves training and a seed of each shape, and data of its widths: one row more for each shape before it. */
export function proveShapes(shapes: readonly TestShape[]): void {
  describe('one circuit and one key prove every shape', { concurrency: false }, () => {
    let prover: Prover;
    before(async () => {
      prover = await openProver(['data', 'seed', 'train']);
    });
    after(() => prover.close());

    async function accepted({ statement, proof }: ProofResult): Promise<void> {
      const verification = await verifyProof(ORIGIN, statement, proof, verifierKeys(statement.program));
      assert.deepEqual(verification, { canonical: true, groth16: true, opening: true });
    }

    for (const [widths, rows, batch] of shapes)
      it(`train ${widths.join('-')}, ${rows} rows in steps of ${batch}`, async () => {
        const parent = someModel(widths);
        const shard = someShard(widths, rows, rows % 3 === 1 ? 'regression' : 'classes');
        const { child, trace } = trainSegment(parent, shard, { lr: 3, batch, salt: 12n });
        await accepted(await prover.proveTrain(ORIGIN, { parent, child, shard, lr: 3, batch, trace }));
      });

    for (const [widths] of shapes)
      it(`seed ${widths.join('-')}`, async () => {
        const weights = weightsFromSeedTrace(widths, seedTrace(widths, 77n), 11n);
        await accepted(await prover.proveSeed(ORIGIN, weights, { seed: 77n, requestId: 1n }));
      });

    const shards: [number[], number, 'classes' | 'regression'][] = [
      ...shapes.map(([widths, rows], i): [number[], number, 'classes' | 'regression'] => [widths, rows + i, 'classes']),
      [[5, 3], 13, 'regression'],
      [[1, 1], 1, 'regression'],
    ];
    for (const [widths, rows, kind] of shards)
      it(`data of ${kind}, ${rows} rows of ${widths[0]} to ${widths[widths.length - 1]}`, async () => {
        await accepted(await prover.proveData(ORIGIN, someShard(widths, rows, kind)));
      });
  });
}
