// Reduction and opening (protocol, section 4): the prover's side, and the verifier's from the messages alone.

import { NUMBERING } from '../../src/generated/numbering.ts';
import {
  dot,
  eqAt,
  eqTable,
  evaluate,
  fold,
  inverse,
  log2Up,
  mod,
  polynomial,
  power,
  powers,
  range,
  sum,
  zeros,
} from './algebra.ts';
import {
  ADDRESS,
  type Claim,
  type Coordinate,
  coordinatesOf,
  endsOf,
  followRounds,
  isBlock,
  ReferenceTranscript,
  sumcheck,
  table,
  weightsOf,
} from './argument.ts';
import {
  atTau,
  bitsOf,
  COLUMNS,
  chunkOf,
  combine,
  nextDigest,
  type Oracle,
  type Sparse,
  sparse,
  tauPower,
} from './commitments.ts';
import { weighted } from './omitted.ts';
import type { Sender } from './sender.ts';

const { digests: DIGEST, nonces: NONCE } = NUMBERING.shared;
/** Bits of a column of level 1, of a row among the entries, of a column of level 2. */
const [COLUMN, ROW, COLUMN2] = [10, 8, 5];
/** Bits of the number of a chunk. */
const CHUNK_BITS = ADDRESS - COLUMN - ROW;
const SECOND = 2 ** COLUMN2;

/** Messages from the reduction to the end. */
export interface Opening {
  reduce: bigint[][];
  u: bigint[];
  level2: bigint[][];
  u12: bigint[];
  p2: bigint[];
  s2: bigint[];
  chunkMask: bigint[];
}

/** Values at tau of the opening's commitments: p', s, T, T2, pi. */
export interface Kzg {
  rows: bigint;
  columns: bigint;
  quotient: bigint;
  quotient2: bigint;
  opening: bigint;
}

/** What a circuit says beside c and v: eta .. e2, then the coordinates of the chunk under the mask, what is left, b. */
export interface Outputs {
  eta: bigint;
  gamma: bigint;
  theta: bigint;
  gamma2: bigint;
  z: bigint;
  e2: bigint;
  y: bigint[];
  rest: bigint;
  bits: bigint;
}

/** The line through two ends. */
const between = ([low, high]: readonly [bigint, bigint], x: bigint): bigint => mod(low + x * (high - low));

/** The weight of a claim's term at an address y, without the claim's own. */
export function weightAt({ slot, point, coefficient }: Claim['terms'][number], y: readonly bigint[]): bigint {
  let v = mod(coefficient * slot.present);
  for (let t = 0; t < ADDRESS; t++) {
    const o = mod(slot.bits[t]);
    if (t >= slot.log2) v = mod(v * eqAt([o], [y[t]]));
    else v = mod(v * (1n - o));
  }
  let t = 0;
  for (const part of point) {
    const own = y.slice(t, t + coordinatesOf(part));
    v = mod(v * (isBlock(part) ? part.at(own) : between(endsOf(part), own[0])));
    t += own.length;
  }
  return v;
}

/** A term of a claim in the reduction: its weight is a product over the coordinates of an address. */
interface Piece {
  oracle: number;
  /** weights at the ends of the coordinates of the tensor's point, then of its offset */
  coordinates: readonly [bigint, bigint][];
  /** weights of the entries of a tensor by its lowest 0, 1, 2, .. coordinates */
  tables: readonly (readonly bigint[])[];
  /** weights of the entries by the coordinates that are free, where they are no product */
  free?: readonly bigint[];
  scale: bigint;
  /** weights times entries, while the oracle's own coordinates are free */
  total?: bigint;
}

/** Weights by the first 0, 1, 2, .. coordinates of a point. */
function tablesOf(point: readonly Coordinate[]): bigint[][] {
  const out = [[1n]];
  for (const c of point) {
    const table = out[out.length - 1];
    out.push(endsOf(c).flatMap((weight) => table.map((v) => mod(v * weight))));
  }
  return out;
}

