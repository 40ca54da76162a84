// What softmax and sigmoid add to program train (protocol section 7, Heads). With squared error nothing here is called.
import type { Kernels, Vec } from '../../argument/kernels.ts';
import type { LookupGroup } from '../../argument/lookup.ts';
import { type Poly, poly, range } from '../../argument/sumcheck.ts';
import { type Head, wrongAnswers } from '../../model/head.ts';
import { headOf } from '../../model/networkWeights.ts';
import { ceilLog2 } from '../../numbers/bits.ts';
import { DELTA_BITS, LIMB_BITS, SIGNED_LIMIT } from '../../numbers/constants.ts';
import { inverse, mod } from '../../numbers/field.ts';
import { expTable, sigmoidTable } from '../../training/tables.ts';
import type { SegmentTrace, SoftmaxTrace } from '../../training/trace.ts';
import { integerPoly } from '../common.ts';
import { FA, HALF, LIMB } from '../powers.ts';
import { minus, type SumcheckBatch, term, times } from '../sumcheckBatch.ts';
import { valueAt } from '../tensors.ts';
import { addGroup, type BatchContext } from './batchContext.ts';
import type { TrainWitness } from './context.ts';

/** Softmax's P = floor((2^(fd+1) e + Sum) / (2 Sum)). */
const DIVIDEND = 2n << BigInt(DELTA_BITS);

/** The two groups of softmax, (r0, r1, z1) and (z0, P, 0); none with another head. */
export function headGroups({ output: { P, softmax } }: SegmentTrace): LookupGroup[] {
  if (!softmax || !P) return [];
  const { r0, r1, z1 } = softmax;
  return [
    { slot: 'hR', limbs: [r0, r1, z1] },
    { slot: 'hP', limbs: [lowestLimbs(softmax), P, new Int32Array(P.length)] },
  ];
}

/** z0 = 2 Sum - 1 - r0 - 2^16 r1 - 2^16 z1 */
function lowestLimbs({ Sum, r0, r1, z1 }: SoftmaxTrace): Int32Array {
  const last = Sum.length - 1;
  return r0.map((r, at) => 2 * Sum[at & last] - 1 - r - ((r1[at] + z1[at]) << LIMB_BITS));
}

/** A function that is looked up: its values, and the index of every entry of the output on a real class. */
interface LookedPairs {
  column: Int32Array;
  group: LookupGroup;
}

/** The pair (M - Q, e) of softmax, or (Q + 2^15, P) of sigmoid; undefined with squared error. */
export function lookedPairs({ parent, shard, trace }: TrainWitness): LookedPairs | undefined {
  const { Q, softmax } = trace.output;
  if (headOf(parent) === 'squared error') return undefined;
  const rows = Q.length / 2 ** ceilLog2(shard.outputs);
  const real = Q.subarray(0, rows * shard.outputs);
  if (!softmax) return { column: sigmoidTable(), group: { slot: 'hF', limbs: [real] } };
  const index = real.map((q, at) => softmax.M[at & (rows - 1)] + SIGNED_LIMIT - q);
  return { column: expTable(), group: { slot: 'hF', limbs: [index] } };
}

/** Everything the relations of a head are made of. */
interface Parts {
  batch: SumcheckBatch;
  c: BatchContext;
  eq: Poly;
  /** beta - Q' */
  Q: Poly;
  /** 1 on real rows, and on real classes; left out where all are */
  rows: Poly[];
  classes: Poly[];
  P: Int32Array;
}

/** Relations and evaluations of the head; `Q` is the polynomial beta - Q' of the output's lookup. */
export function addHead(batch: SumcheckBatch, c: BatchContext, eq: Poly, Q: Poly): void {
  const { k, sizes, witness } = c;
  const { shard, trace } = witness;
  const { P, softmax } = trace.output;
  if (!P) throw new RangeError('the trace has no probabilities');
  const rowCount = 2 ** sizes.traceBits;
  const realEntries = rowCount * shard.outputs;
  const isReal = (count: number, real: (at: number) => boolean, at: readonly number[]) =>
    integerPoly(
      k,
      Int32Array.from({ length: count }, (_, x) => (real(x) ? 1 : 0)),
      at,
    );
  const inPass = 2 ** sizes.sigma - 1;
  const rows =
    shard.rows > inPass ? [] : [isReal(rowCount, (s) => (s & inPass) < shard.rows, range(0, sizes.traceBits))];
  const classes = realEntries === P.length ? [] : [isReal(P.length, (at) => at < realEntries, eq.positions)];
  const parts: Parts = { batch, c, eq, Q, rows, classes, P };
  if (softmax) addSoftmax(parts, softmax);
  addGradient(parts);
  addPairs(parts);
}

/** dst[(i, s)] += factor v[s] for every unit i. */
function addToRows(k: Kernels, dst: Vec, v: Vec, factor: bigint): void {
  for (let at = 0; at < dst.len; at += v.len) k.addScaled(k.view(dst, at, at + v.len), v, factor);
}

