import Link from 'next/link';
import type { TransactionState } from '../lib/chain/types.ts';
import { count } from '../lib/format.ts';
import { Hash } from './Identity.tsx';
import { Notice } from './Notice.tsx';

interface Props {
  state: TransactionState;
  /** what has happened once it is confirmed */
  done?: string;
  /** where the result can be seen */
  page?: string;
  explorer?: string;
  onAgain(): void;
}

/** A transaction on its way, from the wallet to the block. */
export function Transaction({ state, done = 'Registered', page, explorer, onAgain }: Props) {
  const hash = 'hash' in state ? state.hash : undefined;
  return (
    <div className="grid gap-4 py-4" data-testid="transaction" data-phase={state.phase} aria-live="polite">
      {state.phase === 'waiting' && (
        <Line busy text="Waiting for your wallet" hint="Look at what it shows before you agree." />
      )}
      {state.phase === 'submitted' && <Line busy text="Sent, waiting for a block" />}
      {state.phase === 'confirmed' && (
        <Line
          text={state.replaced ? `${done}, with a faster replacement` : done}
          hint={`In block ${count(state.block)} for ${count(state.gas)} gas.`}
        />
      )}
      {state.phase === 'cancelled' && (
        <Notice
          tone="warn"
          words={{ title: 'Cancelled: another transaction took its place.', hint: 'Nothing was registered.' }}
        />
      )}
      {state.phase === 'failed' && <Notice words={state.words} tone={state.words.rejected ? 'warn' : 'bad'} />}
      {hash && (
        <p className="text-soft">
          Transaction <Hash value={hash} what="transaction" {...(explorer && { href: `${explorer}/tx/${hash}` })} />
        </p>
      )}
      <div className="flex flex-wrap gap-3">
        {state.phase === 'confirmed' && page && (
          <>
            <Link href={page} className="button button-main">
              Open its page
            </Link>
            <Link href={`${page}/tree`} className="button">
              See it in the tree
            </Link>
          </>
        )}
        {(state.phase === 'failed' || state.phase === 'cancelled') && (
          <button type="button" className="button" onClick={onAgain}>
            Try again
          </button>
        )}
      </div>
    </div>
  );
}

function Line({ text, hint, busy = false }: { text: string; hint?: string; busy?: boolean }) {
  return (
    <p className="flex items-start gap-3">
      <span
        className={`mt-1.5 size-3 shrink-0 rounded-full ${busy ? 'animate-pulse bg-mark' : 'bg-good'}`}
        aria-hidden="true"
      />
      <span>
        <span className="text-lg font-medium">{text}</span>
        {hint && <span className="block text-soft">{hint}</span>}
      </span>
    </p>
  );
}
