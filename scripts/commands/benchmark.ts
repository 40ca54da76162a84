import type { Command } from 'commander';
import { type Address, encodeFunctionData, type Hex, isAddressEqual, type LocalAccount, zeroAddress } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { datasetsAbi, scoreboardAbi } from '../../src/generated/abi.ts';
import { ascending, datasetId } from '../../src/registry/ids.ts';
import { type Chain, parseAddress } from '../chain/client.ts';
import { loadAccount } from '../chain/keys.ts';
import type { LogOptions } from '../chain/readLogs.ts';
import { readShard } from '../chain/readRegistry.ts';
import { datasetsOfScoreboard, isDataset, readBenchmarks, registryOfScoreboard } from '../chain/readScoreboard.ts';
import { sendCall } from '../chain/send.ts';
import { modelIdOf, parseId, shardIdsOf } from '../runs/ids.ts';
import { requireChainSchema } from '../runs/registered.ts';
import { commandLine } from '../terminal/invocation.ts';
import { counted } from '../terminal/plural.ts';
import {
  type CommonOptions,
  type FromBlockOptions,
  natural,
  openScoreboard,
  outputOf,
  positive,
  type ScoreboardOptions,
  withCommon,
  withFromBlock,
  withKey,
  withRpc,
  withScoreboard,
} from './options.ts';

