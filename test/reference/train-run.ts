// The tensors of program train in plain integers (design, section 1), in the circuit's numbering: layers 1..4, the last
// is the output, absent layers come first and are all zero.

import { log2Up, type Random, range, zeros } from './algebra.ts';
import { FRACTION, HALF_LIMB, LIMB } from './common.ts';

export interface TrainShape {
  /** real widths n_0..n_L */
  widths: number[];
  /** rows of a step, steps: powers of two */
  batch: number;
  steps: number;
  lr: number;
}

export const HIDDEN = ['A', 'V', 'm', 'D', 'T', 'R0', 'R1', 'S0', 'S1'] as const;
export type Hidden = Record<(typeof HIDDEN)[number], bigint[]>;

/** Everything a train prover holds before it commits; hooks may change anything. */
export interface TrainRun extends TrainShape {
  /** n'_0..n'_4, presence p_0..p_4, a_0..a_4 */
  n: number[];
  p: bigint[];
  a: number[];
  sigma: number;
  /** row bits that number the steps; honest: the upper ones */
  stepBits: number[];
  /** by layer 1..4: [i, j] with j low, and [i]; entry 0 is unused */
  W: bigint[][];
  b: bigint[][];
  childW: bigint[][];
  childB: bigint[][];
  X: bigint[];
  Y: bigint[];
  /** by layer 1..3; entry 0 is unused */
  hidden: Hidden[];
  output: { Q: bigint[]; U0: bigint[]; U1: bigint[] };
  /** the rate the statement names */
  statedLr: bigint;
}

/** What a cheating trainer does differently while training. */
export interface TrainDeviation {
  /** the rate really used for step k and layer l */
  rate?: (k: number, l: number, what: 'W' | 'b') => bigint;
  /** changes a unit of a hidden layer, of the output or of a hidden layer's deltas before anything is computed from it */
  forward?: (layer: Hidden, x: number, l: number) => void;
  output?: (output: TrainRun['output'], x: number) => void;
  backward?: (layer: Hidden, x: number, l: number) => void;
}

const floorDiv = (x: bigint, d: bigint): bigint => (x - (((x % d) + d) % d)) / d;
/** round(Z) and the remainder Z + 2^(f-1) - 2^f round(Z). */
export const round = (Z: bigint): [bigint, bigint] => {
  const y = floorDiv(Z + FRACTION / 2n, FRACTION);
  return [y, Z + FRACTION / 2n - y * FRACTION];
};

/** A random parent and shard, and the run on them. */
export function randomTrain(random: Random, shape: TrainShape, deviation: TrainDeviation = {}): TrainRun {
  const { widths, batch, steps } = shape;
  const L = widths.length - 1;
  const n = [...Array<number>(5 - L).fill(widths[0]), ...widths.slice(1)];
  const p = range(5).map((l) => (l > 4 - L ? 1n : 0n));
  const a = n.map(log2Up);
  const S = batch * steps;
  const size = (l: number) => zeros(S * 2 ** a[l]);
  const run: TrainRun = {
    ...shape,
    n,
    p,
    a,
    sigma: log2Up(S),
    stepBits: range(log2Up(steps)).map((t) => log2Up(batch) + t),
    W: [[]],
    b: [[]],
    childW: [[]],
    childB: [[]],
    X: size(0),
    Y: size(4),
    hidden: [{} as Hidden],
    output: { Q: size(4), U0: size(4), U1: size(4) },
    statedLr: BigInt(shape.lr),
  };
  const signed = (bits: number) => BigInt(random.below(2 ** bits) - 2 ** (bits - 1));
  for (let l = 1; l <= 4; l++) {
    run.W[l] = zeros(2 ** (a[l] + a[l - 1]));
    run.b[l] = zeros(2 ** a[l]);
    if (p[l])
      for (let i = 0; i < n[l]; i++) {
        run.b[l][i] = signed(26);
        for (let j = 0; j < n[l - 1]; j++) run.W[l][i * 2 ** a[l - 1] + j] = signed(28);
      }
  }
  for (let s = 0; s < S; s++) {
    for (let j = 0; j < n[0]; j++) run.X[j * S + s] = BigInt(random.below(512));
    run.Y[random.below(n[4]) * S + s] = 512n;
  }
  train(run, deviation);
  return run;
}

/** The number that the bits at these positions of a row make. */
export const pick = (row: number, positions: readonly number[]): number =>
  positions.reduce((v, t, i) => v + ((row >> t) & 1) * 2 ** i, 0);

/** Fills the tensors of a run from its weights and rows. */
export function train(
  run: TrainRun,
  { rate = () => BigInt(run.lr), forward, output, backward }: TrainDeviation = {},
): void {
  const { a, p, X, Y, batch, steps } = run;
  const S = batch * steps;
  const first = p.indexOf(1n);
  const W = run.W.map((w) => [...w]);
  const b = run.b.map((v) => [...v]);
  for (let l = 1; l < 4; l++)
    run.hidden[l] = Object.fromEntries(HIDDEN.map((name) => [name, zeros(S * 2 ** a[l])])) as Hidden;
  const D = range(5).map((l) => zeros(S * 2 ** a[l]));
  const input = (l: number) => (l === first ? X : run.hidden[l - 1].A);
  for (let k = 0; k < steps; k++) {
    const rows = range(S).filter((s) => pick(s, run.stepBits) === k);
    for (const s of rows) {
      for (let l = first; l <= 4; l++)
        for (let i = 0; i < 2 ** a[l]; i++) {
          let Z = b[l][i] * 512n;
          for (let j = 0; j < 2 ** a[l - 1]; j++) Z += W[l][i * 2 ** a[l - 1] + j] * input(l)[j * S + s];
          const [Q, r] = round(Z);
          const x = i * S + s;
          if (l < 4) {
            const t = run.hidden[l];
            [t.A[x], t.V[x], t.m[x]] = [Q > 0n ? Q : 0n, Q < 0n ? -Q : Q, Q > 0n ? 1n : 0n];
            [t.R0[x], t.R1[x]] = [r % LIMB, r / LIMB];
            forward?.(t, x, l);
          } else {
            run.output.Q[x] = Q + HALF_LIMB;
            [run.output.U0[x], run.output.U1[x]] = [r % LIMB, r / LIMB];
            output?.(run.output, x);
            D[4][x] = 4n * (run.output.Q[x] - HALF_LIMB - Y[x]);
          }
        }
      for (let l = 3; l >= first; l--)
        for (let j = 0; j < 2 ** a[l]; j++) {
          let E = 0n;
          for (let i = 0; i < 2 ** a[l + 1]; i++) E += W[l + 1][i * 2 ** a[l] + j] * D[l + 1][i * S + s];
          const [T, r] = round(E);
          const x = j * S + s;
          const t = run.hidden[l];
          [t.T[x], t.S0[x], t.S1[x]] = [T + HALF_LIMB, r % LIMB, r / LIMB];
          backward?.(t, x, l);
          t.D[x] = D[l][x] = t.m[x] * (t.T[x] - HALF_LIMB);
        }
    }
    for (let l = first; l <= 4; l++)
      for (let i = 0; i < 2 ** a[l]; i++)
        for (const s of rows) {
          const d = D[l][i * S + s];
          b[l][i] -= rate(k, l, 'b') * 512n * d;
          for (let j = 0; j < 2 ** a[l - 1]; j++)
            W[l][i * 2 ** a[l - 1] + j] -= rate(k, l, 'W') * d * input(l)[j * S + s];
        }
  }
  run.childW = W;
  run.childB = b;
}
