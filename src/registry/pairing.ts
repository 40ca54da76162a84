// The pairing equations of protocol section 4, off chain: what a contract checks of any number of proofs of one program.
import { bn254 } from '@noble/curves/bn254.js';
import type { Commitment, Point, Proof, ProofPoints, ProofSignals } from '../argument/types.ts';
import { COLUMN2_BITS } from '../numbers/constants.ts';
import { mod, P, power, powersOf } from '../numbers/field.ts';
import type { SrsPowers } from './opening.ts';
import { g2Point, isG2Point, isPoint } from './points.ts';
import type { VerificationKey } from './verificationKey.ts';

/** Columns of level 2. */
const C2 = 2n ** BigInt(COLUMN2_BITS);

const G1 = bn254.G1.Point;
const G2 = bn254.G2.Point;
type G1Point = InstanceType<typeof G1>;
type G2Point = InstanceType<typeof G2>;
type Pair = { g1: G1Point; g2: G2Point };

/** A proof beside what it is checked with. */
export interface ClaimedProof {
  /** of the statement, in the program's opening order, without points for an absent parent; trace and helper follow from the proof */
  commitments: readonly Commitment[];
  /** whether the program opens the tables behind the helper: train */
  opensTables: boolean;
  proof: Proof;
  /** c, v, fold */
  publicSignals: readonly [bigint, bigint, bigint];
}

/**
 * Whether all proofs hold: every equation of every one, joined by powers of kappa in one product of pairings.
 * @param kappa from `kappaOf` of the same proofs
 * @returns false also when a point is malformed, off the curve or infinity
 */
export function proofsHold(
  key: VerificationKey,
  srs: SrsPowers,
  proofs: readonly ClaimedProof[],
  kappa: bigint,
): boolean {
  const isWhole = proofs.every(
    ({ commitments, proof }) => arePoints(commitments, proof.points) && isGroth16(proof.groth16),
  );
  if (proofs.length === 0 || !isWhole) return false;
  const weights = powersOf(kappa, 3 * proofs.length);
  const pairs = proofs.flatMap(({ commitments, opensTables, proof, publicSignals }, n) => [
    ...groth16Pairs(key, publicSignals, proof.groth16, weights[3 * n]),
    ...openingPairs(
      srs,
      oraclesOf(srs, commitments, proof.points, opensTables),
      proof.points,
      proof.challenges,
      weights.slice(3 * n + 1, 3 * n + 3),
    ),
  ]);
  return productIsOne(pairs);
}

/** Whether the Groth16 part of a proof holds alone. @returns false also for malformed points */
export function groth16Holds(
  key: VerificationKey,
  publicSignals: readonly [bigint, bigint, bigint],
  groth16: readonly bigint[],
): boolean {
  return isGroth16(groth16) && productIsOne(groth16Pairs(key, publicSignals, groth16, 1n));
}

/**
 * Whether the opening of a proof's commitments holds alone, its two equations joined by kappa.
 * @param opensTables as in ClaimedProof
 * @returns false also for malformed points
 */
export function openingHolds(
  srs: SrsPowers,
  commitments: readonly Commitment[],
  points: ProofPoints,
  signals: ProofSignals,
  kappa: bigint,
  opensTables: boolean,
): boolean {
  if (!arePoints(commitments, points)) return false;
  const oracles = oraclesOf(srs, commitments, points, opensTables);
  return productIsOne(openingPairs(srs, oracles, points, signals, powersOf(kappa, 2)));
}

/** All oracles of a proof in their opening order. */
function oraclesOf(
  srs: SrsPowers,
  commitments: readonly Commitment[],
  { trace, helper }: ProofPoints,
  opensTables: boolean,
): Commitment[] {
  return [...commitments, trace, helper, ...(opensTables ? [[srs.tables]] : [])];
}

