// Cheats on programs infer and convInfer: another model, other rows, other results, and what is said to be public of them.

import { NUMBERING } from '../../../src/generated/numbering.ts';
import { inverse, mod } from '../../reference/algebra.ts';
import type { ConvInferHooks } from '../../reference/infer.ts';
import type { Inferences } from '../../reference/infer-verifier.ts';
import { MISCOUNTED, nudge } from '../../reference/lies.ts';
import type { Values } from '../../reference/merge.ts';
import type { Asked } from '../inferences.ts';
import type { InferLie } from './infer.ts';

/** What a cheat does, the same for both programs. */
type Hooks = InferLie & { used?: <Model extends Values>(committed: Model) => Model } & Pick<
    ConvInferHooks,
    'reads' | 'read'
  >;

export interface InferCheat {
  name: string;
  asked?: Asked;
  hooks: Hooks;
  /** what the circuit refuses */
  violated: string[];
  /** what the contract refuses of the statement where all checks of the circuit are made to hold */
  contract?: string[];
}

/** A network of one hidden layer and three outputs on three rows of four; the first feature that is padding. */
interface Setting {
  program: Inferences;
  hidden: number;
  padded: number;
}
const ROWS = 4;
const COMMITTED: Asked = { inputs: 'committed' };
const HIDDEN: Asked = { inputs: 'committed', shown: false };
const LOGIT = 2n ** 23n;

const cheat = (name: string, hooks: Hooks, violated: string[], more: Partial<InferCheat> = {}): InferCheat => ({
  name,
  hooks,
  violated,
  ...more,
});

/** A rounded value of one unit of one row. */
const rounded = (layer: number, by: bigint): Hooks => ({
  round: (l, i, s, Q) => (l === layer && i === 0 && s === 1 ? Q + by : Q),
});
/** The first hidden unit that is positive, or not. */
const rectified = (layer: number, positive: boolean, to: (at: { m: bigint; V: bigint; A?: bigint }) => void): Hooks => {
  let first: string | undefined;
  return {
    rectify: (l, i, s, at) => {
      if (l !== layer || (at.m === 1n) !== positive || at.V === 0n) return;
      first ??= `${i} ${s}`;
      if (first === `${i} ${s}`) to(at);
    },
  };
};
/** An entry of a committed vector that is another than was read. */
const swapped = (oracle: string, at = 0): Hooks => ({
  committed: (name, { vector }) => {
    if (name === oracle) vector[at] = mod(vector[at] + 1n);
  },
});
const BATCH = ['batch'];
const REDUCTION = ['reduction'];
const BOTH = ['batch', 'reduction'];

/** What the network is, and what it is run on. */
function statementCheats({ program, hidden, padded }: Setting): InferCheat[] {
  const output = program === 'infer' ? 4 : 6;
  const last: Hooks['used'] = (own) => ({
    ...own,
    W: own.W.with(
      -1,
      own.W.at(-1)!.map((w, at) => (at ? w : w + LOGIT)),
    ),
  });
  const biased =
    (layer: number): Hooks['used'] =>
    (own) => ({
      ...own,
      b: own.b.with(
        layer,
        own.b.at(layer)!.map((v, at) => (at ? v : v + LOGIT)),
      ),
    });
  return [
    cheat('another model: one weight of the last layer', { used: last }, REDUCTION),
    cheat('another model: a bias of the first layer', { used: biased(0) }, REDUCTION),
    cheat('another model: a bias of the last layer', { used: biased(-1) }, REDUCTION),
    cheat('an entry of the model that is another than was used', swapped('model'), REDUCTION),
    cheat('a public input that is another than was read', swapped('input'), REDUCTION),
    cheat('an input of a registered shard that is another than was read', swapped('input'), REDUCTION, {
      asked: { inputs: 'shard' },
    }),
    cheat('a committed input that is another than was read', swapped('input'), REDUCTION, { asked: COMMITTED }),
    cheat('an input of 2^15', { run: ({ shard }) => (shard.X[0] = 2n ** 15n) }, BATCH, { asked: COMMITTED }),
    cheat('an input of -2^15 - 1', { run: ({ shard }) => (shard.X[0] = -(2n ** 15n) - 1n) }, BATCH, { asked: HIDDEN }),
    cheat('an input on a row that is padding', { run: ({ shard }) => (shard.X[ROWS - 1] = 5n) }, BATCH, {
      asked: COMMITTED,
    }),
    cheat('an input on a feature that is padding', { run: ({ shard }) => (shard.X[padded * ROWS] = 5n) }, BATCH, {
      asked: COMMITTED,
    }),
    cheat('a public input on a row that is padding', { run: ({ shard }) => (shard.X[ROWS - 1] = 5n) }, REDUCTION),
    cheat('a forward sum of an absent layer', { sums: (sums) => (sums[0] = 1n) }, BOTH),
    cheat(
      'a forward sum of the hidden layer',
      { sums: (sums) => (sums[hidden - 1] = mod(sums[hidden - 1] + 1n)) },
      BOTH,
    ),
    cheat('a forward sum of the output', { sums: (sums) => (sums[output - 1] = mod(sums[output - 1] + 1n)) }, BOTH),
  ];
}

