import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { Random } from '../reference/algebra.ts';
import { Analysis } from '../reference/analysis.ts';
import { check, circuitOf } from '../reference/check.ts';
import type { Hooks } from '../reference/run.ts';
import { FRACTION, HALF_LIMB, LIMB } from '../reference/tensors.ts';
import { proveTrain } from '../reference/train.ts';
import { randomTrain, type TrainDeviation, type TrainRun, type TrainShape, train } from '../reference/train-run.ts';

// Each cheat goes on honestly after its lie, so exactly the check that must catch it fails. Then it makes every later
// check of the circuit hold, and exactly the contract's equations refuse it.
interface Cheat {
  name: string;
  shape?: Partial<TrainShape>;
  deviation?: TrainDeviation;
  run?: (run: TrainRun) => void;
  hooks?: Hooks<TrainRun>;
  violated: string[];
}

const { sums: SUM, evaluations: E, sums2: SUM2, evaluations2: E2 } = NUMBERING.train;

// 3-4-2 network: circuit layers 3 (hidden) and 4; twice seven rows of eight, in steps of two: row 7 and row 15 are padding.
const [S, N, STEPS] = [8, 16, 8];
const SHAPE = { widths: [3, 4, 2], rows: 7, batch: 2, passes: 2, lr: 5 };
/** an entry of hidden layer 3 that is active, or not */
const find = (r: TrainRun, active: bigint) => r.hidden[3].m.findIndex((m, x) => m === active && r.hidden[3].V[x] > 0n);
const at = (stage: string, change: (m: bigint[]) => bigint[]) => ({
  message: (s: string, m: bigint[]) => (s === stage ? change(m) : m),
});

/** A vector that is changed on its way to the commitment. */
const committed = (which: string): Hooks<TrainRun> => ({
  committed: (name, oracle) => {
    if (name === which) oracle.vector[0] += 1n;
  },
});

/** An evaluation of an absent layer, 0 in truth. */
const madeUp = (i: number, violated: string[]): Cheat => ({
  name: `an evaluation of an absent layer (${E.names[i]})`,
  hooks: at('evals1', (m) => m.with(i, m[i] + 1n)),
  violated,
});

