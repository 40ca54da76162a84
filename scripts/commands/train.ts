import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import {
  type AnyShape,
  formatShape,
  isNetworkShape,
  parseShape,
  rateStep,
  shapeSides,
} from '../../src/model/anyShape.ts';
import { shapeOf } from '../../src/model/networkWeights.ts';
import { describeTargets, smoothingUnits } from '../../src/model/smoothing.ts';
import { RATE_BITS } from '../../src/numbers/constants.ts';
import { nearestRate, type Rate, rateOfUnits } from '../../src/training/rate.ts';
import { SCHEDULES, type Schedule } from '../../src/training/schedule.ts';
import type { TrainingExtras, TrainingInputs } from '../actions/trainingPlan.ts';
import { describeSize, MANY_SEGMENTS, segmentsOf } from '../actions/trainingSize.ts';
import { describeTraining, trainRun } from '../actions/trainRun.ts';
import { loadAccount } from '../chain/keys.ts';
import { writeDurably } from '../files/durable.ts';
import { readWeightsFile } from '../files/models.ts';
import { fileHash } from '../files/read.ts';
import { type TableInputs, tableSize } from '../files/tables.ts';
import { takesOtherSchema } from '../runs/programs/runProgram.ts';
import type { TrainInputs } from '../runs/programs/train.ts';
import { Run } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import { requireSchemas } from '../runs/schemas.ts';
import { listShards } from '../runs/shards.ts';
import { requireYes } from '../terminal/ask.ts';
import { commandLine } from '../terminal/invocation.ts';
import type { Output } from '../terminal/output.ts';
import {
  type ChainOptions,
  type CommonOptions,
  headOf,
  natural,
  openRegistry,
  outputOf,
  positive,
  withChain,
  withCommon,
  withHead,
  withKey,
} from './options.ts';
import { DEFAULT_ROWS, type SourceOptions, sourceInputs, sourcesOf, withSource } from './sourceOptions.ts';

interface TrainOptions extends CommonOptions, ChainOptions, SourceOptions {
  parent?: string;
  seed?: string;
  head?: string;
  smoothing?: number;
  shard?: string;
  shards?: string[];
  rows?: number;
  rowsPerShard?: number;
  offset: number;
  epochs: number;
  test?: string[];
  jobs?: number;
  lr?: number;
  lrUnits?: number;
  schedule: Schedule;
  earlyStop?: number;
  batch: number;
  passes: number;
  keepEvery?: number;
  otherSchema?: boolean;
  yes?: boolean;
  run?: string;
}

const HELP = `
With --shard it trains one segment; 'descent prove' proves it afterwards. With --shards or a source it trains a whole run of
segments first and then, with --registry and a key, proves all of them side by side and registers them in order.
Interrupted at any point, the same command continues; without the registry it stops after training.`;

