import type { BenchmarkChoice, Result } from '../lib/chain/types.ts';
import { count, percent } from '../lib/format.ts';
import { BenchmarkLink } from './Identity.tsx';

type Marked = Pick<Result, 'rows' | 'trainedRows' | 'sameSchema' | 'unread'>;

/** What keeps a result from being compared with others, in words; empty where nothing is known to. */
export function marksOf({ rows, trainedRows, sameSchema, unread }: Marked): string[] {
  return [
    ...(trainedRows >= rows && trainedRows > 0 ? ['trained on these rows'] : []),
    ...(trainedRows > 0 && trainedRows < rows ? [`trained on ${count(trainedRows)} of these ${count(rows)} rows`] : []),
    ...(sameSchema === false ? ['other columns or classes than it was trained on'] : []),
    ...(unread ? ['part of its lineage is not known here'] : []),
  ];
}

/** The marks of a result beside it. */
export function ResultMarks({ result }: { result: Marked }) {
  return marksOf(result).map((mark) => (
    <span
      key={mark}
      className="inline-block rounded-[3px] border border-warn px-1.5 py-0.5 text-[0.75rem] leading-tight font-medium text-warn"
      data-testid="mark"
    >
      {mark}
    </span>
  ));
}

/** The number of a result: the share of rows right, or the mean squared error. */
export function resultFigure({ right, error, rows }: Pick<Result, 'right' | 'error' | 'rows'>): string {
  return right === undefined ? (error ?? 0).toFixed(4) : percent(right / rows);
}

/** The same where there is room for nothing else: a dagger stands for the marks. */
export function shortResult(result: Marked & Pick<Result, 'right' | 'error'>): string {
  return `${resultFigure(result)}${marksOf(result).length > 0 ? ' †' : ''}`;
}

/** Why a page shows no score yet. */
export function NoneChosen({ choice: { benchmark, total, unknown } }: { choice: BenchmarkChoice }) {
  if (unknown) return <p className="py-3 text-soft">The benchmark that the link names is not here.</p>;
  if (benchmark || total === 0) return null;
  return (
    <p className="py-3 text-soft">
      No benchmark is chosen. Anyone can open one, with rows and a name of their own, so this page chooses none by
      itself.
    </p>
  );
}

/** Which benchmark the scores of a view are of. */
export function ScoresOf({ choice: { benchmark } }: { choice: BenchmarkChoice }) {
  if (!benchmark) return null;
  return <BenchmarkLink benchmark={benchmark} />;
}
