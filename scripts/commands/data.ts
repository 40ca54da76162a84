import type { Command } from 'commander';
import { getAddress } from 'viem';
import { InputError } from '../../src/errors/InputError.ts';
import { type AttestedShard, attestedShards, describeAttested } from '../actions/attestedShards.ts';
import { copyInputs, dataRun, saidOf } from '../actions/dataRun.ts';
import { parseAddress } from '../chain/client.ts';
import type { MnistInputs } from '../files/source.ts';
import { pictureSaid, type TableInputs } from '../files/tables.ts';
import { proveHere } from '../runs/proveHere.ts';
import { type Json, Run } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import { commandLine } from '../terminal/invocation.ts';
import { type Output, remembering } from '../terminal/output.ts';
import {
  type AttestationsOptions,
  type CommonOptions,
  natural,
  nextOptions,
  openAttestations,
  outputOf,
  positive,
  type StatementOptions,
  withAttestations,
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

interface DataOptions extends CommonOptions, StatementOptions, SourceOptions, AttestationsOptions {
  rows?: number;
  offset: number;
  count: number;
  shardFile?: string[];
  attested?: string[];
  run?: string;
}

const HELP = `
With --attested the shards in --shard-file are taken only where one of the named sources says now, in the contract that
--attestations names, that they are its own. That shows that the source said so and that the files hold those very rows, and
no more. Such shards are registered and get no other proof. Exit code 6 where one is not attested.`;

export function addDataCommand(program: Command): void {
  withAttestations(withSource(withCommon(withStatement(program.command('data')))))
    .description('make shards of data with fresh salts and, with --registry, prove them')
    .option('--rows <number>', 'rows of a shard, at most 4096 (default: 1024, or all of a smaller table)', positive)
    .option('--offset <number>', 'first row', natural, 0)
    .option('--count <number>', 'how many shards, one after the other', positive, 1)
    .option('--shard-file <files...>', 'shard files that exist already')
    .option('--attested <sources...>', 'take only shards in --shard-file that one of these addresses attests')
    .option('--run <name>', 'name of the run folder (default: made of the inputs)')
    .addHelpText('after', HELP)
    .action(async (options: DataOptions) => {
      const output = outputOf(options);
      // The registry first: nothing is written when the options are incomplete.
      const isProved = options.registry !== undefined && options.attested === undefined;
      const context = isProved ? await contextOf(options) : undefined;
      const told = remembering(output);
      const inputs = await inputsOf(options, told.output);
      const attested = await attestedOf(options, inputs);
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
          const next =
            attested === undefined
              ? commandLine('prove', run.folder, '--registry', '<address>')
              : commandLine('train', '--shard', run.folder, '...');
          const lines = [
            ...files.map((file) => `shard    ${file}`),
            ...describeAttested(attested ?? []),
            `next     ${next}`,
          ];
          const facts = { run: run.folder, shards: files, ...(attested && { attested }), notes, warnings };
          output.result(facts, lines.join('\n'));
        }
      } finally {
        run.close();
      }
    });
}

/** What the sources of --attested say of the shards; nothing without that option. @throws DescentError NOT_ATTESTED */
async function attestedOf(options: DataOptions, inputs: { [key: string]: Json }): Promise<AttestedShard[] | undefined> {
  if (options.attested === undefined) return;
  const sources = options.attested.map((source) => getAddress(parseAddress(source, '--attested')));
  const { chain, attestations } = await openAttestations(options);
  return attestedShards(
    chain,
    getAddress(attestations),
    inputs.files as { file: string; fileSha256: string }[],
    sources,
  );
}

async function inputsOf(options: DataOptions, output: Output): Promise<{ [key: string]: Json }> {
  const { shardFile, attested, offset, count } = options;
  if (attested !== undefined && shardFile === undefined) {
    throw new InputError('--attested goes with --shard-file.', {
      hint: 'Shards that are made here have fresh salts, so no source can have attested them yet.',
    });
  }
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
