import { fromBytes, inverse, P } from '../numbers/field.ts';
import type { Integers } from './integers.ts';
import { hasLanes } from './lanes.ts';
import { curveModules, type SumModule } from './msm/modules.ts';
import { Pool } from './msm/pool.ts';
import { balancedLimits, lookupCosts, type Places } from './places.ts';
import { defaultThreads } from './thread.ts';
import type { Point, Point2 } from './types.ts';

/** Powers of tau in G1: point i is tau^i G1. */
export interface Srs {
  size: number;
  /** size * 64 bytes: affine x, y of each point, 32 bytes little-endian in Montgomery form (R = 2^256) */
  points: Uint8Array;
}

/** Called with points done and points in all. */
export type Progress = (done: number, total: number) => void;

/** Bytes of an affine point. */
const POINTS = { g1: 64, g2: 128 };
const POINT = POINTS.g1;
/** Bytes of a canonical scalar. */
const SCALAR = 32;
/** Points of one task: more would only cost memory (about 200 bytes each in the worker). */
const LARGEST_TASK = 1 << 19;
const FIXED_BASE_TASK = 1 << 14;
/** log2 of the smallest domain that is transformed in lanes. */
const LANES_FROM = 2;

/** Work in BN254 that grows with the data, on workers with a WebAssembly memory each. Needs no shared memory. */
export class Curve {
  readonly #pool: Pool;
  readonly #modules: Record<'g1' | 'g2', SumModule>;

  private constructor(pool: Pool, modules: Record<'g1' | 'g2', SumModule>) {
    this.#pool = pool;
    this.#modules = modules;
  }

  /**
   * @param options.threads workers, the number of processors (at most 8) unless given
   * @param options.lanes false keeps to kernels that need no relaxed SIMD; without it the faster ones run where they can
   */
  static async load(options: { threads?: number; lanes?: boolean } = {}): Promise<Curve> {
    const { bytes, sums } = curveModules((options.lanes ?? true) && (await hasLanes()));
    return new Curve(new Pool(bytes, options.threads ?? defaultThreads()), sums);
  }

  /** Workers. */
  get threads(): number {
    return this.#pool.size;
  }

  /** Whether sums are computed two additions at a time. */
  get lanes(): boolean {
    return this.#modules.g1 === 'g1Lanes';
  }

