// Vectors in chunks, their commitments, the digests and folded signals (protocol, sections 1, 2 and 8). Commitments are made
// with a known tau, so a commitment is here the value of its polynomial at tau and the point that it multiplies: the
// contract's equations between points are equations between these values.

import { type Hex, keccak256 } from 'viem';
import { eqTable, mod, ORDER, power, type Random, range, squares } from './algebra.ts';
import { hash, type Slot } from './argument.ts';

/** Entries of a chunk. */
export const CHUNK = 2 ** 18;
/** Columns of level 1. */
export const COLUMNS = 2 ** 10;
/** The reference's own power of tau. */
export const TAU = 0x1f3a5b7c9d8e6f40123456789abcdef00fedcba987654321deadbeefcafebabn;

/** Coefficients of a polynomial by power. */
export type Sparse = Map<number, bigint>;

/** A committed vector: entries, and by chunk what stands at coefficients from 2^18 on; a cheat's may stand among the entries. */
export interface Oracle {
  vector: bigint[];
  beyond: Sparse[];
  slots: Record<string, Slot>;
  /** chunks that have a point; an absent parent has none */
  chunks: number;
}

export const chunksOf = (entries: number): number => Math.max(1, Math.ceil(entries / CHUNK));

/** Entries and what is beyond them of one chunk, zeros left out. */
export function chunkOf({ vector, beyond }: Oracle, h: number): Sparse {
  const out: Sparse = new Map();
  for (let i = h * CHUNK; i < Math.min(vector.length, (h + 1) * CHUNK); i++)
    if (vector[i] !== 0n) out.set(i - h * CHUNK, mod(vector[i]));
  for (const [at, v] of beyond[h] ?? []) out.set(at, mod((out.get(at) ?? 0n) + v));
  return out;
}

/** Chunk h of a salted vector has Poseidon(salt, h) at 2^18. */
export const salted = (salt: bigint, chunks: number): Sparse[] =>
  range(chunks).map((h) => new Map([[CHUNK, hash.poseidon2([salt, BigInt(h)])]]));

const BLINDED = [0, 33, 66, 1024 + 99, 1024 + 132];
/** Blinding of section 8: five coefficients of the trace's chunk 0, one of any other chunk. */
export const blinding = (which: 'trace' | 'helper', chunks: number, random: Random): Sparse[] =>
  range(chunks).map(
    (h) =>
      new Map(
        (which === 'trace' && h === 0 ? BLINDED : [0]).map((at): [number, bigint] => [CHUNK + at, random.element()]),
      ),
  );

const doublings = squares(TAU, 21);
/** Powers below 2^18 that were asked for. */
const tauPowers: bigint[] = [];
/** tau^n for n < 2^21. */
export const tauPower = (n: number): bigint => {
  if (tauPowers[n] !== undefined) return tauPowers[n];
  const made = doublings.reduce((v, power, i) => ((n >> i) & 1 ? mod(v * power) : v), 1n);
  if (n < CHUNK) tauPowers[n] = made;
  return made;
};

/** The value at tau. */
export function atTau(f: Sparse): bigint {
  let total = 0n;
  for (const [at, v] of f) total += v * tauPower(at);
  return mod(total);
}

export const sparse = (dense: readonly bigint[]): Sparse =>
  new Map(dense.flatMap((v, i): [number, bigint][] => (mod(v) === 0n ? [] : [[i, mod(v)]])));

/** b: the least number of bits that the numbers of so many chunks have. */
export const bitsOf = (counts: readonly number[]): number =>
  range(9).find((b) => counts.every((count) => count <= 2 ** b))!;

/** sum_o eta^o sum_h rest eq(low, h) of what stands for chunk h of oracle o. */
export function combine<T>(
  oracles: readonly (readonly T[])[],
  eta: bigint,
  { low, rest }: { low: readonly bigint[]; rest: bigint },
  add: (weight: bigint, chunk: T) => void,
): void {
  const eq = eqTable(low);
  let power = rest;
  for (const chunks of oracles) {
    chunks.forEach((chunk, h) => {
      add(mod(power * eq[h]), chunk);
    });
    power = mod(power * eta);
  }
}

// points of the curve y^2 = x^3 + 3 over the base field, generator (1, 2)

const P = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
const reduce = (x: bigint) => ((x % P) + P) % P;
function invert(x: bigint): bigint {
  let [a, b, u, v] = [reduce(x), P, 1n, 0n];
  while (a > 1n) {
    const q = b / a;
    [a, b, u, v] = [b - q * a, a, v - q * u, u];
  }
  return reduce(u);
}
type Point = readonly [bigint, bigint];

type Jacobian = readonly [bigint, bigint, bigint];

