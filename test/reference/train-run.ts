// The tensors of program train in plain integers (design, section 1), in the circuit's numbering: layers 1..4, the last
// is the output, absent layers come first and are all zero.

import { log2Up, type Random, range, zeros } from './algebra.ts';
import {
  HEAD_TENSORS,
  type HeadDeviation,
  type HeadTensor,
  headFactors,
  headPresence,
  headRow,
  restLimbs,
  weighedTarget,
} from './heads.ts';
import { aligned, type ReferenceHead } from './sizes.ts';
import { FRACTION, floorDiv, HALF_LIMB, LIMB, UNIT } from './tensors.ts';

export interface TrainShape {
  /** real widths n_0..n_L */
  widths: number[];
  /** rows of the shard, any number */
  rows: number;
  /** rows of a step and passes over the shard: powers of two, a step of at most the padded rows */
  batch: number;
  passes?: number;
  lr: number;
  head?: ReferenceHead;
  /** eps, the target of a wrong class in units of 2^-fd */
  smoothing?: number;
  /** any number of labels a row instead of one; unless told, as the head would have it */
  labels?: boolean;
}

export const HIDDEN = ['A', 'V', 'm', 'D', 'T', 'R0', 'R1', 'S0', 'S1'] as const;
export type Hidden = Record<(typeof HIDDEN)[number], bigint[]>;
export type Output = Record<'Q' | 'U0' | 'U1' | 'D4', bigint[]>;

/** Everything a train prover holds before it commits; hooks may change anything. */
export interface TrainRun extends Required<TrainShape> {
  /** n'_0..n'_4, presence p_0..p_4, a_0..a_4 */
  n: number[];
  p: bigint[];
  a: number[];
  /** padded rows of the shard: 2^sigma; bits of a trace row: sigma and those of the passes */
  sigma: number;
  bits: number;
  /** row bits that number the steps; honest: the upper ones */
  stepBits: number[];
  /** by layer 1..4: [i, j] with j low, and [i]; entry 0 is unused */
  W: bigint[][];
  b: bigint[][];
  childW: bigint[][];
  childB: bigint[][];
  /** [j, s] and [i, s] with s low, 2^sigma rows */
  X: bigint[];
  Y: bigint[];
  /** by layer 1..3, [i, s] with 2^bits rows; entry 0 is unused */
  hidden: Hidden[];
  output: Output;
  /** tensors of the head, those that it has */
  ofHead: Partial<Record<HeadTensor, bigint[]>>;
  /** what the statement names */
  statedLr: bigint;
  statedRows: number;
  statedHead: ReferenceHead;
  statedSmoothing: number;
}

/** What a cheating trainer does differently while training. */
export interface TrainDeviation {
  /** the rate really used for step k and layer l */
  rate?: (k: number, l: number, what: 'W' | 'b') => bigint;
  /** the row of the shard that row s of the trace reads */
  row?: (s: number) => number;
  /** changes a unit of a hidden layer, of the output or of a hidden layer's deltas before anything is computed from it */
  forward?: (layer: Hidden, x: number, l: number) => void;
  output?: (output: Output, x: number) => void;
  backward?: (layer: Hidden, x: number, l: number) => void;
  /** changes what the head makes of a row, and the deltas of the output */
  head?: HeadDeviation;
  outputDelta?: (output: Output, x: number) => void;
  /** changes a hidden unit's delta itself */
  delta?: (layer: Hidden, x: number, l: number) => void;
}

/** round(Z) and the remainder Z + 2^(f-1) - 2^f round(Z). */
export const round = (Z: bigint): [bigint, bigint] => {
  const y = floorDiv(Z + FRACTION / 2n, FRACTION);
  return [y, Z + FRACTION / 2n - y * FRACTION];
};

