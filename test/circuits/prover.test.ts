import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Kernels } from '../../src/argument/kernels.ts';
import { HEADS } from '../../src/model/head.ts';
import { mergeWeights } from '../../src/model/merge.ts';
import type { Shard } from '../../src/model/shard.ts';
import { type Weights, zeroWeights } from '../../src/model/weights.ts';
import { ceilLog2 } from '../../src/numbers/bits.ts';
import { proveData } from '../../src/programs/data.ts';
import { proveImport } from '../../src/programs/import.ts';
import { proveMerge } from '../../src/programs/merge.ts';
import { proveSeed } from '../../src/programs/seed.ts';
import { seedNumbers, seedTrace, weightsFromSeedTrace } from '../../src/training/seed.ts';
import { Random, range } from '../reference/algebra.ts';
import { type Judge, judgeOf } from '../reference/circuit.ts';
import { argue } from '../support/argument.ts';

const random = new Random(31);
/** An integer in -bound .. bound - 1. */
const signed = (bound: number) => random.below(2 * bound) - bound;

/** Four layers that are as wide as can be on one side, with padding. */
const WIDE = [
  [4095, 2, 4095, 2, 4095],
  [2, 4095, 2, 4095, 2],
];

/** Each of the heads, by the depth of the network. */
const headOf = (widths: readonly number[]) => HEADS[widths.length % HEADS.length];

function randomWeights(widths: readonly number[], bound: number): Weights {
  const weights = zeroWeights({ widths, head: headOf(widths) }, 3n);
  weights.layers.forEach(({ W, b }, l) => {
    for (const i of range(widths[l + 1])) {
      b[i] = BigInt(signed(bound));
      for (const j of range(widths[l])) W[i * (W.length / b.length) + j] = BigInt(signed(bound));
    }
  });
  return weights;
}

function randomShard({ inputs, outputs, rows, kind }: Pick<Shard, 'inputs' | 'outputs' | 'rows' | 'kind'>): Shard {
  const S = 2 ** ceilLog2(rows);
  const X = new Int32Array(S * 2 ** ceilLog2(inputs));
  const Y = new Int32Array(S * 2 ** ceilLog2(outputs));
  for (const s of range(rows)) {
    for (const j of range(inputs)) X[j * S + s] = signed(2 ** 15);
    if (kind === 'classes') Y[random.below(outputs) * S + s] = 512;
    else for (const i of range(outputs)) Y[i * S + s] = kind === 'labels' ? 512 * random.below(2) : signed(2 ** 15);
  }
  return { inputs, outputs, rows, kind, X, Y, salt: 7n };
}

/** A prover of src for a program: the circuit takes its inputs and has the public signals that they must have. */
function circuitOf(program: 'data' | 'seed' | 'import' | 'merge', parameters: readonly string[]) {
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

describe('the prover of program data', () => {
  const accepts = circuitOf('data', ['shard']);
  for (const shape of [
    { inputs: 1, outputs: 1, rows: 1, kind: 'classes' },
    { inputs: 5, outputs: 3, rows: 9, kind: 'classes' },
    { inputs: 4, outputs: 2, rows: 8, kind: 'classes' },
    { inputs: 3, outputs: 5, rows: 6, kind: 'regression' },
    { inputs: 3, outputs: 5, rows: 6, kind: 'labels' },
    { inputs: 4, outputs: 1, rows: 8, kind: 'labels' },
  ] as const)
    it(`satisfies the circuit: ${shape.rows} rows of ${shape.inputs}, ${shape.kind}`, () =>
      accepts((session) => proveData(session, randomShard(shape))));
});

describe('the prover of program seed', () => {
  const accepts = circuitOf('seed', ['shape', 'seed']);
  for (const widths of [[1, 1], [3, 2], [4, 8], [17, 1, 3], [2, 3, 5, 2, 1], [784, 16, 10], ...WIDE])
    it(`satisfies the circuit: ${widths.join('-')}`, () => {
      const seed = random.element();
      const trace = seedTrace(widths, seed);
      return accepts((session) =>
        proveSeed(session, weightsFromSeedTrace({ widths, head: headOf(widths) }, trace, 5n), seed, trace.layers),
      );
    });

  it('satisfies the circuit: seeds with every bit of each offset and factor', async () => {
    const widths = [1, 1, 1, 1, 1];
    const shape = { widths, head: headOf(widths) };
    const wanted = range(4).flatMap((k) => range(26).flatMap((t) => [`offset ${k} ${t}`, `factor ${k} ${t}`]));
    const seen = new Set<string>();
    for (let seed = 1n; seen.size < wanted.length; seed++) {
      const own = wanted.filter((bit) => {
        const [name, k, t] = bit.split(' ');
        const { off, factor } = seedNumbers(seed, Number(k) + 1);
        return (((name === 'offset' ? off : factor - 1) >> Number(t)) & 1) === 1;
      });
      if (own.every((bit) => seen.has(bit))) continue;
      for (const bit of own) seen.add(bit);
      const trace = seedTrace(widths, seed);
      await accepts((session) => proveSeed(session, weightsFromSeedTrace(shape, trace, 5n), seed, trace.layers));
    }
  });
});

describe('the prover of program import', () => {
  const accepts = circuitOf('import', ['shape']);
  for (const widths of [[1, 1], [4, 8], [5, 4, 3], [2, 3, 3, 1], [3, 5, 2, 4, 3], [4096, 1], ...WIDE])
    it(`satisfies the circuit: ${widths.join('-')}`, () =>
      accepts((session) => proveImport(session, randomWeights(widths, 2 ** 47))));
});

describe('the prover of program merge', () => {
  const accepts = circuitOf('merge', ['shape', 'coefficients']);
  for (const [count, widths] of [
    [2, [3, 2]],
    [3, [1, 1]],
    [5, [5, 4, 3]],
    [8, [2, 3, 3, 1]],
    [2, [3, 5, 2, 4, 3]],
    [2, WIDE[0]],
    [2, WIDE[1]],
  ] as const)
    it(`satisfies the circuit: ${count} parents of shape ${widths.join('-')}`, () => {
      const parents = range(count).map(() => randomWeights(widths, 2 ** 40));
      const coefficients = widths.slice(1).map(() => parents.map(() => signed(20000)));
      const merge = mergeWeights(parents, coefficients, 9n);
      return accepts((session) => proveMerge(session, { parents, coefficients, merge }));
    });
});
