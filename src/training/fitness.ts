import { InputError } from '../errors/InputError.ts';
import { TrainingRangeError } from '../errors/TrainingRangeError.ts';
import { checkFit, type Head } from '../model/head.ts';
import { mergeWeights } from '../model/merge.ts';
import { exactCoefficients } from '../model/merge-recipes.ts';
import { type AnyWeights, headOf } from '../model/networkWeights.ts';
import type { Shard } from '../model/shard.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { SIGNED_LIMIT } from '../numbers/constants.ts';
import { forwardOutputs } from './forward.ts';
import { scoreTrace } from './scoreTrace.ts';

/** What a model is worth on rows, in the integers that a score proves of them (protocol section 11). */
export interface Fitness {
  /** Rows right; null for regression. */
  right: number | null;
  /**
   * Softmax, sigmoid: log-loss of all rows with 16 fraction bits, as proved. Squared error: sum of squared errors with 18
   * fraction bits, as proved for regression; of classes and labels no score states it.
   */
  error: bigint;
}

/**
 * @param shards of one kind that go with the model, at least one
 * @throws InputError where they do not; TrainingRangeError where a value leaves its range
 */
export function fitnessOf(weights: AnyWeights, shards: readonly Shard[]): Fitness {
  const head = headOf(weights);
  const layer = weights.layers.length;
  const fitness: Fitness = { right: shards[0].kind === 'regression' ? null : 0, error: 0n };
  for (const shard of shards) {
    checkFit(head, shard.kind);
    if ((shard.kind === 'regression') !== (fitness.right === null)) {
      throw new InputError(`Some shards are of ${shards[0].kind} and some of ${shard.kind}: they have no sum.`);
    }
    const Q = forwardOutputs(weights, shard);
    const { measures } = scoreTrace({ Q, shard, head, layer });
    if (fitness.right !== null) fitness.right += Number(measures.result);
    fitness.error += errorOf(Q, shard, head, measures);
  }
  return fitness;
}

function errorOf(Q: Int32Array, shard: Shard, head: Head, { result, loss }: { result: bigint; loss: bigint }): bigint {
  if (head !== 'squared error') return loss;
  if (shard.kind === 'regression') return result;
  const { rows, outputs, Y } = shard;
  const S = 2 ** ceilLog2(rows);
  let sum = 0n;
  for (let i = 0; i < outputs; i++) {
    let squares = 0; // below 2^12 * 2^32
    for (let s = 0; s < rows; s++) squares += (Q[i * S + s] - SIGNED_LIMIT - Y[i * S + s]) ** 2;
    sum += BigInt(squares);
  }
  return sum;
}

/** Below 0 where `a` is the better one: more rows right; where these are as many, less error. */
export function compareFitness(a: Fitness, b: Fitness): number {
  if (a.right !== b.right) return (b.right ?? 0) - (a.right ?? 0);
  return a.error < b.error ? -1 : a.error > b.error ? 1 : 0;
}

/**
 * What the child of some parents would be worth.
 * @param parents of one shape that go with the shards; @param coefficients [layer 1..L][parent], integers over 2^14
 * @returns undefined where they make no child that can be proved: a coefficient, a weight or a value leaves its range
 */
export function fitnessOfMerge(
  parents: readonly AnyWeights[],
  coefficients: readonly (readonly number[])[],
  shards: readonly Shard[],
): Fitness | undefined {
  try {
    const exact = exactCoefficients(parents[0].layers.length, parents.length, coefficients);
    return fitnessOf(mergeWeights(parents, exact, 0n).child, shards);
  } catch (error) {
    if (error instanceof TrainingRangeError || error instanceof InputError) return undefined;
    throw error;
  }
}
