'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useRef, useState } from 'react';
import type { Address, Hex } from 'viem';
import { Field } from '../../../../components/Field.tsx';
import { Notice } from '../../../../components/Notice.tsx';
import { Transaction } from '../../../../components/Transaction.tsx';
import { useChainConfig } from '../../../../lib/chain/provider.tsx';
import type { NodeStatus } from '../../../../lib/chain/types.ts';
import { useCall } from '../../../../lib/chain/useCall.ts';
import { untilRead } from '../../../../lib/chain/useStatus.ts';
import { useWallet } from '../../../../lib/chain/useWallet.ts';
import { isHash } from '../../../../lib/format.ts';

/** In bytes, as the contract takes it. */
const MOST_REASON = 256;
const MARKS: NodeStatus['mark'][] = ['current', 'deprecated', 'withdrawn'];

/** Lets whoever acts for a model's trainer, and nobody else, mark it or name its successor. */
export function StatusEditor({ id, trainerKey, standing }: { id: Hex; trainerKey: Address; standing?: NodeStatus }) {
  const { explorer, statuses } = useChainConfig();
  const wallet = useWallet();
  const router = useRouter();
  const dialog = useRef<HTMLDialogElement>(null);
  const [act, setAct] = useState<NodeStatus['mark'] | 'successor'>('successor');
  const [successor, setSuccessor] = useState('');
  const [reason, setReason] = useState('');
  const { state, call, reset } = useCall();
  if (!statuses || wallet.status !== 'connected' || wallet.wrongChain) return null;
  if (wallet.address?.toLowerCase() !== trainerKey.toLowerCase()) return null;

  const problem = problemOf({ act, successor, reason });
  const open = () => {
    if (state.phase !== 'waiting' && state.phase !== 'submitted') {
      reset();
      setSuccessor(standing?.successor ?? '');
      setReason(standing?.reason ?? '');
    }
    dialog.current?.showModal();
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const asked =
      act === 'successor'
        ? { functionName: 'supersede', args: [id, successor.trim(), await stepsTo(successor.trim(), id)] }
        : { functionName: 'setStatus', args: [id, MARKS.indexOf(act), reason] };
    const result = await call({ to: statuses, abi: (abis) => abis.statusesAbi, ...asked });
    if (result.phase !== 'confirmed') return;
    await untilRead(result.block);
    router.refresh();
  };
  return (
    <>
      <button type="button" className="button" onClick={open}>
        Change its status
      </button>
      <dialog
        ref={dialog}
        aria-labelledby="status-title"
        className="sheet m-auto w-[min(32rem,calc(100vw-2rem))] p-6 text-ink shadow-2xl"
      >
        <form onSubmit={submit} className="grid gap-4">
          <h2 id="status-title" className="title text-2xl">
            Status of this model
          </h2>
          <p className="text-soft">
            Everybody sees it here and contracts can ask for it. The model stays registered, and so does every change.
          </p>
          <Fields draft={{ act, successor, reason }} onAct={setAct} onSuccessor={setSuccessor} onReason={setReason} />
          {problem && <Notice tone="warn" words={{ title: problem }} />}
          {state.phase === 'idle' ? (
            <button type="submit" className="button button-main justify-self-start" disabled={problem !== undefined}>
              Send with the wallet
            </button>
          ) : (
            <Transaction state={state} done="Changed" explorer={explorer} onAgain={reset} />
          )}
          <button type="button" className="button justify-self-start" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </form>
      </dialog>
    </>
  );
}

interface Draft {
  act: NodeStatus['mark'] | 'successor';
  successor: string;
  reason: string;
}

/** Why the draft cannot be sent; undefined where it can. */
function problemOf({ act, successor, reason }: Draft): string | undefined {
  if (act === 'successor')
    return isHash(successor.trim()) ? undefined : 'Name the successor by its id: 0x and 64 digits.';
  const size = new TextEncoder().encode(reason).length;
  if (size > MOST_REASON) return `The reason takes ${size} bytes of ${MOST_REASON}.`;
  return act !== 'current' && size === 0 ? 'Say why.' : undefined;
}

interface FieldsProps {
  draft: Draft;
  onAct(act: Draft['act']): void;
  onSuccessor(text: string): void;
  onReason(text: string): void;
}

function Fields({ draft: { act, successor, reason }, onAct, onSuccessor, onReason }: FieldsProps) {
  return (
    <>
      <label className="grid gap-1 text-[0.8125rem] text-soft">
        What you say
        <select className="field" value={act} onChange={(event) => onAct(event.target.value as Draft['act'])}>
          <option value="successor">Another model of mine supersedes it</option>
          <option value="deprecated">Deprecated: not for new work</option>
          <option value="withdrawn">Withdrawn: not to be used at all</option>
          <option value="current">Neither deprecated nor withdrawn</option>
        </select>
      </label>
      {act === 'successor' ? (
        <Field label="Id of the successor" value={successor} onText={onSuccessor} />
      ) : (
        <Field label="Why" value={reason} onText={onReason} />
      )}
    </>
  );
}

/** The way from a successor up to the model; none where it does not descend from it. */
async function stepsTo(successor: string, id: Hex): Promise<Hex[]> {
  const response = await fetch(`/api/ways?from=${successor}&to=${id}`);
  const body = (await response.json()) as { steps?: Hex[] };
  return body.steps ?? [];
}
