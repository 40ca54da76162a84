import { type Poly, range, type Term } from '../../argument/sumcheck.ts';
import { NUMBERING } from '../../generated/numbering.ts';
import { MASK_MODULUS, maskNumbers } from '../../model/sparse/masks.ts';
import { inverse, mod } from '../../numbers/field.ts';
import { minus, type SumcheckBatch, term, times } from '../sumcheckBatch.ts';
import { type SparseContext, VectorPolys } from './context.ts';

const { relations: R, evaluations: E } = NUMBERING.sparseMerge;
const WORD = 1n << 32n;
const QUARTER = inverse(4n);
const HALF = inverse(2n);
const [ONE, ROUND] = [1n << 14n, 1n << 13n];

/** eq (x^2 - x) by the sign 2 x - 1 of a bit. */
const bit = (eq: Poly, sign: Poly): Term[] => [times(QUARTER, eq, sign, sign), times(mod(-QUARTER), eq)];

/** Adds every relation that is no lookup, and what is evaluated of them (protocol section 15). */
export function addRelations(batch: SumcheckBatch, c: SparseContext, eq: Poly): VectorPolys {
  const { method } = c.plan;
  const p = new VectorPolys(c);
  const all = range(1, c.tasks);
  if (method.signs) for (const i of all) addSigns(batch, c, p, eq, i);
  if (method.kept.length > 0) {
    for (const i of all) addMask(batch, c, p, eq, i);
    addSequence(batch, c, p, eq);
  }
  if (method.signs) addElection(batch, c, p, eq);
  addQuotient(batch, c, p, eq);
  return p;
}

/** Sign, size and threshold of a task, and whether it agrees. */
function addSigns(batch: SumcheckBatch, c: SparseContext, p: VectorPolys, eq: Poly, i: number): void {
  const { traced } = c.merge;
  const [s, above, o] = [p.sign(`s_${i}`), p.sign(`c_${i}`), p.sign('o')];
  const [kept, agrees, d, theta] = [p.traced(`c_${i}`), p.traced(`k_${i}`), p.change(i), p.threshold(i)];
  const names = (limb: 'a' | 'b') => [0, 1, 2].map((j) => `${limb}${j}_${i}`);
  const size = p.of(`c + a_${i}`, () => add(p.limbs(names('a')), traced[`c_${i}`]));
  batch.add(R.signBit(i), bit(eq, s));
  batch.add(R.keptBit(i), bit(eq, above));
  batch.add(R.size(i), [term(eq, s, d), minus(eq, size)]);
  if (c.plan.method.kept.length > 0) {
    const m = p.traced(`m_${i}`);
    const distance = p.of(`b_${i}`, () => p.limbs(names('b')));
    batch.add(R.trim(i), [
      term(eq, m, above, s, d),
      minus(eq, m, above, theta),
      minus(eq, m, kept),
      minus(eq, distance),
    ]);
    batch.add(R.masked(i), [term(eq, kept), minus(eq, kept, m)]);
  } else {
    const distance = p.of(`c + b_${i}`, () => add(p.limbs(names('b')), traced[`c_${i}`]));
    batch.add(R.trim(i), [term(eq, above, s, d), minus(eq, above, theta), minus(eq, distance)]);
  }
  const twice = p.of(`2 k - c_${i}`, () => traced[`k_${i}`].map((k, x) => 2 * k - traced[`c_${i}`][x]));
  batch.add(R.agree(i), [term(eq, twice), minus(eq, kept, s, o)]);
  batch.evaluateBy(E.s(i), () => bitOf(c, s));
  batch.evaluate(E.c(i), kept);
  batch.evaluate(E.k(i), agrees);
}

/** Which entries the seed keeps of a task. */
function addMask(batch: SumcheckBatch, c: SparseContext, p: VectorPolys, eq: Poly, i: number): void {
  const { traced } = c.merge;
  const [sign, m] = [p.sign(`m_${i}`), p.traced(`m_${i}`)];
  const rest = p.of(`m + t_${i}`, () => traced[`m_${i}`].map((bit, x) => bit + traced[`t_${i}`][x]));
  batch.add(R.maskBit(i), bit(eq, sign));
  batch.add(R.draw(i), [term(eq, sign, p.belowShare(i)), minus(eq, rest)]);
  batch.evaluate(E.m(i), m);
}

