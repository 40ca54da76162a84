// Reference prover of program data (protocol, section 5).

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
  const transcript = new ReferenceTranscript(h[0]);
  const traceOffset = [slots.mult.bits];
  const helperOffset = [slots.hX.bits, slots.hY.bits, slots.g.bits];
  const beta = transcript.absorb([h[1], ...layoutWords(traceOffset)]);
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
  const tau = squares(transcript.absorb([h[2], ...layoutWords(helperOffset)]), 24);
  const lambda = powers(transcript.absorb([nonce[0]]), 7);

  // 3. batch 1
  const instances: Instance[] = [];
  const at = (n: number) => [...range(sigma), ...range(n).map((t) => 12 + t)];
  const tensors = { X: [X, run.in, hX, run.inputs], Y: [Y, run.out, hY, run.outputs] } as const;
  const evaluations: (() => bigint)[] = [];
  const rho = { point: [] as bigint[] };
  Object.values(tensors).forEach(([t, n, helper, size], k) => {
    const p = at(n);
    const eq = table(p, eqTable([...tau.slice(0, sigma), ...tau.slice(12, 12 + n)]));
    const real = range(S * 2 ** n).map((x) => (x % S < run.rows && Math.floor(x / S) < size ? 1n : 0n));
    const T = table(p, t);
    const H = table(p, helper);
    const add = (i: number, terms: Instance['terms']) => instances.push({ weight: lambda[i], positions: p, terms });
    add(k, [
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
    if (k === 1)
      add(2, [
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
    add(3 + k, [
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
    add(6, [{ coefficient: 1n, factors: [H] }]);
    evaluations[k] = () =>
      evaluate(
        t.map(mod),
        p.map((i) => rho.point[i]),
      );
    evaluations[2 + k] = () =>
      evaluate(
        helper,
        p.map((i) => rho.point[i]),
      );
  });
  instances.push(...tableEntries(tau.slice(0, 14), beta, g, mult, lambda[5], lambda[6]));
  evaluations[4] = () => evaluate(g, rho.point.slice(0, 14));
  evaluations[5] = () => evaluate(mult, rho.point.slice(0, 14));
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
  const claims = [
    single(0, slots.X, point(run.in), evals1[0]),
    single(0, slots.Y, point(run.out), evals1[1]),
    single(2, slots.hX, point(run.in), evals1[2]),
    single(2, slots.hY, point(run.out), evals1[3]),
    single(2, slots.g, rho.point.slice(0, 14), evals1[4]),
    single(1, slots.mult, rho.point.slice(0, 14), evals1[5]),
    // the value, cls 2^fa le_rows(tau), is the circuit's own
    single(0, slots.Y, [...tau.slice(0, sigma), ...range(run.out).map(() => 'ones' as const)], 0n, cls),
  ];
  const verifier = new ReferenceTranscript(transcript.state);
  const opened = open(oracles, claims, transcript, { rho: challenge, h, nonce, interfere: send });
  for (const message of opened.reduce) verifier.absorb(message);
  const { state } = verifier;

  const shardOffset = [slots.X.bits, slots.Y.bits];
  const word = (offset: readonly bigint[], shift: number) =>
    offset.reduce((w, b, t) => w + b * 2n ** BigInt(shift + t), 0n);
  const shard =
    BigInt(run.inputs - 1) +
    (BigInt(run.outputs - 1) << 12n) +
    (BigInt(run.rows - 1) << 24n) +
    (cls << 36n) +
    word(shardOffset[0], 37) +
    word(shardOffset[1], 59);
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
