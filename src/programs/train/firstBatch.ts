import type { Session } from '../../argument/session.ts';
import { type Poly, poly, range, type SumcheckResult } from '../../argument/sumcheck.ts';
import type { Numbered } from '../../generated/numbering.ts';
import { SIGNED_LIMIT } from '../../numbers/constants.ts';
import { mod } from '../../numbers/field.ts';
import { integerPoly } from '../common.ts';
import { HALF } from '../powers.ts';
import { type EvaluationNumber, minus, type RelationNumber, SumcheckBatch, term } from '../sumcheckBatch.ts';
import { valueAt } from '../tensors.ts';
import { addGroup, type BatchContext, type LayerTensors, type TrainLayers } from './batchContext.ts';
import { entriesOf, outputDelta, Q_SCALE } from './context.ts';
import { addHead, headEvaluations } from './heads.ts';

/** Two sums of a layer, over its features and over these and steps, which have the numbers of their relations. */
type PairNumbers = Record<'one' | 'earlier', Numbered<'sum'>> &
  Record<'oneRelation' | 'earlierRelation', RelationNumber> & { evaluation: EvaluationNumber };

/** The first batch before its batching challenge: the sums it claims, the relations, and how to read evals1 afterwards. */
export class FirstSumcheckBatch {
  /** F1, F2, F3, B1, B2 of protocol section 7 */
  readonly sums: bigint[];
  readonly layers: TrainLayers;
  readonly #c: BatchContext;
  readonly #batch: SumcheckBatch;

  constructor(context: BatchContext, layers: TrainLayers) {
    const { k, table, beta, tau, axes, numbers, sizes, oracles } = context;
    const { sums: S, relations: R, evaluations: E } = numbers;
    this.#c = context;
    this.layers = layers;
    this.sums = new Array<bigint>(S.count).fill(0n);
    this.#batch = new SumcheckBatch(k, table, beta, tau, axes);
    for (const l of sizes.layers) this.#addForward(l);
    for (const l of sizes.hidden) this.#addBackward(l);
    for (const l of sizes.hidden) this.#addHidden(l);
    this.#addOutput();
    this.#batch.addTable(R.table, E, oracles.helper.field(k, 'g'), oracles.trace.values(k, 'mult'));
  }

  prove(session: Session): SumcheckResult {
    return this.#batch.prove(session, this.sums, this.#c.numbers.relations.logUp, 5);
  }

  /** evals1 once the sumcheck is done; absent layers have 0. What no polynomial of the batch is folded for is evaluated here. */
  evaluations(rho: readonly bigint[]): bigint[] {
    const { k, witness, sizes, numbers } = this.#c;
    const { evaluations: E } = numbers;
    const { shard, trace } = witness;
    const evals = this.#batch.evaluations(E.count);
    const at = (data: Int32Array, rowBits: number, l: number) =>
      valueAt(k, { data, rowBits }, rho, entriesOf(this.#c, l, rho));
    for (const l of sizes.hidden) {
      const { A, V, D } = trace.hidden[l - sizes.first];
      evals[E.A(l)] = at(A, sizes.traceBits, l);
      evals[E.V(l)] = at(V, sizes.traceBits, l);
      evals[E.D(l)] = at(D, sizes.traceBits, l);
    }
    evals[outputDelta(numbers).evaluation] = at(trace.output.D4, sizes.traceBits, sizes.last);
    evals[E.Y] = at(shard.Y, sizes.sigma, sizes.last);
    headEvaluations(this.#c, evals, rho, entriesOf(this.#c, sizes.last, rho));
    return evals;
  }

  #addForward(l: number): void {
    const { sums: S, relations: R, evaluations: E } = this.#c.numbers;
    const { biasSum, ...tensors } = this.layers.forward(l);
    const numbers = { one: S.F1(l), oneRelation: R.F1(l), earlier: S.F2(l), earlierRelation: R.F2(l) };
    this.#addSums({ ...numbers, evaluation: E.W(l) }, tensors);
    this.sums[S.F3(l)] = biasSum;
  }

  #addBackward(l: number): void {
    const { sums: S, relations: R, evaluations: E } = this.#c.numbers;
    const numbers = { one: S.B1(l), oneRelation: R.B1(l), earlier: S.B2(l), earlierRelation: R.B2(l) };
    this.#addSums({ ...numbers, evaluation: E.nextW(l) }, this.layers.backward(l));
  }

  /**
   * With t(j; s) a tensor: sum_j weights(j) t(j; r_s), and sum_(j,k) G(j; k) P(j; k), where G(j; k) is the gradient of step k, and P(j; k) =
   * sum over rows s of later steps of eq(r_s, s) t(j; s).
   */
  #addSums(numbers: PairNumbers, t: LayerTensors): void {
    const { k, sizes, rows } = this.#c;
    const { batchBits, traceBits } = sizes;
    const { later, features } = t;
    const weights = poly(t.weights, features);
    const atRows = poly(k.contractLow(later, rows.eqSteps), features);
    k.mulTile(later, rows.eqSteps);
    k.exclusiveSums(later, rows.eqSteps.len, 'end');
    const both = [...range(batchBits, traceBits - batchBits), ...features];
    const gradients = poly(t.gradients, both);
    this.sums[numbers.one] = k.dot(weights.vec, atRows.vec);
    this.sums[numbers.earlier] = k.dot(gradients.vec, later);
    this.#batch.add(numbers.oneRelation, [term(weights, atRows)], this.sums[numbers.one]);
    this.#batch.add(numbers.earlierRelation, [term(gradients, poly(later, both))], this.sums[numbers.earlier]);
    this.#batch.evaluate(numbers.evaluation, weights);
  }

