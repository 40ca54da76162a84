'use client';

import type { Address } from 'viem';
import { useConnection } from 'wagmi';
import { useChainConfig } from './provider.tsx';

/** The account that is connected: as much of a wallet as every page shows. */
export interface Account {
  status: 'disconnected' | 'connecting' | 'connected';
  address?: Address;
  /** the wallet is on another chain than the registry */
  wrongChain: boolean;
}

export function useAccount(): Account {
  const { chainId } = useChainConfig();
  const { status, address, chainId: its } = useConnection();
  return {
    status: status === 'reconnecting' ? 'connected' : status,
    ...(address && { address }),
    wrongChain: status === 'connected' && its !== chainId,
  };
}
