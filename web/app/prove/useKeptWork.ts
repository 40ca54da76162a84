'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { useChainConfig } from '../../lib/chain/provider.tsx';
import { type Aside, forget, forgetAside, keep, readKept, type Work } from '../../lib/prover/keptWork.ts';

/** What the browser does with the work. */
export type Keeping =
  | { state: 'reading' | 'kept' }
  /** another tab has it */
  | { state: 'elsewhere' }
  /** it stores nothing, or not this */
  | { state: 'refused'; reason: string };

/** Until it is said that another tab has the work. */
const SOON_MS = 400;

/** The work of this tab, kept in the browser's storage. One tab at a time has it. */
export function useKeptWork() {
  const { chainId, registry } = useChainConfig();
  const [work, setWork] = useState<Work>();
  /** whether an earlier visit left it */
  const [restored, setRestored] = useState(false);
  const [aside, setAside] = useState<Aside[]>([]);
  const [keeping, setKeeping] = useState<Keeping>({ state: 'reading' });
  const latest = useRef<Work>(undefined);

  useEffect(() => {
    const read = async () => {
      try {
        const found = await readKept({ chainId, registry });
        latest.current = found.work;
        setWork(found.work);
        setRestored(found.work !== undefined);
        setAside(found.aside);
        setKeeping({ state: 'kept' });
      } catch (error) {
        setKeeping({ state: 'refused', reason: reasonOf(error) });
      }
    };
    return holdAlone(`descent prove ${chainId} ${registry}`.toLowerCase(), read, () =>
      setKeeping({ state: 'elsewhere' }),
    );
  }, [chainId, registry]);

  /** Puts another work in its place, here and in the storage; undefined deletes it. */
  const change = async (next: Work | undefined) => {
    latest.current = next && { ...next, at: Date.now() };
    setWork(latest.current);
    if (!next) setRestored(false);
    // Where a browser asks about it, it asks once; others decide by themselves what to clear when the disk is full.
    else if (Object.keys(next.steps).length > 0) void navigator.storage?.persist?.().catch(() => false);
    try {
      await (latest.current ? keep(latest.current) : forget({ chainId, registry }));
      setKeeping({ state: 'kept' });
    } catch (error) {
      setKeeping({ state: 'refused', reason: reasonOf(error) });
    }
  };
  const latestWork = useCallback(() => latest.current, []);
  const dropAside = async (one: Aside) => {
    await forgetAside(one).catch(() => {});
    setAside((all) => all.filter(({ key }) => key !== one.key));
  };
  return { work, restored, aside, keeping, latest: latestWork, change, dropAside };
}

/**
 * Waits until no other tab holds the name, then holds it until the returned function is called.
 * @param onWait called when another tab has it
 */
function holdAlone(name: string, onHeld: () => Promise<void>, onWait: () => void): () => void {
  // Pages without encryption have no locks: two of their tabs may overwrite each other's work.
  if (!navigator.locks) {
    void onHeld();
    return () => {};
  }
  const ended = new AbortController();
  const timer = setTimeout(onWait, SOON_MS);
  navigator.locks
    .request(name, { signal: ended.signal }, async () => {
      clearTimeout(timer);
      await onHeld();
      await new Promise((resolve) => ended.signal.addEventListener('abort', resolve));
    })
    .catch(() => {});
  return () => {
    clearTimeout(timer);
    ended.abort();
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
