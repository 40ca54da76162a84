/**
 * The extension field of BN254, F_p[i] with i^2 = -1, in pairs of lanes, with the names of `assembly/lanes.ts`: a pair is the
 * pair of the real parts, then that of the imaginary ones. Products are reduced to at most 0.51 p in absolute value, because
 * they are sums of two; their operands may be differences of two elements.
 */

import {
  ELEMENT as PART, exchange as exchangePart, mul as mulPart, mulTwo, PAIR as PART_PAIR, reduce as reducePart,
  split as splitPart, subPair as subPairPart, subSigned as subSignedPart, subSingle as subSinglePart,
  subSingles as subSinglesPart, subSums as subSumsPart,
} from '../../assembly/lanes';

/** Bytes of a pair. */
export const PAIR: usize = 2 * PART_PAIR;
/** Bytes of a single element. */
export const ELEMENT: usize = 2 * PART;

/** 1, in both lanes */
export const ONE: usize = memory.data<f64>([-462089247717333.0, -462089247717333.0, 414332610087284.0,
  414332610087284.0, -580698420941055.0, -580698420941055.0, -68807396200898.0, -68807396200898.0, -302153995008334.0,
  -302153995008334.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], 16);

const scratch: usize = memory.data(80, 16);
const scratch2: usize = memory.data(80, 16);

/** o = a b / R. */
export function mul(o: usize, a: usize, b: usize): void {
  const sign = f64x2.splat(-0.0);
  for (let i: usize = 0; i < PART_PAIR; i += 16) v128.store(scratch2 + i, v128.xor(v128.load(a + PART_PAIR + i), sign));
  mulTwo(scratch, a, b, scratch2, b + PART_PAIR);
  mulTwo(scratch2, a, b + PART_PAIR, a + PART_PAIR, b);
  reducePart(o, scratch);
  reducePart(o + PART_PAIR, scratch2);
}

/** o = a^2 / R, a no difference: (x + y)(x - y) + 2 x y i. */
export function square(o: usize, a: usize): void {
  const b = a + PART_PAIR;
  for (let i: usize = 0; i < PART_PAIR; i += 16) {
    const x = v128.load(a + i);
    const y = v128.load(b + i);
    v128.store(scratch + i, f64x2.add(x, y));
    v128.store(scratch2 + i, f64x2.sub(x, y));
  }
  mulPart(scratch, scratch, scratch2);
  for (let i: usize = 0; i < PART_PAIR; i += 16) v128.store(scratch2 + i, f64x2.add(v128.load(a + i), v128.load(a + i)));
  mulPart(o + PART_PAIR, scratch2, b);
  memory.copy(o, scratch, PART_PAIR);
}

/** o = the pair (b - a, d - c) of single elements. */
export function subSingles(o: usize, b: usize, a: usize, d: usize, c: usize): void {
  subSinglesPart(o, b, a, d, c);
  subSinglesPart(o + PART_PAIR, b + PART, a + PART, d + PART, c + PART);
}

/** As subSingles, with the elements' signs: words whose highest bit is 0 for + and 1 for -. */
export function subSigned(
  o: usize, b: usize, signB: u64, a: usize, signA: u64, d: usize, signD: u64, c: usize, signC: u64,
): void {
  subSignedPart(o, b, signB, a, signA, d, signD, c, signC);
  subSignedPart(o + PART_PAIR, b + PART, signB, a + PART, signA, d + PART, signD, c + PART, signC);
}

/** o = the pair s - (a + b, c + d), reduced; s a pair, the others single elements. */
export function subSums(o: usize, s: usize, a: usize, b: usize, c: usize, d: usize): void {
  subSumsPart(o, s, a, b, c, d);
  subSumsPart(o + PART_PAIR, s + PART_PAIR, a + PART, b + PART, c + PART, d + PART);
}

/** o = the pair (a, c) - s; s a pair. */
export function subPair(o: usize, a: usize, c: usize, s: usize): void {
  subPairPart(o, a, c, s);
  subPairPart(o + PART_PAIR, a + PART, c + PART, s + PART_PAIR);
}

/** o = the pair s - (a, c), reduced, with signs for a and c. */
export function subSingle(o: usize, s: usize, a: usize, signA: u64, c: usize, signC: u64): void {
  subSinglePart(o, s, a, signA, c, signC);
  subSinglePart(o + PART_PAIR, s + PART_PAIR, a + PART, signA, c + PART, signC);
}

/** Stores a pair's elements at u and v. */
export function split(u: usize, v: usize, s: usize): void {
  splitPart(u, v, s);
  splitPart(u + PART, v + PART, s + PART_PAIR);
}

/** o = a with its elements exchanged. */
export function exchange(o: usize, a: usize): void {
  exchangePart(o, a);
  exchangePart(o + PART_PAIR, a + PART_PAIR);
}

/** o = a, reduced. */
export function reduce(o: usize, a: usize): void {
  reducePart(o, a);
  reducePart(o + PART_PAIR, a + PART_PAIR);
}
