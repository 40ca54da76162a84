import { evaluatePolynomial, inverse, mod } from '../numbers/field.ts';
import type { Kernels, Vec } from './kernels.ts';

/**
 * A multilinear polynomial given by its values: bit t of an index belongs to the variable positions[t], ascending. `vec` is folded in place and ends with
 * one entry, the value at the sumcheck's point. What stands in a vector to `keep` stays: the first fold goes into a new one.
 */
export interface Poly {
  vec: Vec;
  positions: readonly number[];
  keep?: boolean;
}

/** coefficient * product of factors, or the grouped lookup relation on [eq, h, x1, x2, x3]. */
export interface Term {
  coefficient: bigint;
  factors: readonly Poly[];
  lookup?: boolean;
}

/**
 * The sum over {0,1}^positions of the terms. A factor's positions are a prefix of the instance's. A variable outside `positions` is dormant: the polynomial
 * is extended by (1 - X)^dormantDegree (design section 4; 2 in the reduction, where both factors are extended).
 */
export interface Instance {
  weight: bigint;
  claim: bigint;
  positions: readonly number[];
  terms: readonly Term[];
  dormantDegree?: 1 | 2;
  later?: LaterTerms;
}

/**
 * Once only the lowest `open` positions of an instance are unbound, `terms` gives what takes the place of its terms; until then the factors of
 * these have none of those positions. So a sum over places and rows whose factors are of places alone costs the places alone as long as
 * these are bound.
 */
export interface LaterTerms {
  open: number;
  /** @param point the coordinates of the variables that are bound, at their numbers */
  terms: (point: readonly bigint[]) => readonly Term[];
}

export interface SumcheckResult {
  /** point[t] = challenge of variable t, as far as variables were bound */
  point: bigint[];
  /** one message a round: c0, c2, .., c_degree */
  messages: bigint[][];
}

/** The poly with these values. */
export function poly(vec: Vec, positions: readonly number[], { keep = false } = {}): Poly {
  if (vec.len !== 2 ** positions.length) throw new RangeError(`${vec.len} values for ${positions.length} variables`);
  return { vec, positions, keep };
}

export function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

/** Value of a fully bound polynomial. */
export function finalValue(k: Kernels, p: Poly): bigint {
  if (p.vec.len !== 1) throw new RangeError('this polynomial is not bound yet');
  return k.get(p.vec, 0);
}

const interpolations = new Map<number, bigint[][]>();

/** Coefficients of the polynomial of degree d = values.length - 1 with these values at 0..d. */
export function interpolate(values: readonly bigint[]): bigint[] {
  const n = values.length;
  let basis = interpolations.get(n);
  if (!basis) {
    basis = values.map((_, i) => {
      let numerator = [1n];
      let denominator = 1n;
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        const next = new Array<bigint>(numerator.length + 1).fill(0n);
        numerator.forEach((v, t) => {
          next[t] -= v * BigInt(j);
          next[t + 1] += v;
        });
        numerator = next;
        denominator *= BigInt(i - j);
      }
      const scale = inverse(denominator);
      return numerator.map((v) => mod(v * scale));
    });
    interpolations.set(n, basis);
  }
  return values.map((_, t) => mod(values.reduce((s, v, i) => s + v * basis[i][t], 0n)));
}

/**
 * Batched sumcheck with zero-extension over `rounds` variables (design section 4), bound from the highest to the lowest, or to `lowest`. Consumes the
 * polynomials. A round in which an instance is dormant costs nothing for it.
 * @throws Error where an instance's claim is not its sum: the witness does not satisfy the relation.
 */
export function sumcheck(
  k: Kernels,
  instances: readonly Instance[],
  rounds: number,
  degree: number,
  absorb: (message: bigint[]) => bigint,
  lowest = 0,
): SumcheckResult {
  const states = instances.map((I) => ({
    I,
    terms: I.terms,
    later: I.later,
    open: I.positions.length,
    claim: mod(I.claim),
    scale: 1n,
    now: [] as bigint[],
  }));
  const polys = new Map<Poly, number>();
  const watch = (terms: readonly Term[]) => {
    for (const { factors } of terms) for (const p of factors) if (!polys.has(p)) polys.set(p, p.positions.length);
  };
  const move = (s: (typeof states)[number]) => {
    if (s.later === undefined || s.open > s.later.open) return;
    s.terms = s.later.terms(point);
    s.later = undefined;
    watch(s.terms);
  };
  for (const I of instances) watch(I.terms);
  const point = new Array<bigint>(rounds);
  const messages: bigint[][] = [];
  for (const s of states) move(s);
  for (let t = rounds - 1; t >= lowest; t--) {
    const total = new Array<bigint>(degree + 1).fill(0n);
    for (const s of states) {
      const active = s.open > 0 && s.I.positions[s.open - 1] === t;
      if (active)
        s.now = roundPolynomial(k, s.terms, 2 ** (s.open - 1 - (s.later?.open ?? 0))).map((v) => mod(v * s.scale));
      else s.now = s.I.dormantDegree === 2 ? [s.claim, mod(-2n * s.claim), s.claim] : [s.claim, mod(-s.claim)];
      const atOne = s.now.reduce((a, b) => a + b, 0n);
      if (active && mod(s.now[0] + atOne - s.claim) !== 0n)
        throw new Error(`sumcheck: instance ${states.indexOf(s)} does not sum to its claim`);
      s.now.forEach((v, i) => {
        total[i] = mod(total[i] + s.I.weight * v);
      });
    }
    const message = [total[0], ...total.slice(2)];
    messages.push(message);
    const r = absorb(message);
    point[t] = r;
    for (const s of states) {
      s.claim = evaluatePolynomial(s.now, r);
      if (s.open > 0 && s.I.positions[s.open - 1] === t) s.open--;
      else s.scale = mod(s.scale * (s.I.dormantDegree === 2 ? (1n - r) * (1n - r) : 1n - r));
    }
    for (const [p, left] of polys) {
      if (left === 0 || p.positions[left - 1] !== t) continue;
      const first = left === p.positions.length;
      p.vec = k.fold(p.vec, r, p.keep && first ? k.raw(p.vec.len / 2) : undefined);
      polys.set(p, left - 1);
    }
    for (const s of states) move(s);
  }
  return { point, messages };
}

function roundPolynomial(k: Kernels, terms: readonly Term[], half: number): bigint[] {
  const out: bigint[] = [];
  for (const term of terms) {
    const vecs = term.factors.map((p) => p.vec);
    const values = term.lookup ? k.roundLookup(vecs, half) : k.roundProduct(vecs, half);
    interpolate(values).forEach((v, i) => {
      out[i] = mod((out[i] ?? 0n) + term.coefficient * v);
    });
  }
  return out;
}