/** What is made of it, layer by layer. */
function passCheats({ program, hidden }: Setting): InferCheat[] {
  const output = program === 'infer' ? 4 : 6;
  const [V, m, R1] = ['V', 'm', 'R1'].map((name) => `${name}_${hidden}`);
  return [
    cheat('an output rounded up by one', rounded(output, 1n), BATCH),
    cheat('an output rounded down by one', rounded(output, -1n), BATCH),
    cheat('a hidden value rounded up by one', rounded(hidden, 1n), BATCH),
    cheat('a hidden value rounded down by one', rounded(hidden, -1n), BATCH),
    cheat(
      'an output rounded up by one, its lookup forged so that the sum is right',
      {
        ...rounded(output, 1n),
        helper: ({ hQ }, beta, { U1 }) => (hQ[1] = mod(hQ[1] - inverse(mod(beta - U1[1])))),
      },
      BATCH,
    ),
    cheat(
      'an output rounded up by one, the table forged so that the sum is right',
      {
        ...rounded(output, 1n),
        helper: ({ g }, beta, { U1 }) => (g[7] = mod(g[7] + inverse(mod(beta - U1[1])))),
      },
      BATCH,
    ),
    cheat('a limb that is counted once more than it occurs', MISCOUNTED, BATCH),
    cheat(
      'a negative hidden value let through',
      rectified(hidden, false, (at) => {
        [at.m, at.V] = [1n, -at.V];
      }),
      BATCH,
    ),
    cheat(
      'a positive hidden value cut off',
      rectified(hidden, true, (at) => {
        [at.m, at.V] = [0n, -at.V];
      }),
      BATCH,
    ),
    cheat(
      'a hidden value that is not its sign times its size',
      rectified(hidden, true, (at) => {
        [at.A, at.V] = [at.V + 1n, at.V + 2n];
      }),
      BATCH,
    ),
    cheat('a remainder that is another', { trace: (t) => (t[R1][0] += 1n) }, REDUCTION),
    cheat('a size that is another', { trace: (t) => (t[V][t[m].indexOf(1n)] += 1n) }, BOTH),
    cheat('the slot of Q pointed at U0', { slots: (s) => (s.Q.bits = s.U0.bits) }, REDUCTION),
    cheat('a misaligned slot of V', { slots: (s) => (s[V].bits = s[V].bits.with(0, 1n)) }, REDUCTION),
    cheat(
      'a misaligned slot of the multiplicities',
      { slots: (s) => (s.mult.bits = s.mult.bits.with(0, 1n)) },
      REDUCTION,
    ),
  ];
}

/** What is said of its outputs, and of what is public. */
function shownCheats({ program }: Setting): InferCheat[] {
  const { evaluations: E } = NUMBERING[program];
  const made = (index: number): Hooks => ({
    message: (stage, m) => (stage === 'evals1' ? m.with(index, mod(m[index] + 1n)) : m),
  });
  return [
    cheat('one output that is another', { trace: ({ O }) => nudge(O, 0) }, BATCH),
    cheat('one output that is another and not public', { trace: ({ O }) => nudge(O, 0) }, BATCH, { asked: HIDDEN }),
    cheat('an output on a row that is padding', { trace: ({ O }) => nudge(O, ROWS - 1) }, BATCH, { asked: HIDDEN }),
    cheat('an output that is padding', { trace: ({ O }) => nudge(O, 3 * ROWS) }, BATCH, { asked: HIDDEN }),
    cheat('a public output that is padding', { trace: ({ O }) => nudge(O, 3 * ROWS) }, BOTH),
    cheat('an entry of the outputs that is another than was made', swapped('output'), REDUCTION),
    cheat('one public output stated other than it is', { stated: ({ outputs }) => nudge(outputs!, 1) }, REDUCTION),
    cheat('one public input stated other than it is', { stated: ({ inputs }) => nudge(inputs!, 1) }, REDUCTION),
    cheat(
      'two rows of public outputs exchanged',
      { stated: ({ outputs }) => outputs!.push(...outputs!.splice(0, 3)) },
      REDUCTION,
    ),
    cheat('a row of public outputs left out', { stated: ({ outputs }) => outputs!.splice(6) }, REDUCTION, {
      contract: ['outputs'],
    }),
    cheat(
      'a row more than was read',
      {
        stated: (stated) => {
          stated.inputs!.push(0n, 0n, 0n);
          stated.outputs!.push(0n, 0n, 0n);
        },
      },
      [],
      { contract: ['inputs', 'outputs'] },
    ),
    ...(['inputs', 'outputs'] as const).flatMap((name) => [
      cheat(
        `public ${name} at another point than the challenge`,
        { values: (values, tau) => (values[name] = mod(values[name] * tau[0])) },
        REDUCTION,
        { contract: [name] },
      ),
      cheat(
        `${name} at the challenge though they are not public`,
        { values: (values) => (values[name] = 1n) },
        REDUCTION,
        {
          asked: HIDDEN,
          contract: [name],
        },
      ),
    ]),
    cheat('a lookup of inputs whose range is not asked', made(E.hX), BOTH),
    cheat('the outputs at the point, made up', made(E.O), BOTH),
    cheat('the inputs at the point, made up', made(E.X), BOTH, { asked: COMMITTED }),
    cheat('weights of an absent layer', made(E.W(1)), REDUCTION),
    cheat('a hidden value of an absent layer', made(E.A(1)), BOTH),
  ];
}

export const inferCheats = (setting: Setting): InferCheat[] => [
  ...statementCheats(setting),
  ...passCheats(setting),
  ...shownCheats(setting),
];

/** What a kernel reads of pictures. */
export const readCheats = (hidden: number): InferCheat[] => [
  cheat(
    'a pixel that a kernel reads as another',
    {
      read: (l, { u, v }, value) => (l === hidden && u + v === 0 ? value + 1n : value),
    },
    REDUCTION,
  ),
  cheat(
    'a kernel that reads one line further',
    {
      reads: (_, { l, axis }, d, u, y) => (l === hidden && axis === 1 ? u === y + d : u === y + d - 1),
    },
    REDUCTION,
  ),
];
