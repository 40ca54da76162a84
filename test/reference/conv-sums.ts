// The sums of program convTrain as tables (protocol, section 12): what batch 1 multiplies, and what batch 2 does.

import { eqTable, mod, range, sum, zeros } from './algebra.ts';
import type { Geometry } from './conv-geometry.ts';
import { contract, kernelOverY, outer } from './conv-tensors.ts';
import { bindHigh, bindLow, real } from './tensors.ts';
import { pick } from './train-run.ts';

/** The points r_x, r_y and r_c, six, six and twelve coordinates, and r_s with those of the trace's rows. */
export interface SumPoint {
  rs: readonly bigint[];
  rx: readonly bigint[];
  ry: readonly bigint[];
  rc: readonly bigint[];
}

/** Rows of a trace and the steps that they belong to. */
export class Steps {
  readonly rows: number;
  readonly count: number;
  /** k(s) */
  readonly of: readonly number[];
  readonly #bits: readonly number[];

  constructor(bits: number, stepBits: readonly number[]) {
    this.rows = 2 ** bits;
    this.count = 2 ** stepBits.length;
    this.#bits = stepBits;
    this.of = range(this.rows).map((s) => pick(s, stepBits));
  }

  /** The coordinates of a row's point that number the step. */
  at(point: readonly bigint[]): bigint[] {
    return this.#bits.map((t) => point[t]);
  }

  /** f(k; ..) = sum over the rows and whatever else is below of f * factor, one after the other in blocks of `factor`. */
  add(f: readonly bigint[], factor: readonly bigint[]): bigint[] {
    const size = factor.length;
    const out = zeros((f.length / size) * this.count);
    f.forEach((v, x) => {
      if (v !== 0n) out[Math.floor(x / size) * this.count + this.of[x % this.rows]] += v * factor[x % size];
    });
    return out.map(mod);
  }

  /** P(k'; ..) = sum over rows of later steps than k' of eq(r_s, s) f(s; ..). */
  later(f: readonly bigint[], rs: readonly bigint[]): bigint[] {
    const perStep = this.add(f, eqTable(rs));
    return perStep.map((_, x) => {
      const [start, k] = [x - (x % this.count), x % this.count];
      return mod(sum(perStep.slice(start + k + 1, start + this.count)));
    });
  }

  /** LT(k(s), z) by row. */
  before(z: readonly bigint[]): bigint[] {
    const eq = eqTable(this.at(z));
    const table = range(this.count).map((k) => mod(sum(eq.slice(k + 1))));
    return this.of.map((k) => table[k]);
  }

  /** LT(z, k(s)) by row. */
  after(z: readonly bigint[]): bigint[] {
    const eq = eqTable(this.at(z));
    const table = range(this.count).map((k) => mod(sum(eq.slice(0, k))));
    return this.of.map((k) => table[k]);
  }

  /** eq(z, k(s)) by row. */
  equal(z: readonly bigint[]): bigint[] {
    const eq = eqTable(this.at(z));
    return this.of.map((k) => eq[k]);
  }
}

/** M_l over x and y. */
export const maskOf = (g: Geometry): bigint[] => outer(real(g.N, g.n), real(g.N, g.n));

/** eq(r_y, y) eq(r_x, x) over the places of a layer. */
export const placesOf = (g: Geometry, { rx, ry }: SumPoint): bigint[] =>
  outer(eqTable(rx.slice(0, g.n)), eqTable(ry.slice(0, g.n)));

/** r_v and r_u: the point of the side that a layer reads. */
export const sideOf = (g: Geometry, { rx, ry }: Pick<SumPoint, 'rx' | 'ry'>): { rv: bigint[]; ru: bigint[] } => {
  const from = g.pooled ? 1 : 0;
  return { rv: rx.slice(from, from + g.nu), ru: ry.slice(from, from + g.nu) };
};

