// The argument of docs/argument.md for any program, slow and small: transcript, sumcheck, claims, opening. Commitments
// are not made (the circuits see only digests). A prover here never refuses: given false claims it goes on with honest
// polynomials, so that exactly the check that must catch it fails.

import * as poseidon from 'poseidon-lite';
import { NUMBERING } from '../../src/generated/numbering.ts';
import {
  dot,
  eqTable,
  evaluate,
  fold,
  interpolate,
  mod,
  polynomial,
  powers,
  type Random,
  range,
  sum,
  zeros,
} from './algebra.ts';

const { digests: DIGEST, nonces: NONCE } = NUMBERING.shared;
const hash = poseidon as unknown as Record<string, (inputs: bigint[]) => bigint>;

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

/** The sum of an instance over its hypercube, without its weight. */
export function sumOf({ terms }: Pick<Instance, 'terms'>): bigint {
  let total = 0n;
  for (const { coefficient, factors } of terms)
    factors[0].values.forEach((_, x) => {
      total += coefficient * product(factors.map((f) => f.values[x]));
    });
  return mod(total);
}

const product = (values: readonly bigint[]): bigint => {
  let p = 1n;
  for (const v of values) {
    if (v === 0n) return 0n;
    p = mod(p * v);
  }
  return p;
};

export interface SumcheckResult {
  messages: bigint[][];
  /** challenges by variable */
  point: bigint[];
}

/** Proves sum of the batched instances over n variables (design, section 4). */
export function sumcheck(
  instances: readonly Instance[],
  n: number,
  degree: number,
  transcript: ReferenceTranscript,
  send: (round: number, message: bigint[]) => bigint[] = (_, m) => m,
): SumcheckResult {
  const current = new Map<Table, readonly bigint[]>();
  for (const { terms } of instances)
    for (const { factors } of terms) for (const f of factors) current.set(f, [...f.values]);
  const at = instances.map((i) => ({ ...i, open: i.positions.length, dormant: 1n, sum: sumOf(i) }));
  const [messages, point] = [[] as bigint[][], zeros(n)];
  for (let t = n - 1; t >= 0; t--) {
    const values = zeros(degree + 1);
    for (const i of at) {
      if (i.positions[i.open - 1] !== t) {
        for (let X = 0; X <= degree; X++) values[X] += i.weight * i.dormant * i.sum * (1n - BigInt(X));
        continue;
      }
      const half = 2 ** (i.open - 1);
      for (const { coefficient, factors } of i.terms) {
        const tables = factors.map((f) => current.get(f)!);
        const sums = zeros(degree + 1);
        for (let x = 0; x < half; x++) {
          if (tables.some((v) => v[x] === 0n && v[x + half] === 0n)) continue;
          for (let X = 0; X <= degree; X++)
            sums[X] += product(tables.map((v) => mod(v[x] + BigInt(X) * (v[x + half] - v[x]))));
        }
        for (let X = 0; X <= degree; X++) values[X] += mod(i.weight * i.dormant) * mod(coefficient * mod(sums[X]));
      }
    }
    const c = interpolate(values.map(mod));
    const message = send(n - 1 - t, [c[0], ...c.slice(2)]);
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
      for (const { factors } of i.terms)
        for (const f of factors) {
          if (folded.has(f)) continue;
          folded.add(f);
          current.set(f, fold(current.get(f)!, r));
        }
      i.sum = mod(
        sum(
          i.terms.map(({ coefficient, factors }) => {
            const tables = factors.map((f) => current.get(f)!);
            let s = 0n;
            for (let x = 0; x < tables[0].length; x++) s += product(tables.map((v) => v[x]));
            return coefficient * mod(s);
          }),
        ),
      );
    }
  }
  return { messages, point };
}

/** A tensor's place: offset bits (a cheat may use any field elements), log2 of its size, presence. */
export interface Slot {
  bits: bigint[];
  log2: number;
  present: bigint;
}

export interface ClaimTerm {
  oracle: number;
  slot: Slot;
  /** the tensor's point; 'ones' sums over a coordinate */
  point: readonly (bigint | 'ones')[];
  coefficient: bigint;
}

export interface Claim {
  value: bigint;
  terms: ClaimTerm[];
}

/** eq with the point, or 1 on a summed coordinate, for all entries of a tensor. */
function weightsOf(point: readonly (bigint | 'ones')[]): bigint[] {
  let out = [1n];
  for (const c of point) {
    const high = out.map((v) => (c === 'ones' ? v : mod(v * c)));
    out = [...out.map((v, i) => (c === 'ones' ? v : mod(v - high[i]))), ...high];
  }
  return out;
}

