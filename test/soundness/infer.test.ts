import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { mod } from '../reference/algebra.ts';
import { Analysis } from '../reference/analysis.ts';
import { check, circuitOf } from '../reference/check.ts';
import { formOf, type StatedInference } from '../reference/infer-contract.ts';
import type { Inferences } from '../reference/infer-verifier.ts';
import { checkContract, type Reference } from '../reference/run.ts';
import type { Inputs } from '../reference/tensors.ts';
import { type Asked, INPUT_KINDS, provenInference, provenPictures } from '../support/inferences.ts';
import { type InferCheat, inferCheats, readCheats } from '../support/lies/inferCheats.ts';
import { conv, flat } from '../support/networks.ts';
import { repairOf } from '../support/smallProofs.ts';

// Each cheat goes on honestly after its lie, so exactly the checks that must catch it fail; then it makes all checks of the
// circuit hold, and the contract refuses it.

type Prove = (hooks?: InferCheat['hooks'], asked?: Asked) => Reference;

/** One hidden layer, a padded row beside three, padded inputs and outputs. */
const PROVE: Record<Inferences, Prove> = {
  infer: (hooks, asked) => provenInference([3, 3, 3], { seed: 31, ...asked }, hooks),
  convInfer: (hooks, asked) =>
    provenPictures(
      { channels: 1, side: 3, layers: [conv(3, 3, { padding: 1 }), flat(3)] },
      { seed: 31, ...asked },
      hooks,
    ),
};
const CHEATS = {
  infer: inferCheats({ program: 'infer', hidden: 3, padded: 3 }),
  convInfer: [...inferCheats({ program: 'convInfer', hidden: 5, padded: 3 }), ...readCheats(5)],
};

/** Says the same of a changed statement in the circuit's form and in what the contract is handed. */
const restated = (proof: Reference, change: Partial<StatedInference>): Reference => ({
  ...proof,
  inference: { ...proof.inference!, ...change },
});

