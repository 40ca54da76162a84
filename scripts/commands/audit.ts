import type { Command } from 'commander';
import { getAddress, type Hex, keccak256, toHex } from 'viem';
import { DescentError, EXIT_CODES } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { checkRecord, type RowRecord, recordBytes } from '../../src/model/record.ts';
import { inputsOfRow } from '../../src/model/rows.ts';
import { ACTIVATION_BITS } from '../../src/numbers/constants.ts';
import {
  auditLineage,
  compareFiles,
  disjointInputs,
  disjointName,
  type ProvedPair,
  provePairs,
  shardFilesIn,
} from '../actions/auditLineage.ts';
import { readPlace } from '../actions/papers/facts.ts';
import type { Chain } from '../chain/client.ts';
import { loadAccount } from '../chain/keys.ts';
import { type OpenPair, readBenchmarkShards } from '../chain/readAudit.ts';
import { readDataset } from '../chain/readDatasets.ts';
import { datasetsOf, registryOf } from '../chain/readPlaces.ts';
import { readShardFile } from '../files/models.ts';
import { fileHash } from '../files/read.ts';
import { modelIdOf, parseId, shardFileIds } from '../runs/ids.ts';
import type { SubsetInputs } from '../runs/programs/subset.ts';
import { proveHere } from '../runs/proveHere.ts';
import { type Json, Run, type RunKind } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import { listShards, type ShardEntry } from '../runs/shards.ts';
import { commandLine } from '../terminal/invocation.ts';
import type { Output } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import {
  type AheadOptions,
  type AuditOptions,
  type CommonOptions,
  namedContract,
  nextOptions,
  openAudit,
  outputOf,
  type ScoreboardOptions,
  withAhead,
  withAudit,
  withCommon,
  withRpc,
  withScoreboard,
  withTrainer,
} from './options.ts';
import { factContextOf, printEdges } from './prove.ts';

interface FactOptions extends AheadOptions, CommonOptions, AuditOptions {
  run?: string;
}

interface AbsentOptions extends FactOptions {
  record?: string;
  row?: string;
}

interface SubsetOptions extends FactOptions {
  of: string[];
  dataset: string;
}

interface LineageOptions extends CommonOptions, AuditOptions, ScoreboardOptions {
  benchmark?: string;
  shards?: string[];
  record?: string;
  prove?: string;
}

const EQUAL = `
Rows are compared as they are committed, integer by integer after quantisation: one that differs by a unit in one input is another
row. disjoint and absent look at the inputs alone, whatever the label; subset at inputs and labels. The contract takes facts of
shards that state one schema. Without --audit nothing is proved: the files are compared and the run waits.`;

export function addAuditCommand(program: Command): void {
  const audit = program
    .command('audit')
    .description('prove that hidden rows are none of others, or only of a dataset; say what that shows of a lineage');
  addDisjoint(audit);
  addAbsent(audit);
  addSubset(audit);
  addLineage(audit);
}

const withFact = (command: Command): Command =>
  withAhead(withCommon(withTrainer(withAudit(withRpc(command))))).option(
    '--run <name>',
    'name of the run folder (default: made of the inputs)',
  );

function addDisjoint(audit: Command): void {
  withFact(audit.command('disjoint'))
    .description('two shards have no row in common')
    .argument('<shard>', 'shard file')
    .argument('<other>', 'shard file')
    .addHelpText('after', EQUAL)
    .action(async (shard: string, other: string, options: FactOptions) => {
      const inputs = disjointInputs(shard, other);
      await proveFact('disjoint', options.run ?? disjointName(inputs), inputs, options);
    });
}

function addAbsent(audit: Command): void {
  withFact(audit.command('absent'))
    .description('a record, which becomes public, is none of the rows of a shard')
    .argument('<shard>', 'shard file')
    .option('--record <numbers>', 'its inputs as the shard has them, after scaling, separated by commas')
    .option('--row <file:number>', 'the row of another shard file, counted from 1')
    .addHelpText('after', EQUAL)
    .action(async (shard: string, options: AbsentOptions) => {
      const record = recordOf(options);
      const bytes = toHex(recordBytes(record));
      const inputs = { ...fileHash('shard', shard), record: bytes };
      const name = `absent-${inputs.shardSha256.slice(0, 8)}-${keccak256(bytes).slice(2, 10)}`;
      await proveFact('disjoint', options.run ?? name, inputs, options, { record: keccak256(bytes) });
    });
}