const CHEATS: Cheat[] = [
  // rounding, the rest of the run computed from the lie
  {
    name: 'an activation rounded up by one',
    deviation: {
      forward: (t, x) => {
        if (x === 3 && t.m[x]) [t.A[x], t.V[x], t.R1[x]] = [t.A[x] + 1n, t.V[x] + 1n, t.R1[x] - LIMB];
        else if (x === 3) [t.V[x], t.R1[x]] = [t.V[x] + 1n, t.R1[x] + LIMB];
      },
    },
    violated: ['batch'],
  },
  {
    name: 'a remainder off by one',
    deviation: {
      forward: (t, x) => {
        if (x === 0) t.R0[0] ^= 1n;
      },
    },
    violated: ['reduction'],
  },
  {
    name: 'an output rounded down by one',
    deviation: {
      output: (o, x) => {
        if (x === 0) [o.Q[0], o.U1[0]] = [o.Q[0] - 1n, o.U1[0] + LIMB];
      },
    },
    violated: ['batch'],
  },
  {
    name: 'an output remainder off by one',
    deviation: {
      output: (o, x) => {
        if (x === 3) o.U0[3] ^= 1n;
      },
    },
    violated: ['reduction'],
  },
  {
    name: 'a delta rounded up by one',
    deviation: {
      backward: (t, x) => {
        if (x === 5) [t.T[x], t.S1[x]] = [t.T[x] + 1n, t.S1[x] - LIMB];
      },
    },
    violated: ['batch'],
  },
  {
    name: 'a delta remainder off by one',
    deviation: {
      backward: (t, x) => {
        if (x === 2) t.S0[2] ^= 1n;
      },
    },
    violated: ['reduction'],
  },
  {
    name: 'an output of another size, remainder to match in the field only',
    deviation: {
      output: (o, x) => {
        if (x === 1) [o.Q[1], o.U0[1]] = [o.Q[1] + 9n, o.U0[1] - 9n * FRACTION];
      },
    },
    violated: ['batch'],
  },
  // ReLU
  {
    name: 'a negative unit declared active',
    deviation: {
      forward: (t, x) => {
        if (!t.m[x] && t.V[x] > 0n) [t.m[x], t.A[x]] = [1n, t.V[x]];
      },
    },
    violated: ['reduction'],
  },
  {
    name: 'a negative value let through as a field element',
    deviation: {
      forward: (t, x) => {
        if (!t.m[x]) [t.m[x], t.A[x], t.V[x]] = [1n, -t.V[x], -t.V[x]];
      },
    },
    violated: ['batch'],
  },
  {
    name: 'an active unit silenced',
    deviation: {
      forward: (t, x) => {
        if (t.m[x]) [t.m[x], t.A[x], t.V[x]] = [0n, 0n, -t.V[x]];
      },
    },
    violated: ['batch'],
  },
  {
    name: 'a unit at 0 declared active',
    run: (r) => {
      // a unit without weights has Q = 0 in every row of the first step
      for (let j = 0; j < 4; j++) r.W[3][j] = 0n;
      r.b[3][0] = 0n;
      train(r, {
        forward: (t, x) => {
          if (x === 0) t.m[0] = 1n;
        },
      });
    },
    violated: ['batch'],
  },
  { name: 'a sign of 2', run: (r) => (r.hidden[3].m[find(r, 1n)] = 2n), violated: ['batch'] },
  {
    name: 'a delta let through an inactive unit',
    run: (r) => {
      const x = find(r, 0n);
      r.hidden[3].D[x] = r.hidden[3].T[x] - HALF_LIMB + 1n;
    },
    violated: ['batch', 'reduction'],
  },
  { name: 'an activation that is not m V', run: (r) => (r.hidden[3].A[1] += 1n), violated: ['batch', 'reduction'] },
  // ranges
  {
    name: 'a limb over its range, its neighbour to match',
    run: ({ output: o }) => ([o.U0[0], o.U1[0]] = [o.U0[0] + LIMB, o.U1[0] - 1n]),
    violated: ['batch'],
  },
  { name: 'a multiplicity too many', hooks: { multiplicities: (m) => m[9]++ }, violated: ['batch'] },
  // steps
  { name: 'the first step skipped', deviation: { rate: (k) => (k === 0 ? 0n : 5n) }, violated: ['reduction'] },
  { name: 'the last step skipped', deviation: { rate: (k) => (k === STEPS - 2 ? 0n : 5n) }, violated: ['reduction'] },
  { name: 'a step taken twice', deviation: { rate: (k) => (k === 1 ? 10n : 5n) }, violated: ['reduction'] },
  {
    name: 'weights of one layer not trained',
    deviation: { rate: (_, l, what) => (l === 3 && what === 'W' ? 0n : 5n) },
    violated: ['reduction'],
  },
  {
    name: 'biases not updated',
    deviation: { rate: (_, __, what) => (what === 'b' ? 0n : 5n) },
    violated: ['reduction'],
  },
  {
    name: 'bias of the last layer not updated',
    deviation: { rate: (_, l, what) => (l === 4 && what === 'b' ? 0n : 5n) },
    violated: ['reduction'],
  },
  { name: 'another rate than stated', run: (r) => (r.statedLr = 6n), violated: ['reduction'] },
  {
    name: 'one step of eight rows declared as four of two',
    run: (r) => {
      const { stepBits } = r;
      [r.batch, r.stepBits] = [8, [3]];
      train(r);
      [r.batch, r.stepBits] = [2, stepBits];
    },
    violated: ['reduction'],
  },
  {
    name: 'a batch that is trained on twice and the next one not',
    deviation: { row: (s) => (s % S === 2 || s % S === 3 ? s - 2 : s) % S },
    violated: ['batch', 'reduction'],
  },
  // passes
  {
    name: 'a second pass on rows of another shard',
    run: (r) => {
      const [X, first] = [r.X, [...r.X]];
      r.X = X.map((v, x) => (x % S < 7 && x < 3 * S ? -v : v));
      train(r);
      r.X = first;
    },
    violated: ['reduction'],
  },
  {
    name: 'a second pass in another order of the rows',
    deviation: { row: (s) => (s < S ? s : (s + 2) % 6) },
    violated: ['batch', 'reduction'],
  },
  { name: 'a second pass skipped', deviation: { rate: (k) => (k >= STEPS / 2 ? 0n : 5n) }, violated: ['reduction'] },
  {
    name: 'a child of one pass declared as one of two',
    run: (r) => {
      const once = structuredClone(r);
      [once.passes, once.bits, once.stepBits] = [1, 3, [1, 2]];
      train(once);
      [r.childW, r.childB] = [once.childW, once.childB];
    },
    violated: ['reduction'],
  },
  // padded rows
  {
    name: 'a padded row that trains',
    deviation: {
      output: (o, x) => {
        if (x % S === 7) o.D4[x] = 4n * (o.Q[x] - HALF_LIMB);
      },
    },
    violated: ['batch'],
  },
  {
    name: 'a padded row that trains in the second pass alone',
    deviation: {
      output: (o, x) => {
        if (x % N === 15) o.D4[x] = 400n;
      },
    },
    violated: ['batch'],
  },
  {
    name: 'a real row that does not train',
    deviation: {
      output: (o, x) => {
        // any value but 0 is kept; the honest one is put aside afterwards
        if (x % N === 4) o.D4[x] = 1n;
      },
    },
    violated: ['batch'],
  },
  { name: 'more rows than trained on', run: (r) => (r.statedRows = 8), violated: ['batch'] },
  {
    name: 'fewer rows than trained on',
    shape: { rows: 6 },
    run: (r) => {
      r.rows = 7;
      r.Y[6] = 512n;
      train(r);
    },
    violated: ['batch'],
  },
  // models and rows
  { name: 'a child weight off by one', run: (r) => (r.childW[4][1] += 1n), violated: ['reduction'] },
  { name: 'a child bias off by one', run: (r) => (r.childB[3][0] += 1n), violated: ['reduction'] },
  {
    name: 'an antisymmetric change of a square weight matrix',
    shape: { widths: [4, 4, 2] },
    run: ({ childW: { 3: W } }) => ([W[1], W[4]] = [W[1] + 7n, W[4] - 7n]),
    violated: ['reduction'],
  },
  { name: 'a child trained on padding', run: (r) => (r.childW[3][3] = 1n), violated: ['reduction'] },
  {
    name: 'parent and child swapped',
    run: (r) => ([r.W, r.b, r.childW, r.childB] = [r.childW, r.childB, r.W, r.b]),
    violated: ['reduction'],
  },
  {
    name: 'another parent',
    run: (r) => ([r.W[3][0], r.childW[3][0]] = [r.W[3][0] + 1000n, r.childW[3][0] + 1000n]),
    violated: ['reduction'],
  },
  {
    name: 'another bias of the parent',
    run: (r) => ([r.b[4][0], r.childB[4][0]] = [r.b[4][0] + 999n, r.childB[4][0] + 999n]),
    violated: ['reduction'],
  },
  { name: 'another shard', hooks: committed('shard'), violated: ['reduction'] },
  { name: 'a child committed to that was not trained', hooks: committed('child'), violated: ['reduction'] },
  { name: 'a trace changed as it is committed', hooks: committed('trace'), violated: ['reduction'] },
  { name: 'another label', run: (r) => ([r.Y[0], r.Y[S]] = [r.Y[S], r.Y[0]]), violated: ['batch'] },
  // layouts and messages
  { name: 'a misaligned slot', hooks: { slots: (s) => (s.A_3.bits[0] = 1n) }, violated: ['reduction'] },
  { name: 'two tensors in one slot', hooks: { slots: (s) => (s.R0_3.bits = s.R1_3.bits) }, violated: ['reduction'] },
  {
    name: 'X read from another slot',
    hooks: { slots: (s) => (s.X.bits = s.Y.bits.with(22, 1n)) },
    violated: ['reduction'],
  },
  { name: 'a helper changed as it is committed', hooks: committed('helper'), violated: ['reduction'] },
  {
    name: 'a false evaluation in batch 2',
    hooks: at('evals2', (m) => m.with(E2.zIn(3), m[E2.zIn(3)] + 1n)),
    violated: ['batch 2', 'reduction'],
  },
  ...(['F1', 'F2'] as const).map((name) => ({
    name: `a false sum ${name}`,
    hooks: at('sums', (m) => m.with(SUM[name](3), m[SUM[name](3)] + 1n)),
    violated: ['batch', 'reduction'],
  })),
  ...(['B1', 'B2'] as const).map((name) => ({
    name: `a false sum ${name}`,
    hooks: at('sums', (m) => m.with(SUM[name](3), m[SUM[name](3)] + 1n)),
    violated: ['batch', 'reduction'],
  })),
  {
    name: 'a false sum F3',
    hooks: at('sums', (m) => m.with(SUM.F3(4), m[SUM.F3(4)] + 1n)),
    violated: ['batch 2', 'reduction'],
  },
  ...[SUM2.In(3), SUM2.P(3), SUM2.G(4), SUM2.nextD(3), SUM2.nextP(3), SUM2.nextG(3)].map((i) => ({
    name: `a false ${SUM2.names[i]} after batch 1`,
    hooks: at('sums2', (m) => m.with(i, m[i] + 1n)),
    violated: ['batch', 'batch 2'],
  })),
  {
    name: 'a false update after batch 1',
    hooks: at('sums2', (m) => m.with(SUM2.U(4), m[SUM2.U(4)] + 1n)),
    violated: ['batch 2', 'reduction'],
  },
  // absent layers
  {
    name: 'a sum of an absent layer',
    hooks: at('sums', (m) => m.with(SUM.F1(1), 1n)),
    violated: ['batch', 'reduction'],
  },
  // most meet only zeros in the batch; it is the reduction that forces them to 0
  ...[E.W(1), E.V(1), E.nextW(1), E.T(1)].map((i) => madeUp(i, ['reduction'])),
  ...[E.D(1), E.A(1), E.hA(1)].map((i) => madeUp(i, ['batch', 'reduction'])),
  {
    name: 'sums of an absent layer with evaluations to match',
    // F1 of layer 1 is W_1(rho_f; r_i) In_1(r_s; rho_f): both free would let the batch pass
    hooks: at('evals1', (m) => m.with(E.W(1), 3n)),
    violated: ['reduction'],
  },
];