/** -A B + alpha beta + (IC_0 + c IC_1 + v IC_2 + fold IC_3) G2 + C delta */
function groth16Pairs(
  key: VerificationKey,
  publicSignals: readonly bigint[],
  groth16: readonly bigint[],
  weight: bigint,
): Pair[] {
  const [ax, ay, bx1, bx0, by1, by0, cx, cy] = groth16;
  const inputs = [1n, ...publicSignals];
  const x = key.IC.map((point, i) => times(at(point), weight * inputs[i])).reduce((a, b) => a.add(b));
  return [
    { g1: times(at({ x: ax, y: ay }), -weight), g2: g2Point([bx1, bx0, by1, by0]) },
    { g1: times(at(key.alpha), weight), g2: g2Point(key.beta) },
    { g1: x, g2: G2.BASE },
    { g1: times(at({ x: cx, y: cy }), weight), g2: g2Point(key.delta) },
  ];
}

/** (g - s + gamma T) G2 - T tau^C and (p' + theta s - (z^C2 - gamma2) T2 - e2 G + z pi) G2 - pi tau, each with its weight. */
function openingPairs(
  srs: SrsPowers,
  oracles: readonly Commitment[],
  points: ProofPoints,
  { eta, gamma, theta, gamma2, z, e2, chunk }: ProofSignals,
  [first, second]: readonly bigint[],
): Pair[] {
  const [rows, columns, quotient, quotient2, opening] = [
    points.rows,
    points.columns,
    points.quotient,
    points.quotient2,
    points.opening,
  ].map(at);
  const g = fold(oracles, eta, chunk);
  const sum = [
    times(g, first),
    times(columns, second * theta - first),
    times(quotient, first * gamma),
    times(rows, second),
    times(quotient2, second * (gamma2 - power(z, C2))),
    times(G1.BASE, -second * e2),
    times(opening, second * z),
  ].reduce((a, b) => a.add(b));
  return [
    { g1: sum, g2: G2.BASE },
    { g1: times(quotient, -first), g2: g2Point(srs.tauC) },
    { g1: times(opening, -second), g2: g2Point(srs.tau) },
  ];
}

/** sum_o eta^o sum_h rest eq(y', h) chunk_(o,h) @param chunk rest and y' */
function fold(oracles: readonly Readonly<Commitment>[], eta: bigint, chunk: readonly bigint[]): G1Point {
  const etas = powersOf(eta, oracles.length);
  return oracles
    .flatMap((chunks, o) => chunks.map((point, h) => times(at(point), etas[o] * weightOfChunk(chunk, h))))
    .reduce((a, b) => a.add(b), G1.ZERO);
}

/** rest eq(y', h): the weight of chunk h, which has no more bits than y' coordinates. */
export function weightOfChunk([rest, ...y]: readonly bigint[], h: number): bigint {
  return y.reduce((product, coordinate, t) => mod(product * ((h >> t) & 1 ? coordinate : 1n - coordinate)), rest);
}

/** Pairs of one point of G2 are joined first: pairings are what takes time. A pair with infinity contributes 1. */
function productIsOne(pairs: readonly Pair[]): boolean {
  const joined = new Map<string, Pair>();
  for (const { g1, g2 } of pairs) {
    const name = g2.toHex();
    joined.set(name, { g1: joined.get(name)?.g1.add(g1) ?? g1, g2 });
  }
  const { Fp12 } = bn254.fields;
  const finite = [...joined.values()].filter(({ g1 }) => !g1.is0());
  return Fp12.eql(bn254.pairingBatch(finite), Fp12.ONE);
}

function arePoints(commitments: readonly Commitment[], points: ProofPoints): boolean {
  return [...commitments.flat(), ...Object.values(points).flat()].every(isPoint);
}

function isGroth16(words: readonly bigint[]): boolean {
  if (words.length !== 8 || !words.every((word) => word >= 0n && word < P)) return false;
  const [ax, ay, bx1, bx0, by1, by0, cx, cy] = words;
  return isPoint({ x: ax, y: ay }) && isPoint({ x: cx, y: cy }) && isG2Point([bx1, bx0, by1, by0]);
}

function at(point: Point): G1Point {
  return G1.fromAffine(point);
}

function times(point: G1Point, factor: bigint): G1Point {
  return point.multiplyUnsafe(mod(factor));
}
