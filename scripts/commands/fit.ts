import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import { formatNetwork, parseNetwork } from '../../src/model/network.ts';
import { headOfWord } from '../../src/model/smoothing.ts';
import { MAX_SIZE } from '../../src/numbers/constants.ts';
import { SCHEDULES, type Schedule } from '../../src/training/schedule.ts';
import { chooseSettings, weighClasses } from '../actions/fitChoices.ts';
import { type Cost, costsOf, totalOf } from '../actions/fitCosts.ts';
import { type FitInputs, type FitPlan, planFit, rowsOfFit } from '../actions/fitPlan.ts';
import type { FitContext } from '../actions/fitRun.ts';
import { describeFunds, type Funds, readFunds } from '../chain/funds.ts';
import { loadAccount } from '../chain/keys.ts';
import { modelPage } from '../chain/pageDeployment.ts';
import { registryOf } from '../chain/readPlaces.ts';
import { writeDurably } from '../files/durable.ts';
import { tableSource } from '../files/read.ts';
import { type TableInputs, tableSize } from '../files/tables.ts';
import { Run } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import type { Output } from '../terminal/output.ts';
import { applyConfig, CONFIG_FILE } from './config.ts';
import { configOf, renderChoices, renderCosts, renderOutcome } from './fitTexts.ts';
import {
  type CommonOptions,
  openRegistry,
  openScoreboard,
  outputOf,
  positive,
  type ScoreboardOptions,
  withChain,
  withCommon,
  withHead,
  withKey,
  withScoreboard,
} from './options.ts';
import { type SourceOptions, sourceInputs, withReading } from './sourceOptions.ts';
import { rateText, shareText } from './train.ts';

export interface FitOptions extends CommonOptions, ScoreboardOptions, SourceOptions {
  config?: string;
  rows?: number;
  heldOut: number;
  head?: string;
  smoothing?: number;
  hidden?: number[];
  network?: string;
  lr?: number;
  batch?: number;
  passes?: number;
  epochs?: number;
  rowsPerShard: number;
  schedule: Schedule;
  earlyStop?: number;
  classWeights?: string[];
  jobs?: number;
  site?: string;
  dryRun?: boolean;
  run?: string;
}

const HELP = `
Scaling, network, learning rate, batch and length of the training that are not given are chosen by trials: networks are trained
in the integers of the proofs on parts of the training rows and measured on the others. The choices stand in fit.yml in the run
folder: edit it and give it back with --config. Such a file names the options of this command without their dashes, and the
table; where neither a table nor --config is given, ${CONFIG_FILE} is read. What the command line says goes first.

The rows held out at the end of the order are used for nothing but the score. With --registry and a key everything is proved and
registered, from a seed drawn on chain; with --scoreboard the result on the rows held out too. Without a registry, or with
--dry-run, it ends after saying what it would prove and what that takes.`;

export function addFitCommand(program: Command): void {
  withHead(
    withReading(withKey(withScoreboard(withChain(withCommon(program.command('fit')))))),
    ' (default: by what is predicted)',
  )
    .description('from a table to a proved model: choose by trials how to train, train, prove, register and score')
    .argument('[table]', 'rows with their answers: .csv, .tsv, .parquet, .npy, .npz or .idx')
    .option('--config <file>', `settings in YAML (default: ${CONFIG_FILE} where no table is given)`)
    .option('--rows <number>', 'take only so many rows of the order (default: all)', positive)
    .option('--held-out <rows>', 'rows for the score: a number, or a share of all such as 0.2', heldOut, 0.2)
    .option('--hidden <widths>', 'widths of the hidden layers, such as 32-16, or none (default: by trials)', hidden)
    .option(
      '--network <network>',
      'of pictures: a convolutional network such as 28x28x1-c8k5s2p2-a2-c16k3p1-64-10 (default: two convolutions, with --picture)',
      network,
    )
    .option('--lr <rate>', 'learning rate on the mean gradient of the loss (default: by trials)', rateText)
    .option('--smoothing <share>', 'of the targets, as descent train takes it (default: 0)', shareText)
    .option('--batch <rows>', 'rows of one step, a power of two (default: by trials)', positive)
    .option('--passes <number>', 'times that a segment goes through its rows (default: by trials)', positive)
    .option('--epochs <number>', 'segments for each shard (default: by trials)', positive)
    .addOption(new Option('--schedule <name>', 'rate of each segment').choices([...SCHEDULES]).default('constant'))
    .option(
      '--early-stop <segments>',
      'keep rows apart and end after so many segments without progress on them',
      positive,
    )
    .option('--rows-per-shard <number>', 'rows of a shard of training, at most', positive, MAX_SIZE)
    .option(
      '--class-weights <weights...>',
      'rows of rare classes occur more often in the training: balanced, or so many times, such as rare=3',
    )
    .option('--jobs <number>', 'proofs at a time (default: one for each core)', positive)
    .addOption(new Option('--site <url>', "where the page is served (default: the running demo's)").env('DESCENT_SITE'))
    .option('--dry-run', 'prove nothing: end with the choices and what the proofs would take')
    .option('--run <name>', 'name of the run folder (default: made of the inputs)')
    .addHelpText('after', HELP)
    .action(async (argument: string | undefined, _: FitOptions, command: Command) => {
      const isGiven = argument !== undefined && command.opts<FitOptions>().config === undefined;
      const table = isGiven ? undefined : applyConfig(command, command.opts<FitOptions>().config, 'table');
      const options = command.opts<FitOptions>();
      await fit(argument ?? table, options, outputOf(options));
    });
}

