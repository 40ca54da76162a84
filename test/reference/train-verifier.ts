// Program train as its verifier sees it (protocol, section 7): sizes, what the two batches must be at their points, claims.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { eqAt, leAt, log2Up, ltAt, mod, range } from './algebra.ts';
import type { Claim, Coordinate, Slot } from './argument.ts';
import { pointAt, positions } from './batch.ts';
import { HEAD_TENSORS, headPresence, targetWeight, WHOLE } from './heads.ts';
import {
  type AddRelation,
  type AddRelation2,
  type Challenges,
  claimOf,
  claimTerm,
  type ReferenceMessages,
  type VerifiedProgram,
} from './run.ts';
import { element, field, HIDDEN_LAYERS, isBits, LAYERS, type ModelView, modelView, pack, rows, seen } from './sizes.ts';
import { TABLE_SLOTS } from './tables.ts';
import { FRACTION, HALF_LIMB, type Inputs, LIMB, LIMB_BITS, UNIT } from './tensors.ts';

const {
  squares: SQ,
  sums: SUM,
  relations: R,
  evaluations: E,
  sums2: SUM2,
  relations2: R2,
  evaluations2: E2,
  claims: C,
  oracles: O,
  trace: T,
  helper: H,
} = NUMBERING.train;
/** Row bits come first, features from position 14 on. */
const FEATURES = 14;
/** 2^(fd - fa). */
const DELTA = 4n;
const TABLE: readonly string[] = ['mult', 'mult2', 'g', 'g2'];
const ROWS: readonly string[] = ['M', 'Sum'];

export const TRACED = ['A', 'V', 'm', 'D', 'T', 'R0', 'R1', 'S0', 'S1'] as const;
export const OUTPUTS = ['Q', 'U0', 'U1', 'D4'] as const;

export interface TrainView extends ModelView, SegmentView {
  trace: Record<string, Slot>;
  helper: Record<string, Slot>;
}

/** log2 of a slot of trace or helper, and the factor that it starts from. */
export function sizeOf(
  name: string,
  { bits, a, p, heads }: Pick<TrainView, 'bits' | 'a' | 'p' | 'heads'>,
): [log2: number, present: bigint] {
  const l = /_\d$/.test(name) ? Number(name.slice(-1)) : 4;
  const present = headPresence(name, heads) ?? p[l];
  if (present === 0n) return [0, present];
  if (TABLE.includes(name)) return [LIMB_BITS, present];
  return [ROWS.includes(name) ? bits : bits + a[l], present];
}

export type SegmentFields = Record<'lr' | 'rows1' | 'batchRows1' | 'traceRows1' | 'smoothing', bigint>;
export const segmentWord = (
  { lr, rows1, batchRows1, traceRows1, smoothing }: SegmentFields,
  offsets: readonly (readonly bigint[])[],
): bigint =>
  mod(lr + (rows1 << 17n) + (batchRows1 << 29n) + (traceRows1 << 41n) + pack(offsets, 55, 26) + (smoothing << 107n));

/** What a segment says, of a shard whose rows have 2^a and 2^b inputs and outputs. */
export interface SegmentView {
  lr: bigint;
  eps: bigint;
  rows: number;
  sigma: number;
  /** bits of a trace row, and which of them number the step */
  bits: number;
  stepBits: number[];
  X: Slot;
  Y: Slot;
}