/** Entries by which all checks of the circuit are made to hold. */
const REPAIR = { evals1: E.mult, evals2: E2.zIn(4), u: NUMBERING.train.oracles.trace, u12: 0, p2: 0, s2: 0 };

describe('cheats on program train', () => {
  let analysis: Analysis;
  before(async () => {
    analysis = await Analysis.of('train');
  });
  const build = ({ shape, deviation, run: change, hooks }: Omit<Cheat, 'name' | 'violated'>) => {
    const random = new Random(9);
    return proveTrain(random, randomTrain(random, { ...SHAPE, ...shape }, deviation), { ...hooks, run: change });
  };

  it('does not object to an honest run', () => {
    const proof = build({});
    assert.deepEqual(analysis.violated(proof.inputs), []);
    assert.deepEqual(check(proof), []);
    assert.equal(FRACTION, LIMB * LIMB);
  });

  for (const { name, violated, ...cheat } of CHEATS) {
    it(`rejects ${name}`, () => {
      const honest = build(cheat);
      assert.deepEqual(circuitOf('train', honest.inputs).failed.toSorted(), violated.toSorted());
      assert.deepEqual(analysis.violated(honest.inputs).toSorted(), violated.toSorted());
    });

    it(`rejects ${name}, all checks of the circuit made to hold`, () => {
      const adaptive = build({ ...cheat, hooks: { ...cheat.hooks, repair: REPAIR } });
      assert.deepEqual(check(adaptive), ['opening 2']);
      assert.deepEqual(analysis.violated(adaptive.inputs), []);
    });
  }
});
