// What the reference provers of import, merge and score share: oracles with named slots, lookups, a batch of relations by
// number, claims by number. Nothing here refuses a false statement; instead it says which relations and claims are
// false, so that a test can hold a cheat to be one of exactly the relation it is meant to break.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { eqTable, evaluate, inverse, log2Up, mod, polynomial, powers, type Random, range, zeros } from './algebra.ts';
import {
  bits,
  type Claim,
  type ClaimTerm,
  digests,
  type Instance,
  type Interference,
  layout,
  layoutWords,
  open,
  outputs,
  ReferenceTranscript,
  type Slot,
  sumcheck,
  sumOf,
  type Table,
  table,
} from './argument.ts';
import type { Inputs } from './common.ts';

const DIGEST = NUMBERING.shared.digests;

export type Tensors = Record<string, bigint[]>;

/** Where a cheat may interfere: it changes named tensors in place before they are committed. */
export interface Hooks {
  /** before the multiplicities are counted */
  trace?: (tensors: Tensors) => void;
  multiplicities?: (mult: bigint[]) => void;
  helper?: (tensors: Tensors, beta: bigint, traced: Tensors) => void;
  /** where a program has sums; tau is the zero-checks' point */
  sums?: (sums: bigint[], tau: readonly bigint[]) => void;
  /** evals1 once the batch is done */
  evals?: (evals: bigint[], at: BatchView) => void;
  interfere?: Interference;
}

/** What an adaptive cheat knows when it chooses evals1. */
export interface BatchView {
  point: readonly bigint[];
  lambda: bigint;
  beta: bigint;
  /** the zero-checks' point */
  tau: readonly bigint[];
  /** what the circuit expects at the point less what the honest evaluations give: 0 for a true statement */
  missing: () => bigint;
}

export interface Reference {
  /** circuit inputs by name */
  inputs: Inputs;
  /** the six outputs as an independent verifier has them */
  outputs: Record<string, bigint>;
  /** false relations of the batch and false claims, by number */
  violated: { relations: number[]; claims: number[] };
}

export interface NamedOracle {
  vector: bigint[];
  slots: Record<string, Slot>;
}

const ABSENT: Slot = { bits: zeros(22), log2: 0, present: 0n };

/** Tensors of power-of-two sizes laid out canonically. */
export function oracleOf(tensors: Tensors): NamedOracle {
  const sizes = Object.entries(tensors).map(([name, v]) => [name, Math.log2(v.length)] as const);
  const { offsets, length } = layout(sizes);
  const vector = zeros(2 ** log2Up(length));
  const slots: Record<string, Slot> = {};
  for (const [name, log2] of sizes) {
    tensors[name].forEach((v, i) => {
      vector[offsets[name] + i] = mod(v);
    });
    slots[name] = { bits: bits(offsets[name], 22), log2, present: 1n };
  }
  return { vector, slots };
}

export const slotBits = (oracle: NamedOracle, names: readonly string[]): bigint[][] =>
  names.map((name) => (oracle.slots[name] ?? ABSENT).bits);

/** The five blinding entries of a trace (protocol, section 8). */
export function blinding(random: Random): bigint[] {
  const out = zeros(2 ** 12);
  for (const at of [0, 65, 130, 2048 + 195, 2048 + 260]) out[at] = random.element();
  return out;
}

/** How often each entry of the table occurs; what is outside of it is not counted. */
export function countLimbs(limbs: readonly (readonly bigint[])[]): bigint[] {
  const mult = zeros(2 ** 14);
  for (const limb of limbs) for (const v of limb) if (v >= 0n && v < 2n ** 14n) mult[Number(v)]++;
  return mult;
}

/** 1 / v for every entry, 0 for 0. */
export function inverses(values: readonly bigint[]): bigint[] {
  const prefix = [1n];
  for (const v of values) prefix.push(mod(prefix[prefix.length - 1] * (mod(v) || 1n)));
  let rest = inverse(prefix[values.length]);
  const out = zeros(values.length);
  for (let i = values.length - 1; i >= 0; i--) {
    const v = mod(values[i]);
    out[i] = v === 0n ? 0n : mod(rest * prefix[i]);
    rest = mod(rest * (v || 1n));
  }
  return out;
}

