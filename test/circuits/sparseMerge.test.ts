import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type Judge, judgeOf } from '../reference/circuit.ts';
import type { SparseChoice } from '../reference/sparse-run.ts';
import { DARE, DARE_TIES, provenSparse, SUMMED, TIES } from '../support/lies/sparse.ts';
import { pinned } from './pinned.ts';

describe('program sparseMerge', () => {
  let judge: Judge;
  before(async () => {
    judge = await judgeOf('sparseMerge');
  });

  it('has the pinned number of constraints', () => {
    assert.equal(judge.constraints, pinned('sparseMerge'));
  });

  for (const [name, choice, tasks] of [
    ['TIES', TIES, 2],
    ['TIES of one, not normalised', SUMMED, 1],
    ['TIES of four', TIES, 4],
    ['DARE', DARE, 2],
    ['DARE with elected signs', DARE_TIES, 2],
    ['DARE that keeps all of one and little of others', { ...DARE, kept: [65536n, 1n, 300n, 50000n] }, 4],
  ] as [string, SparseChoice, number][])
    it(`accepts ${name}`, () => judge.accepts(provenSparse(choice, {}, tasks)));
});
