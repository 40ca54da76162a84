import type { EIP1193Provider } from 'viem';
import type { Connector } from 'wagmi';
import { chainOf } from './chain.ts';
import type { ChainConfig } from './types.ts';

/** Tells a wallet about the chain of this page (EIP-3085). */
export async function addChain(connector: Connector, config: ChainConfig): Promise<void> {
  const provider = (await connector.getProvider()) as EIP1193Provider;
  const { id, name, nativeCurrency, rpcUrls, blockExplorers } = chainOf(config);
  const explorer = blockExplorers && { blockExplorerUrls: [blockExplorers.default.url] };
  const chain = { chainId: `0x${id.toString(16)}`, chainName: name, nativeCurrency, ...explorer };
  await provider.request({
    method: 'wallet_addEthereumChain',
    params: [{ ...chain, rpcUrls: [...rpcUrls.default.http] }],
  });
}
