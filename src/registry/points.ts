// Points of BN254 as contracts and files hold them.
import { bn254 } from '@noble/curves/bn254.js';
import type { Point } from '../argument/types.ts';
import { P } from '../numbers/field.ts';

/** A point of G2 as the contract takes it: x1, x0, y1, y0 (imaginary parts first). */
export type G2Words = readonly [bigint, bigint, bigint, bigint];

/** Whether a point is finite, on the curve and has canonical coordinates. */
export function isPoint({ x, y }: Point): boolean {
  return x >= 0n && y >= 0n && x < P && y < P && (y * y - x * x * x - 3n) % P === 0n;
}

/** Whether words are a finite point of the group of order r with canonical coordinates. */
export function isG2Point(words: G2Words): boolean {
  if (!words.every((word) => word >= 0n && word < P)) return false;
  try {
    const point = g2Point(words);
    point.assertValidity();
    return !point.is0() && point.isTorsionFree();
  } catch {
    return false;
  }
}

/** The same as the curve library has it, unchecked. */
export function g2Point([x1, x0, y1, y0]: G2Words) {
  return bn254.G2.Point.fromAffine({ x: { c0: x0, c1: x1 }, y: { c0: y0, c1: y1 } });
}

/** The generator of G2. */
export const G2_GENERATOR: G2Words = (() => {
  const { x, y } = bn254.G2.Point.BASE.toAffine();
  return [x.c1, x.c0, y.c1, y.c0];
})();
