// Reference prover of program data (protocol, section 5).

import { NUMBERING } from '../../src/generated/numbering.ts';
import { eqTable, evaluate, inverse, log2Up, mod, powers, type Random, range, squares, zeros } from './algebra.ts';
import {
  type Claim,
  digests,
  type Instance,
  layout,
  layoutWords,
  open,
  ReferenceTranscript,
  type Slot,
  sumcheck,
  table,
} from './argument.ts';
import { HALF_LIMB, type Hooks, LIMB, type Proved, slotOf, tableEntries, vector } from './common.ts';

const { oracles: O, trace: T, helper: H, relations: R, evaluations: E, claims: C } = NUMBERING.data;
const DIGEST = NUMBERING.shared.digests;

export interface DataShape {
  inputs: number;
  outputs: number;
  rows: number;
  classes: boolean;
}

/** What a data prover holds before it commits; hooks may change anything. */
export interface DataRun extends DataShape {
  sigma: number;
  in: number;
  out: number;
  /** [j, s], s low */
  X: bigint[];
  /** [i, s], s low */
  Y: bigint[];
  /** the class bit of the descriptor, default: that of `classes` */
  cls?: bigint;
}

export function randomData(random: Random, shape: DataShape): DataRun {
  const { inputs, outputs, rows, classes } = shape;
  const [sigma, a, b] = [log2Up(rows), log2Up(inputs), log2Up(outputs)];
  const S = 2 ** sigma;
  const [X, Y] = [zeros(S * 2 ** a), zeros(S * 2 ** b)];
  for (let s = 0; s < rows; s++) {
    for (let j = 0; j < inputs; j++) X[j * S + s] = BigInt(random.below(2 ** 14) - 2 ** 13);
    if (classes) Y[random.below(outputs) * S + s] = 512n;
    else for (let i = 0; i < outputs; i++) Y[i * S + s] = BigInt(random.below(2 ** 14) - 2 ** 13);
  }
  return { ...shape, sigma, in: a, out: b, X, Y };
}

