import type { Numbered } from '../generated/numbering.ts';
import { inverse, mod, powersOf } from '../numbers/field.ts';

/** Numbers of a program's claims and oracles, from its description alone. */
export type ClaimNumber = Numbered<'claim'>;
export type OracleNumber = Numbered<'oracle'>;

/** coefficient * (tensor at `offset` of the oracle)~(point); the slot has 2^point.length entries, and times those of tables. */
export interface ClaimTerm {
  oracle: OracleNumber;
  offset: number;
  point: readonly bigint[];
  coefficient?: bigint;
  tables?: ClaimTables;
}

/**
 * Indices of a tensor with a weight for each of their values, which is no eq of a point: they stand behind the first `at` variables of the
 * point, the first lowest. Each has a power of two of weights.
 */
export interface ClaimTables {
  at: number;
  weights: readonly (readonly bigint[])[];
}

/** A tensor of an oracle and the coefficient of all claims on it at one point. */
export interface WeightedTerm {
  term: ClaimTerm;
  coefficient: bigint;
}

/** Linear claims on evaluations of committed tensors, weighted by powers of rho (design section 6.1). */
export class Claims {
  readonly #powers: bigint[];
  readonly #weights: WeightedTerm[] = [];
  total = 0n;

  /** @param count number of claims of the program, rho^0 .. rho^(count-1) */
  constructor(rho: bigint, count: number) {
    this.#powers = powersOf(rho, count);
  }

  /** Claim number `index`: sum of the terms = value. Terms that share oracle, offset, point and tables (the same arrays) cost one pass. */
  add(index: ClaimNumber, value: bigint, terms: readonly ClaimTerm[]): void {
    const power = this.#powers[index];
    this.total = mod(this.total + power * value);
    for (const term of terms) {
      const coefficient = mod(power * (term.coefficient ?? 1n));
      const same = this.#weights.find(
        ({ term: other }) =>
          other.oracle === term.oracle &&
          other.offset === term.offset &&
          other.point === term.point &&
          other.tables === term.tables,
      );
      if (same) same.coefficient = mod(same.coefficient + coefficient);
      else this.#weights.push({ term, coefficient });
    }
  }

  /** What the claims say of an oracle. */
  of(oracle: number): WeightedTerm[] {
    return this.#weights.filter(({ term }) => term.oracle === oracle);
  }
}

/** The weight 1 - y + y v of every coordinate y, by its v, as coefficient * eq(point, y). */
export function weighted(values: readonly bigint[]): { point: bigint[]; coefficient: bigint } {
  const sums = values.map((v) => mod(1n + v));
  return {
    point: values.map((v, t) => mod(v * inverse(sums[t]))),
    coefficient: sums.reduce((product, sum) => mod(product * sum), 1n),
  };
}
