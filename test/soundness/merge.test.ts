import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { inverse, mod, Random, range } from '../reference/algebra.ts';
import { check } from '../reference/check.ts';
import { type Constraint, changed, type Judge, judgeOf } from '../reference/circuit.ts';
import { type Coefficients, type MergeHooks, mergeModels, proveMerge } from '../reference/merge.ts';
import { copyOf, type ReferenceWeights, randomWeights } from '../reference/models.ts';
import type { Reference } from '../reference/run.ts';

const { relations: R, evaluations: E, claims: C } = NUMBERING.merge;
const UNIT = 2n ** 14n;
const BATCH: Constraint = { file: 'programs/merge.circom', template: 'Merge', text: 'batch.value ===' };
const REDUCTION: Constraint = { file: 'programs/merge.circom', template: 'Merge', text: 'finish.value ===' };
const PACKED: Constraint = { file: 'programs/merge.circom', template: 'MergeCoefficients', text: 'packed === word' };
const FIELD: Constraint = {
  file: '../node_modules/circomlib/circuits/bitify.circom',
  template: 'Num2Bits',
  text: 'lc1 === in;',
};

/** What a cheat may change: three parents of shape 3-3-2 (circuit layers 3 and 4), and the honest child. */
interface Statement {
  child: ReferenceWeights;
  parents: ReferenceWeights[];
  a: bigint[][];
}

interface Cheat {
  name: string;
  change?: (s: Statement) => MergeHooks | undefined;
  relations?: number[];
  claims?: number[];
  where: Constraint;
}

const CHEATS: Cheat[] = [
  {
    name: 'coefficients other than stated, the sums made with the true ones',
    change: ({ a }) => {
      const used = a.map((row) => [...row]);
      a[1][2]++;
      return { merged: { a: used } };
    },
    claims: [C.MW(4), C.Mb(4)],
    where: REDUCTION,
  },
  {
    name: 'coefficients other than stated, the sums made with the stated ones',
    change: ({ a }) => {
      a[1][0] += UNIT;
      return undefined;
    },
    relations: [R.logUp],
    where: BATCH,
  },
  {
    name: 'a parent swapped for another model',
    change: (s) => {
      const merged = { parents: [...s.parents] };
      s.parents[1] = randomWeights([3, 3, 2], 2 ** 30, new Random(99));
      return { merged };
    },
    claims: [C.MW(3), C.Mb(3), C.MW(4), C.Mb(4)],
    where: REDUCTION,
  },
  {
    name: 'two parents exchanged',
    change: (s) => {
      const merged = { parents: [...s.parents] };
      [s.parents[0], s.parents[1]] = [s.parents[1], s.parents[0]];
      return { merged };
    },
    claims: [C.MW(3), C.Mb(3), C.MW(4), C.Mb(4)],
    where: REDUCTION,
  },
  {
    name: 'a parent that is not stated, in the place of an absent one',
    change: (s) => {
      const merged = { parents: [...s.parents, randomWeights([3, 3, 2], 2 ** 20, new Random(98))] };
      const a = s.a.map((row) => [...row, UNIT]);
      s.child = mergeModels(merged.parents, a, 5n);
      return { merged: { ...merged, a } };
    },
    claims: [C.MW(3), C.Mb(3), C.MW(4), C.Mb(4)],
    where: REDUCTION,
  },
  {
    name: 'a weight rounded up by one',
    change: ({ child }) => add(child.W[1], 0, 1n),
    relations: [R.logUp],
    where: BATCH,
  },
  {
    name: 'a bias rounded down by one',
    change: ({ child }) => add(child.b[0], 2, -1n),
    relations: [R.logUp],
    where: BATCH,
  },
  {
    name: 'a weight rounded up by one, the remainder lookup forged so that the sum is right',
    change: ({ child }) => {
      add(child.W[1], 0, 1n);
      return {
        helper: (t) => {
          t.kW_4[0] = 0n;
        },
      };
    },
    relations: [R.restW(4)],
    where: BATCH,
  },
  {
    name: 'a bias rounded down by one, the remainder lookup forged so that the sum is right',
    change: ({ child }) => {
      add(child.b[0], 2, -1n);
      return {
        helper: (t) => {
          t.kb_3[2] = 0n;
        },
      };
    },
    relations: [R.restb(3)],
    where: BATCH,
  },
  {
    // 2^14 divides everything in the field: any remainder goes with the child that follows from it
    name: 'a weight over range that makes a remainder of its choice right',
    change: (s) => {
      const M = range(3).reduce((m, i) => m + s.a[1][i] * s.parents[i].W[1][0], 0n);
      const honest = ((((M + UNIT / 2n) % UNIT) + UNIT) % UNIT) + 1n;
      s.child.W[1][0] = mod((M + UNIT / 2n - (honest % UNIT)) * inverse(UNIT));
      return undefined;
    },
    relations: [R.logUp],
    where: BATCH,
  },
  {
    name: 'a weight over range, its lookup forged so that the sum is right',
    change: (s) => {
      for (const p of s.parents) p.W[1][0] = 2n ** 47n - 1n;
      s.child = mergeModels(s.parents, s.a, 5n);
      return {
        helper: (t, beta) => {
          t.hW_4[0] = mod(t.hW_4[0] - inverse(beta - top(s.child.W[1][0])));
        },
      };
    },
    relations: [R.rangeW(4)],
    where: BATCH,
  },
  {
    name: 'a bias over range, its lookup forged so that the sum is right',
    change: (s) => {
      for (const p of s.parents) p.b[0][0] = 2n ** 47n - 1n;
      s.child = mergeModels(s.parents, s.a, 5n);
      return {
        helper: (t, beta) => {
          t.hb_3[0] = mod(t.hb_3[0] - inverse(beta - top(s.child.b[0][0])));
        },
      };
    },
    relations: [R.rangeb(3)],
    where: BATCH,
  },
  { name: 'a weight on padding', change: ({ child }) => add(child.W[0], 3, 1n), relations: [R.logUp], where: BATCH },
  {
    name: 'a table forged so that a false sum is right',
    change: ({ child }) => {
      add(child.W[1], 0, 1n);
      return {
        helper: (t) => {
          t.g[7] = mod(t.g[7] + sumOf(t));
        },
      };
    },
    relations: [R.table],
    where: BATCH,
  },
];

