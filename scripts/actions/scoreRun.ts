import { scoreCapacity } from '../../src/model/capacity.ts';
import { checkFit } from '../../src/model/head.ts';
import { ACTIVATION_BITS } from '../../src/numbers/constants.ts';
import { forwardTrace } from '../../src/training/forward.ts';
import { modelLabel, readShardFile, readWeightsFile, shapeText } from '../files/models.ts';
import type { ScoreInputs } from '../runs/programs/score.ts';
import type { Run } from '../runs/run.ts';
import type { Output } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';

/** A model's result on one shard. */
export interface ScoreOutcome {
  [key: string]: string | number | null;
  shape: string;
  head: string;
  /** Of the rows. */
  kind: string;
  rows: number;
  /** As the statement has it: rows right, or the sum of squared errors with 18 fraction bits. */
  result: string;
  /** Rows whose class has strictly the largest output, or all of whose labels are right; null for regression. */
  right: number | null;
  /** Mean over rows of the squared error, summed over outputs; null for classes and labels. */
  squaredError: number | null;
}

/** Stage `score` of a run: the result. Nothing else is kept: the proof runs the model again. */
export function scoreRun(run: Run, inputs: ScoreInputs, output: Output): Promise<ScoreOutcome> {
  return run.stage('score', async () => {
    const model = readWeightsFile(inputs.model, inputs.modelSha256);
    const shard = readShardFile(inputs.shard, inputs.shardSha256);
    checkFit(model.head, shard.kind);
    scoreCapacity(model, shard.rows);
    output.progress.stage(`score ${modelLabel(model)} on ${counted(shard.rows, 'row')}`);
    const { result } = forwardTrace(model, shard).measures;
    output.progress.done();
    const isRegression = shard.kind === 'regression';
    return {
      shape: shapeText(model),
      head: model.head,
      kind: shard.kind,
      rows: shard.rows,
      result: result.toString(),
      right: isRegression ? null : Number(result),
      squaredError: isRegression ? Number(result) / 4 ** ACTIVATION_BITS / shard.rows : null,
    };
  });
}