/** What the forward sums of a layer are made of. Tables have the lowest variable named first. */
export interface ForwardTables {
  /** W_l(r_c, j) over dx, dy, c */
  W: bigint[];
  /** IN1_l over s, dx, dy, c, and with eq(r_s, s) summed over s */
  IN1: bigint[];
  In: bigint[];
  /** D_l(r_c) over s, x, y */
  D: bigint[];
  /** G_l(r_c) and P_l over k, dx, dy, c */
  G: bigint[];
  P: bigint[];
}

export function forwardTables(
  g: Geometry,
  { W, D, IN }: { W: readonly bigint[]; D: readonly bigint[]; IN: readonly bigint[] },
  steps: Steps,
  r: SumPoint,
  mask = maskOf(g),
): ForwardTables {
  const IN1 = contract(
    IN,
    steps.rows,
    placesOf(g, r).map((e, x) => e * mask[x]),
  );
  const DAtC = bindHigh(D, r.rc.slice(0, g.c));
  return {
    W: bindHigh(W, r.rc.slice(0, g.c)),
    IN1,
    In: bindLow(IN1, r.rs),
    D: DAtC,
    G: steps.add(IN, DAtC),
    P: steps.later(IN1, r.rs),
  };
}

/** What the backward sums of the layer before are made of. */
export interface BackwardTables {
  /** W(i, r_c, dy, dx) over dx, dy, i */
  W: bigint[];
  /** DD over s, dx, dy, i, and with eq(r_s, s) summed over s */
  DD: bigint[];
  D: bigint[];
  /** IN(r_c) over s, x, y, dx, dy */
  IN: bigint[];
  /** G at c = r_c and P' over k, dx, dy, i */
  G: bigint[];
  P: bigint[];
}

/** @param g the layer that reads; @param c channels of the one before; @param ofDeltas what a cheat takes for g in DD */
export function backwardTables(
  g: Geometry,
  c: number,
  { W, D, IN }: { W: readonly bigint[]; D: readonly bigint[]; IN: readonly bigint[] },
  steps: Steps,
  r: SumPoint,
  ofDeltas = g,
): BackwardTables {
  const { rv, ru } = sideOf(ofDeltas, r);
  const taps = range(2 ** g.d);
  const corner = (d: number) => range(g.d).map((t) => BigInt((d >> t) & 1));
  const [ax, ay] = [rv, ru].map((z) => taps.map((d) => kernelOverY(ofDeltas, corner(d), z)));
  const perTap = taps.map((dy) => taps.map((dx) => contract(D, steps.rows, outer(ax[dx], ay[dy]))));
  const units = range(2 ** g.c);
  const N = steps.rows;
  const DD = units.flatMap((i) => taps.flatMap((dy) => taps.flatMap((dx) => perTap[dy][dx].slice(i * N, i * N + N))));
  const rc = r.rc.slice(0, c);
  const ofIN = bindHigh(IN, rc);
  const block = N * 4 ** g.n;
  return {
    W: contract(W, 4 ** g.d, eqTable(rc)),
    DD,
    D: bindLow(DD, r.rs),
    IN: ofIN,
    G: units.flatMap((i) => steps.add(ofIN, D.slice(i * block, i * block + block))),
    P: steps.later(DD, r.rs),
  };
}

/** a(d_y, r_u; y) a(d_x, r_v; x) over the places of the layer that reads, at a point of d. */
export function deltaPlaces(g: Geometry, r: SumPoint, dx: readonly bigint[], dy: readonly bigint[]): bigint[] {
  const { rv, ru } = sideOf(g, r);
  return outer(kernelOverY(g, dx, rv), kernelOverY(g, dy, ru));
}

/** sum over the table's entries of the product. */
export const total = (...factors: (readonly bigint[])[]): bigint => {
  let out = 0n;
  factors[0].forEach((v, x) => {
    if (v !== 0n) out += factors.slice(1).reduce((p, f) => mod(p * f[x]), v);
  });
  return mod(out);
};