/** Circuit inputs for a run, honest or not. */
export function proveData(random: Random, run: DataRun, hooks: Hooks<DataRun> = {}): Proved {
  hooks.run?.(run);
  const { sigma, X, Y } = run;
  const S = 2 ** sigma;
  const cls = run.cls ?? (run.classes ? 1n : 0n);
  const { h, nonce } = digests(random);
  const send = hooks.message ?? ((_: string, m: bigint[]) => m);

  // 1. layouts and multiplicities
  const shardLayout = layout([
    ['X', sigma + run.in],
    ['Y', sigma + run.out],
    ['salt', 0],
  ]);
  const traceLayout = layout([['mult', 14]]);
  const helperLayout = layout([
    ['hX', sigma + run.in],
    ['hY', sigma + run.out],
    ['g', 14],
    ['random', 0],
  ]);
  const slots: Record<string, Slot> = {
    X: slotOf(shardLayout.offsets.X, sigma + run.in),
    Y: slotOf(shardLayout.offsets.Y, sigma + run.out),
    mult: slotOf(traceLayout.offsets.mult, 14),
    hX: slotOf(helperLayout.offsets.hX, sigma + run.in),
    hY: slotOf(helperLayout.offsets.hY, sigma + run.out),
    g: slotOf(helperLayout.offsets.g, 14),
  };
  hooks.slots?.(slots);
  const lifted = [X, Y].map((t) => t.map((v) => mod(v + HALF_LIMB)));
  const mult = zeros(2 ** 14);
  for (const v of lifted.flat()) if (v < LIMB) mult[Number(v)]++;
  hooks.multiplicities?.(mult);
  const oracles = [
    vector(shardLayout.length, [
      [shardLayout.offsets.X, X],
      [shardLayout.offsets.Y, Y],
      [shardLayout.offsets.salt, [random.element()]],
    ]),
    vector(traceLayout.length, [[traceLayout.offsets.mult, mult]]),
  ];

  // 2. challenges
  const transcript = new ReferenceTranscript(h[DIGEST.statement]);
  const traceOffset = T.names.map((name) => slots[name].bits);
  const helperOffset = H.names.map((name) => slots[name].bits);
  const beta = transcript.absorb([h[DIGEST.trace], ...layoutWords(traceOffset)]);
  const [hX, hY] = lifted.map((t) => t.map((v) => inverse(beta - v)));
  const g = mult.map((m, k) => (m === 0n ? 0n : mod(m * inverse(beta - BigInt(k)))));
  oracles.push(
    vector(helperLayout.length, [
      [helperLayout.offsets.hX, hX],
      [helperLayout.offsets.hY, hY],
      [helperLayout.offsets.g, g],
      [helperLayout.offsets.random, [random.element()]],
    ]),
  );
  hooks.oracles?.(oracles);
  const tau = squares(
    transcript.absorb([h[DIGEST.helper], ...layoutWords(helperOffset)]),
    NUMBERING.data.squares.count,
  );
  const lambda = powers(transcript.absorb([nonce[NUMBERING.shared.nonces.lambda]]), R.count);

  // 3. batch 1
  const instances: Instance[] = [];
  const at = (n: number) => [...range(sigma), ...range(n).map((t) => 12 + t)];
  const tensors = [
    { t: X, n: run.in, helper: hX, size: run.inputs, e: E.X, eh: E.hX, padding: R.paddingX, lookup: R.rangeX },
    { t: Y, n: run.out, helper: hY, size: run.outputs, e: E.Y, eh: E.hY, padding: R.paddingY, lookup: R.rangeY },
  ];
  const evaluations: (() => bigint)[] = [];
  const rho = { point: [] as bigint[] };
  for (const { t, n, helper, size, ...numbers } of tensors) {
    const p = at(n);
    const eq = table(p, eqTable([...tau.slice(0, sigma), ...tau.slice(12, 12 + n)]));
    const real = range(S * 2 ** n).map((x) => (x % S < run.rows && Math.floor(x / S) < size ? 1n : 0n));
    const T = table(p, t);
    const H = table(p, helper);
    const add = (i: number, terms: Instance['terms']) => instances.push({ weight: lambda[i], positions: p, terms });
    add(numbers.padding, [
      {
        coefficient: 1n,
        factors: [
          eq,
          T,
          table(
            p,
            real.map((v) => 1n - v),
          ),
        ],
      },
    ]);
    if (t === Y)
      add(R.label, [
        {
          coefficient: cls,
          factors: [
            eq,
            T,
            table(
              p,
              t.map((v) => v - 512n),
            ),
          ],
        },
      ]);
    add(numbers.lookup, [
      {
        coefficient: 1n,
        factors: [
          eq,
          H,
          table(
            p,
            t.map((v) => beta - v - HALF_LIMB),
          ),
        ],
      },
      { coefficient: -1n, factors: [eq] },
    ]);
    add(R.logUp, [{ coefficient: 1n, factors: [H] }]);
    evaluations[numbers.e] = () =>
      evaluate(
        t.map(mod),
        p.map((i) => rho.point[i]),
      );
    evaluations[numbers.eh] = () =>
      evaluate(
        helper,
        p.map((i) => rho.point[i]),
      );
  }
  instances.push(...tableEntries(tau.slice(0, 14), beta, g, mult, lambda[R.table], lambda[R.logUp]));
  evaluations[E.g] = () => evaluate(g, rho.point.slice(0, 14));
  evaluations[E.mult] = () => evaluate(mult, rho.point.slice(0, 14));
  const batch1 = sumcheck(instances, 24, 3, transcript, (round, m) => send(`batch1 ${round}`, m));
  rho.point = batch1.point;
  const evals1 = send(
    'evals1',
    evaluations.map((v) => v()),
  );

  // 4. claims
  const challenge = transcript.absorb(evals1);
  const point = (n: number) => at(n).map((i) => rho.point[i]);
  const single = (
    oracle: number,
    slot: Slot,
    p: readonly (bigint | 'ones')[],
    value: bigint,
    coefficient = 1n,
  ): Claim => ({
    value,
    terms: [{ oracle, slot, point: p, coefficient }],
  });
  const claims: Claim[] = [];
  claims[C.X] = single(O.shard, slots.X, point(run.in), evals1[E.X]);
  claims[C.Y] = single(O.shard, slots.Y, point(run.out), evals1[E.Y]);
  claims[C.hX] = single(O.helper, slots.hX, point(run.in), evals1[E.hX]);
  claims[C.hY] = single(O.helper, slots.hY, point(run.out), evals1[E.hY]);
  claims[C.g] = single(O.helper, slots.g, rho.point.slice(0, 14), evals1[E.g]);
  claims[C.mult] = single(O.trace, slots.mult, rho.point.slice(0, 14), evals1[E.mult]);
  // the value, cls 2^fa le_rows(tau), is the circuit's own
  const rowSums = [...tau.slice(0, sigma), ...range(run.out).map(() => 'ones' as const)];
  claims[C.rowSums] = single(O.shard, slots.Y, rowSums, 0n, cls);
  const verifier = new ReferenceTranscript(transcript.state);
  const opened = open(oracles, claims, transcript, { rho: challenge, h, nonce, interfere: send });
  for (const message of opened.reduce) verifier.absorb(message);
  const { state } = verifier;

  const shardOffset = NUMBERING.shared.shard.names.map((name) => slots[name].bits);
  const word = (offset: readonly bigint[], shift: number) =>
    offset.reduce((w, b, t) => w + b * 2n ** BigInt(shift + t), 0n);
  const shard =
    BigInt(run.inputs - 1) +
    (BigInt(run.outputs - 1) << 12n) +
    (BigInt(run.rows - 1) << 24n) +
    (cls << 36n) +
    word(slots.X.bits, 37) +
    word(slots.Y.bits, 59);
  return {
    state,
    opened,
    inputs: {
      h,
      shard: mod(shard),
      inputs1: BigInt(run.inputs - 1),
      outputs1: BigInt(run.outputs - 1),
      rows1: BigInt(run.rows - 1),
      classes: cls,
      shardOffset,
      traceOffset,
      helperOffset,
      nonce,
      batch1: batch1.messages,
      evals1,
      ...opened,
    },
  };
}
