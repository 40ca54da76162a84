'use client';

import { lazy, Suspense, useRef, useState } from 'react';
import { useChainConfig } from '../lib/chain/provider.tsx';
import { useAccount } from '../lib/chain/useAccount.ts';
import { short } from '../lib/format.ts';

// Fetched when somebody opens it.
const OpenWallet = lazy(async () => ({ default: (await import('./OpenWallet.tsx')).OpenWallet }));

/** The wallet in the header, and the dialog behind it. */
export function WalletMenu() {
  const { status, address, wrongChain } = useAccount();
  const { chainName, people } = useChainConfig();
  const dialog = useRef<HTMLDialogElement>(null);
  const name = address && (people[address.toLowerCase()] ?? short(address));
  /** how often it was opened, and how often to switch chains */
  const [wanted, setWanted] = useState({ opened: 0, switches: 0 });
  const open = (switches: 0 | 1) => {
    setWanted((before) => ({ opened: before.opened + 1, switches: before.switches + switches }));
    if (!dialog.current?.open) dialog.current?.showModal();
  };
  return (
    <>
      {wrongChain && (
        <button type="button" className="button button-main" onClick={() => open(1)} data-testid="switch">
          <span className="max-sm:hidden">Switch to {chainName}</span>
          <span className="sm:hidden">Switch</span>
        </button>
      )}
      <button type="button" className="button min-w-28 whitespace-nowrap" onClick={() => open(0)} data-testid="wallet">
        {status === 'connected' && name ? (
          <>
            <span className="size-2 rounded-full bg-good" aria-hidden="true" />
            <span>{name}</span>
          </>
        ) : status === 'connecting' ? (
          'Connecting…'
        ) : (
          'Connect'
        )}
      </button>
      {wanted.opened > 0 && (
        <Suspense>
          <OpenWallet ref={dialog} switches={wanted.switches} />
        </Suspense>
      )}
    </>
  );
}
