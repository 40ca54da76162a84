'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, type InputHTMLAttributes, useRef, useState } from 'react';
import type { Address, Hex } from 'viem';
import { Notice } from '../../../../components/Notice.tsx';
import { Transaction } from '../../../../components/Transaction.tsx';
import { useChainConfig } from '../../../../lib/chain/provider.tsx';
import { CARD_LIMITS, useCard } from '../../../../lib/chain/useCard.ts';
import { untilRead } from '../../../../lib/chain/useStatus.ts';
import { useWallet } from '../../../../lib/chain/useWallet.ts';
import { safeLink } from '../../../../lib/hostile.ts';

interface Props {
  id: Hex;
  trainer: Address;
  card: { name: string; uri: string };
}

/** Lets a model's trainer, and nobody else, write its card. */
export function CardEditor({ id, trainer, card }: Props) {
  const { explorer } = useChainConfig();
  const wallet = useWallet();
  const router = useRouter();
  const dialog = useRef<HTMLDialogElement>(null);
  const [name, setName] = useState('');
  const [uri, setUri] = useState('');
  const { state, write, reset } = useCard();
  if (wallet.status !== 'connected' || wallet.wrongChain) return null;
  if (wallet.address?.toLowerCase() !== trainer.toLowerCase()) return null;

  const problem = problemOf(name, uri);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const result = await write(id, trainer, name, uri);
    if (result.phase !== 'confirmed') return;
    await untilRead(result.block);
    router.refresh();
  };
  // What is on its way stays as it was sent; what became of it is no longer shown once the text is another.
  const sending = state.phase === 'waiting' || state.phase === 'submitted';
  const change = (set: (text: string) => void) => (text: string) => {
    set(text);
    if (state.phase !== 'idle') reset();
  };
  const open = () => {
    if (!sending) {
      reset();
      setName(card.name);
      setUri(card.uri);
    }
    dialog.current?.showModal();
  };
  const close = () => dialog.current?.close();
  return (
    <>
      <button type="button" className="button" onClick={open}>
        {card.name || card.uri ? 'Change its card' : 'Give it a name'}
      </button>
      <dialog
        ref={dialog}
        aria-labelledby="card-title"
        className="sheet m-auto w-[min(30rem,calc(100vw-2rem))] p-6 text-ink shadow-2xl"
      >
        <form onSubmit={submit} className="grid gap-4">
          <h2 id="card-title" className="title text-2xl">
            What you call this model
          </h2>
          <p className="text-soft">Anyone can read it, nobody vouches for it, and only you can change it.</p>
          <Field name="Name" value={name} maxLength={CARD_LIMITS.name} onText={change(setName)} disabled={sending} />
          <Field
            name="Link to more, https or ipfs"
            value={uri}
            maxLength={CARD_LIMITS.uri}
            onText={change(setUri)}
            disabled={sending}
          />
          {problem && <Notice tone="warn" words={{ title: problem }} />}
          {state.phase === 'idle' ? (
            <div className="flex flex-wrap gap-3">
              <button type="submit" className="button button-main" disabled={problem !== undefined}>
                Write it with the wallet
              </button>
              <button type="button" className="button" onClick={close}>
                Leave it
              </button>
            </div>
          ) : (
            <Transaction state={state} done="Written" explorer={explorer} onAgain={reset} />
          )}
          {state.phase === 'confirmed' && (
            <button type="button" className="button justify-self-start" onClick={close}>
              Close
            </button>
          )}
        </form>
      </dialog>
    </>
  );
}

/** Why the card cannot be written; undefined where it can. */
function problemOf(name: string, uri: string): string | undefined {
  if (bytes(name) > CARD_LIMITS.name) return `The name takes ${bytes(name)} bytes of ${CARD_LIMITS.name}.`;
  if (bytes(uri) > CARD_LIMITS.uri) return `The link takes ${bytes(uri)} bytes of ${CARD_LIMITS.uri}.`;
  return uri === '' || safeLink(uri) ? undefined : 'Only plain https and ipfs links are shown as links.';
}

function Field({
  name,
  onText,
  ...input
}: { name: string; onText(text: string): void } & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <label className="grid gap-1 text-[0.8125rem] text-soft">
      {name}
      <input
        className="field text-[0.9375rem]"
        autoComplete="off"
        {...input}
        onChange={(event) => onText(event.target.value)}
      />
    </label>
  );
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
