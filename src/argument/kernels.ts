import { fromBytes, inverse, mod, R, toBytes } from '../numbers/field.ts';
import { fieldModule } from './fieldModule.ts';
import { hasLanes } from './lanes.ts';
import { type KernelCall, sharedMemory, Team } from './team.ts';

/** A vector over F in the kernels' memory: `len` elements of 32 bytes in Montgomery form at byte address `ptr`. */
export interface Vec {
  readonly ptr: number;
  readonly len: number;
}

type Exports = Record<string, (...args: number[]) => number>;

const SIZE = 32;
const PAGE = 65536;
const MOST_PAGES = 65536;
const LIMITS = { initial: 2, maximum: MOST_PAGES };
/** Elements of a thread's temporaries (`assembly/packing.ts`). */
const TEMPORARIES = 192;
/** Below so many products, waking other threads costs more than it saves. */
const ALONE = 2048;
/** log2 of the longest eq table that is made by doubling; longer ones are products of two. */
const EQ_BITS = 10;
/** 2^256 mod R and its inverse: into and out of Montgomery form for single values. */
const MONT = (1n << 256n) % R;
const UNMONT = inverse(MONT);

/**
 * The field kernels with their memory, a stack: `mark` and `release` bracket temporaries. Vectors stay valid until the stack is released below them. Memory
 * grows on demand to at most 4 GiB. Long vectors are cut into parts for all threads.
 */
export class Kernels {
  /** Whether long vectors are worked on two entries at a time. */
  readonly lanes: boolean;
  readonly #x: Exports;
  readonly #memory: WebAssembly.Memory;
  #team: Team | undefined;
  #top: number;
  /** Scratch for single elements: r2, plain one, Montgomery one, 2^16, and 128 parameters. */
  readonly #r2: number;
  readonly #plainOne: number;
  readonly #one: number;
  readonly #digit: number;
  readonly #params: number;

  /**
   * @param options.threads all that work, this one included; one where memory cannot be shared
   * @param options.lanes false keeps to kernels that need no relaxed SIMD; without it the faster ones run where they can
   */
  static async load({ threads = 1, lanes: wanted = true } = {}): Promise<Kernels> {
    const lanes = wanted && (await hasLanes());
    const memory = (threads > 1 && sharedMemory(LIMITS)) || new WebAssembly.Memory(LIMITS);
    const shared = memory.buffer instanceof ArrayBuffer === false;
    const wasm = fieldModule({ shared, lanes });
    const { instance } = await WebAssembly.instantiate(wasm, { env: { memory } });
    const kernels = new Kernels(instance.exports, memory, lanes);
    if (shared) {
      const temporaries = Array.from({ length: threads - 1 }, () => kernels.#reserve(TEMPORARIES));
      kernels.#team = await Team.start(wasm, memory, instance.exports, temporaries);
    }
    return kernels;
  }

  private constructor(x: WebAssembly.Exports, memory: WebAssembly.Memory, lanes: boolean) {
    this.lanes = lanes;
    this.#x = x as Exports;
    this.#memory = memory;
    this.#top = (this.#x.heapBase() + 31) & ~31;
    this.#r2 = this.#reserve(1);
    this.#plainOne = this.#reserve(1);
    this.#one = this.#reserve(1);
    this.#digit = this.#reserve(1);
    this.#params = this.#reserve(128);
    this.#bytes(this.#r2, SIZE).set(toBytes((MONT * MONT) % R));
    this.#bytes(this.#plainOne, SIZE).set(toBytes(1n));
    this.#bytes(this.#one, SIZE).set(toBytes(MONT));
    this.#bytes(this.#digit, SIZE).set(toBytes((MONT << 16n) % R));
  }

  /** Ends the other threads. */
  async close(): Promise<void> {
    await this.#team?.close();
    this.#team = undefined;
  }

  /** Calls a kernel on 0..n, in parts where that pays. @param cost products for each index */
  parts(n: number, cost: number, call: (from: number, to: number, part: number) => KernelCall): number {
    const team = this.#team;
    if (team === undefined || n < team.size || n * cost < ALONE) {
      const [name, ...args] = call(0, n, 0);
      this.#x[name](...args);
      return 1;
    }
    // even limits, because kernels take two entries at a time
    const limit = (part: number) => (part === team.size ? n : Math.floor((n * part) / team.size / 2) * 2);
    team.run(Array.from({ length: team.size }, (_, part) => call(limit(part), limit(part + 1), part)));
    return team.size;
  }

  /** As #parts for kernels that give `width` sums: those of the parts, added up. */
  #sums(n: number, cost: number, width: number, call: (out: number, from: number, to: number) => KernelCall): bigint[] {
    return this.scoped(() => {
      const out = this.#reserve(width * (this.#team?.size ?? 1));
      const parts = this.parts(n, cost, (from, to, part) => call(out + part * width * SIZE, from, to));
      return Array.from({ length: width }, (_, i) => {
        let sum = 0n;
        for (let part = 0; part < parts; part++) sum += this.#read(out + (part * width + i) * SIZE);
        return sum % R;
      });
    });
  }

