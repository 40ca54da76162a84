import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { check, circuitOf } from '../reference/check.ts';
import { type Judge, judgeOf } from '../reference/circuit.ts';
import { CHUNK, folded, foldedAt, type Oracle } from '../reference/commitments.ts';
import { brokenMask } from '../reference/opening.ts';
import { type AnyHooks, checkContract, type ProgramName, type Reference } from '../reference/run.ts';
import { element } from '../reference/sizes.ts';
import { PROVE, repairOf, VARIANTS } from '../support/smallProofs.ts';

const MOVED = { moved: { trace: CHUNK, helper: CHUNK } };
const changed = (which: string, change: (oracle: Oracle) => void): AnyHooks => ({
  committed: (name, oracle) => {
    if (name === which) change(oracle);
  },
});

describe('vectors in chunks', () => {
  for (const [name, [program, prove]] of Object.entries(VARIANTS))
    it(`are opened wherever in them a tensor stands: ${name}`, async () => {
      const proof = prove(MOVED);
      assert.deepEqual([proof.commitments.oracles.trace.length, proof.commitments.oracles.helper.length], [2, 2]);
      await (await judgeOf(program)).accepts(proof);
    });

  it('cannot be swapped, dropped or repeated', () => {
    const proof = PROVE.data(MOVED);
    const { oracles, kzg } = proof.commitments;
    const [low, high] = oracles.trace;
    for (const trace of [[high, low], [high], [low], [low, high, high], [low, low]]) {
      const forged: Reference = { ...proof, commitments: { kzg, oracles: { ...oracles, trace } } };
      const failed = check(forged);
      // the digest is another, and so is what is opened, or how many bits the number of a chunk has
      assert.ok(failed.includes('h_1'), `${failed}`);
      assert.ok(failed.includes(trace.length > 2 ? 'bits' : 'opening 1'), `${failed}`);
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

describe('the number of coordinates that name a chunk', () => {
  let judge: Judge;
  before(async () => {
    judge = await judgeOf('data');
  });
  /** A second chunk that is committed to, with an entry that the vector which all is shown of does not have. */
  const hidden = (which: string) =>
    changed(which, (oracle) => {
      oracle.chunks = 2;
      oracle.beyond[1] = new Map([[5, 987654321n]]);
    });

  it("is the contract's: with fewer, high chunks weigh nothing and could hold anything", async () => {
    for (const which of ['shard', 'trace', 'helper']) {
      assert.deepEqual(check(PROVE.data(hidden(which))), ['level 2'], which);
      assert.deepEqual(check(PROVE.data({ ...hidden(which), repair: repairOf('data') })), ['opening 2'], which);
      // the circuit takes the shorter mask, and all points open: only its length is not what the contract counts
      const forged = PROVE.data({ ...hidden(which), chunkMask: (mask) => mask.map(() => 0n) });
      assert.deepEqual(check(forged), ['bits'], which);
      const { c, v } = forged.outputs;
      assert.deepEqual(await judge.outputs(forged.inputs), [c, v, forged.inputs.fold]);
    }
  });

  it('may not be greater: a coordinate that no chunk has is a signal that the contract sets to 0', () => {
    for (const ones of [1, 8]) {
      const chunkMask = (mask: bigint[]) => mask.map((_, k) => BigInt(k < ones));
      const coordinates = Array.from({ length: ones }, (_, k) => `y_${k}`);
      assert.deepEqual(check(PROVE.data({ chunkMask })), ['level 2', 'bits', ...coordinates], `${ones}`);
    }
  });

  for (const [program, prove] of Object.entries(PROVE))
    it(`is a signal of program ${program}, and so are the coordinates`, async () => {
      const { inputs } = prove();
      const own = await judgeOf(program);
      for (const ones of [1, 8]) {
        const longer = { ...inputs, chunkMask: Array.from({ length: 8 }, (_, k) => BigInt(k < ones)) };
        const { failed, signals } = circuitOf(program as ProgramName, longer);
        assert.deepEqual(failed, []);
        const fold = element(inputs, 'fold');
        assert.deepEqual(await own.outputs(longer), [folded(signals).c, foldedAt(signals, fold), fold], `${ones}`);
      }
    });

  it('may not be said by a mask with a hole, or by other numbers than 0 and 1', async () => {
    const { inputs } = PROVE.data();
    const text = '(before - here) * (before - here - 1) === 0;';
    for (let k = 0; k <= 8; k++) {
      const broken = { ...inputs, chunkMask: brokenMask(k) };
      assert.deepEqual(circuitOf('data', broken).failed, [`mask ${k}`]);
      await judge.rejects(broken, { file: 'lib/chunks.circom', template: 'ChunkPoint', text });
    }
  });

  it('comes with a rest that is no other', () => {
    const proof = PROVE.data(MOVED);
    const { rest } = NUMBERING.data.signals;
    const signals = proof.signals.with(rest, proof.signals[rest] + 1n);
    const failed = checkContract(proof, signals);
    assert.deepEqual(failed, ['c', 'fold', 'v', 'opening 1']);
  });
});

describe('coefficients beyond a chunk', () => {
  it('have no effect below 2^20: all that is said stays true of the entries', () => {
    for (const which of ['shard', 'trace', 'helper'])
      for (const at of [CHUNK, CHUNK + 12345, 2 ** 20 - 1]) {
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
    const hooks = changed('trace', ({ beyond }) => beyond[0].set(2 ** 20 + 5, 987654321n));
    assert.deepEqual(check(PROVE.data(hooks)), ['level 2']);
    assert.deepEqual(check(PROVE.data({ ...hooks, repair: repairOf('data') })), ['opening 2']);
  });
});
