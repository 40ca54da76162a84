import type { Command } from 'commander';
import { type Address, encodeFunctionData, formatEther, type Hex, isAddressEqual, parseEventLogs } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { datasetsAbi, scoreboardAbi } from '../../src/generated/abi.ts';
import { ascending, datasetId } from '../../src/registry/ids.ts';
import { benchmarkId } from '../../src/registry/rules.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';
import { type Chain, parseAddress } from '../chain/client.ts';
import { datasetsOf } from '../chain/readPlaces.ts';
import { readShard } from '../chain/readRegistry.ts';
import { isDataset, readBenchmarks } from '../chain/readScoreboard.ts';
import { sendCall } from '../chain/send.ts';
import { parseId, shardIdsOf } from '../runs/ids.ts';
import { commandLine } from '../terminal/invocation.ts';
import { counted } from '../terminal/plural.ts';
import { ether, momentOf, type RulesOptions, rulesFrom, withRules } from './benchmarkRules.ts';
import { type Board, type BoardOptions, openBoard, withWhere } from './board.ts';
import { natural, outputOf, positive } from './options.ts';
import { addRankCommand } from './rank.ts';

interface BenchmarkOptions extends BoardOptions, RulesOptions {
  uri: string;
  closingBlock?: number;
  blocks?: number;
  openBy: number;
  bond?: bigint;
  sealer?: string;
  to?: string;
}

const SHARDS = 'shards: ids, edge files, shard files, or runs of data with all their shards';

const SEAL_HELP = `
Make and prove the shards first ('descent data --registry'), but do not submit their edges: sealing sends only the hash of
their ids and the URI. Models registered up to the closing block will count, and nobody can have trained on rows that nobody
had seen. After that block publish

  1. the edges of the shards (descent submit),
  2. the benchmark (descent benchmark unseal, with the same shards and the same URI),
  3. at the URI the shard files (shard-*.safetensors): they hold the rows and the salts, without which nobody can score,
     and dataset.json, by which others make the same rows of the same files.

Keep the shard files until then: without their salts the seal cannot be opened. Do all of it by the time of --open-by: a bond
is burned after it, whatever the reason was, and bounties on the benchmark go back to their funders some time later.`;

export function addBenchmarkCommand(program: Command): void {
  const benchmark = program
    .command('benchmark')
    .description('lists of shards on which models are ranked: open or seal one, rank a model, withdraw fees and bonds');
  addOpenCommand(benchmark);
  addSealCommand(benchmark);
  addUnsealCommand(benchmark);
  addRankCommand(benchmark);
  addBurnCommand(benchmark);
  addWithdrawCommand(benchmark);
}

function addOpenCommand(benchmark: Command): void {
  withRules(withWhere(benchmark.command('open')))
    .description('make registered shards a benchmark of yours, on which models of any time count')
    .argument('<shards...>', SHARDS)
    .requiredOption('--uri <uri>', 'where rows and salts are published; part of the identity of the list')
    .action(async (names: string[], options: BenchmarkOptions) => {
      const board = await openBoard(options);
      const { account } = board;
      const list = await listOf(names, options, account.address);
      const rules = await rulesFrom(options);
      const id = benchmarkId(list.dataset, account.address, 0n, rules);
      await requireShards(board, list.shards, true);
      if (rules.sameSchema) await requireSchema(board, list.shards);
      await registerDataset(board, list, options);
      const sent = await openOnce(board, id, () =>
        encodeFunctionData({
          abi: scoreboardAbi,
          functionName: 'openBenchmark',
          args: [account.address, list.shards, list.uri, rules],
        }),
      );
      outputOf(options).result({ id, ...list, rules, ...sent }, describe('open', id, list.shards.length, sent));
    });
}

