import type { Address, Hex } from 'viem';
import { lineageAuditAbi, scoreboardAbi } from '../../src/generated/abi.ts';
import type { Chain } from './client.ts';
import { translateErrors } from './readRegistry.ts';

/** A shard that an ancestor was trained on, beside what is asked about: no fact speaks of them. */
export interface OpenPair {
  model: Hex;
  trained: Hex;
  other: Hex;
}

/** What the audit's facts leave open of a lineage. */
export interface LineageGaps {
  open: OpenPair[];
  /** imports and foreign children: what they were made of is not recorded */
  unread: Hex[];
}

/** Nodes that are asked about at once. */
const PAGE = 64n;

/** All that is not shown of a model and its ancestors. @param asked shards, or the hash of one record @throws DescentError (chain) */
export async function readGaps(
  { client }: Chain,
  audit: Address,
  model: Hex,
  asked: { shards: readonly Hex[] } | { record: Hex },
): Promise<LineageGaps> {
  return translateErrors(async () => {
    const at = { address: audit, abi: lineageAuditAbi } as const;
    const gaps: LineageGaps = { open: [], unread: [] };
    let cursor: readonly bigint[] = [];
    do {
      const page =
        'shards' in asked
          ? await client.readContract({
              ...at,
              functionName: 'decontaminated',
              args: [model, asked.shards, cursor, PAGE],
            })
          : await client.readContract({
              ...at,
              functionName: 'neverTrainedOn',
              args: [model, asked.record, cursor, PAGE],
            });
      gaps.open.push(...page.open);
      gaps.unread.push(...page.unread);
      cursor = page.next;
    } while (cursor.length > 0);
    return gaps;
  });
}

/** The shards of an open benchmark; none of another. @throws DescentError (chain) */
export function readBenchmarkShards({ client }: Chain, scoreboard: Address, id: Hex): Promise<readonly Hex[]> {
  const call = { address: scoreboard, abi: scoreboardAbi, functionName: 'shardsOf', args: [id] } as const;
  return translateErrors(() => client.readContract(call));
}
