// What every program's argument is made of (protocol, sections 1 and 3): transcript, sumcheck, slots, claims, layouts. A
// prover here never refuses: given false claims it goes on with honest polynomials, so that exactly the check that must
// catch it fails.

import * as poseidon from 'poseidon-lite';
import { fold, mod, polynomial, range, zeros } from './algebra.ts';

/** M: bits of an address in an oracle. */
export const ADDRESS = 26;
const OFFSETS_PER_WORD = 9;

export const hash = poseidon as unknown as Record<string, (inputs: bigint[]) => bigint>;

/** The transcript of protocol section 3. */
export class ReferenceTranscript {
  state: bigint;
  constructor(state: bigint) {
    this.state = state;
  }
  absorb(elements: readonly bigint[]): bigint {
    const reduced = elements.map(mod);
    for (let i = 0; i < reduced.length; i += 15) {
      const chunk = reduced.slice(i, i + 15);
      this.state = hash[`poseidon${chunk.length + 1}`]([this.state, ...chunk]);
    }
    return this.state;
  }
}

/** Values on the hypercube of some variables, `positions` ascending, lowest first. */
export interface Table {
  positions: readonly number[];
  values: readonly bigint[];
}

export interface Instance {
  weight: bigint;
  positions: readonly number[];
  /** sum of coefficient times product; all factors have the instance's positions */
  terms: { coefficient: bigint; factors: Table[] }[];
}

export const table = (positions: readonly number[], values: readonly bigint[]): Table => {
  if (values.length !== 2 ** positions.length)
    throw new RangeError(`${values.length} values, ${positions.length} variables`);
  return { positions, values: values.map(mod) };
};

const product = (tables: readonly (readonly bigint[])[], x: number): bigint => {
  let p = 1n;
  for (const t of tables) {
    if (t[x] === 0n) return 0n;
    p = mod(p * t[x]);
  }
  return p;
};

const sumOfTables = (coefficient: bigint, tables: readonly (readonly bigint[])[]): bigint => {
  let total = 0n;
  for (let x = 0; x < tables[0].length; x++) total += product(tables, x);
  return mod(coefficient * mod(total));
};

/** The sum of an instance over its hypercube, without its weight. */
export const sumOf = ({ terms }: Pick<Instance, 'terms'>): bigint =>
  mod(
    terms.reduce(
      (s, { coefficient, factors }) =>
        s +
        sumOfTables(
          coefficient,
          factors.map((f) => f.values),
        ),
      0n,
    ),
  );

/** Coefficients of sum_x prod_f (f(x) + X (f(x + half) - f(x))), the highest variable being X. */
function roundOf(tables: readonly (readonly bigint[])[], degree: number): bigint[] {
  const half = tables[0].length / 2;
  const out = zeros(degree + 1);
  for (let x = 0; x < half; x++) {
    let p = [1n];
    for (const t of tables) {
      const [c, d] = [t[x], t[x + half] - t[x]];
      if (c === 0n && d === 0n) {
        p = [];
        break;
      }
      if (d === 0n) {
        p = p.map((v) => mod(v * c));
        continue;
      }
      const next = zeros(p.length + 1);
      p.forEach((v, k) => {
        next[k] += v * c;
        next[k + 1] += v * d;
      });
      p = next.map(mod);
    }
    p.forEach((v, k) => {
      out[k] += v;
    });
  }
  return out.map(mod);
}

export interface SumcheckResult {
  messages: bigint[][];
  /** challenges by variable */
  point: bigint[];
}

/** Proves the sum of the batched instances over n variables (design, section 4). */
export function sumcheck(
  instances: readonly Instance[],
  n: number,
  degree: number,
  transcript: ReferenceTranscript,
  send: (round: number, message: bigint[]) => bigint[] = (_, m) => m,
): SumcheckResult {
  const current = new Map<Table, readonly bigint[]>();
  for (const { terms } of instances) for (const { factors } of terms) for (const f of factors) current.set(f, f.values);
  const tablesOf = (factors: readonly Table[]) => factors.map((f) => current.get(f)!);
  const at = instances.map((i) => ({
    ...i,
    open: i.positions.length,
    dormant: 1n,
    sum: undefined as bigint | undefined,
  }));
  const [messages, point] = [[] as bigint[][], zeros(n)];
  for (let t = n - 1; t >= 0; t--) {
    const c = zeros(degree + 1);
    for (const i of at) {
      const scale = mod(i.weight * i.dormant);
      if (i.positions[i.open - 1] !== t) {
        i.sum ??= mod(
          i.terms.reduce((s, { coefficient, factors }) => s + sumOfTables(coefficient, tablesOf(factors)), 0n),
        );
        c[0] += scale * i.sum;
        c[1] -= scale * i.sum;
        continue;
      }
      for (const { coefficient, factors } of i.terms) {
        const k = mod(scale * coefficient);
        roundOf(tablesOf(factors), degree).forEach((v, e) => {
          c[e] += k * v;
        });
      }
    }
    const [c0, , ...higher] = c.map(mod);
    const message = send(n - 1 - t, [c0, ...higher]);
    messages.push(message);
    const r = transcript.absorb(message);
    point[t] = r;
    const folded = new Set<Table>();
    for (const i of at) {
      if (i.positions[i.open - 1] !== t) {
        i.dormant = mod(i.dormant * (1n - r));
        continue;
      }
      i.open--;
      i.sum = undefined;
      for (const { factors } of i.terms)
        for (const f of factors)
          if (!folded.has(f)) {
            folded.add(f);
            current.set(f, fold(current.get(f)!, r));
          }
    }
  }
  return { messages, point };
}

