import { type Command, Option } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import { dataCapacity } from '../../src/model/capacity.ts';
import type { Shard } from '../../src/model/shard.ts';
import { writeShard } from '../../src/model/shardFile.ts';
import { isPowerOfTwo } from '../../src/numbers/bits.ts';
import { randomElement } from '../../src/numbers/field.ts';
import { loadMnist } from '../data/mnist.ts';
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
    .option('--rows <number>', 'rows of a shard, at most 4096; training needs a power of two', positive, 1024)
    .option('--offset <number>', 'first row', natural, 0)
    .option('--count <number>', 'how many shards, one after the other', positive, 1)
    .option('--shard-file <files...>', 'shard files that exist already, instead of --mnist')
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

function inputsOf(options: DataOptions): MnistInputs | { [key: string]: Json; source: 'files' } {
  if ((options.mnist === true) === (options.shardFile !== undefined)) {
    throw new InputError('Which data?', { hint: 'Give either --mnist or --shard-file.' });
  }
  if (options.shardFile !== undefined) {
    return { source: 'files', files: options.shardFile.map((file) => fileHash('file', file)) };
  }
  const { set, transform, offset, rows, count } = options;
  return { source: 'mnist', set, transform, offset, rows, count };
}

function defaultName(inputs: { [key: string]: Json }): string {
  if (inputs.source === 'files') return 'data-files';
  const { set, transform, offset, rows, count } = inputs as MnistInputs;
  return `mnist-${set}-${transform}-${offset}-${rows}x${count}`;
}

/** Stage `data` of a run: shards `shard-0`, `shard-1`, ... @returns their keys */
export async function dataRun(
  run: Run,
  inputs: MnistInputs | { [key: string]: Json },
  output: Output,
): Promise<string[]> {
  const { shards } = await run.stage('data', async (put) => {
    output.progress.stage('make shards');
    const made = inputs.source === 'mnist' ? await mnistShards(inputs as MnistInputs) : copyShards(inputs);
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
