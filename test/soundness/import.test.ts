import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { evaluate, inverse, mod, power, Random } from '../reference/algebra.ts';
import { type Constraint, changed, type Judge, judgeOf } from '../reference/circuit.ts';
import { proveImport } from '../reference/import.ts';
import { type ReferenceWeights, randomWeights, real } from '../reference/models.ts';
import type { Hooks, Reference } from '../reference/relations.ts';

const { relations: R, evaluations: E, claims: C } = NUMBERING.import;
const BOUND = 2n ** 41n;
const BATCH: Constraint = { file: 'programs/import.circom', template: 'Import', text: 'batch.value ===' };
const REDUCTION: Constraint = { file: 'programs/import.circom', template: 'Import', text: 'reduction.value ===' };

interface Cheat {
  name: string;
  weights?: (w: ReferenceWeights) => void;
  hooks?: Hooks;
  relations?: number[];
  claims?: number[];
}

const madeUp = (what: string, index: number): Cheat => ({
  name: `another evaluation of ${what}`,
  hooks: { evals: (evals) => (evals[index] = mod(evals[index] + 1n)) },
  claims: [index],
});

// Circuit layers 3 and 4 of a 3-3-2 network: W is padded to 4 columns and rows, b to 4 and 2 entries.
const CHEATS: Cheat[] = [
  { name: 'a weight of 2^41', weights: (w) => (w.W[1][0] = BOUND), relations: [R.logUp] },
  { name: 'a weight below -2^41', weights: (w) => (w.W[0][1] = -BOUND - 1n), relations: [R.logUp] },
  { name: 'a bias of 2^41', weights: (w) => (w.b[1][1] = BOUND), relations: [R.logUp] },
  {
    name: 'a weight of 2^41 whose limbs wrap around in the field',
    weights: (w) => (w.W[1][0] = mod(inverse(2n) * 3n)),
    relations: [R.logUp],
  },
  {
    name: 'a weight out of range, its helper forged so that the sum is right',
    weights: (w) => (w.W[1][0] = BOUND),
    hooks: { helper: (t, beta) => (t.hW_4[0] = mod(t.hW_4[0] - inverse(beta - 2n ** 14n))) },
    relations: [R.rangeW(4)],
  },
  {
    name: 'a bias out of range, its helper forged so that the sum is right',
    weights: (w) => (w.b[0][0] = BOUND),
    hooks: { helper: (t, beta) => (t.hb_3[0] = mod(t.hb_3[0] - inverse(beta - 2n ** 14n))) },
    relations: [R.rangeb(3)],
  },
  {
    name: 'a weight out of range, the table forged so that the sum is right',
    weights: (w) => (w.W[1][0] = BOUND),
    hooks: { helper: (t, beta) => (t.g[5] = mod(t.g[5] + inverse(beta - 2n ** 14n))) },
    relations: [R.table],
  },
  { name: 'a weight on a padded column', weights: (w) => (w.W[1][3] = 1n), relations: [R.paddingW(4)] },
  { name: 'a weight on a padded row', weights: (w) => (w.W[0][3 * 4] = 1n), relations: [R.paddingW(3)] },
  { name: 'a bias on padding', weights: (w) => (w.b[0][3] = 1n), relations: [R.paddingb(3)] },
  {
    name: 'a multiplicity too many',
    hooks: { multiplicities: (mult) => mult[77]++ },
    relations: [R.logUp],
  },
  madeUp('W', E.W(4)),
  madeUp('b', E.b(4)),
  madeUp('a limb', E.w1(3)),
  madeUp('a helper', E.hb(3)),
  madeUp('mult', E.mult),
];

