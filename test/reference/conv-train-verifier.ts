// Program convTrain as its verifier sees it (protocol, section 12): sizes, what the two batches must be at their points,
// claims.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { eqAt, inverse, leAt, ltAt, mod, range } from './algebra.ts';
import type { Block, Claim, Part, Slot } from './argument.ts';
import { pointAt } from './batch.ts';
import {
  type Geometry,
  NETWORK_HIDDEN,
  NETWORK_LAYERS,
  type NetworkView,
  networkView,
  OUTPUT,
} from './conv-geometry.ts';
import { kernelAt, kernelOverU } from './conv-tensors.ts';
import { HEAD_TENSORS, headPresence } from './heads.ts';
import {
  type AddRelation,
  type AddRelation2,
  type Challenges,
  claimOf,
  claimTerm,
  type ReferenceMessages,
  type VerifiedProgram,
} from './run.ts';
import { rows, seen } from './sizes.ts';
import { TABLE_SLOTS } from './tables.ts';
import { FRACTION, HALF_LIMB, type Inputs, LIMB, LIMB_BITS, UNIT } from './tensors.ts';
import { addOutput, lookups, type SegmentView, segmentView, TRACED } from './train-verifier.ts';

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
} = NUMBERING.convTrain;

/** First positions of x, y and channels; rows begin at 0. */
export const [X, Y, CHANNEL] = [14, 20, 26];
const TABLE: readonly string[] = ['mult', 'mult2', 'g', 'g2'];
const ROWS: readonly string[] = ['M', 'Sum'];
export const CONV_OUTPUTS = ['Q', 'U0', 'U1', 'D6'] as const;

export interface ConvTrainView extends NetworkView, SegmentView {
  trace: Record<string, Slot>;
  helper: Record<string, Slot>;
}

/** log2 of a slot of trace or helper, and the factor that it starts from. */
export function convSizeOf(
  name: string,
  { bits, geometry, heads }: { bits: number; geometry: readonly Geometry[]; heads: readonly bigint[] },
): [log2: number, present: bigint] {
  const g = geometry[/_\d$/.test(name) ? Number(name.slice(-1)) : OUTPUT];
  const present = headPresence(name, heads) ?? g.present;
  if (present === 0n) return [0, present];
  if (TABLE.includes(name)) return [LIMB_BITS, present];
  return [ROWS.includes(name) ? bits : bits + 2 * g.n + g.c, present];
}

function view(inputs: Inputs): ConvTrainView {
  const network = networkView(inputs);
  const { geometry, heads } = network;
  const [input, output] = [geometry[0], geometry[OUTPUT]];
  const { segment, failed } = segmentView(inputs, 2 * input.n + input.c, output.c);
  const slotsOf = (names: readonly string[], own: bigint[][]) =>
    Object.fromEntries(
      names.map((name, i): [string, Slot] => {
        return [name, seen(own[i], ...convSizeOf(name, { bits: segment.bits, geometry, heads }))];
      }),
    );
  return {
    ...network,
    ...segment,
    failed: [...network.failed, ...failed],
    trace: slotsOf(T.names, rows(inputs, 'traceOffset')),
    helper: slotsOf(H.names, rows(inputs, 'helperOffset')),
  };
}

/** Points by their parts: of the zero-checks, of batch 1, of batch 2. */
export const convPoints = ({ squares, point, zeta }: Pick<Challenges, 'squares' | 'point' | 'zeta'>) => {
  const of = (list: { from: number; to: number }) => squares.slice(list.from, list.to);
  const parts = (at: readonly bigint[]) => ({
    s: at.slice(0, X),
    x: at.slice(X, Y),
    y: at.slice(Y, CHANNEL),
    c: at.slice(CHANNEL),
  });
  return {
    r: { s: of(SQ.rs), x: of(SQ.rx), y: of(SQ.ry), c: of(SQ.rc) },
    tau: squares.slice(SQ.rs.from, SQ.rc.to),
    mu: squares[SQ.mu.from],
    rho: parts(point),
    zeta: parts(zeta),
  };
};
export type Parts = ReturnType<typeof convPoints>['r'];

const from = (first: number, count: number): number[] => range(count).map((t) => first + t);
/** Positions of a tensor of a layer, and of what multiplies weights. */
export const tensorAt = (bits: number, g: Geometry): number[] => [
  ...range(bits),
  ...from(X, g.n),
  ...from(Y, g.n),
  ...from(CHANNEL, g.c),
];
export const tapsAt = (g: Geometry, channels: number): number[] => [
  ...from(X, g.d),
  ...from(Y, g.d),
  ...from(CHANNEL, channels),
];

