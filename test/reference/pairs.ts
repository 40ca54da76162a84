// Lookups of pairs (index, value) of a function (protocol, section 7, Heads): what trace, helper and batch 1 have of them.

import { inverse, mod, range, zeros } from './algebra.ts';
import { type ReferenceBatch, type Term, term, times } from './batch.ts';
import { sharing } from './omitted.ts';
import { inverses, LIMB_BITS, type Tensors } from './tensors.ts';

/** Index and value by entry of a tensor of the output's size. */
export interface Pair {
  index: readonly bigint[];
  value: readonly bigint[];
  /** the part of the index that is a product of tensors; the rest is linear in them */
  product?: Term;
}

/** Numbers of the relations that speak of pairs. */
interface PairRelations {
  hF: number;
  table2: number;
  logUp: number;
}

export class Pairs {
  /** F, the function that is looked up; a cheat may take another */
  readonly column: bigint[];
  /** 1 where a pair is looked up */
  readonly #present: readonly bigint[];
  readonly #relations: PairRelations;

  constructor(column: bigint[], present: readonly bigint[], relations: PairRelations) {
    this.column = column;
    this.#present = present;
    this.#relations = relations;
  }

  /** How often each entry of the function occurs; a pair that is none is not counted. */
  count({ index, value }: Pair): bigint[] {
    const mult2 = zeros(2 ** LIMB_BITS);
    if (sharing([{ index: this.#relations.hF }]).length === 0) return mult2;
    this.#present.forEach((present, x) => {
      if (present === 1n && this.column[Number(index[x])] === value[x]) mult2[Number(index[x])]++;
    });
    return mult2;
  }

  /** hF and g2. */
  helpers(pair: Pair, mult2: readonly bigint[], beta: bigint, alpha: bigint): Tensors {
    const hF = inverses(inside(beta, alpha, pair)).map((v, x) => v * this.#present[x]);
    const table = this.#table(beta, alpha);
    const g2 = mult2.map((m, k) => (mod(m) === 0n ? 0n : mod(m * inverse(table[k]))));
    return { hF, g2 };
  }

  /** Their relations and shares of the LogUp sum; `full` are the positions of the output. */
  relate(
    batch: ReferenceBatch,
    { tau, beta, alpha, full }: { tau: readonly bigint[]; beta: bigint; alpha: bigint; full: readonly number[] },
    { pair, helpers: { hF, g2 }, mult2 }: { pair: Pair; helpers: Tensors; mult2: readonly bigint[] },
  ): void {
    const { hF: lookup, table2, logUp } = this.#relations;
    const { index, value, product } = pair;
    const linear = product ? index.map((k, x) => mod(k - productAt(product, x))) : index;
    batch.zero(lookup, full, tau, [
      term(hF, inside(beta, alpha, { index: linear, value })),
      ...(product ? [times(-product.coefficient, hF, ...product.factors)] : []),
      times(-1n, this.#present),
    ]);
    const table = range(LIMB_BITS);
    batch.zero(table2, table, tau, [term(g2, this.#table(beta, alpha)), times(-1n, mult2)]);
    for (const { h } of sharing([{ index: lookup, h: hF }])) batch.sum(logUp, full, [term(h)]);
    batch.sum(logUp, table, [times(-1n, g2)]);
  }

  #table(beta: bigint, alpha: bigint): bigint[] {
    const index = this.column.map((_, k) => BigInt(k));
    return inside(beta, alpha, { index, value: this.column });
  }
}

const productAt = ({ coefficient, factors }: Term, x: number): bigint =>
  factors.reduce((v, f) => v * f[x], coefficient);

const inside = (beta: bigint, alpha: bigint, { index, value }: Pair): bigint[] =>
  index.map((k, x) => mod(beta - k - alpha * mod(value[x]) - alpha * alpha));
