import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import { checkEmbedder } from '../../src/model/embedder.ts';
import { choosePicture, formatPicture, parsePicture } from '../../src/model/pictures.ts';
import type { Decimal, MissingRule } from '../../src/model/schema.ts';
import type { Scaling } from '../../src/model/tables/scaling.ts';
import { fileHash, sha256OfFile, splitMember, tableSource } from '../files/read.ts';
import type { SourceInputs } from '../files/source.ts';
import { type TableInputs, tableSize } from '../files/tables.ts';
import { natural, positive } from './options.ts';

/** Where rows come from and how they are scaled. */
export interface SourceOptions {
  mnist?: boolean;
  csv?: string;
  parquet?: string;
  npy?: string;
  idx?: string;
  embeddings?: string;
  embedder?: string;
  embedderSha256?: string;
  unitLength?: boolean;
  picture?: string | true;
  answers?: string;
  label?: string;
  targets?: string[];
  labels?: string[] | true;
  ignore?: string[];
  header: boolean;
  delimiter?: string;
  regression?: boolean;
  decimal?: Decimal;
  oneHot?: string[];
  classes?: string[];
  missing?: MissingRule;
  scale?: Scaling;
  clip?: number;
  shuffle?: number | 'none';
  fitRows?: number;
  like?: string;
  set: 'train' | 'test';
  transform: 'none' | 'pool4';
}

/** Adds the options of `SourceOptions`. */
export function withSource(command: Command): Command {
  const sources = command
    .option('--mnist', 'digits of MNIST: 28x28 pixels as 0..1, classes 0..9; for convolutions with --picture')
    .addOption(new Option('--set <half>', 'half of MNIST').choices(['train', 'test']).default('train'))
    .addOption(
      new Option('--transform <name>', 'pool4: 7x7 means of 4x4 pixels').choices(['none', 'pool4']).default('none'),
    )
    .option('--csv <file>', 'table in CSV, with --label, --labels or --targets')
    .option(
      '--parquet <file>',
      'table in Parquet, with --label, --labels or --targets; lists of numbers become columns',
    )
    .option('--npy <file>', 'numpy array of features, with --answers; of an npz file one array: data.npz:X')
    .option('--idx <file>', 'IDX array of features, with --answers')
    .option(
      '--embeddings <file>',
      'npy, npz, Parquet, CSV or IDX: rows that another model made of texts, images or other things, with --embedder',
    );
  return withReading(sources)
    .option('--fit-rows <number>', 'tables: find the scaling on the first rows (default: on those taken)', positive)
    .option('--like <manifest>', 'tables: columns, scaling, order and classes of another run (its dataset.json)');
}

/** Adds how a table is read, ordered and scaled. */
export function withReading(command: Command): Command {
  return command
    .option('--answers <file>', 'npy or IDX: one class a row, with --labels labels, with --regression targets')
    .option('--regression', 'npy or IDX: the answers are numbers to be predicted')
    .option('--label <column>', 'CSV, Parquet: column of the class (its number, 1, 2, .., in a CSV without header)')
    .option('--targets <columns...>', 'CSV, Parquet: columns of numbers to be predicted, instead of --label')
    .option(
      '--labels [columns...]',
      'CSV, Parquet: columns of 0 and 1, of which a row has any number; npy or IDX: the answers are such labels',
    )
    .option('--ignore <columns...>', 'CSV, Parquet: columns to leave out')
    .option('--no-header', 'CSV: the first line is a row')
    .option('--delimiter <mark>', "CSV: between cells: , ; | or '\\t' (default: recognised)", delimiter)
    .addOption(new Option('--decimal <sign>', 'CSV: the decimal sign (default: recognised)').choices(['.', ',']))
    .option('--one-hot <columns...>', 'CSV: columns of words; each word becomes a feature of 0 or 1')
    .option('--classes <names...>', 'tables: all classes there can be, in order; also where one is called NA')
    .addOption(
      new Option('--missing <rule>', 'tables: rows that lack a value: an error (default), left out, the mean').choices([
        'refuse',
        'drop',
        'mean',
      ]),
    )
    .addOption(new Option('--scale <how>', 'tables: scale each column').choices(['standard', 'min-max']))
    .option('--clip <limit>', 'tables: features beyond +-limit become +-limit, after scaling', limit)
    .option(
      '--shuffle <seed>',
      'tables: order of the rows by this number, or none (default: sorted rows only)',
      shuffle,
    )
    .option('--embedder <name>', 'tables of embeddings: the model that made the rows; declared, not proved', embedder)
    .option('--embedder-sha256 <hash>', 'SHA-256 of its weights, or the file of them; declared, not proved')
    .option(
      '--picture [size]',
      'rows are square pictures for a network of convolutions: as the file tells, or 28x28x1 (height, width, channels), 3x32x32 channel by channel',
      pictureSize,
    )
    .option('--unit-length', 'tables: divide each row by its length, before scaling');
}

