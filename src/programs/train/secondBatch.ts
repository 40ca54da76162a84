import type { Kernels, Vec } from '../../argument/kernels.ts';
import type { Session } from '../../argument/session.ts';
import {
  finalValue,
  type Instance,
  type Poly,
  poly,
  range,
  type SumcheckResult,
  sumcheck,
  type Term,
} from '../../argument/sumcheck.ts';
import type { Numbered } from '../../generated/numbering.ts';
import { TRACE_ROW_BITS } from '../../numbers/constants.ts';
import { mod, powersOf } from '../../numbers/field.ts';
import { FA } from '../powers.ts';
import { term, times } from '../sumcheckBatch.ts';
import { atFeature, type Tensor } from '../tensors.ts';
import type { AtOutputs, BatchContext, SecondBatch } from './batchContext.ts';
import type { TrainNumbers } from './context.ts';
import { stepTables } from './rowTables.ts';

/** The second batch (protocol section 7): what the first leaves at its point rho, as sums over the rows of the trace. */
export class SecondSumcheckBatch implements SecondBatch {
  readonly sums: bigint[];
  readonly #numbers: TrainNumbers;
  readonly #k: Kernels;
  readonly #relations: (Omit<Instance, 'weight'> & { index: Numbered<'relation2'> })[] = [];
  readonly #evaluated: { index: Numbered<'evaluation2'>; poly: Poly }[] = [];

  /** @param firstSums the sums sent before the first batch */
  constructor(context: BatchContext, rho: readonly bigint[], atOutputs: AtOutputs, firstSums: readonly bigint[]) {
    const { k, sizes, layers, rows, mu, numbers } = context;
    const { sums: S, sums2: S2, relations2: R2, evaluations2: E2 } = numbers;
    this.#k = k;
    this.#numbers = numbers;
    this.sums = new Array<bigint>(S2.count).fill(0n);
    const { traceBits } = sizes;
    const at = range(0, traceBits);
    const own = (v: Vec) => poly(v, at);
    const tables = stepTables(k, sizes, rho);
    const [eq, step, after, later] = [own(rows.eqRows), own(tables.step), own(tables.after), own(rows.later)];
    const atRho = (t: Tensor, bits: number) =>
      own(atFeature(k, t, k.eqTable(rho.slice(TRACE_ROW_BITS, TRACE_ROW_BITS + bits)), traceBits));
    const all = { dot: (a: Poly, b: Poly) => k.dot(a.vec, b.vec) };
    const eqAfter = own(k.mul(eq.vec, after.vec));
    for (const l of sizes.layers) {
      const [input, D] = [atRho(layers[l].input, layers[l].in), own(atOutputs.D[l])];
      const products = own(k.mul(D.vec, input.vec));
      const bias = mod(mu * FA);
      this.#add(S2.In(l), R2.In(l), [term(eq, input)], all.dot(eq, input));
      this.#add(S2.P(l), R2.P(l), [term(eq, after, input)], all.dot(eqAfter, input));
      this.#add(S2.G(l), R2.G(l), [term(step, D, input)], all.dot(step, products));
      const update = k.sum(products.vec) + bias * k.sum(D.vec);
      this.#add(S2.U(l), R2.U(l), [term(D, input), times(bias, D)], update);
      this.#relations.push({ index: R2.F3(l), positions: at, terms: [term(later, D)], claim: firstSums[S.F3(l)] });
      this.#evaluated.push({ index: E2.zIn(l), poly: input }, { index: E2.zDAtI(l), poly: D });
    }
    for (const l of sizes.hidden) {
      const [D, input] = [atRho(layers[l + 1].D, layers[l + 1].out), own(atOutputs.input[l + 1])];
      const products = own(k.mul(D.vec, input.vec));
      this.#add(S2.nextD(l), R2.nextD(l), [term(eq, D)], all.dot(eq, D));
      this.#add(S2.nextP(l), R2.nextP(l), [term(eq, after, D)], all.dot(eqAfter, D));
      this.#add(S2.nextG(l), R2.nextG(l), [term(step, D, input)], all.dot(step, products));
      this.#evaluated.push({ index: E2.zNextD(l), poly: D }, { index: E2.zNextIn(l), poly: input });
    }
  }

  #add(sum: Numbered<'sum2'>, index: Numbered<'relation2'>, terms: Term[], claim: bigint): void {
    this.sums[sum] = mod(claim);
    const { positions } = terms[0].factors[0];
    this.#relations.push({ index, positions, terms, claim: this.sums[sum] });
  }

  /** Runs the sumcheck. @param evals1 sent with the sums */
  prove(session: Session, evals1: readonly bigint[]): SumcheckResult {
    const power = powersOf(session.absorb([...evals1, ...this.sums]), this.#numbers.relations2.count);
    const instances = this.#relations.map(({ index, ...relation }) => ({ ...relation, weight: power[index] }));
    return sumcheck(this.#k, instances, TRACE_ROW_BITS, 3, session.absorb);
  }

  /** evals2 once the sumcheck is done; absent layers have 0. */
  evaluations(): bigint[] {
    const evals = new Array<bigint>(this.#numbers.evaluations2.count).fill(0n);
    for (const { index, poly: p } of this.#evaluated) evals[index] = finalValue(this.#k, p);
    return evals;
  }
}