const claimed = (_: ConvTrainView, sums: readonly bigint[]): Record<number, bigint> => {
  const out: Record<number, bigint> = {};
  for (const l of NETWORK_LAYERS) {
    out[R.F1(l)] = sums[SUM.F1(l)];
    out[R.F2(l)] = sums[SUM.F2(l)];
  }
  for (const l of NETWORK_HIDDEN) {
    out[R.B1(l)] = sums[SUM.B1(l)];
    out[R.B2(l)] = sums[SUM.B2(l)];
  }
  return out;
};

function batch(v: ConvTrainView, c: Challenges, { evals1: e, sums2 }: ReferenceMessages, add: AddRelation): void {
  const { tau, rho } = convPoints(c);
  const { geometry: g, bits, stepBits } = v;
  const lookup = lookups(R.logUp, c, add);
  for (const l of NETWORK_LAYERS) {
    const taps = tapsAt(g[l], g[l - 1].c);
    add(R.F1(l), taps, e[E.W(l)] * sums2[SUM2.In(l)]);
    add(R.F2(l), [...stepBits, ...taps], sums2[SUM2.G(l)] * sums2[SUM2.P(l)]);
  }
  for (const l of NETWORK_HIDDEN) {
    const taps = tapsAt(g[l + 1], g[l + 1].c);
    add(R.B1(l), taps, e[E.nextW(l)] * sums2[SUM2.nextD(l)]);
    add(R.B2(l), [...stepBits, ...taps], sums2[SUM2.nextG(l)] * sums2[SUM2.nextP(l)]);
    const full = tensorAt(bits, g[l]);
    const t = Object.fromEntries(TRACED.map((x) => [x, e[E[x](l)]])) as Record<(typeof TRACED)[number], bigint>;
    const here = eqAt(pointAt(full, tau), pointAt(full, c.point));
    add(R.bit(l), full, here * (t.m * t.m - t.m));
    add(R.active(l), full, here * (t.A - t.m * t.V));
    add(R.delta(l), full, here * (t.D - t.m * (t.T - v.p[l] * HALF_LIMB)));
    lookup(R.hA(l), full, e[E.hA(l)], [t.V - t.m, t.T, t.R0], v.p[l]);
    lookup(R.hB(l), full, e[E.hB(l)], [t.R1, t.S0, t.S1], v.p[l]);
  }
  const { C: classes, c: classBits } = g[OUTPUT];
  const out = leAt(classes, rho.c.slice(0, classBits));
  const real = leAt(v.rows, rho.s.slice(0, v.sigma));
  addOutput('convTrain', { ...v, classes, out, real }, c, e, tensorAt(bits, g[OUTPUT]), add);
}

/** M_l at a place. */
const maskAt = (g: Geometry, { x, y }: Pick<Parts, 'x' | 'y'>): bigint =>
  mod(leAt(g.N, x.slice(0, g.n)) * leAt(g.N, y.slice(0, g.n)));

/** r_v and r_u of a layer. */
const sides = (g: Geometry, { x, y }: Pick<Parts, 'x' | 'y'>) => {
  const first = g.pooled ? 1 : 0;
  return [x, y].map((z) => z.slice(first, first + g.nu));
};

