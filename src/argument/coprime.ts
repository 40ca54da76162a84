import { inverse, mod } from '../numbers/field.ts';
import type { Kernels, Vec } from './kernels.ts';

/** Polynomials with U A + V B = 1, coefficients with the lowest first: as many as B, and as A, have roots, at least one. */
export interface Coprime {
  U: Vec;
  V: Vec;
}

/** A remainder of Euclid's algorithm with its factors: s A + t B. The coefficients that count are as many as the lengths say. */
interface Line {
  r: Vec;
  degree: number;
  s: Vec;
  sLength: number;
  t: Vec;
  tLength: number;
}

/** Coefficients of prod (Z - root), the lowest first. */
export function fromRoots(k: Kernels, roots: readonly bigint[]): Vec {
  const p = k.zeros(roots.length + 1);
  const before = k.raw(roots.length + 1);
  k.set(p, 0, 1n);
  roots.forEach((root, n) => {
    // Z p - root p
    const old = k.view(before, 0, n + 1);
    k.put(old, k.view(p, 0, n + 1));
    k.put(k.view(p, 1), old);
    k.set(p, 0, 0n);
    k.addScaled(p, old, mod(-root));
  });
  return p;
}

/**
 * U and V for the polynomials with these roots, by Euclid's algorithm: about three products of the field for each pair of roots.
 * Roots may repeat in a list.
 * @throws RangeError where the lists have a root in common
 */
export function coprime(k: Kernels, rootsA: readonly bigint[], rootsB: readonly bigint[]): Coprime {
  const [U, V] = [k.zeros(Math.max(1, rootsB.length)), k.zeros(Math.max(1, rootsA.length))];
  k.scoped(() => {
    const line = (roots: readonly bigint[], sLength: number, tLength: number): Line => {
      const [s, t] = [k.zeros(U.len), k.zeros(V.len)];
      if (sLength > 0) k.set(s, 0, 1n);
      if (tLength > 0) k.set(t, 0, 1n);
      return { r: fromRoots(k, roots), degree: roots.length, s, sLength, t, tLength };
    };
    let [high, low] = [line(rootsA, 1, 0), line(rootsB, 0, 1)];
    if (high.degree < low.degree) [high, low] = [low, high];
    while (low.degree > 0) {
      reduce(k, high, low);
      [high, low] = [low, high];
    }
    const last = k.get(low.r, 0);
    if (last === 0n) throw new RangeError('the polynomials have a root in common');
    const factor = inverse(last);
    k.addScaled(U, low.s, factor);
    k.addScaled(V, low.t, factor);
  });
  return { U, V };
}

/** Takes multiples of `low` from `high` until its degree is the lower one. */
function reduce(k: Kernels, high: Line, low: Line): void {
  const leading = inverse(k.get(low.r, low.degree));
  const [r, s, t] = [k.view(low.r, 0, low.degree), k.view(low.s, 0, low.sLength), k.view(low.t, 0, low.tLength)];
  const first = high.degree - low.degree;
  for (let shift = first; shift >= 0; shift--) {
    const quotient = mod(-k.get(high.r, low.degree + shift) * leading);
    if (quotient === 0n) continue;
    k.addScaled(k.view(high.r, shift), r, quotient);
    if (s.len > 0) k.addScaled(k.view(high.s, shift), s, quotient);
    if (t.len > 0) k.addScaled(k.view(high.t, shift), t, quotient);
  }
  if (s.len > 0) high.sLength = Math.max(high.sLength, s.len + first);
  if (t.len > 0) high.tLength = Math.max(high.tLength, t.len + first);
  high.degree = low.degree - 1;
  while (high.degree > 0 && k.get(high.r, high.degree) === 0n) high.degree--;
}
