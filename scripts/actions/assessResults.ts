import type { Address, Hex } from 'viem';
import type { ShardKind } from '../../src/model/shape.ts';
import { ACTIVATION_BITS } from '../../src/numbers/constants.ts';
import { type NodeOf, shardsUsedBy, sumAncestry } from '../../src/registry/ancestry.ts';
import { isSameSchema } from '../../src/registry/schemas.ts';
import type { Chain } from '../chain/client.ts';
import { readSchemas } from '../chain/readResults.ts';

/** What keeps a result from being compared with others. */
export interface Assessment {
  /** Shards of the benchmark that the model or an ancestor was trained on. */
  trainedShards: number;
  /** Of so many. */
  shards: number;
  /** Whether the model's line and the rows have the same schema; undefined where one of them states none. */
  sameSchema: boolean | undefined;
  /** Ancestors whose events were not read: it may have been trained on the rows nevertheless. */
  unreadAncestors: number;
}

/**
 * How models stand to the rows of a benchmark, in their order.
 * @param shards of the benchmark
 * @throws DescentError (chain)
 */
export async function assessResults(
  chain: Chain,
  scoreboard: Address,
  { models, shards, nodeOf }: { models: readonly Hex[]; shards: readonly Hex[]; nodeOf: NodeOf },
): Promise<Assessment[]> {
  const noted = await readSchemas(chain, scoreboard, models, shards);
  return models.map((model) => {
    const stated = noted
      .filter(({ model: other }) => other === model)
      .map(({ shard, modelSchema, shardSchema }) => ({ shard, same: isSameSchema(modelSchema, shardSchema) }))
      .filter(({ same }) => same !== undefined);
    const used = shardsUsedBy(model, nodeOf);
    const differ = stated.some(({ same }) => same === false);
    const isComplete = shards.length > 0 && new Set(stated.map(({ shard }) => shard)).size === shards.length;
    return {
      trainedShards: shards.filter((shard) => used.has(shard)).length,
      shards: shards.length,
      sameSchema: differ || isComplete ? !differ : undefined,
      unreadAncestors: sumAncestry(model, nodeOf).unknown,
    };
  });
}

/** Whether a result says nothing about rows that the model has not seen, or about rows like those it was made for. */
export function standsApart({ trainedShards, sameSchema }: Assessment): boolean {
  return trainedShards > 0 || sameSchema === false;
}

/** The same in words; empty where nothing is known to be in the way. */
export function marksOf({ trainedShards, shards, sameSchema, unreadAncestors }: Assessment): string[] {
  return [
    ...(trainedShards > 0 && trainedShards === shards ? ['trained on these rows'] : []),
    ...(trainedShards > 0 && trainedShards < shards ? [`trained on ${trainedShards} of the ${shards} shards`] : []),
    ...(sameSchema === false ? ['other columns or classes than it was trained on'] : []),
    ...(unreadAncestors > 0 ? ['part of its lineage was not read, so it may have been trained on them'] : []),
  ];
}

/** A result in words: its sum over the rows, and the same for one row. */
export function inWords(value: bigint, rows: number, kind: ShardKind): [string, string] {
  if (kind !== 'regression') return [`${value} of ${rows}`, `${((100 * Number(value)) / rows).toFixed(1)} %`];
  const sum = Number(value) / 4 ** ACTIVATION_BITS;
  return [sum.toPrecision(6), (sum / rows).toPrecision(4)];
}