describe('program merge refuses', () => {
  let judge: Judge;
  before(async () => {
    judge = await judgeOf('merge');
  });
  const cheat = (change: Cheat['change'] = () => undefined, more: MergeHooks = {}): Reference => {
    const random = new Random(21);
    const parents = range(3).map(() => randomWeights([3, 3, 2], 2 ** 30, random));
    const a: Coefficients = [
      [9000n, 8000n, -600n],
      [3n, 16384n, 7777n],
    ];
    const statement = { child: copyOf(mergeModels(parents, a, 5n)), parents, a: a.map((row) => [...row]) };
    const hooks = { ...change(statement), ...more };
    return proveMerge(statement.child, statement.parents, statement.a, random, hooks);
  };

  for (const { name, change, relations = [], claims = [], where } of CHEATS) {
    it(name, async () => {
      const proof = cheat(change);
      assert.deepEqual(proof.violated, { relations, relations2: [], claims });
      await judge.rejects(proof.inputs, where);
    });
  }

  it('a weight rounded up with an evaluation of an absent layer that makes up for it', async () => {
    const proof = cheat(({ child }) => add(child.W[1], 0, 1n), { repair: { evals1: E.kW(1) } });
    assert.deepEqual(proof.violated, { relations: [R.logUp], relations2: [], claims: [C.kW(1)] });
    await judge.rejects(proof.inputs, REDUCTION);
  });

  it('anything else where all checks of the circuit are made to hold: the contract does', async () => {
    const repair = { evals1: E.mult, u: NUMBERING.merge.oracles.trace, u12: 0, p2: 0, s2: 0 };
    for (const { change } of CHEATS) {
      const proof = cheat(change, { repair });
      await judge.outputs(proof.inputs);
      assert.deepEqual(check(proof), ['opening 2']);
    }
  });

  it('coefficients that are not those of the statement', async () => {
    const { inputs } = cheat();
    await judge.rejects(changed(inputs, 'coefficients', 3), PACKED);
    const factors = (inputs.factors as bigint[][]).map((row) => [...row]);
    factors[3][1]++;
    await judge.rejects({ ...inputs, factors }, PACKED);
  });

  it('a coefficient of more than 18 bits, or a negative field, that packs to the same word, merged with as it is', async () => {
    for (const carry of [1n, -1n]) {
      const { violated, inputs } = cheat((s) => {
        s.a[1][0] += carry * 2n ** 18n;
        s.a[1][1] -= carry;
        s.child = mergeModels(s.parents, s.a, 5n);
        return undefined;
      });
      assert.deepEqual(violated, { relations: [], relations2: [], claims: [] });
      assert.deepEqual(inputs.coefficients, cheat().inputs.coefficients);
      const factors = (inputs.factors as bigint[][]).map((row) => row.map(mod));
      await judge.rejects({ ...inputs, factors }, FIELD);
    }
  });

  it('another shape than that of the parents', async () => {
    const { inputs } = cheat();
    await judge.rejects(changed(inputs, 'shape', 0));
    await judge.rejects(changed(inputs, 'widths1', 2));
  });

  it('a width of 4097 even where the shape says the same', async () => {
    const { inputs } = cheat();
    const widths1 = [...(inputs.widths1 as bigint[])];
    const shape = (inputs.shape as bigint) + (4096n - widths1[4]) * 2n ** 48n;
    widths1[4] = 4096n;
    await judge.rejects({ ...inputs, widths1, shape }, FIELD);
  });

  it('any input changed alone, or it answers with other outputs', async () => {
    const { inputs } = cheat();
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

function add(tensor: bigint[], at: number, by: bigint): undefined {
  tensor[at] += by;
}

/** The top limb of a weight, outside the table for one over range. */
function top(x: bigint): bigint {
  return (x + 2n ** 47n) >> 32n;
}

/** Sum of all helpers less that of the table. */
function sumOf(tensors: Record<string, bigint[]>): bigint {
  let total = 0n;
  for (const [name, values] of Object.entries(tensors)) for (const v of values) total += name === 'g' ? -v : v;
  return mod(total);
}
