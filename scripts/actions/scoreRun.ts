import { InputError } from '../../src/errors/InputError.ts';
import { scoreCapacity } from '../../src/model/capacity.ts';
import { checkFit } from '../../src/model/head.ts';
import { headOf, shapeOf, shapeText } from '../../src/model/networkWeights.ts';
import { outputNames } from '../../src/model/schema.ts';
import { forwardTrace } from '../../src/training/forward.ts';
import { labelOf, readShardFile, readWeightsFile } from '../files/models.ts';
import { placesOf, type ScoreInputs } from '../runs/programs/score.ts';
import type { Run } from '../runs/run.ts';
import type { Output } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import { figuresOf, type ScoreFigures } from './scoreFigures.ts';

/** A model's results on one shard. */
export interface ScoreOutcome extends ScoreFigures {
  shape: string;
  /** Of the outputs, as the shard's file has them. */
  names: string[] | null;
}

/** Stage `score` of a run: the results. Nothing else is kept: the proof runs the model again. */
export async function scoreRun(run: Run, inputs: ScoreInputs, output: Output): Promise<ScoreOutcome> {
  const outcome = await run.stage('score', async (): Promise<ScoreOutcome> => {
    const model = readWeightsFile(inputs.model, inputs.modelSha256);
    const shard = readShardFile(inputs.shard, inputs.shardSha256);
    const head = headOf(model);
    checkFit(head, shard.kind);
    scoreCapacity(shapeOf(model), shard.rows);
    output.progress.stage(`score ${labelOf(model)} on ${counted(shard.rows, 'row')}`);
    const { measures } = forwardTrace(model, shard, placesOf(inputs, shard.kind));
    output.progress.done();
    const names = (shard.schema && outputNames(shard.schema)) ?? null;
    return { shape: shapeText(model), names, ...figuresOf(measures, { ...shard, head }) };
  });
  requireFigures(run.folder, outcome);
  return outcome;
}

/** @throws InputError for a run that an earlier version began, which has its result alone */
export function requireFigures(folder: string, outcome: Partial<ScoreOutcome>): void {
  if (outcome.loss !== undefined) return;
  throw new InputError(`The run ${folder} was begun by an earlier version, whose scores have a result alone.`, {
    hint: 'Give another name with --run, or move the folder away.',
  });
}