/** Messages from the reduction to the end (protocol, section 4). */
export interface Opening {
  reduce: bigint[][];
  u: bigint[];
  level2: bigint[][];
  u12: bigint[];
  p2: bigint[];
  s2: bigint[];
}

const COLUMNS = 2048;

/**
 * Where a cheat may interfere: called with the honest message, returns what is sent. `weights`: the next check sees only
 * the message's inner product with them, so a change that keeps it is not noticed there.
 */
export type Interference = (stage: string, message: bigint[], weights?: readonly bigint[]) => bigint[];

/**
 * Reduction and opening. Weighted claims may be false: the messages stay honest.
 * @param oracles vectors of any length up to 2^22
 */
export function open(
  oracles: readonly (readonly bigint[])[],
  claims: readonly Claim[],
  transcript: ReferenceTranscript,
  {
    rho,
    h,
    nonce,
    interfere,
  }: { rho: bigint; h: readonly bigint[]; nonce: readonly bigint[]; interfere: Interference },
): Opening {
  const low = Math.max(11, ...oracles.map((o) => Math.ceil(Math.log2(o.length))));
  const f = oracles.map((o) => [...o.map(mod), ...zeros(2 ** low - o.length)]);
  // weights grouped by what they do above the largest oracle
  const groups = new Map<string, { oracle: number; high: bigint[]; weights: bigint[] }>();
  const weight = powers(rho, Math.max(2, claims.length));
  claims.forEach(({ terms }, c) => {
    for (const { oracle, slot, point, coefficient } of terms) {
      const scale = mod(weight[c] * coefficient * slot.present);
      if (scale === 0n) continue;
      const high = slot.bits.slice(low).map(mod);
      const key = `${oracle} ${high}`;
      if (!groups.has(key)) groups.set(key, { oracle, high, weights: zeros(2 ** low) });
      const { weights } = groups.get(key)!;
      const inside = weightsOf(point);
      // factor of each block: prod of (1 - o_t) below the slot's size, of o_t or 1 - o_t above
      let blocks: [number, bigint][] = [[0, scale]];
      for (let t = 0; t < low; t++) {
        const o = mod(slot.bits[t]);
        blocks = blocks.flatMap(([at, v]): [number, bigint][] => [
          [at, mod(v * (1n - o))],
          ...(t < slot.log2 ? [] : [[at + 2 ** t, mod(v * o)] as [number, bigint]]),
        ]);
        blocks = blocks.filter(([, v]) => v !== 0n);
      }
      for (const [at, v] of blocks)
        inside.forEach((e, i) => {
          weights[at + i] = mod(weights[at + i] + v * e);
        });
    }
  });

  // 1. reduction, 22 rounds
  const state = { f: f.map((v) => v), groups: [...groups.values()].map((g) => ({ ...g, scale: 1n })), above: 1n };
  const [reduce, y] = [[] as bigint[][], zeros(22)];
  for (let t = 21; t >= 0; t--) {
    const values = zeros(3);
    for (const g of state.groups) {
      const v = state.f[g.oracle];
      const half = 2 ** t;
      const sums = zeros(3);
      if (t >= low) {
        // below t the oracle is nonzero only where the dormant coordinates are 0
        const below = g.high.slice(0, t - low).reduce((p, o) => mod(p * (1n - o)), 1n);
        const total = mod(dot(v, g.weights) * below);
        const o = g.high[t - low];
        for (let X = 0n; X < 3n; X++) sums[Number(X)] = total * (1n - X) * ((1n - X) * (1n - o) + X * o);
      } else {
        for (let x = 0; x < half; x++) {
          if (v[x] === 0n && v[x + half] === 0n) continue;
          for (let X = 0n; X < 3n; X++)
            sums[Number(X)] +=
              (v[x] + X * (v[x + half] - v[x])) * (g.weights[x] + X * (g.weights[x + half] - g.weights[x]));
        }
      }
      for (let X = 0; X < 3; X++) values[X] += g.scale * mod(sums[X]);
    }
    const c = interpolate(values.map(mod));
    const message = interfere(`reduce ${21 - t}`, [c[0], c[2]]);
    reduce.push(message);
    const r = transcript.absorb(message);
    y[t] = r;
    if (t >= low) {
      state.above = mod(state.above * (1n - r));
      for (const g of state.groups)
        g.scale = mod(g.scale * (1n - r) * ((1n - r) * (1n - g.high[t - low]) + r * g.high[t - low]));
    } else {
      state.f = state.f.map((v) => fold(v, r));
      for (const g of state.groups) g.weights = fold(g.weights, r);
    }
  }
  const atY = f.map((_, o) => mod(sum(state.groups.map((g) => (g.oracle === o ? g.scale * g.weights[0] : 0n)))));
  const u = interfere(
    'u',
    state.f.map((v) => mod(v[0] * state.above)),
    atY,
  );

  // 2. level 1
  const eta = transcript.absorb([...u, nonce[NONCE.eta]]);
  const etas = powers(eta, Math.max(2, f.length));
  const columns = eqTable(y.slice(0, 11));
  const rowCount = 2 ** (low - 11);
  const g = f[0].map((_, i) => mod(sum(f.map((v, o) => (v[i] === 0n ? 0n : etas[o] * v[i])))));
  const row = (i: number) => g.slice(i * COLUMNS, (i + 1) * COLUMNS);
  const p = [...range(rowCount).map((i) => dot(row(i), columns)), ...zeros(COLUMNS - rowCount)];
  const gamma = transcript.absorb([h[DIGEST.rows]]);
  const gammas = powers(gamma, COLUMNS);
  const s = zeros(COLUMNS);
  for (let i = 0; i < rowCount; i++)
    row(i).forEach((v, j) => {
      if (v !== 0n) s[j] = mod(s[j] + gammas[i] * v);
    });
  const mix = transcript.absorb([h[DIGEST.columns]]);

  // 3. level 2
  const at = range(11);
  const [pT, sT] = [table(at, p), table(at, s)];
  const rows = eqTable(y.slice(11));
  const rowWeights = table(
    at,
    rows.map((v, i) => v + mix * gammas[i]),
  );
  const level = sumcheck(
    [
      {
        weight: 1n,
        positions: at,
        terms: [
          { coefficient: 1n, factors: [pT, rowWeights] },
          { coefficient: -mix, factors: [sT, table(at, columns)] },
        ],
      },
    ],
    11,
    2,
    transcript,
  );
  const u12 = interfere(
    'u12',
    [evaluate(p, level.point), evaluate(s, level.point)],
    [evaluate(rowWeights.values, level.point), mod(-mix * evaluate(columns, level.point))],
  );
  const theta = transcript.absorb([...u12, nonce[NONCE.theta]]);
  const g2 = p.map((v, i) => mod(v + theta * s[i]));
  const e6 = eqTable(level.point.slice(0, 6));
  const p2 = interfere(
    'p2',
    range(32).map((i) => dot(g2.slice(64 * i, 64 * i + 64), e6)),
    eqTable(level.point.slice(6)),
  );
  const gamma2 = transcript.absorb([...p2, nonce[NONCE.gamma2]]);
  const gamma2s = powers(gamma2, 32);
  const s2 = interfere(
    's2',
    range(64).map((j) =>
      dot(
        gamma2s,
        range(32).map((i) => g2[64 * i + j]),
      ),
    ),
    e6,
  );
  transcript.absorb([...s2, h[DIGEST.columns2], nonce[NONCE.z]]);
  return { reduce, u, level2: level.messages, u12, p2, s2 };
}

