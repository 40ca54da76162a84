import Link from 'next/link';
import type { Board } from '../lib/chain/types.ts';
import { count, percent } from '../lib/format.ts';
import { safeText } from '../lib/hostile.ts';
import { ModelLink } from './Identity.tsx';

/** The first few of a benchmark. */
export function BoardTop({ board }: { board?: Board }) {
  if (!board) {
    return (
      <p className="py-4 text-soft">
        No benchmark is registered here yet. Scores are proved like everything else: a lower bound on the rows that a
        model gets right.
      </p>
    );
  }
  return (
    <>
      <p className="pt-3 text-soft">
        {safeText(board.benchmark.uri) || 'Benchmark'}, {count(board.benchmark.rows)} rows
      </p>
      <ol className="divide-y divide-line">
        {board.entries.slice(0, 5).map(({ rank, model, share, score }) => (
          <li key={model.id} className="flex items-center gap-4 py-3">
            <span className="figure w-6 text-2xl text-soft">{rank}</span>
            <ModelLink model={model} mark={false} />
            <span className="figure ml-auto text-xl">
              {share ? percent(share.value) : (score.error ?? 0).toFixed(4)}
            </span>
          </li>
        ))}
      </ol>
      {board.entries.length === 0 && <p className="py-3 text-soft">Nobody has proved a score on it yet.</p>}
      <p className="sr-only">
        <Link href="/leaderboard">All scores</Link>
      </p>
    </>
  );
}
