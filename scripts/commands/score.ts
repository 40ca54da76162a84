import type { Command } from 'commander';
import { scoreCapacity } from '../../src/model/capacity.ts';
import { ACTIVATION_BITS } from '../../src/numbers/constants.ts';
import { forwardTrace } from '../../src/training/forward.ts';
import { modelLabel, readShardFile, readWeightsFile } from '../files/models.ts';
import { fileHash } from '../files/read.ts';
import type { ScoreInputs } from '../proving/runTasks.ts';
import { Run } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import type { Output } from '../terminal/output.ts';
import {
  type CommonOptions,
  outputOf,
  type ScoreboardOptions,
  withCommon,
  withRpc,
  withScoreboard,
  withTrainer,
} from './options.ts';
import { printEdges, proveHere, scoreOriginOf } from './prove.ts';

interface ScoreOptions extends CommonOptions, ScoreboardOptions {
  model: string;
  shard: string;
  run?: string;
}

interface ScoreOutcome {
  [key: string]: string | number | null;
  shape: string;
  rows: number;
  /** As the statement has it: rows right, or the sum of squared errors with 18 fraction bits. */
  result: string;
  /** Rows whose label has strictly the largest output; null for regression. */
  right: number | null;
  /** Mean over rows of the squared error, summed over outputs; null for classes. */
  squaredError: number | null;
}

export function addScoreCommand(program: Command): void {
  withCommon(withTrainer(withScoreboard(withRpc(program.command('score')))))
    .description("compute a model's exact result on a shard and, with --scoreboard, prove it")
    .requiredOption('--model <weights>', 'weights file (model.safetensors)')
    .requiredOption('--shard <file>', 'shard file')
    .option('--run <name>', 'name of the run folder (default: made of the inputs)')
    .action(async (options: ScoreOptions) => {
      const output = outputOf(options);
      const origin = options.scoreboard === undefined ? undefined : await scoreOriginOf(options);
      const inputs: ScoreInputs = { ...fileHash('model', options.model), ...fileHash('shard', options.shard) };
      const name = options.run ?? `score-${inputs.modelSha256.slice(0, 8)}-${inputs.shardSha256.slice(0, 8)}`;
      const run = Run.start(runFolder(options.runs, name), 'score', inputs);
      try {
        const outcome = await scoreRun(run, inputs, output);
        if (origin !== undefined) {
          output.note(describeScore(outcome));
          printEdges(run, await proveHere(run, origin, output), output, outcome);
          return;
        }
        const next = `next     descent prove ${run.folder} --scoreboard <address>`;
        output.result({ run: run.folder, ...outcome }, `${describeScore(outcome)}\n${next}`);
      } finally {
        run.close();
      }
    });
}

/** Stage `score` of a run: the result. Nothing else is kept: the proof runs the model again. */
function scoreRun(run: Run, inputs: ScoreInputs, output: Output): Promise<ScoreOutcome> {
  return run.stage('score', async () => {
    const model = readWeightsFile(inputs.model, inputs.modelSha256);
    const shard = readShardFile(inputs.shard, inputs.shardSha256);
    scoreCapacity(model.widths, shard.rows);
    output.progress.stage(`score ${modelLabel(model)} on ${shard.rows} rows`);
    const { result } = forwardTrace(model, shard);
    output.progress.done();
    const isClasses = shard.kind === 'classes';
    return {
      shape: modelLabel(model),
      rows: shard.rows,
      result: result.toString(),
      right: isClasses ? Number(result) : null,
      squaredError: isClasses ? null : Number(result) / 4 ** ACTIVATION_BITS / shard.rows,
    };
  });
}

function describeScore({ shape, rows, right, squaredError }: ScoreOutcome): string {
  return right === null
    ? `${shape} on ${rows} rows: squared error ${squaredError?.toPrecision(4)} a row.`
    : `${shape} on ${rows} rows: ${right} right (${((100 * right) / rows).toFixed(1)} %).`;
}