function piecesOf(claims: readonly Claim[], rho: bigint): Piece[] {
  const weight = weighted('claims', powers(rho, Math.max(2, claims.length)));
  const known = new Map<string, bigint[][]>();
  const out: Piece[] = [];
  claims.forEach(({ terms }, c) => {
    for (const { oracle, slot, point, coefficient } of terms) {
      // nothing weighs where a bit of the offset is set below the tensor's size
      const aligned = slot.bits.slice(0, slot.log2).reduce((p, o) => mod(p * (1n - o)), 1n);
      const scale = mod(mod(weight[c] * coefficient * slot.present) * aligned);
      if (scale === 0n) continue;
      if (point.reduce((n, part) => n + coordinatesOf(part), 0) !== slot.log2)
        throw new RangeError('a point of another size than its tensor');
      const offset = slot.bits.slice(slot.log2).map(endsOf);
      if (point.some(isBlock)) {
        const free = weightsOf(point);
        const own = range(slot.log2).map((): [bigint, bigint] => [1n, 1n]);
        out.push({ oracle, coordinates: [...own, ...offset], tables: [...own.map(() => []), free], free, scale });
        continue;
      }
      const product = point as readonly Coordinate[];
      const key = product.map(endsOf).join();
      if (!known.has(key)) known.set(key, tablesOf(product));
      out.push({ oracle, coordinates: [...product.map(endsOf), ...offset], tables: known.get(key)!, scale });
    }
  });
  return out;
}

/** Sums of two vectors of entries times weight over the addresses of t coordinates, those that are 0 in both left out. */
function weigh({ coordinates, tables }: Piece, t: number, f: (x: number) => bigint, g: (x: number) => bigint) {
  const size = Math.min(t, tables.length - 1);
  let blocks: [at: number, weight: bigint][] = [[0, 1n]];
  for (let k = size; k < t; k++) {
    const [low, high] = coordinates[k];
    blocks = blocks
      .flatMap(([at, v]): [number, bigint][] => [
        [at, mod(v * low)],
        [at + 2 ** k, mod(v * high)],
      ])
      .filter(([, v]) => v !== 0n);
  }
  let [a, b] = [0n, 0n];
  for (const [at, weight] of blocks) {
    let [ofF, ofG] = [0n, 0n];
    tables[size].forEach((e, x) => {
      const [u, v] = [f(at + x), g(at + x)];
      if (u !== 0n) ofF += u * e;
      if (v !== 0n) ofG += v * e;
    });
    a += weight * mod(ofF);
    b += weight * mod(ofG);
  }
  return [mod(a), mod(b)];
}

/** The reduction: 26 rounds to one address of all oracles. */
function reduction(
  oracles: readonly Oracle[],
  claims: readonly Claim[],
  rho: bigint,
  transcript: ReferenceTranscript,
  sender: Sender,
): { reduce: bigint[][]; y: bigint[]; u: bigint[] } {
  const low = oracles.map((o) =>
    Math.max(log2Up(Math.max(1, o.vector.length)), ...slotBits(claims, oracles.indexOf(o))),
  );
  let f = oracles.map((o, i) => [...o.vector.map(mod), ...zeros(2 ** low[i] - o.vector.length)]);
  const pieces = piecesOf(claims, rho);
  const above = oracles.map(() => 1n);
  const [reduce, y] = [[] as bigint[][], zeros(ADDRESS)];
  for (let t = ADDRESS - 1; t >= 0; t--) {
    let [c0, c2] = [0n, 0n];
    for (const p of pieces) {
      const [v, own, [ofLow, ofHigh]] = [f[p.oracle], low[p.oracle], p.coordinates[t]];
      if (t >= own) {
        // below t the oracle is nonzero only where the dormant coordinates are 0
        const below = p.coordinates.slice(own, t).reduce((s, [weight]) => mod(s * weight), p.scale);
        p.total ??= weigh(
          p,
          own,
          (x) => v[x],
          () => 0n,
        )[0];
        const total = mod(p.total * below);
        // (1 - X) (low + X (high - low))
        c0 += total * ofLow;
        c2 += total * (ofLow - ofHigh);
      } else if (p.free && t < p.tables.length - 1) {
        const half = 2 ** t;
        const { free, scale } = p;
        let [low, rise] = [0n, 0n];
        for (let x = 0; x < half; x++) {
          low += free[x] * v[x];
          rise += (free[x + half] - free[x]) * (v[x + half] - v[x]);
        }
        c0 += scale * mod(low);
        c2 += scale * mod(rise);
      } else {
        const half = 2 ** t;
        const rise = (x: number) => (v[x] === v[x + half] ? 0n : v[x + half] - v[x]);
        const [a, b] = weigh(p, t, (x) => v[x], ofLow === ofHigh ? () => 0n : rise);
        c0 += p.scale * mod(ofLow * a);
        c2 += p.scale * mod((ofHigh - ofLow) * b);
      }
    }
    const message = sender.send(`reduce ${ADDRESS - 1 - t}`, [mod(c0), mod(c2)]);
    reduce.push(message);
    const r = transcript.absorb(message);
    y[t] = r;
    for (const p of pieces) {
      if (p.free && t < p.tables.length - 1) p.free = fold(p.free, r);
      else p.scale = mod(p.scale * between(p.coordinates[t], r));
      if (t >= low[p.oracle]) p.scale = mod(p.scale * (1n - r));
    }
    f = f.map((v, o) => (t < low[o] ? fold(v, r) : v));
    above.forEach((_, o) => {
      if (t >= low[o]) above[o] = mod(above[o] * (1n - r));
    });
  }
  // a piece's scale has (1 - r) of the oracle's own zeros, which is part of u
  const u = f.map((v, o) => mod(v[0] * above[o]));
  return { reduce, y, u };
}

