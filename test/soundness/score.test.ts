import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { inverse, mod, Random, range } from '../reference/algebra.ts';
import { check } from '../reference/check.ts';
import { type Constraint, changed, type Judge, judgeOf } from '../reference/circuit.ts';
import { type ReferenceWeights, randomWeights } from '../reference/models.ts';
import type { Reference } from '../reference/run.ts';
import { proveScore, type ScoreHooks } from '../reference/score.ts';
import { type ReferenceShard, randomShard } from '../reference/shards.ts';
import type { Inputs, Tensors } from '../reference/tensors.ts';

const { sums: S, relations: R, evaluations: E, claims: C } = NUMBERING.score;

const inScore = (text: string): Constraint => ({ file: 'programs/score.circom', template: 'Score', text });
const BATCH = inScore('batch.value ===');
const REDUCTION = inScore('finish.value ===');
const FIELD: Constraint = {
  file: '../node_modules/circomlib/circuits/bitify.circom',
  template: 'Num2Bits',
  text: 'lc1 === in;',
};
const FA = 2n ** 9n;
/** A bias that moves a logit by one. */
const LOGIT = 2n ** 23n;

/**
 * A 3-3-3 network (circuit layers 3 and 4) on 3 rows of 4, one hidden layer. Classes: all are 0. Labels: of every row 0 and
 * 2.
 */
interface Statement {
  weights: ReferenceWeights;
  shard: ReferenceShard;
}

type Kind = 'classes' | 'regression' | 'labels';
const KINDS: readonly Kind[] = ['classes', 'regression', 'labels'];

interface Cheat {
  name: string;
  kind?: Kind;
  change?: (s: Statement) => void;
  hooks?: ScoreHooks;
  relations?: number[];
  claims?: number[];
  where: Constraint;
}

/** Logits that are the same in every row. */
const logits =
  (...values: bigint[]) =>
  ({ weights }: Statement): void => {
    weights.W[1].fill(0n);
    values.forEach((v, i) => {
      weights.b[1][i] = v * LOGIT;
    });
  };

/** A row of labels counted as right that is not, because of class i; honestly the margin is below 0. */
const unlabelled = (name: string, i: number, change: Cheat['change']): Cheat[] => {
  const of = { kind: 'labels', change, where: BATCH } as const;
  return [
    { ...of, name, hooks: { rows: set(0, 1n) }, relations: [R.logUp] },
    {
      ...of,
      name: `${name}, its margin said to be 0`,
      hooks: { rows: set(0, 1n), trace: ({ G }) => set(4 * i, 0n)(G) },
      relations: [R.margin],
    },
    {
      ...of,
      name: `${name}, its lookup forged so that the sum is right`,
      hooks: { rows: set(0, 1n), helper: ({ hG }) => set(4 * i, 0n)(hG) },
      relations: [R.hG],
    },
  ];
};

