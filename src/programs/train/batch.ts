import type { Kernels, Vec } from '../../argument/kernels.ts';
import type { LookupTable } from '../../argument/lookup.ts';
import type { Session } from '../../argument/session.ts';
import {
  finalValue,
  type Instance,
  type Poly,
  poly,
  range,
  type SumcheckResult,
  type Term,
} from '../../argument/sumcheck.ts';
import { SIZE_BITS } from '../../numbers/constants.ts';
import { mod, powersOf } from '../../numbers/field.ts';
import { Batch, minus, term, times } from '../batch.ts';
import { join, positions, slotView, tensorPoly } from '../common.ts';
import {
  FA,
  featurePositions,
  HALF,
  type RowTables,
  rowPositions,
  type TrainChallenges,
  type TrainLayer,
  type TrainOracles,
  type TrainSizes,
} from './context.ts';
import { HELPER_SLOTS } from './oracles.ts';

/** Everything the first batch is built from. */
export interface BatchContext extends TrainChallenges {
  k: Kernels;
  sizes: TrainSizes;
  layers: Record<number, TrainLayer>;
  rows: RowTables;
  oracles: TrainOracles;
  table: LookupTable;
  /** lookup groups: two for each hidden layer, then the output's */
  limbs: readonly Int32Array[][];
}

/** The first batch before its batching challenge: the sums it claims, the relations, and how to read evals1 afterwards. */
export class FirstBatch {
  /** F1, F2, F3, U, B1, B2 of protocol section 7 */
  readonly sums = new Array<bigint>(22).fill(0n);
  readonly #c: BatchContext;
  readonly #batch: Batch;

  constructor(context: BatchContext) {
    const { k, table, beta, tau, sizes, oracles } = context;
    this.#c = context;
    this.#batch = new Batch(k, table, beta, tau);
    this.#addLayerSums();
    for (const l of sizes.hidden) this.#addHidden(l);
    this.#addOutput();
    this.#batch.addTable(38, 68, slotView(k, oracles.helper, 'g'), slotView(k, oracles.trace, 'mult'));
  }

  prove(session: Session, lambda: bigint): SumcheckResult {
    return this.#batch.prove(session, lambda, 39, 5);
  }

  /** evals1 once the sumcheck is done; absent layers have 0. */
  evaluations(rho: readonly bigint[]): bigint[] {
    const { k, sizes, layers } = this.#c;
    const evals = this.#batch.evaluations(70);
    // without hidden layers no relation speaks of D_4 at rho
    if (sizes.hidden.length === 0)
      evals[60] = k.evaluate(layers[4].D, join(rho, sizes.sigma, rho.slice(SIZE_BITS), layers[4].out));
    return evals;
  }

