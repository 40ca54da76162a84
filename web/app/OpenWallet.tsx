'use client';

import { type RefObject, useEffect, useEffectEvent } from 'react';
import { WalletDialog } from '../components/WalletDialog.tsx';
import { useChainConfig } from '../lib/chain/provider.tsx';
import { useWallet } from '../lib/chain/useWallet.ts';

interface Props {
  ref: RefObject<HTMLDialogElement | null>;
  /** how often the visitor asked in the header to switch chains */
  switches: number;
}

/** The dialog of the wallet with what it does. */
export function OpenWallet({ ref, switches }: Props) {
  const wallet = useWallet();
  const config = useChainConfig();
  const switchChain = useEffectEvent(wallet.switchChain);
  useEffect(() => {
    if (switches > 0) switchChain();
  }, [switches]);
  const close = () => ref.current?.close();
  return (
    <WalletDialog
      ref={ref}
      wallet={wallet}
      chain={config}
      onDisconnect={() => {
        wallet.disconnect();
        close();
      }}
      onClose={close}
    />
  );
}
