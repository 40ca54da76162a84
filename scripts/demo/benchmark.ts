import { join } from 'node:path';
import { type Address, encodeFunctionData, type Hex, type LocalAccount, parseEventLogs } from 'viem';
import { modelRegistryAbi, scoreboardAbi } from '../../src/generated/abi.ts';
import { ascending } from '../../src/registry/ids.ts';
import type { Chain } from '../chain/client.ts';
import { fileJournal } from '../chain/journal.ts';
import { explainRevert } from '../chain/revert.ts';
import { type Call, sendOnce } from '../chain/transaction.ts';

/** A place in a leaderboard. */
export interface Standing {
  model: Hex;
  /** Rows proved right. */
  right: number;
  rows: number;
}

/** A scoreboard seen by somebody who sends transactions; their journals lie in `folder`. */
export interface BenchmarkContext {
  chain: Chain;
  registry: Address;
  scoreboard: Address;
  account: LocalAccount;
  folder: string;
}

/** Lists shards as a dataset and makes it a benchmark on which all models count. @throws DescentError (chain) */
export async function openBenchmark(context: BenchmarkContext, shards: readonly Hex[], uri: string): Promise<Hex> {
  const args = [ascending(shards), uri] as const;
  const dataset = encodeFunctionData({ abi: modelRegistryAbi, functionName: 'registerDataset', args });
  await send(context, 'dataset', { to: context.registry, data: dataset });
  const benchmark = encodeFunctionData({ abi: scoreboardAbi, functionName: 'openBenchmark', args });
  const receipt = await send(context, 'benchmark', { to: context.scoreboard, data: benchmark });
  const [event] = parseEventLogs({ abi: scoreboardAbi, logs: receipt.logs, eventName: 'BenchmarkOpened' });
  return event.args.id;
}

/** Enters a model's results in the leaderboard. @returns gas. @throws DescentError (chain), as when it is not scored */
export async function rankModel(context: BenchmarkContext, model: Hex, benchmark: Hex): Promise<number> {
  const data = encodeFunctionData({ abi: scoreboardAbi, functionName: 'rank', args: [model, benchmark] });
  return Number((await send(context, 'rank', { to: context.scoreboard, data })).gasUsed);
}

/** The leaderboard of a benchmark of classes, best first. */
export async function readLeaderboard(chain: Chain, scoreboard: Address, benchmark: Hex): Promise<Standing[]> {
  const standings = await chain.client.readContract({
    address: scoreboard,
    abi: scoreboardAbi,
    functionName: 'leaderboard',
    args: [benchmark],
  });
  return standings.map(({ model, value, rows }) => ({ model, right: Number(value), rows: Number(rows) }));
}

async function send({ chain, account, folder }: BenchmarkContext, name: string, call: Call) {
  try {
    return await sendOnce(chain, account, call, fileJournal(join(folder, `${name}.tx`)));
  } catch (error) {
    throw explainRevert(error);
  }
}
