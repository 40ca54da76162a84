'use client';

import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { plural } from '../format.ts';
import type { Status } from './types.ts';

/** How far the page is behind, in words. */
export interface Lag {
  late: boolean;
  text: string;
}

const QUIET_MS = 30_000;
const POLL_MS = 500;
const PATIENCE_MS = 20_000;

/** Waits until the server has read a block, or for a while. */
export async function untilRead(block: number): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
    const response = await fetch('/api/status').catch(() => undefined);
    if (response?.ok && ((await response.json()) as Status).scanned >= block) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** What the server knows about the chain, asked for every few seconds while the page is visible. */
export function useStatus(initial: Status): Status & { lag: Lag } {
  const { data, isError } = useQuery({
    queryKey: ['status'],
    queryFn: async (): Promise<Status> => {
      const response = await fetch('/api/status');
      if (!response.ok) throw new Error(`status ${response.status}`);
      return response.json();
    },
    initialData: initial,
    refetchInterval: 4_000,
  });
  const mounted = useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
  return { ...data, lag: lagOf(data, isError, mounted ? Date.now() : data.answeredAt) };
}

function lagOf(status: Status, unreachable: boolean, now: number): Lag {
  if (unreachable) return { late: true, text: 'This page lost its server' };
  const problem = status.problem?.replace(/\.$/, '');
  if (status.answeredAt === 0) return { late: true, text: problem ?? 'The node does not answer' };
  const silence = now - status.answeredAt;
  if (problem && silence > QUIET_MS) {
    return { late: true, text: `No answer for ${Math.round(silence / 1000)} s. ${problem}` };
  }
  const behind = status.head - status.scanned;
  if (behind > 0) return { late: true, text: `${plural(behind, 'block')} behind` };
  return { late: false, text: 'Up to date' };
}