function addSealCommand(benchmark: Command): void {
  withRules(withWhere(benchmark.command('seal')))
    .description('commit to shards that nobody has seen yet; only models registered by then will count')
    .argument('<shards...>', SHARDS)
    .requiredOption('--uri <uri>', 'where rows and salts will be published; part of what is sealed')
    .option('--closing-block <number>', 'last block whose models count', natural)
    .option('--blocks <number>', 'the same, counted from now', positive)
    .requiredOption('--open-by <time>', 'until when you will open it, as 2030-12-31 or 2030-12-31T18:00Z', momentOf)
    .option('--bond <ether>', 'what is burned if it is not open by then; yours again if it is', ether)
    .addHelpText('after', SEAL_HELP)
    .action(async (names: string[], options: BenchmarkOptions) => {
      const board = await openBoard(options);
      const { chain, scoreboard, account } = board;
      const list = await listOf(names, options, account.address);
      await requireShards(board, list.shards, false);
      const own = await sealsOf(board, list.dataset, account.address);
      const closingBlock = await closingBlockOf(chain, options);
      const { openBy, bond = 0n } = options;
      const rules = await rulesFrom(options);
      if (own.length > 0) {
        throw new InputError(`You sealed these shards before, until block ${own[0].closingBlock}: ${own[0].id}.`);
      }
      const id = benchmarkId(list.dataset, account.address, BigInt(closingBlock), rules);
      const args = [list.dataset, BigInt(closingBlock), BigInt(openBy), rules] as const;
      const data = encodeFunctionData({ abi: scoreboardAbi, functionName: 'sealBenchmark', args });
      const call = { to: scoreboard, data, ...(bond > 0n && { value: bond }) };
      const { transactionHash } = await sendCall(chain, account, call, options.runs);
      const lost = bond > 0n ? `, or its bond of ${formatEther(bond)} Ether is burned` : '';
      const text = `Sealed ${counted(list.shards.length, 'shard')} as benchmark ${id}.\nModels count up to block ${closingBlock}. It must be open by ${new Date(openBy * 1000).toISOString()}${lost}.\nnext     ${commandLine('submit', '<edge of each shard>')} after that block, then ${commandLine('benchmark', 'unseal')} (${commandLine('benchmark', 'seal', '--help')} says what to publish)`;
      outputOf(options).result({ id, ...list, rules, closingBlock, openBy, bond, transaction: transactionHash }, text);
    });
}

function addUnsealCommand(benchmark: Command): void {
  withWhere(benchmark.command('unseal'))
    .description('open a sealed benchmark, once its shards are registered; anyone may when its sealer has listed them')
    .argument('<shards...>', SHARDS)
    .requiredOption('--uri <uri>', 'as it was sealed')
    .option('--sealer <address>', 'who sealed it (default: the account)')
    .action(async (names: string[], options: BenchmarkOptions) => {
      const board = await openBoard(options);
      const { account } = board;
      const registrar = options.sealer === undefined ? account.address : parseAddress(options.sealer, '--sealer');
      const list = await listOf(names, options, registrar);
      const seals = await sealsOf(board, list.dataset, options.sealer);
      if (seals.length !== 1) {
        throw new InputError(
          seals.length === 0
            ? 'Nobody sealed these shards with this URI.'
            : `These shards were sealed ${seals.length} times.`,
          {
            hint:
              seals.length === 0
                ? 'Give the same shards, the same --uri and, where somebody else sealed them, --sealer.'
                : 'Say by whom with --sealer.',
          },
        );
      }
      const [{ id, opener, closingBlock, seal }] = seals;
      await requireShards(board, list.shards, true);
      await registerDataset(board, list, options);
      const args = [opener, registrar, list.shards, list.uri] as const;
      const sent = await openOnce(board, id, () =>
        encodeFunctionData({ abi: scoreboardAbi, functionName: 'unsealBenchmark', args }),
      );
      const text = describe('open', id, list.shards.length, sent);
      const late = (await sealsOf(board, list.dataset, opener))[0]?.seal?.isBurned ?? false;
      const bond = seal?.bond ?? 0n;
      const fate = late ? 'burned, since it was opened late' : `owed to ${opener}`;
      const bondText = bond > 0n ? `\nThe bond of ${formatEther(bond)} Ether is ${fate}.` : '';
      outputOf(options).result({ id, ...list, closingBlock, bond, isBurned: late, ...sent }, `${text}${bondText}`);
    });
}

function addBurnCommand(benchmark: Command): void {
  withWhere(benchmark.command('burn'))
    .description('burn the bond of a sealed benchmark that was not opened in time; anyone may')
    .argument('<benchmark>', 'its id')
    .action(async (name: string, options: BoardOptions) => {
      const id = parseId(name, 'benchmark');
      const { chain, scoreboard, account, runs } = await openBoard(options);
      const data = encodeFunctionData({ abi: scoreboardAbi, functionName: 'burnBond', args: [id] });
      const { transactionHash } = await sendCall(chain, account, { to: scoreboard, data }, runs);
      outputOf(options).result({ id, transaction: transactionHash }, `Burned the bond of benchmark ${id}.`);
    });
}

