// What the page makes of a wanted smoothing of the targets.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InputError } from '../../src/errors/InputError.ts';
import { wantedSmoothing, wantedTargets } from '../../web/lib/training.ts';

describe('a wanted smoothing', () => {
  it('is stored as the command line stores it', () => {
    assert.equal(wantedSmoothing({ widths: [4, 8, 10], head: 'softmax' }, 0.05), 11);
    assert.equal(wantedSmoothing({ widths: [4, 8, 10], head: 'sigmoid' }, 0.05), 102);
    assert.equal(wantedSmoothing({ widths: [4, 8, 10], head: 'softmax' }, 0), 0);
    assert.equal(
      wantedTargets({ widths: [4, 8, 3], head: 'sigmoid' }, 0.05),
      '0.9502 for the right value, 0.0498 for the wrong one',
    );
  });

  it('is none of a squared error, whatever was chosen for another head', () => {
    assert.equal(wantedSmoothing({ widths: [4, 8, 10], head: 'squared error' }, 0.1), 0);
    assert.equal(wantedTargets({ widths: [4, 8, 10], head: 'squared error' }, 0.1), undefined);
  });

  it('that cannot be had is refused where it is proved, and has no targets before', () => {
    const shape = { widths: [4, 8, 1000], head: 'softmax' } as const;
    assert.throws(() => wantedSmoothing({ ...shape, widths: [...shape.widths] }, 0.05), InputError);
    assert.equal(wantedTargets({ ...shape, widths: [...shape.widths] }, 0.05), undefined);
  });
});
