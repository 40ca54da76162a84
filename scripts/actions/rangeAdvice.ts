import { TrainingRangeError } from '../../src/errors/TrainingRangeError.ts';
import { rateStep } from '../../src/model/anyShape.ts';
import type { AnyWeights } from '../../src/model/networkWeights.ts';
import { shapeOf } from '../../src/model/networkWeights.ts';
import { realLearningRate } from '../../src/training/trainer.ts';
import { slowerRate, type TrialSegment, workingDivisor } from '../../src/training/trials.ts';
import type { Output } from '../terminal/output.ts';

/**
 * What to say where a value left its range in the last of some segments: the change that would have worked, found by trying.
 * @param weights before the first of the segments
 * @returns the error with that advice; any other as it is
 */
export function withWorkingRate(
  error: unknown,
  weights: AnyWeights,
  segments: readonly TrialSegment[],
  output: Output,
): unknown {
  if (!(error instanceof TrainingRangeError) || error.isAtStart) return error;
  output.progress.stage('look for a learning rate that stays in range');
  const divisor = workingDivisor(weights, segments);
  output.progress.done();
  if (divisor === undefined) return error;
  const [{ lr, batch }] = segments;
  const units = slowerRate(lr, divisor, rateStep(shapeOf(weights)));
  const many = segments.length === 1 ? 'this segment stays' : `the segments up to this one stay`;
  return error.withHint(`With --lr ${realLearningRate({ lr: units, batch })} ${many} in range: it was tried.`);
}
