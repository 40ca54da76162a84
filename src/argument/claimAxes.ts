import { mod } from '../numbers/field.ts';
import { addOuter, eqNumbers } from './axisSums.ts';
import type { ClaimTerm } from './claims.ts';
import type { Kernels, Vec } from './kernels.ts';

/** Weights along some variables of an index: eq of coordinates, or one for each value. */
export type ClaimAxis = { point: readonly bigint[] } | { weights: readonly bigint[] };

/** The product of `low` over the variables below the cut and of `high` over those above; with `isWhole` there are none above. */
export interface AxisProduct {
  low: ClaimAxis[];
  high: ClaimAxis[];
  isWhole: boolean;
}

/** The axes of a term with tables, the lowest first. */
export function axesOf({ point, tables }: ClaimTerm): ClaimAxis[] {
  if (!tables) return [{ point }];
  const { at, weights } = tables;
  return [{ point: point.slice(0, at) }, ...weights.map((own) => ({ weights: own })), { point: point.slice(at) }];
}

const bitsOf = (axis: ClaimAxis): number => ('point' in axis ? axis.point.length : Math.log2(axis.weights.length));

/** A point of no coordinates; a table of one entry is a factor. */
const isEmpty = (axis: ClaimAxis): boolean => 'point' in axis && axis.point.length === 0;

/** Products that sum to the product of the axes, each cut at bit `cut`; more than one where a table is cut. */
export function splitAxes(axes: readonly ClaimAxis[], cut: number): AxisProduct[] {
  const low: ClaimAxis[] = [];
  let left = cut;
  for (const [k, axis] of axes.entries()) {
    const bits = bitsOf(axis);
    if (bits <= left) {
      if (!isEmpty(axis)) low.push(axis);
      left -= bits;
      continue;
    }
    const above = axes.slice(k + 1).filter((other) => !isEmpty(other));
    if (left === 0) return [{ low, high: [axis, ...above], isWhole: false }];
    if ('point' in axis) {
      const [first, rest] = [axis.point.slice(0, left), axis.point.slice(left)];
      return [{ low: [...low, { point: first }], high: [{ point: rest }, ...above], isWhole: false }];
    }
    const size = 2 ** left;
    return Array.from({ length: axis.weights.length / size }, (_, value) => ({
      low: [...low, { weights: axis.weights.slice(value * size, (value + 1) * size) }],
      high: [{ weights: indicator(value, axis.weights.length / size) }, ...above],
      isWhole: false,
    }));
  }
  return [{ low, high: [], isWhole: left > 0 }];
}

function indicator(value: number, length: number): bigint[] {
  return Array.from({ length }, (_, i) => (i === value ? 1n : 0n));
}

/** All weights of a product of axes, 1 of none. */
export function productOf(k: Kernels, axes: readonly ClaimAxis[]): Vec {
  const [first, ...others] = mergeSmall(axes);
  let product = table(k, first);
  for (const axis of others) {
    const high = table(k, axis);
    const next = k.zeros(product.len * high.len);
    addOuter(k, next, product, high);
    product = next;
  }
  return product;
}

/** Joins tables to one as long as they stay short: each product of vectors costs a call. */
function mergeSmall(axes: readonly ClaimAxis[]): ClaimAxis[] {
  const out: ClaimAxis[] = [];
  for (const axis of axes.length === 0 ? [{ weights: [1n] }] : axes) {
    const last = out.at(-1);
    if (last === undefined || bitsOf(last) + bitsOf(axis) > 8) {
      out.push(axis);
      continue;
    }
    const [low, high] = [numbersOf(last), numbersOf(axis)];
    out[out.length - 1] = { weights: high.flatMap((h) => low.map((v) => mod(h * v))) };
  }
  return out;
}

const numbersOf = (axis: ClaimAxis): readonly bigint[] => ('point' in axis ? eqNumbers(axis.point) : axis.weights);

function table(k: Kernels, axis: ClaimAxis): Vec {
  return 'point' in axis ? k.eqTable(axis.point) : k.fromBigints(axis.weights);
}
