import { columnSums, rowSums } from '../../argument/integers.ts';
import { poly, range } from '../../argument/sumcheck.ts';
import { NUMBERING } from '../../generated/numbering.ts';
import { MAX_LAYERS, SIZE_BITS } from '../../numbers/constants.ts';
import { mod } from '../../numbers/field.ts';
import { integerPoly, slotPoly } from '../common.ts';
import { SumcheckBatch, term, times } from '../sumcheckBatch.ts';
import { valueAt } from '../tensors.ts';
import { inputOf, type ScoreContext, type ScoreLookups } from './context.ts';
import type { LayerGroup } from './oracles.ts';
import { addResults, resultEvaluations } from './results.ts';

const { sums: S, relations: R, evaluations: E } = NUMBERING.score;

/** The batch before its batching challenge, and the sums it claims. */
export interface ScoreBatch {
  batch: SumcheckBatch;
  sums: bigint[];
}

export function scoreSumcheckBatch(c: ScoreContext, groups: readonly LayerGroup[], lookups: ScoreLookups): ScoreBatch {
  const { k, oracles } = c;
  const batch = new SumcheckBatch(k, lookups.table, lookups.beta, [...c.rs, ...c.ri]);
  const sums = new Array<bigint>(S.count).fill(0n);
  addForward(batch, c, sums);
  for (const group of groups) addGroup(batch, c, group);
  addResults(batch, c, lookups, sums);
  batch.addTable(R.table, E, oracles.helper.field(k, 'g'), oracles.trace.values(k, 'mult'));
  return { batch, sums };
}

/** evals1 once the sumcheck is done; absent layers have 0. What no polynomial of the batch is folded for is evaluated here. */
export function scoreEvaluations(
  c: ScoreContext,
  { batch }: ScoreBatch,
  lookups: ScoreLookups,
  rho: readonly bigint[],
): bigint[] {
  const { k, sizes, witness } = c;
  const evals = batch.evaluations(E.count);
  const at = (data: Int32Array, l: number) =>
    valueAt(k, { data, rowBits: sizes.sigma }, rho, rho.slice(SIZE_BITS, SIZE_BITS + sizes.widthBits(l)));
  for (const l of sizes.hidden) {
    const { A, V } = witness.forward.trace.hidden[l - sizes.first];
    evals[E.A(l)] = at(A, l);
    evals[E.V(l)] = at(V, l);
  }
  resultEvaluations(c, lookups, evals, rho);
  return evals;
}

/** The sums W_l(j; r_i) In_l(j; r_s) over the input features of every layer. */
function addForward(batch: SumcheckBatch, c: ScoreContext, sums: bigint[]): void {
  const { k, sizes, witness } = c;
  const eqRows = k.eqTable(c.rs.slice(0, sizes.sigma));
  for (const l of sizes.layers) {
    const bits = sizes.widthBits(l - 1);
    const features = range(SIZE_BITS, bits);
    const weights = k.zeros(2 ** bits);
    const eqOutputs = k.eqTable(c.ri.slice(0, sizes.widthBits(l)));
    columnSums(k, weights, witness.model.layers[l - sizes.first].W, eqOutputs, weights.len);
    const inputs = k.raw(2 ** bits);
    rowSums(k, inputs, inputOf(c, l).data, eqRows);
    sums[S.F1(l)] = k.dot(weights, inputs);
    const [Wi, inputAtS] = [poly(weights, features), poly(inputs, features)];
    batch.add(R.F1(l), [term(Wi, inputAtS)], sums[S.F1(l)]);
    batch.evaluate(E.W(l), Wi);
    batch.evaluate(E.In(l), inputAtS);
  }
}

/** The lookups of a layer, and of a hidden one that m is a bit and A = m V. */
function addGroup(batch: SumcheckBatch, c: ScoreContext, { l, slot, limbs }: LayerGroup): void {
  const { k, sizes, oracles, witness } = c;
  const eq = batch.eq(sizes.sigma, sizes.widthBits(l));
  const h = slotPoly(k, oracles.helper, slot, eq.positions);
  const isOutput = l === MAX_LAYERS;
  const denominators = batch.addLookup(isOutput ? R.hQ : R.h(l), eq, h, limbs);
  batch.evaluate(isOutput ? E.hQ : E.h(l), h);
  const numbers = isOutput ? [E.Q, E.U0, E.U1] : [undefined, E.R0(l), E.R1(l)];
  numbers.forEach((number, i) => {
    if (number !== undefined) batch.evaluateLimb(number, denominators[i]);
  });
  if (isOutput) return;
  const { A, V, m: bits } = witness.forward.trace.hidden[l - sizes.first];
  const m = integerPoly(k, bits, eq.positions);
  // bit (m^2 - m) + active (A - m V) = m (bit m - active V - bit) + active A
  batch.addCombined([R.bit(l), R.active(l)], eq.positions, ([bit, active]) => {
    const factor = k.addConst(k.scale(m.vec, bit), mod(-bit));
    k.scoped(() => k.addScaled(factor, k.fromIntegers(V), mod(-active)));
    return [term(eq, m, poly(factor, eq.positions)), times(active, eq, integerPoly(k, A, eq.positions))];
  });
  batch.evaluate(E.m(l), m);
}