interface BenchmarkOptions extends CommonOptions, ScoreboardOptions, FromBlockOptions {
  uri: string;
  closingBlock?: number;
  blocks?: number;
  sealer?: string;
  model: string;
  otherSchema?: boolean;
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

Keep the shard files until then: without their salts the seal cannot be opened.`;

export function addBenchmarkCommand(program: Command): void {
  const benchmark = program
    .command('benchmark')
    .description('lists of shards on which models are ranked: open or seal one, rank a model');
  addOpenCommand(benchmark);
  addSealCommand(benchmark);
  addUnsealCommand(benchmark);
  addRankCommand(benchmark);
}

function addOpenCommand(benchmark: Command): void {
  withWhere(benchmark.command('open'))
    .description('make registered shards a benchmark on which all models count')
    .argument('<shards...>', SHARDS)
    .requiredOption('--uri <uri>', 'where rows and salts are published; part of the identity of the list')
    .action(async (names: string[], options: BenchmarkOptions) => {
      const board = await openBoard(options);
      const { chain, scoreboard, account } = board;
      const list = await listOf(names, options, account.address);
      const id = await benchmarkId(chain, scoreboard, list.dataset, zeroAddress, 0);
      await requireShards(board, list.shards, true);
      await registerDataset(board, list, options);
      const sent = await openOnce(board, id, () =>
        encodeFunctionData({
          abi: scoreboardAbi,
          functionName: 'openBenchmark',
          args: [account.address, list.shards, list.uri],
        }),
      );
      outputOf(options).result({ id, ...list, ...sent }, describe('open', id, list.shards.length, sent));
    });
}

function addSealCommand(benchmark: Command): void {
  withWhere(benchmark.command('seal'))
    .description('commit to shards that nobody has seen yet; only models registered by then will count')
    .argument('<shards...>', SHARDS)
    .requiredOption('--uri <uri>', 'where rows and salts will be published; part of what is sealed')
    .option('--closing-block <number>', 'last block whose models count', natural)
    .option('--blocks <number>', 'the same, counted from now', positive)
    .addHelpText('after', SEAL_HELP)
    .action(async (names: string[], options: BenchmarkOptions) => {
      const board = await openBoard(options);
      const { chain, scoreboard, account } = board;
      const list = await listOf(names, options, account.address);
      await requireShards(board, list.shards, false);
      const own = await sealsOf(board, list.dataset, account.address);
      const closingBlock = await closingBlockOf(chain, options);
      const id = await benchmarkId(chain, scoreboard, list.dataset, account.address, closingBlock);
      if (own.length > 0) {
        throw new InputError(`You sealed these shards before, until block ${own[0].closingBlock}: ${own[0].id}.`);
      }
      const args = [list.dataset, BigInt(closingBlock)] as const;
      const data = encodeFunctionData({ abi: scoreboardAbi, functionName: 'sealBenchmark', args });
      const { transactionHash } = await sendCall(chain, account, { to: scoreboard, data }, options.runs);
      const text = `Sealed ${counted(list.shards.length, 'shard')} as benchmark ${id}.\nModels count up to block ${closingBlock}.\nnext     ${commandLine('submit', '<edge of each shard>')} after that block, then ${commandLine('benchmark', 'unseal')} (${commandLine('benchmark', 'seal', '--help')} says what to publish)`;
      outputOf(options).result({ id, ...list, closingBlock, transaction: transactionHash }, text);
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
      const [{ id, sealer, closingBlock }] = seals;
      await requireShards(board, list.shards, true);
      await registerDataset(board, list, options);
      const args = [sealer!, BigInt(closingBlock!), registrar, list.shards, list.uri] as const;
      const sent = await openOnce(board, id, () =>
        encodeFunctionData({ abi: scoreboardAbi, functionName: 'unsealBenchmark', args }),
      );
      outputOf(options).result({ id, ...list, closingBlock, ...sent }, describe('open', id, list.shards.length, sent));
    });
}

function addRankCommand(benchmark: Command): void {
  withWhere(benchmark.command('rank'))
    .description("enter the sum of a model's proved results in the leaderboard")
    .argument('<benchmark>', 'its id')
    .requiredOption('--model <model>', 'id, edge file or weights file')
    .option('--other-schema', 'go on where the rows have other columns, scaling or classes than the model was made for')
    .action(async (name: string, options: BenchmarkOptions) => {
      const id = parseId(name, 'benchmark');
      const board = await openBoard(options);
      const model = await modelIdOf(options.model);
      const known = (await readBenchmarks(board.chain, board.scoreboard)).find((one) => one.id === id);
      for (const shard of options.otherSchema ? [] : (known?.shards ?? []).slice(0, 1)) {
        // All shards of a dataset have one schema: the registry takes no others.
        const pair = { model: { id: model, file: options.model }, shard: { id: shard, file: `the benchmark ${id}` } };
        await requireChainSchema(board.chain, board.registry, pair);
      }
      const ranked = await rankModel(board, id, model, options.runs);
      outputOf(options).result(ranked, describeRank(ranked));
    });
}

/** What commands of the scoreboard work with. */
export interface Board {
  chain: Chain;
  scoreboard: Address;
  registry: Address;
  account: LocalAccount;
  runs: string;
  reading: LogOptions;
}

export interface Ranked {
  benchmark: Hex;
  model: Hex;
  /** False where the leaderboard has this sum already. */
  sent: boolean;
  value: bigint;
  rows: number;
  transaction?: Hex;
}

/**
 * Enters a model's sum in the leaderboard.
 * @throws DescentError NotScored where a shard lacks a result, ModelTooLate, UnknownBenchmark, ..
 */
export async function rankModel(board: Board, benchmark: Hex, model: Hex, runs: string): Promise<Ranked> {
  const { chain, scoreboard, account } = board;
  const data = encodeFunctionData({ abi: scoreboardAbi, functionName: 'rank', args: [model, benchmark] });
  let transaction: Hex | undefined;
  try {
    transaction = (await sendCall(chain, account, { to: scoreboard, data }, runs)).transactionHash;
  } catch (error) {
    if (!(error instanceof DescentError) || error.code !== 'NotBetter') throw error;
  }
  const call = { address: scoreboard, abi: scoreboardAbi, functionName: 'best', args: [model, benchmark] } as const;
  const { value, rows } = await chain.client.readContract(call);
  const sent = transaction !== undefined;
  return { benchmark, model, sent, value, rows: Number(rows), ...(sent && { transaction }) };
}

export function describeRank({ benchmark, model, sent, value, rows }: Ranked): string {
  const head = sent ? `Ranked ${model}` : `${model} is ranked already`;
  return `${head}: ${value} on ${counted(rows, 'row')}.\nnext     ${commandLine('leaderboard', benchmark)}`;
}

/** Connects and takes the key. @throws InputError, DescentError (chain) */
export async function openBoard(options: ScoreboardOptions & CommonOptions & FromBlockOptions): Promise<Board> {
  const { chain, scoreboard } = await openScoreboard(options);
  const account = loadAccount(options, chain.id);
  const registry = await registryOfScoreboard(chain, scoreboard);
  const reading = { fromBlock: options.fromBlock, output: outputOf(options) };
  return { chain, scoreboard, registry, account, runs: options.runs, reading };
}

function withWhere(command: Command): Command {
  return withFromBlock(withKey(withScoreboard(withRpc(withCommon(command)))));
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

/** @throws InputError where somebody else must list them */
async function registerDataset(
  board: Board,
  { registrar, dataset, shards, uri }: ShardList,
  { runs }: BenchmarkOptions,
) {
  const { chain, scoreboard, account } = board;
  const datasets = await datasetsOfScoreboard(chain, scoreboard);
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
      benchmark.sealer !== undefined &&
      (sealer === undefined || benchmark.sealer.toLowerCase() === sealer.toLowerCase()),
  );
}

async function closingBlockOf({ client }: Chain, { closingBlock, blocks }: BenchmarkOptions): Promise<number> {
  if ((closingBlock === undefined) === (blocks === undefined)) {
    throw new InputError('Until when do models count?', { hint: 'Give either --closing-block or --blocks.' });
  }
  return closingBlock ?? Number(await client.getBlockNumber()) + blocks!;
}

function benchmarkId(chain: Chain, scoreboard: Address, dataset: Hex, sealer: Address, closingBlock: number) {
  return chain.client.readContract({
    address: scoreboard,
    abi: scoreboardAbi,
    functionName: 'benchmarkId',
    args: [dataset, sealer, BigInt(closingBlock)],
  });
}

function describe(what: string, id: Hex, shards: number, { sent }: { sent: boolean }): string {
  const head = sent
    ? `Benchmark ${id} of ${counted(shards, 'shard')} is ${what}.`
    : `Benchmark ${id} was ${what} before.`;
  return `${head}\nnext     ${commandLine('score', '--model', '<weights>', '--shards', '<files>', '--benchmark', id)}`;
}
