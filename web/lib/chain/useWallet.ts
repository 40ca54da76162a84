'use client';

import { useState } from 'react';
import { type Connector, useConnect, useConnection, useConnectors, useDisconnect, useSwitchChain } from 'wagmi';
import { useChainConfig } from './provider.tsx';
import type { Message } from './types.ts';
import { type Account, useAccount } from './useAccount.ts';

/** A wallet that announced itself. */
export interface Wallet {
  id: string;
  name: string;
  /** data URL, if the wallet gave a usable one */
  icon?: string;
}

export interface WalletState extends Account {
  walletName?: string;
  wallets: Wallet[];
  problem?: Message;
  connect(id: string): void;
  disconnect(): void;
  /** stops waiting for a wallet that does not answer */
  stop(): void;
  switchChain(): void;
  /** tells the wallet about the chain, then switches */
  addChain(): void;
  switching: boolean;
}

/** The visitor's wallets and the one that is connected. */
export function useWallet(): WalletState {
  const config = useChainConfig();
  const { chainId } = config;
  const account = useConnection();
  const connectors = useConnectors();
  const { mutate: connect, isPending: connecting, reset } = useConnect();
  const { mutate: disconnect } = useDisconnect();
  const { mutate: switchTo, isPending: switching } = useSwitchChain();
  const [problem, setProblem] = useState<Message>();
  // What reads errors is loaded when there is one: a first picture has none.
  const fail = async (error: unknown) => setProblem(await (await import('./errors.ts')).errorInWords(error));
  const shown = useAccount();
  return {
    ...shown,
    ...(connecting && { status: 'connecting' }),
    ...(account.connector && { walletName: account.connector.name }),
    wallets: walletsOf(connectors),
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
    stop() {
      reset();
      disconnect({});
    },
    switchChain() {
      setProblem(undefined);
      switchTo({ chainId }, { onError: fail });
    },
    addChain() {
      setProblem(undefined);
      import('./addChain.ts')
        .then(({ addChain }) => addChain(account.connector!, config))
        .then(() => switchTo({ chainId }, { onError: fail }), fail);
    },
    switching,
  };
}

/** The wallets that announced themselves; where none did, the one that stands at `window.ethereum`, as in browsers of older wallets. */
function walletsOf(connectors: readonly Connector[]): Wallet[] {
  const announced = connectors.filter(({ type, id }) => type === 'injected' && id !== 'injected');
  const isThere = typeof window !== 'undefined' && 'ethereum' in window;
  return (announced.length > 0 || !isThere ? announced : connectors).map(walletOf);
}

function walletOf({ uid, name, icon }: Connector): Wallet {
  const usable = icon?.trim();
  return { id: uid, name, ...(usable && /^data:image\//.test(usable) && { icon: usable }) };
}
