import { frWasm } from '../generated/fr.wasm.ts';
import { fromBytes, inverse, mod, R, toBytes } from '../numbers/field.ts';

/** A vector over F in the kernels' memory: `len` elements of 32 bytes in Montgomery form at byte address `ptr`. */
export interface Vec {
  readonly ptr: number;
  readonly len: number;
}

interface Exports {
  memory: WebAssembly.Memory;
  heapBase(): number;
  mul(o: number, a: number, b: number): void;
  fromI32(dst: number, src: number, n: number, r2: number): void;
  fromI64(dst: number, src: number, n: number, r2: number): void;
  gather(dst: number, src: number, n: number, table: number, accumulate: number): void;
  mulTile(v: number, n: number, tile: number, m: number): void;
  scale(dst: number, src: number, n: number, k: number): void;
  axpy(dst: number, v: number, n: number, k: number): void;
  addVec(dst: number, a: number, b: number, n: number): void;
  subVec(dst: number, a: number, b: number, n: number): void;
  mulVec(dst: number, a: number, b: number, n: number): void;
  constMinus(dst: number, a: number, n: number, k: number): void;
  addConst(dst: number, a: number, n: number, k: number): void;
  sum(o: number, v: number, n: number): void;
  dot(o: number, a: number, b: number, n: number): void;
  rowDot(out: number, M: number, e: number, rows: number, cols: number): void;
  colDot(out: number, M: number, e: number, rows: number, cols: number): void;
  eqTable(out: number, z: number, n: number, k: number): void;
  fold(v: number, half: number, r: number): void;
  exclusiveSums(v: number, rows: number, cols: number, suffix: number): void;
  repeatEach(out: number, v: number, n: number, times: number): void;
  powers(v: number, n: number, k: number, one: number): void;
  horner(o: number, v: number, n: number, x: number): void;
  divide(v: number, rows: number, cols: number, k: number): void;
  prefixProducts(out: number, v: number, n: number): void;
  invertWith(v: number, prefix: number, n: number, inv: number): void;
  roundProduct(out: number, refs: number, k: number, half: number): void;
  roundLookup(out: number, refs: number, half: number): void;
}

const SIZE = 32;
const PAGE = 65536;
/** 2^256 mod R and its inverse: into and out of Montgomery form for single values. */
const MONT = (1n << 256n) % R;
const UNMONT = inverse(MONT);

/**
 * The field kernels with their memory, a stack: `mark` and `release` bracket temporaries. Vectors stay valid until the stack is released below them. Memory
 * grows on demand to at most 4 GiB.
 */
export class Kernels {
  readonly #x: Exports;
  #top: number;
  /** Scratch for single elements: r2, plain one, Montgomery one, and 128 parameters. */
  readonly #r2: number;
  readonly #plainOne: number;
  readonly #one: number;
  readonly #params: number;

  static async load(): Promise<Kernels> {
    const bytes = Uint8Array.from(atob(frWasm), (ch) => ch.charCodeAt(0));
    const { instance } = await WebAssembly.instantiate(bytes as Uint8Array<ArrayBuffer>, {});
    return new Kernels(instance.exports as unknown as Exports);
  }

  private constructor(x: Exports) {
    this.#x = x;
    this.#top = (x.heapBase() + 31) & ~31;
    this.#r2 = this.#reserve(1);
    this.#plainOne = this.#reserve(1);
    this.#one = this.#reserve(1);
    this.#params = this.#reserve(128);
    this.#bytes(this.#r2, SIZE).set(toBytes((MONT * MONT) % R));
    this.#bytes(this.#plainOne, SIZE).set(toBytes(1n));
    this.#bytes(this.#one, SIZE).set(toBytes(MONT));
  }

  #bytes(ptr: number, n: number): Uint8Array {
    return new Uint8Array(this.#x.memory.buffer, ptr, n);
  }

