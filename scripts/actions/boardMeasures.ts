import { shapeSides } from '../../src/model/anyShape.ts';
import { atMost, lossPerRow, type MeasuredRows, meanAbsoluteError } from '../../src/model/measures.ts';
import type { ShardKind } from '../../src/model/shardKind.ts';
import type { SummedMeasures } from '../chain/readMeasures.ts';

/** What was proved of a model on all rows of a benchmark beside its result, in the units of people. */
export interface BoardMeasures {
  /** Mean over rows in nats, at most; null where none was proved on every shard. */
  logLoss: number | null;
  /** Mean over rows and outputs; null unless regression. */
  absoluteError: number | null;
  /** Rows whose label is at least among the top k. */
  tops: { k: number; rows: number }[];
}

/** @param summed undefined where nothing was proved on every shard */
export function boardMeasures(
  summed: SummedMeasures | undefined,
  { rows, kind }: { rows: number; kind: ShardKind },
): BoardMeasures {
  if (summed === undefined) return { logLoss: null, absoluteError: null, tops: [] };
  const { shape, loss, absolute, tops } = summed;
  const of: MeasuredRows = { kind, head: shape.head, rows, outputs: shapeSides(shape).outputs };
  const places = [...tops].sort(([a], [b]) => a - b).map(([k, top]) => ({ k, rows: Number(top) }));
  return {
    logLoss: loss === undefined ? null : lossPerRow(loss, of),
    absoluteError: absolute === undefined ? null : meanAbsoluteError(absolute, of),
    tops: kind === 'regression' ? [] : places,
  };
}

/** Columns of a table of some models: heads, and cells by the model's place among them. Only of what one of them has. */
export function measureColumns(all: readonly (BoardMeasures & { rows: number })[]): {
  head: string[];
  cells: (place: number) => string[];
} {
  const k = commonPlaces(all);
  const columns: { name: string; cell: (of: BoardMeasures & { rows: number }) => string | undefined }[] = [
    {
      name: `top ${k}`,
      cell: ({ tops, rows }) => {
        const top = tops.find((one) => one.k === k);
        return top && `${((100 * top.rows) / rows).toFixed(1)} %`;
      },
    },
    { name: 'log-loss', cell: ({ logLoss }) => (logLoss === null ? undefined : atMost(logLoss)) },
    { name: 'absolute error', cell: ({ absoluteError }) => absoluteError?.toPrecision(4) },
  ];
  const shown = columns.filter(({ cell }) => all.some((one) => cell(one) !== undefined));
  return {
    head: shown.map(({ name }) => name),
    cells: (place) => shown.map(({ cell }) => cell(all[place]) ?? '-'),
  };
}

/** The number of places, above one, that most models have; of several the smallest. */
function commonPlaces(all: readonly BoardMeasures[]): number | undefined {
  const counts = new Map<number, number>();
  for (const { tops } of all) for (const { k } of tops) if (k > 1) counts.set(k, (counts.get(k) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a - b)[0]?.[0];
}

/** The same of one model, in words. */
export function measuresInWords({ logLoss, absoluteError, tops }: BoardMeasures, rows: number): string[] {
  return [
    ...tops.filter(({ k }) => k > 1).map((top) => `top ${top.k} ${((100 * top.rows) / rows).toFixed(1)} %`),
    ...(logLoss === null ? [] : [`log-loss at most ${atMost(logLoss)} a row`]),
    ...(absoluteError === null ? [] : [`absolute error ${absoluteError.toPrecision(4)} on average`]),
  ];
}