function double([x, y, z]: Jacobian): Jacobian {
  if (z === 0n) return [0n, 1n, 0n];
  const [a, b] = [reduce(x * x), reduce(y * y)];
  const c = reduce(b * b);
  const d = reduce(2n * ((x + b) ** 2n - a - c));
  const e = reduce(3n * a);
  const f = reduce(e * e - 2n * d);
  return [f, reduce(e * (d - f) - 8n * c), reduce(2n * y * z)];
}

/** Adds the generator. */
function addOne(p: Jacobian): Jacobian {
  const [x, y, z] = p;
  if (z === 0n) return [1n, 2n, 1n];
  const zz = reduce(z * z);
  const [h, r] = [reduce(zz - x), reduce(2n * zz * z - y)];
  if (h === 0n) return r === 0n ? double(p) : [0n, 1n, 0n];
  const [hh, v] = [reduce(h * h), reduce(x * h * h)];
  const x3 = reduce(r * r - hh * h - 2n * v);
  return [x3, reduce(r * (v - x3) - y * hh * h), reduce(z * h)];
}

const points = new Map<bigint, Point>();
/** k times the generator; the contract refuses infinity, which is (0, 0). */
export function pointOf(k: bigint): Point {
  const known = points.get(k);
  if (known) return known;
  let p: Jacobian = [0n, 1n, 0n];
  for (const bit of mod(k).toString(2)) {
    p = double(p);
    if (bit === '1') p = addOne(p);
  }
  const inverse = p[2] === 0n ? 0n : invert(p[2]);
  const made: Point = [reduce(p[0] * inverse ** 2n), reduce(p[1] * inverse ** 3n)];
  points.set(k, made);
  return made;
}

const word = (x: bigint) => x.toString(16).padStart(64, '0');
/** keccak256 of plain words, below r. */
export const keccak = (words: readonly bigint[]): bigint =>
  BigInt(keccak256(`0x${words.map(word).join('')}` as Hex)) % ORDER;

const DOMAIN = BigInt(keccak256(`0x${Buffer.from('descent.statement.v3').toString('hex')}`));

/** Where and by whom a statement is made. */
export interface Context {
  chainId: bigint;
  registry: bigint;
  trainer: bigint;
}
export const CONTEXT: Context = { chainId: 31337n, registry: 0xde5cen, trainer: 0xa11cen };

/** h_0: abi.encode by hand, two arrays behind seven words. */
export function statementDigest(
  { chainId, registry, trainer }: Context,
  program: number,
  parameters: readonly bigint[],
  commitments: readonly bigint[],
): bigint {
  const pointWords = commitments.flatMap((c) => pointOf(c));
  const second = BigInt(32 * (7 + 1 + parameters.length));
  const head = [DOMAIN, chainId, registry, trainer, BigInt(program), BigInt(32 * 7), second];
  return keccak([...head, BigInt(parameters.length), ...parameters, BigInt(pointWords.length), ...pointWords]);
}

/** keccak256 of the counts of a score, two bytes each; 0 where none are stated. Not reduced. */
export const countedOf = (counts: readonly bigint[]): bigint =>
  counts.length === 0
    ? 0n
    : BigInt(keccak256(`0x${counts.map((n) => BigInt.asUintN(16, n).toString(16).padStart(4, '0')).join('')}`));

/** The counts as a polynomial at x (protocol, section 11): of n classes there are n^2, and C(i, j) has the power 4096 i + j. */
export function countsAt(counts: readonly bigint[], classes: boolean, x: bigint): bigint {
  const n = classes ? Math.sqrt(counts.length) : counts.length;
  return mod(
    counts.reduce((s, count, at) => {
      const exponent = classes ? 4096 * Math.floor(at / n) + (at % n) : at;
      return s + BigInt.asUintN(16, count) * power(x, BigInt(exponent));
    }, 0n),
  );
}

/** h_k = keccak256(h_(k-1), points_k). */
export const nextDigest = (h: bigint, commitments: readonly bigint[]): bigint =>
  keccak([h, ...commitments.flatMap((c) => pointOf(c))]);

/** c, fold and v of the signals. */
export function folded(signals: readonly bigint[]): { c: bigint; v: bigint; fold: bigint } {
  const [first, ...others] = signals.map(mod);
  let c = first;
  for (let i = 0; i < others.length; i += 15) {
    const chunk = others.slice(i, i + 15);
    c = hash[`poseidon${chunk.length + 1}`]([c, ...chunk]);
  }
  const fold = keccak([c, ...signals.map(mod)]);
  return { c, fold, v: foldedAt(signals, fold) };
}

/** sum_i sigma_i fold^i. */
export const foldedAt = (signals: readonly bigint[], fold: bigint): bigint =>
  signals.reduceRight((v, s) => mod(v * fold + s), 0n);
