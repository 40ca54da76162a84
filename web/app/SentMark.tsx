'use client';

import Link from 'next/link';
import { isEnded } from '../lib/chain/sent.ts';
import { useSent } from '../lib/chain/useSent.ts';
import { plural } from '../lib/format.ts';

/** How many transactions wait, or ended unseen; leads to their list. It follows them on every page. */
export function SentMark() {
  const news = useSent().filter((sent) => !isEnded(sent) || !sent.noticed);
  if (news.length === 0) return null;
  const waiting = news.filter((sent) => !isEnded(sent)).length;
  const words =
    waiting > 0
      ? `${plural(waiting, 'transaction')} not in a block yet`
      : `${plural(news.length, 'transaction')} ended`;
  return (
    <Link
      href="/transactions"
      prefetch={false}
      aria-label={words}
      title={words}
      data-testid="sent"
      className="flex h-10 shrink-0 items-center gap-1.5 rounded-[3px] px-2 hover:bg-sunk"
    >
      <span
        className={`size-2.5 rounded-full ${waiting > 0 ? 'animate-pulse bg-mark' : 'bg-good'}`}
        aria-hidden="true"
      />
      <span className="figure text-[0.8125rem]">{news.length}</span>
    </Link>
  );
}
