import { writeWeights } from '../../src/model/weightsFile.ts';
import { randomElement } from '../../src/numbers/field.ts';
import { realLearningRate, type TrainProgress, type TrainResult, trainSegment } from '../../src/training/trainer.ts';
import { modelLabel, readShardFile, readWeightsFile } from '../files/models.ts';
import type { TrainInputs } from '../runs/programs/train.ts';
import type { Run } from '../runs/run.ts';
import type { Output } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import { withWorkingRate } from './rangeAdvice.ts';

export interface TrainOutcome {
  [key: string]: string | number | null;
  shape: string;
  rows: number;
  /** times that the rows were gone through */
  passes: number;
  steps: number;
  /** Mean squared error and share of right answers over the rows, each before the step that used it. */
  loss: number;
  accuracy: number | null;
}

/**
 * Stage `train` of a run: child weights with a fresh salt.
 * @param isAlone whether a rate that would have worked is looked for where a value leaves its range
 * @throws TrainingRangeError
 */
export function trainRun(run: Run, inputs: TrainInputs, output: Output, isAlone = true): Promise<TrainOutcome> {
  return run.stage('train', async (put) => {
    const parent = readWeightsFile(inputs.parent, inputs.parentSha256);
    const shard = readShardFile(inputs.shard, inputs.shardSha256);
    output.progress.stage(`train ${modelLabel(parent)} on ${counted(shard.rows, 'row')}`);
    const { lr, batch, passes } = inputs;
    const onProgress = ({ step, steps, loss }: TrainProgress) =>
      output.progress.update(step / steps, `loss ${loss.toFixed(4)}`);
    let result: TrainResult;
    try {
      result = trainSegment(parent, shard, { lr, batch, passes, salt: randomElement() }, onProgress);
    } catch (error) {
      throw isAlone ? withWorkingRate(error, parent, [{ shard, lr, batch, passes }], output) : error;
    }
    put('model', 'model.safetensors', writeWeights(result.child));
    output.progress.done();
    return {
      shape: modelLabel(parent),
      rows: shard.rows,
      passes,
      steps: passes * Math.ceil(shard.rows / batch),
      learningRate: realLearningRate({ lr, batch }),
      loss: result.loss,
      accuracy: result.accuracy ?? null,
    };
  });
}

export function describeTraining({ shape, rows, passes, steps, loss, accuracy }: TrainOutcome): string {
  const right = accuracy === null ? '' : `, ${(100 * accuracy).toFixed(1)} % right on the way`;
  const times = passes === 1 ? '' : `, ${passes} times,`;
  return `${shape} on ${counted(rows, 'row')}${times} in ${counted(steps, 'step')}: mean squared error ${loss.toFixed(4)}${right}`;
}
