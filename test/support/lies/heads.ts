// Cheats on the heads of the programs that train. Each goes on honestly after its lie, so exactly its relation or claim is false.

import assert from 'node:assert/strict';
import { NUMBERING } from '../../../src/generated/numbering.ts';
import { inverse, mod, Random, range, squareRoot } from '../../reference/algebra.ts';
import type { HeadDeviation, HeadRow } from '../../reference/heads.ts';
import { absorb, forged, type Lie, madeUp, nudge, PER_LIMB } from '../../reference/lies.ts';
import type { AnyHooks, Reference } from '../../reference/run.ts';
import { HEADS, type ReferenceHead } from '../../reference/sizes.ts';
import { EXP, SIG } from '../../reference/tables.ts';
import { HALF_LIMB, LIMB, type Tensors } from '../../reference/tensors.ts';
import { proveTrain, type TrainHooks } from '../../reference/train.ts';
import { headOf, randomTrain, type TrainDeviation, type TrainRun, train } from '../../reference/train-run.ts';

/** Three classes and a padded one, or one output; three rows and a padded one. */
const [N, PADDED, EPS] = [4, 3, 20n];
const SHAPE = { rows: 3, batch: 2, lr: 3, smoothing: Number(EPS) };
/** A bias that moves a logit by one. */
const LOGIT = 2n ** 23n;

/** What a lie may change of a run of any network; W and b are by layer. */
type HeadRun = Pick<TrainRun, 'W' | 'b' | 'Y' | 'ofHead' | 'statedHead' | 'statedSmoothing'>;

export interface Cheat {
  head?: ReferenceHead;
  outputs?: number;
  /** parent and rows, before they are trained on; the last argument is the layer of the output */
  parent?: (run: HeadRun, output: number) => void;
  deviation?: Pick<TrainDeviation, 'head'> & { outputDelta?: (output: Tensors, x: number) => void };
  /** the run, before it is proved */
  run?: (run: HeadRun) => void;
  hooks?: Omit<TrainHooks, 'run'>;
}

/** Who tells the lies: a network with three inputs of each output and as many outputs as there are to be. */
interface HeadSetting {
  program: 'train' | 'convTrain';
  /** layer of the output */
  output: number;
  prove: (cheat: Cheat, settings: { head: ReferenceHead; smoothing: number; outputs: number }) => Reference;
  /** gives a run the tensors of another head */
  headOf: (run: HeadRun, head: ReferenceHead) => void;
}
export const settingsOf = ({ head = 'softmax', outputs = 3 }: Cheat) => ({
  ...SHAPE,
  head,
  outputs,
  smoothing: head === 'squared error' ? 0 : SHAPE.smoothing,
});

export const trained = (cheat: Cheat, random: Random): TrainRun => {
  const { outputs, ...shape } = settingsOf(cheat);
  const run = randomTrain(random, { ...shape, widths: [3, outputs] });
  cheat.parent?.(run, 4);
  train(run, cheat.deviation as TrainDeviation | undefined);
  return run;
};
export const prove = (cheat: Cheat): Reference => {
  const random = new Random(7);
  return proveTrain(random, trained(cheat, random), { ...cheat.hooks, run: cheat.run });
};

/** A deviation in one row alone. */
export const inRow = (
  stage: keyof HeadDeviation,
  change: (row: HeadRow) => void,
  s = 0,
): Pick<TrainDeviation, 'head'> => ({
  head: {
    [stage]: (row: HeadRow, at: number) => {
      if (at === s) change(row);
    },
  },
});

