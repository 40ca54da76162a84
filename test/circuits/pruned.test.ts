// The circuit of the worked foreign program against what the adapter asks of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
// @ts-expect-error: circom_runtime has no types
import { WitnessCalculatorBuilder } from 'circom_runtime';
import { prune, prunedWitness } from '../../examples/foreign/pruned.ts';
import { prunedCircuit } from '../../examples/foreign/setup.ts';
import { evaluatePolynomial, mod, R } from '../../src/numbers/field.ts';
import { commit } from '../contracts/support/knownTau.ts';
import { someModel } from '../support/models.ts';

const ADDRESS = '0x5FbDB2315678afecb367f032d93F642f64180aa3';
const CONTEXT = { chainId: 31337n, adapter: ADDRESS, registry: ADDRESS, trainer: ADDRESS } as const;
/** Constraints of the development key's circuit: what PLONK makes of them must fit into 2^14. */
const CONSTRAINTS = 7661;

type Inputs = Awaited<ReturnType<typeof prunedWitness>>['inputs'];

describe('pruned', () => {
  const parent = someModel([4, 3, 2]);
  let signalsOf: (inputs: Inputs) => Promise<bigint[]>;
  let honest: Awaited<ReturnType<typeof prunedWitness>>;

  before(async () => {
    const { wasm, constraints } = await prunedCircuit();
    assert.equal(constraints, CONSTRAINTS);
    const calculator = await WitnessCalculatorBuilder(readFileSync(wasm), { memorySize: 1 });
    signalsOf = async (inputs) => (await calculator.calculateWitness(inputs, true)).slice(1, 6);
    honest = await prunedWitness(commit, { parent, child: prune(parent, 10, 77n), context: CONTEXT });
  });

  it('gives digest, kept and value as the adapter expects them', async () => {
    assert.deepEqual(await signalsOf(honest.inputs), honest.signals);
  });

  it('takes a child with all of the parent or nothing', async () => {
    for (const keep of [0, 30]) {
      const witness = await prunedWitness(commit, { parent, child: prune(parent, keep, 78n), context: CONTEXT });
      assert.deepEqual(await signalsOf(witness.inputs), witness.signals);
    }
  });

  it('has another digest for any other entry, bit, salt or mask', async () => {
    const { inputs } = honest;
    const changed = (values: readonly bigint[], at: number, value: bigint) => values.with(at, value);
    const others: Inputs[] = [
      { ...inputs, parent: changed(inputs.parent, 29, 5n) },
      { ...inputs, keep: changed(inputs.keep, 29, 1n - inputs.keep[29]) },
      { ...inputs, parentSalt: inputs.parentSalt + 1n },
      { ...inputs, childSalt: inputs.childSalt + 1n },
      { ...inputs, mask: changed(inputs.mask, 1, inputs.mask[1] + 1n) },
    ];
    const digests = new Set([honest.signals[0]]);
    // One after the other: a calculator has one memory.
    for (const other of others) digests.add((await signalsOf(other))[0]);
    assert.equal(digests.size, 1 + others.length);
  });

  it('refuses bits that are neither 0 nor 1: an entry could be scaled', async () => {
    for (const bit of [2n, R - 1n]) {
      await assert.rejects(signalsOf({ ...honest.inputs, keep: honest.inputs.keep.with(0, bit) }));
    }
  });

  it('weighs the mask by another power of the fold than the child: it cannot make up for a difference', async () => {
    const { inputs } = honest;
    const without = await signalsOf({ ...inputs, mask: [0n, 0n] });
    const { challenge, fold, mask } = inputs;
    const weighed = mod(fold * fold * evaluatePolynomial(mask, challenge));
    assert.equal(mod(honest.signals[2] - without[2]), weighed);
  });

  it('is not proved of a child with an entry of its own', async () => {
    const child = prune(parent, 10, 77n);
    child.layers[0].W[0] = 123n;
    await assert.rejects(prunedWitness(commit, { parent, child, context: CONTEXT }), /neither zero nor the parent's/);
  });
});
