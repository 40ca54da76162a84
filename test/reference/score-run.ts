// The tensors of program score in plain integers (protocol, section 11): the forward pass, and what its outputs are worth.

import { log2Up, mod, range, sum, zeros } from './algebra.ts';
import { headFactors } from './heads.ts';
import type { ReferenceWeights } from './models.ts';
import type { ReferenceShard } from './shards.ts';
import { layersOf, type ReferenceHead, type ReferenceLayer } from './sizes.ts';
import { EXP, LOSS } from './tables.ts';
import { FRACTION, floorDiv, floorMod, HALF_LIMB, LIMB, real, type Tensors, UNIT } from './tensors.ts';

/** Tensors of the trace that say what the outputs are worth, in the order in which they are made. */
export const MEASURED = ['L', 'B', 'G', 'N', 'c', 't', 'H', 'P', 'p', 'LP', 'K', 'Z', 'E', 'S'] as const;
export type Measured = (typeof MEASURED)[number];

/** What a cheat does differently. */
export interface ScoreDeviation {
  /** changes a rounded value Q of circuit layer l before everything that follows from it */
  round?: (l: number, i: number, s: number, Q: bigint) => bigint;
  /** changes m, V and A of a hidden unit; A is m V unless it says otherwise */
  rectify?: (l: number, i: number, s: number, at: { m: bigint; V: bigint; A?: bigint }) => void;
  /** weights of the forward pass and its sums, where they are not the committed ones */
  used?: (committed: ReferenceWeights) => ReferenceWeights;
  /** changes a tensor before everything that follows from it */
  after?: Partial<Record<Measured, (tensor: bigint[], all: Tensors) => void>>;
}

/** What a prover chooses to state. */
export interface Stated {
  /** places that count as top */
  k?: number;
  /** whether counts are shown */
  counts?: boolean;
}

/** What the measures are made of: the outputs of any network, and the shard. */
export interface Scored {
  shard: ReferenceShard;
  /** outputs, and log2 of their padded number */
  out: { rows: number; high: number };
  sigma: number;
  /** padded rows */
  S: number;
  k: bigint;
  /** cls, lab, and what is left of 1 */
  kind: { classes: bigint; labels: bigint; regression: bigint };
  /** s0, s1, s2 */
  heads: bigint[];
  tensors: Tensors;
}

export interface ScoreRun extends Scored {
  weights: ReferenceWeights;
  /** those of the forward pass */
  used: ReferenceWeights;
  layers: ReferenceLayer[];
  /** In_l by layer */
  inputs: Record<number, bigint[]>;
}

/** A rounded value and what is left, and what a hidden layer makes of it; a cheat may change all. */
export function roundedValue(
  { round, rectify }: Pick<ScoreDeviation, 'round' | 'rectify'>,
  [l, i, s]: readonly [number, number, number],
  Z: bigint,
): { Q: bigint; R0: bigint; R1: bigint; m: bigint; V: bigint; A: bigint } {
  const exact = floorDiv(Z + FRACTION / 2n, FRACTION);
  const Q = round?.(l, i, s, exact) ?? exact;
  const rest = Z + FRACTION / 2n - FRACTION * Q;
  const R0 = floorMod(rest, LIMB);
  const flag: { m: bigint; V: bigint; A?: bigint } = { m: Q > 0n ? 1n : 0n, V: Q > 0n ? Q : -Q };
  rectify?.(l, i, s, flag);
  return { Q, R0, R1: (rest - R0) / LIMB, m: flag.m, V: flag.V, A: flag.A ?? flag.m * flag.V };
}

