// A prover of openings that knows tau, so that it commits without a structured reference string. It divides real
// polynomials: whatever it opens satisfies the three equations for the stated reason, not by construction of points.
import { bn254 } from '@noble/curves/bn254.js';
import { keccak256, numberToHex } from 'viem';
import type { Point, ProofPoints, ProofSignals } from '../../../src/argument/types.ts';
import { mod, power, R } from '../../../src/numbers/field.ts';
import type { SrsPowers } from '../../../src/registry/opening.ts';
import type { G2Words } from '../../../src/registry/points.ts';

export const C = 2 ** 10;
export const C2 = 2 ** 5;
export const TAU = BigInt(keccak256('0x746573742e746175')) % R;

/** Field elements that look random and are the same in every run. */
export function elements(seed: bigint, count: number): bigint[] {
  const out: bigint[] = [];
  for (let i = 0; i < count; i++) out.push(BigInt(keccak256(numberToHex((seed << 64n) | BigInt(i), { size: 64 }))) % R);
  return out;
}

/** f(tau): the discrete logarithm of a commitment. */
export function valueAtTau(polynomial: readonly bigint[]): bigint {
  return polynomial.reduceRight((value, coefficient) => mod(value * TAU + coefficient), 0n);
}

export function commit(polynomial: readonly bigint[]): Point {
  return pointOf(valueAtTau(polynomial));
}

/** scalar * G1 in affine coordinates; (0, 0) for infinity. */
export function pointOf(scalar: bigint): Point {
  if (mod(scalar) === 0n) return { x: 0n, y: 0n };
  const { x, y } = bn254.G1.Point.BASE.multiply(mod(scalar)).toAffine();
  return { x, y };
}

/** scalar * G2 as the precompiled pairing takes it. */
export function g2PointOf(scalar: bigint): G2Words {
  const { x, y } = bn254.G2.Point.BASE.multiply(mod(scalar)).toAffine();
  return [x.c1, x.c0, y.c1, y.c0];
}

/** What stands for the tables of functions, which proofs of train open: any polynomial, contracts know its commitment alone. */
export const TABLES = elements(0x7ab1e5n, 300);

export const TEST_SRS: SrsPowers = {
  devKeys: true,
  tau: g2PointOf(TAU),
  tauC: g2PointOf(power(TAU, BigInt(C))),
  tables: commit(TABLES),
};

/** f = quotient (X^n - root) + remainder. */
export function divide(f: readonly bigint[], n: number, root: bigint): { quotient: bigint[]; remainder: bigint[] } {
  const work = [...f];
  const quotient = new Array<bigint>(Math.max(f.length - n, 0)).fill(0n);
  for (let i = f.length - 1; i >= n; i--) {
    quotient[i - n] = work[i];
    work[i - n] = mod(work[i - n] + root * work[i]);
  }
  return { quotient, remainder: work.slice(0, n) };
}

/** rest eq(y, h), straight from its definition. */
export function chunkWeight([rest, ...y]: readonly bigint[], h: number): bigint {
  return y.reduce((product, coordinate, t) => mod(product * ((h >> t) & 1 ? coordinate : R + 1n - coordinate)), rest);
}

/** What a proof says of chunks: rest, then as many coordinates as the longest of these vectors needs. */
export function chunkWords(seed: bigint, counts: readonly number[]): bigint[] {
  return elements(seed, 1 + Math.ceil(Math.log2(Math.max(...counts))));
}

export interface Opened {
  points: ProofPoints;
  signals: ProofSignals;
}

/** What a prover puts into an opening beside the statement's oracles. */
export interface Sizes {
  /** chunks, 1 unless given */
  trace?: number;
  helper?: number;
  /** whether the tables are opened behind the helper, as in train */
  tables?: boolean;
}

/**
 * Opens the statement's oracles together with a trace and a helper.
 * @param oracles [oracle][chunk] polynomials of the statement's commitments, in opening order; an absent parent has no chunk
 * @param seed decides challenges, trace, helper and p'
 */
export function openOracles(
  oracles: readonly (readonly (readonly bigint[])[])[],
  seed: bigint,
  sizes: Sizes = {},
): Opened {
  const [eta, gamma, theta, gamma2, z] = elements(seed, 5);
  const sent = (from: bigint, count: number) =>
    Array.from({ length: count }, (_, h) => elements(from + BigInt(h), 300));
  const trace = sent(seed + 100n, sizes.trace ?? 1);
  trace[0] = elements(seed + 1n, C + 700);
  const helper = sent(seed + 300n, sizes.helper ?? 1);
  const chunk = chunkWords(
    seed + 50n,
    [...oracles, trace, helper].map(({ length }) => length),
  );
  const g: bigint[] = [];
  [...oracles, trace, helper, ...(sizes.tables ? [[TABLES]] : [])].forEach((chunks, o) => {
    chunks.forEach((polynomial, h) => {
      const weight = mod(power(eta, BigInt(o)) * chunkWeight(chunk, h));
      polynomial.forEach((c, i) => {
        g[i] = mod((g[i] ?? 0n) + weight * c);
      });
    });
  });
  const level1 = divide(g, C, gamma);
  // The chain does not see how p' belongs to g: that is the circuit's part.
  const rows = elements(seed + 3n, C);
  const g2 = rows.map((c, i) => mod(c + theta * level1.remainder[i]));
  const level2 = divide(g2, C2, gamma2);
  const factor = power(z, BigInt(C2)) - gamma2;
  const opened = g2.map((c, i) => mod(c - factor * (level2.quotient[i] ?? 0n)));
  const last = divide(opened, 1, z);
  const points: ProofPoints = {
    trace: trace.map(commit),
    helper: helper.map(commit),
    rows: commit(rows),
    columns: commit(level1.remainder),
    quotient: commit(level1.quotient),
    quotient2: commit(level2.quotient),
    opening: commit(last.quotient),
  };
  return { points, signals: { eta, gamma, theta, gamma2, z, e2: last.remainder[0], chunk } };
}

/** a - b as points. */
export function minus(a: Point, b: Point): Point {
  const { x, y } = bn254.G1.Point.fromAffine(a).subtract(bn254.G1.Point.fromAffine(b)).toAffine();
  return { x, y };
}

/** A point of the twisted curve that is not of order r. */
export function twistPointOutsideGroup(): G2Words {
  const { Fp2 } = bn254.fields;
  const b = Fp2.fromBigTuple([
    19485874751759354771024239261021720505790618469301721065564631296452457478373n,
    266929791119991161246907387137283842545076965332900288569378510910307636690n,
  ]);
  for (let i = 1n; ; i++) {
    const x = Fp2.fromBigTuple([i, 0n]);
    const square = Fp2.add(Fp2.mul(Fp2.sqr(x), x), b);
    try {
      const y = Fp2.sqrt(square);
      const point = bn254.G2.Point.fromAffine({ x, y });
      if (!point.isTorsionFree()) return [x.c1, x.c0, y.c1, y.c0];
    } catch {}
  }
}
