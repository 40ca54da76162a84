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
import { NUMBERING, type Numbered } from '../../generated/numbering.ts';
import { MAX_LAYERS, SIZE_BITS } from '../../numbers/constants.ts';
import { mod, powersOf } from '../../numbers/field.ts';
import { join, positions, slotView, tensorPoly } from '../common.ts';
import { FA, HALF } from '../powers.ts';
import { type EvaluationNumber, minus, type RelationNumber, SumcheckBatch, term, times } from '../sumcheckBatch.ts';
import {
  featurePositions,
  type RowTables,
  rowPositions,
  type TrainChallenges,
  type TrainLayer,
  type TrainOracles,
  type TrainSizes,
} from './context.ts';
import type { LookupGroup } from './oracles.ts';

const { sums: S, relations: R, evaluations: E, evaluations2: E2 } = NUMBERING.train;
/** A number of a sum, which its relation has too. */
type SumNumber = Numbered<'sum' | 'relation'>;

/** Everything the first batch is built from. */
export interface BatchContext extends TrainChallenges {
  k: Kernels;
  sizes: TrainSizes;
  layers: Record<number, TrainLayer>;
  rows: RowTables;
  oracles: TrainOracles;
  table: LookupTable;
  groups: readonly LookupGroup[];
}

/** The first batch before its batching challenge: the sums it claims, the relations, and how to read evals1 afterwards. */
export class FirstSumcheckBatch {
  /** F1, F2, F3, U, B1, B2 of protocol section 7 */
  readonly sums = new Array<bigint>(S.count).fill(0n);
  readonly #c: BatchContext;
  readonly #batch: SumcheckBatch;

  constructor(context: BatchContext) {
    const { k, table, beta, tau, sizes, oracles } = context;
    this.#c = context;
    this.#batch = new SumcheckBatch(k, table, beta, tau);
    this.#addLayerSums();
    for (const l of sizes.hidden) this.#addHidden(l);
    this.#addOutput();
    this.#batch.addTable(R.table, E, slotView(k, oracles.helper, 'g'), slotView(k, oracles.trace, 'mult'));
  }

  prove(session: Session): SumcheckResult {
    return this.#batch.prove(session, this.sums, R.logUp, 5);
  }

  /** evals1 once the sumcheck is done; absent layers have 0. */
  evaluations(rho: readonly bigint[]): bigint[] {
    const { k, sizes, layers } = this.#c;
    const evals = this.#batch.evaluations(E.count);
    // without hidden layers no relation speaks of D_4 at rho
    if (sizes.hidden.length === 0)
      evals[E.D4] = k.evaluate(
        layers[MAX_LAYERS].D,
        join(rho, sizes.sigma, rho.slice(SIZE_BITS), layers[MAX_LAYERS].out),
      );
    return evals;
  }

