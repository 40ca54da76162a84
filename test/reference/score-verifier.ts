// Program score as its verifier sees it (protocol, section 11): sizes, what the batch must be at its point, claims.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { eqAt, inverse, leAt, mod, range } from './algebra.ts';
import type { Claim, Part, Slot } from './argument.ts';
import { pointAt, positions } from './batch.ts';
import { addTable } from './data.ts';
import {
  type AddRelation,
  type Challenges,
  claimOf,
  claimTerm,
  type ReferenceMessages,
  type VerifiedProgram,
} from './run.ts';
import { element, type ModelView, modelView, rows, seen, shardView } from './sizes.ts';
import { TABLE_SLOTS } from './tables.ts';
import { FRACTION, HALF_LIMB, type Inputs, LIMB, LIMB_BITS, UNIT } from './tensors.ts';

const FEATURES = 12;
/** x^(4096 i): bit t of a label weighs the square number 12 + t. */
const COUNTED = 12;
const TRACED = ['A', 'V', 'm', 'R0', 'R1'] as const;
/** Tensors of the output's size, and those with one entry a row. */
export const OUTPUTS = ['Q', 'U0', 'U1', 'B', 'G', 'P', 'K', 'E'] as const;
export const ROWS = ['L', 'N', 'c', 't', 'H', 'p', 'LP', 'Z', 'S'] as const;
const TABLE: readonly string[] = ['mult', 'mult2', 'g', 'g2'];
const OF_ROWS: readonly string[] = [...ROWS, 'hS'];
const OF_SOFTMAX: readonly string[] = ['Z', 'S'];
const OF_FUNCTIONS: readonly string[] = ['E', 'hF', 'mult2', 'g2'];
/** Units of the log-loss in one of the logits. */
const LOGIT = 2n ** 7n;

/** log2 of a slot of trace or helper, and the factor that it starts from. */
export function scoreSizeOf(
  name: string,
  {
    sigma,
    layer: { bits, present: own },
    heads: [, s1, s2],
  }: { sigma: number; layer: { bits: number; present: bigint }; heads: readonly bigint[] },
): [log2: number, present: bigint] {
  let present = own;
  if (OF_SOFTMAX.includes(name)) present = s1;
  if (OF_FUNCTIONS.includes(name)) present = mod(s1 + s2);
  if (present === 0n) return [0, present];
  if (TABLE.includes(name)) return [LIMB_BITS, present];
  return [OF_ROWS.includes(name) ? sigma : sigma + bits, present];
}

/** The layer that a tensor is of by its name. */
export const layerIn = (name: string, output: number): number => (/_\d$/.test(name) ? Number(name.slice(-1)) : output);

export function sizeOf(
  name: string,
  { sigma, a, p, heads }: Pick<ModelView, 'a' | 'p' | 'heads'> & { sigma: number },
): [log2: number, present: bigint] {
  const l = layerIn(name, 4);
  return scoreSizeOf(name, { sigma, layer: { bits: a[l], present: p[l] }, heads });
}

export type Scores = 'score' | 'convScore';
/** Programs with a forward pass of a fixed model. */
export type Passes = Scores | 'infer' | 'convInfer';

/** What a verifier knows of any network and the shard beside its own sizes. */
export interface ScoreView {
  p: readonly bigint[];
  heads: readonly bigint[];
  slots: Record<string, Slot>;
  shard: ReturnType<typeof shardView>;
  k: bigint;
  trace: Record<string, Slot>;
  helper: Record<string, Slot>;
}

/** In what the passes of dense and of convolutional networks differ. */
export interface PassKind<V> {
  rounds: number;
  /** layer of the output */
  output: number;
  /** first position of the features */
  features: number;
  /** classes, and log2 of their padded number */
  classes: (view: V) => { count: number; bits: number };
  /** positions of a tensor of a layer, and of its forward sum */
  tensorAt: (view: V, l: number) => number[];
  sumAt: (view: V, l: number) => number[];
  /** what the product of weights and inputs has as a factor in the forward sum, and the bias in the forward claim */
  sumFactor: (view: V, l: number, c: Challenges) => bigint;
  biasFactor: (view: V, l: number, c: Challenges) => bigint;
  /** r_i on the bits of a layer's units */
  units: (view: V, l: number, c: Challenges) => bigint[];
  /** the point of the forward claim, that of the weights' claim, and what stands behind the rows in the inputs' claim */
  place: (view: V, l: number, c: Challenges) => bigint[];
  weights: (view: V, l: number, c: Challenges) => bigint[];
  taken: (view: V, l: number, c: Challenges) => Part[];
}

