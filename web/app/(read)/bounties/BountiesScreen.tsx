'use client';

import { Notice } from '../../../components/Notice.tsx';
import { Section } from '../../../components/Section.tsx';
import { Transaction } from '../../../components/Transaction.tsx';
import type { BountyView } from '../../../lib/chain/moneyTypes.ts';
import { useChainConfig } from '../../../lib/chain/provider.tsx';
import type { Benchmark } from '../../../lib/chain/types.ts';
import { plural } from '../../../lib/format.ts';
import { BountyCard } from './BountyCard.tsx';
import { FundForm } from './FundForm.tsx';
import { Owed } from './Owed.tsx';
import { useBountyAct } from './useBountyAct.ts';

/** All bounties, a form for a new one, and what the visitor is owed. */
export function BountiesScreen({ bounties, benchmarks }: { bounties?: BountyView[]; benchmarks: Benchmark[] }) {
  const { bountyBoard, explorer } = useChainConfig();
  const { connected, may, act, state, done, reset, round } = useBountyAct(bountyBoard);
  if (!bountyBoard || !bounties) {
    const title = bountyBoard ? 'The bounty board does not answer.' : 'This page was not told of a bounty board.';
    return (
      <div className="mx-auto max-w-7xl px-4 sm:px-6">
        <Notice tone="warn" words={{ title }} />
      </div>
    );
  }
  const open = bounties.filter((bounty) => bounty.state === 'open');
  const ended = bounties.filter((bounty) => bounty.state !== 'open');
  return (
    <div className="mx-auto grid max-w-7xl grid-cols-[minmax(0,1fr)] gap-12 px-4 sm:px-6">
      {state.phase !== 'idle' && <Transaction state={state} done={done} explorer={explorer} onAgain={reset} />}
      {connected && <Owed key={`${connected} ${round}`} account={connected} bounties={bounties} may={may} act={act} />}
      <Section title="Open" aside={plural(open.length, 'bounty', 'bounties')}>
        {open.length === 0 && <p className="py-4 text-soft">There is no open bounty.</p>}
        <ul className="divide-y divide-line">
          {open.map((bounty) => (
            <BountyCard key={bounty.id} bounty={bounty} may={may} act={act} />
          ))}
        </ul>
      </Section>
      <Section title="Set a bounty">
        {connected ? (
          <FundForm benchmarks={benchmarks} may={may} act={act} />
        ) : (
          <p className="py-4 text-soft">Connect a wallet to set a bounty.</p>
        )}
      </Section>
      {ended.length > 0 && (
        <Section title="Ended" aside={plural(ended.length, 'bounty', 'bounties')}>
          <ul className="divide-y divide-line">
            {ended.map((bounty) => (
              <BountyCard key={bounty.id} bounty={bounty} may={may} act={act} />
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}
