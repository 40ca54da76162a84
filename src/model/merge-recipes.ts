import { InputError } from '../errors/InputError.ts';
import { MAX_PARENTS, MERGE_LIMIT, MERGE_ONE, MIN_PARENTS } from './merge.ts';
import { type AnyWeights, isNetworkWeights, shapeText } from './networkWeights.ts';
import type { LayerWeights } from './weights.ts';

/** Coefficients of `mergeWeights`: [layer 1..L][parent], integers over 2^14. */
export type Coefficients = number[][];

/**
 * A weighted average, the same for every layer. The coefficients of a layer sum to exactly 2^14.
 * @param weights one non-negative number a parent; only their proportions count
 * @throws InputError for other numbers, or a share so small that it rounds to nothing
 */
export function averageCoefficients(layers: number, weights: readonly number[]): Coefficients {
  checkParents(weights.length);
  const sum = weights.reduce((total, w) => total + w, 0);
  if (weights.some((w) => !(w >= 0)) || !(sum > 0) || !Number.isFinite(sum)) {
    throw new InputError(`The weights of an average are non-negative and not all 0, not ${weights.join(', ')}.`);
  }
  return repeat(layers, roundToOne(weights.map((w) => w / sum)));
}

/**
 * Task arithmetic: base + sum_i lambda_i (m_i - base). The base is the first parent and gets the rest, so that the
 * coefficients of a layer sum to exactly 2^14.
 * @param lambdas one factor for each model after the base; negative ones take a task away
 * @throws InputError when a factor, or what is left for the base, is not in (-8, 8), or one rounds to nothing
 */
export function taskCoefficients(layers: number, lambdas: readonly number[]): Coefficients {
  checkParents(lambdas.length + 1);
  const tasks = lambdas.map((lambda) => toCoefficient(lambda, 'factor of a task'));
  const base = MERGE_ONE - tasks.reduce((sum, a) => sum + a, 0);
  return repeat(layers, [toCoefficient(base / MERGE_ONE, 'factor left for the base'), ...tasks]);
}

/**
 * Spherical interpolation from the first parent (t = 0) to the second (t = 1), layer by layer: W and b of a layer are
 * one vector, theta the angle between the two, the factors sin((1 - t) theta) / sin theta and sin(t theta) / sin theta.
 * Computed in floats and rounded: only the rounded coefficients are proved. Nearly parallel layers, and layers that are
 * 0, are interpolated linearly.
 * @param t in (0, 1), for all layers or for each
 * @throws InputError for other parents or t, or layers so nearly opposite that a factor leaves (-8, 8)
 */
export function slerpCoefficients(parents: readonly AnyWeights[], t: number | readonly number[]): Coefficients {
  if (parents.length !== 2) throw new InputError(`Spherical interpolation takes 2 parents, not ${parents.length}.`);
  const [first, second] = parents;
  const layers = first.layers.length;
  if (shapeText(first) !== shapeText(second)) {
    throw new InputError(`Parents of a merge have one shape: ${shapeText(first)} and ${shapeText(second)}.`);
  }
  const ts = typeof t === 'number' ? Array<number>(layers).fill(t) : t;
  if (ts.length !== layers) throw new InputError(`${ts.length} values of t were given for ${layers} layers.`);
  return finish(
    ts.map((x, l) => {
      if (!(x >= 0 && x <= 1)) throw new InputError(`The t of layer ${l + 1} must be in 0..1, not ${x}.`);
      return slerpRow(cosine(first.layers[l], second.layers[l], unitOf(first, l)), x, l + 1);
    }),
  );
}

/**
 * Layer stacking: each layer is taken whole from one parent.
 * @param choice parent 0, 1, .. of layer 1..L
 * @throws InputError for a parent that is not there, or that gives no layer
 */
export function stackCoefficients(parents: number, choice: readonly number[]): Coefficients {
  checkParents(parents);
  return finish(
    choice.map((parent, l) => {
      if (!Number.isInteger(parent) || parent < 0 || parent >= parents) {
        throw new InputError(`Layer ${l + 1} is to come from parent ${parent}; parents are 0..${parents - 1}.`);
      }
      return Array.from({ length: parents }, (_, i) => (i === parent ? MERGE_ONE : 0));
    }),
  );
}