  /** Zero-checks and lookups of a hidden layer. */
  #addHidden(l: number): void {
    const { k, sizes, witness, beta } = this.#c;
    const { relations: R, evaluations: E } = this.#c.numbers;
    const batch = this.#batch;
    const eq = batch.eq(sizes.traceBits, ...sizes.bits(l));
    const { A, V, m: bits, D } = witness.trace.hidden[l - sizes.first];
    const [, T, R0] = addGroup(batch, this.#c, `hA_${l}`, { relation: R.hA(l), evaluation: E.hA(l), eq });
    const [R1, S0, S1] = addGroup(batch, this.#c, `hB_${l}`, { relation: R.hB(l), evaluation: E.hB(l), eq });
    const m = integerPoly(k, bits, eq.positions);
    // bit (m^2 - m) + active (A - m V) + delta (D - m (T' - 2^15)) = m (bit m - active V - delta T' + ..) + active A + delta D
    batch.addCombined([R.bit(l), R.active(l), R.delta(l)], eq.positions, ([bit, active, delta]) => {
      const factor = k.addConst(k.scale(m.vec, bit), mod(delta * (HALF - beta) - bit));
      const rest = k.zeros(factor.len);
      k.scoped(() => k.addScaled(factor, k.fromIntegers(V), mod(-active)));
      k.addScaled(factor, T.vec, delta); // T' = beta - (its denominator)
      k.scoped(() => k.addScaled(rest, k.fromIntegers(A), active));
      k.scoped(() => k.addScaled(rest, k.fromIntegers(D), delta));
      return [term(eq, m, poly(factor, eq.positions)), term(eq, poly(rest, eq.positions))];
    });
    batch.evaluate(E.m(l), m);
    batch.evaluateLimb(E.T(l), T);
    batch.evaluateLimb(E.R0(l), R0);
    batch.evaluateLimb(E.R1(l), R1);
    batch.evaluateLimb(E.S0(l), S0);
    batch.evaluateLimb(E.S1(l), S1);
  }

  #addOutput(): void {
    const { sizes } = this.#c;
    const { relations: R, evaluations: E } = this.#c.numbers;
    const eq = this.#batch.eq(sizes.traceBits, ...sizes.bits(sizes.last));
    const [Q, U0, U1] = addGroup(this.#batch, this.#c, 'hQ', { relation: R.hQ, evaluation: E.hQ, eq });
    this.#batch.evaluateLimb(E.Q, Q);
    this.#batch.evaluateLimb(E.U0, U0);
    this.#batch.evaluateLimb(E.U1, U1);
    if (this.#c.pairs) addHead(this.#batch, this.#c, eq, Q);
    else this.#addError(eq);
  }

  /** D_4 = le_rows q (Q - Y). Where all rows are real, le_rows is 1 and this is 0 as a polynomial. */
  #addError(eq: Poly): void {
    const { k, sizes, witness } = this.#c;
    const { rows, Y } = witness.shard;
    if (rows === 2 ** sizes.sigma) return;
    const { Q, D4 } = witness.trace.output;
    const inPass = 2 ** sizes.sigma - 1;
    const real = Int32Array.from({ length: 2 ** sizes.traceBits }, (_, s) => ((s & inPass) < rows ? 1 : 0));
    const error = Q.map((q, at) => {
      const row = at & (2 ** sizes.traceBits - 1);
      const y = Y[((at >> sizes.traceBits) << sizes.sigma) + (row & inPass)];
      return Number(Q_SCALE) * (q - SIGNED_LIMIT - y);
    });
    const valid = integerPoly(k, real, range(0, sizes.traceBits));
    this.#batch.add(this.#c.numbers.relations.error, [
      term(eq, integerPoly(k, D4, eq.positions)),
      minus(eq, valid, integerPoly(k, error, eq.positions)),
    ]);
  }
}
