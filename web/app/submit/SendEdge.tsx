'use client';

import Link from 'next/link';
import { useEffect } from 'react';
import { isModelProgram } from '../../../src/registry/programs/list.ts';
import { Notice } from '../../components/Notice.tsx';
import { Transaction } from '../../components/Transaction.tsx';
import { useChainConfig } from '../../lib/chain/provider.tsx';
import { isOfThisRegistry } from '../../lib/chain/thisRegistry.ts';
import { usePreflight, useSubmission } from '../../lib/chain/useSubmission.ts';
import { useWallet } from '../../lib/chain/useWallet.ts';
import type { EdgeFacts } from '../../lib/edgeFacts.ts';
import { short } from '../../lib/format.ts';
import type { ReadFile } from '../../lib/readFile.ts';
import { NextAct } from './NextAct.tsx';

/** What stands between an edge and its place in the registry, one thing at a time, and then the button. */
export function SendEdge({
  file,
  facts,
  verified,
  silent,
  onAsking,
}: {
  file: ReadFile;
  facts: EdgeFacts;
  verified: boolean;
  /** whether the node does not answer: without it nothing can be sent */
  silent: boolean;
  /** whether the wallet's owner is being asked about this edge: no other one may be shown meanwhile */
  onAsking(asking: boolean): void;
}) {
  const config = useChainConfig();
  const wallet = useWallet();
  const { data: preflight } = usePreflight(file, facts.id, silent);
  const { state, submit, reset } = useSubmission(facts.id);
  const asking = state.phase === 'waiting';
  useEffect(() => {
    onAsking(asking);
    return () => onAsking(false);
  }, [asking, onAsking]);

  const page = isModelProgram(facts.kind) ? `/model/${facts.id}` : undefined;
  if (state.phase !== 'idle') {
    return <Transaction state={state} page={page} explorer={config.explorer} onAgain={reset} />;
  }
  if (!isOfThisRegistry(file.edge, config)) {
    return (
      <Notice
        words={{
          title: `This file is for chain ${facts.chainId}, registry ${short(facts.registry)}.`,
          hint: `This page shows chain ${config.chainId}, registry ${short(config.registry)}. Prove it again for this registry, or open the page of the other.`,
        }}
      />
    );
  }
  if (preflight?.registered) {
    return (
      <div className="grid gap-4 py-4">
        <p>
          This is registered already, by{' '}
          {config.people[preflight.registered.toLowerCase()] ?? short(preflight.registered)}.
        </p>
        {page && (
          <Link href={page} className="button justify-self-start">
            Open its page
          </Link>
        )}
      </div>
    );
  }
  return (
    <NextAct
      wallet={wallet}
      preflight={preflight}
      silent={silent}
      trainer={facts.trainer}
      verified={verified}
      onSend={() => void submit(file)}
    />
  );
}
