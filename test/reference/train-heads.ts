// What the prover of train shows of a head (protocol, section 7, Heads): lookups of limbs and pairs, relations of batch 1.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { mod, range, zeros } from './algebra.ts';
import { type ReferenceBatch, term, times } from './batch.ts';
import { HEAD_TENSORS, headFactors, targetWeight } from './heads.ts';
import { type Pair, Pairs } from './pairs.ts';
import type { ReferenceHead } from './sizes.ts';
import { EXP, SIG } from './tables.ts';
import { HALF_LIMB, LIMB, LIMB_BITS, type Tensors } from './tensors.ts';

/** A grouped lookup of three limbs of the output's size. */
export interface LimbGroup {
  l: number;
  name: string;
  index: number;
  limbs: (readonly bigint[])[];
}

/** What a head needs to know of a run. */
export interface HeadRun {
  /** bits of a row of the trace, and those of the shard's rows */
  bits: number;
  sigma: number;
  /** classes, and log2 of their padded number */
  classes: number;
  classBits: number;
  statedHead: ReferenceHead;
  statedRows: number;
  statedSmoothing: number;
}

/** The head that a run states, with the tensors that it commits to. */
export class StatedHead {
  /** s0, s1, s2 */
  readonly heads: bigint[];
  /** 1 on the real classes and on the real rows, by entry of an output tensor */
  readonly classes: bigint[];
  readonly rows: bigint[];
  /** F, the function that is looked up; a cheat may take another */
  readonly column: bigint[];
  readonly #run: HeadRun;
  readonly #pairs: Pairs;
  /** layer of the output, which names its delta, and numbers of the relations */
  readonly #output: number;
  readonly #R: (typeof NUMBERING)['train' | 'convTrain']['relations'];

  constructor(program: 'train' | 'convTrain', run: HeadRun) {
    this.#run = run;
    this.#R = NUMBERING[program].relations;
    this.#output = program === 'train' ? 4 : 6;
    this.heads = headFactors(run.statedHead);
    const N = 2 ** run.bits;
    const entries = range(N * 2 ** run.classBits);
    this.classes = entries.map((x) => (x < run.classes * N ? 1n : 0n));
    this.rows = entries.map((x) => (x % 2 ** run.sigma < run.statedRows ? 1n : 0n));
    this.column = this.#softmax ? [...EXP] : this.#functions ? [...SIG] : [];
    this.#pairs = new Pairs(this.column, this.classes, this.#R);
  }

  get #softmax(): boolean {
    return this.heads[1] === 1n;
  }
  get #functions(): boolean {
    return this.heads[0] === 0n;
  }
  /** An entry a row as one a row and class. */
  #spread(f: readonly bigint[]): bigint[] {
    return this.classes.map((_, x) => f[x % f.length]);
  }

  /** The groups of limbs that softmax looks up. */
  groups(t: Tensors): LimbGroup[] {
    if (!this.#softmax) return [];
    const [R, l] = [this.#R, this.#output];
    const Sum = this.#spread(t.Sum);
    const z0 = Sum.map((v, x) => mod(2n * v - 1n - t.r0[x] - LIMB * (t.r1[x] + t.z1[x])));
    return [
      { l, name: 'hR', index: R.hR, limbs: [t.r0, t.r1, t.z1] },
      { l, name: 'hP', index: R.hP, limbs: [z0, t.P, zeros(z0.length)] },
    ];
  }

  /** Index and value by entry; the real classes' are looked up. */
  #pair(t: Tensors): Pair {
    if (!this.#softmax) return { index: t.Q, value: t.P };
    const M = this.#spread(t.M);
    return { index: M.map((m, x) => m - t.Q[x] + HALF_LIMB), value: t.e };
  }

  /** How often each entry of the function occurs; a pair that is none is not counted. */
  count(t: Tensors): bigint[] {
    return this.#functions ? this.#pairs.count(this.#pair(t)) : zeros(2 ** LIMB_BITS);
  }

  /** hF and g2, where the head has them. */
  helpers(t: Tensors, mult2: readonly bigint[], beta: bigint, alpha: bigint): Tensors {
    return this.#functions ? this.#pairs.helpers(this.#pair(t), mult2, beta, alpha) : {};
  }

  /** The relations that speak of the output and the head; `Y` has an entry for each of the trace's rows. */
  relate(
    batch: ReferenceBatch,
    at: { tau: readonly bigint[]; beta: bigint; alpha: bigint; full: readonly number[] },
    { t, Y, helpers, mult2 }: { t: Tensors; Y: readonly bigint[]; helpers: Tensors; mult2: bigint[] },
  ): void {
    const { classes, rows } = this;
    const R = this.#R;
    const delta = t[`D${this.#output}`];
    const [, , s2] = this.heads;
    const eps = BigInt(this.#run.statedSmoothing);
    const zero = (index: number, ...terms: Parameters<ReferenceBatch['zero']>[3]) =>
      batch.zero(index, at.full, at.tau, terms);
    const logits = t.Q.map((q) => q - HALF_LIMB);
    const target = times(targetWeight(this.heads, this.#run.classes, eps), rows, Y);
    if (!this.#functions) {
      zero(R.error, term(delta), times(-4n, rows, logits), target);
      return;
    }
    zero(R.error, term(delta), times(-1n, rows, classes, t.P), times(eps, rows, classes), target);
    if (s2 === 0n) {
      const [M, Sum] = [this.#spread(t.M), this.#spread(t.Sum)];
      const { w, e, P, r0, r1 } = t;
      zero(R.firstBit, term(w, w), times(-1n, w));
      zero(R.firstPadding, term(w), times(-1n, w, classes));
      zero(R.largest, term(w, M), times(-1n, w, logits));
      zero(R.powerPadding, term(e), times(-1n, e, classes));
      zero(R.division, times(4096n, e), term(Sum), times(-2n, Sum, P), times(-1n, r0), times(-LIMB, r1));
    }
    this.#pairs.relate(batch, at, { pair: this.#pair(t), helpers, mult2 });
  }

  /** Tensors of trace and helper that the head has, of the output's size or of a row's. */
  get names(): { trace: readonly (typeof HEAD_TENSORS)[number][]; helper: readonly ('hR' | 'hP' | 'hF')[] } {
    if (this.#softmax) return { trace: HEAD_TENSORS, helper: ['hR', 'hP', 'hF'] };
    return this.#functions ? { trace: ['P'], helper: ['hF'] } : { trace: [], helper: [] };
  }
}