  #bytes(ptr: number, n: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, ptr, n);
  }

  #reserve(elements: number): number {
    const ptr = this.#top;
    this.#top += elements * SIZE;
    const have = this.#memory.buffer.byteLength;
    if (this.#top > have) {
      // grow by an eighth at least: growing copies in some engines
      const pages = Math.ceil(Math.max(this.#top - have, have / 8) / PAGE);
      try {
        this.#memory.grow(Math.min(pages, MOST_PAGES - have / PAGE));
      } catch {} // the check below speaks
      if (this.#top > this.#memory.buffer.byteLength)
        throw new RangeError('the prover needs more than 4 GiB of field elements');
    }
    return ptr;
  }

  /** Writes parameters in Montgomery form into scratch, returns the address of the first (at most 128). */
  #load(values: readonly bigint[]): number {
    const bytes = this.#bytes(this.#params, values.length * SIZE);
    values.forEach((v, i) => {
      bytes.set(toBytes((mod(v) * MONT) % R), i * SIZE);
    });
    return this.#params;
  }

  #read(ptr: number): bigint {
    return (fromBytes(this.#bytes(ptr, SIZE)) * UNMONT) % R;
  }

  /** The stack's height, for release(). */
  mark(): number {
    return this.#top;
  }

  /** Frees everything allocated since the mark. */
  release(mark: number): void {
    this.#top = mark;
  }

  /** Runs f and frees what it allocated. */
  scoped<T>(f: () => T): T {
    const mark = this.mark();
    try {
      return f();
    } finally {
      this.release(mark);
    }
  }

  /** A zero vector. */
  zeros(len: number): Vec {
    const v = this.raw(len);
    this.#bytes(v.ptr, len * SIZE).fill(0);
    return v;
  }

  /** A vector with undefined contents, to be overwritten whole. */
  raw(len: number): Vec {
    return { ptr: this.#reserve(len), len };
  }

  /** Entries from..to of v, sharing memory. */
  view(v: Vec, from: number, to: number = v.len): Vec {
    return { ptr: v.ptr + from * SIZE, len: to - from };
  }

  copy(v: Vec): Vec {
    const out = this.raw(v.len);
    this.put(out, v);
    return out;
  }

  /** dst[0..src.len) = src. */
  put(dst: Vec, src: Vec): void {
    this.#bytes(0, this.#top).copyWithin(dst.ptr, src.ptr, src.ptr + src.len * SIZE);
  }

  get(v: Vec, i: number): bigint {
    return this.#read(v.ptr + i * SIZE);
  }

  set(v: Vec, i: number, x: bigint): void {
    this.#bytes(v.ptr + i * SIZE, SIZE).set(toBytes((mod(x) * MONT) % R));
  }

  fromBigints(values: readonly bigint[]): Vec {
    const v = this.raw(values.length);
    values.forEach((x, i) => {
      this.set(v, i, x);
    });
    return v;
  }

  toBigints(v: Vec): bigint[] {
    return Array.from({ length: v.len }, (_, i) => this.get(v, i));
  }

  /** A temporary copy of integers in the kernels' memory; the caller releases it. */
  #integers(src: Int32Array | BigInt64Array): number {
    const ptr = this.#reserve(Math.ceil(src.byteLength / SIZE));
    this.#bytes(ptr, src.byteLength).set(new Uint8Array(src.buffer, src.byteOffset, src.byteLength));
    return ptr;
  }

  /** Calls `use` with the address of a temporary copy of integers. */
  withIntegers(src: Int32Array | BigInt64Array, use: (ptr: number) => void): void {
    this.scoped(() => use(this.#integers(src)));
  }

  /** Addresses of 1, 2^256 and 2^16, which `integerSums` takes (assembly/integers.ts). */
  get constants(): [number, number, number] {
    return [this.#one, this.#r2, this.#digit];
  }

  /** dst[i] = table[indices[i]], or += with `accumulate`. @throws RangeError for an index outside the table. */
  gather(dst: Vec, table: Vec, indices: Int32Array, accumulate = false): void {
    for (const i of indices) if (i < 0 || i >= table.len) throw new RangeError(`${i} is outside the lookup table`);
    const mark = this.mark();
    const source = this.#integers(indices);
    this.parts(indices.length, 0.25, (from, to) => [
      'gather',
      dst.ptr + from * SIZE,
      source + from * 4,
      to - from,
      table.ptr,
      accumulate ? 1 : 0,
    ]);
    this.release(mark);
  }

  /** v[i] *= tile[i mod tile.len], tile.len a power of two. */
  mulTile(v: Vec, tile: Vec): void {
    this.parts(v.len, 1, (from, to) => ['mulTile', v.ptr, from, to, tile.ptr, tile.len]);
  }

  /** dst[0..src.length) = src, signed integers. */
  putIntegers(dst: Vec, src: Int32Array | BigInt64Array): void {
    const mark = this.mark();
    const ptr = this.#integers(src);
    const name = src instanceof Int32Array ? 'fromI32' : 'fromI64';
    this.parts(src.length, 1, (from, to) => [
      name,
      dst.ptr + from * SIZE,
      ptr + from * src.BYTES_PER_ELEMENT,
      to - from,
      this.#r2,
    ]);
    this.release(mark);
  }

  fromIntegers(src: Int32Array | BigInt64Array): Vec {
    const v = this.raw(src.length);
    this.putIntegers(v, src);
    return v;
  }

  /** Canonical little-endian bytes (32 each), copied out of the kernels' memory. */
  canonicalBytes(v: Vec): Uint8Array {
    return this.scoped(() => {
      const t = this.raw(v.len);
      this.#scale(t, v, this.#plainOne);
      return this.#bytes(t.ptr, v.len * SIZE).slice();
    });
  }

  /** dst += k v (dst at least as long as v). */
  addScaled(dst: Vec, v: Vec, k: bigint): void {
    const factor = this.#load([k]);
    this.parts(v.len, 1, (from, to) => ['axpy', dst.ptr + from * SIZE, v.ptr + from * SIZE, to - from, factor]);
  }

  scale(v: Vec, k: bigint): Vec {
    const out = this.raw(v.len);
    this.#scale(out, v, this.#load([k]));
    return out;
  }

  #scale(out: Vec, v: Vec, factor: number): void {
    this.parts(v.len, 1, (from, to) => ['scale', out.ptr + from * SIZE, v.ptr + from * SIZE, to - from, factor]);
  }

  /** A kernel that takes two vectors entry by entry. */
  #zip(name: string, cost: number, out: Vec, a: Vec, b: Vec): Vec {
    this.parts(a.len, cost, (from, to) => {
      const offset = from * SIZE;
      return [name, out.ptr + offset, a.ptr + offset, b.ptr + offset, to - from];
    });
    return out;
  }

  /** dst += v. */
  addTo(dst: Vec, v: Vec): void {
    this.#zip('addVec', 0.25, dst, v, dst);
  }

  sub(a: Vec, b: Vec): Vec {
    return this.#zip('subVec', 0.25, this.raw(a.len), a, b);
  }

  mul(a: Vec, b: Vec): Vec {
    return this.#zip('mulVec', 1, this.raw(a.len), a, b);
  }

  /** k - v. */
  constMinus(k: bigint, v: Vec): Vec {
    return this.#withConstant('constMinus', v, k);
  }

  /** v + k. */
  addConst(v: Vec, k: bigint): Vec {
    return this.#withConstant('addConst', v, k);
  }

  #withConstant(name: string, v: Vec, k: bigint): Vec {
    const out = this.raw(v.len);
    const constant = this.#load([k]);
    this.parts(v.len, 0.25, (from, to) => [name, out.ptr + from * SIZE, v.ptr + from * SIZE, to - from, constant]);
    return out;
  }

  sum(v: Vec): bigint {
    return this.#sums(v.len, 0.25, 1, (out, from, to) => ['sum', out, v.ptr + from * SIZE, to - from])[0];
  }

  dot(a: Vec, b: Vec): bigint {
    return this.#sums(a.len, 1, 1, (out, from, to) => {
      const offset = from * SIZE;
      return ['dot', out, a.ptr + offset, b.ptr + offset, to - from];
    })[0];
  }

  /** out[i] = sum_j e[j] M[i * e.len + j]. */
  contractLow(M: Vec, e: Vec): Vec {
    const rows = M.len / e.len;
    const out = this.raw(rows);
    this.parts(rows, e.len, (from, to) => {
      return ['rowDot', out.ptr + from * SIZE, M.ptr + from * e.len * SIZE, e.ptr, to - from, e.len];
    });
    return out;
  }

  /** out[j] = sum_i e[i] M[i * cols + j], cols = M.len / e.len. */
  contractHigh(M: Vec, e: Vec): Vec {
    const cols = M.len / e.len;
    const out = this.raw(cols);
    this.parts(cols, e.len, (from, to) => {
      const offset = from * SIZE;
      return ['colDot', out.ptr + offset, M.ptr + offset, e.ptr, e.len, cols, to - from];
    });
    return out;
  }

  /** k eq(z, x) for all x in {0,1}^z.length, z_0 the lowest bit of x. */
  eqTable(z: readonly bigint[], k = 1n): Vec {
    const out = this.raw(1 << z.length);
    if (z.length > EQ_BITS) this.#putEq(out, z, k, false);
    else {
      const p = this.#load([k, ...z]);
      this.#x.eqTable(out.ptr, p + SIZE, z.length, p);
    }
    return out;
  }

  /** dst[x] += k eq(z, x). */
  addEq(dst: Vec, z: readonly bigint[], k: bigint): void {
    this.#putEq(dst, z, k, true);
  }

  #putEq(dst: Vec, z: readonly bigint[], k: bigint, accumulate: boolean): void {
    this.scoped(() => {
      const low = this.eqTable(z.slice(0, z.length >> 1));
      const high = this.eqTable(z.slice(z.length >> 1), k);
      this.parts(high.len, low.len, (from, to) => [
        'outer',
        dst.ptr + from * low.len * SIZE,
        high.ptr + from * SIZE,
        to - from,
        low.ptr,
        low.len,
        accumulate ? 1 : 0,
      ]);
    });
  }

  /** The multilinear extension of v (length 2^n) at z. */
  evaluate(v: Vec, z: readonly bigint[]): bigint {
    return this.scoped(() => {
      const low = z.slice(0, z.length >> 1);
      const high = z.slice(z.length >> 1);
      return this.dot(this.contractLow(v, this.eqTable(low)), this.eqTable(high));
    });
  }

  /** Binds the highest variable of v to r, in place or into a vector of half its length; returns what it wrote. */
  fold(v: Vec, r: bigint, into = this.view(v, 0, v.len / 2)): Vec {
    const factor = this.#load([r]);
    this.parts(into.len, 1, (from, to) => {
      return ['fold', into.ptr + from * SIZE, v.ptr + from * SIZE, into.len, to - from, factor];
    });
    return into;
  }

  /** Exclusive prefix or suffix sums of each run of `cols` entries, in place. */
  exclusiveSums(v: Vec, cols: number, from: 'start' | 'end'): void {
    this.parts(v.len / cols, cols / 4, (first, to) => {
      return ['exclusiveSums', v.ptr + first * cols * SIZE, to - first, cols, from === 'end' ? 1 : 0];
    });
  }

  /** Every entry, or every run of so many entries, `times` times in a row. */
  repeatEach(v: Vec, times: number, run = 1): Vec {
    const out = this.raw(v.len * times);
    this.parts(v.len / run, (times * run) / 8, (from, to) => [
      'repeatEach',
      out.ptr + from * run * times * SIZE,
      v.ptr + from * run * SIZE,
      to - from,
      times,
      run,
    ]);
    return out;
  }

  /** [1, k, .., k^(n-1)]. */
  powers(k: bigint, n: number): Vec {
    const out = this.raw(n);
    this.#x.powers(out.ptr, n, this.#load([k]), this.#one);
    return out;
  }

  /** The polynomial with coefficients v at x. */
  horner(v: Vec, x: bigint): bigint {
    const p = this.#load([0n, x]);
    this.#x.horner(p, v.ptr, v.len, p + SIZE);
    return this.#read(p);
  }

  /** Divides the polynomial v by X^cols - k in place (v.len a multiple of cols). */
  divide(v: Vec, cols: number, k: bigint): { remainder: Vec; quotient: Vec } {
    const rows = v.len / cols;
    const root = this.#load([k]);
    this.parts(cols, rows, (from, to) => ['divide', v.ptr + from * SIZE, rows, cols, to - from, root]);
    return { remainder: this.view(v, 0, cols), quotient: this.view(v, cols) };
  }

  /** 1 / v[i] in place. @throws RangeError where an entry is zero. */
  invert(v: Vec): void {
    this.scoped(() => {
      const prefix = this.raw(v.len);
      this.#x.prefixProducts(prefix.ptr, v.ptr, v.len);
      const inv = inverse(this.get(prefix, v.len - 1));
      this.#x.invertWith(v.ptr, prefix.ptr, v.len, this.#load([inv]));
    });
  }

  /** Up to 16 words as a kernel reads them; the caller releases them. */
  words(words: number[]): number {
    const ptr = this.#reserve(2);
    new Uint32Array(this.#memory.buffer, ptr, words.length).set(words);
    return ptr;
  }

  /** Sums over x of a product of factors at X = 0..factors.length for the highest of the bound variables; see the kernel. */
  roundProduct(factors: readonly Vec[], half: number): bigint[] {
    return this.scoped(() => {
      const refs = this.words(factors.flatMap((v) => [v.ptr, v.len]));
      const n = factors.length;
      return this.#sums(half, n * (n + 1), n + 1, (out, from, to) => {
        return ['roundProduct', out, refs, n, half, from, to];
      });
    });
  }

  /** As roundProduct for eq (h x1 x2 x3 - x1 x2 - x1 x3 - x2 x3), X = 0..5. */
  roundLookup(factors: readonly Vec[], half: number): bigint[] {
    return this.scoped(() => {
      const refs = this.words(factors.map((v) => v.ptr));
      return this.#sums(half, 36, 6, (out, from, to) => ['roundLookup', out, refs, half, from, to]);
    });
  }
}
