// What the prover of train shows of a head (protocol, section 7, Heads): lookups of limbs and pairs, relations of batch 1.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { inverse, mod, range, zeros } from './algebra.ts';
import { type ReferenceBatch, term, times } from './batch.ts';
import { HEAD_TENSORS, headFactors, targetWeight } from './heads.ts';
import { sharing } from './omitted.ts';
import { EXP, SIG } from './tables.ts';
import { HALF_LIMB, inverses, LIMB, LIMB_BITS, type Tensors } from './tensors.ts';
import type { TrainRun } from './train-run.ts';

const { relations: R } = NUMBERING.train;

/** A grouped lookup of three limbs of the output's size. */
export interface LimbGroup {
  l: number;
  name: string;
  index: number;
  limbs: (readonly bigint[])[];
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
  readonly #run: TrainRun;

  constructor(run: TrainRun) {
    this.#run = run;
    this.heads = headFactors(run.statedHead);
    const N = 2 ** run.bits;
    const entries = range(N * 2 ** run.a[4]);
    this.classes = entries.map((x) => (x < run.n[4] * N ? 1n : 0n));
    this.rows = entries.map((x) => (x % 2 ** run.sigma < run.statedRows ? 1n : 0n));
    this.column = this.#softmax ? [...EXP] : this.#functions ? [...SIG] : [];
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
    const Sum = this.#spread(t.Sum);
    const z0 = Sum.map((v, x) => mod(2n * v - 1n - t.r0[x] - LIMB * (t.r1[x] + t.z1[x])));
    return [
      { l: 4, name: 'hR', index: R.hR, limbs: [t.r0, t.r1, t.z1] },
      { l: 4, name: 'hP', index: R.hP, limbs: [z0, t.P, zeros(z0.length)] },
    ];
  }

  /** Index and value by entry; the real classes' are looked up. */
  #pairs(t: Tensors): { index: bigint[]; value: bigint[] } {
    if (!this.#softmax) return { index: t.Q, value: t.P };
    const M = this.#spread(t.M);
    return { index: M.map((m, x) => m - t.Q[x] + HALF_LIMB), value: t.e };
  }

  /** How often each entry of the function occurs; a pair that is none is not counted. */
  count(t: Tensors): bigint[] {
    const mult2 = zeros(2 ** LIMB_BITS);
    if (!this.#functions || sharing([{ index: R.hF }]).length === 0) return mult2;
    const { index, value } = this.#pairs(t);
    this.classes.forEach((real, x) => {
      if (real === 1n && this.column[Number(index[x])] === value[x]) mult2[Number(index[x])]++;
    });
    return mult2;
  }

  #inside(beta: bigint, alpha: bigint, index: readonly bigint[], value: readonly bigint[]): bigint[] {
    return index.map((k, x) => mod(beta - k - alpha * mod(value[x]) - alpha * alpha));
  }
  #table(beta: bigint, alpha: bigint): bigint[] {
    return this.#inside(
      beta,
      alpha,
      this.column.map((_, k) => BigInt(k)),
      this.column,
    );
  }

  /** hF and g2, where the head has them. */
  helpers(t: Tensors, mult2: readonly bigint[], beta: bigint, alpha: bigint): Tensors {
    if (!this.#functions) return {};
    const { index, value } = this.#pairs(t);
    const hF = inverses(this.#inside(beta, alpha, index, value)).map((v, x) => v * this.classes[x]);
    const table = this.#table(beta, alpha);
    const g2 = mult2.map((m, k) => (mod(m) === 0n ? 0n : mod(m * inverse(table[k]))));
    return { hF, g2 };
  }

  /** The relations that speak of the output and the head; `Y` has an entry for each of the trace's rows. */
  relate(
    batch: ReferenceBatch,
    { tau, beta, alpha, full }: { tau: readonly bigint[]; beta: bigint; alpha: bigint; full: readonly number[] },
    { t, Y, helpers, mult2 }: { t: Tensors; Y: readonly bigint[]; helpers: Tensors; mult2: bigint[] },
  ): void {
    const { classes, rows } = this;
    const [, , s2] = this.heads;
    const eps = BigInt(this.#run.statedSmoothing);
    const zero = (index: number, ...terms: Parameters<ReferenceBatch['zero']>[3]) =>
      batch.zero(index, full, tau, terms);
    const logits = t.Q.map((q) => q - HALF_LIMB);
    const target = times(targetWeight(this.heads, this.#run.n[4], eps), rows, Y);
    if (!this.#functions) {
      zero(R.error, term(t.D4), times(-4n, rows, logits), target);
      return;
    }
    zero(R.error, term(t.D4), times(-1n, rows, classes, t.P), times(eps, rows, classes), target);
    if (s2 === 0n) {
      const [M, Sum] = [this.#spread(t.M), this.#spread(t.Sum)];
      const { w, e, P, r0, r1 } = t;
      zero(R.firstBit, term(w, w), times(-1n, w));
      zero(R.firstPadding, term(w), times(-1n, w, classes));
      zero(R.largest, term(w, M), times(-1n, w, logits));
      zero(R.powerPadding, term(e), times(-1n, e, classes));
      zero(R.division, times(4096n, e), term(Sum), times(-2n, Sum, P), times(-1n, r0), times(-LIMB, r1));
    }
    const { index, value } = this.#pairs(t);
    zero(R.hF, term(helpers.hF, this.#inside(beta, alpha, index, value)), times(-1n, classes));
    const table = range(LIMB_BITS);
    batch.zero(R.table2, table, tau, [term(helpers.g2, this.#table(beta, alpha)), times(-1n, mult2)]);
    for (const { h } of sharing([{ index: R.hF, h: helpers.hF }])) batch.sum(R.logUp, full, [term(h)]);
    batch.sum(R.logUp, table, [times(-1n, helpers.g2)]);
  }

  /** Tensors of trace and helper that the head has, of the output's size or of a row's. */
  get names(): { trace: readonly (typeof HEAD_TENSORS)[number][]; helper: readonly ('hR' | 'hP' | 'hF')[] } {
    if (this.#softmax) return { trace: HEAD_TENSORS, helper: ['hR', 'hP', 'hF'] };
    return this.#functions ? { trace: ['P'], helper: ['hF'] } : { trace: [], helper: [] };
  }
}