const CHEATS: Cheat[] = [
  // what counts as right
  ...unlabelled('a label with a negative logit', 2, logits(5n, -3n, -1n)),
  ...unlabelled('a label with the logit 0', 2, logits(5n, -3n, 0n)),
  ...unlabelled('a class without the label and with a positive logit', 1, logits(5n, 1n, 1n)),
  ...unlabelled('a class without the label and with the logit 0', 1, logits(5n, 0n, 1n)),
  {
    name: 'a padded row of labels counted as right',
    kind: 'labels',
    change: (s) => {
      logits(-1n, -2n, -3n)(s);
      s.shard.Y.fill(0n);
    },
    hooks: { rows: set(3, 1n) },
    relations: [R.claimedPadding],
    where: BATCH,
  },
  {
    name: 'a row of labels counted twice',
    kind: 'labels',
    change: logits(5n, -3n, 1n),
    hooks: { rows: set(0, 2n) },
    relations: [R.claimedBit],
    where: BATCH,
  },
  {
    name: 'a margin on a padded label',
    kind: 'labels',
    change: logits(5n, -3n, 1n),
    hooks: { trace: ({ G }) => set(12, 3n)(G) },
    relations: [R.margin],
    where: BATCH,
  },
  {
    name: 'one row of labels more than counted',
    kind: 'labels',
    change: logits(5n, -3n, 1n),
    hooks: { stated: (sums) => sums[S.right]++ },
    relations: [R.right],
    where: BATCH,
  },
  {
    name: 'a tie counted as right',
    change: logits(5n, 5n, 1n),
    hooks: { rows: set(0, 1n) },
    relations: [R.logUp],
    where: BATCH,
  },
  {
    name: 'a tie counted as right, its margin said to be 0',
    change: logits(5n, 5n, 1n),
    hooks: { rows: set(0, 1n), trace: ({ G }) => set(4, 0n)(G) },
    relations: [R.margin],
    where: BATCH,
  },
  {
    name: 'a wrong row counted as right, its lookup forged so that the sum is right',
    change: logits(5n, 5n, 1n),
    hooks: {
      rows: set(0, 1n),
      helper: ({ hG }) => set(4, 0n)(hG),
    },
    relations: [R.hG],
    where: BATCH,
  },
  {
    name: 'a padded row counted as right',
    change: logits(-1n, -2n, -3n),
    hooks: { rows: set(3, 1n) },
    relations: [R.claimedPadding],
    where: BATCH,
  },
  {
    name: 'a row counted twice',
    change: logits(9n, 5n, 1n),
    hooks: { rows: set(0, 2n) },
    relations: [R.claimedBit],
    where: BATCH,
  },
  {
    name: 'a class left out of the comparison',
    change: logits(5n, 7n, 1n),
    hooks: { rows: set(0, 1n), trace: ({ G }) => set(4, 0n)(G) },
    relations: [R.margin],
    where: BATCH,
  },
  {
    name: "a labelled logit that is another class's",
    change: logits(5n, 7n, 1n),
    hooks: { rows: set(0, 1n), trace: relabel },
    relations: [R.labelled],
    where: BATCH,
  },
  {
    name: "a labelled logit that is another class's, the honest one claimed at tau",
    change: logits(5n, 7n, 1n),
    hooks: {
      rows: set(0, 1n),
      trace: relabel,
      // row 0 was raised from 5 to 8
      sums: (sums, tau) => set(S.labelled, mod(sums[S.labelled] - 3n * (1n - tau[0]) * (1n - tau[1])))(sums),
    },
    claims: [C.labelled],
    where: REDUCTION,
  },
  {
    name: 'a class beyond the real ones: a margin on padding',
    change: logits(9n, 5n, 1n),
    hooks: { trace: ({ G }) => set(12, 3n)(G) },
    relations: [R.margin],
    where: BATCH,
  },
  {
    name: 'one row more than counted',
    change: logits(9n, 5n, 1n),
    hooks: { stated: (sums) => sums[S.right]++ },
    relations: [R.right],
    where: BATCH,
  },
  {
    name: 'a smaller squared error',
    kind: 'regression',
    hooks: { stated: (sums) => sums[S.error]-- },
    relations: [R.error],
    where: BATCH,
  },
  // the forward pass
  {
    name: 'a logit rounded up by one',
    hooks: { round: (l, i, s, Q) => (l === 4 && i === 1 && s === 2 ? Q + 1n : Q) },
    relations: [R.logUp],
    where: BATCH,
  },
  {
    name: 'a hidden value rounded down by one',
    hooks: { round: (l, i, s, Q) => (l === 3 && i === 0 && s === 1 ? Q - 1n : Q) },
    relations: [R.logUp],
    where: BATCH,
  },
  {
    name: 'a logit rounded up by one, its lookup forged so that the sum is right',
    hooks: {
      round: (l, i, s, Q) => (l === 4 && i === 1 && s === 2 ? Q + 1n : Q),
      helper: ({ hQ }, beta, { U1 }) => set(6, mod(hQ[6] - inverse(beta - U1[6])))(hQ),
    },
    relations: [R.hQ],
    where: BATCH,
  },
  {
    name: 'a hidden value rounded down by one, its lookup forged so that the sum is right',
    hooks: {
      round: (l, i, s, Q) => (l === 3 && i === 0 && s === 1 ? Q - 1n : Q),
      helper: ({ h_3 }, beta, { R1_3 }) => set(1, mod(h_3[1] - inverse(beta - R1_3[1])))(h_3),
    },
    relations: [R.h(3)],
    where: BATCH,
  },
  {
    name: 'a negative hidden value let through',
    change: ({ weights }) => set(0, -3n * LOGIT)(weights.b[0]),
    hooks: {
      rectify: (l, i, s, at) => {
        if (l === 3 && i === 0 && s === 3) [at.m, at.V] = [1n, -at.V];
      },
    },
    relations: [R.logUp],
    where: BATCH,
  },
  {
    name: 'a positive hidden value cut off',
    change: ({ weights }) => set(0, 3n * LOGIT)(weights.b[0]),
    hooks: {
      rectify: (l, i, s, at) => {
        if (l === 3 && i === 0 && s === 3) [at.m, at.V] = [0n, -at.V];
      },
    },
    relations: [R.logUp],
    where: BATCH,
  },
  {
    name: 'a hidden sign that is not a bit',
    hooks: {
      rectify: (l, i, s, at) => {
        // Q = 2 A - V = 3 V with m = 2
        if (l === 3 && i === 0 && s === 3) [at.m, at.V] = [2n, 3n];
      },
    },
    change: ({ weights }) => set(0, 9n * LOGIT)(weights.b[0]),
    relations: [R.bit(3)],
    where: BATCH,
  },
  {
    name: 'a hidden value that is not its sign times its size',
    hooks: {
      rectify: (l, i, s, at) => {
        // Q = 2 A - V = 9
        if (l === 3 && i === 0 && s === 3) [at.m, at.V, at.A] = [1n, 1n, 5n];
      },
    },
    change: ({ weights }) => set(0, 9n * LOGIT)(weights.b[0]),
    relations: [R.active(3)],
    where: BATCH,
  },
  {
    name: 'biases other than the model has',
    hooks: { used: (w) => ({ ...w, b: [w.b[0], w.b[1].map((v, i) => (i === 0 ? v + LOGIT : v))] }) },
    claims: [C.forward(4)],
    where: REDUCTION,
  },
  {
    name: 'weights other than the model has',
    hooks: { used: (w) => ({ ...w, W: [w.W[0].map((v, i) => (i === 2 ? v + LOGIT : v)), w.W[1]] }) },
    claims: [C.W(3)],
    where: REDUCTION,
  },
  {
    name: "a forward sum that is not the model's",
    hooks: { sums: (sums) => set(S.F1(4), mod(sums[S.F1(4)] + 1n))(sums) },
    relations: [R.F1(4)],
    claims: [C.forward(4)],
    where: BATCH,
  },
  {
    name: 'a forward sum of an absent layer',
    hooks: { sums: (sums) => set(S.F1(2), 1n)(sums) },
    claims: [C.forward(2)],
    where: BATCH,
  },
  {
    name: 'a table forged so that a false sum is right',
    hooks: {
      round: (l, i, s, Q) => (l === 4 && i === 1 && s === 2 ? Q + 1n : Q),
      helper: (t) => set(7, mod(t.g[7] + total(t)))(t.g),
    },
    relations: [R.table],
    where: BATCH,
  },
];

