// Cheats on the heads of program train. Each goes on honestly after its lie, so exactly its relation or claim is false.

import assert from 'node:assert/strict';
import { NUMBERING } from '../../../src/generated/numbering.ts';
import { inverse, mod, Random, range, squareRoot } from '../../reference/algebra.ts';
import type { HeadDeviation, HeadRow } from '../../reference/heads.ts';
import { absorb, forged, type Lie, madeUp, PER_LIMB } from '../../reference/lies.ts';
import type { AnyHooks, Reference } from '../../reference/run.ts';
import { HEADS, type ReferenceHead } from '../../reference/sizes.ts';
import { EXP, SIG } from '../../reference/tables.ts';
import { HALF_LIMB, LIMB, type Tensors } from '../../reference/tensors.ts';
import { proveTrain, type TrainHooks } from '../../reference/train.ts';
import { headOf, randomTrain, type TrainDeviation, type TrainRun, train } from '../../reference/train-run.ts';

const { relations: R, evaluations: E, claims: C } = NUMBERING.train;

/** Three classes and a padded one, or one output; three rows and a padded one. */
const [N, PADDED, EPS] = [4, 3, 20n];
const SHAPE = { rows: 3, batch: 2, lr: 3, smoothing: Number(EPS) };
/** A bias that moves a logit by one. */
const LOGIT = 2n ** 23n;

export interface Cheat {
  head?: ReferenceHead;
  outputs?: number;
  /** parent and rows, before they are trained on */
  parent?: (run: TrainRun) => void;
  deviation?: TrainDeviation;
  /** the run, before it is proved */
  run?: (run: TrainRun) => void;
  hooks?: Omit<TrainHooks, 'run'>;
}

export const trained = ({ head = 'softmax', outputs = 3, parent, deviation }: Cheat, random: Random): TrainRun => {
  const smoothing = head === 'squared error' ? 0 : SHAPE.smoothing;
  const run = randomTrain(random, { ...SHAPE, widths: [3, outputs], head, smoothing });
  parent?.(run);
  train(run, deviation);
  return run;
};
export const prove = (cheat: Cheat): Reference => {
  const random = new Random(7);
  return proveTrain(random, trained(cheat, random), { ...cheat.hooks, run: cheat.run });
};
const proves = (cheat: Cheat) => (hooks: AnyHooks) => prove({ ...cheat, hooks: { ...cheat.hooks, ...hooks } });

/** A deviation in one row alone. */
export const inRow = (stage: keyof HeadDeviation, change: (row: HeadRow) => void, s = 0): TrainDeviation => ({
  head: {
    [stage]: (row: HeadRow, at: number) => {
      if (at === s) change(row);
    },
  },
});

/** Logits that are the same in every row of the first step. */
const logits =
  (...values: bigint[]) =>
  (run: TrainRun): void => {
    run.W[4].fill(0n);
    values.forEach((v, i) => {
      run.b[4][i] = v * LOGIT;
    });
  };
export const TIE = logits(700n, 700n, 300n);

/** What the LogUp sum lacks of 0. */
function excess(helpers: Tensors): bigint {
  let sum = 0n;
  for (const [name, values] of Object.entries(helpers))
    for (const v of values) sum += name === 'g' || name === 'g2' ? -v : v;
  return mod(sum);
}
/** An entry of a helper is changed so that the LogUp sum is right. */
const balanced = (name: string, x = 0): AnyHooks => ({
  helper: (helpers) => {
    const by = excess(helpers);
    helpers[name][x] = mod(helpers[name][x] + (name === 'g' || name === 'g2' ? by : -by));
  },
});

/** A lie that can be told once more with other hooks too. */
export interface HeadLie extends Lie {
  again?: (hooks: AnyHooks) => Reference;
}
const lie = (name: string, cheat: Cheat, rest: Omit<Lie, 'name' | 'prove'>): HeadLie => ({
  name,
  prove: () => prove(cheat),
  again: proves(cheat),
  ...rest,
});
const relation = (name: string, index: number, cheat: Cheat): HeadLie =>
  lie(name, cheat, { relations: [index], fails: 'batch' });