/** The forward pass, rounded layer by layer. */
function forward({ layers, used, S, inputs, tensors, shard }: ScoreRun, deviation: ScoreDeviation): void {
  let A = shard.X;
  for (const { l, own, low, high } of layers) {
    inputs[l] = A;
    const [Q, R0, R1] = range(3).map(() => zeros(2 ** high * S));
    const next = { A: zeros(Q.length), V: zeros(Q.length), m: zeros(Q.length) };
    for (const i of range(2 ** high))
      for (const s of range(S)) {
        const at = i * S + s;
        const Z =
          sum(range(2 ** low).map((j) => used.W[own][i * 2 ** low + j] * inputs[l][j * S + s])) + UNIT * used.b[own][i];
        const made = roundedValue(deviation, [l, i, s], Z);
        [Q[at], R0[at], R1[at]] = [made.Q, made.R0, made.R1];
        [next.m[at], next.V[at], next.A[at]] = [made.m, made.V, made.A];
      }
    if (l < 4) {
      for (const name of ['A', 'V', 'm'] as const) tensors[`${name}_${l}`] = next[name];
      [tensors[`R0_${l}`], tensors[`R1_${l}`]] = [R0, R1];
      A = next.A;
    } else {
      tensors.Q = Q.map((q) => q + HALF_LIMB);
      [tensors.U0, tensors.U1] = [R0, R1];
    }
  }
}

/** The least Z with sum_i EXP[Z - Q_i] <= 2^16. */
export function logOfSum(logits: readonly bigint[]): bigint {
  for (let Z = logits.reduce((a, b) => (a > b ? a : b)); ; Z++)
    if (sum(logits.map((q) => EXP[Number(Z - q)] ?? 0n)) <= LIMB) return Z;
}

/** The index of hF (section 11, Log-loss). */
export function indexOf({ heads: [, s1, s2], tensors: { Q, Z }, S, shard }: Scored): bigint[] {
  return Q.map((q, at) => {
    const onehot = shard.Y[at] / UNIT;
    return s1 === 1n ? Z[at % S] - q + HALF_LIMB : s2 * ((1n - 2n * onehot) * (q - HALF_LIMB) + HALF_LIMB);
  });
}

/** What the outputs are worth, each tensor from those before it. */
export function measure(run: Scored, { after = {} }: Pick<ScoreDeviation, 'after'>, shown: boolean): void {
  const { tensors: t, shard, S, out, k, heads } = run;
  const { classes: cls, labels: lab, regression } = run.kind;
  const n = BigInt(out.rows);
  const entries = range(2 ** out.high * S).map((at) => ({ at, i: Math.floor(at / S), s: at % S }));
  const isClass = real(out.rows, out.high);
  const isRow = real(shard.rows, run.sigma);
  const Q = t.Q.map((q) => q - HALF_LIMB);
  const onehot = shard.Y.map((y) => y / UNIT);
  const make = (name: Measured, values: bigint[]) => {
    t[name] = values;
    after[name]?.(values, t);
  };
  const byClass = (f: (e: { at: number; i: number; s: number }) => bigint) => entries.map(f);
  const byRow = (f: (s: number) => bigint) => range(S).map(f);
  const over = (f: readonly bigint[], s: number) => sum(range(2 ** out.high).map((i) => f[i * S + s]));
  const bit = (is: boolean) => (is ? 1n : 0n);
  const truth = cls + lab;

  // what is below the label, what is right, or the sign of an error
  make(
    'L',
    byRow((s) => cls * sum(range(out.rows).map((i) => onehot[i * S + s] * Q[i * S + s]))),
  );
  const margin = (at: number, s: number) =>
    cls * (t.L[s] - Q[at] - 1n + onehot[at]) + lab * ((2n * onehot[at] - 1n) * Q[at] - 1n);
  make(
    'B',
    byClass(({ at, i, s }) => isClass[i] * bit(truth === 1n ? margin(at, s) >= 0n : Q[at] >= shard.Y[at])),
  );
  make(
    'G',
    byClass(
      ({ at, i, s }) =>
        isClass[i] * t.B[at] * margin(at, s) + regression * isRow[s] * (2n * t.B[at] - 1n) * (Q[at] - shard.Y[at]),
    ),
  );
  make(
    'N',
    byRow((s) => over(t.B, s)),
  );
  make(
    'c',
    byRow((s) => truth * isRow[s] * bit(t.N[s] === n)),
  );
  make(
    't',
    byRow((s) => truth * isRow[s] * bit(t.N[s] >= n - k + 1n)),
  );
  make(
    'H',
    byRow((s) => t.t[s] * (t.N[s] - n + k - 1n)),
  );

  // what is predicted
  const leads = (at: number, s: number) =>
    range(out.rows).every((i) => i * S + s === at || Q[i * S + s] < Q[at]) && cls === 1n;
  make(
    'P',
    byClass(({ at, i, s }) => isClass[i] * isRow[s] * bit(shown) * bit(leads(at, s) || (lab === 1n && t.B[at] === 1n))),
  );
  make(
    'p',
    byRow((s) => over(t.P, s)),
  );
  make(
    'LP',
    byRow((s) => cls * sum(range(2 ** out.high).map((i) => t.P[i * S + s] * Q[i * S + s]))),
  );
  make(
    'K',
    byClass(({ at, i, s }) => cls * isClass[i] * t.p[s] * (t.LP[s] - Q[at] - 1n + t.P[at])),
  );

  // log-loss
  const [, s1, s2] = heads;
  if (s1 === 1n)
    make(
      'Z',
      byRow((s) => logOfSum(range(out.rows).map((i) => Q[i * S + s]))),
    );
  if (s1 + s2 === 0n) return;
  const index = indexOf(run);
  const column = s1 === 1n ? EXP : LOSS;
  make(
    'E',
    byClass(({ at, i }) => isClass[i] * (column[Number(index[at])] ?? 0n)),
  );
  if (s1 === 1n)
    make(
      'S',
      byRow((s) => LIMB - over(t.E, s)),
    );
}