/** Logits that are the same in every row of the first step. */
const logits =
  (...values: bigint[]) =>
  (run: HeadRun, output: number): void => {
    run.W[output].fill(0n);
    values.forEach((v, i) => {
      run.b[output][i] = v * LOGIT;
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

/** Lies about relations and claims of a setting's program. */
class Teller {
  readonly numbers: (typeof NUMBERING)['train' | 'convTrain'];
  readonly setting: HeadSetting;

  constructor(setting: HeadSetting) {
    this.setting = setting;
    this.numbers = NUMBERING[setting.program];
  }

  readonly prove = (cheat: Cheat): Reference => this.setting.prove(cheat, settingsOf(cheat));
  readonly proves = (cheat: Cheat) => (hooks: AnyHooks) =>
    this.prove({ ...cheat, hooks: { ...cheat.hooks, ...hooks } });

  #lie(name: string, cheat: Cheat, rest: Omit<Lie, 'name' | 'prove'>): HeadLie {
    return { name, prove: () => this.prove(cheat), again: this.proves(cheat), ...rest };
  }

  readonly relation = (name: string, index: number, cheat: Cheat): HeadLie =>
    this.#lie(name, cheat, { relations: [index], fails: 'batch' });
  readonly claim = (name: string, index: number, cheat: Cheat): HeadLie =>
    this.#lie(name, cheat, { claims: [index], fails: 'reduction' });

  /** Something that is in no table: the LogUp sum is false, or else the lookup that is forged for it, or the table. */
  readonly unlisted = (name: string, cheat: Cheat, helper: 'hF' | 'hR' | 'hP', x = 0): HeadLie[] => {
    const { relations: R } = this.numbers;
    const [table, index] = helper === 'hF' ? (['g2', R.table2] as const) : (['g', R.table] as const);
    return [
      this.relation(name, R.logUp, cheat),
      this.relation(`${name}, its lookup forged so that the sum is right`, R[helper], {
        ...cheat,
        hooks: { ...cheat.hooks, ...balanced(helper, x) },
      }),
      this.relation(`${name}, the table forged so that the sum is right`, index, {
        ...cheat,
        hooks: { ...cheat.hooks, ...balanced(table, x) },
      }),
    ];
  };
}

const leastOf = ({ logits: q }: HeadRow) => range(3).reduce((least, i) => (q[i] < q[least] ? i : least), 0);
const greatestOf = ({ w }: HeadRow) => w.indexOf(1n);
/** The class whose logit is said to be the largest. */
export const crown = (row: HeadRow, i: number) => {
  row.w.fill(0n);
  row.w[i] = 1n;
  row.M = row.logits[i];
};

const first = ({ numbers: { relations: R, claims: C }, relation, claim, unlisted }: Teller): HeadLie[] => [
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
const powers = ({ numbers: { relations: R, claims: C }, relation, claim, unlisted }: Teller): HeadLie[] => [
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
const division = ({ numbers: { relations: R }, relation, unlisted }: Teller): HeadLie[] => [
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
    'a fraction of the field as the probability of a padded class, which trains nothing',
    atPadding((t, x) => (t.P[x] = mod(t.P[x] - nudge(t.r0, x) * inverse(2n * t.Sum[0])))),
    'hP',
    PADDED * N,
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

const sigmoid = ({ numbers: { relations: R }, relation, unlisted }: Teller): HeadLie[] =>
  [1, 3].flatMap((outputs) => {
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
      relation(
        `another smoothing than stated, sigmoid, ${name}`,
        R.error,
        of({ run: (r) => (r.statedSmoothing = 21) }),
      ),
      relation(`another label, sigmoid, ${name}`, R.error, of({ run: (r) => (r.Y[0] = 512n - r.Y[0]) })),
    ];
  });

/** The delta of an output of the first row. */
const deltaAt = (delta: string, x: number, value: (D: bigint) => bigint): Cheat['deviation'] => ({
  outputDelta: (o, at) => {
    if (at === x) o[delta][at] = value(o[delta][at]);
  },
});
const errors = ({ numbers: { relations: R }, relation, setting }: Teller): HeadLie[] => {
  const delta = `D${setting.output}`;
  return [
    relation('another smoothing than stated', R.error, { run: (r) => (r.statedSmoothing = 21) }),
    relation('no smoothing where one is stated', R.error, { run: (r) => (r.statedSmoothing = 0) }),
    ...(['softmax', 'sigmoid'] as const).flatMap((head) => [
      relation(`smoothing on a padded class, ${head}`, R.error, {
        head,
        deviation: deltaAt(delta, PADDED * N, () => -EPS),
      }),
      relation(`a delta off by one, ${head}`, R.error, { head, deviation: deltaAt(delta, N, (d) => d + 1n) }),
      relation(`a padded row that trains, ${head}`, R.error, {
        head,
        deviation: deltaAt(delta, PADDED, () => 9n),
      }),
    ]),
    relation('the probability of a padded class trained on, sigmoid', R.error, {
      head: 'sigmoid',
      deviation: { ...inRow('probabilities', ({ P }) => (P[PADDED] = 5n)), ...deltaAt(delta, PADDED * N, () => 5n) },
    }),
    ...HEADS.flatMap((head) =>
      HEADS.filter((other) => other !== head).map((stated) =>
        relation(`${head} where the shape says ${stated}`, R.error, {
          head,
          run: (r) => {
            r.statedHead = stated;
            if (stated === 'squared error') r.statedSmoothing = 0;
            setting.headOf(r, stated);
          },
        }),
      ),
    ),
  ];
};

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
const tables = ({ numbers: { relations: R }, relation }: Teller): HeadLie[] => [
  relation('a limb passed off as a pair', R.logUp, { parent: NEAR, hooks: moved(-1) }),
  relation('a pair passed off as a limb', R.logUp, { parent: NEAR, hooks: moved(1) }),
  relation('a limb that is a pair if alpha is guessed', R.logUp, guessed()),
  ...(['hR', 'hP', 'hF'] as const).map((name) =>
    relation(`lookup ${name} that is no inverse`, R[name], { hooks: forged(name) }),
  ),
  relation('a table of pairs that is no inverse', R.table2, { hooks: forged('g2') }),
  relation('a pair too many', R.logUp, { hooks: { multiplicities: (_, mult2) => mult2![9]++ } }),
];

const { evaluations: OWN } = NUMBERING.train;
export const OF_SIGMOID: readonly number[] = [OWN.P, OWN.hF, OWN.g2, OWN.mult2, OWN.F];
/** Of softmax every evaluation of a head enters the batch, which one that is made up can then make hold. */
const evaluations = ({ numbers: { relations: R, evaluations: E }, proves }: Teller): HeadLie[] => {
  const ofSigmoid: readonly number[] = [E.P, E.hF, E.g2, E.mult2, E.F];
  return [
    ...madeUp(E.names, R.logUp, proves({})).slice(E.M),
    ...madeUp(E.names, R.logUp, proves({ head: 'sigmoid' })).filter((_, i) => ofSigmoid.includes(i)),
  ];
};

export function headLies(setting: HeadSetting): HeadLie[] {
  const teller = new Teller(setting);
  return [first, powers, division, sigmoid, errors, tables, evaluations].flatMap((list) => list(teller));
}

export const HEAD_LIES: HeadLie[] = headLies({
  program: 'train',
  output: 4,
  prove,
  headOf: (run, head) => headOf(run as TrainRun, head),
});
