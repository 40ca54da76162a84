import { type Chain, defineChain } from 'viem';
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