/** A random parent and shard, and the run on them. */
export function randomTrain(random: Random, shape: TrainShape, deviation: TrainDeviation = {}): TrainRun {
  const { widths, rows, batch, passes = 1, head = 'squared error', smoothing = 0 } = shape;
  const labels = shape.labels ?? head === 'sigmoid';
  const { n, p } = aligned(widths);
  const a = n.map(log2Up);
  const sigma = log2Up(rows);
  const S = 2 ** sigma;
  const bits = sigma + log2Up(passes);
  const run: TrainRun = {
    ...{ widths, rows, batch, passes, lr: shape.lr, head, smoothing, labels },
    n,
    p,
    a,
    sigma,
    bits,
    stepBits: range(bits).slice(log2Up(batch)),
    W: [[]],
    b: [[]],
    childW: [[]],
    childB: [[]],
    X: zeros(S * 2 ** a[0]),
    Y: zeros(S * 2 ** a[4]),
    hidden: [{} as Hidden],
    output: {} as Output,
    ofHead: {},
    statedLr: BigInt(shape.lr),
    statedRows: rows,
    statedHead: head,
    statedSmoothing: smoothing,
  };
  const signed = (size: number) => BigInt(random.below(2 ** size) - 2 ** (size - 1));
  for (let l = 1; l <= 4; l++) {
    run.W[l] = zeros(2 ** (a[l] + a[l - 1]));
    run.b[l] = zeros(2 ** a[l]);
    if (p[l])
      for (let i = 0; i < n[l]; i++) {
        run.b[l][i] = signed(30);
        for (let j = 0; j < n[l - 1]; j++) run.W[l][i * 2 ** a[l - 1] + j] = signed(32);
      }
  }
  for (let s = 0; s < rows; s++) {
    for (let j = 0; j < n[0]; j++) run.X[j * S + s] = BigInt(random.below(1023) - 511);
    if (labels) for (let i = 0; i < n[4]; i++) run.Y[i * S + s] = UNIT * BigInt(random.below(2));
    else run.Y[random.below(n[4]) * S + s] = UNIT;
  }
  train(run, deviation);
  return run;
}

/** What a head makes of a run's logits is written to. */
export interface HeadTarget {
  bits: number;
  classes: number;
  classBits: number;
  Q: readonly bigint[];
  ofHead: Partial<Record<HeadTensor, bigint[]>>;
}

/** Tensors of a head, of zeros. */
export function blankHead(
  { bits, classBits }: Pick<HeadTarget, 'bits' | 'classBits'>,
  head: ReferenceHead,
): HeadTarget['ofHead'] {
  const there = HEAD_TENSORS.filter((name) => headPresence(name, headFactors(head)) === 1n);
  return Object.fromEntries(
    there.map((name) => [name, zeros(2 ** (name === 'M' || name === 'Sum' ? bits : bits + classBits))]),
  );
}

/** Fills the tensors of the head for row s from its logits. */
export function endRow(target: HeadTarget, s: number, head: ReferenceHead, deviation?: HeadDeviation): void {
  const { M, Sum, w, e, P, r0, r1, z1 } = target.ofHead;
  const N = 2 ** target.bits;
  const logits = range(2 ** target.classBits).map((i) => target.Q[i * N + s] - HALF_LIMB);
  const row = headRow(head, logits, target.classes, s, deviation);
  if (M && Sum) [M[s], Sum[s]] = [row.M, row.Sum];
  logits.forEach((_, i) => {
    const x = i * N + s;
    if (P) P[x] = row.P[i];
    if (w && e) [w[x], e[x]] = [row.w[i], row.e[i]];
    if (r0 && r1 && z1) ({ r0: r0[x], r1: r1[x], z1: z1[x] } = restLimbs(row, row.rest[i]));
  });
}

/** The delta of an output with the target y. */
export function deltaOf(
  { bits, classes, Q, ofHead }: HeadTarget,
  { head, smoothing }: { head: ReferenceHead; smoothing: number },
  x: number,
  y: bigint,
): bigint {
  const eps = BigInt(smoothing);
  const target = weighedTarget(headFactors(head), classes, eps, y);
  if (head === 'squared error') return 4n * (Q[x] - HALF_LIMB) - target;
  return (x < classes * 2 ** bits ? ofHead.P![x] - eps : 0n) - target;
}

const targetOf = ({ bits, n, a, output, ofHead }: TrainRun): HeadTarget => ({
  bits,
  classes: n[4],
  classBits: a[4],
  Q: output.Q,
  ofHead,
});

/** The tensors that another head would have for the logits of a run. */
export function headOf(run: TrainRun, head: ReferenceHead): void {
  run.ofHead = blankHead(targetOf(run), head);
  for (let s = 0; s < 2 ** run.bits; s++) endRow(targetOf(run), s, head);
}