/** The fields that the sums must have, and what is wrong with them. */
export function statedSums(program: Scores, inputs: Inputs, shard: ReturnType<typeof shardView>): string[] {
  const { sums: SUM } = NUMBERING[program];
  const sums = inputs.sums as bigint[] | undefined;
  const failed: string[] = [];
  if (!sums) return failed;
  const [right, error] = [sums[SUM.right], sums[SUM.error]];
  if (mod(error + (shard.classes + shard.labels) * (right - error)) !== element(inputs, 'result'))
    failed.push('result');
  for (const name of ['loss', 'absolute', 'top'] as const)
    if (mod(sums[SUM[name]]) !== element(inputs, name)) failed.push(name);
  return failed;
}

type View = ModelView & ScoreView;

function view(inputs: Inputs): View {
  const { trace: T, helper: H } = NUMBERING.score;
  const model = modelView(inputs);
  const shard = shardView(inputs);
  const failed = [...model.failed, ...shard.failed, ...statedSums('score', inputs, shard)];
  if (shard.inputs !== model.n[0]) failed.push('inputs');
  if (shard.outputs !== model.n[4]) failed.push('outputs');
  const sizes = { ...model, sigma: shard.sigma };
  const slotsOf = (names: readonly string[], offsets: bigint[][]) =>
    Object.fromEntries(names.map((name, i): [string, Slot] => [name, seen(offsets[i], ...sizeOf(name, sizes))]));
  return {
    ...model,
    shard,
    k: element(inputs, 'k'),
    failed,
    trace: slotsOf(T.names, rows(inputs, 'traceOffset')),
    helper: slotsOf(H.names, rows(inputs, 'helperOffset')),
  };
}

/** What passes have in common of their views. */
export interface PassView {
  p: readonly bigint[];
  slots: Record<string, Slot>;
  shard: { sigma: number };
  trace: Record<string, Slot>;
  helper: Record<string, Slot>;
}

type Lookup = (index: number, where: readonly number[], helper: bigint, limbs: bigint[], present?: bigint) => void;

/** The forward sums, the hidden layers and the output's limbs. @returns what adds a lookup of three limbs */
export function passBatch<V extends PassView>(
  program: Passes,
  kind: PassKind<V>,
  v: V,
  c: Challenges,
  e: readonly bigint[],
  add: AddRelation,
): Lookup {
  const { relations: R, evaluations: E } = NUMBERING[program];
  const { beta, squares: tau, point } = c;
  const at = (l: number) => kind.tensorAt(v, l);
  const eqOf = (p: readonly number[]) => eqAt(pointAt(p, tau), pointAt(p, point));
  const layers = range(kind.output).map((l) => l + 1);
  for (const l of layers) add(R.F1(l), kind.sumAt(v, l), kind.sumFactor(v, l, c) * mod(e[E.W(l)] * e[E.In(l)]));
  const lookup: Lookup = (index, where, helper, limbs, present = 1n) => {
    const [x, y, z] = limbs.map((k) => mod(beta - k));
    add(index, where, eqOf(where) * mod(helper * mod(x * y) * z - present * (x * y + x * z + y * z)));
    add(R.logUp, where, helper);
  };
  for (const l of layers.slice(0, -1)) {
    const [A, V, m, R0, R1] = TRACED.map((x) => e[E[x](l)]);
    const here = eqOf(at(l));
    add(R.bit(l), at(l), here * mod(m * m - m));
    add(R.active(l), at(l), here * mod(A - m * V));
    lookup(R.h(l), at(l), e[E.h(l)], [V - m, R0, R1], v.p[l]);
  }
  lookup(R.hQ, at(kind.output), e[E.hQ], [e[E.Q], e[E.U0], e[E.U1]]);
  return lookup;
}