/** v (x + off + 1) = factor + q u. */
function addSequence(batch: SumcheckBatch, { plan: { method } }: SparseContext, p: VectorPolys, eq: Poly): void {
  const { factor } = maskNumbers(method.seed);
  const low = p.of('v low', () => p.limbs(['v0', 'v1']));
  const high = p.of('v high', () => p.limbs(['v2', 'v3']));
  const u = p.of('u', () => p.limbs(['u0', 'u1']));
  const address = p.address();
  batch.add(R.sequence, [
    term(eq, low, address),
    times(WORD, eq, high, address),
    times(-factor, eq),
    times(-MASK_MODULUS, eq, u),
  ]);
}

/** The sign of the sum of what is kept. */
function addElection(batch: SumcheckBatch, c: SparseContext, p: VectorPolys, eq: Poly): void {
  const { traced } = c.merge;
  const o = p.sign('o');
  const low = p.of('o - e low', () => {
    const size = p.limbs(['e0', 'e1']);
    return size.map((value, x) => BigInt(traced.o[x]) - value);
  });
  const high = p.of('e high', () => p.limbs(['e2', 'e3']));
  batch.add(R.electedBit, bit(eq, o));
  batch.add(R.election, [
    ...range(1, c.tasks).map((i) => term(eq, o, p.coefficient(i), p.traced(`c_${i}`), p.change(i))),
    term(eq, low),
    minus(eq),
    times(-WORD, eq, high),
  ]);
  batch.evaluateBy(E.o, () => bitOf(c, o));
}

/** The child: base and the rounded quotient. */
function addQuotient(batch: SumcheckBatch, c: SparseContext, p: VectorPolys, eq: Poly): void {
  const { base, child } = c;
  const { normalize, signs } = c.plan.method;
  // 2^14 (C - B) - 2^13
  const change = p.of('C - B', () => child.map((value, x) => ONE * (value - base[x]) - ROUND));
  const rest = p.of('r', () => p.limbs(['r0', 'r1']));
  const both = p.of('r + y', () => {
    const own = p.limbs(['y0', 'y1']);
    const remainder = p.limbs(['r0', 'r1']);
    return own.map((value, x) => value + remainder[x]);
  });
  const tasks = range(1, c.tasks).map((i) => ({
    a: p.coefficient(i),
    takes: p.traced(signs ? `k_${i}` : `m_${i}`),
    d: p.change(i),
  }));
  if (!normalize) {
    batch.add(R.quotient, [
      term(eq, change),
      term(eq, rest),
      ...tasks.map(({ a, takes, d }) => minus(eq, a, takes, d)),
    ]);
    batch.add(R.rest, [times(ONE - 1n, eq), minus(eq, both)]);
    return;
  }
  const [z, total] = [p.traced('z'), p.total()];
  batch.add(R.noneBit, [term(eq, z, z), minus(eq, z)]);
  batch.add(
    R.none,
    tasks.map(({ a, takes }) => term(eq, z, a, takes)),
  );
  batch.add(R.quotient, [
    ...tasks.map(({ a, takes }) => term(eq, a, takes, change)),
    term(eq, z, change),
    term(eq, rest),
    ...tasks.map(({ a, takes, d }) => minus(eq, total, a, takes, d)),
  ]);
  batch.add(R.rest, [
    ...tasks.map(({ a, takes }) => times(ONE, eq, a, takes)),
    times(ONE, eq, z),
    minus(eq),
    minus(eq, both),
  ]);
  batch.evaluate(E.z, z);
}

function bitOf({ k }: SparseContext, sign: Poly): bigint {
  return mod((k.get(sign.vec, 0) + 1n) * HALF);
}

function add(a: BigInt64Array, b: Int32Array): BigInt64Array {
  return a.map((value, x) => value + BigInt(b[x]));
}
