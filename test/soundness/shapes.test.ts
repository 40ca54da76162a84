import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HEADS, type Head } from '../../src/model/head.ts';
import type { ShardKind } from '../../src/model/shape.ts';
import type { Weights } from '../../src/model/weights.ts';
import type { ProofResult, Prover } from '../../src/proof/prover.ts';
import { verifyProof } from '../../src/proof/verify.ts';
import { circuitFor } from '../../src/registry/statement.ts';
import { seedTrace, weightsFromSeedTrace } from '../../src/training/seed.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { randomSource, someModel, someShard } from '../support/models.ts';
import { CONTEXT, openProver, verifierKeys } from '../support/prover.ts';

/** Widths, rows, rows of a step. */
type Shape = [widths: number[], rows: number, batch: number];

/** One layer, one of everything, all four layers, no padding, much padding, one output, B = 1, K = 1; then random ones. */
const FIXED: Shape[] = [
  [[1, 1], 1, 1],
  [[3, 2], 2, 2],
  [[4, 4, 4], 8, 2],
  [[5, 9, 1], 4, 1],
  [[17, 3, 33, 2], 4, 4],
  [[2, 3, 5, 2, 7], 16, 4],
  [[1, 1, 1, 1, 1], 2, 1],
  [[49, 32, 10], 64, 8],
];
/** Five, so that every head and kind meets other shapes and passes. */
const PAIRS: readonly { head: Head; kind: ShardKind }[] = [
  { head: 'squared error', kind: 'classes' },
  { head: 'softmax', kind: 'classes' },
  { head: 'sigmoid', kind: 'labels' },
  { head: 'squared error', kind: 'regression' },
  { head: 'sigmoid', kind: 'classes' },
];
const SECRET = `0x${'5e'.repeat(32)}` as const;
const random = randomSource(20261121);
const below = (n: number) => Math.floor(random() * n);
const RANDOM: Shape[] = Array.from({ length: 5 }, () => {
  const widths = Array.from({ length: 2 + below(4) }, () => 1 + below(20));
  const batch = below(4);
  return [widths, 2 ** (batch + below(4)), 2 ** batch];
});
const SHAPES = [...FIXED, ...RANDOM];

describe('one circuit and one key prove every shape', { concurrency: false }, () => {
  let prover: Prover;
  before(async () => {
    prover = await openProver(['data', 'seed', 'train']);
  });
  after(() => prover.close());

  async function accepted({ statement, proof }: ProofResult): Promise<void> {
    const verification = await verifyProof(CONTEXT, statement, proof, verifierKeys(circuitFor(statement)));
    assert.deepEqual(verification, { canonical: true, groth16: true, opening: true });
  }

  // Of any number of rows, and with passes.
  const trainings = SHAPES.map(([widths, rows, batch], i) => ({
    widths,
    rows: rows + (i % 3),
    batch,
    passes: 2 ** (i % 3),
    ...PAIRS[i % PAIRS.length],
  }));
  for (const { widths, rows, batch, passes, head, kind } of trainings)
    it(`train ${widths.join('-')} with ${head} on ${kind}, ${rows} rows in steps of ${batch}, ${passes} times`, async () => {
      const parent: Weights = { ...someModel(widths), head };
      const shard = someShard(widths, rows, kind);
      const settings = { lr: 3, batch, passes, smoothing: head === 'squared error' ? 0 : 17 };
      const { child, trace } = trainSegment(parent, shard, { ...settings, salt: 12n });
      await accepted(await prover.proveTrain(CONTEXT, { parent, child, shard, ...settings, trace }));
    });

  for (const [i, [widths]] of SHAPES.entries()) {
    const head = HEADS[i % HEADS.length];
    it(`seed ${widths.join('-')} with ${head}`, async () => {
      const weights = weightsFromSeedTrace({ widths, head }, seedTrace(widths, 77n), 11n);
      await accepted(await prover.proveSeed(CONTEXT, weights, { seed: 77n, requestId: 1n, secret: SECRET }));
    });
  }

  const shards: [number[], number, ShardKind][] = [
    ...SHAPES.map(([widths, rows], i): [number[], number, ShardKind] => [widths, rows + i, 'classes']),
    [[5, 3], 13, 'regression'],
    [[1, 1], 1, 'regression'],
    [[5, 3], 13, 'labels'],
    [[1, 1], 1, 'labels'],
  ];
  for (const [widths, rows, kind] of shards)
    it(`data of ${kind}, ${rows} rows of ${widths[0]} to ${widths[widths.length - 1]}`, async () => {
      await accepted(await prover.proveData(CONTEXT, someShard(widths, rows, kind)));
    });
});
