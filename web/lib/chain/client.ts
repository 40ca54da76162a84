import { type Chain, createPublicClient, defineChain, http, type PublicClient } from 'viem';
import type { ChainConfig } from './types.ts';

/** The configured chain as viem and wallets know chains. */
export function chainOf({ chainId, chainName, rpc, explorer }: ChainConfig): Chain {
  return defineChain({
    id: chainId,
    name: chainName,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpc] } },
    ...(explorer && { blockExplorers: { default: { name: 'Explorer', url: explorer } } }),
  });
}

/** A client that bundles what is asked at the same time into one request. */
export function clientOf(config: ChainConfig): PublicClient {
  return createPublicClient({
    chain: chainOf(config),
    transport: http(config.rpc, { batch: { batchSize: 200 }, retryCount: 1, timeout: 15_000 }),
    cacheTime: 0,
  });
}
