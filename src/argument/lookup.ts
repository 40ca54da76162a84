import { CHUNK_BITS, CHUNK_SIZE } from '../numbers/constants.ts';
import type { Kernels, Vec } from './kernels.ts';
import type { Oracle } from './oracle.ts';
import type { Places } from './places.ts';

/** Limbs that are looked up together. */
export interface LookupGroup {
  /** slot in the helper; where it is larger than the limbs, nothing is looked up behind them */
  slot: string;
  limbs: readonly Int32Array[];
}

/** What is looked up in one table. */
export interface TableLookups {
  table: LookupTable;
  groups: readonly LookupGroup[];
  /** How often each entry of the table occurs; their inverses stand in `slot` of the helper. */
  multiplicity: Int32Array;
  slot: string;
}

/** An oracle of inverses, and what they are inverses of. */
export interface Helper {
  oracle: Oracle;
  lookups: readonly TableLookups[];
}

/** A column of values beside the indices of a table. The weight of a pair is (index + alpha value + alpha^2). */
export interface PairColumn {
  alpha: bigint;
  values: Int32Array;
}

/** How often each value 0..2^bits-1 occurs in the limb tensors. @throws RangeError for a limb outside the table. */
export function multiplicities(bits: number, limbs: readonly Int32Array[]): Int32Array {
  const count = new Int32Array(2 ** bits);
  for (const limb of limbs)
    for (const v of limb) {
      if (v < 0 || v >= count.length) throw new RangeError(`limb ${v} is outside 0..${count.length - 1}`);
      count[v]++;
    }
  return count;
}

/**
 * The prover's side of LogUp (design section 5), once beta is known: over the table 0..2^bits-1, or over pairs of an index and a value,
 * which are looked up by their index. Below x is an entry of the table as it is weighed.
 */
export class LookupTable {
  readonly #k: Kernels;
  /** beta - x for every x of the table */
  readonly shifted: Vec;
  /** 1 / (beta - x) */
  readonly inverses: Vec;

  constructor(k: Kernels, beta: bigint, bits: number, pairs?: PairColumn) {
    this.#k = k;
    const values = k.fromIntegers(Int32Array.from({ length: 2 ** bits }, (_, i) => i));
    if (pairs) k.scoped(() => k.addScaled(values, k.fromIntegers(pairs.values), pairs.alpha));
    this.shifted = k.constMinus(pairs ? beta - pairs.alpha * pairs.alpha : beta, values);
    this.inverses = k.copy(this.shifted);
    k.invert(this.inverses);
  }

  /** dst[i] = sum over the limbs of 1 / (beta - limb[i]). */
  putHelper(dst: Vec, ...limbs: Int32Array[]): void {
    limbs.forEach((limb, i) => {
      this.#k.gather(dst, this.inverses, limb, i > 0);
    });
  }

  /** beta - limb[i]. */
  denominators(limb: Int32Array): Vec {
    const out = this.#k.raw(limb.length);
    this.#k.gather(out, this.shifted, limb);
    return out;
  }

  /** multiplicity[x] / (beta - x). */
  putTable(dst: Vec, multiplicity: Vec): void {
    this.#k.put(dst, this.inverses);
    this.#k.mulTile(dst, multiplicity);
  }
}

/** Where each entry of a table stands in a chunk of a helper. */
export function placesOf(oracle: Oracle, { groups, multiplicity, slot: own }: TableLookups, chunk: number): Places {
  const from = chunk << CHUNK_BITS;
  const columns = groups.flatMap(({ slot, limbs }) => {
    const { offset, log2 } = oracle.slots[slot];
    const [first, end] = [Math.max(offset, from), Math.min(offset + 2 ** log2, from + CHUNK_SIZE)];
    if (first >= end) return [];
    return limbs.map((limb) => ({ at: first - from, values: limb.subarray(first - offset, end - offset) }));
  });
  // the table is never larger than a chunk, and slots are aligned
  const { offset } = oracle.slots[own];
  if (offset >> CHUNK_BITS !== chunk) return { columns };
  return { columns, table: { at: offset - from, times: multiplicity } };
}
