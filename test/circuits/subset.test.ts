import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { range } from '../reference/algebra.ts';
import { check } from '../reference/check.ts';
import { type Judge, judgeOf } from '../reference/circuit.ts';
import { provenSubset, takeRow } from '../support/lies/subset.ts';
import { pinned } from './pinned.ts';

describe('program subset', () => {
  let judge: Judge;
  before(async () => {
    judge = await judgeOf('subset');
  });

  it('has the pinned number of constraints', () => assert.equal(judge.constraints, pinned('subset')));

  it('accepts rows of two sets, one of them twice', () => judge.accepts(provenSubset()));

  it('accepts rows of labels and of regressions', async () => {
    await judge.accepts(provenSubset({}, undefined, { inputs: 1, outputs: 3, classes: false, labels: true }));
    await judge.accepts(provenSubset({}, undefined, { inputs: 2, outputs: 1, classes: false }));
  });

  it('accepts sixteen sets, and the shard itself among them', async () => {
    const many = provenSubset({}, (run) => {
      const [first, second] = run.sets;
      run.sets = [...range(14).map(() => first), second, run.shard];
    });
    await judge.accepts(many);
  });

  it('rejects a row that no set has, and one with another label', async () => {
    const changed = provenSubset({}, ({ shard }) => {
      shard.X[0] += 1n;
    });
    assert.deepEqual(check(changed), ['batch']);
    await judge.rejects(changed.inputs);
    const relabelled = provenSubset({}, ({ shard }) => {
      [shard.Y[0], shard.Y[8]] = [shard.Y[8], shard.Y[0]];
    });
    assert.deepEqual(check(relabelled), ['batch']);
  });

  it('rejects a row that is padding of a set', async () => {
    const padding = provenSubset({}, ({ shard, sets }) => takeRow(shard, 0, sets[0], 3));
    assert.deepEqual(check(padding), ['batch']);
    await judge.rejects(padding.inputs);
  });
});
