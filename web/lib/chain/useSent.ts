'use client';

import { useQuery } from '@tanstack/react-query';
import { useMemo, useSyncExternalStore } from 'react';
import { fateOf } from './fate.ts';
import { useChainConfig } from './provider.tsx';
import { allSent, isEnded, isSentHere, note, onSent } from './sent.ts';
import type { Sent } from './sentTypes.ts';
import { useNode } from './useNode.ts';

const WAITING_MS = 1_500;
/** Of what is in a block that the chain may still take back. */
const SHALLOW_MS = 15_000;
const NONE: Sent[] = [];

/** What this browser sent to this registry, the newest first, followed as long as a page shows it. */
export function useSent(): Sent[] {
  const config = useChainConfig();
  const node = useNode();
  const all = useSyncExternalStore(onSent, allSent, () => NONE);
  const here = useMemo(() => all.filter((sent) => isSentHere(sent, config)), [all, config]);
  const followed = here.filter(({ settled }) => !settled);
  useQuery({
    queryKey: ['fates', ...followed.map(({ hash }) => hash)],
    enabled: followed.length > 0,
    queryFn: async () => {
      const client = await node();
      const changes = await Promise.all(followed.map(async (sent) => ({ sent, change: await fateOf(sent, client) })));
      for (const { sent, change } of changes) note(sent.hash, change);
      return Date.now();
    },
    refetchInterval: followed.every(isEnded) ? SHALLOW_MS : WAITING_MS,
    // A wallet's window may hide the page that waits.
    refetchIntervalInBackground: true,
    networkMode: 'always',
    retry: false,
    staleTime: 0,
  });
  return here;
}