/** Bits of the largest slot that claims name in an oracle: a cheat's may be larger than the vector. */
const slotBits = (claims: readonly Claim[], oracle: number): number[] =>
  claims.flatMap(({ terms }) => terms.filter((t) => t.oracle === oracle).map((t) => t.slot.log2));

/** Weights of u_o in the reduction's last check, and its claim after the rounds. */
export function reductionCheck(
  oracles: number,
  claims: readonly Claim[],
  rho: bigint,
  reduce: readonly (readonly bigint[])[],
): { y: bigint[]; weights: bigint[]; value: bigint; state: bigint } {
  const transcript = new ReferenceTranscript(rho);
  const scale = weighted('claims', powers(rho, Math.max(2, claims.length)));
  const claim = mod(sum(claims.map((c, i) => scale[i] * c.value)));
  const { point: y, value } = followRounds(claim, reduce, transcript);
  const weights = zeros(oracles);
  claims.forEach(({ terms }, i) => {
    for (const t of terms) weights[t.oracle] = mod(weights[t.oracle] + scale[i] * weightAt(t, y));
  });
  return { y, weights, value, state: transcript.state };
}

/** Weights of u12 in level 2's last check, and of the entries of p'' and s'' in theirs. */
function levelWeights(y: readonly bigint[], t: readonly bigint[], gamma: bigint, mix: bigint) {
  const first = mod(eqAt(y.slice(COLUMN, COLUMN + ROW), t.slice(0, ROW)) * (1n - t[ROW]) * (1n - t[ROW + 1]));
  const gammas = evaluate(powers(gamma, COLUMNS), t);
  return {
    u12: [mod(first + mix * gammas), mod(-mix * eqAt(y.slice(0, COLUMN), t))],
    rows: eqTable(t.slice(COLUMN2)),
    columns: eqTable(t.slice(0, COLUMN2)),
  };
}

/** A mask that between its entries k - 1 and k alone, or at an end, does not fall by 0 or 1 from 1 to 0. */
export function brokenMask(k: number): bigint[] {
  if (k === 0) return [2n, 1n, ...zeros(6)];
  if (k === CHUNK_BITS) return [...zeros(7), mod(-1n)];
  return range(CHUNK_BITS).map((t) => (t < k - 1 || t === k ? 1n : 0n));
}

/** The chunk's coordinates as the circuit says them under a mask. */
function chunkOutputs(point: readonly bigint[], mask: readonly bigint[]): Pick<Outputs, 'y' | 'rest' | 'bits'> {
  const high = point.slice(ADDRESS - CHUNK_BITS);
  const y = high.map((v, k) => mod(v * mask[k]));
  return { y, rest: high.reduce((p, v, k) => mod(p * (1n - v + y[k])), 1n), bits: mod(sum(mask)) };
}

/**
 * Reduction and opening. Weighted claims may be false: the messages stay honest. `h` gets its last three digests.
 * @param changeMask what a cheat makes of the mask of chunk coordinates
 */
