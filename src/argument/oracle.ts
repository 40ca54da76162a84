import { CHUNK_BITS, CHUNK_SIZE } from '../numbers/constants.ts';
import { BLOCK, type Integers } from './integers.ts';
import type { Kernels, Vec } from './kernels.ts';

/** A coefficient of a chunk behind its entries, at 2^18 + at: a salt or blinding (protocol section 8). */
export interface Tail {
  at: number;
  value: bigint;
}

/** All entries of an oracle: integers outside of the kernels' memory, or field elements in it. */
export type Entries = Int32Array | BigInt64Array | Vec;

/** Where the tensors of an oracle stand: they leave no gaps. */
export interface Slots {
  slots: Record<string, { offset: number; log2: number }>;
  used: number;
}

/**
 * A committed vector of tensors in slots. It has `used` entries, filled up with zeros to a multiple of BLOCK; integers stay integers, so that a trace of 2^26
 * entries takes a quarter of a gigabyte.
 */
export class Oracle {
  readonly slots: Slots['slots'];
  /** Entries of all slots. */
  readonly used: number;
  /** Chunks of 2^18 entries: the points of its commitment. */
  readonly chunks: number;
  /** What stands behind the entries of each chunk. */
  readonly tails: Tail[][];
  #entries: Entries | undefined;

  constructor({ slots, used }: Slots) {
    this.slots = slots;
    this.used = used;
    this.chunks = Math.ceil(used / CHUNK_SIZE);
    this.tails = Array.from({ length: this.chunks }, () => []);
  }

  /** Entries with those that fill the last block. */
  get length(): number {
    return Math.ceil(this.used / BLOCK) * BLOCK;
  }

  /** All entries. @throws RangeError where nothing was ever put */
  get entries(): Entries {
    if (!this.#entries) throw new RangeError('the oracle is empty');
    return this.#entries;
  }

  /** Copies a tensor of integers into its slot. An oracle holds integers of one size or field elements. @throws RangeError for another size */
  put(name: string, tensor: Int32Array | BigInt64Array): void {
    const { offset, log2 } = this.slots[name];
    if (tensor.length !== 2 ** log2)
      throw new RangeError(`${name} has ${tensor.length} entries, its slot ${2 ** log2}`);
    this.#entries ??= tensor instanceof Int32Array ? new Int32Array(this.length) : new BigInt64Array(this.length);
    const entries = this.#entries;
    if (entries instanceof Int32Array && tensor instanceof Int32Array) entries.set(tensor, offset);
    else if (entries instanceof BigInt64Array && tensor instanceof BigInt64Array) entries.set(tensor, offset);
    else throw new RangeError(`${name} has entries of another kind than its oracle`);
  }

  /** The part of an oracle of field elements that holds a slot, to be written; the oracle becomes one at the first call. */
  field(k: Kernels, name: string): Vec {
    this.#entries ??= k.zeros(this.length);
    const entries = this.#entries;
    if (!isVec(entries)) throw new RangeError(`${name} stands among integers`);
    const { offset, log2 } = this.slots[name];
    return k.view(entries, offset, offset + 2 ** log2);
  }

  /** The entries of a slot as new field elements. */
  values(k: Kernels, name: string): Vec {
    const { offset, log2 } = this.slots[name];
    return toField(k, this.entries, offset, offset + 2 ** log2);
  }

  /** The entries of a slot in a trace. @throws RangeError where the oracle has no integers of 32 bits */
  integers(name: string): Int32Array {
    const { entries } = this;
    if (!(entries instanceof Int32Array)) throw new RangeError(`${name} has no entries of 32 bits`);
    const { offset, log2 } = this.slots[name];
    return entries.subarray(offset, offset + 2 ** log2);
  }

  /** How many entries a chunk has. */
  chunkLength(chunk: number): number {
    return Math.min(CHUNK_SIZE, this.used - (chunk << CHUNK_BITS));
  }

  /** The entries of a chunk as scalars: integers, or canonical bytes, 32 each. */
  chunkScalars(k: Kernels, chunk: number): Integers | Uint8Array {
    const from = chunk << CHUNK_BITS;
    const to = Math.min(from + CHUNK_SIZE, this.used);
    const { entries } = this;
    return isVec(entries) ? k.canonicalBytes(k.view(entries, from, to)) : entries.subarray(from, to);
  }

  /** The entries of a chunk as new field elements. */
  chunk(k: Kernels, chunk: number): Vec {
    const from = chunk << CHUNK_BITS;
    return toField(k, this.entries, from, Math.min(from + CHUNK_SIZE, this.used));
  }
}

/** Whether entries are field elements. */
export function isVec(entries: Entries): entries is Vec {
  return 'ptr' in entries;
}

function toField(k: Kernels, entries: Entries, from: number, to: number): Vec {
  return isVec(entries) ? k.copy(k.view(entries, from, to)) : k.fromIntegers(entries.subarray(from, to));
}