/** sum over the limbs of 1 / (beta - limb), entry by entry. */
export function lookupHelper(beta: bigint, ...limbs: (readonly bigint[])[]): bigint[] {
  const all = limbs.map((limb) => inverses(limb.map((v) => beta - v)));
  return limbs[0].map((_, i) => mod(all.reduce((s, v) => s + v[i], 0n)));
}

/** multiplicity / (beta - k) for k = 0..2^14-1. */
export const tableHelper = (beta: bigint, mult: readonly bigint[]): bigint[] =>
  inverses(mult.map((_, k) => beta - BigInt(k))).map((v, k) => mod(v * mult[k]));

/** Positions of a tensor with `low` bits in 0..11 and `high` bits in 12..23. */
export const positions = (low: number, high: number): number[] => [...range(low), ...range(high).map((t) => 12 + t)];

export const pointAt = (at: readonly number[], point: readonly bigint[]): bigint[] => at.map((t) => point[t]);

/** The low 41-bit signed value's limbs: x + 2^41 = l0 + 2^14 l1 + 2^28 l2, l2 as large or as negative as x makes it. */
export function weightLimbs(x: bigint): [bigint, bigint, bigint] {
  const y = x + 2n ** 41n;
  const l0 = ((y % 2n ** 14n) + 2n ** 14n) % 2n ** 14n;
  const rest = (y - l0) / 2n ** 14n;
  const l1 = ((rest % 2n ** 14n) + 2n ** 14n) % 2n ** 14n;
  return [l0, l1, (rest - l1) / 2n ** 14n];
}

export interface Term {
  coefficient: bigint;
  factors: (readonly bigint[])[];
}

export const term = (...factors: (readonly bigint[])[]): Term => ({ coefficient: 1n, factors });
export const times = (coefficient: bigint, ...factors: (readonly bigint[])[]): Term => ({ coefficient, factors });

export interface ProvedBatch {
  messages: bigint[][];
  point: bigint[];
  missing: () => bigint;
}

