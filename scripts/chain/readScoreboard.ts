import { type Address, type Hex, type Log, parseEventLogs, zeroAddress } from 'viem';
import { datasetsAbi, scoreboardAbi } from '../../src/generated/abi.ts';
import type { ShardKind } from '../../src/model/shape.ts';
import { shardKindOf } from '../../src/registry/programs/data.ts';
import type { BenchmarkRules } from '../../src/registry/rules.ts';
import type { Chain } from './client.ts';
import { type LogOptions, readLogs } from './readLogs.ts';
import { datasetsOf, registryOf } from './readPlaces.ts';
import { translateErrors } from './readRegistry.ts';

/**
 * What has become of a seal. Sealed: it need not be open yet. Overdue: it should be open, but is not. Forfeited: the same, and its bond
 * was burned.
 */
export type SealState = 'sealed' | 'overdue' | 'forfeited' | 'open';

/** How a benchmark was sealed. */
export interface ListedSeal {
  state: SealState;
  /** Until when it must be opened, in seconds. */
  openBy: number;
  /** What the sealer left, in wei, whatever has become of it. */
  bond: bigint;
  /** Whether that was burned, since it was not opened in time. */
  isBurned: boolean;
}

/** A benchmark as the chain's events tell it. */
export interface ListedBenchmark {
  id: Hex;
  dataset: Hex;
  /** Where its rows are described; undefined while it is sealed. */
  uri: string | undefined;
  shards: readonly Hex[];
  /** Who opened it, or sealed it. */
  opener: Address;
  /** Who may enter. */
  rules: BenchmarkRules;
  /** How it was sealed; undefined where it was not. */
  seal: ListedSeal | undefined;
  /** Last block whose models count; undefined where all count. */
  closingBlock: number | undefined;
  isOpen: boolean;
}

export interface Standing {
  place: number;
  model: Hex;
  /** Who proved the model, and has one place. */
  trainer: Address;
  /** Rows right, or the sum of squared errors with 18 fraction bits. */
  value: bigint;
  rows: number;
  kind: ShardKind;
  ranker: Address;
}

/** All events of a scoreboard; they begin after its registry's first one. @throws DescentError; the node's error */
export async function readBoardLogs(chain: Chain, scoreboard: Address, options: LogOptions = {}): Promise<Log[]> {
  return readLogs(chain, scoreboard, { ...options, registry: await registryOf(chain, scoreboard) });
}

/** All benchmarks, sealed or open, in the order in which they were first seen. @throws DescentError (chain) */
export async function readBenchmarks(
  chain: Chain,
  scoreboard: Address,
  options: LogOptions = {},
): Promise<ListedBenchmark[]> {
  return translateErrors(async () => {
    const registry = await registryOf(chain, scoreboard);
    const logs = await readBoardLogs(chain, scoreboard, options);
    const sealed = parseEventLogs({ abi: scoreboardAbi, logs, eventName: 'BenchmarkSealed' });
    const opened = parseEventLogs({ abi: scoreboardAbi, logs, eventName: 'BenchmarkOpened' });
    const datasets = await datasetsOf(chain, scoreboard);
    const listed = await readLogs(chain, datasets, { ...options, registry });
    const lists = parseEventLogs({ abi: datasetsAbi, logs: listed, eventName: 'DatasetRegistered' });
    const uris = new Map(lists.map(({ args }) => [args.id, args.uri]));
    const burned = new Set(
      parseEventLogs({ abi: scoreboardAbi, logs, eventName: 'BondBurned' }).map(({ args }) => args.id),
    );
    const now = sealed.length === 0 ? 0n : (await chain.client.getBlock()).timestamp;
    const found = new Map<Hex, ListedBenchmark>();
    for (const { args } of sealed) {
      const { id, dataset, sealer: opener, closingBlock, openBy, bond, rules } = args;
      const isBurned = burned.has(id);
      const state = now <= openBy ? 'sealed' : isBurned ? 'forfeited' : 'overdue';
      const seal: ListedSeal = { state, openBy: Number(openBy), bond, isBurned };
      const rest = { uri: undefined, shards: [], isOpen: false };
      found.set(id, { id, dataset, opener, rules, seal, closingBlock: Number(closingBlock), ...rest });
    }
    for (const { args } of opened) {
      const { id, dataset, opener, shardIds: shards, rules } = args;
      const { seal, closingBlock } = found.get(id) ?? {};
      const isOpen = { uri: uris.get(dataset), shards, isOpen: true, closingBlock };
      found.set(id, { id, dataset, opener, rules, seal: seal && { ...seal, state: 'open' }, ...isOpen });
    }
    return [...found.values()];
  });
}

/** The leaderboard, best first. @throws DescentError (chain) */
export async function readLeaderboard(chain: Chain, scoreboard: Address, id: Hex): Promise<Standing[]> {
  return translateErrors(async () => {
    const call = { address: scoreboard, abi: scoreboardAbi, functionName: 'leaderboard', args: [id] } as const;
    const list = await chain.client.readContract(call);
    return list.map(({ model, trainer, value, rows, kind, ranker }, k) => ({
      place: k + 1,
      model,
      trainer,
      value,
      rows: Number(rows),
      kind: shardKindOf(kind),
      ranker,
    }));
  });
}

/** Whether a dataset is registered. @throws DescentError (chain) */
export async function isDataset(chain: Chain, datasets: Address, id: Hex): Promise<boolean> {
  return translateErrors(async () => {
    const call = { address: datasets, abi: datasetsAbi, functionName: 'dataset', args: [id] } as const;
    return (await chain.client.readContract(call)).registrar !== zeroAddress;
  });
}