function batch2(v: ConvTrainView, c: Challenges, { evals2: e }: ReferenceMessages, add: AddRelation2): void {
  const { r, rho, zeta, mu } = convPoints(c);
  const { geometry, bits, stepBits } = v;
  const step = (z: readonly bigint[]) => pointAt(stepBits, z);
  const dormant = (z: readonly bigint[], count: number) => z.slice(count).reduce((s, k) => mod(s * (1n - k)), 1n);
  const eq = (a: readonly bigint[], b: readonly bigint[], count: number) => eqAt(a.slice(0, count), b.slice(0, count));
  const rowsEq = eq(r.s, zeta.s, bits);
  const later = ltAt(step(rho.s), step(zeta.s));
  const same = eqAt(step(rho.s), step(zeta.s));
  const earlier = ltAt(step(zeta.s), step(r.s));
  const asleep = (g: Geometry) => mod(mod(dormant(zeta.s, bits) * dormant(zeta.x, g.n)) * dormant(zeta.y, g.n));
  for (const l of NETWORK_LAYERS) {
    const g = geometry[l];
    const idle = asleep(g);
    const places = mod(eq(r.x, zeta.x, g.n) * eq(r.y, zeta.y, g.n));
    const masked = mod(mod(mod(idle * rowsEq) * places) * maskAt(g, zeta));
    const [J, D] = [e[E2.zIn(l)], e[E2.zDAtI(l)]];
    add(R2.In(l), masked * J);
    add(R2.P(l), mod(masked * later) * J);
    add(R2.G(l), mod(idle * same) * mod(D * J));
    add(R2.U(l), idle * mod(D * mod(J + mu * UNIT * (g.pooled ? 16n : 1n))));
    add(R2.F3(l), mod(idle * earlier) * D);
  }
  for (const l of NETWORK_HIDDEN) {
    const g = geometry[l + 1];
    const idle = asleep(g);
    const [rv, ru] = sides(g, r);
    const aa = mod(
      kernelAt(g, rho.y.slice(0, g.d), ru, zeta.y.slice(0, g.n)) *
        kernelAt(g, rho.x.slice(0, g.d), rv, zeta.x.slice(0, g.n)),
    );
    const moved = mod(mod(idle * rowsEq) * aa);
    const [D, J] = [e[E2.zNextD(l)], e[E2.zNextIn(l)]];
    add(R2.nextD(l), moved * D);
    add(R2.nextP(l), mod(moved * later) * D);
    add(R2.nextG(l), mod(idle * same) * mod(D * J));
  }
}

/** The part of a claim's point that is a side of what a layer reads: the weights a_l(d, u; place) over u. */
export function readSide(g: Geometry, d: readonly bigint[], place: readonly bigint[]): Part[] {
  const [taps, at] = [d.slice(0, g.d), place.slice(0, g.n)];
  const block: Block = { weights: kernelOverU(g, taps, at), at: (u) => kernelAt(g, taps, u, at) };
  return g.pooled ? ['ones', block] : [block];
}

