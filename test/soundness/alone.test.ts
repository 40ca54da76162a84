import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { mod, power } from '../reference/algebra.ts';
import { check } from '../reference/check.ts';
import { foldedAt } from '../reference/commitments.ts';
import { checkContract, type ProgramName, type Reference } from '../reference/run.ts';
import type { Inputs, Value } from '../reference/tensors.ts';
import { repairOf, VARIANTS } from '../support/smallProofs.ts';

// By the reference's verifier alone, which the circuits and contracts are held to elsewhere: nothing of a proof may be
// changed, neither by who goes on honestly nor by who makes all checks of the circuit hold.

/** What fails of a proof; sizes that are none fail at once. */
const fails = (proof: Reference): string[] => {
  try {
    return check(proof);
  } catch (error) {
    if (error instanceof RangeError) return [error.message];
    throw error;
  }
};

/** Messages whose entries the programs' descriptions name: each of them is tried. */
const NAMED = ['sums', 'evals1', 'sums2', 'evals2'];

/** Tensors of a statement's oracles of which a program reads nothing. */
const UNREAD: Partial<Record<ProgramName, RegExp>> = {
  infer: /^input Y$/,
  convInfer: /^input Y$/,
  disjoint: /^(first|second) Y$/,
};

/** Inputs with one number changed: of each other list and of each list in a list, the first, the last and one between. */
function* changes(inputs: Inputs): Generator<[string, Inputs]> {
  const inside = function* (value: Value, all = false): Generator<[string, Value]> {
    if (typeof value === 'bigint') {
      yield ['', value + 1n];
      return;
    }
    const picked = all ? value.keys() : new Set([0, Math.floor(value.length / 3), value.length - 1]);
    for (const i of typeof value[0] === 'bigint' ? picked : new Set([0, value.length - 1]))
      for (const [path, next] of inside(value[i])) yield [`[${i}]${path}`, value.with(i, next)];
  };
  for (const [name, value] of Object.entries(inputs))
    for (const [path, next] of inside(value, NAMED.includes(name)))
      yield [`${name}${path}`, { ...inputs, [name]: next }];
}

for (const [variant, [program, prove]] of Object.entries(VARIANTS)) {
  describe(`of a proof of ${variant}`, () => {
    let honest: Reference;
    before(() => {
      honest = prove();
    });

    it('nothing is refused', () => {
      assert.deepEqual(honest.violated, { relations: [], relations2: [], claims: [] });
      assert.deepEqual(check(honest), []);
    });

    it('no number that the circuit is given may be another', () => {
      for (const [path, inputs] of changes(honest.inputs)) assert.notDeepEqual(fails({ ...honest, inputs }), [], path);
    });

    it('no signal may be another, and no two together', () => {
      const fold = honest.inputs.fold as bigint;
      honest.signals.forEach((signal, i) => {
        const alone = honest.signals.with(i, mod(signal + 1n));
        assert.notDeepEqual(checkContract(honest, alone), []);
        // a second signal keeps v under the fold that the circuit was given
        for (let j = 0; j < i; j++) {
          const by = power(fold, BigInt(i - j));
          const pair = alone.with(j, mod(honest.signals[j] - by));
          assert.equal(foldedAt(pair, fold), honest.outputs.v);
          assert.ok(checkContract(honest, pair).includes('fold'));
        }
      });
    });

    it('the fold may not be chosen before c', () => {
      const fold = 12345n;
      const chosen: Reference = {
        ...honest,
        inputs: { ...honest.inputs, fold },
        outputs: { ...honest.outputs, v: foldedAt(honest.signals, fold) },
      };
      // the circuit takes it: what is wrong is that the contract has another fold
      assert.deepEqual(check(chosen), ['fold', 'v']);
    });

    it('no chunk and no point of the opening may be another', () => {
      const { oracles, kzg } = honest.commitments;
      for (const name of Object.keys(kzg) as (keyof typeof kzg)[]) {
        const commitments = { oracles, kzg: { ...kzg, [name]: kzg[name] + 1n } };
        assert.notDeepEqual(checkContract({ ...honest, commitments }, honest.signals), [], name);
      }
      for (const [name, chunks] of Object.entries(oracles))
        for (const other of [chunks.map((v) => v + 1n), chunks.slice(1), [...chunks, ...chunks]]) {
          if (chunks.length === 0) continue;
          const commitments = { kzg, oracles: { ...oracles, [name]: other } };
          assert.notDeepEqual(checkContract({ ...honest, commitments }, honest.signals), [], name);
        }
    });

    it('no committed tensor may have another entry', () => {
      const places = new Map<string, { name: string; at: number }>();
      prove({
        committed: (name, { slots, chunks }) => {
          // the tables are the contract's own: heads.test.ts has what becomes of others
          for (const [tensor, { bits, present }] of Object.entries(slots))
            if (present === 1n && chunks > 0 && name !== 'tables')
              places.set(`${name} ${tensor}`, { name, at: bits.reduce((s, b, t) => s + Number(b) * 2 ** t, 0) });
        },
      });
      assert.ok(places.size > 4);
      for (const [tensor, { name, at }] of places) {
        const committed = (which: string, { vector }: { vector: bigint[] }) => {
          if (which === name) vector[at] = mod(vector[at] + 1n);
        };
        // neither an inference on a registered shard nor a comparison of rows reads labels
        if (UNREAD[program]?.test(tensor)) {
          assert.deepEqual(check(prove({ committed })), []);
          continue;
        }
        // a merge reads no parent with the coefficient 0; all of these have others
        assert.deepEqual(check(prove({ committed })), ['reduction'], tensor);
        assert.deepEqual(check(prove({ committed, repair: repairOf(program) })), ['opening 2'], tensor);
      }
    });
  });
}
