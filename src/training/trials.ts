import { TrainingRangeError } from '../errors/TrainingRangeError.ts';
import { type AnyShape, rateStep } from '../model/anyShape.ts';
import { type AnyWeights, shapeOf } from '../model/networkWeights.ts';
import type { Shard } from '../model/shard.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { TRACE_ROW_BITS } from '../numbers/constants.ts';
import { modelOfSeed } from './seed.ts';
import { evaluate, trainTrial } from './trainer.ts';

/** Rows to train on, and others to measure on. */
export interface Fold {
  training: Shard;
  validation: Shard;
}

/** Passes at one rate, after which the validation rows are measured. */
export interface TrialStep {
  passes: number;
  /** Units of the trainer. */
  lr: number;
}

/** The validation rows of all folds together, after a step. */
export interface Checkpoint {
  rows: number;
  /** Rows right; undefined for regression. */
  right: number | undefined;
  /** Mean over the rows of the squared error, summed over outputs. */
  loss: number;
}

/** Passes that one segment can make over so many rows. */
export function mostPasses(rows: number): number {
  return 2 ** (TRACE_ROW_BITS - ceilLog2(rows));
}

/**
 * Trains a network from a seed of this trial's own on each fold and measures it on the way. A seed that the chain draws gives other
 * weights: the folds have different seeds, so a choice does not rest on one.
 * @returns what is measured after each step; undefined where a value left the range of the proofs in any fold
 */
export function runTrial(
  folds: readonly Fold[],
  shape: AnyShape,
  { batch, smoothing = 0 }: { batch: number; smoothing?: number },
  steps: readonly TrialStep[],
): Checkpoint[] | undefined {
  const sums = steps.map((): Checkpoint => ({ rows: 0, right: undefined, loss: 0 }));
  try {
    folds.forEach(({ training, validation }, k) => {
      let weights = modelOfSeed(shape, BigInt(k + 1), 0n);
      for (const [step, sum] of sums.entries()) {
        weights = train(weights, training, { batch, smoothing, ...steps[step] });
        const { right, rows, loss } = evaluate(weights, validation);
        if (right !== undefined) sum.right = (sum.right ?? 0) + right;
        sum.loss += loss * rows;
        sum.rows += rows;
      }
    });
  } catch (error) {
    if (error instanceof TrainingRangeError) return undefined;
    throw error;
  }
  return sums.map((sum) => ({ ...sum, loss: sum.loss / sum.rows }));
}

/** A segment that is tried. */
export interface TrialSegment {
  shard: Shard;
  /** Units of the trainer. */
  lr: number;
  batch: number;
  passes: number;
  smoothing?: number;
}

/** Halvings of a rate that are tried: beyond them something else is wrong than the rate. */
const MOST_HALVINGS = 8;

/**
 * The greatest power of two by which all rates are to be divided so that no value leaves its range in these segments, found by trying.
 * @returns undefined where none of them does it
 */
export function workingDivisor(weights: AnyWeights, segments: readonly TrialSegment[]): number | undefined {
  const least = rateStep(shapeOf(weights));
  for (let divisor = 2; divisor <= 2 ** MOST_HALVINGS; divisor *= 2) {
    const slower = segments.map((segment) => ({ ...segment, lr: slowerRate(segment.lr, divisor, least) }));
    if (staysInRange(weights, slower)) return divisor;
    if (slower.every(({ lr }) => lr === least)) return undefined;
  }
  return undefined;
}

/** The units of a rate divided by a number, rounded down to a multiple of `step`, at least that. */
export function slowerRate(lr: number, divisor: number, step: number): number {
  return step * Math.max(1, Math.floor(lr / divisor / step));
}

function staysInRange(weights: AnyWeights, segments: readonly TrialSegment[]): boolean {
  try {
    let current = weights;
    for (const { shard, ...options } of segments) current = trainTrial(current, shard, options).child;
    return true;
  } catch (error) {
    if (error instanceof TrainingRangeError) return false;
    throw error;
  }
}

/** Any number of passes, in segments of powers of two. */
function train(
  weights: AnyWeights,
  shard: Shard,
  { passes, ...options }: { lr: number; batch: number; passes: number; smoothing: number },
): AnyWeights {
  let [current, left] = [weights, passes];
  while (left > 0) {
    const now = Math.min(mostPasses(shard.rows), 2 ** Math.floor(Math.log2(left)));
    current = trainTrial(current, shard, { ...options, passes: now }).child;
    left -= now;
  }
  return current;
}
