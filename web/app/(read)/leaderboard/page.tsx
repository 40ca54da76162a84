import type { Metadata } from 'next';
import Link from 'next/link';
import { Leaderboard } from '../../../components/Leaderboard.tsx';
import { PageHead } from '../../../components/Section.tsx';
import { readBoard } from '../../../lib/chain/queries.ts';

export const metadata: Metadata = {
  title: 'Leaderboard',
  description:
    'Proven scores of registered models: a lower bound on the rows of a committed benchmark that each gets right.',
};

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Page({ searchParams }: Props) {
  const { benchmark } = await searchParams;
  const chain = await readBoard(typeof benchmark === 'string' ? benchmark : undefined);
  if ('missing' in chain) return null;
  return (
    <>
      <PageHead title="Leaderboard">
        A score is a proof that a model answers at least so many rows of one committed benchmark right; a tie counts as
        wrong. A model whose lineage was trained on a shard of the benchmark stands apart. Rows that were trained on
        elsewhere, or registered again as another shard, cannot be recognised.{' '}
        <Link className="link" href="/leaderboard/open">
          Open or seal a benchmark
        </Link>
      </PageHead>
      <Leaderboard choice={chain.choice} people={chain.config.people} {...(chain.board && { board: chain.board })} />
    </>
  );
}
