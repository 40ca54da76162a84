import { columnSums, rowSums } from '../../argument/integers.ts';
import type { LookupTable } from '../../argument/lookup.ts';
import { type Poly, poly, range } from '../../argument/sumcheck.ts';
import { NUMBERING } from '../../generated/numbering.ts';
import { MAX_LAYERS, SIGNED_LIMIT, SIZE_BITS } from '../../numbers/constants.ts';
import { inverse, mod } from '../../numbers/field.ts';
import { integerPoly, positions, slotPoly } from '../common.ts';
import { FA } from '../powers.ts';
import { minus, SumcheckBatch, term, times } from '../sumcheckBatch.ts';
import { valueAt } from '../tensors.ts';
import { inputOf, type ScoreContext } from './context.ts';
import type { LayerGroup } from './oracles.ts';

const { sums: S, relations: R, evaluations: E } = NUMBERING.score;

/** The batch before its batching challenge, and the sums it claims. */
export interface ScoreBatch {
  batch: SumcheckBatch;
  sums: bigint[];
}

export function scoreSumcheckBatch(
  c: ScoreContext,
  groups: readonly LayerGroup[],
  table: LookupTable,
  beta: bigint,
): ScoreBatch {
  const { k, oracles } = c;
  const batch = new SumcheckBatch(k, table, beta, [...c.rs, ...c.ri]);
  const sums = new Array<bigint>(S.count).fill(0n);
  addForward(batch, c, sums);
  for (const group of groups) addGroup(batch, c, group);
  addResult(batch, c, sums);
  batch.addTable(R.table, E, oracles.helper.field(k, 'g'), oracles.trace.values(k, 'mult'));
  return { batch, sums };
}

/** evals1 once the sumcheck is done; absent layers have 0. What no polynomial of the batch is folded for is evaluated here. */
export function scoreEvaluations(c: ScoreContext, { batch }: ScoreBatch, rho: readonly bigint[]): bigint[] {
  const { k, sizes, witness } = c;
  const evals = batch.evaluations(E.count);
  const at = (data: Int32Array, l: number) =>
    valueAt(k, { data, rowBits: sizes.sigma }, rho, rho.slice(SIZE_BITS, SIZE_BITS + sizes.widthBits(l)));
  for (const l of sizes.hidden) {
    const { A, V } = witness.forward.trace.hidden[l - sizes.first];
    evals[E.A(l)] = at(A, l);
    evals[E.V(l)] = at(V, l);
  }
  evals[E.Y] = at(witness.shard.Y, MAX_LAYERS);
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

/** The tensors over rows, and over rows and outputs, that the result is made of. */
interface ResultTensors {
  L: Poly;
  c: Poly;
  /** eq over rows and outputs, and over rows */
  eq: Poly;
  eqRows: Poly;
}

/** The result: rows right, or the squared error. */
function addResult(batch: SumcheckBatch, context: ScoreContext, sums: bigint[]): void {
  const { k, sizes, witness, oracles } = context;
  const { sigma, classes } = sizes;
  const { shard, forward } = witness;
  const at = positions(sigma, sizes.widthBits(MAX_LAYERS));
  const rows = positions(sigma, 0);
  const t: ResultTensors = {
    L: slotPoly(k, oracles.trace, 'L', rows),
    c: slotPoly(k, oracles.trace, 'c', rows),
    eq: batch.eq(sigma, sizes.widthBits(MAX_LAYERS)),
    eqRows: batch.eq(sigma, 0),
  };
  const logits = forward.trace.output.Q.map((v) => v - SIGNED_LIMIT);
  const difference = integerPoly(
    k,
    logits.map((q, i) => q - shard.Y[i]),
    at,
  );
  /** 1 on real rows; left out where all are real, because there it is 1 everywhere */
  const isReal = shard.rows === 2 ** sigma;
  const real = Int32Array.from({ length: 2 ** sigma }, (_, s) => (s < shard.rows ? 1 : 0));
  const valid = isReal ? [] : [integerPoly(k, real, rows)];
  sums[S.right] = k.sum(t.c.vec);
  sums[S.error] = isReal
    ? k.dot(difference.vec, difference.vec)
    : k.scoped(() => k.sum(k.contractLow(k.mul(difference.vec, difference.vec), valid[0].vec)));
  sums[S.labelled] = k.dot(t.L.vec, t.eqRows.vec);
  batch.add(R.right, [term(t.c)], sums[S.right]);
  batch.add(R.error, [term(difference, difference, ...valid)], sums[S.error]);
  batch.add(R.claimedBit, [term(t.eqRows, t.c, t.c), minus(t.eqRows, t.c)]);
  if (!isReal) {
    const invalid = poly(k.constMinus(1n, valid[0].vec), rows);
    batch.add(R.claimedPadding, [term(t.eqRows, t.c, invalid)]);
  }
  if (classes === 1n) {
    const labels = [integerPoly(k, shard.Y, at), integerPoly(k, logits, at)];
    batch.add(R.labelled, [term(...labels, t.eqRows)], mod(FA * sums[S.labelled]));
  }
  addMargins(batch, context, t);
  if (classes === 1n) batch.evaluate(E.L, t.L); // otherwise L is 0, and in no relation
  batch.evaluate(E.c, t.c);
}

/** On real classes G = c (L - Q - 1 + Y / 2^fa), of labels c ((2 Y / 2^fa - 1) Q - 1), and G is a limb. */
function addMargins(batch: SumcheckBatch, context: ScoreContext, { L, c, eq }: ResultTensors): void {
  const { k, sizes, witness, oracles } = context;
  const { shard, forward } = witness;
  const { Q } = forward.trace.output;
  const hG = slotPoly(k, oracles.helper, 'hG', eq.positions);
  const [denominator] = batch.addLookup(R.hG, eq, hG, [forward.margin]);
  batch.evaluateLimb(E.G, denominator);
  batch.evaluate(E.hG, hG);
  if (shard.kind === 'regression') return;
  const rows = 2 ** sizes.sigma;
  const realClasses = Int32Array.from(Q, (_, i) => (i < rows * shard.outputs ? 1 : 0));
  const real = rows * shard.outputs === Q.length ? [] : [integerPoly(k, realClasses, eq.positions)];
  const G = integerPoly(k, forward.margin, eq.positions);
  if (shard.kind === 'labels') {
    const sign = integerPoly(
      k,
      shard.Y.map((y) => (y === 0 ? -1 : 1)),
      eq.positions,
    );
    const logits = integerPoly(
      k,
      Q.map((q) => q - SIGNED_LIMIT),
      eq.positions,
    );
    batch.add(R.margin, [term(eq, G), minus(eq, c, ...real, sign, logits), term(eq, c, ...real)]);
    return;
  }
  // 2^fa (Q + 1) - Y, of which Q + 1 - Y / 2^fa is a multiple
  const other = Q.map((q, i) => (q - SIGNED_LIMIT + 1) * Number(FA) - shard.Y[i]);
  batch.add(R.margin, [
    term(eq, G),
    minus(eq, ...real, c, L),
    times(inverse(FA), eq, ...real, c, integerPoly(k, other, eq.positions)),
  ]);
}
