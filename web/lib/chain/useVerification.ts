'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Hex } from 'viem';
import { type About, type Check, chainChecksOf, otherKeyReason, trainedInWords } from '../../../src/registry/check.ts';
import type { Edge } from '../../../src/registry/edge.ts';
import type { EdgeRun } from '../../../src/registry/edgeRun.ts';
import type { EdgeFacts } from '../edgeFacts.ts';
import { CHAIN_CHECKS, type CheckLine, LOCAL_CHECKS, lineOf, RUN_CHECKS } from '../prover/checks.ts';
import { verifyInWorker } from '../prover/verifyInWorker.ts';
import type { ReadFile } from '../readFile.ts';
import { errorInWords } from './errors.ts';
import { useChainConfig } from './provider.tsx';
import type { Message } from './types.ts';
import { useNode } from './useNode.ts';
import { NODE_QUERY } from './useNodeTrouble.ts';

export interface Verification {
  phase: 'idle' | 'running' | 'done';
  /** what this browser checks by itself, and what it asks the chain */
  here: CheckLine[];
  there: CheckLine[];
  /** the edge and what it says, once it is read; of a run the last one */
  edge?: Edge;
  run?: EdgeRun;
  facts?: EdgeFacts;
  /** nothing can be said at all */
  problem?: Message;
  /** of a score: what nothing shows of rows that the model may have seen */
  unseen?: string;
  /** all findings, once done */
  checks?: Check[];
}

/** What reads edges and compares them with the chain: curves and interfaces that nobody needs before there is an edge. */
async function loadReaders() {
  const [{ readFile }, { edgeFacts }, { checkEdgeOnChain, edgeOfId }] = await Promise.all([
    import('../readFile.ts'),
    import('../edgeFacts.ts'),
    import('./verifyEdge.ts'),
  ]);
  return { readFile, edgeFacts, checkEdgeOnChain, edgeOfId };
}

const lines = (ids: CheckLine['id'][], state: CheckLine['state']) => ids.map((id): CheckLine => ({ id, state }));
const IDLE: Verification = {
  phase: 'idle',
  here: lines(LOCAL_CHECKS, 'waiting'),
  there: lines(CHAIN_CHECKS, 'waiting'),
};

/** What is found in one run of a verification; the next run ends it. */
function useRuns() {
  const [verification, setVerification] = useState(IDLE);
  const current = useRef<AbortController>(undefined);
  const queries = useQueryClient();
  useEffect(() => () => current.current?.abort(), []);
  // Whoever gets no answer makes the page ask whether the node answers at all.
  const isUnanswered = verification.phase === 'done' && isOpen(verification);
  useEffect(() => {
    if (isUnanswered) void queries.invalidateQueries({ queryKey: NODE_QUERY });
  }, [isUnanswered, queries]);

  const begin = useCallback(() => {
    current.current?.abort();
    const control = new AbortController();
    current.current = control;
    setVerification({ ...IDLE, phase: 'running', here: lines(LOCAL_CHECKS, 'running') });
    const update = (change: Partial<Verification>) => {
      if (!control.signal.aborted) setVerification((before) => ({ ...before, ...change }));
    };
    return { signal: control.signal, update };
  }, []);

  /** Forgets the subject; what is still being checked of it changes nothing any more. */
  const reset = useCallback(() => {
    current.current?.abort();
    setVerification(IDLE);
  }, []);
  return { verification, begin, reset };
}

/** Whether something is not known that a chain can tell. */
export function isOpen({ there, problem }: Verification): boolean {
  return problem !== undefined || there.some(({ state }) => state === 'open');
}

/** Verifies an edge file, or what is registered under an id, here and against the chain. */
export function useVerification() {
  const config = useChainConfig();
  const node = useNode();
  const { verification, begin, reset } = useRuns();

  const verifyText = useCallback(
    async (text: string, run = begin(), isById = false) => {
      const { signal, update } = run;
      const { readFile, edgeFacts, checkEdgeOnChain } = await loadReaders();
      let file: ReadFile | undefined;
      try {
        file = readFile(text);
      } catch {
        // The worker says what is wrong with it.
      }
      if (file) {
        const there = lines(chainChecksOf(file.edge.statement.program), 'running');
        update({ ...file, facts: edgeFacts(file), there });
      }
      const asked = file?.run ? RUN_CHECKS : LOCAL_CHECKS;
      const askChain = async (subject: ReadFile) => {
        const { checks, trainedOnRows } = await checkEdgeOnChain(subject, config, await node());
        const isScore = subject.edge.statement.program === 'score';
        update({ there: checks.map(lineOf), ...(isScore && { unseen: trainedInWords(trainedOnRows) }) });
        return checks;
      };
      try {
        const [verified, onChain] = await Promise.all([
          verifyInWorker(text, (found) => update({ here: linesOf(asked, found) }), signal),
          file ? askChain(file) : [],
        ]);
        if (verified === undefined) return;
        if ('problem' in verified) return update({ ...IDLE, phase: 'done', problem: verified.problem });
        const checks = [...verified.checks, ...onChain];
        const reason = isById ? otherKeyReason(checks) : undefined;
        if (reason !== undefined) {
          const title = 'The proof cannot be checked with the keys that this page has.';
          return update({ phase: 'done', problem: { title, hint: reason } });
        }
        update({ phase: 'done', here: linesOf(asked, verified.checks, 'waiting'), checks });
      } catch (error) {
        update({ ...IDLE, phase: 'done', problem: await errorInWords(error) });
      }
    },
    [begin, node, config],
  );

  const verifyNode = useCallback(
    async (id: Hex) => {
      const run = begin();
      try {
        const { edgeOfId } = await loadReaders();
        const holds = async (text: string) => {
          const verified = await verifyInWorker(text, () => undefined, run.signal);
          return (
            verified !== undefined && 'checks' in verified && verified.checks.every((check) => check.holds !== false)
          );
        };
        await verifyText(await edgeOfId(id, config, await node(), holds), run, true);
      } catch (error) {
        run.update({ ...IDLE, phase: 'done', problem: await problemOf(error) });
      }
    },
    [begin, node, config, verifyText],
  );

  return { verification, verifyText, verifyNode, reset };
}

/** The findings of this browser as lines; what is not found yet is being checked, or is not checked at all. */
function linesOf(asked: readonly About[], found: readonly Check[], rest: CheckLine['state'] = 'running'): CheckLine[] {
  const known = found.map(lineOf);
  return asked.map((id) => known.find((line) => line.id === id) ?? { id, state: rest });
}

async function problemOf(error: unknown): Promise<Message> {
  const { shortMessage, hint, code } = error as { shortMessage?: string; hint?: string; code?: unknown };
  if (code === 'UNKNOWN_ID') return { title: 'No model or shard with this id is registered here.' };
  if (typeof code === 'string' && shortMessage) return { title: shortMessage, ...(hint && { hint }) };
  return errorInWords(error);
}