export function open(
  oracles: readonly Oracle[],
  claims: readonly Claim[],
  rho: bigint,
  {
    h,
    nonce,
    sender,
    changeMask = (mask) => mask,
  }: { h: bigint[]; nonce: readonly bigint[]; sender: Sender; changeMask?: (mask: bigint[]) => bigint[] },
): { opening: Opening; kzg: Kzg; outputs: Outputs } {
  // 1. reduction
  const transcript = new ReferenceTranscript(rho);
  const { reduce, y, u: honest } = reduction(oracles, claims, rho, transcript, sender);
  const end = reductionCheck(oracles.length, claims, rho, reduce);
  const u = sender.send('u', honest, end.weights, (m) => mod(end.value - dot(m, end.weights)));

  // 2. level 1
  const eta = transcript.absorb([...u, nonce[NONCE.eta]]);
  const columns = eqTable(y.slice(0, COLUMN));
  const g: Sparse = new Map();
  const chunks = oracles.map((o) => range(o.chunks).map((k) => chunkOf(o, k)));
  const bits = bitsOf(oracles.map((o) => o.chunks));
  const chunkMask = changeMask(range(CHUNK_BITS).map((k) => (k < bits ? 1n : 0n)));
  const said = chunkOutputs(y, chunkMask);
  combine(chunks, eta, { low: said.y.slice(0, bits), rest: said.rest }, (weight, chunk) => {
    for (const [at, v] of chunk) g.set(at, mod((g.get(at) ?? 0n) + weight * v));
  });
  const rows = zeros(COLUMNS);
  for (const [at, v] of g) {
    const row = Math.floor(at / COLUMNS);
    if (row < COLUMNS) rows[row] = mod(rows[row] + columns[at % COLUMNS] * v);
  }
  const p = sender.send('rows', rows);
  h[DIGEST.rows] = nextDigest(h[DIGEST.helper], [atTau(sparse(p))]);
  const gamma = transcript.absorb([h[DIGEST.rows]]);
  const remainder = zeros(COLUMNS);
  const highest = [...g.keys()].reduce((row, at) => Math.max(row, Math.floor(at / COLUMNS)), COLUMNS);
  const gammas = powers(gamma, 1 + highest);
  for (const [at, v] of g) {
    const j = at % COLUMNS;
    remainder[j] = mod(remainder[j] + gammas[Math.floor(at / COLUMNS)] * v);
  }
  const s = sender.send('columns', remainder);
  const kzg: Kzg = {
    rows: atTau(sparse(p)),
    columns: atTau(sparse(s)),
    quotient: 0n,
    quotient2: 0n,
    opening: 0n,
  };
  kzg.quotient = mod((atTau(g) - atTau(sparse(remainder))) * inverse(tauPower(COLUMNS) - gamma));
  h[DIGEST.columns] = nextDigest(h[DIGEST.rows], [kzg.columns, kzg.quotient]);
  const mix = transcript.absorb([h[DIGEST.columns]]);

  // 3. level 2
  const at = range(COLUMN);
  const [pT, sT] = [table(at, p), table(at, s)];
  const hi = eqTable([...y.slice(COLUMN, COLUMN + ROW), 0n, 0n]);
  const rowWeights = table(
    at,
    hi.map((v, i) => v + mix * gammas[i]),
  );
  const terms = [
    { coefficient: 1n, factors: [pT, rowWeights] },
    { coefficient: -mix, factors: [sT, table(at, columns)] },
  ];
  const before = transcript.state;
  const level = sumcheck([{ weight: 1n, positions: at, terms }], COLUMN, 2, transcript, (k, m) =>
    sender.send(`level2 ${k}`, m),
  );
  const etas = powers(eta, Math.max(2, u.length));
  const goal = followRounds(dot(u, etas), level.messages, new ReferenceTranscript(before)).value;
  const weights = levelWeights(y, level.point, gamma, mix);
  const u12 = sender.send('u12', [evaluate(p, level.point), evaluate(s, level.point)], weights.u12, (m) =>
    mod(goal - dot(m, weights.u12)),
  );
  const theta = transcript.absorb([...u12, nonce[NONCE.theta]]);
  const g2 = p.map((v, i) => mod(v + theta * s[i]));
  const p2 = sender.send(
    'p2',
    range(SECOND).map((i) => dot(g2.slice(SECOND * i, SECOND * i + SECOND), weights.columns)),
    weights.rows,
    (m) => mod(u12[0] + theta * u12[1] - dot(m, weights.rows)),
  );
  const gamma2 = transcript.absorb([...p2, nonce[NONCE.gamma2]]);
  const gamma2s = powers(gamma2, SECOND);
  const remainder2 = range(SECOND).map((j) =>
    dot(
      gamma2s,
      range(SECOND).map((i) => g2[SECOND * i + j]),
    ),
  );
  const s2 = sender.send('s2', remainder2, weights.columns, (m) => mod(dot(p2, gamma2s) - dot(m, weights.columns)));
  kzg.quotient2 = mod(
    (kzg.rows + theta * kzg.columns - atTau(sparse(remainder2))) * inverse(tauPower(SECOND) - gamma2),
  );
  h[DIGEST.quotient2] = nextDigest(h[DIGEST.columns], [kzg.quotient2]);
  const z = transcript.absorb([...s2, h[DIGEST.quotient2], nonce[NONCE.z]]);
  const e2 = polynomial(s2, z);
  // Whatever s'' was said to be, at z the polynomial that is opened has the value of the true one.
  const last = kzg.rows + theta * kzg.columns - (power(z, BigInt(SECOND)) - gamma2) * kzg.quotient2;
  kzg.opening = mod((last - polynomial(remainder2, z)) * inverse(tauPower(1) - z));
  const opening = { reduce, u, level2: level.messages, u12, p2, s2, chunkMask };
  return { opening, kzg, outputs: { eta, gamma, theta, gamma2, z, e2, ...said } };
}

