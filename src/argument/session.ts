import { NUMBERING } from '../generated/numbering.ts';
import { CHUNK_SIZE } from '../numbers/constants.ts';
import { randomElement, toBytes } from '../numbers/field.ts';
import { addPoints, type Curve, type Srs } from './curve.ts';
import type { Kernels, Vec } from './kernels.ts';
import { type Helper, placesOf } from './lookup.ts';
import type { Oracle } from './oracle.ts';
import { lookupsPay } from './places.ts';
import { Transcript } from './transcript.ts';
import type { Commitment, Point } from './types.ts';

/** What proving needs, shared by any number of proofs, one at a time. */
export interface Backend {
  kernels: Kernels;
  curve: Curve;
  srs: Srs;
}

export interface Stage {
  name: string;
  seconds: number;
}

/** Called when a stage begins; `index` counts from 0. */
export type StageListener = (name: string, index: number) => void;

/** keccak256 of plain 32-byte words, modulo r: the digests h_k and fold (protocol section 2). */
export type WordHash = (words: readonly bigint[]) => bigint;

/** Chunks whose sums are under way at once: more would only cost memory. */
const CHUNKS_AT_ONCE = 3;

/** One run of the argument: transcript, digests, nonces and the time each stage took. */
export class Session {
  readonly backend: Backend;
  readonly transcript: Transcript;
  /** h_0, h_1, .. as far as points have been sent */
  readonly h: bigint[];
  readonly nonce: bigint[];
  readonly stages: Stage[] = [];
  readonly hash: WordHash;
  readonly #onStage: StageListener | undefined;
  #began = 0;

  constructor(backend: Backend, statement: bigint, hash: WordHash, onStage?: StageListener) {
    this.backend = backend;
    this.transcript = new Transcript(statement);
    this.h = [statement];
    this.nonce = Array.from({ length: NUMBERING.shared.nonces.count }, randomElement);
    this.hash = hash;
    this.#onStage = onStage;
  }

  /** Ends the stage under way and begins another; with no name only ends. */
  stage(name?: string): void {
    const now = performance.now();
    const last = this.stages.at(-1);
    if (last && this.#began > 0) last.seconds = (now - this.#began) / 1000;
    this.#began = name ? now : 0;
    if (!name) return;
    this.stages.push({ name, seconds: 0 });
    this.#onStage?.(name, this.stages.length - 1);
  }

  absorb = (elements: readonly bigint[]): bigint => this.transcript.absorb(elements);

  /** KZG commitment to a vector of at most 2^18 + 2 C coefficients. */
  commit(vec: Vec): Promise<Point> {
    return commitVector(this.backend, vec);
  }

  /** Appends the digest of points just sent. */
  send(...points: Point[]): bigint {
    const h = this.hash([this.h[this.h.length - 1], ...points.flatMap(({ x, y }) => [x, y])]);
    this.h.push(h);
    return h;
  }
}

/** f(tau) G1 for f = vec. @throws RangeError where the SRS is shorter. */
export function commitVector({ kernels, curve, srs }: Backend, vec: Vec): Promise<Point> {
  if (vec.len > srs.size) throw new RangeError(`${vec.len} coefficients, but the SRS holds ${srs.size} powers`);
  return curve.msm(srs.points.subarray(0, vec.len * POINT), kernels.canonicalBytes(vec), SCALAR);
}

/** The sum of a chunk's entries over the powers of tau. @param parts as in `Curve.sum` */
export type ChunkSum = (backend: Backend, oracle: Oracle, chunk: number, parts: number) => Promise<Point>;

/** The sums of a helper's chunks by the values that are looked up (design section 5). */
export function helperSums(backend: Backend, helper: Helper): ChunkSum {
  const { kernels, curve, srs } = backend;
  const scalars = helper.lookups.map(({ table }) => kernels.canonicalBytes(table.inverses));
  return async (_, oracle, chunk, parts) => {
    const size = oracle.chunkLength(chunk);
    const tables = helper.lookups
      .map((lookups, i) => ({ places: placesOf(oracle, lookups, chunk), scalars: scalars[i] }))
      .filter(({ places }) => places.columns.length > 0 || places.table !== undefined)
      .map((table) => ({ ...table, count: table.scalars.length / SCALAR }));
    if (!lookupsPay(tables, size)) return entrySum(backend, oracle, chunk, parts);
    const points = srs.points.subarray(0, size * POINT);
    const sums = tables.map(({ places, scalars: own }) => curve.lookups(points, places, own, parts));
    return (await Promise.all(sums)).reduce(addPoints);
  };
}

/**
 * One point for each chunk of the oracle (protocol section 1).
 * @param sum of a chunk's entries, where they are not summed one by one
 * @throws RangeError where the SRS is too short
 */
export async function commit(backend: Backend, oracle: Oracle, sum: ChunkSum = entrySum): Promise<Commitment> {
  const points: Commitment = [];
  let next = 0;
  const lane = async () => {
    while (next < oracle.chunks) {
      const chunk = next++;
      points[chunk] = await commitChunk(backend, oracle, chunk, sum);
    }
  };
  await Promise.all(Array.from({ length: CHUNKS_AT_ONCE }, lane));
  return points;
}

function entrySum({ kernels, curve, srs }: Backend, oracle: Oracle, chunk: number, parts: number): Promise<Point> {
  const points = srs.points.subarray(0, oracle.chunkLength(chunk) * POINT);
  return curve.sum(points, oracle.chunkScalars(kernels, chunk), parts);
}

async function commitChunk(backend: Backend, oracle: Oracle, chunk: number, sumOf: ChunkSum): Promise<Point> {
  const { curve, srs } = backend;
  const tail = oracle.tails[chunk];
  const size = oracle.chunkLength(chunk);
  const last = Math.max(size, ...tail.map(({ at }) => CHUNK_SIZE + at + 1));
  if (last > srs.size) throw new RangeError(`${last} coefficients, but the SRS holds ${srs.size} powers`);
  const own = new Uint8Array(tail.length * POINT);
  const factors = new Uint8Array(tail.length * SCALAR);
  tail.forEach(({ at, value }, i) => {
    const from = (CHUNK_SIZE + at) * POINT;
    own.set(srs.points.subarray(from, from + POINT), i * POINT);
    factors.set(toBytes(value), i * SCALAR);
  });
  // what is left when every worker has had as many whole chunks as the others is cut for all of them
  const parts = chunk < oracle.chunks - (oracle.chunks % curve.threads) ? 1 : curve.threads;
  const [sum, rest] = await Promise.all([sumOf(backend, oracle, chunk, parts), curve.msm(own, factors, SCALAR)]);
  return addPoints(sum, rest);
}

/** Bytes of an affine point of the SRS, and of a canonical scalar. */
const POINT = 64;
const SCALAR = 32;
