import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { inverse, mod, Random } from '../reference/algebra.ts';
import { check } from '../reference/check.ts';
import { type Constraint, changed, type Judge, judgeOf } from '../reference/circuit.ts';
import { proveImport } from '../reference/import.ts';
import { type ReferenceWeights, randomWeights } from '../reference/models.ts';
import type { Hooks, Reference } from '../reference/run.ts';

const { relations: R, evaluations: E } = NUMBERING.import;
const LIMB = 2n ** 16n;
const BOUND = 2n ** 47n;
const BATCH: Constraint = { file: 'programs/import.circom', template: 'Import', text: 'batch.value ===' };
const REDUCTION: Constraint = { file: 'programs/import.circom', template: 'Import', text: 'finish.value ===' };

interface Cheat {
  name: string;
  weights?: (w: ReferenceWeights) => void;
  hooks?: Hooks<ReferenceWeights>;
  relations?: number[];
  claims?: number[];
}

const madeUp = (what: string, index: number): Cheat => ({
  name: `another evaluation of ${what}`,
  hooks: { message: (stage, m) => (stage === 'evals1' ? m.with(index, m[index] + 1n) : m) },
  claims: [index],
});

// Circuit layers 3 and 4 of a 3-3-2 network: W is padded to 4 columns and rows, b to 4 and 2 entries.
const CHEATS: Cheat[] = [
  { name: 'a weight of 2^47', weights: (w) => (w.W[1][0] = BOUND), relations: [R.logUp] },
  { name: 'a weight below -2^47', weights: (w) => (w.W[0][1] = -BOUND - 1n), relations: [R.logUp] },
  { name: 'a bias of 2^47', weights: (w) => (w.b[1][1] = BOUND), relations: [R.logUp] },
  {
    name: 'a weight of 2^47 whose limbs wrap around in the field',
    weights: (w) => (w.W[1][0] = mod(inverse(2n) * 3n)),
    relations: [R.logUp],
  },
  {
    name: 'a weight out of range, its helper forged so that the sum is right',
    weights: (w) => (w.W[1][0] = BOUND),
    hooks: { helper: (t, beta) => (t.hW_4[0] = mod(t.hW_4[0] - inverse(beta - LIMB))) },
    relations: [R.rangeW(4)],
  },
  {
    name: 'a bias out of range, its helper forged so that the sum is right',
    weights: (w) => (w.b[0][0] = BOUND),
    hooks: { helper: (t, beta) => (t.hb_3[0] = mod(t.hb_3[0] - inverse(beta - LIMB))) },
    relations: [R.rangeb(3)],
  },
  {
    name: 'a weight out of range, the table forged so that the sum is right',
    weights: (w) => (w.W[1][0] = BOUND),
    hooks: { helper: (t, beta) => (t.g[5] = mod(t.g[5] + inverse(beta - LIMB))) },
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
      assert.deepEqual(proof.violated, { relations, relations2: [], claims });
      // a false evaluation shows at the batch's point already
      await judge.rejects(proof.inputs, BATCH);
    });
  }

  // g enters with the table and the LogUp sum; W_1 with the padding of layer 1, which is absent and has the input's width, 3
  for (const index of [E.g, E.W(1)])
    it(`a bias on padding with an evaluation ${E.names[index]} that makes up for it`, async () => {
      const weights = (w: ReferenceWeights) => (w.b[0][3] = 1n);
      const proof = cheat({ weights, hooks: { repair: { evals1: index } } });
      assert.deepEqual(proof.violated, { relations: [R.paddingb(3)], relations2: [], claims: [index] });
      await judge.rejects(proof.inputs, REDUCTION);
    });

  it('anything else where all checks of the circuit are made to hold: the contract does', async () => {
    const repair = { evals1: E.mult, u: NUMBERING.import.oracles.trace, u12: 0, p2: 0, s2: 0 };
    // what is made to hold by the evaluation of mult is honest again where that was the lie
    for (const { weights, hooks } of CHEATS.filter(({ claims }) => !claims?.includes(E.mult))) {
      const proof = cheat({ weights, hooks: { ...hooks, repair } });
      await judge.outputs(proof.inputs);
      assert.deepEqual(check(proof), ['opening 2']);
    }
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
    for (const [i, name] of Object.keys(inputs)
      .filter((key) => key !== 'fold')
      .entries()) {
      // the last digest and nonce enter only z and e2, which the contract checks
      const free = name === 'h' ? 5 : name === 'nonce' ? 4 : undefined;
      if (free !== undefined) assert.notDeepEqual(await judge.outputs(changed(inputs, name, free)), honest);
      await judge.rejects(changed(inputs, name, free === undefined ? 7 * i + 3 : 1));
    }
  });
});
