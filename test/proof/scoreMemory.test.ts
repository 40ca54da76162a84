// What the check before a score says of the memory of its proof, against what the argument takes.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { InputError } from '../../src/errors/InputError.ts';
import { scoreCapacity, scoreElements } from '../../src/model/capacity.ts';
import type { Head } from '../../src/model/head.ts';
import type { ShardKind } from '../../src/model/shardKind.ts';
import { proveScore } from '../../src/programs/score/score.ts';
import type { Prover } from '../../src/proof/prover.ts';
import { forwardTrace } from '../../src/training/forward.ts';
import { heldElements } from '../support/heldElements.ts';
import { someModel, someShard } from '../support/models.ts';
import { openProver } from '../support/prover.ts';

const SIZES: [what: string, widths: number[], rows: number, kind: ShardKind, head: Head][] = [
  ['softmax over many classes', [16, 200], 1000, 'classes', 'softmax'],
  ['softmax over a power of two', [16, 256], 1024, 'classes', 'softmax'],
  ['softmax over classes that are counted', [8, 20], 4000, 'classes', 'softmax'],
  ['sigmoid over labels that are counted', [16, 200], 1000, 'labels', 'sigmoid'],
  ['sigmoid over classes', [16, 200], 1000, 'classes', 'sigmoid'],
  ['squared error of classes', [16, 200], 1000, 'classes', 'squared error'],
  ['squared error of real numbers', [16, 200], 1000, 'regression', 'squared error'],
  ['a wide hidden layer', [16, 512, 4], 1000, 'classes', 'softmax'],
];

describe('the memory of a proof of score', { concurrency: false }, () => {
  let prover: Prover;
  before(async () => {
    prover = await openProver([]);
  });
  after(() => prover.close());

  for (const [what, widths, rows, kind, head] of SIZES) {
    it(`is at most what is said before, and little less: ${what}`, async () => {
      const [model, shard] = [{ ...someModel(widths), head }, someShard(widths, rows, kind)];
      const forward = forwardTrace(model, shard);
      const taken = await heldElements(prover, (session) => proveScore(session, { model, shard, forward }));
      const said = scoreElements({ widths, head }, rows);
      assert.ok(taken <= said && said < 1.4 * taken, `${taken} elements, ${said} were said`);
    });
  }

  it('is refused where no prover holds it, and says what to do', () => {
    assert.throws(
      () => scoreCapacity({ widths: [8, 2048], head: 'squared error' }, 4096),
      (error) =>
        error instanceof InputError && /GiB/.test(error.message) && /fewer than 4096 rows/.test(error.hint ?? ''),
    );
    assert.doesNotThrow(() => scoreCapacity({ widths: [8, 1024], head: 'softmax' }, 4096));
  });
});