/** @throws RangeError for a number that is none */
export function segmentView(inputs: Inputs, a: number, b: number): { segment: SegmentView; failed: string[] } {
  const failed: string[] = [];
  const lr = element(inputs, 'lr');
  if (lr >= 2n ** 17n) failed.push('range lr');
  const rows1 = field(element(inputs, 'rows1'), 12, 'rows1');
  const batchRows1 = field(element(inputs, 'batchRows1'), 12, 'batchRows1');
  const traceRows1 = field(element(inputs, 'traceRows1'), 14, 'traceRows1');
  const eps = BigInt(field(element(inputs, 'smoothing'), 8, 'smoothing'));
  const offsets = rows(inputs, 'shardOffset');
  if (!isBits(offsets)) failed.push('offsets');
  const [sigma, bits] = [log2Up(rows1 + 1), log2Up(traceRows1 + 1)];
  const isMask = (x: number) => (x & (x + 1)) === 0;
  if (!isMask(batchRows1) || batchRows1 >= 2 ** sigma) failed.push('batch rows');
  if (!isMask(traceRows1) || bits < sigma) failed.push('trace rows');
  const numbers = { rows1: BigInt(rows1), batchRows1: BigInt(batchRows1), traceRows1: BigInt(traceRows1) };
  if (segmentWord({ lr, smoothing: eps, ...numbers }, offsets) !== element(inputs, 'seg')) failed.push('seg');
  const stepBits = range(bits).filter((t) => ((batchRows1 >> t) & 1) === 0);
  const [X, Y] = [seen(offsets[0], sigma + a), seen(offsets[1], sigma + b)];
  return { segment: { lr, eps, rows: rows1 + 1, sigma, bits, stepBits, X, Y }, failed };
}

function view(inputs: Inputs): TrainView {
  const model = modelView(inputs);
  const { segment, failed } = segmentView(inputs, model.a[0], model.a[4]);
  const slotsOf = (names: readonly string[], own: bigint[][]) =>
    Object.fromEntries(
      names.map((name, i): [string, Slot] => {
        return [name, seen(own[i], ...sizeOf(name, { ...model, bits: segment.bits }))];
      }),
    );
  return {
    ...model,
    ...segment,
    failed: [...model.failed, ...failed],
    trace: slotsOf(T.names, rows(inputs, 'traceOffset')),
    helper: slotsOf(H.names, rows(inputs, 'helperOffset')),
  };
}

/** Points: of the zero-checks, rows and features of batch 1's. */
export const pointsOf = ({ squares, point }: Pick<Challenges, 'squares' | 'point'>) => ({
  tau: squares.slice(SQ.rs.from, SQ.ri.to),
  rs: squares.slice(SQ.rs.from, SQ.rs.to),
  ri: squares.slice(SQ.ri.from, SQ.ri.to),
  mu: squares[SQ.mu.from],
  rhoS: point.slice(0, FEATURES),
  rhoF: point.slice(FEATURES),
});

const claimed = (_: TrainView, sums: readonly bigint[]): Record<number, bigint> => {
  const out: Record<number, bigint> = {};
  for (const l of LAYERS) {
    out[R.F1(l)] = sums[SUM.F1(l)];
    out[R.F2(l)] = sums[SUM.F2(l)];
  }
  for (const l of HIDDEN_LAYERS) {
    out[R.B1(l)] = sums[SUM.B1(l)];
    out[R.B2(l)] = sums[SUM.B2(l)];
  }
  return out;
};

/** Grouped lookups of three limbs, and their share of the LogUp sum. */
export const lookups =
  (logUp: number, { beta, squares: tau, point }: Challenges, add: AddRelation) =>
  (index: number, at: readonly number[], helper: bigint, limbs: bigint[], present = 1n): void => {
    const [x, y, z] = limbs.map((limb) => mod(beta - limb));
    const eq = eqAt(pointAt(at, tau), pointAt(at, point));
    add(index, at, eq * mod(helper * mod(x * y) * z - present * (x * y + x * z + y * z)));
    add(logUp, at, helper);
  };

/** What a verifier knows of the output: its size, the head, and the extensions of real classes and rows at the point. */
interface OutputView {
  heads: readonly bigint[];
  classes: number;
  eps: bigint;
  out: bigint;
  real: bigint;
}