export function addTrainCommand(program: Command): void {
  withHead(
    withSource(withKey(withChain(withCommon(program.command('train'))))),
    '; with --seed (default: squared-error)',
  )
    .description('train a network on shards, each row once an epoch and in order, in exact integer arithmetic')
    .option('--parent <weights>', 'weights file (model.safetensors) to start from')
    .option(
      '--seed <shape>',
      'start from a seed drawn on chain instead: a shape such as 49-32-10 or 28x28x1-c8k5s2p2-64-10',
    )
    .option('--shard <file>', 'one segment: shard file')
    .option('--shards <files or runs...>', 'many segments: shard files, or runs of data with all their shards')
    .option('--rows <number>', 'many segments of a source: rows to train on (default: all)', positive)
    .option(
      '--rows-per-shard <number>',
      'many segments of a source: up to 4096; the last shard takes what is left (default: 1024)',
      positive,
    )
    .option('--offset <number>', 'many segments of a source: first row', natural, 0)
    .option('--epochs <number>', 'many segments: how often each shard is taken', positive, 1)
    .option(
      '--passes <number>',
      'times that a segment goes through its shard, in one proof: a power of two; rows, rounded up to a power of two, times passes are at most 16384',
      positive,
      1,
    )
    .option(
      '--keep-every <number>',
      'many segments: register the model after every so many segments too (default: only the last)',
      positive,
    )
    .option('--test <files or runs...>', 'many segments: shards on which the model is measured after each')
    .option('--jobs <number>', 'many segments: proofs at a time (default: one for each core)', positive)
    .option(
      '--lr <rate>',
      'learning rate on the mean gradient of the loss (half the squared error, or the cross-entropy), such as 0.05; rounded to a multiple of batch / 4096 (of batch / 256 where a layer reads averages)',
      rateText,
    )
    .addOption(
      new Option(
        '--schedule <name>',
        'many segments: the rate of each: the same, along half a cosine to 0, or divided by 10 after half and after three quarters of them',
      )
        .choices([...SCHEDULES])
        .default('constant'),
    )
    .option(
      '--early-stop <segments>',
      'many segments: end after so many without progress on --test; the best model becomes the last',
      positive,
    )
    .option(
      '--smoothing <share>',
      'softmax: what the target of the right class lacks to 1, shared among the wrong ones; sigmoid: the target of the wrong value; such as 0.05',
      shareText,
    )
    .option(
      '--lr-units <integer>',
      'learning rate in units of batch / 4096 instead, 1..65536; a multiple of 16 where a layer reads averages',
      positive,
    )
    .requiredOption('--batch <rows>', 'rows of one step, a power of two', positive)
    .option('--other-schema', 'go on where the rows have other columns, scaling or classes than the model was made for')
    .option('--yes', `begin a run of ${MANY_SEGMENTS} segments or more without asking`)
    .option('--run <name>', 'name of the run folder (default: made of the inputs)')
    .addHelpText('after', HELP)
    .action(async (options: TrainOptions) => {
      const many = sourcesOf(options).length + (options.shards === undefined ? 0 : 1);
      if (many + (options.shard === undefined ? 0 : 1) !== 1) {
        throw new InputError('On which rows?', {
          hint: 'Give one of --shard, --shards, --mnist, --csv, --parquet, --npy, --idx and --embeddings.',
        });
      }
      if (many === 1) await trainMany(options, outputOf(options));
      else await trainOne(options, outputOf(options));
    });
}

const DASHED: Partial<Record<string, string>> = { keepEvery: 'keep-every', earlyStop: 'early-stop' };

