'use client';

import { useCallback } from 'react';
import type { PublicClient } from 'viem';
import { useChainConfig } from './provider.tsx';

let made: { rpc: string; client: Promise<PublicClient> } | undefined;

/** The visitor's own connection to the node, loaded when it is first asked for: it is too large for a first picture. */
export function useNode(): () => Promise<PublicClient> {
  const config = useChainConfig();
  return useCallback(() => {
    if (made?.rpc !== config.rpc) {
      made = { rpc: config.rpc, client: import('./client.ts').then(({ clientOf }) => clientOf(config)) };
    }
    return made.client;
  }, [config]);
}