function addWithdrawCommand(benchmark: Command): void {
  withWhere(benchmark.command('withdraw'))
    .description('pay out what an account is owed in entry fees and bonds')
    .option('--of <address>', 'whose; to its payout address, unless its key says where (default: the account)')
    .option('--to <address>', 'where to; only the key of whoever is owed may say (default: its payout address)')
    .action(async (options: BoardOptions & { of?: string; to?: string }) => {
      const { chain, scoreboard, account, runs } = await openBoard(options);
      const whose = options.of === undefined ? account.address : parseAddress(options.of, '--of');
      const to = options.to === undefined ? undefined : parseAddress(options.to, '--to');
      const data =
        to === undefined
          ? encodeFunctionData({ abi: scoreboardAbi, functionName: 'withdrawFor', args: [whose] })
          : encodeFunctionData({ abi: scoreboardAbi, functionName: 'withdraw', args: [whose, to] });
      const receipt = await sendCall(chain, account, { to: scoreboard, data }, runs);
      const [{ args }] = parseEventLogs({ abi: scoreboardAbi, logs: receipt.logs, eventName: 'Withdrawn' });
      const text = `Paid ${formatEther(args.amount)} Ether of ${args.account} to ${args.to}.`;
      outputOf(options).result({ ...args, transaction: receipt.transactionHash }, text);
    });
}

interface ShardList {
  /** Who lists the shards: a part of the list's identity. */
  registrar: Address;
  dataset: Hex;
  shards: Hex[];
  uri: string;
}

async function listOf(names: string[], { uri, runs }: BenchmarkOptions, registrar: Address): Promise<ShardList> {
  const shards = ascending(await shardIdsOf(names, runs));
  return { registrar, dataset: datasetId(registrar, shards, uri), shards, uri };
}

/** @throws DescentError unless all shards are registered, or none is. */
async function requireShards({ chain, registry }: Board, shards: Hex[], registered: boolean): Promise<void> {
  for (const id of shards) {
    if (((await readShard(chain, registry, id)) !== undefined) === registered) continue;
    throw new DescentError(`The shard ${id} is ${registered ? 'not registered' : 'registered already'}.`, {
      code: registered ? 'UNKNOWN_SHARD' : 'SHARD_IN_THE_OPEN',
      exit: 'chain',
      hint: registered
        ? 'Submit its edge first.'
        : 'Its rows could have been trained on: open the benchmark instead, or seal other shards.',
    });
  }
}

/** @throws InputError where nobody could enter, since the shards state no columns and classes */
async function requireSchema({ chain, registry }: Board, shards: Hex[]): Promise<void> {
  // All shards of a dataset have one schema.
  if ((await readShard(chain, registry, shards[0]))?.schema !== NO_SCHEMA) return;
  throw new InputError(
    'These shards do not state their columns and classes, so that no model could enter with --same-schema.',
  );
}

/** @throws InputError where somebody else must list them */
async function registerDataset(
  board: Board,
  { registrar, dataset, shards, uri }: ShardList,
  { runs }: BenchmarkOptions,
) {
  const { chain, scoreboard, account } = board;
  const datasets = await datasetsOf(chain, scoreboard);
  if (await isDataset(chain, datasets, dataset)) return;
  if (!isAddressEqual(registrar, account.address)) {
    throw new InputError(`Only ${registrar} can list these shards, who sealed them.`, {
      hint: 'Once that account has opened the benchmark or listed the shards, anyone can go on.',
    });
  }
  const data = encodeFunctionData({ abi: datasetsAbi, functionName: 'registerDataset', args: [shards, uri] });
  await sendCall(chain, account, { to: datasets, data }, runs);
}

async function openOnce({ chain, scoreboard, account, runs, reading }: Board, id: Hex, data: () => Hex) {
  const open = (await readBenchmarks(chain, scoreboard, reading)).some((known) => known.id === id && known.isOpen);
  if (open) return { sent: false };
  const { transactionHash } = await sendCall(chain, account, { to: scoreboard, data: data() }, runs);
  return { sent: true, transaction: transactionHash };
}

async function sealsOf({ chain, scoreboard, reading }: Board, dataset: Hex, sealer: string | undefined) {
  const known = await readBenchmarks(chain, scoreboard, reading);
  return known.filter(
    (benchmark) =>
      benchmark.dataset === dataset &&
      benchmark.seal !== undefined &&
      (sealer === undefined || isAddressEqual(benchmark.opener, parseAddress(sealer, '--sealer'))),
  );
}

async function closingBlockOf({ client }: Chain, { closingBlock, blocks }: BenchmarkOptions): Promise<number> {
  if ((closingBlock === undefined) === (blocks === undefined)) {
    throw new InputError('Until when do models count?', { hint: 'Give either --closing-block or --blocks.' });
  }
  return closingBlock ?? Number(await client.getBlockNumber()) + blocks!;
}

function describe(what: string, id: Hex, shards: number, { sent }: { sent: boolean }): string {
  const head = sent
    ? `Benchmark ${id} of ${counted(shards, 'shard')} is ${what}.`
    : `Benchmark ${id} was ${what} before.`;
  return `${head}\nnext     ${commandLine('score', '--model', '<weights>', '--shards', '<files>', '--benchmark', id)}`;
}
