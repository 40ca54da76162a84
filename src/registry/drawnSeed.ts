import { type Hex, zeroHash } from 'viem';
import type { ChainReads, SeedRequest } from './chainReads.ts';
import { seedFrom } from './statement.ts';

/**
 * The seed of a request, computed here: a node that is asked for it with the secret would know the weights.
 * @returns undefined while the block that decides it is not made, and where the node does not have that block
 */
export async function drawnSeed(
  reads: Pick<ChainReads, 'hashOf'>,
  { trainer, seedBlock, blockHash }: Pick<SeedRequest, 'trainer' | 'seedBlock' | 'blockHash'>,
  requestId: bigint,
  secret: Hex,
): Promise<bigint | undefined> {
  const hash = blockHash === zeroHash ? await reads.hashOf(seedBlock) : blockHash;
  return hash && seedFrom(hash, trainer, requestId, secret);
}
