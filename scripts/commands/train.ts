import type { Command } from 'commander';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { randomElement } from '../../src/numbers/field.ts';
import { realLearningRate, trainSegment } from '../../src/training/trainer.ts';
import { modelLabel, readShardFile, readWeightsFile } from '../files/models.ts';
import { fileHash } from '../files/read.ts';
import type { TrainInputs } from '../proving/runTasks.ts';
import { Run } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import type { Output } from '../terminal/output.ts';
import { type CommonOptions, outputOf, positive, withCommon } from './options.ts';

export interface TrainOutcome {
  [key: string]: string | number | null;
  shape: string;
  rows: number;
  steps: number;
  /** Mean squared error and share of right answers over the rows, each before the step that used it. */
  loss: number;
  accuracy: number | null;
}

interface TrainOptions extends CommonOptions {
  parent: string;
  shard: string;
  lr: number;
  batch: number;
  run?: string;
}

export function addTrainCommand(program: Command): void {
  withCommon(program.command('train'))
    .description('train a network on a shard: every row once, in order, in exact integer arithmetic')
    .requiredOption('--parent <weights>', 'weights file (model.safetensors) to start from')
    .requiredOption('--shard <file>', 'shard file; its rows must be a power of two')
    .requiredOption(
      '--lr <integer>',
      'learning rate 1..65536; stands for lr * batch / 256 on the mean gradient',
      positive,
    )
    .requiredOption('--batch <rows>', 'rows of one step, a power of two', positive)
    .option('--run <name>', 'name of the run folder (default: made of the inputs)')
    .action(async (options: TrainOptions) => {
      const output = outputOf(options);
      const inputs: TrainInputs = {
        ...fileHash('parent', options.parent),
        ...fileHash('shard', options.shard),
        lr: options.lr,
        batch: options.batch,
      };
      const name =
        options.run ??
        `train-${inputs.parentSha256.slice(0, 8)}-${inputs.shardSha256.slice(0, 8)}-${inputs.lr}-${inputs.batch}`;
      const run = Run.start(runFolder(options.runs, name), 'train', inputs);
      try {
        const outcome = await trainRun(run, inputs, output);
        output.result(
          { run: run.folder, model: run.file('train', 'model'), ...outcome },
          `Trained ${describeTraining(outcome)}.\nweights  ${run.file('train', 'model')}\nnext     descent prove ${run.folder}`,
        );
      } finally {
        run.close();
      }
    });
}

/** Stage `train` of a run: child weights with a fresh salt. */
export function trainRun(run: Run, inputs: TrainInputs, output: Output): Promise<TrainOutcome> {
  return run.stage('train', async (put) => {
    const parent = readWeightsFile(inputs.parent, inputs.parentSha256);
    const shard = readShardFile(inputs.shard, inputs.shardSha256);
    output.progress.stage(`train ${modelLabel(parent)} on ${shard.rows} rows`);
    const { lr, batch } = inputs;
    const result = trainSegment(parent, shard, { lr, batch, salt: randomElement() }, ({ step, steps, loss }) =>
      output.progress.update(step / steps, `loss ${loss.toFixed(4)}`),
    );
    put('model', 'model.safetensors', writeWeights(result.child));
    output.progress.done();
    return {
      shape: modelLabel(parent),
      rows: shard.rows,
      steps: shard.rows / batch,
      learningRate: realLearningRate({ lr, batch }),
      loss: result.loss,
      accuracy: result.accuracy ?? null,
    };
  });
}

export function describeTraining({ shape, rows, steps, loss, accuracy }: TrainOutcome): string {
  const right = accuracy === null ? '' : `, ${(100 * accuracy).toFixed(1)} % right on the way`;
  return `${shape} on ${rows} rows in ${steps} steps: mean squared error ${loss.toFixed(4)}${right}`;
}
