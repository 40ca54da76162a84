import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { mod, Random, range } from '../reference/algebra.ts';
import { Analysis } from '../reference/analysis.ts';
import { check, circuitOf } from '../reference/check.ts';
import type { AnyHooks } from '../reference/run.ts';
import { HEADS, headBits } from '../reference/sizes.ts';
import { EXP, SIG } from '../reference/tables.ts';
import {
  become,
  type Cheat,
  crown,
  HEAD_LIES,
  inRow,
  less,
  OF_SIGMOID,
  prove,
  TIE,
  trained,
} from '../support/lies/heads.ts';

// Cheats on the heads of program train, each of which the circuit refuses by exactly one check.

const { relations: R, evaluations: E, claims: C, oracles: O } = NUMBERING.train;

/** Classes of which one is padding. */
const N = 4;

/** Entries by which all checks of the circuit are made to hold. */
const REPAIR = { evals1: E.mult, evals2: NUMBERING.train.evaluations2.zIn(4), u: O.trace, u12: 0, p2: 0, s2: 0 };

describe('of the heads of program train', () => {
  let analysis: Analysis;
  before(async () => {
    analysis = await Analysis.of('train');
  });

  for (const { name, prove: cheat, relations = [], claims = [], fails } of HEAD_LIES)
    it(`is refused by one check: ${name}`, () => {
      const { violated, inputs } = cheat();
      assert.deepEqual(violated, { relations, relations2: [], claims });
      assert.deepEqual(circuitOf('train', inputs).failed, [fails]);
      assert.deepEqual(analysis.violated(inputs), [fails]);
    });

  it('is refused by the contract, where all checks of the circuit are made to hold', () => {
    const seen = new Set<string>();
    for (const { name, relations = [], claims = [], again } of HEAD_LIES) {
      const key = `${relations} ${claims}`;
      if (seen.has(key) || !again) continue;
      seen.add(key);
      assert.deepEqual(check(again({ repair: REPAIR })), ['opening 2'], name);
    }
    assert.ok(seen.size >= 12, `${seen.size}`);
  });

  it('an evaluation that the head does not have is refused', () => {
    for (const [head, indices] of [
      ['squared error', range(E.count).slice(E.M)],
      ['sigmoid', range(E.count).filter((i) => i >= E.M && !OF_SIGMOID.includes(i))],
    ] as const)
      for (const index of indices) {
        const message: AnyHooks['message'] = (stage, m) => (stage === 'evals1' ? m.with(index, m[index] + 1n) : m);
        const { violated, inputs } = prove({ head, hooks: { message } });
        assert.deepEqual(violated, { relations: [], relations2: [], claims: [index] });
        for (const failed of [circuitOf('train', inputs).failed, analysis.violated(inputs)])
          assert.ok(
            failed.includes('reduction') && failed.every((f) => f === 'reduction' || f === 'batch'),
            `${failed}`,
          );
        assert.deepEqual(check(prove({ head, hooks: { message, repair: REPAIR } })), ['opening 2'], `${head} ${index}`);
      }
  });

  it('takes either of two largest logits, with one child', () => {
    const children = [0, 1].map((first) => {
      const cheat: Cheat = { parent: TIE, deviation: inRow('largest', (row) => crown(row, first)) };
      const proof = prove(cheat);
      assert.deepEqual(check(proof), []);
      assert.deepEqual(analysis.violated(proof.inputs), []);
      const { childW, childB, output, ofHead } = trained(cheat, new Random(7));
      assert.equal(ofHead.w![first * N], 1n);
      return { childW, childB, output };
    });
    assert.deepEqual(children[0], children[1]);
  });

  it('a table that is not the one of the contract opens no commitment', () => {
    const proof = prove({
      deviation: { head: { powers: ({ e }) => become(e, e.map(less)) } },
      hooks: {
        column: (F) => become(F, F.map(less)),
        committed: (name, oracle) => {
          if (name === 'tables') oracle.vector = [...EXP.map(less), ...SIG];
        },
      },
    });
    assert.deepEqual(proof.violated, { relations: [], relations2: [], claims: [] });
    assert.deepEqual(analysis.violated(proof.inputs), []);
    assert.deepEqual(check(proof), ['opening 1']);
  });

  it('a number of no head is refused', () => {
    const { inputs } = prove({});
    const shape = (inputs.shape as bigint) - 2n ** 247n;
    for (const [head, broken] of [
      [[1n, 1n], 'head[0] head[1]'],
      [[2n, 0n], '0/1 head[0]'],
      [[0n, 2n], '0/1 head[1]'],
    ] as const) {
      const word = mod(shape + head[0] * 2n ** 247n + head[1] * 2n ** 248n);
      const forgedInputs = { ...inputs, head, shape: word };
      assert.ok(analysis.violated(forgedInputs).includes(broken), broken);
      assert.ok(circuitOf('train', forgedInputs).failed.includes('head'));
    }
    for (const other of HEADS.filter((head) => head !== 'softmax'))
      assert.ok(analysis.violated({ ...inputs, head: headBits(other) }).includes('word shape'));
  });

  it('every relation and claim has such a cheat', () => {
    const told = new Set(
      HEAD_LIES.flatMap(({ relations = [], claims = [] }) => [...relations, ...claims.map((c) => `c${c}`)]),
    );
    for (const name of [
      'error',
      'firstBit',
      'firstPadding',
      'largest',
      'powerPadding',
      'division',
      'hR',
      'hP',
      'hF',
    ] as const)
      assert.ok(told.has(R[name]), name);
    for (const index of [R.table, R.table2, R.logUp, `c${C.oneFirst}`, `c${C.total}`, `c${C.F}`])
      assert.ok(told.has(index));
    for (const [index, name] of E.names.entries()) assert.ok(index < E.M || told.has(`c${index}`), name);
  });
});
