import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { check } from '../reference/check.ts';
import { type Judge, judgeOf } from '../reference/circuit.ts';
import { CHUNK, type Oracle } from '../reference/commitments.ts';
import type { Reference } from '../reference/run.ts';
import { type AnyHooks, PROVE, repairOf } from '../support/smallProofs.ts';

const MOVED = { moved: { trace: CHUNK, helper: CHUNK } };
const changed = (which: string, change: (oracle: Oracle) => void): AnyHooks => ({
  committed: (name, oracle) => {
    if (name === which) change(oracle);
  },
});

describe('vectors in chunks', () => {
  let judge: Judge;
  before(async () => {
    judge = await judgeOf('data');
  });

  it('are opened wherever in them a tensor stands', async () => {
    const proof = PROVE.data(MOVED);
    assert.deepEqual([proof.commitments.oracles.trace.length, proof.commitments.oracles.helper.length], [2, 2]);
    await judge.accepts(proof);
  });

  it('cannot be swapped, dropped or repeated', () => {
    const proof = PROVE.data(MOVED);
    const { oracles, kzg } = proof.commitments;
    const [low, high] = oracles.trace;
    for (const trace of [[high, low], [high], [low], [low, high, high], [low, low]]) {
      const forged: Reference = { ...proof, commitments: { kzg, oracles: { ...oracles, trace } } };
      const failed = check(forged);
      // the digest is another, and so is what is opened
      assert.ok(failed.includes('h_1') && failed.includes('opening 1'), `${failed}`);
    }
  });

  it('cannot be committed to in another order than they are read in', async () => {
    const swap = changed('trace', (oracle) => {
      oracle.vector = [...oracle.vector.slice(CHUNK), ...oracle.vector.slice(0, CHUNK)];
    });
    assert.deepEqual(check(PROVE.data({ ...MOVED, ...swap })), ['reduction']);
    assert.deepEqual(check(PROVE.data({ ...MOVED, ...swap, repair: repairOf('data') })), ['opening 2']);
  });
});

describe('coefficients beyond a chunk', () => {
  it('have no effect below 2^20: all that is said stays true of the entries', () => {
    for (const which of ['shard', 'trace', 'helper'])
      for (const at of [CHUNK, CHUNK + 12345, 2 * CHUNK - 1]) {
        const proof = PROVE.data(changed(which, ({ beyond }) => beyond[0].set(at, 987654321n)));
        assert.deepEqual(proof.violated, { relations: [], relations2: [], claims: [] });
        assert.deepEqual(check(proof), [], `${which} ${at}`);
      }
  });

  it('do not stand for entries of the next chunk', () => {
    // the trace is said to be in chunk 1; its entries stand beyond chunk 0
    const proof = PROVE.data({
      ...MOVED,
      ...changed('trace', (oracle) => {
        for (const [i, v] of oracle.vector.slice(CHUNK).entries()) oracle.beyond[0].set(CHUNK + i, v);
        oracle.vector.fill(0n);
      }),
    });
    assert.deepEqual(check(proof), ['reduction']);
  });

  it('are refused from 2^20 on', () => {
    const hooks = changed('trace', ({ beyond }) => beyond[0].set(2 * CHUNK + 5, 987654321n));
    assert.deepEqual(check(PROVE.data(hooks)), ['level 2']);
    assert.deepEqual(check(PROVE.data({ ...hooks, repair: repairOf('data') })), ['opening 2']);
  });
});
