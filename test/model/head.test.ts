import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InputError } from '../../src/errors/InputError.ts';
import { checkFit, checkHead, checkSmoothing, HEADS } from '../../src/model/head.ts';
import { SHARD_KINDS } from '../../src/model/shape.ts';

describe('head', () => {
  it('is one of three', () => {
    for (const head of HEADS) checkHead(head);
    for (const head of ['hinge', '', undefined, 1]) assert.throws(() => checkHead(head), InputError);
  });

  it('goes with the kinds of rows that protocol section 1 names', () => {
    const fits = HEADS.flatMap((head) => SHARD_KINDS.map((kind) => [head, kind] as const)).filter(([head, kind]) => {
      try {
        checkFit(head, kind);
        return true;
      } catch (error) {
        assert.ok(error instanceof InputError && error.hint?.startsWith('Take a network with '), String(error));
        return false;
      }
    });
    assert.deepEqual(fits, [
      ['squared error', 'classes'],
      ['squared error', 'regression'],
      ['softmax', 'classes'],
      ['sigmoid', 'classes'],
      ['sigmoid', 'labels'],
    ]);
  });

  it('takes no smoothing with squared error, and otherwise as much as leaves a target above the others', () => {
    for (const outputs of [1, 2, 10, 255, 4096]) {
      const [softmax, sigmoid] = [Math.ceil(2048 / outputs) - 1, 1023];
      for (const head of HEADS) checkSmoothing(head, outputs, 0);
      if (softmax > 0) checkSmoothing('softmax', outputs, softmax);
      checkSmoothing('sigmoid', outputs, sigmoid);
      assert.throws(() => checkSmoothing('squared error', outputs, 1), /Squared error takes no smoothing/);
      assert.throws(() => checkSmoothing('softmax', outputs, softmax + 1), /leaves nothing/);
      assert.throws(() => checkSmoothing('sigmoid', outputs, sigmoid + 1), /leaves nothing/);
    }
  });
});
