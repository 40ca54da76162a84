// A batch of relations by number, as the prover has it; it says which of them are false.

import { eqTable, mod, range } from './algebra.ts';
import { type Instance, type ReferenceTranscript, sumcheck, sumOf, type Table, table } from './argument.ts';
import { looked, sharing } from './omitted.ts';
import type { Sender } from './sender.ts';
import { LIMB_BITS } from './tensors.ts';

export interface Term {
  coefficient: bigint;
  factors: (readonly bigint[])[];
}

export const term = (...factors: (readonly bigint[])[]): Term => ({ coefficient: 1n, factors });
export const times = (coefficient: bigint, ...factors: (readonly bigint[])[]): Term => ({ coefficient, factors });

/** Positions of a tensor with `low` row bits and `high` feature bits from position `features` on. */
export const positions = (low: number, high: number, features = 12): number[] => [
  ...range(low),
  ...range(high).map((t) => features + t),
];
export const pointAt = (at: readonly number[], point: readonly bigint[]): bigint[] => at.map((t) => point[t]);

/** What a lookup has in the LogUp sum. */
export interface Share {
  /** the lookup's relation */
  index: number;
  at: readonly number[];
  h: bigint[];
}

export class ReferenceBatch {
  readonly #instances: (Omit<Instance, 'weight'> & { index: number })[] = [];
  readonly #claims: Record<number, bigint> = {};
  readonly #tables = new Map<readonly bigint[], Table>();

  /** The sum over the hypercube of `at` of the terms is the relation's claim. */
  sum(index: number, at: readonly number[], terms: readonly Term[], claim = 0n): void {
    this.#claims[index] = mod((this.#claims[index] ?? 0n) + claim);
    this.#instances.push({
      index,
      positions: at,
      terms: terms.map(({ coefficient, factors }) => ({
        coefficient: mod(coefficient),
        factors: factors.map((f) => this.#table(at, f)),
      })),
    });
  }

  /** The terms add up to 0 in every entry: a sum weighted with eq. */
  zero(index: number, at: readonly number[], tau: readonly bigint[], terms: readonly Term[]): void {
    const eq = this.#eq(at, tau);
    this.sum(
      index,
      at,
      terms.map((t) => ({ ...t, factors: [...t.factors, eq] })),
    );
  }

  /** A grouped lookup of three limbs (design, section 5). */
  lookup(
    index: number,
    at: readonly number[],
    tau: readonly bigint[],
    beta: bigint,
    h: bigint[],
    limbs: (readonly bigint[])[],
    present = 1n,
  ): void {
    const [a, b, c] = looked(index, [...limbs]).map((limb) => limb.map((v) => mod(beta - v)));
    this.zero(index, at, tau, [term(h, a, b, c), times(-present, a, b), times(-present, a, c), times(-present, b, c)]);
  }

  /** A single lookup. */
  lookupOne(
    index: number,
    at: readonly number[],
    tau: readonly bigint[],
    beta: bigint,
    h: bigint[],
    limb: readonly bigint[],
  ): void {
    const inside = limb.map((v) => mod(beta - v));
    this.zero(index, at, tau, [term(h, inside), times(-1n)]);
  }

  /** The table's relation, and the LogUp sum over all helpers. */
  logUp(
    { table: tableIndex, logUp: sumIndex }: { table: number; logUp: number },
    tau: readonly bigint[],
    beta: bigint,
    { g, mult, helpers }: { g: bigint[]; mult: bigint[]; helpers: readonly Share[] },
  ): void {
    const at = range(LIMB_BITS);
    const inside = g.map((_, k) => mod(beta - BigInt(k)));
    this.zero(tableIndex, at, tau, [term(g, inside), times(-1n, mult)]);
    for (const { at: own, h } of sharing(helpers)) this.sum(sumIndex, own, [term(h)]);
    this.sum(sumIndex, at, [times(-1n, g)]);
  }

  /** Numbers of the relations that do not hold. */
  violated(): number[] {
    const sums: Record<number, bigint> = {};
    for (const i of this.#instances) sums[i.index] = mod((sums[i.index] ?? 0n) + sumOf(i));
    return Object.keys(sums)
      .map(Number)
      .filter((index) => sums[index] !== this.#claims[index]);
  }

  /** Rounds are the variables, from the highest on; weights are those of the relations. */
  prove(
    weights: readonly bigint[],
    transcript: ReferenceTranscript,
    { rounds, degree, stage, sender }: { rounds: number; degree: number; stage: string; sender: Sender },
  ): { messages: bigint[][]; point: bigint[] } {
    return sumcheck(
      this.#instances.map((i) => ({ ...i, weight: weights[i.index] })),
      rounds,
      degree,
      transcript,
      (round, message) => sender.send(`${stage} ${round}`, message),
    );
  }

  readonly #eqs = new Map<string, bigint[]>();
  #eq(at: readonly number[], tau: readonly bigint[]): bigint[] {
    const key = `${at} ${tau[0]}`;
    if (!this.#eqs.has(key)) this.#eqs.set(key, eqTable(pointAt(at, tau)));
    return this.#eqs.get(key)!;
  }

  #table(at: readonly number[], values: readonly bigint[]): Table {
    const known = this.#tables.get(values);
    if (known && known.positions.length === at.length && known.positions.every((p, i) => p === at[i])) return known;
    const made = table(at, values);
    this.#tables.set(values, made);
    return made;
  }
}