describe('program score refuses', () => {
  let judge: Judge;
  before(async () => {
    judge = await judgeOf('score');
  });
  const cheat = ({ kind = 'classes', change = () => {}, hooks = {} }: Partial<Cheat>): Reference => {
    const random = new Random(31);
    const weights = randomWeights([3, 3, 3], 2 ** 31, random);
    const of = { classes: kind === 'classes', labels: kind === 'labels' };
    const shard = randomShard({ inputs: 3, outputs: 3, rows: 3, ...of }, random);
    const set = kind === 'labels' ? [0, 8] : [0];
    if (kind !== 'regression') shard.Y = range(16).map((at) => (set.some((i) => at >= i && at < i + 3) ? FA : 0n));
    change({ weights, shard });
    return proveScore(weights, shard, random, hooks);
  };

  for (const { name, relations = [], claims = [], where, ...rest } of CHEATS) {
    it(name, async () => {
      const proof = cheat(rest);
      assert.deepEqual(proof.violated, { relations, relations2: [], claims });
      await judge.rejects(proof.inputs, where);
    });
  }

  it('a tie counted as right with an evaluation of an absent layer that makes up for it', async () => {
    const proof = cheat({
      change: logits(5n, 5n, 1n),
      hooks: {
        rows: set(0, 1n),
        repair: { evals1: E.A(1) },
      },
    });
    assert.deepEqual(proof.violated, { relations: [R.logUp], relations2: [], claims: [C.A(1)] });
    await judge.rejects(proof.inputs, REDUCTION);
  });

  it('anything else where all checks of the circuit are made to hold: the contract does', async () => {
    const repair = { evals1: E.mult, u: NUMBERING.score.oracles.trace, u12: 0, p2: 0, s2: 0 };
    for (const { hooks, ...rest } of CHEATS) {
      const proof = cheat({ ...rest, hooks: { ...hooks, repair } });
      await judge.outputs(proof.inputs);
      assert.deepEqual(check(proof), ['opening 2']);
    }
  });

  // layers 1 and 2 are absent, 3 is hidden
  const MADE_UP: [string, number][] = [
    ['W_1', E.W(1)],
    ['W_4', E.W(4)],
    ['In_3', E.In(3)],
    ['In_4', E.In(4)],
    ...(['A', 'V', 'R0', 'R1'] as const).map((name): [string, number] => [`${name}_3`, E[name](3)]),
    ...(['Q', 'U1', 'G', 'Y', 'L', 'c', 'hQ', 'hG', 'mult'] as const).map((name): [string, number] => [name, E[name]]),
    ['h_3', E.h(3)],
  ];
  for (const [name, index] of MADE_UP)
    it(`evaluation ${name} made up`, async () => {
      // L is read in rows that are claimed right alone: here they are
      const proof = cheat({
        change: logits(9n, 5n, 1n),
        hooks: { message: (stage, m) => (stage === 'evals1' ? m.with(index, m[index] + 1n) : m) },
      });
      assert.deepEqual(proof.violated, { relations: [], relations2: [], claims: [index] });
      // the last layer's weights are 0, so what they are multiplied with is read by its claim alone
      await judge.rejects(proof.inputs, index === E.W(1) || index === E.In(4) ? REDUCTION : BATCH);
    });

  it('a result that is not the claimed sum', async () => {
    for (const kind of KINDS) await judge.rejects(changed(cheat({ kind }).inputs, 'result', 0), inScore('result ==='));
  });

  it('the number right given as a squared error, and the other way round', async () => {
    for (const kind of KINDS) {
      const { inputs } = cheat({ kind });
      const sums = inputs.sums as bigint[];
      const result = sums[kind === 'regression' ? S.right : S.error];
      await judge.rejects({ ...inputs, result }, inScore('result ==='));
      const other: Inputs = kind === 'regression' ? { labels: 1n } : { classes: 0n, labels: 0n };
      await judge.rejects({ ...inputs, ...other, result }, shardWord());
    }
  });

  it('rows of classes and of labels at once, which would count what is right twice', async () => {
    for (const [kind, bit] of [
      ['classes', 89n],
      ['labels', 36n],
    ] as const) {
      const { inputs } = cheat({ kind });
      const sums = inputs.sums as bigint[];
      const shard = (inputs.shard as bigint) + 2n ** bit;
      const result = mod(2n * sums[S.right] - sums[S.error]);
      await judge.rejects(
        { ...inputs, classes: 1n, labels: 1n, shard, result },
        { file: 'lib/sizes.circom', template: 'ShardDescriptor', text: 'classes * labels === 0' },
      );
    }
  });

  it('a class bit that is not a bit', async () => {
    const { inputs } = cheat({});
    const shard = (inputs.shard as bigint) + 2n ** 36n;
    const sums = inputs.sums as bigint[];
    const result = mod(sums[S.error] + 2n * (sums[S.right] - sums[S.error]));
    await judge.rejects(
      { ...inputs, classes: 2n, shard, result },
      {
        file: 'lib/sizes.circom',
        template: 'Bits',
        text: 'in[i] * (in[i] - 1) === 0',
      },
    );
  });

  it("a shard whose inputs or outputs are not the model's", async () => {
    for (const [name, at, text] of [
      ['inputs1', 0n, 'inputs1 ==='],
      ['outputs1', 12n, 'outputs1 ==='],
    ] as const) {
      const { inputs } = cheat({});
      const shard = (inputs.shard as bigint) + 2n ** at;
      await judge.rejects({ ...inputs, shard, [name]: (inputs[name] as bigint) + 1n }, inScore(text));
    }
  });

  it('more rows than the shard has, and more than 4096', async () => {
    const { inputs } = cheat({});
    await judge.rejects(changed(inputs, 'rows1', 0), shardWord());
    const far = (by: bigint): Inputs => ({
      ...inputs,
      rows1: (inputs.rows1 as bigint) + by,
      shard: (inputs.shard as bigint) + by * 2n ** 24n,
    });
    await judge.rejects(far(1n), BATCH);
    await judge.rejects(far(4096n), FIELD);
  });

  it('another shape than the model was committed under', async () => {
    const { inputs } = cheat({});
    await judge.rejects(changed(inputs, 'shape', 0));
    const widths1 = [...(inputs.widths1 as bigint[])];
    widths1[3] = 4096n;
    const shape = (inputs.shape as bigint) + (4096n - 2n) * 2n ** 36n;
    await judge.rejects({ ...inputs, widths1, shape }, FIELD);
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

function set(at: number, value: bigint): (tensor: bigint[]) => void {
  return (tensor) => {
    tensor[at] = value;
  };
}

/** Raises the labelled logit of row 0 from 5 to 8, where the logits are 5, 7, 1. */
function relabel({ L, G }: Tensors): void {
  L[0] = 8n;
  for (const [i, margin] of [3n, 0n, 6n].entries()) G[4 * i] = margin;
}

/** Sum of all helpers less that of the table. */
function total(helpers: Tensors): bigint {
  let sum = 0n;
  for (const [name, values] of Object.entries(helpers)) for (const v of values) sum += name === 'g' ? -v : v;
  return mod(sum);
}

function shardWord(): Constraint {
  return { file: 'lib/sizes.circom', template: 'ShardDescriptor', text: 'word === shard' };
}
