import { shapeSides } from '../../src/model/anyShape.ts';
import type { Head } from '../../src/model/head.ts';
import {
  atLeastPercent,
  atMost,
  commonPlaces,
  lossName,
  lossPerRow,
  type MeasuredRows,
  meanAbsoluteError,
} from '../../src/model/measures.ts';
import type { ShardKind } from '../../src/model/shardKind.ts';
import type { SummedMeasures } from '../chain/readMeasures.ts';

/** What was proved of a model on all rows of a benchmark beside its result, in the units of people. */
export interface BoardMeasures {
  /** Mean over rows in nats, at most; null where none was proved on every shard. */
  logLoss: number | null;
  /** Whose log-loss that is: those of two heads cannot be compared. Null where nothing was proved on every shard. */
  head: Head | null;
  /** Mean over rows and outputs; null unless regression. */
  absoluteError: number | null;
  /** Classes: rows whose label is among the top k, at least; labels: with fewer than k labels wrong. */
  tops: { k: number; rows: number }[];
}

/** @param summed undefined where nothing was proved on every shard */
export function boardMeasures(
  summed: SummedMeasures | undefined,
  { rows, kind }: { rows: number; kind: ShardKind },
): BoardMeasures {
  if (summed === undefined) return { logLoss: null, head: null, absoluteError: null, tops: [] };
  const { shape, loss, absolute, tops } = summed;
  const of: MeasuredRows = { kind, head: shape.head, rows, outputs: shapeSides(shape).outputs };
  const places = [...tops].sort(([a], [b]) => a - b).map(([k, top]) => ({ k, rows: Number(top) }));
  return {
    logLoss: loss === undefined ? null : lossPerRow(loss, of),
    head: shape.head,
    absoluteError: absolute === undefined ? null : meanAbsoluteError(absolute, of),
    tops: kind === 'regression' ? [] : places,
  };
}

/** What was proved, and of which rows. */
type OfRows = BoardMeasures & { rows: number; kind: ShardKind };

/** Columns of a table of some models: heads, and cells by the model's place among them. Only of what one of them has. */
export function measureColumns(all: readonly OfRows[]): {
  head: string[];
  cells: (place: number) => string[];
} {
  const k = commonPlaces(all.map(({ tops }) => tops));
  const lossOf = (own: Head): Column => ({
    name: lossName(own),
    cell: ({ logLoss, head }) => (logLoss === null || head !== own ? undefined : atMost(logLoss)),
  });
  const columns: Column[] = [
    {
      name: k === undefined ? '' : topName(k, all[0].kind),
      cell: ({ tops, rows }) => {
        const top = tops.find((one) => one.k === k);
        return top && atLeastPercent(top.rows, rows);
      },
    },
    lossOf('softmax'),
    lossOf('sigmoid'),
    { name: 'absolute error', cell: ({ absoluteError }) => absoluteError?.toPrecision(4) },
  ];
  const shown = columns.filter(({ cell }) => all.some((one) => cell(one) !== undefined));
  return {
    head: shown.map(({ name }) => name),
    cells: (place) => shown.map(({ cell }) => cell(all[place]) ?? '-'),
  };
}

interface Column {
  name: string;
  cell: (of: OfRows) => string | undefined;
}

function topName(k: number, kind: ShardKind): string {
  return kind === 'labels' ? `fewer than ${k} wrong` : `top ${k}`;
}

/** The same of one model, in words. */
export function measuresInWords({ logLoss, head, absoluteError, tops, rows, kind }: OfRows): string[] {
  return [
    ...tops.filter(({ k }) => k > 1).map((top) => `${topName(top.k, kind)} ${atLeastPercent(top.rows, rows)}`),
    ...(logLoss === null ? [] : [`${lossName(head!)} at most ${atMost(logLoss)} a row`]),
    ...(absoluteError === null ? [] : [`absolute error ${absoluteError.toPrecision(4)} on average`]),
  ];
}
