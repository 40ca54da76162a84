import type { Kernels, Vec } from './kernels.ts';

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

/** The prover's side of LogUp over the table 0..2^bits-1 (design section 5), once beta is known. */
export class LookupTable {
  readonly #k: Kernels;
  /** beta - x for every x of the table */
  readonly shifted: Vec;
  /** 1 / (beta - x) */
  readonly inverses: Vec;

  constructor(k: Kernels, beta: bigint, bits: number) {
    this.#k = k;
    const values = k.fromIntegers(Int32Array.from({ length: 2 ** bits }, (_, i) => i));
    this.shifted = k.constMinus(beta, values);
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