const SOURCES = ['mnist', 'csv', 'parquet', 'npy', 'idx', 'embeddings'] as const;

/** Names of the sources among the options: more than one is too many. */
export function sourcesOf(options: SourceOptions): string[] {
  return SOURCES.filter((name) => options[name] !== undefined);
}

/** What is to be made of the one source among the options. @throws InputError for options that do not fit it */
export function sourceInputs(options: SourceOptions, range: RowsOptions): SourceInputs {
  requireFitting(options);
  const { csv, parquet, npy, idx, embeddings, set, transform } = options;
  if (embeddings !== undefined) {
    if (options.embedder === undefined && options.like === undefined) {
      throw new InputError('Which model made the embeddings?', {
        hint: 'Name it with --embedder, and give the SHA-256 of its weights with --embedder-sha256 where there are any.',
      });
    }
    return tableInputs(tableSource(embeddings), embeddings, options, range);
  }
  if (csv !== undefined) return tableInputs('csv', csv, options, range);
  if (parquet !== undefined) return tableInputs('parquet', parquet, options, range);
  if (npy !== undefined) return tableInputs('npy', npy, options, range);
  if (idx !== undefined) return tableInputs('idx', idx, options, range);
  const { picture } = options;
  if (typeof picture === 'string') {
    const said = parsePicture(picture.replace(/^file or /, ''));
    const own = transform === 'pool4' ? 7 : 28;
    choosePicture(said, { height: own, width: own, channels: 1, order: 'HWC' }, said.side ** 2 * said.channels);
  }
  return { source: 'mnist', set, transform, ...range, ...(picture !== undefined && { picture: 'file' }) };
}

/** Rows of a shard, the first of them, how many shards, and rows of the last where it has fewer. */
export interface RowsOptions {
  offset: number;
  rows: number;
  count: number;
  last?: number;
}

/** @throws InputError for an option of tables where there is none */
export function requireFitting(options: SourceOptions): void {
  const isTable = sourcesOf(options).some((source) => source !== 'mnist');
  const misplaced = TABLE_OPTIONS.find((name) => !isTable && options[name] !== undefined);
  if (misplaced === undefined) return;
  const sources = CSV_ONLY.has(misplaced) ? '--csv' : '--csv, --parquet, --npy, --idx and --embeddings';
  throw new InputError(`--${DASHED[misplaced] ?? misplaced} is for ${sources}.`);
}

const TABLE_OPTIONS = [
  ...(['answers', 'label', 'targets', 'labels', 'ignore', 'delimiter', 'regression'] as const),
  ...(['decimal', 'oneHot', 'classes', 'missing'] as const),
  ...(['scale', 'clip', 'shuffle', 'fitRows', 'like'] as const),
  ...(['embedder', 'embedderSha256', 'unitLength'] as const),
];
const CSV_ONLY = new Set<string>(['delimiter', 'decimal', 'oneHot']);
const DASHED: Partial<Record<(typeof TABLE_OPTIONS)[number], string>> = {
  fitRows: 'fit-rows',
  oneHot: 'one-hot',
  embedderSha256: 'embedder-sha256',
  unitLength: 'unit-length',
};

