import { InputError } from '../../errors/InputError.ts';
import { MERGE_LIMIT, MERGE_ONE } from '../merge.ts';
import { roundToOne } from '../merge-recipes.ts';
import type { AnyWeights } from '../networkWeights.ts';
import { type SparsePlan, thresholdsOf } from './merge.ts';
import { KEPT_ONE } from './method.ts';

/** Methods of mergekit that leave entries out. */
export const SPARSE_METHODS = ['ties', 'dare_linear', 'dare_ties'] as const;
export type SparseName = (typeof SPARSE_METHODS)[number];

export function isSparseName(name: string): name is SparseName {
  return (SPARSE_METHODS as readonly string[]).includes(name);
}

/** What mergekit does unless it is told. */
export const SPARSE_USUAL = {
  ties: { normalize: true, rescale: false },
  dare_linear: { normalize: false, rescale: true },
  dare_ties: { normalize: false, rescale: true },
} as const satisfies Record<SparseName, { normalize: boolean; rescale: boolean }>;

/** What people say of a sparse merge, in mergekit's terms. */
export interface SparseChoice {
  method: SparseName;
  /** of each task, by layer 1..L */
  weights: number[][];
  densities: number[][];
  /** by layer */
  lambdas: number[];
  /** the mean of those that agree in place of their sum */
  normalize: boolean;
  /** whether what a mask keeps is divided by the share it keeps */
  rescale: boolean;
  seed: bigint;
}

/**
 * The plan of a sparse merge: mergekit's weights, densities and lambda as the coefficients, kept shares and thresholds that a proof
 * speaks of.
 * @param parents the base, then the tasks
 * @throws InputError naming what cannot be had
 */
export function sparsePlan<W extends AnyWeights>(parents: readonly W[], choice: SparseChoice): SparsePlan<W> {
  const { method, weights, densities, normalize, seed } = choice;
  const tasks = parents.length - 1;
  const layers = parents[0].layers.length;
  const signs = method !== 'dare_linear';
  const drawn = method !== 'ties';
  const shares = drawn ? densities.map((row, i) => shareOf(row, i)) : [];
  if (normalize && drawn && shares.some((share) => share !== shares[0])) {
    throw new InputError('With normalize all densities are equal: the mean of those that agree has one scale.', {
      hint: 'Give one density, or leave normalize out.',
    });
  }
  const rows = Array.from({ length: layers }, (_, l) => {
    const own = Array.from({ length: tasks }, (_, i) => weights[i][l]);
    const wrong = own.find((weight) => !(weight >= 0) || !Number.isFinite(weight));
    if (wrong !== undefined) {
      throw new InputError(`A weight of ${method} is 0 or more, not ${wrong}.`, {
        hint: '--task takes what a model changed away.',
      });
    }
    const scaled = own.map((weight, i) => (drawn && choice.rescale ? weight / (shares[i] / KEPT_ONE) : weight));
    return [MERGE_ONE, ...rowOf(scaled, own, { lambda: choice.lambdas[l], normalize, layer: l + 1 })];
  });
  return {
    parents,
    coefficients: rows,
    method: { signs, normalize: normalize && signs, kept: shares, seed: drawn ? seed : 0n },
    // A mask of a seed leaves out no more by size.
    thresholds: thresholdsOf(
      parents,
      densities.map((row) => row.map((density) => (drawn || density >= 1 ? 1 : density))),
    ).map((threshold) => (signs ? threshold : 0n)),
  };
}

/** Coefficients of a layer: weights times lambda; of a mean such that they sum to lambda. */
function rowOf(
  scaled: readonly number[],
  weights: readonly number[],
  { lambda, normalize, layer }: { lambda: number; normalize: boolean; layer: number },
): number[] {
  if (!(lambda > 0) || !Number.isFinite(lambda)) {
    throw new InputError(`lambda is greater than 0, not ${lambda}.`);
  }
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const divisor = normalize && sum > 0 ? sum : 1;
  const factors = scaled.map((factor) => (lambda * factor) / divisor);
  const isWhole = Math.abs(factors.reduce((total, factor) => total + factor, 0) - 1) < 1e-9;
  const row = isWhole ? roundToOne(factors) : factors.map((factor) => Math.round(factor * MERGE_ONE));
  const beyond = row.findIndex((a) => a >= MERGE_LIMIT);
  if (beyond >= 0) {
    throw new InputError(
      `Model ${beyond + 1} has the factor ${factors[beyond]} in layer ${layer}; factors of a merge are below 8.`,
      { hint: 'Lower the weight or lambda, or keep a greater density: what a mask keeps is divided by it.' },
    );
  }
  return row;
}

/** The share that a mask keeps, in units of 2^-16, which is one for all layers. */
function shareOf(densities: readonly number[], task: number): number {
  const other = densities.find((density) => density !== densities[0]);
  if (other !== undefined) {
    throw new InputError(
      `Model ${task + 1} has the densities ${densities[0]} and ${other}; a mask has one for all layers.`,
    );
  }
  const share = Math.round(densities[0] * KEPT_ONE);
  if (share < 1 || share > KEPT_ONE) {
    throw new InputError(`The density of model ${task + 1} is ${densities[0]}; those of masks lie in 2^-16..1.`);
  }
  return share;
}
