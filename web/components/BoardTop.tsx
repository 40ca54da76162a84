import type { BenchmarkChoice, Board } from '../lib/chain/types.ts';
import { plural } from '../lib/format.ts';
import { ModelLink } from './Identity.tsx';
import { NoneChosen, resultFigure } from './ResultMarks.tsx';

/** The first few of the chosen benchmark. */
export function BoardTop({ board, choice }: { board?: Board; choice: BenchmarkChoice }) {
  if (choice.total === 0) {
    return (
      <p className="py-4 text-soft">
        No benchmark is registered here yet. Scores are proved like everything else: a lower bound on the rows that a
        model gets right.
      </p>
    );
  }
  if (!board) return <NoneChosen choice={choice} />;
  const { entries, apart } = board;
  return (
    <>
      <ol className="divide-y divide-line" data-testid="board-top">
        {entries.slice(0, 5).map(({ rank, model, score }) => (
          <li key={model.id} className="flex items-center gap-4 py-3">
            <span className="figure w-6 text-2xl text-soft">{rank}</span>
            <ModelLink model={model} mark={false} />
            <span className="figure ml-auto text-xl">{resultFigure(score)}</span>
          </li>
        ))}
      </ol>
      {entries.length === 0 && <p className="py-3 text-soft">No result on it can be compared with others yet.</p>}
      {apart.length > 0 && (
        <p className="py-3 text-soft">
          {plural(apart.length, 'result')} of models that were trained on these rows, or on other columns or classes,{' '}
          {apart.length === 1 ? 'stands' : 'stand'} apart.
        </p>
      )}
    </>
  );
}