/** The integers of a record. @throws InputError unless it is said in one way */
function recordOf({ record, row }: AbsentOptions): RowRecord {
  if ((record === undefined) === (row === undefined)) {
    throw new InputError('Which record?', { hint: 'Give either --record or --row.' });
  }
  if (row !== undefined) {
    const [, file, number] = /^(.+):(\d+)$/.exec(row) ?? [];
    if (file === undefined) throw new InputError(`${row} is no row: give <file>:<number>.`);
    const shard = readShardFile(file);
    if (Number(number) < 1 || Number(number) > shard.rows) {
      throw new InputError(`${file} has rows 1 to ${shard.rows}, not ${number}.`);
    }
    return inputsOfRow(shard, Number(number) - 1);
  }
  const texts = record!.split(',');
  const numbers = texts.map(Number);
  if (texts.some((text) => text.trim() === '') || numbers.some((value) => !Number.isFinite(value)))
    throw new InputError('A record is numbers, separated by commas.');
  const integers = Int32Array.from(numbers, (value) => Math.round(value * 2 ** ACTIVATION_BITS));
  checkRecord(integers);
  return integers;
}

function addSubset(audit: Command): void {
  withFact(audit.command('subset'))
    .description('all rows of a shard are rows of a registered dataset')
    .argument('<shard>', 'shard file')
    .requiredOption('--of <files or runs...>', 'up to 16 shards of the dataset: files, or runs of data')
    .requiredOption('--dataset <id>', 'the dataset')
    .addHelpText('after', EQUAL)
    .action(async (shard: string, options: SubsetOptions) => {
      const id = parseId(options.dataset, 'dataset');
      const { chain, audit: address } = await openAudit(options);
      const { registrar, shardIds, uri } = await readDataset(chain, await datasetsOf(chain, address), id);
      const sets = await inOrder(listShards(options.of, options.runs), shardIds, outputOf(options));
      const own = fileHash('shard', shard);
      const inputs: SubsetInputs = { ...own, sets, list: { registrar, shardIds: [...shardIds], uri } };
      const name = `subset-${own.shardSha256.slice(0, 8)}-${id.slice(2, 10)}`;
      await proveFact('subset', options.run ?? name, inputs, options, { dataset: id });
    });
}

/** Shard files in the order of a dataset's list. @throws InputError for one that is none of it */
async function inOrder(files: readonly ShardEntry[], list: readonly Hex[], output: Output) {
  const ids = await shardFileIds(files, output);
  const placed = files.map((file, k) => {
    const place = list.findIndex((listed) => listed.toLowerCase() === ids[k].toLowerCase());
    if (place < 0) throw new InputError(`${file.shard} is no shard of the dataset: its id is ${ids[k]}.`);
    return { place, file };
  });
  return placed.sort((a, b) => a.place - b.place).map(({ file }) => file);
}

/** Starts or continues a run, and proves it where the audit is named. */
async function proveFact(
  kind: RunKind & ('disjoint' | 'subset'),
  name: string,
  inputs: Json,
  options: FactOptions,
  more: Record<string, string> = {},
): Promise<void> {
  const output = outputOf(options);
  const where = options.audit === undefined ? undefined : await factContextOf(options);
  const run = Run.start(runFolder(options.runs, name), kind, inputs);
  try {
    await compareFiles(run, kind, output);
    if (where === undefined) {
      const next = `next     the same command with --audit proves it`;
      output.result({ run: run.folder, ...more, holds: true }, `The files say so; nothing is proved yet.\n${next}`);
      return;
    }
    printEdges(run, await proveHere(run, where, output, options), output, more, nextOptions(options));
  } finally {
    run.close();
  }
}

const LINEAGE = `
Shown is it where facts speak of every shard that the model or any of its ancestors was trained on, beside every shard asked about,
and where no ancestor is an import or a foreign child. Exit code 0 only then, 6 where something is open. With development keys,
which let anybody forge facts, it is always 6.
With --prove and a key it proves and registers all open pairs of which both shard files lie in a folder or below it.`;

