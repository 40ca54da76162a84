'use client';

import { Notice } from '../../components/Notice.tsx';
import { useChainConfig } from '../../lib/chain/provider.tsx';
import type { Preflight } from '../../lib/chain/useSubmission.ts';
import type { useWallet } from '../../lib/chain/useWallet.ts';
import { count, ether, short } from '../../lib/format.ts';

interface Props {
  wallet: ReturnType<typeof useWallet>;
  /** what the chain says, once it has answered */
  preflight?: Preflight;
  /** whether the node does not answer: without it nothing can be sent */
  silent: boolean;
  /** for whom the edge was proved: nobody else can send it; undefined where anybody may */
  trainer?: string;
  verified: boolean;
  onSend(): void;
}

/** What sending takes, what is in the way, and what is to be done with the wallet next. */
export function NextAct({ wallet, preflight, silent, trainer, verified, onSend }: Props) {
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
      <WalletAct
        wallet={wallet}
        trainer={trainer}
        verified={verified}
        ready={!silent && preflight !== undefined && !preflight.refusal}
        onSend={onSend}
      />
    </div>
  );
}

/** @param ready whether the chain would take it */
function WalletAct({
  wallet,
  trainer,
  verified,
  ready,
  onSend,
}: Pick<Props, 'wallet' | 'trainer' | 'verified' | 'onSend'> & { ready: boolean }) {
  const { chainName } = useChainConfig();
  if (wallet.status !== 'connected') {
    const whose = trainer ? `the wallet of ${short(trainer)}` : 'a wallet';
    return (
      <p className="text-soft">Connect {whose} first, at the top. A wallet that is locked counts as not connected.</p>
    );
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
  if (trainer && wallet.address?.toLowerCase() !== trainer.toLowerCase()) {
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
