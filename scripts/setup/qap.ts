import { R } from '../../src/numbers/field.ts';
import type { R1cs } from './r1cs.ts';
import { lagrangeAt } from './scalars.ts';

/** A circuit's polynomials at tau, one value for each signal. */
export interface Qap {
  /** the domain has 2^power = size rows: constraints, then one row for each public signal and the constant */
  power: number;
  size: number;
  A: bigint[];
  B: bigint[];
  C: bigint[];
  /** coefficients in A and B together, without the rows for public signals */
  terms: number;
}

/** Rows of the domain as snarkjs chooses them: the power of two above constraints + public signals. */
export function domainPower({ constraints, publics }: { constraints: number; publics: number }): number {
  return Math.floor(Math.log2(constraints + publics)) + 1;
}

/** @throws RangeError where tau is a root of unity of the domain */
export function qapAt(r1cs: R1cs, tau: bigint): Qap {
  const { signals, publics, constraints } = r1cs.sizes;
  const power = domainPower(r1cs.sizes);
  const lagrange = lagrangeAt(tau, power);
  const matrices = [0, 1, 2].map(() => new Array<bigint>(signals).fill(0n));
  let terms = 0;
  r1cs.forEachTerm((matrix, constraint, signal, coefficient) => {
    const column = matrices[matrix];
    column[signal] = (column[signal] + coefficient * lagrange[constraint]) % R;
    if (matrix < 2) terms++;
  });
  const [A, B, C] = matrices;
  // makes the public signals' polynomials independent, so that a proof cannot be moved to other public values
  for (let signal = 0; signal <= publics; signal++) A[signal] = (A[signal] + lagrange[constraints + signal]) % R;
  return { power, size: 1 << power, A, B, C, terms };
}
