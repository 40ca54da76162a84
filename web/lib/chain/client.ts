import { createPublicClient, http, type PublicClient } from 'viem';
import { chainOf } from './chain.ts';
import type { ChainConfig } from './types.ts';

/** A client that bundles what is asked at the same time into one request. */
export function clientOf(config: ChainConfig): PublicClient {
  return createPublicClient({
    chain: chainOf(config),
    transport: http(config.rpc, { batch: { batchSize: 200 }, retryCount: 1, timeout: 15_000 }),
    cacheTime: 0,
    // A stranger's contract must not send this server to an address of its choice.
    ccipRead: false,
  });
}
