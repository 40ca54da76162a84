import type { Command } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import { copyInputs, dataRun, saidOf } from '../actions/dataRun.ts';
import type { MnistInputs } from '../files/source.ts';
import { pictureSaid, type TableInputs } from '../files/tables.ts';
import { proveHere } from '../runs/proveHere.ts';
import { type Json, Run } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import { commandLine } from '../terminal/invocation.ts';
import { type Output, remembering } from '../terminal/output.ts';
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
import { contextOf, printEdges } from './prove.ts';
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
    .option('--rows <number>', 'rows of a shard, at most 4096 (default: 1024, or all of a smaller table)', positive)
    .option('--offset <number>', 'first row', natural, 0)
    .option('--count <number>', 'how many shards, one after the other', positive, 1)
    .option('--shard-file <files...>', 'shard files that exist already')
    .option('--run <name>', 'name of the run folder (default: made of the inputs)')
    .action(async (options: DataOptions) => {
      const output = outputOf(options);
      // The registry first: nothing is written when the options are incomplete.
      const context = options.registry === undefined ? undefined : await contextOf(options);
      const told = remembering(output);
      const inputs = await inputsOf(options, told.output);
      const run = Run.start(runFolder(options.runs, options.run ?? defaultName(inputs)), 'data', inputs);
      try {
        const shards = await dataRun(run, inputs, output);
        const { notes, warnings } = saidOf(run);
        notes.unshift(...told.notes);
        const files = shards.map((key) => run.file('data', key));
        if (context !== undefined)
          printEdges(
            run,
            await proveHere(run, context, output),
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
      hint: 'Give one of --mnist, --csv, --parquet, --npy, --idx, --embeddings and --shard-file.',
    });
  }
  if (shardFile === undefined) {
    const rows = options.rows ?? (await defaultRows(options, { offset, count }, output.note));
    return sourceInputs(options, { offset, rows, count });
  }
  requireFitting(options);
  return copyInputs(shardFile);
}

function defaultName(inputs: { [key: string]: Json }): string {
  const picture = pictureSaid(inputs) === undefined ? '' : '-picture';
  if (inputs.source === 'files') return 'data-files';
  if (inputs.source !== 'mnist') {
    const { source, fileSha256, answersSha256, offset, rows, count } = inputs as TableInputs;
    const hashes = [fileSha256, ...(answersSha256 === null ? [] : [answersSha256])].map((hash) => hash.slice(0, 8));
    return `${source}-${hashes.join('-')}${picture}-${offset}-${rows}x${count}`;
  }
  const { set, transform, offset, rows, count } = inputs as MnistInputs;
  return `mnist-${set}-${transform}${picture}-${offset}-${rows}x${count}`;
}