/** The relations of the output and of the head, the same in both programs that train; `at` are the output's positions. */
export function addOutput(
  program: 'train' | 'convTrain',
  v: OutputView,
  c: Challenges,
  e: readonly bigint[],
  at: readonly number[],
  add: AddRelation,
): void {
  const { relations: R, evaluations: E } = NUMBERING[program];
  const delta = 'D4' in E ? E.D4 : E.D6;
  const { beta, alpha, point, squares: tau } = c;
  const eq = (positions: readonly number[]) => eqAt(pointAt(positions, tau), pointAt(positions, point));
  const lookup = lookups(R.logUp, c, add);
  const here = eq(at);
  const [s0, s1, s2] = v.heads;
  const { out, real } = v;
  const Q = e[E.Q] - HALF_LIMB;
  const [M, Sum, w, power, P, r0, r1, z1] = HEAD_TENSORS.map((x) => e[E[x]]);
  const guess = s0 * DELTA * Q + (s1 + s2) * mod(out * (P - v.eps));
  add(R.error, at, here * mod(e[delta] - real * mod(guess - targetWeight(v.heads, v.classes, v.eps) * e[E.Y])));
  add(R.firstBit, at, here * mod(w * w - w));
  add(R.firstPadding, at, here * mod(w * (1n - out)));
  add(R.largest, at, here * mod(w * (M - Q)));
  add(R.powerPadding, at, here * mod(power * (1n - out)));
  add(R.division, at, here * mod(2n * WHOLE * power + Sum - 2n * mod(Sum * P) - r0 - LIMB * r1));
  lookup(R.hQ, at, e[E.hQ], [e[E.Q], e[E.U0], e[E.U1]]);
  lookup(R.hR, at, e[E.hR], [r0, r1, z1], s1);
  lookup(R.hP, at, e[E.hP], [2n * Sum - s1 - r0 - LIMB * (r1 + z1), P, 0n], s1);
  const index = s1 * (M - Q) + s2 * e[E.Q];
  const pair = beta - index - alpha * mod(s1 * power + s2 * P) - alpha * alpha;
  add(R.hF, at, here * mod(e[E.hF] * mod(pair) - (s1 + s2) * out));
  add(R.logUp, at, e[E.hF]);
  const table = range(LIMB_BITS);
  const k = table.reduce((s, t) => s + point[t] * 2n ** BigInt(t), 0n);
  add(R.table, table, eq(table) * (e[E.g] * mod(beta - k) - e[E.mult]));
  add(R.table2, table, eq(table) * (e[E.g2] * mod(beta - k - alpha * (e[E.F] + alpha)) - e[E.mult2]));
  add(R.logUp, table, -e[E.g] - e[E.g2]);
}

function batch(v: TrainView, c: Challenges, { evals1: e, sums2 }: ReferenceMessages, add: AddRelation): void {
  const { tau, rhoS, rhoF } = pointsOf(c);
  const features = (l: number) => range(v.a[l]).map((t) => FEATURES + t);
  const full = (l: number) => positions(v.bits, v.a[l], FEATURES);
  const eq = (at: readonly number[]) => eqAt(pointAt(at, tau), pointAt(at, c.point));
  const lookup = lookups(R.logUp, c, add);
  for (const l of LAYERS) {
    add(R.F1(l), features(l - 1), e[E.W(l)] * sums2[SUM2.In(l)]);
    add(R.F2(l), [...v.stepBits, ...features(l - 1)], sums2[SUM2.G(l)] * sums2[SUM2.P(l)]);
  }
  for (const l of HIDDEN_LAYERS) {
    add(R.B1(l), features(l + 1), e[E.nextW(l)] * sums2[SUM2.nextD(l)]);
    add(R.B2(l), [...v.stepBits, ...features(l + 1)], sums2[SUM2.nextG(l)] * sums2[SUM2.nextP(l)]);
    const t = Object.fromEntries(TRACED.map((x) => [x, e[E[x](l)]])) as Record<(typeof TRACED)[number], bigint>;
    const here = eq(full(l));
    add(R.bit(l), full(l), here * (t.m * t.m - t.m));
    add(R.active(l), full(l), here * (t.A - t.m * t.V));
    add(R.delta(l), full(l), here * (t.D - t.m * (t.T - v.p[l] * HALF_LIMB)));
    lookup(R.hA(l), full(l), e[E.hA(l)], [t.V - t.m, t.T, t.R0], v.p[l]);
    lookup(R.hB(l), full(l), e[E.hB(l)], [t.R1, t.S0, t.S1], v.p[l]);
  }
  const real = leAt(v.rows, rhoS.slice(0, v.sigma));
  addOutput('train', { ...v, classes: v.n[4], out: leAt(v.n[4], rhoF.slice(0, v.a[4])), real }, c, e, full(4), add);
}

