import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import { parseShape } from '../../src/model/anyShape.ts';
import type { Head } from '../../src/model/head.ts';
import { renderFigures } from '../actions/renderFigures.ts';
import { idsOf, registerScores, type ScoringInputs, type ShardScore, scoreAll, sumOf } from '../actions/scoreAll.ts';
import { type ScoreOutcome, scoreRun } from '../actions/scoreRun.ts';
import { modelLabel, readWeightsFile } from '../files/models.ts';
import { fileHash } from '../files/read.ts';
import { parseId } from '../runs/ids.ts';
import { takesOtherSchema } from '../runs/programs/runProgram.ts';
import type { ScoreInputs } from '../runs/programs/score.ts';
import { proveHere } from '../runs/proveHere.ts';
import { Run } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import { requireSchemas } from '../runs/schemas.ts';
import { listShards, type ShardEntry } from '../runs/shards.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { commandLine } from '../terminal/invocation.ts';
import type { Output } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import { ether } from './benchmarkRules.ts';
import { openBoard } from './board.ts';
import {
  type AheadOptions,
  type CommonOptions,
  namedContract,
  nextOptions,
  outputOf,
  positive,
  type ScoreboardOptions,
  withAhead,
  withCommon,
  withRpc,
  withScoreboard,
  withTrainer,
} from './options.ts';
import { printEdges, scoreContextOf } from './prove.ts';
import { describeRank, rankModel } from './rank.ts';

interface ScoreOptions extends AheadOptions, CommonOptions, ScoreboardOptions {
  model: string;
  shard?: string;
  shards?: string[];
  benchmark?: string;
  fee?: bigint;
  jobs?: number;
  top?: number;
  otherSchema?: boolean;
  run?: string;
}

const HELP = `
One proof states all figures: rows right and rows among the top k at least, the log-loss at most, errors exactly, and up to 32
classes or 1,024 labels how many rows of each class were taken for which, or how often each label is right.
With --shard it proves one score; 'descent submit' sends it. With --shards and --scoreboard it proves all of them side by side
and registers them; with --benchmark it then has them summed and enters the model in the leaderboard.`;

export function addScoreCommand(program: Command): void {
  withAhead(withCommon(withTrainer(withScoreboard(withRpc(program.command('score'))))))
    .description("compute a model's exact results on shards and, with --scoreboard, prove them")
    .requiredOption('--model <weights>', 'weights file (model.safetensors)')
    .option('--shard <file>', 'one shard file')
    .option('--shards <files or runs...>', 'many: shard files, or runs of data with all their shards')
    .option('--benchmark <id>', 'many: the benchmark whose shards they are')
    .option('--fee <ether>', "many: the most to pay as the benchmark's entry fee", ether)
    .option('--jobs <number>', 'many: proofs at a time (default: one for each core)', positive)
    .option('--top <k>', 'places that count as top (default: 5, fewer where there are as few outputs)', positive)
    .option('--other-schema', 'go on where the rows have other columns, scaling or classes than the model was made for')
    .option('--run <name>', 'name of the run folder (default: made of the inputs)')
    .addHelpText('after', HELP)
    .action(async (options: ScoreOptions) => {
      if ((options.shard === undefined) === (options.shards === undefined)) {
        throw new InputError('On which rows?', { hint: 'Give either --shard or --shards.' });
      }
      await (options.shards === undefined ? scoreOne : scoreMany)(options, outputOf(options));
    });
}

async function scoreOne(options: ScoreOptions, output: Output): Promise<void> {
  const misplaced = (['benchmark', 'jobs'] as const).find((name) => options[name] !== undefined);
  if (misplaced !== undefined) throw new InputError(`--${misplaced} is for --shards.`);
  const context = options.scoreboard === undefined ? undefined : await scoreContextOf(options);
  const inputs: ScoreInputs = {
    ...fileHash('model', options.model),
    ...fileHash('shard', options.shard!),
    ...saidOf(options),
  };
  compareSchemas(inputs, [{ shard: inputs.shard, shardSha256: inputs.shardSha256 }], output);
  const own = `score-${inputs.modelSha256.slice(0, 8)}-${inputs.shardSha256.slice(0, 8)}`;
  const name = options.run ?? `${own}${placesInName(options)}`;
  const run = Run.start(runFolder(options.runs, name), 'score', inputs);
  try {
    const outcome = await scoreRun(run, inputs, output);
    if (context !== undefined) {
      output.note(describeScore(outcome));
      printEdges(run, await proveHere(run, context, output, options), output, outcome, nextOptions(options));
      return;
    }
    const next = `next     ${commandLine('prove', run.folder, '--scoreboard', '<address>')}`;
    output.result({ run: run.folder, ...outcome }, `${describeScore(outcome)}\n${next}`);
  } finally {
    run.close();
  }
}