/** The verifier's six outputs, recomputed from the messages alone. */
export function outputs(
  state: bigint,
  { u, level2, u12, p2, s2 }: Opening,
  h: readonly bigint[],
  nonce: readonly bigint[],
): Record<'eta' | 'gamma' | 'theta' | 'gamma2' | 'z' | 'e2', bigint> {
  const transcript = new ReferenceTranscript(state);
  const eta = transcript.absorb([...u, nonce[NONCE.eta]]);
  const gamma = transcript.absorb([h[DIGEST.rows]]);
  transcript.absorb([h[DIGEST.columns]]);
  for (const message of level2) transcript.absorb(message);
  const theta = transcript.absorb([...u12, nonce[NONCE.theta]]);
  const gamma2 = transcript.absorb([...p2, nonce[NONCE.gamma2]]);
  const z = transcript.absorb([...s2, h[DIGEST.columns2], nonce[NONCE.z]]);
  return { eta, gamma, theta, gamma2, z, e2: polynomial(s2, z) };
}

/** Fresh digests and nonces: the circuit sees commitments only through these. */
export const digests = (random: Random): { h: bigint[]; nonce: bigint[] } => ({
  h: range(DIGEST.count).map(() => random.element()),
  nonce: range(NONCE.count).map(() => random.element()),
});

/** Layout of slots, largest first, equal ones in order: offset of each and the number of address bits used. */
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

/** Offset bits packed 11 slots to a word (protocol, section 3). */
export function layoutWords(slots: readonly (readonly bigint[])[]): bigint[] {
  const words: bigint[] = [];
  slots.forEach((slot, i) => {
    const word = Math.floor(i / 11);
    slot.forEach((b, t) => {
      words[word] = (words[word] ?? 0n) + b * 2n ** BigInt(22 * (i % 11) + t);
    });
  });
  return words.map(mod);
}
