import { SIGNED_LIMIT } from '../../numbers/constants.ts';
import { pointOf, positions, realMask } from '../axes.ts';
import { integerPoly, slotPoly } from '../common.ts';
import type { LayerGroup } from '../score/oracles.ts';
import { addGroup, hiddenEvaluations } from '../score/sumcheckBatch.ts';
import { minus, SumcheckBatch, term } from '../sumcheckBatch.ts';
import { valueAt } from '../tensors.ts';
import { type InferContext, inputSide, isRanged, outputSide, type Side } from './context.ts';

/** The batch before its batching challenge, and the sums it claims. */
export function inferSumcheckBatch(
  c: InferContext,
  groups: readonly LayerGroup[],
): { batch: SumcheckBatch; sums: bigint[] } {
  const { k, oracles, numbers, lookups } = c;
  const { sums: S, relations: R, evaluations: E } = numbers;
  const batch = new SumcheckBatch(k, lookups.table, lookups.beta, c.tau, c.axes);
  const sums = new Array<bigint>(S.count).fill(0n);
  for (const l of c.sizes.layers) c.layers.addForward(batch, c, l, sums);
  for (const group of groups) addGroup(batch, c, group);
  if (isRanged(c.witness)) addInputs(batch, c);
  addOutputs(batch, c);
  batch.addTable(R.table, E, oracles.helper.field(k, 'g'), oracles.trace.values(k, 'mult'));
  return { batch, sums };
}

/** evals1 once the sumcheck is done; those of absent layers are 0. */
export function inferEvaluations(c: InferContext, batch: SumcheckBatch, rho: readonly bigint[]): bigint[] {
  const { k, axes, sizes, witness } = c;
  const { evaluations: E } = c.numbers;
  const evals = batch.evaluations(E.count);
  hiddenEvaluations(c, evals, rho);
  const features = pointOf(axes, [0, ...sizes.bits(sizes.first - 1)], rho);
  evals[E.X] = valueAt(k, { data: witness.shard.X, rowBits: sizes.sigma }, rho, features);
  return evals;
}

/** Committed inputs: their range, and that padding is 0. */
function addInputs(batch: SumcheckBatch, c: InferContext): void {
  const { k, oracles, sizes, axes, witness } = c;
  const { relations: R, evaluations: E } = c.numbers;
  const bits = [sizes.sigma, ...sizes.bits(sizes.first - 1)];
  const [eq, at] = [batch.eq(...bits), positions(axes, bits)];
  const h = slotPoly(k, oracles.helper, 'hX', at);
  batch.addLookup(R.rangeX, eq, h, [witness.shard.X.map((v) => v + SIGNED_LIMIT)]);
  batch.evaluate(E.hX, h);
  const padding = integerPoly(k, realEntries(c, inputSide(c), 0), at);
  batch.add(R.paddingX, [term(eq, integerPoly(k, witness.shard.X, at), padding)]);
}

/** O is Q on real rows and outputs, else 0. */
function addOutputs(batch: SumcheckBatch, c: InferContext): void {
  const { k, sizes, axes, witness, O } = c;
  const { relations: R, evaluations: E } = c.numbers;
  const bits = [sizes.sigma, ...sizes.bits(sizes.last)];
  const [eq, at] = [batch.eq(...bits), positions(axes, bits)];
  const logits = witness.forward.trace.output.Q.map((q) => q - SIGNED_LIMIT);
  const [shown, real] = [integerPoly(k, O, at), integerPoly(k, realEntries(c, outputSide(c), 1), at)];
  batch.add(R.output, [term(eq, shown), minus(eq, real, integerPoly(k, logits, at))]);
  batch.evaluate(E.O, shown);
}

/** A tensor that is `value` where row and feature are real and the other of 0 and 1 elsewhere. */
function realEntries({ witness, sizes }: InferContext, side: Side, value: 0 | 1): Int32Array {
  return realMask([witness.shard.rows, ...side.real], [sizes.sigma, ...side.bits], value);
}