/** The verifier's side: the point, and what the summed polynomial must be there. */
export function followRounds(
  claim: bigint,
  messages: readonly (readonly bigint[])[],
  transcript: ReferenceTranscript,
): { point: bigint[]; value: bigint } {
  const point = zeros(messages.length);
  let value = mod(claim);
  messages.forEach(([c0, ...higher], k) => {
    const c1 = value - 2n * c0 - higher.reduce((s, c) => s + c, 0n);
    const r = transcript.absorb([c0, ...higher]);
    point[messages.length - 1 - k] = r;
    value = polynomial([c0, c1, ...higher], r);
  });
  return { point, value };
}

/** A tensor's place: offset bits (a cheat may use any field elements), log2 of its size, presence. */
export interface Slot {
  bits: bigint[];
  log2: number;
  present: bigint;
}

/**
 * A coordinate of a claim's point: of a point of the tensor, summed over ('ones'), or that of a polynomial, whose entries
 * weigh 1 where it is 0 and `power` where it is 1.
 */
export type Coordinate = bigint | 'ones' | { power: bigint };

/** Weights where a coordinate is 0 and where it is 1. */
export const endsOf = (c: Coordinate): [bigint, bigint] => {
  if (c === 'ones') return [1n, 1n];
  return typeof c === 'bigint' ? [mod(1n - c), mod(c)] : [1n, mod(c.power)];
};

/** Some coordinates of which the weights are no product: by their entries, and their extension, which is found apart. */
export interface Block {
  weights: readonly bigint[];
  at: (y: readonly bigint[]) => bigint;
}
export type Part = Coordinate | Block;

export const isBlock = (part: Part): part is Block => typeof part === 'object' && 'weights' in part;
/** How many coordinates a part of a point is. */
export const coordinatesOf = (part: Part): number => (isBlock(part) ? Math.log2(part.weights.length) : 1);

/** Weights of all entries of a tensor that a claim's point has, the lowest coordinate first. */
export const weightsOf = (point: readonly Part[]): bigint[] =>
  point.reduce(
    (table: bigint[], part) =>
      (isBlock(part) ? part.weights : endsOf(part)).flatMap((weight) => table.map((v) => mod(v * weight))),
    [1n],
  );

export interface ClaimTerm {
  oracle: number;
  slot: Slot;
  /** the tensor's point */
  point: readonly Part[];
  coefficient: bigint;
}

export interface Claim {
  value: bigint;
  terms: ClaimTerm[];
}

/**
 * Where a cheat may interfere: called with the honest message, returns what is sent. `weights`: the next check sees only
 * the message's inner product with them, so a change that keeps it is not noticed there.
 */
export type Interference = (stage: string, message: bigint[], weights?: readonly bigint[]) => bigint[];

/** Layout of slots, largest first, equal ones in order: offset of each and the entries used. */
export function layout(sizes: readonly (readonly [string, number])[]): {
  offsets: Record<string, number>;
  length: number;
} {
  const sorted = sizes.map(([name, log2], i) => ({ name, log2, i })).sort((a, b) => b.log2 - a.log2 || a.i - b.i);
  const offsets: Record<string, number> = {};
  let at = 0;
  for (const { name, log2 } of sorted) {
    offsets[name] = at;
    at += 2 ** log2;
  }
  return { offsets, length: at };
}

export const bits = (value: number | bigint, n: number): bigint[] =>
  range(n).map((t) => (BigInt(value) >> BigInt(t)) & 1n);

export const slotOf = (offset: number, log2: number, present = 1n): Slot => ({
  bits: bits(offset, ADDRESS),
  log2,
  present,
});
export const absentSlot = (): Slot => slotOf(0, 0, 0n);

/** Offset bits packed 9 slots to a word (protocol, section 3). */
export function layoutWords(slots: readonly (readonly bigint[])[]): bigint[] {
  const words: bigint[] = [];
  slots.forEach((slot, i) => {
    const word = Math.floor(i / OFFSETS_PER_WORD);
    slot.forEach((b, t) => {
      words[word] = (words[word] ?? 0n) + b * 2n ** BigInt(ADDRESS * (i % OFFSETS_PER_WORD) + t);
    });
  });
  return words.map(mod);
}