describe('program import refuses', () => {
  let judge: Judge;
  before(async () => {
    judge = await judgeOf('import');
  });
  const cheat = ({ weights: change = () => {}, hooks = {} }: Omit<Cheat, 'name'>): Reference => {
    const random = new Random(11);
    const weights = randomWeights([3, 3, 2], 2 ** 30, random);
    change(weights);
    return proveImport(weights, random, hooks);
  };

  for (const { name, relations = [], claims = [], ...rest } of CHEATS) {
    it(name, async () => {
      const proof = cheat(rest);
      assert.deepEqual(proof.violated, { relations, claims });
      // a false evaluation shows at the batch's point already
      await judge.rejects(proof.inputs, BATCH);
    });
  }

  it('a bias on padding with an evaluation that makes up for it', async () => {
    const proof = cheat({
      weights: (w) => (w.b[0][3] = 1n),
      hooks: {
        // g enters with weights eq (beta - k) of the table and -1 of the LogUp sum
        evals: (evals, { point, lambda, beta, tau, missing }) => {
          const k = point.slice(0, 14).reduce((s, r, t) => s + 2n ** BigInt(t) * r, 0n);
          const eq = eqAt(point.slice(0, 14), tau);
          const dormant = point.slice(14).reduce((v, r) => mod(v * (1n - r)), 1n);
          const factor = mod(
            dormant * mod(power(lambda, BigInt(R.table)) * mod(eq * (beta - k)) - power(lambda, BigInt(R.logUp))),
          );
          evals[E.g] = mod(evals[E.g] + missing() * inverse(factor));
        },
      },
    });
    assert.deepEqual(proof.violated, { relations: [R.paddingb(3)], claims: [C.g] });
    await judge.rejects(proof.inputs, REDUCTION);
  });

  it('a bias on padding with an evaluation of an absent layer that makes up for it', async () => {
    const proof = cheat({
      weights: (w) => (w.b[0][3] = 1n),
      hooks: {
        // W_1 enters with the weight of its padding times eq (1 - real); layer 1 is absent and has the input's width, 3
        evals: (evals, { point, lambda, tau, missing }) => {
          const [low, high] = [point.slice(0, 2), point.slice(12, 14)];
          const eq = mod(eqAt(low, tau) * eqAt(high, tau.slice(12)));
          const inside = mod(evaluate(real(3, 2), low) * evaluate(real(3, 2), high));
          const asleep = [...point.slice(2, 12), ...point.slice(14)];
          const dormant = asleep.reduce((v, r) => mod(v * (1n - r)), 1n);
          evals[E.W(1)] = mod(
            missing() * inverse(mod(dormant * eq) * mod(power(lambda, BigInt(R.paddingW(1))) * (1n - inside))),
          );
        },
      },
    });
    assert.deepEqual(proof.violated, { relations: [R.paddingb(3)], claims: [C.W(1)] });
    await judge.rejects(proof.inputs, REDUCTION);
  });

  it('another shape than the commitment was made under', async () => {
    const proof = cheat({});
    await judge.rejects(changed(proof.inputs, 'shape', 0));
    await judge.rejects(changed(proof.inputs, 'widths1', 4));
  });

  it('widths of 0 and of 4097 even where the shape says the same', async () => {
    for (const [n, l] of [
      [-1n, 4],
      [4096n, 4],
    ] as const) {
      const { inputs } = cheat({});
      const widths1 = [...(inputs.widths1 as bigint[])];
      const shape = (inputs.shape as bigint) + (n - widths1[l]) * 2n ** BigInt(12 * l);
      widths1[l] = n;
      await judge.rejects(
        { ...inputs, widths1, shape: mod(shape) },
        {
          file: '../node_modules/circomlib/circuits/bitify.circom',
          template: 'Num2Bits',
          text: 'lc1 === in;',
        },
      );
    }
  });

  it('any input changed alone, or it answers with other outputs', async () => {
    const { inputs } = cheat({});
    const honest = await judge.outputs(inputs);
    for (const [i, name] of Object.keys(inputs).entries()) {
      // the last digest and nonce enter only z and e2, which the contract checks
      const free = name === 'h' ? 5 : name === 'nonce' ? 4 : undefined;
      if (free !== undefined) assert.notDeepEqual(await judge.outputs(changed(inputs, name, free)), honest);
      await judge.rejects(changed(inputs, name, free === undefined ? 7 * i + 3 : 1));
    }
  });
});

/** eq of two points, the second cut to the first's length. */
function eqAt(a: readonly bigint[], b: readonly bigint[]): bigint {
  return a.reduce((v, x, t) => mod(v * (2n * x * b[t] + 1n - x - b[t])), 1n);
}