/** Claims on weights and inputs, the hidden tensors and the forward relations. @param X where the inputs stand */
export function passClaims<V extends PassView>(
  program: Passes,
  kind: PassKind<V>,
  v: V,
  X: Slot,
  c: Challenges,
  { sums, evals1: e }: Pick<ReferenceMessages, 'sums' | 'evals1'>,
  out: Claim[],
): void {
  const { oracles: O, squares: SQ, sums: SUM, evaluations: E, claims: C } = NUMBERING[program];
  const { squares: tau, point } = c;
  const rs = tau.slice(SQ.rs.from, SQ.rs.to).slice(0, v.shard.sigma);
  const traced = (name: string, p: readonly Part[], k = 1n) => claimTerm(O.trace, v.trace[name], p, k);
  const at = (l: number) => pointAt(kind.tensorAt(v, l), point);
  const input = 'shard' in O ? O.shard : O.input;
  for (const l of range(kind.output).map((k) => k + 1)) {
    out[C.W(l)] = claimOf(e[E.W(l)], claimTerm(O.model, v.slots[`W_${l}`], kind.weights(v, l, c)));
    const taken = [...rs, ...kind.taken(v, l, c)];
    out[C.In(l)] = claimOf(
      e[E.In(l)],
      ...(l > 1 ? [traced(`A_${l - 1}`, taken)] : []),
      claimTerm(input, X, taken, v.p[l] - v.p[l - 1]),
    );
    const z = kind.place(v, l, c);
    const rounded =
      l < kind.output
        ? [
            traced(`A_${l}`, z, -2n * FRACTION),
            traced(`V_${l}`, z, FRACTION),
            traced(`R0_${l}`, z, -1n),
            traced(`R1_${l}`, z, -LIMB),
          ]
        : [traced('Q', z, -FRACTION), traced('U0', z, -1n), traced('U1', z, -LIMB)];
    const constant = FRACTION / 2n + (l === kind.output ? FRACTION * HALF_LIMB : 0n);
    const bias = claimTerm(O.model, v.slots[`b_${l}`], kind.units(v, l, c), UNIT * kind.biasFactor(v, l, c));
    out[C.forward(l)] = claimOf(-sums[SUM.F1(l)] - constant * v.p[l], bias, ...rounded);
    if (l === kind.output) continue;
    for (const x of TRACED) out[C[x](l)] = claimOf(e[E[x](l)], traced(`${x}_${l}`, at(l)));
    out[C.h(l)] = claimOf(e[E.h(l)], claimTerm(O.helper, v.helper[`h_${l}`], at(l)));
  }
}