const claim = (name: string, index: number, cheat: Cheat): HeadLie =>
  lie(name, cheat, { claims: [index], fails: 'reduction' });

/** Something that is in no table: the LogUp sum is false, or else the lookup that is forged for it, or the table. */
const unlisted = (name: string, cheat: Cheat, helper: 'hF' | 'hR' | 'hP', x = 0): HeadLie[] => {
  const [table, index] = helper === 'hF' ? (['g2', R.table2] as const) : (['g', R.table] as const);
  return [
    relation(name, R.logUp, cheat),
    relation(`${name}, its lookup forged so that the sum is right`, R[helper], {
      ...cheat,
      hooks: { ...cheat.hooks, ...balanced(helper, x) },
    }),
    relation(`${name}, the table forged so that the sum is right`, index, {
      ...cheat,
      hooks: { ...cheat.hooks, ...balanced(table, x) },
    }),
  ];
};

const leastOf = ({ logits: q }: HeadRow) => range(3).reduce((least, i) => (q[i] < q[least] ? i : least), 0);
const greatestOf = ({ w }: HeadRow) => w.indexOf(1n);
/** The class whose logit is said to be the largest. */
export const crown = (row: HeadRow, i: number) => {
  row.w.fill(0n);
  row.w[i] = 1n;
  row.M = row.logits[i];
};

const FIRST: HeadLie[] = [
  ...unlisted(
    'a largest logit that is not the largest',
    { deviation: inRow('largest', (row) => crown(row, leastOf(row))) },
    'hF',
  ),
  relation('a largest logit that no class has', R.largest, { deviation: inRow('largest', (row) => (row.M += 1n)) }),
  claim('a largest logit that no class has, and no class said to have it', C.oneFirst, {
    deviation: inRow('largest', (row) => {
      row.M += 1n;
      row.w.fill(0n);
    }),
  }),
  relation('the logit of a padded class, 0, above all real ones', R.firstPadding, {
    parent: logits(-500n, -700n, -900n),
    deviation: inRow('largest', (row) => crown(row, PADDED)),
  }),
  claim('two classes of one logit both said to be the largest', C.oneFirst, {
    parent: TIE,
    deviation: inRow('largest', (row) => (row.w[1] = 1n)),
  }),
  relation('marks of 2 and -1 at two classes of one logit', R.firstBit, {
    parent: TIE,
    deviation: inRow('largest', ({ w }) => ([w[0], w[1]] = [2n, -1n])),
  }),
];

export const less = (v: bigint) => v && v - 1n;
export const become = (list: bigint[], values: readonly bigint[]) => {
  list.splice(0, list.length, ...values);
};
const POWERS: HeadLie[] = [
  ...unlisted(
    'a power from the next entry of EXP',
    {
      deviation: inRow('powers', (row) => {
        const i = leastOf(row);
        row.e[i] = EXP[Number(row.M - row.logits[i]) + 1];
      }),
    },
    'hF',
  ),
  ...unlisted(
    'an entry of SIG in place of one of EXP',
    {
      deviation: inRow('powers', (row) => {
        const i = leastOf(row);
        row.e[i] = SIG[Number(row.M - row.logits[i] + HALF_LIMB)];
      }),
    },
    'hF',
  ),
  relation('a power of a padded class in the sum', R.powerPadding, {
    deviation: inRow('powers', ({ e }) => (e[PADDED] = 5000n)),
  }),
  claim('a sum of more than the powers', C.total, { deviation: inRow('total', (row) => (row.Sum += 5000n)) }),
  claim('a table of the prover in place of EXP', C.F, {
    deviation: { head: { powers: ({ e }) => become(e, e.map(less)) } },
    hooks: { column: (F) => become(F, F.map(less)) },
  }),
  claim('the other function', C.F, {
    head: 'sigmoid',
    deviation: { head: { probabilities: (row) => row.P.fill(0n) } },
    hooks: { column: (F) => become(F, EXP) },
  }),
];

