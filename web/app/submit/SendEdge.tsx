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
import { count, ether, short } from '../../lib/format.ts';
import type { ReadFile } from '../../lib/readFile.ts';

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
  const { state, submit, reset } = useSubmission();
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
  const unknown = silent ? 'not known now' : '…';
  return (
    <div className="grid gap-4 py-4">
      <dl className="grid-facts">
        <dt>Gas</dt>
        <dd className="figure">{preflight?.gas ? count(Number(preflight.gas)) : unknown}</dd>
        <dt>Price today</dt>
        <dd className="figure">{preflight?.cost ? ether(preflight.cost) : unknown}</dd>
      </dl>
      {silent && (
        <Notice
          tone="warn"
          words={{ title: 'Nothing can be sent now.', hint: 'Sending needs the node, which does not answer.' }}
        />
      )}
      {preflight?.refusal && <Notice words={preflight.refusal} />}
      {wallet.problem && <Notice words={wallet.problem} tone="warn" />}
      <NextAct
        wallet={wallet}
        trainer={facts.trainer}
        verified={verified}
        ready={!silent && preflight !== undefined && !preflight.refusal}
        onSend={() => void submit(file)}
      />
    </div>
  );
}

interface NextActProps {
  wallet: ReturnType<typeof useWallet>;
  /** for whom the edge was proved */
  trainer: string;
  verified: boolean;
  /** whether the chain would take it */
  ready: boolean;
  onSend(): void;
}

/** What is to be done with the wallet next. */
function NextAct({ wallet, trainer, verified, ready, onSend }: NextActProps) {
  const { chainName } = useChainConfig();
  if (wallet.status !== 'connected') {
    return <p className="text-soft">Connect the wallet of {short(trainer)} first, at the top.</p>;
  }
  if (wallet.wrongChain) {
    return (
      <button
        type="button"
        className="button button-main justify-self-start"
        disabled={wallet.switching}
        onClick={wallet.switchChain}
      >
        Switch to {chainName}
      </button>
    );
  }
  if (wallet.address?.toLowerCase() !== trainer.toLowerCase()) {
    return (
      <Notice
        tone="warn"
        words={{
          title: `Your wallet shows ${wallet.address ? short(wallet.address) : 'another account'}.`,
          hint: `The edge was proved for ${short(trainer)}. Choose that account in the wallet, or prove the edge again for yours.`,
        }}
      />
    );
  }
  return (
    <button
      type="button"
      className="button button-main justify-self-start px-6"
      disabled={!verified || !ready}
      onClick={onSend}
    >
      {verified ? 'Send with the wallet' : 'Checking the proof first'}
    </button>
  );
}
