import type { Claims, ClaimTerm } from '../argument/claims.ts';
import type { Kernels } from '../argument/kernels.ts';
import { multiplicities } from '../argument/lookup.ts';
import type { Oracle } from '../argument/oracle.ts';
import { type Poly, poly, range } from '../argument/sumcheck.ts';
import { circuitLayer, widthBits } from '../model/shape.ts';
import type { Weights } from '../model/weights.ts';
import { LIMB_BITS, SIZE_BITS, WEIGHT_LIMIT_BITS } from '../numbers/constants.ts';
import { blindTrace, join, positions, slotPoly, slottedOracle } from './common.ts';
import type { TableNumbers } from './sumcheckBatch.ts';

/** W_l or b_l as a tensor of the programs that speak of whole models: low bits are columns (none for a bias), high bits rows. */
export interface ModelTensor {
  /** circuit layer 1..4 */
  l: number;
  kind: 'W' | 'b';
  /** slot in the model oracle */
  slot: string;
  low: number;
  high: number;
  /** real columns (1 for a bias) and rows */
  columns: number;
  rows: number;
}

/** All tensors of a shape, W before b, first layer first. */
export function modelTensors(widths: readonly number[]): ModelTensor[] {
  const a = widthBits(widths);
  return range(1, widths.length - 1).flatMap((l): ModelTensor[] => [
    {
      l: circuitLayer(widths, l),
      kind: 'W',
      slot: `W${l}`,
      low: a[l - 1],
      high: a[l],
      columns: widths[l - 1],
      rows: widths[l],
    },
    { l: circuitLayer(widths, l), kind: 'b', slot: `b${l}`, low: 0, high: a[l], columns: 1, rows: widths[l] },
  ]);
}

/** The tensor of a model oracle as a polynomial of the batch. */
export function modelPoly(k: Kernels, oracle: Oracle, t: ModelTensor, slot: string = t.slot): Poly {
  return slotPoly(k, oracle, slot, positions(t.low, t.high));
}

/** A 0/1 polynomial: `real` on real entries, 1 - real elsewhere. */
export function entryMask(k: Kernels, t: ModelTensor, real: 0 | 1, eq: Poly): Poly {
  const mask = new Int32Array(2 ** (t.low + t.high)).fill(1 - real);
  for (let i = 0; i < t.rows; i++) mask.fill(real, i * 2 ** t.low, i * 2 ** t.low + t.columns);
  return poly(k.fromIntegers(mask), eq.positions);
}

/** Point of a tensor in the batch's point. */
export function tensorPoint(rho: readonly bigint[], t: ModelTensor): bigint[] {
  return join(rho, t.low, rho.slice(SIZE_BITS), t.high);
}

/** The three limbs of x + 2^47, lowest first. @throws RangeError outside [-2^47, 2^47) */
export function rangeLimbs(x: BigInt64Array): [Int32Array, Int32Array, Int32Array] {
  const words = new Int32Array(x.buffer, x.byteOffset, 2 * x.length);
  const limbs: [Int32Array, Int32Array, Int32Array] = [
    new Int32Array(x.length),
    new Int32Array(x.length),
    new Int32Array(x.length),
  ];
  const limb = 2 ** LIMB_BITS;
  for (let i = 0; i < x.length; i++) {
    const [low, high] = [words[2 * i], words[2 * i + 1] + 2 ** (WEIGHT_LIMIT_BITS - 32)];
    if (high < 0 || high >= limb)
      throw new RangeError(`weight ${x[i]} is outside [-2^${WEIGHT_LIMIT_BITS}, 2^${WEIGHT_LIMIT_BITS})`);
    limbs[2][i] = high;
    limbs[1][i] = low >>> LIMB_BITS;
    limbs[0][i] = low & (limb - 1);
  }
  return limbs;
}

/** Adds the two claims on g and mult at the table's part of the batch point. */
export function addTableClaims(
  claims: Claims,
  numbers: TableNumbers,
  evals: readonly bigint[],
  rho: readonly bigint[],
  g: Pick<ClaimTerm, 'oracle' | 'offset'>,
  mult: Pick<ClaimTerm, 'oracle' | 'offset'>,
): void {
  const point = rho.slice(0, LIMB_BITS);
  claims.add(numbers.g, evals[numbers.g], [{ ...g, point }]);
  claims.add(numbers.mult, evals[numbers.mult], [{ ...mult, point }]);
}

/** A tensor of a model whose entries are proved to be in range, with its limbs and the trace's slots of the upper two. */
export interface RangedTensor extends ModelTensor {
  limbs: Int32Array[];
  slots: string[];
}

/** All tensors of the weights with their limbs. @throws RangeError as rangeLimbs */
export function rangedTensors({ widths, layers }: Weights): RangedTensor[] {
  return modelTensors(widths).map((t, i) => {
    const limb = t.kind === 'W' ? 'w' : 'c';
    return { ...t, limbs: rangeLimbs(layers[i >> 1][t.kind]), slots: [`${limb}1_${t.l}`, `${limb}2_${t.l}`] };
  });
}

/**
 * The trace of import and merge: the upper two limbs of every weight (the lowest follows from them and the weight) and the multiplicities, to which the `other`
 * limbs count as well.
 */
export function limbTrace(tensors: readonly RangedTensor[], other: readonly Int32Array[] = []): Oracle {
  const trace = slottedOracle([
    ...tensors.flatMap((t) => t.slots.map((name) => ({ name, log2: t.low + t.high }))),
    { name: 'mult', log2: LIMB_BITS },
  ]);
  for (const t of tensors)
    t.slots.forEach((name, i) => {
      trace.put(name, t.limbs[i + 1]);
    });
  trace.put('mult', multiplicities(LIMB_BITS, [...tensors.flatMap((t) => t.limbs), ...other]));
  blindTrace(trace);
  return trace;
}
