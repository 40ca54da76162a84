import type { LookupTable } from '../../argument/lookup.ts';
import { type Poly, poly, range } from '../../argument/sumcheck.ts';
import { NUMBERING } from '../../generated/numbering.ts';
import { MAX_LAYERS, SIGNED_LIMIT, SIZE_BITS } from '../../numbers/constants.ts';
import { inverse, mod } from '../../numbers/field.ts';
import { positions, slotView, tensorPoly } from '../common.ts';
import { modelSlot } from '../layerSizes.ts';
import { FA } from '../powers.ts';
import { minus, SumcheckBatch, term, times } from '../sumcheckBatch.ts';
import { inputOf, type ScoreContext } from './context.ts';
import type { LookupGroup } from './oracles.ts';

const { sums: S, relations: R, evaluations: E } = NUMBERING.score;

/** The batch before its batching challenge, and the sums it claims. */
export interface ScoreBatch {
  batch: SumcheckBatch;
  sums: bigint[];
}

export function scoreSumcheckBatch(
  c: ScoreContext,
  groups: readonly LookupGroup[],
  table: LookupTable,
  beta: bigint,
): ScoreBatch {
  const { k, oracles } = c;
  const batch = new SumcheckBatch(k, table, beta, c.tau);
  const sums = new Array<bigint>(S.count).fill(0n);
  addForward(batch, c, sums);
  for (const group of groups) addGroup(batch, c, group);
  addResult(batch, c, sums);
  batch.addTable(R.table, E, slotView(k, oracles.helper, 'g'), slotView(k, oracles.trace, 'mult'));
  return { batch, sums };
}

/** The sums W_l(j; r_i) In_l(j; r_s) over the input features of every layer. */
function addForward(batch: SumcheckBatch, c: ScoreContext, sums: bigint[]): void {
  const { k, sizes, oracles } = c;
  const eqRows = k.eqTable(c.rs);
  for (const l of sizes.layers) {
    const features = range(SIZE_BITS, sizes.widthBits(l - 1));
    const W = slotView(k, oracles.model, modelSlot(sizes, 'W', l));
    const Wi = poly(k.contractHigh(W, k.eqTable(c.ri.slice(0, sizes.widthBits(l)))), features);
    const inputAtS = poly(k.contractLow(inputOf(c, l), eqRows), features);
    sums[S.F1(l)] = k.dot(Wi.vec, inputAtS.vec);
    batch.add(R.F1(l), [term(Wi, inputAtS)], sums[S.F1(l)]);
    batch.evaluate(E.W(l), Wi);
    batch.evaluate(E.In(l), inputAtS);
  }
}

/** The lookups of a layer, and of a hidden one that m is a bit and A = m V. */
function addGroup(batch: SumcheckBatch, { k, sizes, oracles }: ScoreContext, { l, slot, limbs }: LookupGroup): void {
  const { sigma } = sizes;
  const bits = sizes.widthBits(l);
  const eq = batch.eq(sigma, bits);
  const h = tensorPoly(k, slotView(k, oracles.helper, slot), sigma, bits);
  const isOutput = l === MAX_LAYERS;
  const denominators = batch.addLookup(isOutput ? R.hQ : R.h(l), eq, h, limbs);
  batch.evaluate(isOutput ? E.hQ : E.h(l), h);
  if (isOutput) {
    [E.Q, E.U0, E.U1].forEach((number, i) => {
      batch.evaluateLimb(number, denominators[i]);
    });
    return;
  }
  const [A, V, m] = ['A', 'V', 'm'].map((n) => tensorPoly(k, slotView(k, oracles.trace, `${n}_${l}`), sigma, bits));
  batch.add(R.bit(l), [term(eq, m, m), minus(eq, m)]);
  batch.add(R.active(l), [term(eq, A), minus(eq, m, V)]);
  batch.evaluate(E.A(l), A);
  batch.evaluate(E.V(l), V);
  batch.evaluate(E.m(l), m);
  const [, R0, R1] = denominators;
  batch.evaluateLimb(E.R0(l), R0);
  batch.evaluateLimb(E.R1(l), R1);
}

