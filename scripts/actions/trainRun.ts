import { parseShape } from '../../src/model/anyShape.ts';
import type { Head } from '../../src/model/head.ts';
import { type AnyWeights, headOf, shapeText } from '../../src/model/networkWeights.ts';
import { lossName } from '../../src/model/smoothing.ts';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { randomElement } from '../../src/numbers/field.ts';
import { realLearningRate, type TrainProgress, type TrainResult, trainSegment } from '../../src/training/trainer.ts';
import { labelOf, modelLabel, readShardFile, readWeightsFile } from '../files/models.ts';
import type { TrainInputs } from '../runs/programs/train.ts';
import type { Run } from '../runs/run.ts';
import type { Output } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import { withWorkingRate } from './rangeAdvice.ts';

export interface TrainOutcome {
  [key: string]: string | number | null;
  shape: string;
  head: string;
  rows: number;
  /** times that the rows were gone through */
  passes: number;
  steps: number;
  /** Target of a wrong class in units of 2^-11. */
  smoothing: number;
  /** Mean loss of the head and share of right answers over the rows, each before the step that used it. */
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
    output.progress.stage(`train ${labelOf(parent)} on ${counted(shard.rows, 'row')}`);
    const { lr, batch, passes, smoothing } = inputs;
    const segment = { lr, batch, passes, smoothing };
    const onProgress = ({ step, steps, loss }: TrainProgress) =>
      output.progress.update(step / steps, `loss ${loss.toFixed(4)}`);
    let result: TrainResult<AnyWeights>;
    try {
      result = trainSegment(parent, shard, { ...segment, salt: randomElement() }, onProgress);
    } catch (error) {
      throw isAlone ? withWorkingRate(error, parent, [{ shard, ...segment }], output) : error;
    }
    put('model', 'model.safetensors', writeWeights(result.child));
    output.progress.done();
    return {
      shape: shapeText(parent),
      head: headOf(parent),
      rows: shard.rows,
      passes,
      steps: passes * Math.ceil(shard.rows / batch),
      learningRate: realLearningRate({ lr, batch }),
      smoothing,
      loss: result.loss,
      accuracy: result.accuracy ?? null,
    };
  });
}

export function describeTraining({ shape, head, rows, passes, steps, loss, accuracy }: TrainOutcome): string {
  const right = accuracy === null ? '' : `, ${(100 * accuracy).toFixed(1)} % right on the way`;
  const times = passes === 1 ? '' : `, ${passes} times,`;
  return `${modelLabel(parseShape(shape, head as Head))} on ${counted(rows, 'row')}${times} in ${counted(steps, 'step')}: mean ${lossName(head as Head)} ${loss.toFixed(4)}${right}`;
}