/** What is known of a score before the forward pass. */
export function scored(
  shard: ReferenceShard,
  out: Scored['out'],
  head: ReferenceHead = 'squared error',
  k = Math.max(1, Math.min(5, out.rows - 1)),
): Scored {
  const sigma = log2Up(shard.rows);
  const [classes, labels] = [shard.classes, shard.labels].map((is) => (is ? 1n : 0n));
  return {
    shard,
    out,
    sigma,
    S: 2 ** sigma,
    k: BigInt(k),
    kind: { classes, labels, regression: 1n - classes - labels },
    heads: headFactors(head),
    tensors: {},
  };
}

/** Everything that a prover of a score commits to, but multiplicities. */
export function scoreRun(
  weights: ReferenceWeights,
  shard: ReferenceShard,
  deviation: ScoreDeviation,
  { k, counts = true }: Stated,
): ScoreRun {
  const layers = layersOf(weights.widths);
  const out = layers[layers.length - 1];
  const run: ScoreRun = {
    weights,
    used: deviation.used?.(weights) ?? weights,
    layers,
    ...scored(shard, out, weights.head, k),
    inputs: {},
  };
  forward(run, deviation);
  measure(run, deviation, counts);
  return run;
}

/** The results that no challenge decides, from the tensors as they are. */
export function resultsOf({ tensors: t, shard, sigma, S, kind, heads: [, s1, s2] }: Scored) {
  const isRow = real(shard.rows, sigma);
  const Q = t.Q.map((q) => q - HALF_LIMB);
  const overAll = (f: (at: number, s: number) => bigint) => mod(sum(Q.map((_, at) => isRow[at % S] * f(at, at % S))));
  const softmax = (at: number, s: number) => (shard.Y[at] / UNIT) * (128n * (t.Z[s] - Q[at]) - t.S[s]);
  return {
    right: mod(sum(t.c)),
    error: overAll((at) => (Q[at] - shard.Y[at]) ** 2n),
    top: mod((kind.classes + kind.labels) * sum(t.t)),
    absolute: mod(kind.regression * overAll((at) => t.G[at])),
    loss: overAll((at, s) => (s1 === 1n ? softmax(at, s) : s2 === 1n ? t.E[at] : 0n)),
  };
}

/** C(i, j) row by row where rows have classes, C(j) where they have labels. */
export function countsOf({ tensors: { P }, shard, out, S, kind }: Scored): bigint[] {
  const at = (f: readonly bigint[], i: number) => f.slice(i * S, (i + 1) * S);
  const n = range(out.rows);
  if (kind.labels === 1n) return n.map((j) => sum(at(P, j)));
  if (kind.classes === 0n) return [];
  return n.flatMap((i) => n.map((j) => sum(at(P, j).map((p, s) => (at(shard.Y, i)[s] / UNIT) * p))));
}
