'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { Hex } from 'viem';
import { usePublicClient } from 'wagmi';
import { type Edge, parseEdge } from '../../../src/registry/edge.ts';
import { CHAIN_CHECKS, type Check, LOCAL_CHECKS } from '../prover/checks.ts';
import { verifyInWorker } from '../prover/verifyInWorker.ts';
import { checkOnChain, edgeOfNode } from './checkOnChain.ts';
import { errorInWords } from './errors.ts';
import { useChainConfig } from './provider.tsx';
import type { Words } from './types.ts';

export interface Verification {
  phase: 'idle' | 'running' | 'done';
  checks: Check[];
  /** the edge, once it is read */
  edge?: Edge;
  /** nothing could be checked at all */
  problem?: Words;
  /** whether everything holds, once done; `open` checks do not count against it */
  holds?: boolean;
}

const IDLE: Verification = { phase: 'idle', checks: [] };

/** Verifies an edge file, or a registered node, here and against the chain. */
export function useVerification() {
  const config = useChainConfig();
  const client = usePublicClient();
  const [verification, setVerification] = useState(IDLE);
  const current = useRef<AbortController>(undefined);
  useEffect(() => () => current.current?.abort(), []);

  const begin = useCallback(() => {
    current.current?.abort();
    const control = new AbortController();
    current.current = control;
    const checks = [...LOCAL_CHECKS, ...CHAIN_CHECKS].map((id): Check => ({ id, state: 'waiting' }));
    setVerification({ phase: 'running', checks });
    const update = (change: (before: Verification) => Verification) => {
      if (!control.signal.aborted) setVerification(change);
    };
    const say = (check: Check) =>
      update((before) => ({
        ...before,
        checks: before.checks.map((other) => (other.id === check.id ? check : other)),
      }));
    return { signal: control.signal, update, say };
  }, []);

  const verifyText = useCallback(
    async (text: string, run = begin()): Promise<boolean> => {
      const { signal, update, say } = run;
      let edge: Edge | undefined;
      try {
        edge = parseEdge(text);
      } catch {
        // The worker says what is wrong with it.
      }
      update((before) => ({ ...before, ...(edge && { edge }) }));
      const [here, there] = await Promise.all([
        verifyInWorker(text, say, signal),
        edge && client ? checkOnChain(edge, config, client, say) : false,
      ]);
      update((before) => ({ ...before, phase: 'done', holds: here && there }));
      return here && there;
    },
    [begin, client, config],
  );

  const verifyNode = useCallback(
    async (id: Hex) => {
      const run = begin();
      try {
        await verifyText(await edgeOfNode(id, config, client!), run);
      } catch (error) {
        const known = error instanceof Error && error.constructor === Error;
        const problem = known ? { title: error.message } : errorInWords(error);
        run.update(() => ({ ...IDLE, phase: 'done', problem, holds: false }));
      }
    },
    [begin, client, config, verifyText],
  );

  return { verification, verifyText, verifyNode, reset: () => setVerification(IDLE) };
}