/** w is a bit, on real classes alone, at a largest logit; e is 0 on padded classes; the division. */
function addSoftmax({ batch, c, eq, Q, classes }: Parts, softmax: SoftmaxTrace): void {
  const { k, sizes, beta } = c;
  const { relations: R, evaluations: E } = c.numbers;
  const lookup = (slot: 'hR' | 'hP') => addGroup(batch, c, slot, { relation: R[slot], evaluation: E[slot], eq });
  const [r0, r1, z1] = lookup('hR');
  const [, P] = lookup('hP');
  const w = integerPoly(k, softmax.w, eq.positions);
  const Sum = integerPoly(k, softmax.Sum, range(0, sizes.traceBits));
  const { firstBit, firstPadding, largest, powerPadding, division } = R;
  const numbers = [firstBit, firstPadding, largest, powerPadding, division];
  batch.addCombined(numbers, eq.positions, ([bit, padding, top, power, divided]) => {
    const padded = classes.map(({ vec }) => poly(k.constMinus(1n, vec), eq.positions));
    // w (bit (w - 1) + padding (1 - le_out) + top (M - Q)), M - Q = M + 2^15 - beta + (beta - Q')
    const factor = k.addConst(k.scale(w.vec, bit), mod(top * (HALF - beta) - bit));
    k.addScaled(factor, Q.vec, top);
    k.scoped(() => addToRows(k, factor, k.fromIntegers(softmax.M), top));
    for (const { vec } of padded) k.addScaled(factor, vec, padding);
    // divided (2^(fd+1) e + Sum - r0 - 2^16 r1 - 2 Sum P), of which limbs are beta - (their denominators)
    const e = k.fromIntegers(softmax.e);
    const rest = k.addConst(k.scale(e, mod(DIVIDEND * divided)), mod(-divided * beta * (1n + LIMB)));
    k.addScaled(rest, r0.vec, divided);
    k.addScaled(rest, r1.vec, mod(LIMB * divided));
    addToRows(k, rest, Sum.vec, mod(divided * (1n - 2n * beta)));
    return [
      term(eq, w, poly(factor, eq.positions)),
      term(eq, poly(rest, eq.positions)),
      times(2n * divided, eq, Sum, P),
      ...padded.map((p) => times(power, eq, poly(e, eq.positions), p)),
    ];
  });
  batch.evaluate(E.w, w);
  batch.evaluate(E.Sum, Sum);
  for (const [name, limb] of Object.entries({ r0, r1, z1, P })) batch.evaluateLimb(E[name as 'P'], limb);
}

/**
 * D_4 = le_rows (le_out (P - eps) - sY Y). Where all rows and classes are real, this is 0 as a polynomial.
 */
function addGradient({ batch, c, eq, rows, classes, P }: Parts): void {
  if (rows.length + classes.length === 0) return;
  const { k, sizes, witness } = c;
  const { shard, parent, smoothing = 0 } = witness;
  const { D4 } = witness.trace.output;
  const scale = targetScale(headOf(parent), shard.outputs, smoothing);
  const [inTrace, inPass] = [2 ** sizes.traceBits - 1, 2 ** sizes.sigma - 1];
  const targets = k.fromIntegers(
    D4.map((_, at) => shard.Y[((at >> sizes.traceBits) << sizes.sigma) + (at & inTrace & inPass)]),
  );
  const delta = k.fromIntegers(D4);
  if (rows.length === 0) k.addScaled(delta, targets, scale);
  const gradient = P.map((p) => p - smoothing);
  batch.add(c.numbers.relations.error, [
    term(eq, poly(delta, eq.positions)),
    minus(eq, ...rows, ...classes, integerPoly(k, gradient, eq.positions)),
    ...(rows.length === 0 ? [] : [times(scale, eq, ...rows, poly(targets, eq.positions))]),
  ]);
}

/** sY: what 1 fraction bit of Y weighs. */
function targetScale(head: Head, outputs: number, smoothing: number): bigint {
  const spread = (wrongAnswers(head, outputs) + 1) * smoothing;
  return mod(BigInt(2 ** DELTA_BITS - spread) * inverse(FA));
}

/** The lookup of the pair, and the table's own relation. */
function addPairs({ batch, c, eq, classes, P }: Parts): void {
  const { k, oracles, pairs } = c;
  const { relations: R, evaluations: E } = c.numbers;
  if (!pairs) throw new RangeError('there is no table of pairs');
  const { softmax } = c.witness.trace.output;
  const [index] = pairs.groups[0].limbs;
  // beta - index - alpha value - alpha^2; index and value of a padded class are M and 0 (softmax), 2^15 and 0 (sigmoid)
  const inside = k.raw(P.length);
  k.gather(k.view(inside, 0, index.length), pairs.table.shifted, index);
  if (index.length < P.length) {
    k.scoped(() => {
      const none = c.beta - c.alpha * c.alpha;
      const rows = softmax
        ? k.constMinus(none, k.fromIntegers(softmax.M))
        : k.addConst(k.zeros(2 ** c.sizes.traceBits), mod(none - HALF));
      for (let at = index.length; at < P.length; at += rows.len) k.put(k.view(inside, at), rows);
    });
  }
  const h = poly(oracles.helper.values(k, 'hF'), eq.positions);
  batch.addPairs(R.hF, eq, h, poly(inside, eq.positions), classes);
  batch.evaluate(E.hF, h);
  const { g2, mult2 } = E;
  const [g, mult] = [oracles.helper.field(k, 'g2'), oracles.trace.values(k, 'mult2')];
  batch.addTable(R.table2, { g: g2, mult: mult2 }, g, mult, pairs.table);
}

/** What of evals1 no polynomial of the batch is folded for. */
export function headEvaluations(
  { k, sizes, witness, pairs, numbers }: BatchContext,
  evals: bigint[],
  rho: readonly bigint[],
  features: readonly bigint[],
): void {
  if (!pairs) return;
  const { evaluations: E } = numbers;
  const { P, softmax } = witness.trace.output;
  const at = (data: Int32Array, point: readonly bigint[]) => valueAt(k, { data, rowBits: sizes.traceBits }, rho, point);
  if (softmax) {
    evals[E.M] = at(softmax.M, []);
    evals[E.e] = at(softmax.e, features);
  } else if (P) evals[E.P] = at(P, features);
  evals[E.F] = k.scoped(() => k.evaluate(k.fromIntegers(pairs.column), rho.slice(0, LIMB_BITS)));
}
