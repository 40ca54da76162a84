'use client';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { http } from 'viem';
import { createConfig, WagmiProvider } from 'wagmi';
import { chainOf } from './chain.ts';
import type { ChainConfig } from './types.ts';

const ConfigContext = createContext<ChainConfig | undefined>(undefined);

/** Gives wallet, cache and configuration to all hooks of this folder. */
export function ChainProvider({ config, children }: { config: ChainConfig; children: ReactNode }) {
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { staleTime: 5_000, retry: 1 } } }));
  const [wallet] = useState(() => {
    const chain = chainOf(config);
    return createConfig({
      chains: [chain],
      connectors: [],
      // Wallets announce themselves (EIP-6963).
      multiInjectedProviderDiscovery: true,
      transports: { [chain.id]: http(config.rpc, { batch: true }) },
      ssr: true,
    });
  });
  return (
    <ConfigContext value={config}>
      <WagmiProvider config={wallet}>
        <QueryClientProvider client={queries}>{children}</QueryClientProvider>
      </WagmiProvider>
    </ConfigContext>
  );
}

/** @throws Error outside of ChainProvider */
export function useChainConfig(): ChainConfig {
  const config = useContext(ConfigContext);
  if (!config) throw new Error('useChainConfig needs a ChainProvider');
  return config;
}