function batch2(v: TrainView, c: Challenges, { evals2: e }: ReferenceMessages, add: AddRelation2): void {
  const { rs, rhoS, mu } = pointsOf(c);
  const { zeta } = c;
  const at = (z: readonly bigint[]) => pointAt(v.stepBits, z);
  const asleep = zeta.slice(v.bits).reduce((s, z) => mod(s * (1n - z)), 1n);
  const rowsAt = mod(asleep * eqAt(rs.slice(0, v.bits), zeta.slice(0, v.bits)));
  const later = mod(rowsAt * ltAt(at(rhoS), at(zeta)));
  const step = mod(asleep * eqAt(at(rhoS), at(zeta)));
  const earlier = mod(asleep * ltAt(at(zeta), at(rs)));
  for (const l of LAYERS) {
    const [In, D] = [e[E2.zIn(l)], e[E2.zDAtI(l)]];
    add(R2.In(l), rowsAt * In);
    add(R2.P(l), later * In);
    add(R2.G(l), step * mod(D * In));
    add(R2.U(l), asleep * mod(D * mod(In + mu * UNIT)));
    add(R2.F3(l), earlier * D);
  }
  for (const l of HIDDEN_LAYERS) {
    add(R2.nextD(l), rowsAt * e[E2.zNextD(l)]);
    add(R2.nextP(l), later * e[E2.zNextD(l)]);
    add(R2.nextG(l), step * mod(e[E2.zNextD(l)] * e[E2.zNextIn(l)]));
  }
}

