import type { Address, Hex } from 'viem';
import type { Chain } from '../chain/client.ts';
import { readDatasets, readSources, type SourceStatement } from '../chain/readDatasets.ts';
import { datasetsOf } from '../chain/readPlaces.ts';
import { counted } from '../terminal/plural.ts';
import { printable } from '../terminal/printable.ts';

/** Sources that are told of one shard: anybody can become one. */
const MOST_SOURCES = 10;

/** A source's word in one line, made printable. */
export function sourceInWords({ source, licence, uri }: Omit<SourceStatement, 'dataset'>): string {
  return [
    `${source} says that it is its own`,
    licence === '' ? 'licence not stated' : `licence ${printable(licence)}`,
    ...(uri === '' ? [] : [`"${printable(uri)}"`]),
  ].join(', ');
}

/** For each of the shards what sources say now of datasets that hold it, in the order in which they said it. @throws DescentError (chain) */
export async function wordsOnShards(
  chain: Chain,
  attestations: Address,
  shards: readonly Hex[],
): Promise<SourceStatement[][]> {
  const [said, lists] = await Promise.all([
    readSources(chain, attestations),
    datasetsOf(chain, attestations).then((datasets) => readDatasets(chain, datasets)),
  ]);
  return shards.map((shard) => said.filter(({ dataset }) => lists.get(dataset)?.shardIds.includes(shard)));
}

/**
 * What sources say of shards.
 * @returns one line for each shard and source, and how many of the shards have any
 * @throws DescentError (chain)
 */
export async function describeSources(
  chain: Chain,
  attestations: Address,
  shards: Iterable<Hex>,
): Promise<{ attested: string; sources: string[] }> {
  const all = [...shards];
  const words = await wordsOnShards(chain, attestations, all);
  const lines: string[] = [];
  let attested = 0;
  for (const [k, shard] of all.entries()) {
    // Of a source that attests several datasets with the shard, what it said last.
    const bySource = new Map(words[k].map((word) => [word.source, word]));
    if (bySource.size > 0) attested++;
    const told = [...bySource.values()].slice(0, MOST_SOURCES).map(sourceInWords);
    lines.push(...told.map((word) => `shard ${shard}: ${word}`));
    if (bySource.size > MOST_SOURCES) lines.push(`shard ${shard}: and ${bySource.size - MOST_SOURCES} more sources`);
  }
  return { attested: `${attested} of ${counted(all.length, 'shard')} by anybody`, sources: lines };
}