/** The verifier's side of a score. */
export function scoreProgram<V extends ScoreView>(
  program: Scores,
  kind: PassKind<V>,
  view: (inputs: Inputs) => V & { failed: string[] },
): VerifiedProgram<V> {
  const { oracles: O, squares: SQ, sums: SUM, relations: R, evaluations: E, claims: C } = NUMBERING[program];
  const layers = range(kind.output).map((l) => l + 1);

  const claimed = ({ shard }: V, sums: readonly bigint[]): Record<number, bigint> => {
    const out: Record<number, bigint> = {
      [R.labelled]: mod(shard.classes * UNIT * sums[SUM.labelled]),
      [R.predicted]: mod(shard.classes * sums[SUM.predicted]),
    };
    for (const name of ['right', 'error', 'top', 'absolute', 'loss', 'counts'] as const) out[R[name]] = sums[SUM[name]];
    for (const l of layers) out[R.F1(l)] = sums[SUM.F1(l)];
    return out;
  };

  function batch(v: V, c: Challenges, { evals1: e }: ReferenceMessages, add: AddRelation): void {
    const { beta, alpha, squares: tau, point } = c;
    const { sigma, classes: cls, labels: lab } = v.shard;
    const [, s1, s2] = v.heads;
    const at = (l: number) => kind.tensorAt(v, l);
    const eqOf = (p: readonly number[]) => eqAt(pointAt(p, tau), pointAt(p, point));
    const [outAt, rowAt] = [at(kind.output), range(sigma)];
    const [eq, eqS] = [eqOf(outAt), eqOf(rowAt)];
    const lookup = passBatch(program, kind, v, c, e, add);
    lookup(R.hG, outAt, e[E.hG], [e[E.G], e[E.K], 0n]);
    lookup(R.hS, rowAt, e[E.hS], [e[E.H], e[E.S], 0n]);

    const real = leAt(v.shard.rows, point.slice(0, sigma));
    const { count, bits } = kind.classes(v);
    const out = leAt(count, point.slice(kind.features, kind.features + bits));
    const n = BigInt(count);
    const [B, G, P, K, power] = (['B', 'G', 'P', 'K', 'E'] as const).map((x) => e[E[x]]);
    const [L, N, claimed, top, H, p, LP, Z, S] = ROWS.map((x) => e[E[x]]);
    const [Q, Y] = [e[E.Q] - HALF_LIMB, e[E.Y]];
    const onehot = mod(Y * inverse(UNIT));
    const regression = 1n - cls - lab;
    // results
    add(R.right, rowAt, claimed);
    add(R.error, outAt, real * mod((Q - Y) ** 2n));
    add(R.top, rowAt, (cls + lab) * top);
    add(R.absolute, outAt, regression * mod(real * G));
    add(R.loss, outAt, real * mod(s1 * onehot * mod(LOGIT * (Z - Q) - S) + s2 * power));
    add(R.counts, rowAt, mod(cls * e[E.Yx] * inverse(UNIT) + lab) * e[E.Px]);
    // margins
    const ofClass = L - Q - 1n + onehot;
    const ofLabel = (2n * onehot - 1n) * Q - 1n;
    const sign = regression * mod(real * (2n * B - 1n)) * mod(Q - Y);
    add(R.margin, outAt, eq * mod(G - mod(out * B) * mod(cls * ofClass + lab * ofLabel) - sign));
    add(R.lead, outAt, eq * mod(K - mod(cls * out * p) * mod(LP - Q - 1n + P)));
    add(R.belowBit, outAt, eq * mod(B * B - B));
    add(R.belowPadding, outAt, eq * mod(B * (1n - out)));
    add(R.predictedBit, outAt, eq * mod(P * P - P));
    add(R.predictedPadding, outAt, eq * mod(P * (1n - mod(real * out))));
    add(R.predictedLabel, outAt, eq * mod(lab * P * (1n - B)));
    add(R.powerPadding, outAt, eq * mod(power * (1n - out)));
    // rows
    add(R.predictedOne, rowAt, eqS * mod(cls * (p * p - p)));
    add(R.claimedBit, rowAt, eqS * mod(claimed * claimed - claimed));
    add(R.claimedPadding, rowAt, eqS * mod(claimed * (1n - real)));
    add(R.claimedAll, rowAt, eqS * mod(claimed * (n - N)));
    add(R.topBit, rowAt, eqS * mod(top * top - top));
    add(R.topPadding, rowAt, eqS * mod(top * (1n - real)));
    add(R.topRank, rowAt, eqS * mod(H - top * (N - n + v.k - 1n)));
    add(R.labelled, outAt, mod(cls * eqS) * mod(Y * Q));
    add(R.predicted, outAt, mod(cls * eqS) * mod(P * Q));
    // the function and the tables
    const index = s1 * (Z - Q) + s2 * mod(mod((1n - 2n * onehot) * Q) + HALF_LIMB);
    const pair = mod(beta - index - alpha * (power + alpha));
    add(R.hF, outAt, eq * mod(e[E.hF] * pair - (s1 + s2) * out));
    add(R.logUp, outAt, e[E.hF]);
    addTable(beta, tau, point, e[E.g], e[E.mult], R, add);
    const table = range(LIMB_BITS);
    const k = table.reduce((s, t) => s + point[t] * 2n ** BigInt(t), 0n);
    add(R.table2, table, eqOf(table) * mod(e[E.g2] * mod(beta - k - alpha * (e[E.F] + alpha)) - e[E.mult2]));
    add(R.logUp, table, -e[E.g2]);
  }

  function claims(v: V, c: Challenges, { sums, evals1: e }: ReferenceMessages): Claim[] {
    const { sigma } = v.shard;
    const { squares: tau, point } = c;
    const rs = tau.slice(SQ.rs.from, SQ.rs.to).slice(0, sigma);
    const out: Claim[] = Array.from({ length: C.count });
    const at = (l: number) => pointAt(kind.tensorAt(v, l), point);
    const traced = (name: string, p: readonly Part[], k = 1n) => claimTerm(O.trace, v.trace[name], p, k);
    const helped = (name: string, p: readonly bigint[]) => claimTerm(O.helper, v.helper[name], p);
    passClaims(program, kind, v, v.shard.X, c, { sums, evals1: e }, out);
    const rhoS = point.slice(0, sigma);
    for (const x of OUTPUTS) out[C[x]] = claimOf(e[E[x]], traced(x, at(kind.output)));
    for (const x of ROWS) out[C[x]] = claimOf(e[E[x]], traced(x, rhoS));
    for (const x of ['hQ', 'hG', 'hF'] as const) out[C[x]] = claimOf(e[E[x]], helped(x, at(kind.output)));
    out[C.hS] = claimOf(e[E.hS], helped('hS', rhoS));
    out[C.Y] = claimOf(e[E.Y], claimTerm(O.shard, v.shard.Y, at(kind.output)));
    const features = range(kind.classes(v).bits);
    const byLabel = features.map((t) => ({ power: tau[COUNTED + t] }));
    const byClass = features.map((t) => ({ power: tau[t] }));
    out[C.Yx] = claimOf(e[E.Yx], claimTerm(O.shard, v.shard.Y, [...rhoS, ...byLabel]));
    out[C.Px] = claimOf(e[E.Px], traced('P', [...rhoS, ...byClass]));
    const table = point.slice(0, LIMB_BITS);
    for (const x of ['g', 'g2'] as const) out[C[x]] = claimOf(e[E[x]], helped(x, table));
    for (const x of ['mult', 'mult2'] as const) out[C[x]] = claimOf(e[E[x]], traced(x, table));
    const [, s1, s2] = v.heads;
    const { EXP, LOSS } = TABLE_SLOTS;
    out[C.F] = claimOf(e[E.F], claimTerm(O.tables, EXP, table, s1), claimTerm(O.tables, LOSS, table, s2));
    out[C.labelled] = claimOf(sums[SUM.labelled], traced('L', rs));
    out[C.predicted] = claimOf(sums[SUM.predicted], traced('LP', rs));
    const summed = [...rs, ...features.map(() => 'ones' as const)];
    out[C.below] = claimOf(0n, traced('B', summed), traced('N', rs, -1n));
    out[C.predictedSum] = claimOf(0n, traced('P', summed), traced('p', rs, -1n));
    out[C.total] = claimOf(s1 * LIMB, traced('E', summed, s1), traced('S', rs));
    return out;
  }

  const late = (x: bigint, sums: readonly bigint[]) => ({ x, counts: sums[SUM.counts] });
  return { program, rounds: kind.rounds, degree: 5, view, claimed, batch, claims, late };
}

