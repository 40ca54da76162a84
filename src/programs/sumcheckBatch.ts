import type { Kernels, Vec } from '../argument/kernels.ts';
import type { LookupTable } from '../argument/lookup.ts';
import type { Session } from '../argument/session.ts';
import {
  finalValue,
  type Instance,
  type LaterTerms,
  type Poly,
  poly,
  range,
  type SumcheckResult,
  sumcheck,
  type Term,
} from '../argument/sumcheck.ts';
import { NUMBERING, type Numbered } from '../generated/numbering.ts';
import { LIMB_BITS } from '../numbers/constants.ts';
import { mod, powersOf } from '../numbers/field.ts';
import { type Axes, DENSE, pointOf, positions, sizeOf } from './axes.ts';

export const term = (...factors: Poly[]): Term => ({ coefficient: 1n, factors });
export const minus = (...factors: Poly[]): Term => ({ coefficient: -1n, factors });
export const times = (coefficient: bigint, ...factors: Poly[]): Term => ({ coefficient, factors });

/** Numbers of a program's relations and evaluations, from its description alone. An evaluation's number is its claim's too. */
export type RelationNumber = Numbered<'relation'>;
export type EvaluationNumber = Numbered<'evaluation' | 'claim'>;

/** Numbers of the evaluations of the lookup table, which their claims have too. */
export interface TableNumbers {
  g: EvaluationNumber;
  mult: EvaluationNumber;
}

/**
 * A program's first sumcheck batch: relations numbered as in docs/protocol.md, all lookups with their one sum, and the evaluations to be read off at the end. The number
 * of a relation is its power of the batching challenge.
 */