/**
 * Coefficients as a registry tells them, so that anybody can repeat a merge.
 * @param rows [layer 1..L][parent]
 * @throws InputError for another number of layers, for what is no integer in (-2^17, 2^17), or a parent without a part
 */
export function exactCoefficients(layers: number, parents: number, rows: readonly (readonly number[])[]): Coefficients {
  checkParents(parents);
  if (rows.length !== layers) throw new InputError(`${rows.length} layers of coefficients were given for ${layers}.`);
  rows.forEach((row, l) => {
    if (row.length !== parents) {
      throw new InputError(`Layer ${l + 1} has ${row.length} coefficients for ${parents} parents.`);
    }
    const wrong = row.find((a) => !Number.isInteger(a) || Math.abs(a) >= MERGE_LIMIT);
    if (wrong !== undefined) {
      throw new InputError(`A coefficient of layer ${l + 1} is ${wrong}; they are integers in (-2^17, 2^17).`, {
        docs: 'protocol.md#10-program-merge',
      });
    }
  });
  return finish(rows.map((row) => [...row]));
}

/**
 * Rounds factors that sum to 1 so that the integers sum to exactly 2^14: the largest remainders are rounded up.
 * @returns integers over 2^14, each within one of its factor
 */
export function roundToOne(factors: readonly number[]): number[] {
  const rounded = factors.map((a) => Math.floor(a * MERGE_ONE));
  const missing = MERGE_ONE - rounded.reduce((sum, a) => sum + a, 0);
  const order = factors
    .map((a, i) => ({ i, rest: a * MERGE_ONE - Math.floor(a * MERGE_ONE) }))
    .sort((x, y) => y.rest - x.rest || x.i - y.i);
  for (let k = 0; k < missing; k++) rounded[order[k % order.length].i]++;
  return rounded;
}

function toCoefficient(factor: number, what: string): number {
  const a = Math.round(factor * MERGE_ONE) + 0; // no negative zero
  if (!(Math.abs(a) < MERGE_LIMIT)) {
    throw new InputError(`The ${what} is ${factor}; factors of a merge lie in (-8, 8).`, {
      docs: 'protocol.md#10-program-merge',
    });
  }
  return a;
}

/** Of a weight, in units of those of a bias: the weights of a layer that reads averages have two bits less. */
function unitOf(weights: AnyWeights, layer: number): number {
  return isNetworkWeights(weights) && weights.network.layers[layer].pooled ? 4 : 1;
}

function cosine(x: LayerWeights, y: LayerWeights, unit: number): number {
  let [xy, xx, yy] = [0, 0, 0];
  for (const part of ['W', 'b'] as const) {
    const scale = part === 'W' ? unit : 1;
    for (let k = 0; k < x[part].length; k++) {
      const [a, b] = [scale * Number(x[part][k]), scale * Number(y[part][k])];
      xy += a * b;
      xx += a * a;
      yy += b * b;
    }
  }
  return xx === 0 || yy === 0 ? 1 : Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}

/** Below an angle of about 2 degrees the difference to a straight line is smaller than the rounding. */
const PARALLEL = 0.9995;

function slerpRow(cos: number, t: number, layer: number): number[] {
  if (cos > PARALLEL) return roundToOne([1 - t, t]);
  const theta = Math.acos(cos);
  return [1 - t, t].map((part) =>
    toCoefficient(
      Math.sin(part * theta) / Math.sin(theta),
      `factor of layer ${layer}, whose parents are nearly opposite,`,
    ),
  );
}

function checkParents(parents: number): void {
  if (parents < MIN_PARENTS || parents > MAX_PARENTS) {
    throw new InputError(`A merge has ${MIN_PARENTS} to ${MAX_PARENTS} parents, not ${parents}.`);
  }
}

function repeat(layers: number, row: readonly number[]): Coefficients {
  return finish(Array.from({ length: layers }, () => [...row]));
}

/** Every named parent must have a part in the child, or the lineage would say more than is true. */
function finish(coefficients: Coefficients): Coefficients {
  if (coefficients.length === 0) throw new InputError('A merge has at least one layer.');
  coefficients[0].forEach((_, i) => {
    if (coefficients.every((row) => row[i] === 0)) {
      throw new InputError(`Parent ${i + 1} has no part in the merge: its coefficients are all 0.`, {
        hint: 'Leave it out; a coefficient is a multiple of 2^-14.',
      });
    }
  });
  return coefficients;
}
