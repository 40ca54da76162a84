'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Notice } from '../../../../components/Notice.tsx';
import { Section } from '../../../../components/Section.tsx';
import { Transaction } from '../../../../components/Transaction.tsx';
import type { Dataset } from '../../../../lib/chain/dataTypes.ts';
import { useChainConfig } from '../../../../lib/chain/provider.tsx';
import type { Benchmark } from '../../../../lib/chain/types.ts';
import { useCall } from '../../../../lib/chain/useCall.ts';
import { untilRead } from '../../../../lib/chain/useStatus.ts';
import { useWallet } from '../../../../lib/chain/useWallet.ts';
import type { Act } from './act.ts';
import { OpenForm } from './OpenForm.tsx';
import { SealForm } from './SealForm.tsx';
import { Seals } from './Seals.tsx';

interface Props {
  datasets: Dataset[];
  /** sealed benchmarks that are not open */
  seals: Benchmark[];
}

/** Opens, seals and unseals benchmarks with the connected wallet. */
export function OpenScreen({ datasets, seals }: Props) {
  const { scoreboard, explorer } = useChainConfig();
  const wallet = useWallet();
  const router = useRouter();
  const { state, call, reset } = useCall();
  const [done, setDone] = useState('Done');
  const connected = wallet.status === 'connected' && !wallet.wrongChain ? wallet.address : undefined;
  if (!scoreboard || !connected) {
    const title = scoreboard
      ? 'Connect a wallet to open or seal a benchmark.'
      : 'This page was not told of a scoreboard.';
    return (
      <div className="mx-auto max-w-7xl px-4 sm:px-6">
        <Notice tone="warn" words={{ title }} />
      </div>
    );
  }
  const act: Act = async (asked, words) => {
    setDone(words);
    const result = await call({ to: scoreboard, abi: (abis) => abis.scoreboardAbi, ...asked });
    if (result.phase !== 'confirmed') return;
    await untilRead(result.block);
    router.refresh();
  };
  const may = state.phase !== 'waiting' && state.phase !== 'submitted';
  return (
    <div className="mx-auto grid max-w-7xl grid-cols-[minmax(0,1fr)] gap-12 px-4 sm:px-6">
      {state.phase !== 'idle' && <Transaction state={state} done={done} explorer={explorer} onAgain={reset} />}
      <Section title="Open one on a registered dataset">
        <OpenForm datasets={datasets} may={may} act={act} />
      </Section>
      <Section title="Seal one that nobody has seen">
        <SealForm may={may} act={act} />
      </Section>
      {seals.length > 0 && (
        <Section title="Sealed and not open yet">
          <Seals seals={seals} datasets={datasets} may={may} act={act} />
        </Section>
      )}
    </div>
  );
}