const per = (row: HeadRow, by: bigint) => {
  const i = greatestOf(row);
  row.P[i] += by;
  row.rest[i] -= by * 2n * row.Sum;
};
/** Remainders of a padded class, which nothing else depends on. */
const atPadding = (change: (t: Tensors, x: number) => void): Cheat => ({
  hooks: { trace: (t) => change(t, PADDED * N) },
});
const DIVISION: HeadLie[] = [
  ...unlisted(
    'a probability up by one, with the remainder',
    { deviation: inRow('probabilities', (r) => per(r, 1n)) },
    'hR',
  ),
  ...unlisted(
    'a probability down by one, with the remainder',
    { deviation: inRow('probabilities', (r) => per(r, -1n)) },
    'hR',
  ),
  relation('a probability off by one, its remainder as before', R.division, {
    deviation: inRow('probabilities', (row) => (row.P[greatestOf(row)] -= 1n)),
  }),
  ...unlisted(
    'a fraction of the field as a probability',
    {
      deviation: inRow('probabilities', (row) => {
        const i = greatestOf(row);
        // any remainder divides
        row.rest[i] = row.rest[i] === 7n ? 8n : 7n;
        const dividend = 4096n * row.e[i] + row.Sum - row.rest[i];
        row.P[i] = mod(dividend * inverse(2n * row.Sum));
      }),
    },
    'hP',
  ),
  ...unlisted(
    'a limb r0 beyond its range',
    atPadding((t, x) => absorb(t, x, ['r1', 'r0'], LIMB)),
    'hR',
    PADDED * N,
  ),
  ...unlisted(
    'a limb r1 beyond its range',
    atPadding((t, x) => absorb(t, x, ['r0', 'r1'], PER_LIMB)),
    'hR',
    PADDED * N,
  ),
  ...unlisted(
    'a limb z1 beyond its range',
    atPadding((t, x) => (t.z1[x] += PER_LIMB)),
    'hR',
    PADDED * N,
  ),
  ...unlisted(
    'a limb z0 beyond its range',
    atPadding((t, x) => (t.z1[x] += 1n)),
    'hP',
    PADDED * N,
  ),
];

const SIGMOID: HeadLie[] = [1, 3].flatMap((outputs) => {
  const of = (cheat: Cheat): Cheat => ({ ...cheat, head: 'sigmoid', outputs });
  const off = (by: bigint) => of({ deviation: inRow('probabilities', ({ P }) => (P[0] += by)) });
  const name = outputs === 1 ? 'one output' : 'three labels';
  return [
    ...unlisted(`a probability of sigmoid up by one, ${name}`, off(1n), 'hF'),
    ...unlisted(`a probability of sigmoid down by one, ${name}`, off(-1n), 'hF'),
    ...unlisted(
      `an entry of EXP in place of one of SIG, ${name}`,
      of({ deviation: inRow('probabilities', (row) => (row.P[0] = EXP[Number(row.logits[0] + HALF_LIMB) % 1000])) }),
      'hF',
    ),
    relation(`another smoothing than stated, sigmoid, ${name}`, R.error, of({ run: (r) => (r.statedSmoothing = 21) })),
    relation(`another label, sigmoid, ${name}`, R.error, of({ run: (r) => (r.Y[0] = 512n - r.Y[0]) })),
  ];
});