function claims(v: ConvTrainView, c: Challenges, { sums, evals1: e, evals2: e2, sums2 }: ReferenceMessages): Claim[] {
  const { r, mu, rho, zeta } = convPoints(c);
  const { geometry, p, bits, sigma, lr } = v;
  const out: Claim[] = Array.from({ length: C.count });
  const at = (z: Parts, l: number) => {
    const { n, c: channels } = geometry[l];
    return [...z.s.slice(0, bits), ...z.x.slice(0, n), ...z.y.slice(0, n), ...z.c.slice(0, channels)];
  };
  const taps = (g: Geometry) => [...rho.x.slice(0, g.d), ...rho.y.slice(0, g.d)];
  const traced = (name: string, point: readonly Part[], k = 1n) => claimTerm(O.trace, v.trace[name], point, k);
  const helped = (name: string, point: readonly bigint[]) => claimTerm(O.helper, v.helper[name], point);
  const model = (oracle: number, name: string, point: readonly bigint[], k = 1n) =>
    claimTerm(oracle, v.slots[name], point, k);
  const delta = (l: number) => (l < OUTPUT ? `D_${l}` : 'D6');
  /** what layer l reads at rho's taps and zeta, of rows and of channels of the tensor before it */
  const taken = (l: number, rowsAt: readonly bigint[], channels: readonly bigint[]): Part[] => [
    ...rowsAt,
    ...readSide(geometry[l], rho.x, zeta.x),
    ...readSide(geometry[l], rho.y, zeta.y),
    ...channels.slice(0, geometry[l - 1].c),
  ];
  const rate = (l: number) => (geometry[l].pooled ? mod(lr * inverse(16n)) : lr);
  for (const l of NETWORK_LAYERS) {
    const [g, before] = [geometry[l], geometry[l - 1]];
    const weights = [...taps(g), ...rho.c.slice(0, before.c), ...r.c.slice(0, g.c)];
    out[C.W(l)] = claimOf(e[E.W(l)], model(O.parent, `W_${l}`, weights));
    const ofX = claimTerm(O.shard, v.X, taken(l, zeta.s.slice(0, sigma), rho.c), p[l] - p[l - 1]);
    const ofA = l > 1 ? [traced(`A_${l - 1}`, taken(l, zeta.s.slice(0, bits), rho.c))] : [];
    out[C.zIn(l)] = claimOf(e2[E2.zIn(l)], ...ofA, ofX);
    out[C.zDAtI(l)] = claimOf(e2[E2.zDAtI(l)], traced(delta(l), at({ ...zeta, c: r.c }, l)));
    const place = at(r, l);
    const bias = r.c.slice(0, g.c);
    const M = maskAt(g, r);
    const rounded =
      l < OUTPUT
        ? [
            traced(`A_${l}`, place, -2n * FRACTION),
            traced(`V_${l}`, place, FRACTION),
            traced(`R0_${l}`, place, -1n),
            traced(`R1_${l}`, place, -LIMB),
          ]
        : [traced('Q', place, -FRACTION), traced('U0', place, -1n), traced('U1', place, -LIMB)];
    const constant = FRACTION / 2n + (l === OUTPUT ? FRACTION * HALF_LIMB : 0n);
    const learnt = rate(l) * sums[SUM.F2(l)] + mod(lr * UNIT * UNIT * M) * sums[SUM.F3(l)];
    out[C.forward(l)] = claimOf(
      learnt - sums[SUM.F1(l)] - constant * p[l],
      model(O.parent, `b_${l}`, bias, UNIT * M),
      ...rounded,
    );
    out[C.update(l)] = claimOf(
      -rate(l) * sums2[SUM2.U(l)],
      model(O.child, `W_${l}`, weights),
      model(O.parent, `W_${l}`, weights, -1n),
      model(O.child, `b_${l}`, bias, mu),
      model(O.parent, `b_${l}`, bias, -mu),
    );
  }
  for (const l of NETWORK_HIDDEN) {
    const [g, next] = [geometry[l], geometry[l + 1]];
    const weights = [...taps(next), ...r.c.slice(0, g.c), ...rho.c.slice(0, next.c)];
    out[C.nextW(l)] = claimOf(e[E.nextW(l)], model(O.parent, `W_${l + 1}`, weights, p[l]));
    out[C.zNextD(l)] = claimOf(e2[E2.zNextD(l)], traced(delta(l + 1), at({ ...zeta, c: rho.c }, l + 1), p[l]));
    const read = taken(l + 1, zeta.s.slice(0, bits), r.c);
    out[C.zNextIn(l)] = claimOf(e2[E2.zNextIn(l)], traced(`A_${l}`, read, p[l]));
    for (const x of TRACED) out[C[x](l)] = claimOf(e[E[x](l)], traced(`${x}_${l}`, at(rho, l)));
    for (const x of ['hA', 'hB'] as const) out[C[x](l)] = claimOf(e[E[x](l)], helped(`${x}_${l}`, at(rho, l)));
    out[C.backward(l)] = claimOf(
      sums[SUM.B1(l)] - rate(l + 1) * sums[SUM.B2(l)] + p[l] * (FRACTION * HALF_LIMB + FRACTION / 2n),
      traced(`T_${l}`, at(r, l), FRACTION),
      traced(`S0_${l}`, at(r, l)),
      traced(`S1_${l}`, at(r, l), LIMB),
    );
  }
  const output = at(rho, OUTPUT);
  for (const x of CONV_OUTPUTS) out[C[x]] = claimOf(e[E[x]], traced(x, output));
  for (const x of HEAD_TENSORS)
    out[C[x]] = claimOf(e[E[x]], traced(x, ROWS.includes(x) ? rho.s.slice(0, bits) : output));
  for (const x of ['hQ', 'hR', 'hP', 'hF'] as const) out[C[x]] = claimOf(e[E[x]], helped(x, output));
  const [, s1, s2] = v.heads;
  const { c: classBits } = geometry[OUTPUT];
  const rowsAt = r.s.slice(0, bits);
  const summed = [...rowsAt, ...range(classBits).map(() => 'ones' as const)];
  out[C.oneFirst] = claimOf(s1, traced('w', summed));
  out[C.total] = claimOf(0n, traced('e', summed), traced('Sum', rowsAt, -1n));
  const labels = [...rho.s.slice(0, sigma), ...rho.c.slice(0, classBits)];
  out[C.Y] = claimOf(e[E.Y], claimTerm(O.shard, v.Y, labels));
  const table = c.point.slice(0, LIMB_BITS);
  for (const x of ['g', 'g2'] as const) out[C[x]] = claimOf(e[E[x]], helped(x, table));
  for (const x of ['mult', 'mult2'] as const) out[C[x]] = claimOf(e[E[x]], traced(x, table));
  const { EXP, SIG } = TABLE_SLOTS;
  out[C.F] = claimOf(e[E.F], claimTerm(O.tables, EXP, table, s1), claimTerm(O.tables, SIG, table, s2));
  return out;
}

export const CONV_TRAIN: VerifiedProgram<ConvTrainView> = {
  program: 'convTrain',
  rounds: 38,
  degree: 5,
  view,
  claimed,
  batch,
  batch2,
  claims,
};
