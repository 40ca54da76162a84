import type { Command } from 'commander';
import type { Address, LocalAccount } from 'viem';
import type { Chain } from '../chain/client.ts';
import { loadAccount } from '../chain/keys.ts';
import type { LogOptions } from '../chain/readLogs.ts';
import { registryOf } from '../chain/readPlaces.ts';
import {
  type CommonOptions,
  type FromBlockOptions,
  openScoreboard,
  outputOf,
  type ScoreboardOptions,
  withCommon,
  withFromBlock,
  withKey,
  withRpc,
  withScoreboard,
} from './options.ts';

export type BoardOptions = CommonOptions & ScoreboardOptions & FromBlockOptions;

/** What commands of the scoreboard work with. */
export interface Board {
  chain: Chain;
  scoreboard: Address;
  registry: Address;
  account: LocalAccount;
  runs: string;
  reading: LogOptions;
}

/** Connects and takes the key. @throws InputError, DescentError (chain) */
export async function openBoard(options: BoardOptions): Promise<Board> {
  const { chain, scoreboard } = await openScoreboard(options);
  const account = loadAccount(options, chain.id);
  const registry = await registryOf(chain, scoreboard);
  const reading = { fromBlock: options.fromBlock, output: outputOf(options) };
  return { chain, scoreboard, registry, account, runs: options.runs, reading };
}

/** Adds the options of `BoardOptions`. */
export function withWhere(command: Command): Command {
  return withFromBlock(withKey(withScoreboard(withRpc(withCommon(command)))));
}