  #reserve(elements: number): number {
    const ptr = this.#top;
    this.#top += elements * SIZE;
    const have = this.#x.memory.buffer.byteLength;
    if (this.#top > have) {
      // grow by an eighth at least: growing copies in some engines
      const pages = Math.ceil(Math.max(this.#top - have, have / 8) / PAGE);
      try {
        this.#x.memory.grow(Math.min(pages, 65536 - have / PAGE));
      } catch {
        // the check below speaks
      }
      if (this.#top > this.#x.memory.buffer.byteLength)
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

  /** dst[i] = table[indices[i]], or += with `accumulate`. @throws RangeError for an index outside the table. */
  gather(dst: Vec, table: Vec, indices: Int32Array, accumulate = false): void {
    for (const i of indices) if (i < 0 || i >= table.len) throw new RangeError(`${i} is outside the lookup table`);
    const mark = this.mark();
    this.#x.gather(dst.ptr, this.#integers(indices), indices.length, table.ptr, accumulate ? 1 : 0);
    this.release(mark);
  }

  /** v[i] *= tile[i mod tile.len], tile.len a power of two. */
  mulTile(v: Vec, tile: Vec): void {
    this.#x.mulTile(v.ptr, v.len, tile.ptr, tile.len);
  }

  /** dst[0..src.length) = src, signed integers. */
  putIntegers(dst: Vec, src: Int32Array | BigInt64Array): void {
    const mark = this.mark();
    const ptr = this.#integers(src);
    (src instanceof Int32Array ? this.#x.fromI32 : this.#x.fromI64)(dst.ptr, ptr, src.length, this.#r2);
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
      this.#x.scale(t.ptr, v.ptr, v.len, this.#plainOne);
      return this.#bytes(t.ptr, v.len * SIZE).slice();
    });
  }

  /** dst += k v (dst at least as long as v). */
  addScaled(dst: Vec, v: Vec, k: bigint): void {
    this.#x.axpy(dst.ptr, v.ptr, v.len, this.#load([k]));
  }

  scale(v: Vec, k: bigint): Vec {
    const out = this.raw(v.len);
    this.#x.scale(out.ptr, v.ptr, v.len, this.#load([k]));
    return out;
  }

  /** dst += v. */
  addTo(dst: Vec, v: Vec): void {
    this.#x.addVec(dst.ptr, dst.ptr, v.ptr, v.len);
  }

  sub(a: Vec, b: Vec): Vec {
    const out = this.raw(a.len);
    this.#x.subVec(out.ptr, a.ptr, b.ptr, a.len);
    return out;
  }

  mul(a: Vec, b: Vec): Vec {
    const out = this.raw(a.len);
    this.#x.mulVec(out.ptr, a.ptr, b.ptr, a.len);
    return out;
  }

  /** k - v. */
  constMinus(k: bigint, v: Vec): Vec {
    const out = this.raw(v.len);
    this.#x.constMinus(out.ptr, v.ptr, v.len, this.#load([k]));
    return out;
  }

  /** v + k. */
  addConst(v: Vec, k: bigint): Vec {
    const out = this.raw(v.len);
    this.#x.addConst(out.ptr, v.ptr, v.len, this.#load([k]));
    return out;
  }

  sum(v: Vec): bigint {
    const o = this.#load([0n]);
    this.#x.sum(o, v.ptr, v.len);
    return this.#read(o);
  }

  dot(a: Vec, b: Vec): bigint {
    const o = this.#load([0n]);
    this.#x.dot(o, a.ptr, b.ptr, a.len);
    return this.#read(o);
  }

  /** out[i] = sum_j e[j] M[i * e.len + j]. */
  contractLow(M: Vec, e: Vec): Vec {
    const rows = M.len / e.len;
    const out = this.raw(rows);
    this.#x.rowDot(out.ptr, M.ptr, e.ptr, rows, e.len);
    return out;
  }

  /** out[j] = sum_i e[i] M[i * cols + j], cols = M.len / e.len. */
  contractHigh(M: Vec, e: Vec): Vec {
    const cols = M.len / e.len;
    const out = this.raw(cols);
    this.#x.colDot(out.ptr, M.ptr, e.ptr, e.len, cols);
    return out;
  }

  /** k eq(z, x) for all x in {0,1}^z.length, z_0 the lowest bit of x. */
  eqTable(z: readonly bigint[], k = 1n): Vec {
    const out = this.raw(1 << z.length);
    const p = this.#load([k, ...z]);
    this.#x.eqTable(out.ptr, p + SIZE, z.length, p);
    return out;
  }

  /** The multilinear extension of v (length 2^n) at z. */
  evaluate(v: Vec, z: readonly bigint[]): bigint {
    return this.scoped(() => {
      const low = z.slice(0, z.length >> 1);
      const high = z.slice(z.length >> 1);
      return this.dot(this.contractLow(v, this.eqTable(low)), this.eqTable(high));
    });
  }

  /** Binds the highest variable of v to r in place; the returned view has half the length. */
  fold(v: Vec, r: bigint): Vec {
    this.#x.fold(v.ptr, v.len / 2, this.#load([r]));
    return this.view(v, 0, v.len / 2);
  }

  /** Exclusive prefix or suffix sums of each run of `cols` entries, in place. */
  exclusiveSums(v: Vec, cols: number, from: 'start' | 'end'): void {
    this.#x.exclusiveSums(v.ptr, v.len / cols, cols, from === 'end' ? 1 : 0);
  }

  /** Every entry `times` times in a row. */
  repeatEach(v: Vec, times: number): Vec {
    const out = this.raw(v.len * times);
    this.#x.repeatEach(out.ptr, v.ptr, v.len, times);
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
    this.#x.divide(v.ptr, v.len / cols, cols, this.#load([k]));
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

  #refs(words: number[]): number {
    const ptr = this.#reserve(2);
    new Uint32Array(this.#x.memory.buffer, ptr, words.length).set(words);
    return ptr;
  }

  /** Sums over x of a product of factors at X = 0..factors.length for the highest of the bound variables; see the kernel. */
  roundProduct(factors: readonly Vec[], half: number): bigint[] {
    return this.scoped(() => {
      const refs = this.#refs(factors.flatMap((v) => [v.ptr, v.len]));
      const out = this.raw(factors.length + 1);
      this.#x.roundProduct(out.ptr, refs, factors.length, half);
      return this.toBigints(out);
    });
  }

  /** As roundProduct for eq (h x1 x2 x3 - x1 x2 - x1 x3 - x2 x3), X = 0..5. */
  roundLookup(factors: readonly Vec[], half: number): bigint[] {
    return this.scoped(() => {
      const refs = this.#refs(factors.map((v) => v.ptr));
      const out = this.raw(6);
      this.#x.roundLookup(out.ptr, refs, half);
      return this.toBigints(out);
    });
  }
}