/** Relations of a first batch, numbered as in docs/protocol.md. */
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
    const eq = eqTable(pointAt(at, tau));
    this.sum(
      index,
      at,
      terms.map((t) => ({ ...t, factors: [eq, ...t.factors] })),
    );
  }

  /** A grouped lookup of three limbs (design, section 5). */
  lookup(
    index: number,
    at: readonly number[],
    tau: readonly bigint[],
    beta: bigint,
    h: bigint[],
    limbs: bigint[][],
  ): void {
    const [a, b, c] = limbs.map((limb) => limb.map((v) => mod(beta - v)));
    this.zero(index, at, tau, [term(h, a, b, c), times(-1n, a, b), times(-1n, a, c), times(-1n, b, c)]);
  }

  /** A single lookup. */
  lookupOne(
    index: number,
    at: readonly number[],
    tau: readonly bigint[],
    beta: bigint,
    h: bigint[],
    limb: bigint[],
  ): void {
    this.zero(index, at, tau, [
      term(
        h,
        limb.map((v) => mod(beta - v)),
      ),
      times(-1n),
    ]);
  }

  /** The table's relation, and the LogUp sum over all helpers. */
  logUp(
    { table: tableIndex, logUp: sumIndex }: { table: number; logUp: number },
    tau: readonly bigint[],
    beta: bigint,
    { g, mult, helpers }: { g: bigint[]; mult: bigint[]; helpers: { at: readonly number[]; h: bigint[] }[] },
  ): void {
    const at = range(14);
    this.zero(tableIndex, at, tau, [
      term(
        g,
        g.map((_, k) => mod(beta - BigInt(k))),
      ),
      times(-1n, mult),
    ]);
    for (const { at: own, h } of helpers) this.sum(sumIndex, own, [term(h)]);
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

  prove(lambda: bigint, transcript: ReferenceTranscript, interfere: Interference = (_, m) => m): ProvedBatch {
    const weights = powers(lambda, 1 + Math.max(...this.#instances.map((i) => i.index)));
    const { messages, point } = sumcheck(
      this.#instances.map((i) => ({ ...i, weight: weights[i.index] })),
      24,
      5,
      transcript,
      (round, message) => interfere(`batch1 ${round}`, message),
    );
    const missing = () => {
      let claim = mod(Object.entries(this.#claims).reduce((s, [index, c]) => s + weights[Number(index)] * c, 0n));
      messages.forEach(([c0, ...higher], k) => {
        const c1 = claim - 2n * c0 - higher.reduce((s, c) => s + c, 0n);
        claim = polynomial([c0, c1, ...higher], point[23 - k]);
      });
      for (const { index, positions: at, terms } of this.#instances) {
        const dormant = point.reduce((v, r, t) => (at.includes(t) ? v : mod(v * (1n - r))), 1n);
        for (const { coefficient, factors } of terms) {
          const product = factors.reduce((v, f) => mod(v * evaluate(f.values, pointAt(at, point))), coefficient);
          claim = mod(claim - mod(weights[index] * dormant) * product);
        }
      }
      return claim;
    };
    return { messages, point, missing };
  }

  #table(at: readonly number[], values: readonly bigint[]): Table {
    const known = this.#tables.get(values);
    if (known && known.positions.length === at.length && known.positions.every((p, i) => p === at[i])) return known;
    const made = table(at, values);
    this.#tables.set(values, made);
    return made;
  }
}

/** Claims by number; a claim on an absent slot is an empty one. */
export class ReferenceClaims {
  readonly #oracles: readonly NamedOracle[];
  readonly list: Claim[] = [];

  constructor(oracles: readonly NamedOracle[], count: number) {
    this.#oracles = oracles;
    this.list = range(count).map(() => ({ value: 0n, terms: [] }));
  }

  term(oracle: number, name: string, point: readonly bigint[], coefficient = 1n): ClaimTerm {
    return { oracle, slot: this.#oracles[oracle].slots[name] ?? ABSENT, point, coefficient: mod(coefficient) };
  }

  set(index: number, value: bigint, ...terms: ClaimTerm[]): void {
    this.list[index] = { value: mod(value), terms };
  }

  violated(): number[] {
    return range(this.list.length).filter((c) => {
      const { value, terms } = this.list[c];
      let total = 0n;
      for (const { oracle, slot, point, coefficient } of terms) {
        if (slot.present === 0n) continue;
        const offset = slot.bits.reduce((s, b, t) => s + Number(b) * 2 ** t, 0);
        const own = this.#oracles[oracle].vector.slice(offset, offset + 2 ** slot.log2);
        total += coefficient * evaluate(own, point as bigint[]);
      }
      return mod(total) !== mod(value);
    });
  }
}

/** Transcript, digests and the messages up to the batch; `finish` adds the opening and makes the circuit's inputs. */
export class ReferenceRun {
  readonly h: bigint[];
  readonly nonce: bigint[];
  readonly transcript: ReferenceTranscript;
  readonly interfere: Interference;

  constructor(random: Random, hooks: Hooks) {
    ({ h: this.h, nonce: this.nonce } = digests(random));
    this.transcript = new ReferenceTranscript(this.h[DIGEST.statement]);
    this.interfere = hooks.interfere ?? ((_, m) => m);
  }

  commit(which: 'trace' | 'helper', oracle: NamedOracle, names: readonly string[]): bigint {
    return this.transcript.absorb([this.h[DIGEST[which]], ...layoutWords(slotBits(oracle, names))]);
  }

  finish(
    oracles: readonly NamedOracle[],
    claims: ReferenceClaims,
    batch: ReferenceBatch,
    rho: bigint,
    own: Inputs,
  ): Reference {
    const { h, nonce, transcript, interfere } = this;
    const opening = open(
      oracles.map((o) => o.vector),
      claims.list,
      transcript,
      { rho, h, nonce, interfere },
    );
    const reduced = new ReferenceTranscript(rho);
    for (const message of opening.reduce) reduced.absorb(message);
    return {
      inputs: { h, nonce, ...opening, ...own },
      outputs: outputs(reduced.state, opening, h, nonce),
      violated: { relations: batch.violated(), claims: claims.violated() },
    };
  }
}