for (const program of ['infer', 'convInfer'] as const) {
  const prove = PROVE[program];
  const { signals: SIGNAL } = NUMBERING[program];

  describe(`cheats on program ${program}`, () => {
    let analysis: Analysis;
    before(async () => {
      analysis = await Analysis.of(program);
    });

    for (const inputs of INPUT_KINDS)
      for (const shown of [true, false])
        it(`does not object to honest runs: ${inputs} inputs, outputs that are ${shown ? '' : 'not '}public`, () => {
          const proof = prove({}, { inputs, shown });
          assert.deepEqual(analysis.violated(proof.inputs), []);
          assert.deepEqual(check(proof), []);
        });

    for (const { name, asked, hooks, violated, contract = [] } of CHEATS[program])
      it(`rejects ${name}`, () => {
        const { inputs } = prove(hooks, asked);
        assert.deepEqual(circuitOf(program, inputs).failed.toSorted(), violated);
        assert.deepEqual(analysis.violated(inputs).toSorted(), violated);
        const adaptive = prove({ ...hooks, repair: repairOf(program) }, asked);
        assert.deepEqual(analysis.violated(adaptive.inputs), []);
        assert.deepEqual(check(adaptive), [...contract, ...(violated.length > 0 ? ['opening 2'] : [])]);
      });

    /** The same proof under a form with other fields. */
    const formed = (inputs: Inputs, fields: Record<string, bigint>): Inputs => {
      const at = { rows1: 0n, showIn: 38n, showOut: 39n, ranged: 40n };
      const word = Object.entries(at).reduce(
        (sum, [name, bit]) => sum + ((fields[name] ?? inputs[name]) as bigint) * 2n ** bit,
        0n,
      );
      const offset = (inputs.inputOffset as bigint[]).reduce((sum, b, t) => sum + b * 2n ** BigInt(12 + t), 0n);
      return { ...inputs, ...fields, form: mod(word + offset) };
    };

    it('takes no form that has other fields than it says', () => {
      const { inputs } = prove();
      assert.deepEqual(formed(inputs, {}), inputs);
      for (const name of ['form', 'rows1', 'showIn', 'showOut', 'ranged'])
        assert.notDeepEqual(analysis.violated({ ...inputs, [name]: (inputs[name] as bigint) + 1n }), [], name);
      const offset = inputs.inputOffset as bigint[];
      for (const t of [0, 25])
        assert.notDeepEqual(analysis.violated({ ...inputs, inputOffset: offset.with(t, 1n) }), [], `offset ${t}`);
    });

    it('takes no fields that are no bits for the word of another form', () => {
      const { inputs } = prove({}, { inputs: 'shard', shown: true });
      const bits = ['0/1 showIn', '0/1 showOut'];
      // showOut 1 and showIn 0 have the word of showIn 2 and showOut 0
      const moved = { ...inputs, showIn: 2n, showOut: 0n };
      assert.equal(formed(inputs, { showIn: 2n, showOut: 0n }).form, inputs.form);
      const failed = analysis.violated(moved);
      assert.ok(failed.includes(bits[0]) && !failed.includes(bits[1]), `${failed}`);
      for (const name of ['showIn', 'showOut', 'ranged'])
        for (const value of [2n, -1n])
          assert.ok(analysis.violated(formed(inputs, { [name]: value })).includes(`0/1 ${name}`), name);
      // 4096 rows more have the word of an offset of 1
      const shifted = { ...inputs, rows1: (inputs.rows1 as bigint) + 4096n };
      assert.notDeepEqual(analysis.violated({ ...shifted, form: (inputs.form as bigint) + 4096n }), []);
    });

    it('leaves to the contract what is said to be public, which makes the form', () => {
      const said = (asked: Asked, form: Record<string, bigint>, hooks: InferCheat['hooks'] = {}) =>
        check(prove({ ...hooks, form }, asked));
      const none = (name: 'inputs' | 'outputs') => ({
        values: (values: Record<string, bigint>) => (values[name] = 0n),
      });
      // public said not to be, and with a polynomial of 0
      assert.deepEqual(said({}, { showIn: 0n }), ['reduction', 'form']);
      assert.deepEqual(said({}, { showIn: 0n }, none('inputs')), ['form', 'inputs']);
      assert.deepEqual(said({}, { showOut: 0n }, none('outputs')), ['form', 'outputs']);
      // not public said to be
      assert.deepEqual(said({ inputs: 'shard' }, { showIn: 1n }), ['reduction', 'form']);
      assert.deepEqual(said({ inputs: 'committed' }, { showIn: 1n }), ['reduction', 'form']);
      assert.deepEqual(said({ shown: false }, { showOut: 1n }), ['reduction', 'form']);
      // committed inputs of which nobody knows the range
      assert.deepEqual(said({ inputs: 'committed' }, { ranged: 0n }), ['form']);
    });

    it('leaves the range of public inputs to the contract, which is given two bytes for each', () => {
      for (const value of [2n ** 15n, -(2n ** 15n) - 1n]) {
        const proof = prove({ run: ({ shard }) => (shard.X[0] = value) });
        assert.deepEqual(analysis.violated(proof.inputs), []);
        assert.deepEqual(check(proof), ['inputs']);
      }
      for (const value of [2n ** 15n - 1n, -(2n ** 15n)])
        assert.deepEqual(check(prove({ run: ({ shard }) => (shard.X[0] = value) })), []);
    });

    it('gives the contract no vector but the one at the challenge', () => {
      const proof = prove();
      assert.deepEqual(check(proof), []);
      const { inputs, outputs, rows } = proof.inference!;
      for (const [name, change] of Object.entries({
        'one input': { inputs: inputs!.with(1, inputs![1] + 1n) },
        'one output': { outputs: outputs!.with(1, outputs![1] - 1n) },
        'two rows of outputs exchanged': {
          outputs: [...outputs!.slice(3, 6), ...outputs!.slice(0, 3), ...outputs!.slice(6)],
        },
        'a row less': { outputs: outputs!.slice(3) },
        'no outputs': { outputs: null },
        'a registered shard': { shard: 1n },
      }))
        assert.ok(check(restated(proof, change)).includes('h_0'), name);
      assert.deepEqual(check(restated(proof, { rows: rows - 1 })), ['form', 'inputs', 'outputs']);
      // another x with the vectors' values there
      const moved = proof.signals
        .with(SIGNAL.x, mod(proof.signals[SIGNAL.x] + 1n))
        .with(SIGNAL.inputs, 0n)
        .with(SIGNAL.outputs, 0n);
      assert.deepEqual(checkContract(restated(proof, { inputs: null, outputs: null }), moved).slice(0, 1), ['form']);
      for (const at of [SIGNAL.x, SIGNAL.inputs, SIGNAL.outputs, SIGNAL.form])
        assert.ok(checkContract(proof, proof.signals.with(at, mod(proof.signals[at] + 1n))).includes('c'));
    });

    it('is of the registered model and shard that the contract names', () => {
      const proof = prove({}, { inputs: 'shard' });
      const { oracles, kzg } = proof.commitments;
      for (const name of ['model', 'input', 'output']) {
        const other = { kzg, oracles: { ...oracles, [name]: oracles[name].map((v) => v + 1n) } };
        assert.ok(check({ ...proof, commitments: other }).includes('h_0'), name);
      }
      const stated = proof.inference!;
      assert.notEqual(formOf({ ...stated, shard: stated.shard + 2n ** 37n }), formOf(stated));
      assert.ok(check(restated(proof, { shard: stated.shard + 2n ** 37n })).includes('form'));
    });
  });
}
