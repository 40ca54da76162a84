import type { Command } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import { dataCapacity } from '../../src/model/capacity.ts';
import { formatManifest } from '../../src/model/manifest.ts';
import type { Shard } from '../../src/model/shard.ts';
import { writeShard } from '../../src/model/shardFile.ts';
import { isPowerOfTwo } from '../../src/numbers/bits.ts';
import { type MnistInputs, openSource, rangesOf, type Source, type SourceInputs } from '../data/source.ts';
import type { TableInputs } from '../data/tables.ts';
import { readShardFile } from '../files/models.ts';
import { fileHash } from '../files/read.ts';
import { type Json, type PutFile, Run } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import { commandLine } from '../terminal/invocation.ts';
import { type Output, remembering } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import {
  type CommonOptions,
  natural,
  nextOptions,
  outputOf,
  positive,
  type StatementOptions,
  withCommon,
  withStatement,
} from './options.ts';
import { originOf, printEdges, proveHere } from './prove.ts';
import {
  defaultRows,
  requireFitting,
  type SourceOptions,
  sourceInputs,
  sourcesOf,
  withSource,
} from './sourceOptions.ts';

interface DataOptions extends CommonOptions, StatementOptions, SourceOptions {
  rows?: number;
  offset: number;
  count: number;
  shardFile?: string[];
  run?: string;
}

export function addDataCommand(program: Command): void {
  withSource(withCommon(withStatement(program.command('data'))))
    .description('make shards of data with fresh salts and, with --registry, prove them')
    .option(
      '--rows <number>',
      'rows of a shard, at most 4096; training needs a power of two (default: 1024, or as fit)',
      positive,
    )
    .option('--offset <number>', 'first row', natural, 0)
    .option('--count <number>', 'how many shards, one after the other', positive, 1)
    .option('--shard-file <files...>', 'shard files that exist already')
    .option('--run <name>', 'name of the run folder (default: made of the inputs)')
    .action(async (options: DataOptions) => {
      const output = outputOf(options);
      // The registry first: nothing is written when the options are incomplete.
      const origin = options.registry === undefined ? undefined : await originOf(options);
      const told = remembering(output);
      const inputs = await inputsOf(options, told.output);
      const run = Run.start(runFolder(options.runs, options.run ?? defaultName(inputs)), 'data', inputs);
      try {
        const shards = await dataRun(run, inputs, output);
        const { notes, warnings } = saidOf(run);
        notes.unshift(...told.notes);
        const files = shards.map((key) => run.file('data', key));
        if (origin !== undefined)
          printEdges(
            run,
            await proveHere(run, origin, output),
            output,
            { shards: files, notes, warnings },
            nextOptions(options),
          );
        else {
          const lines = [
            ...files.map((file) => `shard    ${file}`),
            `next     ${commandLine('prove', run.folder, '--registry', '<address>')}`,
          ];
          output.result({ run: run.folder, shards: files, notes, warnings }, lines.join('\n'));
        }
      } finally {
        run.close();
      }
    });
}

async function inputsOf(options: DataOptions, output: Output): Promise<{ [key: string]: Json }> {
  const { shardFile, offset, count } = options;
  if (sourcesOf(options).length + (shardFile === undefined ? 0 : 1) !== 1) {
    throw new InputError('Which data?', {
      hint: 'Give one of --mnist, --csv, --parquet, --npy, --idx and --shard-file.',
    });
  }
  if (shardFile === undefined) {
    const rows = options.rows ?? (await defaultRows(options, { offset, count }, output.note));
    return sourceInputs(options, { offset, rows, count });
  }
  requireFitting(options);
  return copyInputs(shardFile);
}

/** Inputs of a data run of shard files that exist already. */
export function copyInputs(files: readonly string[]): { [key: string]: Json } {
  return { source: 'files', files: files.map((file) => fileHash('file', file)) };
}

function defaultName(inputs: { [key: string]: Json }): string {
  if (inputs.source === 'files') return 'data-files';
  if (inputs.source !== 'mnist') {
    const { source, fileSha256, answersSha256, offset, rows, count } = inputs as TableInputs;
    const hashes = [fileSha256, ...(answersSha256 === null ? [] : [answersSha256])].map((hash) => hash.slice(0, 8));
    return `${source}-${hashes.join('-')}-${offset}-${rows}x${count}`;
  }
  const { set, transform, offset, rows, count } = inputs as MnistInputs;
  return `mnist-${set}-${transform}-${offset}-${rows}x${count}`;
}

/**
 * Stage `data` of a run: shards `shard-0`, `shard-1`, .., of tables also the manifest `dataset.json`, by which others
 * make the same rows of the same files.
 * @param source of the inputs, where it is open already. @returns the keys of the shards
 */
export async function dataRun(
  run: Run,
  inputs: { [key: string]: Json },
  outer: Output,
  source?: Source,
): Promise<string[]> {
  const { output, notes, warnings } = remembering(outer);
  const { shards } = await run.stage('data', async (put) => {
    output.progress.stage('make shards');
    const made =
      inputs.source === 'files' ? copyShards(inputs) : await makeShards(inputs as SourceInputs, put, output, source);
    const keys = made.map((shard, k) => {
      dataCapacity(shard);
      const key = `shard-${k}`;
      put(key, `${key}.safetensors`, writeShard(shard));
      if (!isPowerOfTwo(shard.rows)) {
        output.warn(
          `${key} has ${counted(shard.rows, 'row')}: it can be registered, but training needs a power of two.`,
        );
      }
      return key;
    });
    output.progress.done();
    return { shards: keys, notes, warnings };
  });
  return shards;
}

/** What was said while the shards were made: a command that is repeated gives the same document. */
function saidOf(run: Run): { notes: string[]; warnings: string[] } {
  const { notes = [], warnings = [] } = run.data('data') as { notes?: string[]; warnings?: string[] };
  return { notes: [...notes], warnings: [...warnings] };
}

async function makeShards(
  inputs: SourceInputs,
  put: PutFile,
  output: Output,
  opened: Source | undefined,
): Promise<Shard[]> {
  const source = opened ?? (await openSource(inputs));
  if (opened === undefined) tellSource(source, output);
  const ranges = rangesOf(inputs);
  const shards = ranges.map(source.shard);
  const manifest = source.manifest(ranges.map((range, k) => ({ file: `shard-${k}.safetensors`, ...range })));
  if (manifest !== undefined) put('manifest', 'dataset.json', formatManifest(manifest));
  return shards;
}

/** Says what a source left out, recognised and decided. */
export function tellSource({ notes, warnings }: Source, output: Output): void {
  for (const note of notes) output.note(`note: ${note}`);
  for (const warning of warnings) output.warn(warning);
}

function copyShards(inputs: { [key: string]: Json }): Shard[] {
  return (inputs.files as { file: string; fileSha256: string }[]).map(({ file, fileSha256 }) =>
    readShardFile(file, fileSha256),
  );
}
