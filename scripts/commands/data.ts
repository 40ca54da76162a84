import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import { dataCapacity } from '../../src/model/capacity.ts';
import { type DatasetManifest, formatManifest } from '../../src/model/manifest.ts';
import { makeShard, type Shard } from '../../src/model/shard.ts';
import { writeShard } from '../../src/model/shardFile.ts';
import { datasetManifest } from '../../src/model/tables/dataset.ts';
import type { Scaling } from '../../src/model/tables/scaling.ts';
import { isPowerOfTwo } from '../../src/numbers/bits.ts';
import { randomElement } from '../../src/numbers/field.ts';
import { loadMnist } from '../data/mnist.ts';
import { loadTable, type TableInputs } from '../data/tables.ts';
import { readShardFile } from '../files/models.ts';
import { fileHash } from '../files/read.ts';
import { type Json, Run } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import type { Output } from '../terminal/output.ts';
import {
  type CommonOptions,
  natural,
  outputOf,
  positive,
  type StatementOptions,
  withCommon,
  withStatement,
} from './options.ts';
import { originOf, printEdges, proveHere } from './prove.ts';

interface DataOptions extends CommonOptions, StatementOptions {
  mnist?: boolean;
  csv?: string;
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
  rows: number;
  offset: number;
  count: number;
  transform: 'none' | 'pool4';
  shardFile?: string[];
  run?: string;
}

/** Rows of MNIST as shards of equal size. */
export interface MnistInputs {
  [key: string]: string | number;
  source: 'mnist';
  set: 'train' | 'test';
  transform: 'none' | 'pool4';
  offset: number;
  rows: number;
  count: number;
}

export function addDataCommand(program: Command): void {
  withCommon(withStatement(program.command('data')))
    .description('make shards of data with fresh salts and, with --registry, prove them')
    .option('--mnist', 'digits of MNIST: 28x28 pixels as 0..1, classes 0..9')
    .addOption(new Option('--set <half>', 'half of MNIST').choices(['train', 'test']).default('train'))
    .addOption(
      new Option('--transform <name>', 'pool4: 7x7 means of 4x4 pixels').choices(['none', 'pool4']).default('none'),
    )
    .option('--csv <file>', 'table in CSV, with --label or --targets')
    .option('--npy <file>', 'numpy array of features, with --answers')
    .option('--idx <file>', 'IDX array of features, with --answers')
    .option('--answers <file>', 'npy or IDX: one label a row, with --regression targets')
    .option('--regression', 'npy or IDX: the answers are numbers to be predicted')
    .option('--label <column>', 'CSV: column of the class (its number, 1, 2, .., in a file without header)')
    .option('--targets <columns...>', 'CSV: columns of numbers to be predicted, instead of --label')
    .option('--ignore <columns...>', 'CSV: columns to leave out')
    .option('--no-header', 'CSV: the first line is a row')
    .addOption(new Option('--delimiter <mark>', 'CSV: between cells (default: comma)').choices([',', ';', '\t', '|']))
    .addOption(new Option('--scale <how>', 'tables: scale each column').choices(['standard', 'min-max']))
    .option('--clip <limit>', 'tables: features beyond +-limit become +-limit, after scaling', limit)
    .option('--shuffle <seed>', 'tables: take the rows in the order that this number gives', natural)
    .option('--fit-rows <number>', 'tables: find the scaling on the first rows only (default: all)', positive)
    .option('--like <manifest>', 'tables: scaling, order and classes of another run (its dataset.json)')
    .option('--rows <number>', 'rows of a shard, at most 4096; training needs a power of two', positive, 1024)
    .option('--offset <number>', 'first row', natural, 0)
    .option('--count <number>', 'how many shards, one after the other', positive, 1)
    .option('--shard-file <files...>', 'shard files that exist already')
    .option('--run <name>', 'name of the run folder (default: made of the inputs)')
    .action(async (options: DataOptions) => {
      const output = outputOf(options);
      // The registry first: nothing is written when the options are incomplete.
      const origin = options.registry === undefined ? undefined : await originOf(options);
      const inputs = inputsOf(options);
      const run = Run.start(runFolder(options.runs, options.run ?? defaultName(inputs)), 'data', inputs);
      try {
        const shards = await dataRun(run, inputs, output);
        const files = shards.map((key) => run.file('data', key));
        if (origin !== undefined) printEdges(run, await proveHere(run, origin, output), output, { shards: files });
        else {
          const lines = [
            ...files.map((file) => `shard    ${file}`),
            `next     descent prove ${run.folder} --registry <address>`,
          ];
          output.result({ run: run.folder, shards: files }, lines.join('\n'));
        }
      } finally {
        run.close();
      }
    });
}

