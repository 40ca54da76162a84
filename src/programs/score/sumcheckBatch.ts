import { poly } from '../../argument/sumcheck.ts';
import { mod } from '../../numbers/field.ts';
import { integerPoly, slotPoly } from '../common.ts';
import { SumcheckBatch, term, times } from '../sumcheckBatch.ts';
import { valueAt } from '../tensors.ts';
import { entriesOf, type PassContext, type ScoreContext, type ScoreLookups } from './context.ts';
import type { LayerGroup } from './oracles.ts';
import { addResults, resultEvaluations } from './results.ts';

/** The batch before its batching challenge, and the sums it claims. */
export interface ScoreBatch {
  batch: SumcheckBatch;
  sums: bigint[];
}

export function scoreSumcheckBatch(c: ScoreContext, groups: readonly LayerGroup[], lookups: ScoreLookups): ScoreBatch {
  const { k, oracles, numbers } = c;
  const { sums: S, relations: R, evaluations: E } = numbers;
  const batch = new SumcheckBatch(k, lookups.table, lookups.beta, c.tau, c.axes);
  const sums = new Array<bigint>(S.count).fill(0n);
  for (const l of c.sizes.layers) c.layers.addForward(batch, c, l, sums);
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
  const { evaluations: E } = c.numbers;
  const evals = batch.evaluations(E.count);
  hiddenEvaluations(c, evals, rho);
  resultEvaluations(c, lookups, evals, rho);
  return evals;
}

/** A and V of the hidden layers, for which no polynomial of the batch is folded. */
export function hiddenEvaluations(c: PassContext, evals: bigint[], rho: readonly bigint[]): void {
  const { k, sizes, witness } = c;
  const { evaluations: E } = c.numbers;
  const at = (data: Int32Array, l: number) => valueAt(k, { data, rowBits: sizes.sigma }, rho, entriesOf(c, l, rho));
  for (const l of sizes.hidden) {
    const { A, V } = witness.forward.trace.hidden[l - sizes.first];
    evals[E.A(l)] = at(A, l);
    evals[E.V(l)] = at(V, l);
  }
}

/** The lookups of a layer, and of a hidden one that m is a bit and A = m V. */
export function addGroup(batch: SumcheckBatch, c: PassContext, { l, slot, limbs }: LayerGroup): void {
  const { k, sizes, oracles, witness } = c;
  const { relations: R, evaluations: E } = c.numbers;
  const eq = batch.eq(sizes.sigma, ...sizes.bits(l));
  const h = slotPoly(k, oracles.helper, slot, eq.positions);
  const isOutput = l === sizes.last;
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