const points = ({ squares: tau, point }: Challenges) => ({
  rs: tau.slice(0, FEATURES),
  ri: tau.slice(FEATURES),
  rho: point.slice(FEATURES),
});

/** What is read of a dense network's sizes. */
type DenseSizes = Pick<ModelView, 'n' | 'a'> & { shard: { sigma: number } };

/** Networks of dense layers. */
export const DENSE_PASS: PassKind<DenseSizes> = {
  rounds: 24,
  output: 4,
  features: FEATURES,
  classes: (v) => ({ count: v.n[4], bits: v.a[4] }),
  tensorAt: (v, l) => positions(v.shard.sigma, v.a[l]),
  sumAt: (v, l) => range(v.a[l - 1]).map((t) => FEATURES + t),
  sumFactor: () => 1n,
  biasFactor: () => 1n,
  units: (v, l, c) => points(c).ri.slice(0, v.a[l]),
  place: (v, l, c) => [...points(c).rs.slice(0, v.shard.sigma), ...points(c).ri.slice(0, v.a[l])],
  weights: (v, l, c) => [...points(c).rho.slice(0, v.a[l - 1]), ...points(c).ri.slice(0, v.a[l])],
  taken: (v, l, c) => points(c).rho.slice(0, v.a[l - 1]),
};

export const SCORE: VerifiedProgram<View> = scoreProgram<View>('score', DENSE_PASS, view);