async function trainOne(options: TrainOptions, output: Output): Promise<void> {
  if (options.parent === undefined || options.seed !== undefined) {
    throw new InputError('Which parent?', { hint: 'With --shard, give a weights file with --parent.' });
  }
  const manyOnly = (['rows', 'test', 'jobs', 'keepEvery', 'earlyStop'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (manyOnly !== undefined || options.epochs !== 1 || options.schedule !== 'constant') {
    const name = manyOnly ?? (options.epochs === 1 ? 'schedule' : 'epochs');
    throw new InputError(`--${DASHED[name] ?? name} is for many segments.`, {
      hint: 'Give --shards instead of --shard.',
    });
  }
  requireRate(options);
  refuseHead(options);
  const parent = fileHash('parent', options.parent);
  const weights = readWeightsFile(parent.parent, parent.parentSha256);
  const model = shapeOf(weights);
  const rate = rateOf(options, model);
  const smoothing = smoothingOf(options, model);
  const inputs: TrainInputs = {
    ...parent,
    ...fileHash('shard', options.shard!),
    lr: rate.units,
    batch: options.batch,
    passes: options.passes,
    smoothing,
    ...(options.otherSchema && { otherSchema: 'yes' }),
  };
  const { schema } = weights;
  // A seed has no schema yet: the first rows give it one.
  if (schema !== undefined) {
    const rows = { shard: inputs.shard, shardSha256: inputs.shardSha256 };
    requireSchemas({ name: inputs.parent, schema }, [rows], takesOtherSchema(inputs), output);
  }
  const name =
    options.run ??
    `train-${inputs.parentSha256.slice(0, 8)}-${inputs.shardSha256.slice(0, 8)}-${inputs.lr}-${inputs.batch}${inputs.passes === 1 ? '' : `x${inputs.passes}`}${smoothing === 0 ? '' : `-s${smoothing}`}`;
  const run = Run.start(runFolder(options.runs, name), 'train', inputs);
  try {
    const outcome = await trainRun(run, inputs, output);
    output.result(
      { run: run.folder, model: run.file('train', 'model'), ...outcome, rate },
      `Trained ${describeTraining(outcome)}.\nrate     ${describeRate(rate, options)}\n${describeSmoothing(smoothing, model)}weights  ${run.file('train', 'model')}\nnext     ${commandLine('prove', run.folder, '--registry', '<address>')}`,
    );
  } finally {
    run.close();
  }
}

async function trainMany(options: TrainOptions, output: Output): Promise<void> {
  requireRate(options);
  const { inputs, rate } = await trainingInputs(options);
  const test = listShards(options.test ?? [], options.runs);
  // The chain first: nothing is written when the options are incomplete.
  const context = options.registry === undefined ? undefined : await contextOf(options);
  if (segmentsOf(inputs) >= MANY_SEGMENTS && options.yes !== true) await requireYes(describeSize(inputs), '--yes');
  const { askBeforeTraining, registerAll } = await import('../actions/registerAll.ts');
  const { trainAll } = await import('../actions/trainAll.ts');
  const { renderTraining, trainingCurve, trainingDocument } = await import('../actions/trainingSummary.ts');
  const run = Run.start(runFolder(options.runs, options.run ?? defaultName(inputs)), 'trainAll', inputs);
  try {
    if (context !== undefined) await askBeforeTraining(run, inputs, { ...context, output });
    const training = await trainAll(run, inputs, {
      test,
      seedContext: context,
      otherSchema: options.otherSchema === true,
      output,
    });
    const curve = join(run.folder, 'curve.svg');
    writeDurably(curve, trainingCurve(training));
    let registered: Awaited<ReturnType<typeof registerAll>> | undefined;
    if (context !== undefined) {
      const jobs = options.jobs ?? availableParallelism();
      registered = await registerAll(run, inputs, training, { ...context, jobs, keepEvery: options.keepEvery, output });
    }
    const next = registered
      ? commandLine('score', '--model', training.model, '--shards', '<test shards>')
      : 'the same command with --registry and a key proves and registers all of it';
    output.result(
      { run: run.folder, curve, ...trainingDocument(training, registered), rate },
      `\n${renderTraining(training, registered)}\n\nrate     ${describeRate(rate, options)}\n${describeSmoothing(training.smoothing, parseShape(training.shape, training.head))}weights  ${training.model}\ncurve    ${curve}\nnext     ${next}`,
    );
  } finally {
    run.close();
  }
}

async function contextOf(options: TrainOptions) {
  const { chain, registry } = await openRegistry(options);
  return { chain, registry, account: loadAccount(options, chain.id) };
}

async function trainingInputs(options: TrainOptions): Promise<{ inputs: TrainingInputs; rate: Rate }> {
  const { parent, seed, shards, epochs, batch, passes, rows, offset } = options;
  if ((parent === undefined) === (seed === undefined)) {
    throw new InputError('From which weights?', { hint: 'Give either --parent or --seed.' });
  }
  if (seed === undefined) refuseHead(options);
  const start = { ...(parent === undefined ? { parent: null, parentSha256: null } : fileHash('parent', parent)) };
  const model =
    seed === undefined
      ? shapeOf(readWeightsFile(start.parent!, start.parentSha256!))
      : parseShape(seed, headOf(options));
  const rate = rateOf(options, model);
  const smoothing = smoothingOf(options, model);
  const { schedule, earlyStop } = options;
  const extras: TrainingExtras = {
    ...(seed !== undefined && model.head !== 'squared error' && { head: model.head }),
    ...(smoothing > 0 && { smoothing }),
    ...(schedule !== 'constant' && { schedule }),
    ...(earlyStop !== undefined && { earlyStop }),
  };
  const rest = { epochs, lr: rate.units, batch, passes, ...extras };
  const drawn = seed === undefined ? null : formatShape(model);
  if (shards !== undefined) {
    if (rows !== undefined) throw new InputError('--rows is for a source of rows, such as --mnist.');
    const entries = listShards(shards, options.runs);
    return { inputs: { ...start, seed: drawn, source: null, shards: entries, ...rest }, rate };
  }
  const source = sourceInputs(withPictures(options, model), { offset, ...(await shardsOf(options)) });
  return { inputs: { ...start, seed: drawn, source, shards: null, ...rest }, rate };
}

/** Rows of a shard, number of shards and rows of the last: those that were said, or all of a table. */
async function shardsOf(options: TrainOptions): Promise<{ rows: number; count: number; last?: number }> {
  const { offset } = options;
  const total = options.rows ?? (await rowsOf(options));
  if (total < 1)
    throw new InputError(`The table has no row from row ${offset} on.`, { hint: 'Give a smaller --offset.' });
  const rows = Math.min(options.rowsPerShard ?? DEFAULT_ROWS, total);
  const count = Math.ceil(total / rows);
  const last = total - (count - 1) * rows;
  return { rows, count, ...(last < rows && { last }) };
}

/** Rows of a table from the offset on. */
async function rowsOf(options: TrainOptions): Promise<number> {
  const { offset } = options;
  const inputs = sourceInputs(options, { offset, rows: 1, count: 1 });
  if (inputs.source === 'mnist') throw new InputError('How many rows?', { hint: 'Give --rows.' });
  return Math.max(0, (await tableSize(inputs as TableInputs)) - offset);
}

function defaultName(inputs: TrainingInputs): string {
  return `training-${createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 12)}`;
}

/** @throws InputError when there is no rate, or two */
function requireRate({ lr, lrUnits }: TrainOptions): void {
  if ((lr === undefined) === (lrUnits === undefined)) {
    throw new InputError('At which learning rate?', {
      hint: 'Give either --lr, such as 0.05, or --lr-units.',
    });
  }
}

/** The rate that the trainer takes. @throws InputError for one that it cannot take */
function rateOf({ lr, lrUnits, batch }: TrainOptions, model: AnyShape): Rate {
  const step = rateStep(model);
  return lr === undefined ? rateOfUnits(lrUnits!, batch, step) : nearestRate(lr, batch, step);
}

/** Rows of a source for a convolutional network are pictures: as the file tells, else as the network reads them. */
function withPictures(options: TrainOptions, model: AnyShape): TrainOptions {
  const isSaid = options.picture !== undefined || options.like !== undefined;
  if (!isNetworkShape(model) || isSaid) return options;
  const { side, channels } = model;
  return { ...options, picture: `file or ${side}x${side}x${channels}` };
}

/** @throws InputError for a head where the parent has one */
function refuseHead({ head }: TrainOptions): void {
  if (head === undefined) return;
  throw new InputError('--head is for --seed: a trained model has the head of its parent.', {
    hint: 'Leave it out, or start from a seed.',
  });
}

/** Units of the smoothing that the trainer takes. @throws InputError where it cannot take it */
function smoothingOf({ smoothing = 0 }: TrainOptions, model: AnyShape): number {
  return smoothingUnits(smoothing, model.head, shapeSides(model).outputs);
}

/** A line on what is stored: 23/2048 (0.89893 for the right class, 0.01123 for each wrong one). Empty without smoothing. */
export function describeSmoothing(units: number, model: AnyShape): string {
  if (units === 0) return '';
  return `targets  ${units}/2048 of smoothing: ${describeTargets(units, model.head, shapeSides(model).outputs)}\n`;
}

/** 0.05078125 (26 units of 8/4096; 0.05 was asked for; next possible 0.048828125 and 0.052734375) */
function describeRate({ units, rate, below, above }: Rate, { lr, batch }: TrainOptions): string {
  const asked = lr === undefined || lr === rate ? '' : `; ${lr} was asked for`;
  const next = [below, above].filter((one) => one !== null).join(' and ');
  return `${rate} (${units === 1 ? '1 unit' : `${units} units`} of ${batch}/${2 ** RATE_BITS}${asked}; next possible ${next})`;
}

/** Parser of --smoothing. */
export function shareText(text: string): number {
  if (!/^(\d+\.?\d*|\.\d+)$/.test(text) || Number(text) >= 1) {
    throw new InvalidArgumentError('Must be a number from 0 to below 1, such as 0.05.');
  }
  return Number(text);
}

/** Parser of a rate in decimals. */
export function rateText(text: string): number {
  if (!/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw new InvalidArgumentError('Not a number above 0.');
  return Number(text);
}
