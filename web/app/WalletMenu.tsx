'use client';

import { lazy, Suspense, useRef, useState } from 'react';
import { useChainConfig } from '../lib/chain/provider.tsx';
import { useWallet } from '../lib/chain/useWallet.ts';
import { short } from '../lib/format.ts';

// Fetched when somebody opens it.
const WalletDialog = lazy(async () => ({ default: (await import('../components/WalletDialog.tsx')).WalletDialog }));

/** The wallet in the header, and the dialog behind it. */
export function WalletMenu() {
  const wallet = useWallet();
  const { chainName, people } = useChainConfig();
  const dialog = useRef<HTMLDialogElement>(null);
  const name = wallet.address && (people[wallet.address.toLowerCase()] ?? short(wallet.address));
  const [wanted, setWanted] = useState(false);
  const open = () => {
    setWanted(true);
    dialog.current?.showModal();
  };
  return (
    <>
      {wallet.status === 'connected' && wallet.wrongChain ? (
        <button type="button" className="button button-main" disabled={wallet.switching} onClick={wallet.switchChain}>
          <span className="max-sm:hidden">Switch to {chainName}</span>
          <span className="sm:hidden">Switch</span>
        </button>
      ) : null}
      <button type="button" className="button min-w-28 whitespace-nowrap" onClick={open} data-testid="wallet">
        {wallet.status === 'connected' && name ? (
          <>
            <span className="size-2 rounded-full bg-good" aria-hidden="true" />
            <span>{name}</span>
          </>
        ) : wallet.status === 'connecting' ? (
          'Connecting…'
        ) : (
          'Connect'
        )}
      </button>
      {wanted && (
        <Suspense>
          <WalletDialog
            ref={dialog}
            wallets={wallet.wallets}
            status={wallet.status}
            address={wallet.address}
            walletName={wallet.walletName}
            problem={wallet.problem}
            onConnect={wallet.connect}
            onDisconnect={() => {
              wallet.disconnect();
              dialog.current?.close();
            }}
            onClose={() => dialog.current?.close()}
          />
        </Suspense>
      )}
    </>
  );
}
