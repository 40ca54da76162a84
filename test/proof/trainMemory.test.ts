// What the check before a training says of the memory of its proof, against what the argument takes.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { InputError } from '../../src/errors/InputError.ts';
import { trainCapacity, trainElements } from '../../src/model/capacity.ts';
import type { Head } from '../../src/model/head.ts';
import { proveTrain } from '../../src/programs/train/train.ts';
import type { Prover } from '../../src/proof/prover.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { heldElements } from '../support/heldElements.ts';
import { someModel, someShard } from '../support/models.ts';
import { openProver } from '../support/prover.ts';

interface Size {
  widths: number[];
  rows: number;
  passes: number;
  batch: number;
  head?: Head;
}

describe('the memory of a proof of train', { concurrency: false }, () => {
  let prover: Prover;
  before(async () => {
    prover = await openProver([]);
  });
  after(() => prover.close());

  function elementsOf({ widths, rows, head = 'squared error', ...segment }: Size): Promise<number> {
    const [parent, shard] = [{ ...someModel(widths), head }, someShard(widths, rows)];
    const trained = trainSegment(parent, shard, { lr: 1, ...segment, salt: 7n });
    return heldElements(prover, (session) => proveTrain(session, { parent, shard, lr: 1, ...segment, ...trained }));
  }

  const sizes: [what: string, size: Size][] = [
    ['softmax over many classes', { widths: [16, 200], rows: 512, passes: 2, batch: 64, head: 'softmax' }],
    ['softmax over a power of two', { widths: [16, 256], rows: 512, passes: 2, batch: 64, head: 'softmax' }],
    ['sigmoid over many classes', { widths: [16, 200], rows: 500, passes: 2, batch: 64, head: 'sigmoid' }],
    ['many steps of a wide input', { widths: [512, 4], rows: 512, passes: 8, batch: 1 }],
    ['a wide hidden layer', { widths: [16, 256, 4], rows: 1024, passes: 1, batch: 64 }],
    [
      'many steps of wide layers, rows that fill no batch',
      { widths: [60, 100, 70, 3], rows: 500, passes: 2, batch: 1 },
    ],
  ];
  for (const [what, size] of sizes) {
    it(`is at most what is said before, and little less: ${what}`, async () => {
      const [said, taken] = [
        trainElements({ widths: size.widths, head: size.head ?? 'squared error' }, size),
        await elementsOf(size),
      ];
      assert.ok(taken <= said && said < 1.25 * taken, `${taken} elements, ${said} were said`);
    });
  }

  it('is refused before the training where no prover holds it, and says what to do', () => {
    const [widths, rows] = [[4096, 8, 2], 4096];
    assert.throws(
      () => trainCapacity({ widths, head: 'squared error' }, rows, 4, 1),
      (error) => error instanceof InputError && /GiB/.test(error.message) && /more rows a step/.test(error.hint ?? ''),
    );
    assert.doesNotThrow(() => trainCapacity({ widths, head: 'squared error' }, rows, 4, 16));
    assert.doesNotThrow(() => trainCapacity({ widths: [784, 1024, 512, 10], head: 'squared error' }, 4096, 1, 64));
    const model = someModel([4096, 2]);
    const shard = someShard(model.widths, 2048);
    assert.throws(() => trainSegment(model, shard, { lr: 1, batch: 1, passes: 8, salt: 1n }), /GiB/);
  });
});
