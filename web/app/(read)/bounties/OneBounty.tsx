'use client';

import { Transaction } from '../../../components/Transaction.tsx';
import type { BountyView } from '../../../lib/chain/moneyTypes.ts';
import { useChainConfig } from '../../../lib/chain/provider.tsx';
import { BountyCard } from './BountyCard.tsx';
import { useBountyAct } from './useBountyAct.ts';

/** One bounty on a page of its own. */
export function OneBounty({ bounty }: { bounty: BountyView }) {
  const { bountyBoard, explorer } = useChainConfig();
  const { may, act, state, done, reset } = useBountyAct(bountyBoard);
  return (
    <div className="mx-auto grid max-w-7xl grid-cols-[minmax(0,1fr)] gap-8 px-4 sm:px-6">
      {state.phase !== 'idle' && <Transaction state={state} done={done} explorer={explorer} onAgain={reset} />}
      <ul className="border-y border-line">
        <BountyCard bounty={bounty} may={may} act={act} />
      </ul>
    </div>
  );
}