/** The circuit's checks from the reduction to the end. @returns what fails, and its outputs */
export function checkOpening(
  oracles: number,
  claims: readonly Claim[],
  rho: bigint,
  { reduce, u, level2, u12, p2, s2, chunkMask }: Opening,
  { h, nonce }: { h: readonly bigint[]; nonce: readonly bigint[] },
): { failed: string[]; outputs: Outputs } {
  const failed: string[] = [];
  const demand = (holds: boolean, name: string) => {
    if (!holds) failed.push(name);
  };
  const { y, weights, value, state } = reductionCheck(oracles, claims, rho, reduce);
  demand(value === dot(u, weights), 'reduction');
  const transcript = new ReferenceTranscript(state);
  const eta = transcript.absorb([...u, nonce[NONCE.eta]]);
  const gamma = transcript.absorb([h[DIGEST.rows]]);
  const mix = transcript.absorb([h[DIGEST.columns]]);
  const level = followRounds(dot(u, powers(eta, Math.max(2, oracles))), level2, transcript);
  const own = levelWeights(y, level.point, gamma, mix);
  demand(level.value === dot(u12, own.u12), 'level 2');
  const theta = transcript.absorb([...u12, nonce[NONCE.theta]]);
  demand(dot(p2, own.rows) === mod(u12[0] + theta * u12[1]), 'p2');
  const gamma2 = transcript.absorb([...p2, nonce[NONCE.gamma2]]);
  demand(dot(p2, powers(gamma2, SECOND)) === dot(s2, own.columns), 's2');
  const z = transcript.absorb([...s2, h[DIGEST.quotient2], nonce[NONCE.z]]);
  [...chunkMask, 0n].forEach((here, k) => {
    const fall = mod((k === 0 ? 1n : chunkMask[k - 1]) - here);
    demand(fall === 0n || fall === 1n, `mask ${k}`);
  });
  return {
    failed,
    outputs: { eta, gamma, theta, gamma2, z, e2: polynomial(s2, z), ...chunkOutputs(y, chunkMask) },
  };
}

/** The contract's equations between values at tau; chunks are those of the oracles in opening order. */
export function checkPairings(chunks: readonly (readonly bigint[])[], kzg: Kzg, o: Outputs): string[] {
  let g = 0n;
  const bits = bitsOf(chunks.map(({ length }) => length));
  combine(chunks, o.eta, { low: o.y.slice(0, bits), rest: o.rest }, (weight, chunk) => {
    g += weight * chunk;
  });
  const first = g - kzg.columns + o.gamma * kzg.quotient - kzg.quotient * tauPower(COLUMNS);
  const last = kzg.rows + o.theta * kzg.columns - (power(o.z, BigInt(SECOND)) - o.gamma2) * kzg.quotient2;
  const second = last - o.e2 + o.z * kzg.opening - kzg.opening * tauPower(1);
  return [first, second].flatMap((v, i) => (mod(v) === 0n ? [] : [`opening ${i + 1}`]));
}