  #addSum(index: number, terms: Term[], value: bigint): void {
    this.sums[index] = mod(value);
    this.#batch.add(index, terms, this.sums[index]);
  }

  /** The six sums of design 7.1. */
  #addLayerSums(): void {
    const { k, sizes, layers, rows, ri, rj, mu } = this.#c;
    const { sigma } = sizes;
    const at = rowPositions(sigma);
    /** In_l(r_j; s) by layer */
    const inputAtJ: Record<number, Poly> = {};
    for (const l of sizes.layers) {
      const { W, input, inputPoly, D, ...size } = layers[l];
      const eqI = k.eqTable(ri.slice(0, size.out));
      const Wi = poly(k.contractHigh(W, eqI), featurePositions(size.in));
      const inputAtS = poly(k.contractLow(input, rows.eqRows), featurePositions(size.in));
      const Di = poly(k.contractHigh(D, eqI), at);
      const later = poly(this.#laterSum(input), positions(sigma, size.in));
      const Ij = poly(k.contractHigh(input, k.eqTable(rj.slice(0, size.in))), at);
      inputAtJ[l] = Ij;
      this.#addSum(l - 1, [term(Wi, inputAtS)], k.dot(Wi.vec, inputAtS.vec));
      this.#addSum(3 + l, [term(Di, inputPoly, later)], this.#sumOfProduct(input, later.vec, Di.vec));
      this.#addSum(7 + l, [term(Di, rows.lt)], k.dot(Di.vec, rows.lt.vec));
      const bias = mu * FA;
      this.#addSum(11 + l, [term(Di, Ij), times(bias, Di)], k.dot(Di.vec, Ij.vec) + bias * k.sum(Di.vec));
      [Wi, inputAtS, Di, inputPoly, later, Ij].forEach((p, i) => {
        this.#batch.evaluate(4 * i + l - 1, p);
      });
    }
    for (const l of sizes.hidden) {
      const next = layers[l + 1];
      const Wj = poly(k.contractLow(next.W, k.eqTable(rj.slice(0, next.in))), featurePositions(next.out));
      const DAtS = poly(k.contractLow(next.D, rows.eqRows), featurePositions(next.out));
      const later = poly(this.#laterSum(next.D), positions(sigma, next.out));
      const Aj = inputAtJ[l + 1];
      this.#addSum(15 + l, [term(Wj, DAtS)], k.dot(Wj.vec, DAtS.vec));
      this.#addSum(18 + l, [term(Aj, next.DPoly, later)], this.#sumOfProduct(next.D, later.vec, Aj.vec));
      [Wj, DAtS, later].forEach((p, i) => {
        this.#batch.evaluate(24 + 3 * i + l - 1, p);
      });
    }
  }

  /** P(i; k) = sum over later steps k' of eq(r_k, k') t(i; r_b, k'), for every row s of step k (design 7.1). */
  #laterSum(t: Vec): Vec {
    const { k, rows, sizes } = this.#c;
    const out = k.raw(t.len);
    k.scoped(() => {
      const at = k.contractLow(t, rows.eqBatch);
      k.mulTile(at, rows.eqSteps);
      k.exclusiveSums(at, sizes.K, 'end');
      k.put(out, k.repeatEach(at, sizes.B));
    });
    return out;
  }

  /** sum over (i, s) of a b perRow(s) */
  #sumOfProduct(a: Vec, b: Vec, perRow: Vec): bigint {
    const { k } = this.#c;
    return k.scoped(() => k.sum(k.contractLow(k.mul(a, b), perRow)));
  }

  /** Zero-checks and lookups of a hidden layer. */
  #addHidden(l: number): void {
    const { k, sizes, layers, oracles, beta, limbs } = this.#c;
    const bits = sizes.widthBits(l);
    const batch = this.#batch;
    const eq = batch.eq(sizes.sigma, bits);
    const tensor = (name: string) => tensorPoly(k, slotView(k, oracles.trace, name), sizes.sigma, bits);
    const [V, m, A, D] = [tensor(`V${l}`), tensor(`m${l}`), layers[l + 1].inputPoly, layers[l].DPoly];
    const own = 2 * (l - sizes.first);
    const [, T, R0] = this.#addLookup(2 * l - 2, eq, limbs[own]);
    const [R1, S0, S1] = this.#addLookup(2 * l - 1, eq, limbs[own + 1]);
    const zero = 22 + 3 * (l - 1);
    batch.add(zero, [term(eq, m, m), minus(eq, m)]);
    batch.add(zero + 1, [term(eq, A), minus(eq, m, V)]);
    // D - m T with T = T' - 2^13, and T' = beta - (its denominator)
    batch.add(zero + 2, [term(eq, D), term(eq, m, T), times(HALF - beta, eq, m)]);
    const base = 33 + 8 * (l - 1);
    batch.evaluate(base, V);
    batch.evaluate(base + 1, m);
    [T, R0, R1, S0, S1].forEach((p, i) => {
      batch.evaluateLimb(base + 2 + i, p);
    });
    batch.evaluate(base + 7, D);
  }

  #addOutput(): void {
    const { sizes, layers, limbs } = this.#c;
    const eq = this.#batch.eq(sizes.sigma, sizes.widthBits(4));
    this.#addLookup(6, eq, limbs[limbs.length - 1]).forEach((p, i) => {
      this.#batch.evaluateLimb(57 + i, p);
    });
    if (sizes.hidden.length > 0) this.#batch.evaluate(60, layers[4].DPoly);
  }

  /** One lookup group; returns the polynomials beta - limb. */
  #addLookup(group: number, eq: Poly, limbs: readonly Int32Array[]): Poly[] {
    const { k, oracles } = this.#c;
    const h = poly(k.copy(slotView(k, oracles.helper, HELPER_SLOTS[group])), eq.positions);
    this.#batch.evaluate(61 + group, h);
    return this.#batch.addLookup(31 + group, eq, h, limbs);
  }
}

/** The second batch (design 7.1): settles P and P' of evals1 at the point rho. */
export class SecondBatch {
  readonly instances: Instance[] = [];
  readonly #k: Kernels;
  readonly #polys: { index: number; poly: Poly }[] = [];

  constructor(
    { k, sizes, layers, rows }: BatchContext,
    rho: readonly bigint[],
    evals1: readonly bigint[],
    mu2: bigint,
  ) {
    this.#k = k;
    const { batchBits, sigma, K } = sizes;
    const power = powersOf(mu2, 7);
    const at = range(batchBits, sigma - batchBits);
    const earlier = k.eqTable(rho.slice(batchBits, sigma)); // LT~(rho_k, k) is the sum of eq(rho_k, k') over earlier steps k'
    k.exclusiveSums(earlier, K, 'start');
    const lt = poly(earlier, at);
    const eq = poly(k.copy(rows.eqSteps), at);
    const add = (index: number, claim: bigint, t: Vec, bits: number) => {
      const eqFeatures = k.eqTable(rho.slice(SIZE_BITS, SIZE_BITS + bits));
      const p = poly(k.contractLow(k.contractHigh(t, eqFeatures), rows.eqBatch), at);
      this.instances.push({ weight: power[index], claim, positions: at, terms: [term(lt, eq, p)] });
      this.#polys.push({ index, poly: p });
    };
    for (const l of sizes.layers) add(l - 1, evals1[15 + l], layers[l].input, layers[l].in);
    for (const l of sizes.hidden) add(3 + l, evals1[29 + l], layers[l + 1].D, layers[l + 1].out);
  }

  /** evals2 once the sumcheck is done. */
  evaluations(): bigint[] {
    const evals = new Array<bigint>(7).fill(0n);
    for (const { index, poly: p } of this.#polys) evals[index] = finalValue(this.#k, p);
    return evals;
  }
}
