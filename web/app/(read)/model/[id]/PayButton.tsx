'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useRef, useState } from 'react';
import type { Hex } from 'viem';
import { Notice } from '../../../../components/Notice.tsx';
import { Transaction } from '../../../../components/Transaction.tsx';
import { useChainConfig } from '../../../../lib/chain/provider.tsx';
import { useCall } from '../../../../lib/chain/useCall.ts';
import { untilRead } from '../../../../lib/chain/useStatus.ts';
import { useWallet } from '../../../../lib/chain/useWallet.ts';
import { etherIn } from '../../../../lib/tokens.ts';

/** Lets a visitor pay a model in Ether. */
export function PayButton({ id }: { id: Hex }) {
  const { explorer, creditVault } = useChainConfig();
  const wallet = useWallet();
  const router = useRouter();
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState('0.01');
  const { state, call, reset } = useCall();
  if (!creditVault || wallet.status !== 'connected' || wallet.wrongChain) return null;
  const value = etherIn(text);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!value) return;
    const result = await call({
      to: creditVault,
      abi: (abis) => abis.creditVaultAbi,
      functionName: 'pay',
      args: [id],
      value,
    });
    if (result.phase !== 'confirmed') return;
    await untilRead(result.block);
    router.refresh();
  };
  const open = () => {
    reset();
    dialog.current?.showModal();
  };
  return (
    <>
      <button type="button" className="button" onClick={open}>
        Pay this model
      </button>
      <dialog
        ref={dialog}
        aria-labelledby="pay-title"
        className="sheet m-auto w-[min(30rem,calc(100vw-2rem))] p-6 text-ink shadow-2xl"
      >
        <form onSubmit={submit} className="grid gap-4">
          <h2 id="pay-title" className="title text-2xl">
            Pay this model
          </h2>
          <p className="text-soft">
            The money goes to its trainer and to the trainers of its ancestors, by the shares that the page lists.
            Nobody can take it back.
          </p>
          <label className="grid gap-1 text-[0.8125rem] text-soft">
            Amount in ETH
            <input
              className="field text-[0.9375rem]"
              inputMode="decimal"
              autoComplete="off"
              value={text}
              disabled={state.phase === 'waiting' || state.phase === 'submitted'}
              onChange={(event) => setText(event.target.value)}
            />
          </label>
          {!value && <Notice tone="warn" words={{ title: 'Give an amount, such as 0.01.' }} />}
          {state.phase === 'idle' ? (
            <button type="submit" className="button button-main justify-self-start" disabled={!value}>
              Pay with the wallet
            </button>
          ) : (
            <Transaction state={state} done="Paid" explorer={explorer} onAgain={reset} />
          )}
          <button type="button" className="button justify-self-start" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </form>
      </dialog>
    </>
  );
}
