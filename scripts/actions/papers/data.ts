import type { Address, Hex } from 'viem';
import type { Chain } from '../../chain/client.ts';
import {
  type Publication,
  readDatasetNotes,
  readDatasets,
  readSources,
  type SourceStatement,
} from '../../chain/readDatasets.ts';
import { readShard, type StoredShard } from '../../chain/readRegistry.ts';

/** A registered dataset that holds shards which a lineage was trained on. */
export interface DataFacts {
  id: Hex;
  registrar: Address;
  /** said by its registrar: hostile */
  uri: string;
  shards: readonly StoredShard[];
  published: Publication | undefined;
  revoked: boolean;
  /** what sources say now: hostile */
  sources: SourceStatement[];
}

/** Datasets that papers tell of: anybody can list a shard under any name. */
const MOST_DATASETS = 20;

/**
 * Datasets of the shards of a lineage, in the order in which they were registered.
 * @returns those that are told, and how many are left out
 * @throws DescentError (chain)
 */
export async function readDataFacts(
  chain: Chain,
  contracts: { registry: Address; datasets: Address; attestations: Address | undefined },
  shards: readonly Hex[],
): Promise<{ data: DataFacts[]; leftOut: number }> {
  const { registry, datasets, attestations } = contracts;
  const used = new Set(shards);
  const all = await readDatasets(chain, datasets);
  const { published, revoked } = await readDatasetNotes(chain, datasets);
  const said = attestations === undefined ? [] : await readSources(chain, attestations);
  const holding = [...all].filter(([, { shardIds }]) => shardIds.some((id) => used.has(id)));
  // Those that say where their rows are, or that anybody speaks for, come first: an empty name costs nothing.
  const weight = (id: Hex) => Number(published.has(id)) + Number(said.some(({ dataset }) => dataset === id));
  const told = holding.toSorted(([a], [b]) => weight(b) - weight(a)).slice(0, MOST_DATASETS);
  const data: DataFacts[] = [];
  for (const [id, { registrar, shardIds, uri }] of told) {
    const stored = await Promise.all(shardIds.map((shard) => readShard(chain, registry, shard)));
    data.push({
      id,
      registrar,
      uri,
      shards: stored.filter((shard) => shard !== undefined),
      published: published.get(id),
      revoked: revoked.has(id),
      sources: said.filter(({ dataset }) => dataset === id),
    });
  }
  return { data, leftOut: holding.length - told.length };
}