async function fit(table: string | undefined, options: FitOptions, output: Output): Promise<void> {
  if (table === undefined) {
    throw new InputError('Which table?', { hint: `Name it, or give --config with a line such as "table: data.csv".` });
  }
  // The chain first: nothing is written when the options are incomplete.
  const context = options.registry === undefined ? undefined : await contextOf(options, output);
  const inputs = await inputsOf(table, options);
  const run = Run.start(runFolder(options.runs, options.run ?? defaultName(inputs)), 'fit', inputs);
  try {
    const choices = await run.stage('choices', async () => {
      output.progress.stage(`try settings on ${rowsOfFit(inputs).training} rows`);
      const chosen = await chooseSettings(inputs, (fraction) => output.progress.update(fraction));
      output.progress.done();
      return chosen;
    });
    const config = join(run.folder, 'fit.yml');
    // What was edited stays.
    if (!existsSync(config)) writeDurably(config, configOf(inputs, choices.settings));
    const plan = planFit(inputs, choices.settings, choices.shape);
    const { classWeights } = inputs;
    const found = { run: run.folder, config, ...choices, rows: plan.rows, ...(classWeights && { classWeights }) };
    output.note(renderChoices(choices, plan, { config, weights: inputs.classWeights }));
    const costs = costsOf(plan, options.scoreboard !== undefined);
    const jobs = options.jobs ?? availableParallelism();
    const total = totalOf(costs, jobs);
    const funds = context && (await readFunds(context.chain, context.account.address, total.gas));
    output.note(`\n${renderCosts(costs, total, jobs)}${funds === undefined ? '' : `\n${describeFunds(funds)}.`}`);
    if (context === undefined || options.dryRun) {
      const next = options.dryRun ? 'the same command without --dry-run' : 'the same command with --registry and a key';
      output.result(
        { ...found, costs: { proofs: costs, ...total }, funds },
        `next     ${next} proves and registers it`,
      );
      return;
    }
    await prove(run, plan, { found, costs, funds, context: { ...context, jobs }, site: options.site });
  } finally {
    run.close();
  }
}

interface Proving {
  found: object;
  costs: Cost[];
  funds: Funds | undefined;
  context: FitContext;
  site: string | undefined;
}

async function prove(run: Run, plan: FitPlan, { found, costs, funds, context, site }: Proving): Promise<void> {
  const { output, chain, registry, jobs } = context;
  const { fitRun } = await import('../actions/fitRun.ts');
  const { trainingDocument } = await import('../actions/trainingSummary.ts');
  const outcome = await fitRun(run, plan, context);
  const { training, registered, scores, scored, evaluation, model } = outcome;
  const page = modelPage(model, { chainId: BigInt(chain.id), registry }, site);
  output.result(
    {
      ...found,
      costs: { proofs: costs, ...totalOf(costs, jobs) },
      funds,
      id: model,
      page,
      ...trainingDocument(training, registered),
      scores: scores.map((score, k) => ({ ...score, ...scored[k] })),
      evaluation,
    },
    renderOutcome(outcome, page),
  );
}

