import type { Head } from '../../src/model/head.ts';
import { lossName, lossPerRow } from '../../src/model/measures.ts';
import type { ShardKind } from '../../src/model/shardKind.ts';
import { ACTIVATION_BITS } from '../../src/numbers/constants.ts';
import type { GenerationFigures, SearchOutcome, Worth } from './evolveTypes.ts';
import { drawCurves, type Panel, type Series } from './trainingCurve.ts';

/** What a search was on. */
export type SearchedRows = Pick<SearchOutcome, 'head' | 'kind' | 'rows' | 'outputs'>;

/** Means that are so many times as large as all else would leave no room to see it: they are not drawn. */
const FAR = 3;

/** An error over all dev rows as people read it, a row: log-loss in nats at most, or squared error. */
export function errorPerRow(error: number | string, { head, kind, rows, outputs }: SearchedRows): number {
  const of = { head: head as Head, kind: kind as ShardKind, rows, outputs };
  // Means are no integers; the rounding of a unit of 2^-16 shows nowhere.
  return (
    lossPerRow(BigInt(typeof error === 'number' ? Math.round(error) : error), of) ??
    Number(error) / 4 ** ACTIVATION_BITS / rows
  );
}

/** What the error of a search is called. */
export function errorName(head: string): string {
  return head === 'squared error' ? 'squared error a row' : `${lossName(head as Head)} a row`;
}

/** Best and mean of each generation over the parents' lines: rows right, where there are any, and error. */
export function drawSearch(search: SearchOutcome): string {
  const { shape, parents, average, generations, rows, head } = search;
  const names = parents.map((_, k) => `parent ${k + 1}`);
  const levelsOf = (value: (worth: Worth) => number) => [
    ...parents.map((worth, k) => ({ name: names[k], y: value(worth) })),
    ...(average === null ? [] : [{ name: 'average', y: value(average) }]),
  ];
  const error = (worth: Worth) => errorPerRow(worth.error, search);
  const panels: Panel[] = [
    {
      label: errorName(head),
      levels: levelsOf(error),
      format: (value) => String(Number(value.toPrecision(4))),
      series: withoutFar(
        seriesOf(generations, error, (mean) => errorPerRow(mean.error, search)),
        levelsOf(error).map(({ y }) => y),
      ),
    },
  ];
  if (parents[0].right !== null) {
    const share = (right: number | null) => (100 * (right ?? 0)) / rows;
    panels.unshift({
      label: 'dev rows right, %',
      levels: levelsOf(({ right }) => share(right)),
      format: (value) => `${Number(value.toFixed(1))} %`,
      limit: 100,
      series: seriesOf(
        generations,
        ({ right }) => share(right),
        ({ right }) => share(right),
      ),
    });
  }
  return drawCurves(
    `${shape}: children of ${parents.length} parents on ${rows.toLocaleString('en-US')} dev rows`,
    'generation',
    panels,
  );
}

function seriesOf(
  generations: readonly GenerationFigures[],
  best: (worth: Worth) => number,
  mean: (figures: NonNullable<GenerationFigures['mean']>) => number,
): Series[] {
  const searched = generations.filter(({ generation }) => generation > 0);
  // Before the first generation there is the average alone.
  const drawn = searched.length === 0 ? generations : searched;
  return [
    {
      name: 'mean',
      colour: 2 as const,
      points: drawn.flatMap((one) => (one.mean === null ? [] : [{ x: one.generation, y: mean(one.mean) }])),
    },
    {
      name: 'best',
      colour: 1 as const,
      points: drawn.flatMap((one) => (one.best === null ? [] : [{ x: one.generation, y: best(one.best) }])),
    },
  ].filter(({ points }) => points.length > 0);
}

function withoutFar(series: Series[], levels: readonly number[]): Series[] {
  const best = series.find(({ name }) => name === 'best')?.points.map(({ y }) => y) ?? [];
  const most = FAR * Math.max(...levels, ...best);
  return series
    .map((one) => ({ ...one, points: one.points.filter(({ y }) => y <= most) }))
    .filter(({ points }) => points.length > 0);
}
