import type { Kernels } from '../../argument/kernels.ts';
import { type Poly, poly, range } from '../../argument/sumcheck.ts';
import { ACTIVATION_BITS, SIGNED_LIMIT } from '../../numbers/constants.ts';
import { integerPoly } from '../common.ts';
import type { SumcheckBatch } from '../sumcheckBatch.ts';
import type { ScoreContext } from './context.ts';

/** What the relations of the results share: polynomials over rows and outputs, and over rows, each made when first asked for. */
export class ResultTensors {
  readonly batch: SumcheckBatch;
  readonly c: ScoreContext;
  readonly k: Kernels;
  /** eq over rows and outputs, and over rows */
  readonly eq: Poly;
  readonly eqRows: Poly;
  /** 1 on real rows, and on real outputs; none where all are real */
  readonly rows: readonly Poly[];
  readonly outputs: readonly Poly[];
  readonly #made = new Map<string, Poly>();

  constructor(batch: SumcheckBatch, c: ScoreContext) {
    const { sizes, witness } = c;
    const { rows, outputs } = witness.shard;
    this.batch = batch;
    this.c = c;
    this.k = c.k;
    this.eq = batch.eq(sizes.sigma, ...sizes.bits(sizes.last));
    this.eqRows = batch.eq(sizes.sigma);
    const rowCount = 2 ** sizes.sigma;
    this.rows = rows === rowCount ? [] : [this.ofRows((s) => (s < rows ? 1 : 0))];
    const isFull = outputs === 2 ** sizes.widthBits(sizes.last);
    this.outputs = isFull ? [] : [this.ofOutputs((at) => (at < outputs * rowCount ? 1 : 0))];
  }

  /** Integers by the index of row and output, and by the row of the index. */
  ofOutputs(value: (at: number, s: number) => number): Poly {
    const rows = 2 ** this.c.sizes.sigma;
    const { Q } = this.c.witness.forward.trace.output;
    const integers = new Int32Array(Q.length);
    for (let at = 0; at < integers.length; at++) integers[at] = value(at, at & (rows - 1));
    return integerPoly(this.k, integers, this.eq.positions);
  }

  ofRows(value: (s: number) => number): Poly {
    const integers = Int32Array.from({ length: 2 ** this.c.sizes.sigma }, (_, s) => value(s));
    return integerPoly(this.k, integers, range(0, this.c.sizes.sigma));
  }

  /** 1 less what is 0 or 1. */
  complement([real]: readonly Poly[]): Poly[] {
    return real === undefined ? [] : [poly(this.k.constMinus(1n, real.vec), real.positions)];
  }

  /** Q = Q' - 2^15. */
  get logits(): Poly {
    const { Q } = this.c.witness.forward.trace.output;
    return this.#once('logits', () => this.ofOutputs((at) => Q[at] - SIGNED_LIMIT));
  }

  get Y(): Poly {
    return this.#once('Y', () => integerPoly(this.k, this.c.witness.shard.Y, this.eq.positions));
  }

  /** 1 - 2 Y / 2^fa, of classes and labels. */
  get sign(): Poly {
    const { Y } = this.c.witness.shard;
    return this.#once('sign', () => this.ofOutputs((at) => 1 - ((2 * Y[at]) >> ACTIVATION_BITS)));
  }

  /** Q - Y. */
  get difference(): Poly {
    const { Q } = this.c.witness.forward.trace.output;
    const { Y } = this.c.witness.shard;
    return this.#once('difference', () => this.ofOutputs((at) => Q[at] - SIGNED_LIMIT - Y[at]));
  }

  /** A tensor of the score: B or P. */
  tensor(name: 'B' | 'P'): Poly {
    return this.#once(name, () => integerPoly(this.k, this.c.witness.forward.score[name], this.eq.positions));
  }

  /** A tensor of the score with an entry a row. */
  row(name: 'c' | 't' | 'H' | 'p' | 'LP'): Poly {
    return this.#once(name, () => integerPoly(this.k, this.c.witness.forward.score[name], this.eqRows.positions));
  }

  #once(name: string, make: () => Poly): Poly {
    const made = this.#made.get(name) ?? make();
    this.#made.set(name, made);
    return made;
  }
}