/** The delta of an output of the first row. */
const deltaAt = (i: number, value: (D4: bigint) => bigint): TrainDeviation => ({
  outputDelta: (o, x) => {
    if (x === i * N) o.D4[x] = value(o.D4[x]);
  },
});
const ERRORS: HeadLie[] = [
  relation('another smoothing than stated', R.error, { run: (r) => (r.statedSmoothing = 21) }),
  relation('no smoothing where one is stated', R.error, { run: (r) => (r.statedSmoothing = 0) }),
  ...(['softmax', 'sigmoid'] as const).flatMap((head) => [
    relation(`smoothing on a padded class, ${head}`, R.error, { head, deviation: deltaAt(PADDED, () => -EPS) }),
    relation(`a delta off by one, ${head}`, R.error, { head, deviation: deltaAt(1, (d) => d + 1n) }),
    relation(`a padded row that trains, ${head}`, R.error, {
      head,
      deviation: {
        outputDelta: (o, x) => {
          if (x === PADDED) o.D4[x] = 9n;
        },
      },
    }),
  ]),
  relation('the probability of a padded class trained on, sigmoid', R.error, {
    head: 'sigmoid',
    deviation: { ...inRow('probabilities', ({ P }) => (P[PADDED] = 5n)), ...deltaAt(PADDED, () => 5n) },
  }),
  ...HEADS.flatMap((head) =>
    HEADS.filter((other) => other !== head).map((stated) =>
      relation(`${head} where the shape says ${stated}`, R.error, {
        head,
        run: (r) => {
          r.statedHead = stated;
          if (stated === 'squared error') r.statedSmoothing = 0;
          headOf(r, stated);
        },
      }),
    ),
  ),
];

/** One table's entry said to be the other's. */
const moved = (by: number): AnyHooks => ({
  multiplicities: (mult, mult2) => {
    const k = mult2!.findIndex((m, i) => m > 0n && mult[i] > 0n);
    [mult[k], mult2![k]] = [mult[k] + BigInt(by), mult2![k] - BigInt(by)];
  },
});
/** z0 is 9 and z1, which is then no limb, has the value that a pair of the table has for some alpha. */
function guessed(): Cheat {
  let [k, alpha]: [number, bigint | undefined] = [-1, undefined];
  return {
    hooks: {
      trace: (t) => {
        const x = PADDED * N;
        t.z1[x] = mod((2n * t.Sum[0] - 1n - t.r0[x] - LIMB * t.r1[x] - 9n) * PER_LIMB);
        while (alpha === undefined) {
          const root = squareRoot(mod(EXP[++k] ** 2n - 4n * (BigInt(k) - t.z1[x])));
          if (root !== undefined) alpha = mod((root - EXP[k]) * inverse(2n));
        }
        assert.equal(mod(BigInt(k) + alpha * EXP[k] + alpha * alpha), t.z1[x]);
      },
      multiplicities: (_, mult2) => mult2![k]++,
    },
  };
}
/** Logits of which one is the largest by a small number, so that the number is both a limb and an index. */
const NEAR = logits(700n, 699n, 300n);
const TABLES: HeadLie[] = [
  relation('a limb passed off as a pair', R.logUp, { parent: NEAR, hooks: moved(-1) }),
  relation('a pair passed off as a limb', R.logUp, { parent: NEAR, hooks: moved(1) }),
  relation('a limb that is a pair if alpha is guessed', R.logUp, guessed()),
  ...(['hR', 'hP', 'hF'] as const).map((name) =>
    relation(`lookup ${name} that is no inverse`, R[name], { hooks: forged(name) }),
  ),
  relation('a table of pairs that is no inverse', R.table2, { hooks: forged('g2') }),
  relation('a pair too many', R.logUp, { hooks: { multiplicities: (_, mult2) => mult2![9]++ } }),
];

export const OF_SIGMOID: readonly number[] = [E.P, E.hF, E.g2, E.mult2, E.F];
/** Of softmax every evaluation of a head enters the batch, which one that is made up can then make hold. */
const EVALUATIONS: HeadLie[] = [
  ...madeUp(E.names, R.logUp, proves({})).slice(E.M),
  ...madeUp(E.names, R.logUp, proves({ head: 'sigmoid' })).filter((_, i) => OF_SIGMOID.includes(i)),
];

export const HEAD_LIES: HeadLie[] = [
  ...FIRST,
  ...POWERS,
  ...DIVISION,
  ...SIGMOID,
  ...ERRORS,
  ...TABLES,
  ...EVALUATIONS,
];