export class SumcheckBatch {
  readonly #k: Kernels;
  readonly #table: LookupTable;
  readonly #beta: bigint;
  readonly #tau: readonly bigint[];
  readonly #axes: Axes;
  readonly #relations: (Omit<Instance, 'weight'> & { index: number })[] = [];
  readonly #combined: {
    indices: readonly RelationNumber[];
    positions: readonly number[];
    terms: (weights: bigint[]) => Term[];
  }[] = [];
  readonly #helpers: { sign: bigint; poly: Poly }[] = [];
  readonly #evaluated: { index: number; value: () => bigint }[] = [];

  /** @param tau the zero-checks' point, over all axes */
  constructor(k: Kernels, table: LookupTable, beta: bigint, tau: readonly bigint[], axes = DENSE) {
    this.#k = k;
    this.#table = table;
    this.#beta = beta;
    this.#tau = tau;
    this.#axes = axes;
  }

  /** eq(tau, .) over a tensor with so many bits of each axis. */
  eq(...bits: number[]): Poly {
    return poly(this.#k.eqTable(pointOf(this.#axes, bits, this.#tau)), positions(this.#axes, bits));
  }

  /** A relation: the sum of the terms is the claim. Its variables are those of the widest factor of the first term. */
  add(index: RelationNumber, terms: Term[], claim = 0n): void {
    const widest = terms[0].factors.reduce((a, b) => (b.positions.length > a.positions.length ? b : a));
    this.#relations.push({ index, positions: widest.positions, terms, claim });
  }

  /** A relation whose terms are of the higher positions alone until these are bound. */
  addStaged(index: RelationNumber, at: readonly number[], terms: Term[], claim: bigint, later: LaterTerms): void {
    this.#relations.push({ index, positions: at, terms, claim, later });
  }

  /** Relations without a sum that are proved as one instance: `terms` makes the terms of their weighted sum once the weights are known. */
  addCombined(indices: readonly RelationNumber[], at: readonly number[], terms: (weights: bigint[]) => Term[]): void {
    this.#combined.push({ indices, positions: at, terms });
  }

  /**
   * Proves limbs to be in the table: three at once (degree 5), of which the last `zeros` are 0 everywhere, or one (degree 3). Returns
   * the polynomials beta - limb.
   */
  addLookup(index: RelationNumber, eq: Poly, h: Poly, limbs: readonly Int32Array[], zeros = 0): Poly[] {
    const denominators = limbs.map((limb) => poly(this.#table.denominators(limb), eq.positions));
    this.add(index, this.#lookupTerms(eq, h, denominators, zeros));
    this.#helpers.push({ sign: 1n, poly: h });
    return denominators;
  }

  /** eq (h a b c - ab - ac - bc) of the denominators a, b, c, of which those of zeros are beta; eq (h a - 1) of one alone. */
  #lookupTerms(eq: Poly, h: Poly, denominators: readonly Poly[], zeros: number): Term[] {
    const [a, b] = denominators;
    const beta = this.#beta;
    switch (`${denominators.length} ${zeros}`) {
      case '3 0':
        return [{ ...term(eq, h, ...denominators), lookup: true }];
      case '2 1':
        return [times(beta, eq, h, a, b), minus(eq, a, b), times(-beta, eq, a), times(-beta, eq, b)];
      case '1 2':
        return [times(beta * beta, eq, h, a), times(-2n * beta, eq, a), times(-beta * beta, eq)];
      case '1 0':
        return [term(eq, h, a), minus(eq)];
      default:
        throw new RangeError(`a lookup group has one or three limbs, not ${denominators.length + zeros}`);
    }
  }

  /**
   * Proves pairs to be in their table: h times the denominators is 1, or 0 where an entry is not `real`.
   * @param real 1 or 0; left out where all are real
   * @param product factors of what is taken from the denominators, where they are not linear
   */
  addPairs(
    index: RelationNumber,
    eq: Poly,
    h: Poly,
    denominators: Poly,
    real: readonly Poly[],
    product: readonly Poly[] = [],
  ): void {
    const taken = product.length === 0 ? [] : [minus(eq, h, ...product)];
    this.add(index, [term(eq, h, denominators), minus(eq, ...real), ...taken]);
    this.#helpers.push({ sign: 1n, poly: h });
  }

  /**
   * A table's own relation, g (beta - k) = mult.
   * @param evaluations numbers of the evaluations of g and mult
   * @param table that of the limbs unless told
   */
  addTable(index: RelationNumber, evaluations: TableNumbers, g: Vec, mult: Vec, table = this.#table): void {
    const at = range(0, LIMB_BITS);
    const own = (v: Vec) => poly(this.#k.copy(v), at);
    const [eq, gPoly, multPoly] = [poly(this.#k.eqTable(this.#tau.slice(0, LIMB_BITS)), at), own(g), own(mult)];
    this.add(index, [term(eq, gPoly, own(table.shifted)), minus(eq, multPoly)]);
    this.#helpers.push({ sign: -1n, poly: gPoly });
    this.evaluate(evaluations.g, gPoly);
    this.evaluate(evaluations.mult, multPoly);
  }

  /** Evaluation number `index` is the polynomial's value at the batch's point. */
  evaluate(index: EvaluationNumber, p: Poly): void {
    this.evaluateBy(index, () => finalValue(this.#k, p));
  }

  /** As evaluate, of what is known when the batch is done. */
  evaluateBy(index: EvaluationNumber, value: () => bigint): void {
    this.#evaluated.push({ index, value });
  }

  /** As evaluate, for a limb given by its denominator beta - limb. */
  evaluateLimb(index: EvaluationNumber, denominator: Poly): void {
    this.evaluateBy(index, () => mod(this.#beta - finalValue(this.#k, denominator)));
  }

  /** Runs the sumcheck. @param sums what is claimed before it @param sumIndex number of the lookups' sum, the last relation */
  prove(session: Session, sums: readonly bigint[], sumIndex: RelationNumber, degree: number): SumcheckResult {
    const lambda = session.absorb([...sums, session.nonce[NUMBERING.shared.nonces.lambda]]);
    const power = powersOf(lambda, sumIndex + 1);
    const instances: Instance[] = [
      ...this.#relations.map(({ index, ...relation }) => ({ ...relation, weight: power[index] })),
      ...this.#combined.map(({ indices, positions: at, terms }) => ({
        weight: 1n,
        claim: 0n,
        positions: at,
        terms: terms(indices.map((index) => power[index])),
      })),
      ...this.#helpers.map(({ sign, poly: p }) => ({
        weight: sign * power[sumIndex],
        claim: this.#k.sum(p.vec),
        positions: p.positions,
        terms: [term(p)],
      })),
    ];
    return sumcheck(this.#k, instances, sizeOf(this.#axes), degree, session.absorb);
  }

  /** The evaluations after the sumcheck, 0 where nothing is evaluated (absent layers). */
  evaluations(count: number): bigint[] {
    const out = new Array<bigint>(count).fill(0n);
    for (const { index, value } of this.#evaluated) out[index] = value();
    return out;
  }
}