function inputsOf(options: DataOptions): MnistInputs | TableInputs | { [key: string]: Json; source: 'files' } {
  const { mnist, csv, npy, idx, shardFile } = options;
  const sources = [mnist === true ? true : undefined, csv, npy, idx, shardFile].filter((it) => it !== undefined);
  if (sources.length !== 1) {
    throw new InputError('Which data?', { hint: 'Give one of --mnist, --csv, --npy, --idx and --shard-file.' });
  }
  const isTable = mnist !== true && shardFile === undefined;
  const misplaced = TABLE_OPTIONS.find((name) => !isTable && options[name] !== undefined);
  if (misplaced !== undefined)
    throw new InputError(`--${DASHED[misplaced] ?? misplaced} is for --csv, --npy and --idx.`);
  if (csv !== undefined) return tableInputs('csv', csv, options);
  if (npy !== undefined) return tableInputs('npy', npy, options);
  if (idx !== undefined) return tableInputs('idx', idx, options);
  if (options.shardFile !== undefined) {
    return { source: 'files', files: options.shardFile.map((file) => fileHash('file', file)) };
  }
  const { set, transform, offset, rows, count } = options;
  return { source: 'mnist', set, transform, offset, rows, count };
}

const TABLE_OPTIONS = [
  ...(['answers', 'label', 'targets', 'ignore', 'delimiter', 'regression'] as const),
  ...(['scale', 'clip', 'shuffle', 'fitRows', 'like'] as const),
];
const DASHED: Partial<Record<(typeof TABLE_OPTIONS)[number], string>> = { fitRows: 'fit-rows' };

function tableInputs(source: TableInputs['source'], file: string, options: DataOptions): TableInputs {
  const { answers, like, label, targets, ignore, delimiter, scale, clip, shuffle, fitRows } = options;
  if (source === 'csv' && (answers !== undefined || options.regression)) {
    throw new InputError('--answers and --regression are for --npy and --idx.', { hint: 'Name columns of the CSV.' });
  }
  if (source !== 'csv' && (label ?? targets ?? ignore ?? delimiter) !== undefined) {
    throw new InputError('--label, --targets, --ignore and --delimiter are for --csv.', { hint: 'Give --answers.' });
  }
  if (like !== undefined && (scale ?? clip ?? shuffle ?? fitRows) !== undefined) {
    throw new InputError('--like takes scaling and order from a manifest.', {
      hint: 'Leave out --scale, --clip, --shuffle and --fit-rows.',
    });
  }
  const { offset, rows, count } = options;
  return {
    source,
    ...fileHash('file', file),
    ...(answers === undefined ? { answers: null, answersSha256: null } : fileHash('answers', answers)),
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

function defaultName(inputs: { [key: string]: Json }): string {
  if (inputs.source === 'files') return 'data-files';
  if (inputs.source !== 'mnist') {
    const { source, fileSha256, offset, rows, count } = inputs as TableInputs;
    return `${source}-${fileSha256.slice(0, 8)}-${offset}-${rows}x${count}`;
  }
  const { set, transform, offset, rows, count } = inputs as MnistInputs;
  return `mnist-${set}-${transform}-${offset}-${rows}x${count}`;
}

/**
 * Stage `data` of a run: shards `shard-0`, `shard-1`, .., of tables also the manifest `dataset.json`, by which others
 * make the same rows of the same files. @returns the keys of the shards
 */
export async function dataRun(
  run: Run,
  inputs: MnistInputs | TableInputs | { [key: string]: Json },
  output: Output,
): Promise<string[]> {
  const { shards } = await run.stage('data', async (put) => {
    output.progress.stage('make shards');
    const { shards: made, manifest } = await shardsOf(inputs);
    if (manifest !== undefined) put('manifest', 'dataset.json', formatManifest(manifest));
    const keys = made.map((shard, k) => {
      dataCapacity(shard);
      const key = `shard-${k}`;
      put(key, `${key}.safetensors`, writeShard(shard));
      if (!isPowerOfTwo(shard.rows)) {
        output.warn(`${key} has ${shard.rows} rows: it can be registered, but training needs a power of two.`);
      }
      return key;
    });
    output.progress.done();
    return { shards: keys };
  });
  return shards;
}

async function shardsOf(inputs: { [key: string]: Json }): Promise<{ shards: Shard[]; manifest?: DatasetManifest }> {
  switch (inputs.source) {
    case 'mnist':
      return { shards: await mnistShards(inputs as MnistInputs) };
    case 'files':
      return { shards: copyShards(inputs) };
    default:
      return tableShards(inputs as TableInputs);
  }
}

function tableShards(inputs: TableInputs): { shards: Shard[]; manifest: DatasetManifest } {
  const { offset, rows, count } = inputs;
  const { table, description } = loadTable(inputs);
  const ranges = Array.from({ length: count }, (_, k) => ({ first: offset + k * rows, rows }));
  const shards = ranges.map((range) => makeShard(table, range, randomElement()));
  const manifest = datasetManifest(
    description,
    ranges.map((range, k) => ({ file: `shard-${k}.safetensors`, ...range })),
  );
  return { shards, manifest };
}

async function mnistShards({ set, transform, offset, rows, count }: MnistInputs): Promise<Shard[]> {
  const mnist = await loadMnist({ pooled: transform === 'pool4' });
  const available = mnist[set].rows;
  if (offset + rows * count > available) {
    throw new InputError(
      `Rows ${offset}..${offset + rows * count - 1} are not in MNIST's ${set} half, which has ${available}.`,
    );
  }
  return Array.from({ length: count }, (_, k) => mnist[set].shard({ first: offset + k * rows, rows }, randomElement()));
}

function copyShards(inputs: { [key: string]: Json }): Shard[] {
  return (inputs.files as { file: string; fileSha256: string }[]).map(({ file, fileSha256 }) =>
    readShardFile(file, fileSha256),
  );
}