/** The tensors over rows, and over rows and outputs, that the result is made of. */
interface ResultTensors {
  Q: Poly;
  Y: Poly;
  L: Poly;
  c: Poly;
  /** 1 on real rows, and 1 - that */
  valid: Poly;
  invalid: Poly;
  eq: Poly;
  eqLabel: Poly;
}

/** The result: rows right, or the squared error. */
function addResult(batch: SumcheckBatch, context: ScoreContext, sums: bigint[]): void {
  const { k, sizes, shard, forward, oracles } = context;
  const { sigma, classes } = sizes;
  const bits = sizes.widthBits(MAX_LAYERS);
  const rows = 2 ** sigma;
  const at = positions(sigma, bits);
  const L = tensorPoly(k, slotView(k, oracles.trace, 'L'), sigma, 0);
  const realRows = Int32Array.from({ length: rows }, (_, s) => (s < shard.rows ? 1 : 0));
  const valid = poly(k.fromIntegers(realRows), L.positions);
  const t: ResultTensors = {
    Q: poly(k.fromIntegers(forward.trace.output.Q.map((v) => v - SIGNED_LIMIT)), at),
    Y: tensorPoly(k, slotView(k, oracles.shard, 'Y'), sigma, bits),
    L,
    c: tensorPoly(k, slotView(k, oracles.trace, 'c'), sigma, 0),
    valid,
    invalid: poly(k.constMinus(1n, valid.vec), L.positions),
    eq: batch.eq(sigma, bits),
    eqLabel: batch.eq(sigma, 0),
  };
  sums[S.right] = k.sum(t.c.vec);
  const difference = k.sub(t.Q.vec, t.Y.vec);
  sums[S.error] = k.scoped(() => k.sum(k.contractLow(k.mul(difference, difference), valid.vec)));
  sums[S.labelled] = k.scoped(() => k.dot(L.vec, t.eqLabel.vec));
  const D = poly(difference, at);
  batch.add(R.right, [term(t.c)], sums[S.right]);
  batch.add(R.error, [term(D, D, valid)], sums[S.error]);
  addMargins(batch, context, t);
  batch.add(R.claimedBit, [term(t.eqLabel, t.c, t.c), minus(t.eqLabel, t.c)]);
  batch.add(R.claimedPadding, [term(t.eqLabel, t.c, t.invalid)]);
  batch.add(R.labelled, [times(classes, t.Y, t.Q, t.eqLabel)], mod(classes * FA * sums[S.labelled]));
  batch.evaluate(E.Y, t.Y);
  batch.evaluate(E.L, L);
  batch.evaluate(E.c, t.c);
}

/** G = c (L - Q - 1 + Y / 2^fa) on real classes, and G is a limb. */
function addMargins(batch: SumcheckBatch, context: ScoreContext, { Q, Y, L, c, eq }: ResultTensors): void {
  const { k, sizes, shard, forward, oracles } = context;
  const { sigma, classes } = sizes;
  const bits = sizes.widthBits(MAX_LAYERS);
  const rows = 2 ** sigma;
  const realClasses = Int32Array.from({ length: rows << bits }, (_, i) => (i < rows * shard.outputs ? 1 : 0));
  const real = poly(k.fromIntegers(realClasses), eq.positions);
  const G = tensorPoly(k, slotView(k, oracles.trace, 'G'), sigma, bits);
  const hG = tensorPoly(k, slotView(k, oracles.helper, 'hG'), sigma, bits);
  const [denominator] = batch.addLookup(R.hG, eq, hG, [forward.margin]);
  batch.add(R.margin, [
    times(classes, eq, G),
    times(-classes, eq, real, c, L),
    times(classes, eq, real, c, Q),
    times(classes, eq, real, c),
    times(-classes * inverse(FA), eq, real, c, Y),
  ]);
  batch.evaluateLimb(E.G, denominator);
  batch.evaluate(E.hG, hG);
}
