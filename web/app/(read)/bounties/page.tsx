import type { Metadata } from 'next';
import { PageHead } from '../../../components/Section.tsx';
import { readBountyBoard } from '../../../lib/chain/queries.ts';
import { BountiesScreen } from './BountiesScreen.tsx';

export const metadata: Metadata = {
  title: 'Bounties',
  description: 'Prizes for the first model that is shown to reach a score on a benchmark.',
};

export default async function Page() {
  const chain = await readBountyBoard();
  if ('missing' in chain) return null;
  const { bounties, benchmarks } = chain;
  return (
    <>
      <PageHead title="Bounties">
        A prize for the first model that is shown to reach a score on a benchmark and to meet the conditions. A contract
        judges, not the funder. Until the deadline the money can only go to a winner, afterwards only back.
      </PageHead>
      <BountiesScreen benchmarks={benchmarks} {...(bounties && { bounties })} />
    </>
  );
}
