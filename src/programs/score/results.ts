// What program score shows of the output beside the labels (protocol section 11).
import type { Vec } from '../../argument/kernels.ts';
import { poly } from '../../argument/sumcheck.ts';
import { countsAt } from '../../model/measures.ts';
import { SIZE_BITS } from '../../numbers/constants.ts';
import { inverse, mod } from '../../numbers/field.ts';
import { slotPoly } from '../common.ts';
import { FA } from '../powers.ts';
import { minus, type SumcheckBatch, term, times } from '../sumcheckBatch.ts';
import { atFeature, valueAt } from '../tensors.ts';
import { addChecks, addRowChecks, type ResultLimbs } from './checks.ts';
import { entriesOf, type ScoreContext, type ScoreLookups } from './context.ts';
import { addLogLoss, pairEvaluations } from './logLoss.ts';
import { ROWS } from './oracles.ts';
import { ResultTensors } from './resultTensors.ts';

/** Relations and sums of all results. */
export function addResults(batch: SumcheckBatch, c: ScoreContext, lookups: ScoreLookups, sums: bigint[]): void {
  const t = new ResultTensors(batch, c);
  const { sums: S, relations: R } = c.numbers;
  const { measures, score } = c.witness.forward;
  const limbs = addLimbs(t, lookups);
  addError(t, sums);
  if (c.witness.shard.kind === 'regression') {
    addRegression(t);
    sums[S.absolute] = measures.absolute;
    return;
  }
  addChecks(t, limbs);
  addRowChecks(t);
  sums[S.right] = measures.result;
  batch.add(R.right, [term(t.row('c'))], sums[S.right]);
  sums[S.top] = measures.top;
  batch.add(R.top, [term(t.row('t'))], sums[S.top]);
  addLabelled(t, sums);
  if (measures.counts !== null) addCounts(t, sums);
  if (score.pairs) addLogLoss(t, lookups, sums);
}

/** The lookups of (G, K, 0) and (H, S, 0). */
function addLimbs({ batch, c, k, eq, eqRows }: ResultTensors, { beta }: ScoreLookups): ResultLimbs {
  const { oracles, sizes, witness } = c;
  const { relations: R, evaluations: E } = c.numbers;
  const { score, measures } = witness.forward;
  const isLed = sizes.classes === 1n && measures.counts !== null;
  const hG = slotPoly(k, oracles.helper, 'hG', eq.positions);
  const [G, K] = batch.addLookup(R.hG, eq, hG, isLed ? [score.G, score.K] : [score.G], isLed ? 1 : 2);
  batch.evaluateLimb(E.G, G);
  if (isLed) batch.evaluateLimb(E.K, K);
  batch.evaluate(E.hG, hG);
  const hS = slotPoly(k, oracles.helper, 'hS', eqRows.positions);
  const softmax = score.pairs?.softmax;
  batch.addLookup(R.hS, eqRows, hS, softmax ? [score.H, softmax.S] : [score.H], softmax ? 1 : 2);
  batch.evaluate(E.hS, hS);
  return { beta, G, K };
}

/** The squared error, of any kind. */
function addError({ batch, c, k, rows, difference }: ResultTensors, sums: bigint[]): void {
  const { sums: S, relations: R } = c.numbers;
  const { vec } = difference;
  sums[S.error] = k.scoped(() =>
    rows.length === 0 ? k.dot(vec, vec) : k.sum(k.contractLow(k.mul(vec, vec), rows[0].vec)),
  );
  batch.add(R.error, [term(difference, difference, ...rows)], sums[S.error]);
}

/** G = le_rows (2 B - 1)(Q - Y), and B is a bit of a real output. */
function addRegression(t: ResultTensors): void {
  const { batch, c, eq, rows, difference } = t;
  const { relations: R } = c.numbers;
  const { score, measures } = c.witness.forward;
  const [B, G] = [t.tensor('B'), t.ofOutputs((at) => score.G[at])];
  batch.add(R.absolute, [term(G, ...rows)], measures.absolute);
  batch.add(R.margin, [term(eq, G), times(-2n, eq, ...rows, B, difference), term(eq, ...rows, difference)]);
  batch.add(R.belowBit, [term(eq, B, B), minus(eq, B)]);
  const padded = t.complement(t.outputs);
  if (padded.length > 0) batch.add(R.belowPadding, [term(eq, B, ...padded)]);
}

/** Of classes: L is the label's logit, LP that of the predicted class. */
function addLabelled(t: ResultTensors, sums: bigint[]): void {
  const { batch, c, k, eqRows, logits } = t;
  const { sums: S, relations: R } = c.numbers;
  if (c.sizes.classes === 0n) return;
  const { score, measures } = c.witness.forward;
  const atRows = (data: Int32Array) => k.scoped(() => k.dot(k.fromIntegers(data), eqRows.vec));
  sums[S.labelled] = atRows(score.L);
  batch.add(R.labelled, [term(t.Y, logits, eqRows)], mod(FA * sums[S.labelled]));
  if (measures.counts === null) return;
  sums[S.predicted] = atRows(score.LP);
  batch.add(R.predicted, [term(t.tensor('P'), logits, eqRows)], sums[S.predicted]);
}

/** The counts at x: sum_s (cls Y_x / 2^fa + lab) P_x. */
function addCounts(t: ResultTensors, sums: bigint[]): void {
  const { batch, c, eqRows } = t;
  const { sums: S, relations: R } = c.numbers;
  const { shard, forward } = c.witness;
  sums[S.counts] = countsAt(shard.kind, forward.measures.counts, c.tau[0]);
  const Px = poly(atPowers(c, forward.score.P, c.tau[0]), eqRows.positions);
  if (c.sizes.labels === 1n) {
    batch.add(R.counts, [term(Px)], sums[S.counts]);
    return;
  }
  const Yx = poly(atPowers(c, shard.Y, c.tau[SIZE_BITS]), eqRows.positions);
  batch.add(R.counts, [times(inverse(FA), Yx, Px)], sums[S.counts]);
}

/** sum_i base^i t(i; s) for every row s. */
function atPowers({ k, sizes }: ScoreContext, data: Int32Array, base: bigint): Vec {
  const { sigma } = sizes;
  return atFeature(k, { data, rowBits: sigma }, k.powers(base, 2 ** sizes.widthBits(sizes.last)), sigma);
}

/** What of evals1 no polynomial of the results is folded for. */
export function resultEvaluations(
  c: ScoreContext,
  lookups: ScoreLookups,
  evals: bigint[],
  rho: readonly bigint[],
): void {
  const { k, sizes, witness } = c;
  const { evaluations: E } = c.numbers;
  const { shard, forward } = witness;
  const { score } = forward;
  const features = entriesOf(c, sizes.last, rho);
  const at = (data: Int32Array) => valueAt(k, { data, rowBits: sizes.sigma }, rho, features);
  evals[E.B] = at(score.B);
  evals[E.P] = at(score.P);
  evals[E.Y] = at(shard.Y);
  k.scoped(() => {
    const eqRho = k.eqTable(rho.slice(0, sizes.sigma));
    for (const name of ROWS) evals[E[name]] = k.dot(k.fromIntegers(score[name]), eqRho);
    evals[E.Yx] = k.dot(atPowers(c, shard.Y, c.tau[SIZE_BITS]), eqRho);
    evals[E.Px] = k.dot(atPowers(c, score.P, c.tau[0]), eqRho);
    if (score.pairs) pairEvaluations(c, score.pairs, lookups, evals, rho);
  });
}