function claims(v: TrainView, c: Challenges, { sums, evals1: e, evals2: e2, sums2 }: ReferenceMessages): Claim[] {
  const { rs, ri, mu, rhoS, rhoF } = pointsOf(c);
  const { a, p, bits, sigma, lr } = v;
  const out: Claim[] = Array.from({ length: C.count });
  const at = (s: readonly bigint[], f: readonly bigint[], l: number) => [...s.slice(0, bits), ...f.slice(0, a[l])];
  const shardAt = (s: readonly bigint[], f: readonly bigint[], l: number) => [
    ...s.slice(0, sigma),
    ...f.slice(0, a[l]),
  ];
  const weightsAt = (j: readonly bigint[], i: readonly bigint[], l: number) => [
    ...j.slice(0, a[l - 1]),
    ...i.slice(0, a[l]),
  ];
  const traced = (name: string, point: readonly Coordinate[], k = 1n) => claimTerm(O.trace, v.trace[name], point, k);
  const helped = (name: string, point: readonly bigint[]) => claimTerm(O.helper, v.helper[name], point);
  const model = (oracle: number, name: string, point: readonly bigint[], k = 1n) =>
    claimTerm(oracle, v.slots[name], point, k);
  const delta = (l: number) => (l < 4 ? `D_${l}` : 'D4');
  // a claim whose weight is the presence of a layer: its slot is that of another one
  for (const l of LAYERS) {
    out[C.W(l)] = claimOf(e[E.W(l)], model(O.parent, `W_${l}`, weightsAt(rhoF, ri, l)));
    const X = claimTerm(O.shard, v.X, shardAt(c.zeta, rhoF, 0), p[l] - p[l - 1]);
    out[C.zIn(l)] = claimOf(e2[E2.zIn(l)], ...(l > 1 ? [traced(`A_${l - 1}`, at(c.zeta, rhoF, l - 1))] : []), X);
    out[C.zDAtI(l)] = claimOf(e2[E2.zDAtI(l)], traced(delta(l), at(c.zeta, ri, l)));
  }
  for (const l of HIDDEN_LAYERS) {
    out[C.nextW(l)] = claimOf(e[E.nextW(l)], model(O.parent, `W_${l + 1}`, weightsAt(ri, rhoF, l + 1), p[l]));
    out[C.zNextD(l)] = claimOf(e2[E2.zNextD(l)], traced(delta(l + 1), at(c.zeta, rhoF, l + 1), p[l]));
    out[C.zNextIn(l)] = claimOf(e2[E2.zNextIn(l)], traced(`A_${l}`, at(c.zeta, ri, l), p[l]));
    for (const x of TRACED) out[C[x](l)] = claimOf(e[E[x](l)], traced(`${x}_${l}`, at(rhoS, rhoF, l)));
    for (const x of ['hA', 'hB'] as const) out[C[x](l)] = claimOf(e[E[x](l)], helped(`${x}_${l}`, at(rhoS, rhoF, l)));
  }
  for (const x of OUTPUTS) out[C[x]] = claimOf(e[E[x]], traced(x, at(rhoS, rhoF, 4)));
  for (const x of HEAD_TENSORS)
    out[C[x]] = claimOf(e[E[x]], traced(x, ROWS.includes(x) ? rhoS.slice(0, bits) : at(rhoS, rhoF, 4)));
  for (const x of ['hR', 'hP', 'hF'] as const) out[C[x]] = claimOf(e[E[x]], helped(x, at(rhoS, rhoF, 4)));
  const [, s1, s2] = v.heads;
  const summed = [...rs.slice(0, bits), ...range(a[4]).map(() => 'ones' as const)];
  out[C.oneFirst] = claimOf(s1, traced('w', summed));
  out[C.total] = claimOf(0n, traced('e', summed), traced('Sum', rs.slice(0, bits), -1n));
  out[C.Y] = claimOf(e[E.Y], claimTerm(O.shard, v.Y, shardAt(rhoS, rhoF, 4)));
  out[C.hQ] = claimOf(e[E.hQ], helped('hQ', at(rhoS, rhoF, 4)));
  const table = c.point.slice(0, LIMB_BITS);
  for (const x of ['g', 'g2'] as const) out[C[x]] = claimOf(e[E[x]], helped(x, table));
  for (const x of ['mult', 'mult2'] as const) out[C[x]] = claimOf(e[E[x]], traced(x, table));
  const { EXP, SIG } = TABLE_SLOTS;
  out[C.F] = claimOf(e[E.F], claimTerm(O.tables, EXP, table, s1), claimTerm(O.tables, SIG, table, s2));
  for (const l of LAYERS) {
    const z = at(rs, ri, l);
    const bias = ri.slice(0, a[l]);
    const rounded =
      l < 4
        ? [
            traced(`A_${l}`, z, -2n * FRACTION),
            traced(`V_${l}`, z, FRACTION),
            traced(`R0_${l}`, z, -1n),
            traced(`R1_${l}`, z, -LIMB),
          ]
        : [traced('Q', z, -FRACTION), traced('U0', z, -1n), traced('U1', z, -LIMB)];
    const constant = FRACTION / 2n + (l === 4 ? FRACTION * HALF_LIMB : 0n);
    const value = lr * (sums[SUM.F2(l)] + UNIT * UNIT * sums[SUM.F3(l)]) - sums[SUM.F1(l)] - constant * p[l];
    out[C.forward(l)] = claimOf(value, model(O.parent, `b_${l}`, bias, UNIT), ...rounded);
    const w = weightsAt(rhoF, ri, l);
    out[C.update(l)] = claimOf(
      -lr * sums2[SUM2.U(l)],
      model(O.child, `W_${l}`, w),
      model(O.parent, `W_${l}`, w, -1n),
      model(O.child, `b_${l}`, bias, mu),
      model(O.parent, `b_${l}`, bias, -mu),
    );
  }
  for (const l of HIDDEN_LAYERS) {
    const z = at(rs, ri, l);
    out[C.backward(l)] = claimOf(
      sums[SUM.B1(l)] - lr * sums[SUM.B2(l)] + p[l] * (FRACTION * HALF_LIMB + FRACTION / 2n),
      traced(`T_${l}`, z, FRACTION),
      traced(`S0_${l}`, z),
      traced(`S1_${l}`, z, LIMB),
    );
  }
  return out;
}

export const TRAIN: VerifiedProgram<TrainView> = {
  program: 'train',
  rounds: 26,
  degree: 5,
  view,
  claimed,
  batch,
  batch2,
  claims,
};
