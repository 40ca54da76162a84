import { type Address, type Hex, parseEventLogs } from 'viem';
import { scoreboardAbi } from '../../src/generated/abi.ts';
import type { ShardKind } from '../../src/model/shape.ts';
import { shardKindOf } from '../../src/registry/programs/data.ts';
import type { Chain } from './client.ts';
import { translateErrors } from './readRegistry.ts';
import { readBoardLogs } from './readScoreboard.ts';

/** A model's best sum on a benchmark. */
export interface StoredResult {
  benchmark: Hex;
  model: Hex;
  /** Who proved the model, and has one place on the contract's own list. */
  trainer: Address;
  /** Rows right, or the sum of squared errors with 18 fraction bits. */
  value: bigint;
  rows: number;
  kind: ShardKind;
  ranker: Address;
}

/** What the scoreboard noted of a model's columns and classes and of a shard's; zero where nothing is stated. */
export interface NotedSchemas {
  model: Hex;
  shard: Hex;
  modelSchema: Hex;
  shardSchema: Hex;
}

/**
 * The best results on a benchmark, or of a model, the best of each benchmark first. All of them: the contract's own list
 * holds 32, which models that were trained on the rows can fill.
 * @throws DescentError (chain)
 */
export async function readResults(
  chain: Chain,
  scoreboard: Address,
  of: { benchmark: Hex } | { model: Hex },
): Promise<StoredResult[]> {
  return translateErrors(async () => {
    const call = { address: scoreboard, abi: scoreboardAbi } as const;
    const logs = await readBoardLogs(chain, scoreboard);
    const ranked = parseEventLogs({ abi: scoreboardAbi, logs, eventName: 'Ranked', args: of });
    const ids = [...new Set(ranked.map(({ args }) => args.benchmark))];
    const benchmarks = new Map(
      await Promise.all(
        ids.map(async (id) => {
          const { rows, kind } = await chain.client.readContract({ ...call, functionName: 'benchmark', args: [id] });
          return [id, { rows: Number(rows), kind: shardKindOf(kind) }] as const;
        }),
      ),
    );
    const best = new Map<string, StoredResult>();
    for (const { args } of ranked) {
      const { benchmark, model, trainer, value, ranker } = args;
      // Only a better sum is entered, so the last one is the best; of equal ones the earlier is ahead.
      best.delete(`${benchmark} ${model}`);
      best.set(`${benchmark} ${model}`, { benchmark, model, trainer, value, ranker, ...benchmarks.get(benchmark)! });
    }
    const better = (a: StoredResult, b: StoredResult) =>
      a.kind === 'regression' ? a.value - b.value : b.value - a.value;
    return [...best.values()].sort(
      (a, b) => ids.indexOf(a.benchmark) - ids.indexOf(b.benchmark) || Number(better(a, b)),
    );
  });
}

/** The schemas beside each result of some models on some shards. @throws DescentError (chain) */
export async function readSchemas(
  chain: Chain,
  scoreboard: Address,
  models: readonly Hex[],
  shards: readonly Hex[],
): Promise<NotedSchemas[]> {
  if (models.length === 0 || shards.length === 0) return [];
  return translateErrors(async () => {
    const logs = await readBoardLogs(chain, scoreboard);
    const scored = parseEventLogs({ abi: scoreboardAbi, logs, eventName: 'Scored', args: { shard: [...shards] } });
    const wanted = new Set(models);
    return scored
      .map(({ args: { model, shard, modelSchema, shardSchema } }) => ({ model, shard, modelSchema, shardSchema }))
      .filter(({ model }) => wanted.has(model));
  });
}