/** The number that the bits at these positions of a row make. */
export const pick = (row: number, positions: readonly number[]): number =>
  positions.reduce((v, t, i) => v + ((row >> t) & 1) * 2 ** i, 0);

/** Fills the tensors of a run from its weights and rows. */
export function train(
  run: TrainRun,
  { rate = () => BigInt(run.lr), row, forward, output, backward, head, outputDelta, delta }: TrainDeviation = {},
): void {
  const { a, p, X, Y } = run;
  const [S, N] = [2 ** run.sigma, 2 ** run.bits];
  const source = row ?? ((s: number) => s % S);
  const first = p.indexOf(1n);
  const W = run.W.map((w) => [...w]);
  const b = run.b.map((v) => [...v]);
  for (let l = 1; l < 4; l++)
    run.hidden[l] = Object.fromEntries(HIDDEN.map((name) => [name, zeros(N * 2 ** a[l])])) as Hidden;
  const outputs = () => zeros(N * 2 ** a[4]);
  run.output = { Q: outputs(), U0: outputs(), U1: outputs(), D4: outputs() };
  run.ofHead = blankHead(targetOf(run), run.head);
  const target = targetOf(run);
  const D = [[], ...range(3).map((l) => run.hidden[l + 1].D), run.output.D4];
  const input = (l: number, j: number, s: number) =>
    l === first ? X[j * S + source(s)] : run.hidden[l - 1].A[j * N + s];
  for (let k = 0; k < 2 ** run.stepBits.length; k++) {
    const rows = range(N).filter((s) => pick(s, run.stepBits) === k);
    for (const s of rows) {
      for (let l = first; l <= 4; l++)
        for (let i = 0; i < 2 ** a[l]; i++) {
          let Z = b[l][i] * UNIT;
          for (let j = 0; j < 2 ** a[l - 1]; j++) Z += W[l][i * 2 ** a[l - 1] + j] * input(l, j, s);
          const [Q, r] = round(Z);
          const x = i * N + s;
          if (l < 4) {
            const t = run.hidden[l];
            [t.A[x], t.V[x], t.m[x]] = [Q > 0n ? Q : 0n, Q < 0n ? -Q : Q, Q > 0n ? 1n : 0n];
            [t.R0[x], t.R1[x]] = [r % LIMB, r / LIMB];
            forward?.(t, x, l);
          } else {
            const o = run.output;
            [o.Q[x], o.U0[x], o.U1[x]] = [Q + HALF_LIMB, r % LIMB, r / LIMB];
            output?.(o, x);
          }
        }
      endRow(target, s, run.head, head);
      for (let i = 0; i < 2 ** a[4]; i++) {
        const x = i * N + s;
        // a deviation that sets D4 itself keeps it
        if (run.output.D4[x] === 0n && s % S < run.rows)
          run.output.D4[x] = deltaOf(target, run, x, Y[i * S + source(s)]);
        outputDelta?.(run.output, x);
      }
      for (let l = 3; l >= first; l--)
        for (let j = 0; j < 2 ** a[l]; j++) {
          let E = 0n;
          for (let i = 0; i < 2 ** a[l + 1]; i++) E += W[l + 1][i * 2 ** a[l] + j] * D[l + 1][i * N + s];
          const [T, r] = round(E);
          const x = j * N + s;
          const t = run.hidden[l];
          [t.T[x], t.S0[x], t.S1[x]] = [T + HALF_LIMB, r % LIMB, r / LIMB];
          backward?.(t, x, l);
          t.D[x] = t.m[x] * (t.T[x] - HALF_LIMB);
          delta?.(t, x, l);
        }
    }
    for (let l = first; l <= 4; l++)
      for (let i = 0; i < 2 ** a[l]; i++)
        for (const s of rows) {
          const d = D[l][i * N + s];
          b[l][i] -= rate(k, l, 'b') * UNIT * d;
          for (let j = 0; j < 2 ** a[l - 1]; j++) W[l][i * 2 ** a[l - 1] + j] -= rate(k, l, 'W') * d * input(l, j, s);
        }
  }
  run.childW = W;
  run.childB = b;
}
