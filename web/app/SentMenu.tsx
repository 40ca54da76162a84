'use client';

import { lazy, Suspense, useEffect, useState } from 'react';
import { SENT_EVENT, SENT_PLACE } from '../lib/sentPlace.ts';

const SentMark = lazy(async () => ({ default: (await import('./SentMark.tsx')).SentMark }));

/** The mark of transactions, loaded where this browser has sent one. */
export function SentMenu() {
  const [wanted, want] = useState(false);
  useEffect(() => {
    const load = () => want(true);
    try {
      if (localStorage.getItem(SENT_PLACE)) load();
    } catch {
      // Where the browser stores nothing, nothing was sent before.
    }
    window.addEventListener(SENT_EVENT, load);
    return () => window.removeEventListener(SENT_EVENT, load);
  }, []);
  return wanted && <Suspense>{<SentMark />}</Suspense>;
}
