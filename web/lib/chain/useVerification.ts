'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { Hex } from 'viem';
import type { Edge } from '../../../src/registry/edge.ts';
import type { EdgeFacts } from '../edgeFacts.ts';
import { CHAIN_CHECKS, type Check, LOCAL_CHECKS } from '../prover/checks.ts';
import { verifyInWorker } from '../prover/verifyInWorker.ts';
import { errorInWords } from './errors.ts';
import { useChainConfig } from './provider.tsx';
import type { Words } from './types.ts';
import { useNode } from './useNode.ts';

export interface Verification {
  phase: 'idle' | 'running' | 'done';
  checks: Check[];
  /** the edge and what it says, once it is read */
  edge?: Edge;
  facts?: EdgeFacts;
  /** nothing could be checked at all */
  problem?: Words;
  /** whether everything holds, once done; `open` checks do not count against it */
  holds?: boolean;
}

/** What reads edges and compares them with the chain: curves and interfaces that nobody needs before there is an edge. */
async function loadReaders() {
  const [{ parseEdge }, { edgeFacts }, { checkOnChain, edgeOfNode }] = await Promise.all([
    import('../../../src/registry/edge.ts'),
    import('../edgeFacts.ts'),
    import('./checkOnChain.ts'),
  ]);
  return { parseEdge, edgeFacts, checkOnChain, edgeOfNode };
}

const IDLE: Verification = { phase: 'idle', checks: [] };

/** Verifies an edge file, or a registered node, here and against the chain. */
export function useVerification() {
  const config = useChainConfig();
  const node = useNode();
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
      const { parseEdge, edgeFacts, checkOnChain } = await loadReaders();
      let edge: Edge | undefined;
      try {
        edge = parseEdge(text);
      } catch {
        // The worker says what is wrong with it.
      }
      update((before) => ({ ...before, ...(edge && { edge, facts: edgeFacts(edge) }) }));
      const [here, there] = await Promise.all([
        verifyInWorker(text, say, signal),
        edge ? checkOnChain(edge, config, await node(), say) : false,
      ]);
      update((before) => ({ ...before, phase: 'done', holds: here && there }));
      return here && there;
    },
    [begin, node, config],
  );

  const verifyNode = useCallback(
    async (id: Hex) => {
      const run = begin();
      try {
        const { edgeOfNode } = await loadReaders();
        await verifyText(await edgeOfNode(id, config, await node()), run);
      } catch (error) {
        const known = error instanceof Error && error.constructor === Error;
        const problem = known ? { title: error.message } : await errorInWords(error);
        run.update(() => ({ ...IDLE, phase: 'done', problem, holds: false }));
      }
    },
    [begin, node, config, verifyText],
  );

  /** Forgets the subject; what is still being checked of it changes nothing any more. */
  const reset = useCallback(() => {
    current.current?.abort();
    setVerification(IDLE);
  }, []);

  return { verification, verifyText, verifyNode, reset };
}
