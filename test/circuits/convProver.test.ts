import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Kernels } from '../../src/argument/kernels.ts';
import { HEADS } from '../../src/model/head.ts';
import { mergeWeights } from '../../src/model/merge.ts';
import { formatNetwork, parseNetwork } from '../../src/model/network.ts';
import { checkNetworkWeights } from '../../src/model/networkWeights.ts';
import { proveImport } from '../../src/programs/import.ts';
import { proveMerge } from '../../src/programs/merge.ts';
import { proveSeed } from '../../src/programs/seed.ts';
import { networkFromSeedTrace, seedTrace } from '../../src/training/seed.ts';
import { Random, range } from '../reference/algebra.ts';
import { type Judge, judgeOf } from '../reference/circuit.ts';
import { argue } from '../support/argument.ts';
import { random as numbers } from '../training/helpers.ts';
import { randomNetworkWeights } from '../training/networkCases.ts';

const random = new Random(37);
/** An integer in -bound .. bound - 1. */
const signed = (bound: number) => random.below(2 * bound) - bound;

/** Of every depth, with pooling, kernels of all sides, and tensors of one entry. */
const NETWORKS = [
  '2x2x1-c1k2-1',
  '5x5x3-c4k3p1-2',
  '8x8x1-c3k5s2p2-c2k3s2p1-5-3',
  '6x6x1-a2-c3k2p1-a2-c2k2p1-4-2',
  '5x5x1-c2k2-c2k2-c3k1s2-4-5-2',
  '8x8x2-c4k7s2p3-a2-3',
  '28x28x1-c8k5s2p2-c16k5s2p2-64-10',
  '32x32x3-c9k3p1-a2-c6k4s2p1-10',
].map((text, i) => parseNetwork(text, HEADS[i % 3]));

/** A prover of src for a program: the circuit takes its inputs and has the public signals that they must have. */
function circuitOf(program: 'convSeed' | 'convImport' | 'convMerge', parameters: readonly string[]) {
  let judge: Judge;
  let kernels: Kernels;
  before(async () => {
    judge = await judgeOf(program);
    kernels = await Kernels.load();
  });
  return async (prove: Parameters<typeof argue>[2]) => {
    const { inputs, expected } = await argue(kernels, parameters, prove);
    assert.deepEqual(await judge.outputs(inputs), expected);
  };
}

describe('the prover of program convSeed', () => {
  const accepts = circuitOf('convSeed', ['shape', 'layout', 'seed']);
  for (const network of NETWORKS)
    it(`satisfies the circuit: ${formatNetwork(network)}`, () => {
      const seed = random.element();
      const trace = seedTrace(network, seed);
      const weights = networkFromSeedTrace(network, trace, 5n);
      checkNetworkWeights(weights);
      return accepts((session) => proveSeed(session, weights, seed, trace.layers));
    });
});

describe('the prover of program convImport', () => {
  const accepts = circuitOf('convImport', ['shape', 'layout']);
  for (const network of NETWORKS)
    it(`satisfies the circuit: ${formatNetwork(network)}`, () =>
      accepts((session) => proveImport(session, randomNetworkWeights(network, numbers(5), 2 ** 48))));
});

describe('the prover of program convMerge', () => {
  const accepts = circuitOf('convMerge', ['shape', 'layout', 'coefficients']);
  NETWORKS.forEach((network, i) => {
    it(`satisfies the circuit: ${2 + (i % 7)} parents, ${formatNetwork(network)}`, () => {
      const parents = range(2 + (i % 7)).map((k) => randomNetworkWeights(network, numbers(7 + k), 2 ** 40));
      const coefficients = network.layers.map(() => parents.map(() => signed(20000)));
      const merge = mergeWeights(parents, coefficients, 9n);
      checkNetworkWeights(merge.child);
      return accepts((session) => proveMerge(session, { parents, coefficients, merge }));
    });
  });
});
