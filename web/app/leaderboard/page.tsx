import type { Metadata } from 'next';
import { Leaderboard } from '../../components/Leaderboard.tsx';
import { PageHead } from '../../components/Section.tsx';
import { readBoards } from '../../lib/chain/queries.ts';

export const metadata: Metadata = {
  title: 'Leaderboard',
  description:
    'Proven scores of registered models: a lower bound on the rows of a committed benchmark that each gets right.',
};

export default async function Page() {
  const chain = await readBoards();
  if ('missing' in chain) return null;
  return (
    <>
      <PageHead title="Leaderboard">
        A score is a proof: at least so many rows of a committed benchmark are answered right, a tie counting as wrong.
        Whether somebody trained on those rows only a sealed benchmark can tell.
      </PageHead>
      <Leaderboard boards={chain.boards} people={chain.config.people} />
    </>
  );
}