async function contextOf(options: FitOptions, output: Output): Promise<FitContext> {
  const { chain, registry } = await openRegistry(options);
  const account = loadAccount(options, chain.id);
  const jobs = options.jobs ?? availableParallelism();
  if (options.scoreboard === undefined) return { chain, registry, scoreboard: undefined, account, jobs, output };
  const { scoreboard } = await openScoreboard(options);
  const other = await registryOf(chain, scoreboard);
  if (other.toLowerCase() !== registry.toLowerCase()) {
    throw new InputError(`The scoreboard ${scoreboard} is of the registry ${other}, not of ${registry}.`, {
      hint: 'Give --registry and --scoreboard of one deployment.',
    });
  }
  return { chain, registry, scoreboard, account, jobs, output };
}

/** What is to be fitted: the table is read to count its rows. */
async function inputsOf(table: string, options: FitOptions): Promise<FitInputs> {
  const source: SourceOptions = {
    ...withPictures(options),
    [tableSource(table)]: table,
    set: 'train',
    transform: 'none',
  };
  const read = sourceInputs(source, { offset: 0, rows: 1, count: 1 }) as TableInputs;
  const total = await tableSize(read);
  if (options.rows !== undefined && options.rows > total) {
    throw new InputError(`${read.file} has ${total} rows, not ${options.rows}.`, { hint: 'Give a smaller --rows.' });
  }
  const rows = options.rows ?? total;
  const { heldOut, scale, head, smoothing, hidden, network, lr, batch, passes, epochs } = options;
  const { rowsPerShard, schedule, earlyStop } = options;
  const given = {
    head: head && headOfWord(head),
    smoothing,
    scaling: scale,
    hidden,
    network,
    lr,
    batch,
    passes,
    epochs,
  };
  const inputs: FitInputs = {
    table: { ...read, rows },
    heldOut: heldOut < 1 ? Math.max(1, Math.round(heldOut * rows)) : heldOut,
    given: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as FitInputs['given'],
    rowsPerShard,
    schedule,
    earlyStop: earlyStop ?? null,
    classWeights: null,
  };
  rowsOfFit(inputs);
  if (options.classWeights === undefined) return inputs;
  return { ...inputs, classWeights: await weighClasses(inputs, options.classWeights) };
}

/** Rows for a convolutional network are pictures: as the file tells, else as the network reads them. */
function withPictures(options: FitOptions): FitOptions {
  if (options.network === undefined) return options;
  if (options.hidden !== undefined) {
    throw new InputError('--network says all layers.', { hint: 'Leave out --hidden.' });
  }
  if (options.picture !== undefined) return options;
  const { side, channels } = parseNetwork(options.network, 'squared error');
  return { ...options, picture: `file or ${side}x${side}x${channels}` };
}

function defaultName(inputs: FitInputs): string {
  const name = basename(inputs.table.file)
    .replace(/\..*$/, '')
    .replace(/[^A-Za-z0-9_-]/g, '-');
  const hash = createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 8);
  return `fit-${name}-${hash}`;
}

/** Parser of --held-out. */
function heldOut(text: string): number {
  const value = Number(text);
  if (/^\d*\.?\d+$/.test(text) && value > 0 && (value < 1 || Number.isInteger(value))) return value;
  throw new InvalidArgumentError('Must be a number of rows, or a share above 0 and below 1.');
}

/** Parser of --network. */
function network(text: string): string {
  try {
    return formatNetwork(parseNetwork(text, 'squared error'));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InvalidArgumentError([error.shortMessage, error.hint ?? ''].join(' ').trim());
  }
}

/** Parser of --hidden. */
function hidden(text: string): number[] {
  if (text === 'none') return [];
  const widths = text.split('-').map(Number);
  if (!/^\d+(-\d+){0,2}$/.test(text) || widths.some((width) => width < 1 || width > MAX_SIZE)) {
    throw new InvalidArgumentError(`Must be none or one to three widths of 1 to ${MAX_SIZE}, such as 32-16.`);
  }
  return widths;
}
