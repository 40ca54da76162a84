import type { Hex, PublicClient } from 'viem';
import type { ChainReads } from '../../../src/registry/chainReads.ts';
import type { Check } from '../../../src/registry/check.ts';
import { checkOnChain } from '../../../src/registry/checkEdge.ts';
import { clientReads } from '../../../src/registry/clientReads.ts';
import { type Edge, formatEdge } from '../../../src/registry/edge.ts';
import { readStoredEdge, type StoredEdge } from '../../../src/registry/storedEdge.ts';
import { installedKeys } from '../prover/installedKeys.ts';
import type { ChainConfig } from './types.ts';

/** What the visitor's own connection to the chain is asked. */
async function readsOf(client: PublicClient): Promise<ChainReads> {
  return clientReads(client, await client.getChainId());
}

/** Compares an edge with what the visitor's own connection to the chain says. */
export async function checkEdgeOnChain(edge: Edge, config: ChainConfig, client: PublicClient): Promise<Check[]> {
  const keys = await installedKeys(edge.statement.program);
  const { checks } = await checkOnChain(edge, await readsOf(client), config, keys);
  return checks;
}

/**
 * The edge file of a registered model or shard, made again from the transaction that registered it.
 * @param holds whether the proof in an edge file holds; asked where the transaction may hold several
 * @throws DescentError when there is no such id or the transaction does not show the proof
 */
export async function edgeOfId(
  id: Hex,
  config: ChainConfig,
  client: PublicClient,
  holds: (text: string) => Promise<boolean>,
): Promise<string> {
  const textOf = async ({ statement, proof, trainer }: StoredEdge): Promise<string> => {
    const { verificationKey, devKeys } = await installedKeys(statement.program);
    const origin = { chainId: BigInt(config.chainId), registry: config.registry, trainer };
    return formatEdge({ origin, statement, proof, verificationKey, devKeys, metadata: {} });
  };
  const asked = async (found: StoredEdge) => holds(await textOf(found));
  return textOf(await readStoredEdge(await readsOf(client), config.registry, id, asked));
}