async function scoreMany(options: ScoreOptions, output: Output): Promise<void> {
  const benchmark = options.benchmark === undefined ? undefined : parseId(options.benchmark, 'benchmark');
  if (benchmark !== undefined) namedContract(options.scoreboard, 'scoreboard');
  if (options.trainer !== undefined) {
    throw new InputError('--trainer is for --shard.', { hint: 'Results of many shards are sent: give the key.' });
  }
  const board = options.scoreboard === undefined ? undefined : await openBoard(options);
  const inputs: ScoringInputs = {
    ...fileHash('model', options.model),
    shards: listShards(options.shards!, options.runs),
    ...saidOf(options),
  };
  compareSchemas(inputs, inputs.shards, output);
  const own = `scores-${inputs.modelSha256.slice(0, 8)}-${inputs.shards[0].shardSha256.slice(0, 8)}`;
  const name = options.run ?? `${own}${placesInName(options)}`;
  const run = Run.start(runFolder(options.runs, name), 'scoreAll', inputs);
  try {
    const scores = await scoreAll(run, inputs, output);
    const sum = sumOf(scores);
    if (board === undefined) {
      const next = 'next     the same command with --scoreboard and a key proves and registers all of it';
      output.result(
        { run: run.folder, ...sum, shards: scores },
        `${renderScores(scores)}\n\n${describeScore(sum)}\n${next}`,
      );
      return;
    }
    const jobs = options.jobs ?? availableParallelism();
    const steps = await registerScores(run, inputs, scores, { ...board, jobs, output });
    const { model } = await idsOf(run, inputs, output);
    const ranked = benchmark && (await rankModel(board, benchmark, model, options));
    output.result(
      { run: run.folder, model, ...sum, shards: scores.map((score, k) => ({ ...score, ...steps[k] })), ranked },
      [renderScores(scores, steps), '', describeScore(sum), ...(ranked ? [describeRank(ranked)] : [])].join('\n'),
    );
  } finally {
    run.close();
  }
}

/** Inputs of a run that stand there where they were said. */
function saidOf({ otherSchema, top }: ScoreOptions): { otherSchema?: string; top?: string } {
  return { ...(otherSchema && { otherSchema: 'yes' }), ...(top !== undefined && { top: `${top}` }) };
}

/** Scores with other places are other runs. */
function placesInName({ top }: ScoreOptions): string {
  return top === undefined ? '' : `-top-${top}`;
}

/** @throws InputError for rows that do not mean what the model was made for, unless the inputs allow them */
function compareSchemas(inputs: ScoreInputs | ScoringInputs, shards: readonly ShardEntry[], output: Output): void {
  const { schema } = readWeightsFile(inputs.model, inputs.modelSha256);
  requireSchemas({ name: inputs.model, schema }, shards, takesOtherSchema(inputs), output);
}

function renderScores(scores: ShardScore[], steps?: Awaited<ReturnType<typeof registerScores>>): string {
  const rows = scores.map(({ rows, right, squaredError, shard }, k) => {
    const value = right === null ? (squaredError?.toPrecision(4) ?? '') : `${right}`;
    const { gas, transaction } = steps?.[k]?.submission ?? {};
    const sent = steps === undefined ? [] : [gas?.toLocaleString('en-US') ?? '-', transaction ?? 'registered before'];
    return [`${k + 1}`, `${rows}`, value, ...sent, shard];
  });
  const head = ['shard', 'rows', scores[0].right === null ? 'squared error' : 'right'];
  return alignColumns([[...head, ...(steps === undefined ? [] : ['gas', 'transaction']), 'file'], ...rows]);
}

/** A sentence on the result, and the other figures below it. */
function describeScore(score: ScoreOutcome): string {
  const { shape, head, kind, rows, right, squaredError, names } = score;
  const model = modelLabel(parseShape(shape, head as Head));
  const answers = kind === 'labels' ? ' with all labels' : '';
  const first =
    right === null
      ? `${model} on ${counted(rows, 'row')}: squared error ${squaredError?.toPrecision(4)} a row.`
      : `${model} on ${counted(rows, 'row')}: ${right} right${answers} (${((100 * right) / rows).toFixed(1)} %).`;
  const more = renderFigures(score, names);
  return more === '' ? first : `${first}\n${more}\n`;
}
