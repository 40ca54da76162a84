'use client';

import { useState } from 'react';
import { type Address, isAddressEqual } from 'viem';
import { Hash, Person } from '../../../components/Identity.tsx';
import { Notice } from '../../../components/Notice.tsx';
import { Section } from '../../../components/Section.tsx';
import { Transaction } from '../../../components/Transaction.tsx';
import { useChainConfig } from '../../../lib/chain/provider.tsx';
import { type ContractCall, useCall } from '../../../lib/chain/useCall.ts';
import { untilRead } from '../../../lib/chain/useStatus.ts';
import { useTrainerCredit } from '../../../lib/chain/useTrainerCredit.ts';
import { useWallet } from '../../../lib/chain/useWallet.ts';
import { percent } from '../../../lib/format.ts';
import { PayoutForm, ShareForm } from './Settings.tsx';
import { TokenCredit } from './TokenCredit.tsx';

/** What one trainer is owed: that of the link, or whoever is connected. */
export function CreditScreen({ asked }: { asked?: Address }) {
  const { creditVault, trainers } = useChainConfig();
  const wallet = useWallet();
  const trainer = asked ?? (wallet.status === 'connected' ? wallet.address : undefined);
  if (!creditVault || !trainers) {
    return <Padded>This deployment has no credit vault, or this page was not told of it.</Padded>;
  }
  if (!trainer) return <Padded>Connect a wallet to see what you are owed.</Padded>;
  return <OneTrainer key={trainer} trainer={trainer} />;
}

function OneTrainer({ trainer }: { trainer: Address }) {
  const { explorer, people } = useChainConfig();
  const wallet = useWallet();
  const { state, call, reset } = useCall();
  const [done, setDone] = useState('Done');
  const { data, error, isPending, refetch } = useTrainerCredit(trainer);
  if (isPending) return <Padded>Reading what this trainer is owed …</Padded>;
  if (error || !data) return <Padded warn>{error?.message ?? 'The server did not answer.'}</Padded>;
  const connected = wallet.status === 'connected' && !wallet.wrongChain ? wallet.address : undefined;
  const isKey = connected !== undefined && isAddressEqual(connected, data.key);
  const act = async (asked: ContractCall, words: string) => {
    setDone(words);
    const result = await call(asked);
    if (result.phase !== 'confirmed') return;
    await untilRead(result.block);
    await refetch();
  };
  const busy = state.phase === 'waiting' || state.phase === 'submitted';
  const may = { connected: connected !== undefined, isKey, busy };
  return (
    <div className="mx-auto grid max-w-7xl grid-cols-[minmax(0,1fr)] gap-12 px-4 sm:px-6">
      <dl className="grid-facts">
        <dt>Trainer</dt>
        <dd>
          <Hash value={trainer} what="address" /> {people[trainer.toLowerCase()]}
        </dd>
        <dt>Acts for it</dt>
        <dd>
          {isAddressEqual(data.key, trainer) ? 'the trainer itself' : <Person address={data.key} people={people} />}
        </dd>
        <dt>Money goes to</dt>
        <dd>
          <Person address={data.payout} people={people} />
        </dd>
        <dt>Share of its next models</dt>
        <dd>{percent(data.chosenShare / 10_000, 2)}</dd>
      </dl>
      {state.phase !== 'idle' && <Transaction state={state} done={done} explorer={explorer} onAgain={reset} />}
      {!data.complete && (
        <Notice
          tone="warn"
          words={{ title: 'These may not be all claims: there are more payments or ways than this page looks at.' }}
        />
      )}
      {data.tokens.length === 0 && <p className="text-soft">Nothing is owed to this trainer now.</p>}
      {data.tokens.map((token) => (
        <TokenCredit key={token.token} trainer={trainer} token={token} may={may} act={act} />
      ))}
      {isKey && (
        <Section title="Settings">
          <div className="grid gap-8 py-4 md:grid-cols-2">
            <ShareForm known={data.chosenShare} isTrainer={isAddressEqual(connected, trainer)} may={may} act={act} />
            <PayoutForm trainer={trainer} known={data.payout} may={may} act={act} />
          </div>
        </Section>
      )}
    </div>
  );
}

function Padded({ children, warn = false }: { children: string; warn?: boolean }) {
  return (
    <div className="mx-auto max-w-7xl px-4 sm:px-6">
      {warn ? <Notice tone="warn" words={{ title: children }} /> : <p className="text-soft">{children}</p>}
    </div>
  );
}
