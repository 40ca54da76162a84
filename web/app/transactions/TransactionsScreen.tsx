'use client';

import Link from 'next/link';
import { useEffect } from 'react';
import { Hash, NamedLink, Person } from '../../components/Identity.tsx';
import { PageHead } from '../../components/Section.tsx';
import { useChainConfig } from '../../lib/chain/provider.tsx';
import { forget, isEnded, notice } from '../../lib/chain/sent.ts';
import type { Sent } from '../../lib/chain/sentTypes.ts';
import { useSent } from '../../lib/chain/useSent.ts';
import { fateInWords } from '../../lib/fateWords.ts';
import { moment } from '../../lib/format.ts';
import { safeText } from '../../lib/hostile.ts';

/** Every transaction that this browser sent to this registry, and what became of it. */
export function TransactionsScreen() {
  const sent = useSent();
  const shown = sent.filter((one) => isEnded(one) && !one.noticed).map(({ hash }) => hash);
  const news = shown.join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same list under another name
  useEffect(() => {
    if (shown.length > 0) notice(shown);
  }, [news]);
  const ended = sent.filter(isEnded).map(({ hash }) => hash);
  return (
    <>
      <PageHead title="Transactions">
        What this browser sent to this registry. The list is kept in this browser alone, and what it says is asked of
        the chain.
      </PageHead>
      <div className="mx-auto grid max-w-7xl gap-6 px-4 sm:px-6">
        {sent.length === 0 ? (
          <p className="text-soft">
            Nothing was sent from this browser.{' '}
            <Link className="link" href="/submit">
              Submit
            </Link>{' '}
            and{' '}
            <Link className="link" href="/prove">
              Prove
            </Link>{' '}
            send edges.
          </p>
        ) : (
          <ul className="divide-y divide-line border-y border-line">
            {sent.map((one) => (
              <OneSent key={one.hash} sent={one} />
            ))}
          </ul>
        )}
        {ended.length > 0 && (
          <button type="button" className="button justify-self-start" onClick={() => forget(ended)}>
            Forget those that ended
          </button>
        )}
      </div>
    </>
  );
}

const TONES: Record<Sent['fate']['phase'], string> = {
  submitted: 'animate-pulse bg-mark',
  dropped: 'bg-warn',
  superseded: 'bg-warn',
  confirmed: 'bg-good',
  reverted: 'bg-bad',
  cancelled: 'bg-warn',
};

function OneSent({ sent }: { sent: Sent }) {
  const { explorer, people } = useChainConfig();
  const { fate, what, page, sender, sentAt, nonce } = sent;
  const { title, hint } = fateInWords(fate);
  const hash = 'hash' in fate ? fate.hash : sent.hash;
  const isLost = fate.phase === 'dropped' || fate.phase === 'superseded';
  return (
    <li className="grid gap-x-8 gap-y-2 py-5 md:grid-cols-2" data-testid="sent-one" data-fate={fate.phase}>
      <div className="grid min-w-0 content-start gap-1">
        <p className="text-lg font-medium">
          <NamedLink href={page} name={safeText(what)} />
        </p>
        <p className="text-soft">
          By <Person address={sender} people={people} />, {moment(Math.floor(sentAt / 1000))}
          {nonce !== undefined && `, nonce ${nonce}`}
        </p>
        <p className="text-soft">
          Transaction <Hash value={hash} what="transaction" {...(explorer && { href: `${explorer}/tx/${hash}` })} />
        </p>
      </div>
      <div className="grid min-w-0 content-start gap-2" aria-live="polite">
        <p className="flex items-start gap-3">
          <span className={`mt-1.5 size-3 shrink-0 rounded-full ${TONES[fate.phase]}`} aria-hidden="true" />
          <span>
            <span className="font-medium">{title}</span>
            {hint && <span className="block text-soft">{hint}</span>}
          </span>
        </p>
        {fate.phase === 'confirmed' && (
          <Link className="button justify-self-start" href={page} prefetch={false}>
            Open what it made
          </Link>
        )}
        {isLost && (
          <button type="button" className="button justify-self-start" onClick={() => forget([sent.hash])}>
            Forget it
          </button>
        )}
      </div>
    </li>
  );
}
