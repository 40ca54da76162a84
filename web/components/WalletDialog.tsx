import { type RefObject, useEffect, useEffectEvent, useRef } from 'react';
import type { Message } from '../lib/chain/types.ts';
import { safeText } from '../lib/hostile.ts';
import { Hash } from './Identity.tsx';
import { Notice } from './Notice.tsx';

interface Props {
  ref: RefObject<HTMLDialogElement | null>;
  wallets: { id: string; name: string; icon?: string }[];
  status: 'disconnected' | 'connecting' | 'connected';
  address?: string;
  walletName?: string;
  problem?: Message;
  onConnect(id: string): void;
  onDisconnect(): void;
  onClose(): void;
}

/** Chooses among the wallets that announced themselves, or shows the connected one. It opens itself when it is first there. */
export function WalletDialog(props: Props) {
  const { ref, wallets, status, address, walletName, problem, onConnect, onDisconnect, onClose } = props;
  const connected = status === 'connected';
  // The dialog has done its work once a wallet is connected.
  const close = useEffectEvent(onClose);
  const before = useRef(connected);
  useEffect(() => {
    if (connected && !before.current) close();
    before.current = connected;
  }, [connected]);
  useEffect(() => {
    if (!ref.current?.open) ref.current?.showModal();
  }, [ref]);
  return (
    <dialog
      ref={ref}
      aria-labelledby="wallet-title"
      className="sheet m-auto w-[min(26rem,calc(100vw-2rem))] p-0 text-ink shadow-2xl"
    >
      <div className="flex items-center justify-between border-b border-line py-3 pr-3 pl-5">
        <h2 id="wallet-title" className="title text-xl">
          {connected ? 'Your wallet' : 'Connect a wallet'}
        </h2>
        <button
          type="button"
          onClick={onClose}
          aria-label="Close"
          className="grid size-9 place-items-center rounded-[3px] hover:bg-sunk"
        >
          <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" stroke="currentColor" strokeWidth="1.6">
            <path d="m2 2 12 12M14 2 2 14" />
          </svg>
        </button>
      </div>
      <div className="grid gap-3 p-5">
        {problem && <Notice words={problem} tone={problem.rejected ? 'warn' : 'bad'} />}
        {connected && address ? (
          <>
            <p>
              <span className="text-soft">{safeText(walletName ?? 'Wallet')}</span>
              <br />
              <Hash value={address} what="address" />
            </p>
            <button type="button" className="button" onClick={onDisconnect}>
              Disconnect
            </button>
          </>
        ) : (
          <>
            {wallets.map(({ id, name, icon }) => (
              <button
                key={id}
                type="button"
                className="button justify-start gap-3 py-3"
                disabled={status === 'connecting'}
                onClick={() => onConnect(id)}
              >
                {icon ? (
                  // biome-ignore lint/performance/noImgElement: a data URL that the wallet gave
                  <img src={icon} alt="" width={24} height={24} className="size-6" />
                ) : (
                  <span className="size-6 rounded-full border border-rule" aria-hidden="true" />
                )}
                {safeText(name)}
              </button>
            ))}
            {wallets.length === 0 && (
              <p className="text-soft">
                No browser wallet found. Install one that follows EIP-6963 and reload the page. The command{' '}
                <span className="hash">descent submit</span> needs none.
              </p>
            )}
          </>
        )}
      </div>
    </dialog>
  );
}