function tableInputs(
  source: TableInputs['source'],
  file: string,
  options: SourceOptions,
  range: RowsOptions,
): TableInputs {
  const { answers, like, label, targets, labels, ignore, delimiter, scale, clip, shuffle, fitRows } = options;
  const hasColumns = source === 'csv' || source === 'parquet';
  if (hasColumns && (answers !== undefined || options.regression)) {
    throw new InputError('--answers and --regression are for --npy and --idx.', {
      hint: 'Name columns of the file.',
    });
  }
  if (!hasColumns && (label ?? targets ?? ignore) !== undefined) {
    throw new InputError('--label, --targets and --ignore are for --csv and --parquet.', { hint: 'Give --answers.' });
  }
  if (labels !== undefined && hasColumns !== Array.isArray(labels)) {
    throw new InputError(
      hasColumns ? '--labels names the columns of the labels.' : 'Arrays have no names: --labels stands alone.',
      {
        hint: hasColumns ? 'Give --labels red round.' : 'Give the labels with --answers, a column of 0 and 1 for each.',
      },
    );
  }
  if (labels !== undefined && options.regression) {
    throw new InputError('Answers are either labels or numbers to be predicted.', {
      hint: 'Leave out --labels or --regression.',
    });
  }
  const { decimal, oneHot, classes, missing } = options;
  if (source !== 'csv' && (delimiter !== undefined || !options.header)) {
    throw new InputError('--delimiter and --no-header are for --csv.');
  }
  if (source !== 'csv' && (decimal ?? oneHot) !== undefined) {
    throw new InputError('--decimal and --one-hot are for --csv.', {
      hint: 'Turn words into columns of 0 and 1 before, or write the table as CSV.',
    });
  }
  requirePictures(options);
  if (like !== undefined && (scale ?? clip ?? shuffle ?? fitRows ?? oneHot ?? classes ?? missing) !== undefined) {
    throw new InputError('--like takes columns, classes, scaling and order from a manifest.', {
      hint: 'Leave out --scale, --clip, --shuffle, --fit-rows, --one-hot, --classes and --missing.',
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
    labels: labels ?? null,
    ignore: ignore ?? null,
    header: options.header,
    delimiter: delimiter ?? null,
    regression: options.regression === true,
    classes: classes ?? null,
    oneHot: oneHot ?? null,
    decimal: decimal ?? null,
    missing: missing ?? null,
    scaling: scale ?? null,
    clip: clip ?? null,
    shuffle: shuffle ?? null,
    fitRows: fitRows ?? null,
    ...embedderInputs(options),
    unitLength: options.unitLength === true,
    ...(options.picture !== undefined && { picture: options.picture === true ? 'file' : options.picture }),
    repeats: null,
    ...(like === undefined ? { like: null, likeSha256: null } : fileHash('like', like)),
    ...range,
  };
}

/** @throws InputError for pictures that are embeddings, or those of a manifest */
function requirePictures({ picture, embedder, unitLength, like }: SourceOptions): void {
  if (picture === undefined) return;
  if (embedder !== undefined || unitLength) {
    throw new InputError('Rows are either pictures or embeddings.', {
      hint: 'Leave out --picture, or --embedder and --unit-length.',
    });
  }
  if (like !== undefined) {
    throw new InputError('--like takes the pictures from a manifest.', { hint: 'Leave out --picture.' });
  }
}

/** @throws InputError for a hash without a name, or what is neither a hash nor a file */
function embedderInputs({ embedder, embedderSha256: hash, like, unitLength }: SourceOptions) {
  if (like !== undefined && (embedder ?? hash ?? unitLength) !== undefined) {
    throw new InputError('--like takes the embedder and the length of rows from a manifest.', {
      hint: 'Leave out --embedder, --embedder-sha256 and --unit-length.',
    });
  }
  if (hash !== undefined && embedder === undefined) {
    throw new InputError('--embedder-sha256 is the hash of a model that is not named.', {
      hint: 'Name it with --embedder.',
    });
  }
  return { embedder: embedder ?? null, embedderSha256: hash === undefined ? null : hashOrFile(hash) };
}

function hashOrFile(text: string): string {
  const digits = text.replace(/^0x/i, '');
  if (/^[0-9a-f]{64}$/i.test(digits)) return digits.toLowerCase();
  if (/^[0-9a-f]{32,}$/i.test(digits) && !existsSync(text)) {
    throw new InputError(`${text} has ${digits.length} hexadecimal digits; a SHA-256 has 64.`);
  }
  return sha256OfFile(text);
}

/**
 * Rows of a shard where nobody said how many: 1024, or all of a smaller table.
 * @param tell is told of rows that are left
 * @throws InputError for a table without rows from the offset on
 */
export async function defaultRows(
  options: SourceOptions,
  { offset, count }: { offset: number; count: number },
  tell: (text: string) => void = () => {},
): Promise<number> {
  const inputs = sourceInputs(options, { offset, rows: DEFAULT_ROWS, count });
  if (inputs.source === 'mnist') return DEFAULT_ROWS;
  const total = await tableSize(inputs as TableInputs);
  const each = Math.floor((total - offset) / count);
  if (each < 1)
    throw new InputError(`The table has no ${count === 1 ? 'row' : `${count} rows`} from row ${offset} on.`);
  const rows = Math.min(DEFAULT_ROWS, each);
  const end = offset + rows * count;
  if (end < total) {
    tell(`note: Rows ${offset} to ${end - 1} of ${total} are taken, ${rows} a shard.`);
    tell(
      `note: The others can serve for testing: --offset ${end} --rows ${total - end} --like <dataset.json of this run>`,
    );
  }
  return rows;
}

export const DEFAULT_ROWS = 1024;

/** Parser of --picture. */
function pictureSize(text: string): string {
  try {
    return formatPicture(parsePicture(text));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InvalidArgumentError([error.shortMessage, error.hint ?? ''].join(' ').trim());
  }
}

/** Parser of --embedder. */
function embedder(text: string): string {
  const name = text.normalize('NFC');
  try {
    checkEmbedder({ name, sha256: null });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InvalidArgumentError(error.shortMessage);
  }
  return name;
}

/** Parser of --shuffle. */
function shuffle(text: string): number | 'none' {
  return text === 'none' ? text : natural(text);
}

/** Parser of --delimiter: shells hand on \t as two characters. */
function delimiter(text: string): string {
  const mark = ['\\t', 'tab', 'TAB'].includes(text) ? '\t' : text;
  if (![',', ';', '\t', '|'].includes(mark)) throw new InvalidArgumentError("Must be one of , ; | and '\\t'.");
  return mark;
}

/** Parser of the limit of --clip. */
function limit(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 64)) throw new InvalidArgumentError('Must be above 0 and below 64.');
  return value;
}
