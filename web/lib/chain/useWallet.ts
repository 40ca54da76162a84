'use client';

import { useState } from 'react';
import type { Address } from 'viem';
import { type Connector, useConnect, useConnection, useConnectors, useDisconnect, useSwitchChain } from 'wagmi';
import { useChainConfig } from './provider.tsx';
import type { Message } from './types.ts';

/** A wallet that announced itself. */
export interface Wallet {
  id: string;
  name: string;
  /** data URL, if the wallet gave a usable one */
  icon?: string;
}

export interface WalletState {
  status: 'disconnected' | 'connecting' | 'connected';
  address?: Address;
  walletName?: string;
  /** the wallet is on another chain than the registry */
  wrongChain: boolean;
  wallets: Wallet[];
  problem?: Message;
  connect(id: string): void;
  disconnect(): void;
  switchChain(): void;
  switching: boolean;
}

/** The visitor's wallets and the one that is connected. */
export function useWallet(): WalletState {
  const { chainId } = useChainConfig();
  const account = useConnection();
  const connectors = useConnectors();
  const { mutate: connect, isPending: connecting } = useConnect();
  const { mutate: disconnect } = useDisconnect();
  const { mutate: switchTo, isPending: switching } = useSwitchChain();
  const [problem, setProblem] = useState<Message>();
  // What reads errors is loaded when there is one: a first picture has none.
  const fail = async (error: unknown) => setProblem(await (await import('./errors.ts')).errorInWords(error));
  const connected = account.status === 'connected' || account.status === 'reconnecting';
  return {
    status: connecting || account.status === 'connecting' ? 'connecting' : connected ? 'connected' : 'disconnected',
    ...(account.address && { address: account.address }),
    ...(account.connector && { walletName: account.connector.name }),
    wrongChain: account.status === 'connected' && account.chainId !== chainId,
    wallets: connectors.filter(({ type }) => type === 'injected').map(walletOf),
    ...(problem && { problem }),
    connect(id) {
      setProblem(undefined);
      const connector = connectors.find((other) => other.uid === id);
      if (connector) connect({ connector }, { onError: fail });
    },
    disconnect() {
      setProblem(undefined);
      disconnect({});
    },
    switchChain() {
      setProblem(undefined);
      switchTo({ chainId }, { onError: fail });
    },
    switching,
  };
}

function walletOf({ uid, name, icon }: Connector): Wallet {
  const usable = icon?.trim();
  return { id: uid, name, ...(usable && /^data:image\//.test(usable) && { icon: usable }) };
}
