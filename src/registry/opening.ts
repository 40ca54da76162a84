import { bn254 } from '@noble/curves/bn254.js';
import type { Point, ProofPoints, ProofSignals } from '../argument/types.ts';
import { FileFormatError } from '../errors/FileFormatError.ts';
import { mod, P } from '../numbers/field.ts';

/** A point of G2 as the contract takes it: x1, x0, y1, y0 (imaginary parts first). */
export type G2Words = readonly [bigint, bigint, bigint, bigint];

/** The ceremony's powers in G2 that openings are checked against. */
export interface SrsPowers {
  /** whether the secret is the public development constant */
  devKeys: boolean;
  /** [tau]_2 */
  tau: G2Words;
  /** [tau^C]_2, C = 2^11 */
  tauC: G2Words;
  /** [tau^C2]_2, C2 = 2^6 */
  tauC2: G2Words;
}

const G1 = bn254.G1.Point;
const G2 = bn254.G2.Point;
type G1Point = InstanceType<typeof G1>;

/** Reads src/generated/srs.json. @throws FileFormatError unless it holds three finite points of the group */
export function parseSrs(file: unknown): SrsPowers {
  const { devKeys, tauG2, tauCG2, tauC2G2 } = (file ?? {}) as Record<string, unknown>;
  if (typeof devKeys !== 'boolean')
    throw new FileFormatError('The file of powers does not say whether it is for dev keys.');
  return { devKeys, tau: parseG2(tauG2, 'tauG2'), tauC: parseG2(tauCG2, 'tauCG2'), tauC2: parseG2(tauC2G2, 'tauC2G2') };
}

/** Whether a contract checks openings with the same powers. */
export function samePowers(
  ours: SrsPowers,
  onChain: { [name in 'tau' | 'tauC' | 'tauC2']: readonly bigint[] },
): boolean {
  return (['tau', 'tauC', 'tauC2'] as const).every((name) => ours[name].every((word, k) => word === onChain[name][k]));
}

/** Whether a point is finite, on the curve and has canonical coordinates. */
export function isPoint({ x, y }: Point): boolean {
  return x >= 0n && y >= 0n && x < P && y < P && (y * y - x * x * x - 3n) % P === 0n;
}

/**
 * The check that the contract's KzgOpening makes, off chain (design section 6.5).
 * @param commitments of the statement, in the program's opening order, undefined where a parent of a merge is absent (the
 * zero polynomial); trace and helper follow from `points`
 * @param kappa from `kappaOf`
 * @returns false also when a point is malformed, off the curve or infinity
 */
export function openingHolds(
  srs: SrsPowers,
  commitments: readonly (Point | undefined)[],
  points: ProofPoints,
  signals: ProofSignals,
  kappa: bigint,
): boolean {
  const present = commitments.filter((point) => point !== undefined);
  if (![...present, ...Object.values(points)].every(isPoint)) return false;
  const { eta, gamma, theta, gamma2, z, e2 } = signals;
  const kappa2 = mod(kappa * kappa);
  const at = (point: Point) => G1.fromAffine(point);
  const times = (point: G1Point, factor: bigint) => point.multiplyUnsafe(mod(factor));

  // 1. g by Horner's rule
  const oracles = [...commitments, points.trace, points.helper].map((point) => (point ? at(point) : G1.ZERO));
  const g = oracles.reduceRight((sum, oracle) => times(sum, eta).add(oracle), G1.ZERO);

  // 2. the other points
  const [rows, columns, quotient, columns2, quotient2, opening] = [
    points.rows,
    points.columns,
    points.quotient,
    points.columns2,
    points.quotient2,
    points.opening,
  ].map(at);
  const sum = [
    times(rows, kappa),
    times(columns, kappa * theta - 1n),
    times(quotient, gamma),
    times(columns2, kappa2 - kappa),
    times(quotient2, kappa * gamma2),
    times(opening, kappa2 * z),
    times(G1.BASE, -kappa2 * e2),
  ].reduce((a, b) => a.add(b), g);

  // 3. one product of four pairings; a pair with infinity contributes 1
  const pairs = [
    { g1: sum, g2: G2.BASE },
    { g1: quotient.negate(), g2: g2Point(srs.tauC) },
    { g1: times(quotient2, -kappa), g2: g2Point(srs.tauC2) },
    { g1: times(opening, -kappa2), g2: g2Point(srs.tau) },
  ].filter(({ g1 }) => !g1.is0());
  const { Fp12 } = bn254.fields;
  return Fp12.eql(bn254.pairingBatch(pairs), Fp12.ONE);
}

function parseG2(value: unknown, name: string): G2Words {
  if (!Array.isArray(value) || value.length !== 4 || !value.every((word) => /^\d{1,78}$/.test(String(word)))) {
    throw new FileFormatError(`${name} must be four decimal numbers.`);
  }
  const [x1, x0, y1, y0] = value.map((word) => BigInt(word as string));
  const words: G2Words = [x1, x0, y1, y0];
  try {
    const point = g2Point(words);
    point.assertValidity();
    if (point.is0() || !point.isTorsionFree()) throw new RangeError('not a finite point of the group of order r');
  } catch (cause) {
    throw new FileFormatError(`${name} is not a point of G2.`, { cause });
  }
  return words;
}

function g2Point([x1, x0, y1, y0]: G2Words) {
  return G2.fromAffine({ x: { c0: x0, c1: x1 }, y: { c0: y0, c1: y1 } });
}