  /**
   * sum of scalars[i] points[i] over the scalars given. Zero scalars cost nothing, and scalars near 0 or near r little.
   * @param points as in Srs, at least as many as scalars
   * @param scalars canonical little-endian, `width` bytes each (1..32)
   * @throws RangeError where points are missing or the lengths do not fit
   */
  async msm(points: Uint8Array, scalars: Uint8Array, width: number, onProgress?: Progress): Promise<Point> {
    return sumOfPoints(await this.#msm('g1', points, { scalars, width }, { onProgress }));
  }

  /**
   * sum of scalars[i] points[i].
   * @param points as in Srs, at least as many as scalars
   * @param scalars signed integers, or canonical elements of 32 bytes
   * @param parts tasks, for the workers at once; one takes less processor time than several
   */
  async sum(points: Uint8Array, scalars: Integers | Uint8Array, parts: number): Promise<Point> {
    if (scalars instanceof Uint8Array)
      return sumOfPoints(await this.#msm('g1', points, { scalars, width: SCALAR }, { parts }));
    const bytes = new Uint8Array(scalars.buffer, scalars.byteOffset, scalars.byteLength);
    const width = scalars.BYTES_PER_ELEMENT;
    return sumOfPoints(await this.#msm('g1', points, { scalars: bytes, width, kernel: 'msmIntegers' }, { parts }));
  }

  /**
   * sum over all values v of scalars[v] (the sum of the points at whose places v stands): what msm gives for points whose
   * scalars are sums of scalars[v], at an addition a place and a scalar a value.
   * @param points as in Srs
   * @param scalars canonical, 32 bytes each, one for every value
   * @param parts as in sum
   */
  async lookups(points: Uint8Array, places: Places, scalars: Uint8Array, parts: number): Promise<Point> {
    const { columns, table } = places;
    const heads = Uint32Array.from(columns.flatMap(({ at, values }) => [at, values.length]));
    const values = new Uint16Array(columns.reduce((sum, column) => sum + column.values.length, 0));
    let end = 0;
    for (const column of columns) {
      values.set(column.values, end);
      end += column.values.length;
    }
    const limits = balancedLimits(lookupCosts(places, scalars.length / SCALAR), parts);
    const sums = await Promise.all(
      limits.slice(1).map((to, part) => {
        const first = limits[part];
        const args = [
          ...[
            points.slice(),
            points.length / POINT,
            bytesOf(heads),
            columns.length,
            bytesOf(values),
            first,
            to - first,
          ],
          ...(table ? [table.at + first, bytesOf(table.times.subarray(first, to))] : [-1, new Uint8Array(0)]),
          scalars.slice(SCALAR * first, SCALAR * to),
        ];
        const moved = args.filter((arg) => arg instanceof Uint8Array).map(({ buffer }) => buffer as ArrayBuffer);
        return this.#pool.call(`${this.#modules.g1}.lookups`, args, POINT, moved);
      }),
    );
    return sumOfPoints(sums);
  }

  /** As sum, in G2: points of 128 bytes, x and y with their real parts first. @returns the sums of parts of the scalars */
  async msm2(points: Uint8Array, scalars: Uint8Array, parts = this.threads): Promise<Point2[]> {
    const sums = await this.#msm('g2', points, { scalars, width: SCALAR }, { parts });
    return sums.map((bytes) => {
      const [x0, x1, y0, y1] = [0, 1, 2, 3].map((k) => fromBytes(bytes.subarray(SCALAR * k)));
      return { x: [x0, x1], y: [y0, y1] };
    });
  }

  async #msm(
    group: 'g1' | 'g2',
    points: Uint8Array,
    { scalars, width, kernel = 'msm' }: { scalars: Uint8Array; width: number; kernel?: 'msm' | 'msmIntegers' },
    { parts = this.threads, onProgress }: { parts?: number; onProgress?: Progress } = {},
  ): Promise<Uint8Array[]> {
    const point = POINTS[group];
    const n = scalars.length / width;
    if (!(width >= 1 && width <= SCALAR) || !Number.isInteger(n)) {
      throw new RangeError(`${scalars.length} bytes are no scalars of ${width} bytes`);
    }
    if (points.length < point * n) throw new RangeError(`${n} scalars, but ${points.length / point} points`);
    const rounds = Math.ceil(n / (LARGEST_TASK * parts));
    const size = Math.ceil(n / (rounds * parts));
    return this.#inParts(n, size, onProgress, (from, to) => {
      const bases = points.slice(point * from, point * to);
      const factors = scalars.slice(width * from, width * to);
      return this.#pool.call(`${this.#modules[group]}.${kernel}`, [bases, factors, width, to - from], point, [
        bases.buffer,
        factors.buffer,
      ]);
    });
  }

  /**
   * The scalars of Groth16's H on a free worker, canonical (`assembly/transform.ts`, `quotientOf`). The arguments are copied.
   * @param power log2 of the domain
   */
  quotient(
    entries: { bytes: Uint8Array; count: number },
    witness: Uint8Array,
    power: number,
    constants: Uint8Array,
  ): Promise<Uint8Array> {
    const module = this.lanes && power >= LANES_FROM ? 'transformLanes' : 'transform';
    const args = [entries.bytes, entries.count, witness, power, constants];
    return this.#pool.call(`${module}.quotientOf`, args, SCALAR << power);
  }

  /**
   * scalars[i] G for the generator G = (1, 2).
   * @param scalars canonical little-endian, 32 bytes each
   * @returns points as in Srs; 64 zero bytes for infinity
   */
  async fixedBase(scalars: Uint8Array, onProgress?: Progress): Promise<Uint8Array> {
    const n = scalars.length / SCALAR;
    const out = new Uint8Array(POINT * n);
    await this.#inParts(n, FIXED_BASE_TASK, onProgress, async (from, to) => {
      const factors = scalars.slice(SCALAR * from, SCALAR * to);
      const points = await this.#pool.call('g1.fixedBase', [factors, to - from], POINT * (to - from), [factors.buffer]);
      out.set(points, POINT * from);
    });
    return out;
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  /** Runs `part` on consecutive ranges of at most `size` of 0..n, a few at a time so that copies do not pile up. */
  async #inParts<T>(
    n: number,
    size: number,
    onProgress: Progress | undefined,
    part: (from: number, to: number) => Promise<T>,
  ): Promise<T[]> {
    const results: T[] = [];
    let next = 0;
    let done = 0;
    const lane = async () => {
      while (next < n) {
        const from = next;
        const to = Math.min(n, from + size);
        next = to;
        results[from / size] = await part(from, to);
        done += to - from;
        onProgress?.(done, n);
      }
    };
    await Promise.all(Array.from({ length: this.#pool.size + 1 }, lane));
    return results;
  }
}

/** A copy as bytes that can be moved to a worker. */
function bytesOf(numbers: Int32Array | Uint32Array | Uint16Array): Uint8Array {
  return new Uint8Array(numbers.slice().buffer);
}

function sumOfPoints(sums: readonly Uint8Array[]): Point {
  return sums
    .map((bytes) => ({ x: fromBytes(bytes), y: fromBytes(bytes.subarray(SCALAR)) }))
    .reduce(addPoints, { x: 0n, y: 0n });
}

/** a + b in affine coordinates, for the few partial sums of the workers. */
export function addPoints(a: Point, b: Point): Point {
  if (a.x === 0n && a.y === 0n) return b;
  if (b.x === 0n && b.y === 0n) return a;
  const opposite = a.x === b.x && a.y !== b.y;
  if (opposite) return { x: 0n, y: 0n };
  const same = a.x === b.x;
  const slope = same ? 3n * a.x * a.x * inverse(2n * a.y, P) : (b.y - a.y) * inverse(b.x - a.x, P);
  const x = modBase(slope * slope - a.x - b.x);
  return { x, y: modBase(slope * (a.x - x) - a.y) };
}

function modBase(v: bigint): bigint {
  const m = v % P;
  return m < 0n ? m + P : m;
}
