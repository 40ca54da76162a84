import type { Kernels } from '../../argument/kernels.ts';
import type { LookupGroup } from '../../argument/lookup.ts';
import { type Poly, poly, range } from '../../argument/sumcheck.ts';
import { NUMBERING } from '../../generated/numbering.ts';
import { maskNumbers } from '../../model/sparse/masks.ts';
import type { SparseMerge, SparsePlan } from '../../model/sparse/merge.ts';
import { MAX_TASKS, SPARSE_SLOTS } from '../../model/sparse/method.ts';
import { flatten } from '../../model/sparse/vector.ts';
import { MODEL_BITS } from '../../numbers/constants.ts';
import type { Axes } from '../axes.ts';
import { rangeLimbs } from '../layers.ts';
import type { RelationNumber } from '../sumcheckBatch.ts';

/** One axis: the address in a model. */
export const VECTOR: Axes = [MODEL_BITS];

export interface SparseWitness {
  plan: SparsePlan;
  /** sparseMerge(plan, salt) */
  merge: SparseMerge;
}

/** What is looked up together, in the numbers of its relation and its helper. */
export interface SparseLookup extends LookupGroup {
  relation: RelationNumber;
  /** names in the trace of the limbs that are not 0 everywhere, the first ones; none of one that follows from others */
  names: (string | undefined)[];
}

/** A merge in the making of its proof. */
export interface SparseContext {
  k: Kernels;
  merge: SparseMerge;
  plan: SparsePlan;
  tasks: number;
  at: number[];
  base: BigInt64Array;
  child: BigInt64Array;
  lookups: SparseLookup[];
}

const { relations: R } = NUMBERING.sparseMerge;

export function contextOf(k: Kernels, { plan, merge }: SparseWitness): SparseContext {
  const { vector } = merge;
  const base = flatten(plan.parents[0], vector);
  const child = flatten(merge.child, vector);
  const context = { k, merge, plan, tasks: plan.parents.length - 1, at: range(0, vector.log2), base, child };
  return { ...context, lookups: lookupsOf(context) };
}

/** The groups of three that are looked up, without limbs that the method or a task lacks. */
function lookupsOf({
  merge: { traced },
  plan: { method },
  tasks,
  child,
}: Omit<SparseContext, 'lookups'>): SparseLookup[] {
  const [w0, w1, w2] = rangeLimbs(child);
  const zero = new Int32Array(child.length);
  const own = (name: string) => (name === 'w0' ? w0 : name === 'w1' ? w1 : name === 'w2' ? w2 : traced[name]);
  const group = (slot: string, relation: RelationNumber, names: string[]): SparseLookup => {
    const present = names.filter((name) => own(name) !== undefined);
    return {
      slot,
      relation,
      limbs: [...present.map(own), zero, zero].slice(0, 3),
      names: present.map((name) => (name === 'w0' ? undefined : name)),
    };
  };
  const ofTasks = range(1, tasks).flatMap((i) => [
    group(`hA_${i}`, R.hA(i), [`a0_${i}`, `a1_${i}`, `a2_${i}`]),
    group(`hB_${i}`, R.hB(i), [`b0_${i}`, `b1_${i}`, `b2_${i}`]),
  ]);
  const masks = [
    group('hT', R.hT, ['t_1', 't_2', 't_3']),
    group('hV', R.hV, ['v0', 'v1', 'v2']),
    group('hU', R.hU, ['v3', 'u0', 'u1']),
  ];
  return [
    ...(method.signs ? ofTasks : []),
    ...(method.kept.length > 0 ? masks : []),
    ...(method.signs ? [group('hE', R.hE, ['e0', 'e1', 'e2'])] : []),
    group('hW', R.hW, ['w0', 'w1', 'w2']),
    group('hR', R.hR, ['r0', 'r1', 'y0']),
    group('hY', R.hY, ['y1', 'e3', 't_4']),
  ];
}

/** Tensors that the trace has besides what the merge made: the upper limbs of the child. */
export function tracedOf({ merge, child }: SparseContext): Record<string, Int32Array> {
  const [, w1, w2] = rangeLimbs(child);
  return { ...merge.traced, w1, w2 };
}

/** Polynomials over the vector, made when they are asked for and then the same. */
export class VectorPolys {
  readonly #c: SparseContext;
  readonly #made = new Map<string, Poly>();

  constructor(c: SparseContext) {
    this.#c = c;
  }

  /** @param make its values, entry by entry */
  of(name: string, make: () => Int32Array | BigInt64Array): Poly {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const { k, at } = this.#c;
    const made = poly(k.fromIntegers(make()), at);
    this.#made.set(name, made);
    return made;
  }

  /** A tensor of the trace. */
  traced(name: string): Poly {
    return this.of(name, () => this.#c.merge.traced[name]);
  }

  /** 2 x - 1 for bits x. */
  sign(name: string): Poly {
    return this.of(`sign ${name}`, () => this.#c.merge.traced[name].map((bit) => 2 * bit - 1));
  }

  /** What task i changes. */
  change(i: number): Poly {
    return this.of(`d_${i}`, () => this.#c.merge.changes[i - 1]);
  }

  /** sum of 2^(16 j) of limbs in the trace, which stays below 2^63. */
  limbs(names: readonly string[]): BigInt64Array {
    const { traced } = this.#c.merge;
    const out = new BigInt64Array(2 ** this.#c.merge.vector.log2);
    names.forEach((name, j) => {
      const limb = traced[name];
      const scale = 1n << BigInt(16 * j);
      for (let x = 0; x < out.length; x++) if (limb[x] !== 0) out[x] += scale * BigInt(limb[x]);
    });
    return out;
  }

  /** One value for each slot, 0 outside of them. */
  step(name: string, valueIn: (slot: { l: number; number: number }) => bigint): Poly {
    return this.of(name, () => {
      const { vector } = this.#c.merge;
      const out = new BigInt64Array(2 ** vector.log2);
      for (const slot of vector.slots) out.fill(valueIn(slot), slot.offset, slot.offset + 2 ** slot.log2);
      return out;
    });
  }

  /** The coefficient of task i. */
  coefficient(i: number): Poly {
    const { coefficients } = this.#c.plan;
    const absent = SPARSE_SLOTS / 2 - coefficients.length;
    return this.step(`a_${i}`, ({ l }) => BigInt(coefficients[l - 1 - absent][i]));
  }

  /** The threshold of task i. */
  threshold(i: number): Poly {
    return this.step(`theta_${i}`, ({ number }) => this.#c.plan.thresholds[MAX_TASKS * number + i - 1]);
  }

  /** The sum of all coefficients of a layer. */
  total(): Poly {
    const { coefficients } = this.#c.plan;
    const absent = SPARSE_SLOTS / 2 - coefficients.length;
    return this.step('total', ({ l }) => coefficients[l - 1 - absent].slice(1).reduce((sum, a) => sum + BigInt(a), 0n));
  }

  /** x + off + 1, the index of an address in the sequence of the masks. */
  address(): Poly {
    const { off } = maskNumbers(this.#c.plan.method.seed);
    return this.of('address', () =>
      Int32Array.from({ length: 2 ** this.#c.merge.vector.log2 }, (_, x) => x + Number(off) + 1),
    );
  }

  /** T_i - v. */
  belowShare(i: number): Poly {
    const { method } = this.#c.plan;
    return this.of(`T - v_${i}`, () => this.#c.merge.traced[`v${i - 1}`].map((v) => method.kept[i - 1] - v));
  }
}