function addLineage(audit: Command): void {
  withCommon(withTrainer(withScoreboard(withAudit(withRpc(audit.command('lineage'))))))
    .description('what is shown of a model and its ancestors: no shard of theirs shares a row with these')
    .argument('<model>', 'id, edge file or weights file')
    .option('--benchmark <id>', 'the shards of this benchmark')
    .option('--shards <ids...>', 'these shards')
    .option('--record <hash>', 'this record, by the hash that absent prints')
    .option('--prove <folder>', 'prove what can be proved with the shard files there')
    .addHelpText('after', LINEAGE)
    .action(async (what: string, options: LineageOptions) => {
      const output = outputOf(options);
      const { chain, audit: address } = await openAudit(options);
      const model = await modelIdOf(what);
      const asked = await askedOf(options, chain);
      const prove = async (open: readonly OpenPair[]): Promise<ProvedPair[]> => {
        if (options.prove === undefined || 'record' in asked) return [];
        const account = loadAccount(options, chain.id);
        const files = await shardFilesIn(options.prove, output);
        return provePairs(open, files, { chain, audit: getAddress(address), account, runs: options.runs, output });
      };
      const found = await auditLineage(chain, address, model, asked, prove);
      const { devKeys } = await readPlace(chain, await registryOf(chain, getAddress(address)));
      const shown = found.open.length === 0 && found.unread.length === 0 && !devKeys;
      output.result({ model, ...asked, shown, devKeys, ...found }, describe(model, found, devKeys));
      if (!shown) process.exitCode = EXIT_CODES.open;
    });
}

/** @throws InputError unless the options name one thing; DescentError (chain) for a benchmark that is not open */
async function askedOf(
  { benchmark, scoreboard, shards, record }: LineageOptions,
  chain: Chain,
): Promise<{ shards: readonly Hex[] } | { record: Hex }> {
  const said = [benchmark, shards, record].filter((option) => option !== undefined);
  if (said.length !== 1) {
    throw new InputError('Compared with what?', { hint: 'Give one of --benchmark, --shards and --record.' });
  }
  if (record !== undefined) return { record: parseId(record, 'record') };
  if (shards !== undefined) return { shards: shards.map((id) => parseId(id, 'shard')) };
  const contract = namedContract(scoreboard, 'scoreboard');
  const id = parseId(benchmark!, 'benchmark');
  const found = await readBenchmarkShards(chain, contract, id);
  if (found.length > 0) return { shards: found };
  throw new DescentError(`The scoreboard ${scoreboard} has no open benchmark ${id}.`, {
    code: 'UNKNOWN_BENCHMARK',
    exit: 'chain',
  });
}

function describe(model: Hex, found: Awaited<ReturnType<typeof auditLineage>>, devKeys: boolean): string {
  const { open, unread, proved } = found;
  const lines = proved.map(({ trained, other, gas, refused }) =>
    refused === undefined
      ? `proved   ${trained} and ${other} have no row in common${gas === undefined ? '' : ` (${gas} gas)`}`
      : `refused  ${trained} and ${other}: ${refused}`,
  );
  const pairs = open.map(({ model: by, trained, other }) =>
    trained === other
      ? `open     ${by} was trained on ${trained} itself`
      : `open     ${by} was trained on ${trained}: no fact beside ${other}`,
  );
  const nodes = unread.map((id) => `unread   ${id} is an import or a foreign child: nothing is shown of what made it`);
  const isWhole = open.length === 0 && unread.length === 0;
  const sum = !isWhole
    ? `Not shown: ${counted(open.length, 'pair')} open, ${counted(unread.length, 'ancestor')} not read.`
    : devKeys
      ? `Recorded: nothing that ${model} descends from was trained on a row of these. Not shown: the registry has development keys, and anybody can forge these facts.`
      : `Shown: nothing that ${model} descends from was trained on a row of these.`;
  const next = open.length > 0 ? [`next     ${commandLine('audit', 'disjoint', '<shard file>', '<shard file>')}`] : [];
  return [...lines, ...pairs, ...nodes, sum, ...next].join('\n');
}
