import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import type { Scaling } from '../../src/model/tables/scaling.ts';
import type { SourceInputs } from '../data/source.ts';
import type { TableInputs } from '../data/tables.ts';
import { fileHash, splitMember } from '../files/read.ts';
import { natural, positive } from './options.ts';

/** Where rows come from and how they are scaled. */
export interface SourceOptions {
  mnist?: boolean;
  csv?: string;
  parquet?: string;
  npy?: string;
  idx?: string;
  answers?: string;
  label?: string;
  targets?: string[];
  ignore?: string[];
  header: boolean;
  delimiter?: string;
  regression?: boolean;
  scale?: Scaling;
  clip?: number;
  shuffle?: number;
  fitRows?: number;
  like?: string;
  set: 'train' | 'test';
  transform: 'none' | 'pool4';
}

/** Adds the options of `SourceOptions`. */
export function withSource(command: Command): Command {
  return command
    .option('--mnist', 'digits of MNIST: 28x28 pixels as 0..1, classes 0..9')
    .addOption(new Option('--set <half>', 'half of MNIST').choices(['train', 'test']).default('train'))
    .addOption(
      new Option('--transform <name>', 'pool4: 7x7 means of 4x4 pixels').choices(['none', 'pool4']).default('none'),
    )
    .option('--csv <file>', 'table in CSV, with --label or --targets')
    .option('--parquet <file>', 'table in Parquet, with --label or --targets; lists of numbers become columns')
    .option('--npy <file>', 'numpy array of features, with --answers; of an npz file one array: data.npz:X')
    .option('--idx <file>', 'IDX array of features, with --answers')
    .option('--answers <file>', 'npy or IDX: one label a row, with --regression targets')
    .option('--regression', 'npy or IDX: the answers are numbers to be predicted')
    .option('--label <column>', 'CSV, Parquet: column of the class (its number, 1, 2, .., in a CSV without header)')
    .option('--targets <columns...>', 'CSV, Parquet: columns of numbers to be predicted, instead of --label')
    .option('--ignore <columns...>', 'CSV, Parquet: columns to leave out')
    .option('--no-header', 'CSV: the first line is a row')
    .addOption(new Option('--delimiter <mark>', 'CSV: between cells (default: comma)').choices([',', ';', '\t', '|']))
    .addOption(new Option('--scale <how>', 'tables: scale each column').choices(['standard', 'min-max']))
    .option('--clip <limit>', 'tables: features beyond +-limit become +-limit, after scaling', limit)
    .option('--shuffle <seed>', 'tables: take the rows in the order that this number gives', natural)
    .option('--fit-rows <number>', 'tables: find the scaling on the first rows only (default: all)', positive)
    .option('--like <manifest>', 'tables: scaling, order and classes of another run (its dataset.json)');
}

const SOURCES = ['mnist', 'csv', 'parquet', 'npy', 'idx'] as const;

/** Names of the sources among the options: more than one is too many. */
export function sourcesOf(options: SourceOptions): string[] {
  return SOURCES.filter((name) => options[name] !== undefined);
}

/** What is to be made of the one source among the options. @throws InputError for options that do not fit it */
export function sourceInputs(options: SourceOptions, range: RowsOptions): SourceInputs {
  requireFitting(options);
  const { csv, parquet, npy, idx, set, transform } = options;
  if (csv !== undefined) return tableInputs('csv', csv, options, range);
  if (parquet !== undefined) return tableInputs('parquet', parquet, options, range);
  if (npy !== undefined) return tableInputs('npy', npy, options, range);
  if (idx !== undefined) return tableInputs('idx', idx, options, range);
  return { source: 'mnist', set, transform, ...range };
}

/** Rows of a shard, the first of them, and how many shards. */
export interface RowsOptions {
  offset: number;
  rows: number;
  count: number;
}

/** @throws InputError for an option of tables where there is none */
export function requireFitting(options: SourceOptions): void {
  const isTable = sourcesOf(options).some((source) => source !== 'mnist');
  const misplaced = TABLE_OPTIONS.find((name) => !isTable && options[name] !== undefined);
  if (misplaced !== undefined)
    throw new InputError(`--${DASHED[misplaced] ?? misplaced} is for --csv, --parquet, --npy and --idx.`);
}

const TABLE_OPTIONS = [
  ...(['answers', 'label', 'targets', 'ignore', 'delimiter', 'regression'] as const),
  ...(['scale', 'clip', 'shuffle', 'fitRows', 'like'] as const),
];
const DASHED: Partial<Record<(typeof TABLE_OPTIONS)[number], string>> = { fitRows: 'fit-rows' };

function tableInputs(
  source: TableInputs['source'],
  file: string,
  options: SourceOptions,
  { offset, rows, count }: RowsOptions,
): TableInputs {
  const { answers, like, label, targets, ignore, delimiter, scale, clip, shuffle, fitRows } = options;
  const hasColumns = source === 'csv' || source === 'parquet';
  if (hasColumns && (answers !== undefined || options.regression)) {
    throw new InputError('--answers and --regression are for --npy and --idx.', {
      hint: 'Name columns of the file.',
    });
  }
  if (!hasColumns && (label ?? targets ?? ignore) !== undefined) {
    throw new InputError('--label, --targets and --ignore are for --csv and --parquet.', { hint: 'Give --answers.' });
  }
  if (source !== 'csv' && (delimiter !== undefined || !options.header)) {
    throw new InputError('--delimiter and --no-header are for --csv.');
  }
  if (like !== undefined && (scale ?? clip ?? shuffle ?? fitRows) !== undefined) {
    throw new InputError('--like takes scaling and order from a manifest.', {
      hint: 'Leave out --scale, --clip, --shuffle and --fit-rows.',
    });
  }
  // Only npz files hold arrays that have names.
  const of = (path: string) => (source === 'npy' ? splitMember(path) : { path, member: null });
  const [{ path, member }, answerArray] = [of(file), answers === undefined ? undefined : of(answers)];
  return {
    source,
    ...fileHash('file', path),
    member,
    ...(answerArray === undefined ? { answers: null, answersSha256: null } : fileHash('answers', answerArray.path)),
    answersMember: answerArray?.member ?? null,
    label: label ?? null,
    targets: targets ?? null,
    ignore: ignore ?? null,
    header: options.header,
    delimiter: delimiter ?? null,
    regression: options.regression === true,
    scaling: scale ?? null,
    clip: clip ?? null,
    shuffle: shuffle ?? null,
    fitRows: fitRows ?? null,
    ...(like === undefined ? { like: null, likeSha256: null } : fileHash('like', like)),
    offset,
    rows,
    count,
  };
}

/** Parser of the limit of --clip. */
function limit(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 16)) throw new InvalidArgumentError('Must be above 0 and below 16.');
  return value;
}