  #addSum(sum: SumNumber, terms: Term[], value: bigint): void {
    this.sums[sum] = mod(value);
    this.#batch.add(sum, terms, this.sums[sum]);
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
      this.#addSum(S.F1(l), [term(Wi, inputAtS)], k.dot(Wi.vec, inputAtS.vec));
      this.#addSum(S.F2(l), [term(Di, inputPoly, later)], this.#sumOfProduct(input, later.vec, Di.vec));
      this.#addSum(S.F3(l), [term(Di, rows.lt)], k.dot(Di.vec, rows.lt.vec));
      const bias = mu * FA;
      this.#addSum(S.U(l), [term(Di, Ij), times(bias, Di)], k.dot(Di.vec, Ij.vec) + bias * k.sum(Di.vec));
      this.#batch.evaluate(E.W(l), Wi);
      this.#batch.evaluate(E.InAtR(l), inputAtS);
      this.#batch.evaluate(E.DAtI(l), Di);
      this.#batch.evaluate(E.In(l), inputPoly);
      this.#batch.evaluate(E.P(l), later);
      this.#batch.evaluate(E.InAtJ(l), Ij);
    }
    for (const l of sizes.hidden) {
      const next = layers[l + 1];
      const Wj = poly(k.contractLow(next.W, k.eqTable(rj.slice(0, next.in))), featurePositions(next.out));
      const DAtS = poly(k.contractLow(next.D, rows.eqRows), featurePositions(next.out));
      const later = poly(this.#laterSum(next.D), positions(sigma, next.out));
      const Aj = inputAtJ[l + 1];
      this.#addSum(S.B1(l), [term(Wj, DAtS)], k.dot(Wj.vec, DAtS.vec));
      this.#addSum(S.B2(l), [term(Aj, next.DPoly, later)], this.#sumOfProduct(next.D, later.vec, Aj.vec));
      this.#batch.evaluate(E.nextW(l), Wj);
      this.#batch.evaluate(E.nextD(l), DAtS);
      this.#batch.evaluate(E.nextP(l), later);
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
    const { k, sizes, layers, oracles, beta } = this.#c;
    const bits = sizes.widthBits(l);
    const batch = this.#batch;
    const eq = batch.eq(sizes.sigma, bits);
    const tensor = (name: string) => tensorPoly(k, slotView(k, oracles.trace, name), sizes.sigma, bits);
    const [V, m, A, D] = [tensor(`V_${l}`), tensor(`m_${l}`), layers[l + 1].inputPoly, layers[l].DPoly];
    const [, T, R0] = this.#addLookup(`hA_${l}`, R.hA(l), E.hA(l), eq);
    const [R1, S0, S1] = this.#addLookup(`hB_${l}`, R.hB(l), E.hB(l), eq);
    batch.add(R.bit(l), [term(eq, m, m), minus(eq, m)]);
    batch.add(R.active(l), [term(eq, A), minus(eq, m, V)]);
    // D - m T with T = T' - 2^13, and T' = beta - (its denominator)
    batch.add(R.delta(l), [term(eq, D), term(eq, m, T), times(HALF - beta, eq, m)]);
    batch.evaluate(E.V(l), V);
    batch.evaluate(E.m(l), m);
    batch.evaluateLimb(E.T(l), T);
    batch.evaluateLimb(E.R0(l), R0);
    batch.evaluateLimb(E.R1(l), R1);
    batch.evaluateLimb(E.S0(l), S0);
    batch.evaluateLimb(E.S1(l), S1);
    batch.evaluate(E.D(l), D);
  }

  #addOutput(): void {
    const { sizes, layers } = this.#c;
    const eq = this.#batch.eq(sizes.sigma, sizes.widthBits(MAX_LAYERS));
    const [Q, U0, U1] = this.#addLookup('hQ', R.hQ, E.hQ, eq);
    this.#batch.evaluateLimb(E.Q, Q);
    this.#batch.evaluateLimb(E.U0, U0);
    this.#batch.evaluateLimb(E.U1, U1);
    if (sizes.hidden.length > 0) this.#batch.evaluate(E.D4, layers[MAX_LAYERS].DPoly);
  }

  /** One lookup group; returns the polynomials beta - limb. */
  #addLookup(slot: string, relation: RelationNumber, evaluation: EvaluationNumber, eq: Poly): Poly[] {
    const { k, oracles, groups } = this.#c;
    const group = groups.find((other) => other.slot === slot);
    if (!group) throw new RangeError(`there are no limbs for ${slot}`);
    const h = poly(k.copy(slotView(k, oracles.helper, slot)), eq.positions);
    this.#batch.evaluate(evaluation, h);
    return this.#batch.addLookup(relation, eq, h, group.limbs);
  }
}

/** The second batch (design 7.1): settles P and P' of evals1 at the point rho. */
export class SecondSumcheckBatch {
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
    const power = powersOf(mu2, E2.count);
    const at = range(batchBits, sigma - batchBits);
    const earlier = k.eqTable(rho.slice(batchBits, sigma)); // LT~(rho_k, k) is the sum of eq(rho_k, k') over earlier steps k'
    k.exclusiveSums(earlier, K, 'start');
    const lt = poly(earlier, at);
    const eq = poly(k.copy(rows.eqSteps), at);
    const add = (index: Numbered<'evaluation2'>, claim: bigint, t: Vec, bits: number) => {
      const eqFeatures = k.eqTable(rho.slice(SIZE_BITS, SIZE_BITS + bits));
      const p = poly(k.contractLow(k.contractHigh(t, eqFeatures), rows.eqBatch), at);
      this.instances.push({ weight: power[index], claim, positions: at, terms: [term(lt, eq, p)] });
      this.#polys.push({ index, poly: p });
    };
    for (const l of sizes.layers) add(E2.In(l), evals1[E.P(l)], layers[l].input, layers[l].in);
    for (const l of sizes.hidden) add(E2.nextD(l), evals1[E.nextP(l)], layers[l + 1].D, layers[l + 1].out);
  }

  /** evals2 once the sumcheck is done. */
  evaluations(): bigint[] {
    const evals = new Array<bigint>(E2.count).fill(0n);
    for (const { index, poly: p } of this.#polys) evals[index] = finalValue(this.#k, p);
    return evals;
  }
}
