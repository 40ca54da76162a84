// The measures by which a board can be sorted: those that a score of one of its models states.
import type { Head } from '../../src/model/head.ts';
import { atLeastPercent, atMost, commonPlaces, lossName } from '../../src/model/measures.ts';
import type { ShardKind } from '../../src/model/shardKind.ts';
import type { EntryMeasures } from './chain/types.ts';
import { capitalised, count } from './format.ts';

/** A measure of every model of a board that has it. */
export interface MeasureColumn {
  /** unlike all others of the board */
  key: string;
  name: string;
  bound: 'at least' | 'at most' | 'exact';
  /** what it is, after its name and a colon */
  meaning: string;
  /** undefined where no score states it */
  value(entry: Measured): number | undefined;
  text(entry: Measured): string | undefined;
}

export interface Measured {
  measures?: EntryMeasures;
  model: { head: Head };
  score: { rows: number };
}

/** Numbers of places that are offered, at most: anyone who has a model can prove as many as it has outputs. */
const MOST_PLACES = 8;

/**
 * Columns that a board has, and others that one can ask for: further numbers of places, and every class or label.
 * @param entries all models of the board
 */
export function measureColumns(
  entries: readonly Measured[],
  kind: ShardKind,
): { shown: MeasureColumn[]; offered: MeasureColumn[] } {
  const measures = entries.flatMap((entry) => entry.measures ?? []);
  const tops = measures.map((one) => one.tops);
  const common = commonPlaces(tops);
  const others = [...new Set(tops.flat().map(({ k }) => k))].filter((k) => k > 1 && k !== common).sort((a, b) => a - b);
  const outputs = Math.max(0, ...measures.map(({ rightBy }) => rightBy?.length ?? 0));
  const shown = [
    lossColumn('softmax', kind),
    lossColumn('sigmoid', kind),
    ...(common === undefined ? [] : [topColumn(common, kind)]),
    ABSOLUTE_ERROR,
  ];
  return {
    shown: shown.filter(({ value }) => entries.some((entry) => value(entry) !== undefined)),
    offered: [
      ...others.slice(0, MOST_PLACES).map((k) => topColumn(k, kind)),
      ...Array.from({ length: outputs }, (_, at) => rightColumn(at, kind)),
    ],
  };
}

/** Whether more of it is better. */
export function isMoreBetter({ bound }: MeasureColumn): boolean {
  return bound === 'at least';
}

/** Log-losses of two heads cannot be compared. */
function lossColumn(head: Head, kind: ShardKind): MeasureColumn {
  const value = ({ measures, model }: Measured) => (model.head === head ? measures?.lossPerRow : undefined);
  const mean = 'the mean over the rows, by the natural logarithm';
  return {
    key: `loss ${head}`,
    name: capitalised(lossName(head)),
    bound: 'at most',
    meaning: head === 'sigmoid' ? `${mean}; of a row the sum over all ${kind}, each for itself` : mean,
    value,
    text: (entry) => {
      const loss = value(entry);
      return loss === undefined ? undefined : atMost(loss);
    },
  };
}

const ABSOLUTE_ERROR: MeasureColumn = {
  key: 'absoluteError',
  name: 'Absolute error',
  bound: 'exact',
  meaning: 'the mean over rows and outputs',
  value: ({ measures }) => measures?.meanAbsoluteError,
  text: ({ measures }) => measures?.meanAbsoluteError?.toPrecision(4),
};

function topColumn(k: number, kind: ShardKind): MeasureColumn {
  const value = ({ measures }: Measured) => measures?.tops.find((top) => top.k === k)?.rows;
  return {
    key: `top ${k}`,
    name: kind === 'labels' ? `Fewer than ${k} wrong` : `Top ${k}`,
    bound: 'at least',
    meaning:
      kind === 'labels' ? `rows with fewer than ${k} labels wrong` : `rows whose label is among the ${k} highest`,
    value,
    text: (entry) => {
      const rows = value(entry);
      return rows === undefined ? undefined : atLeastPercent(rows, entry.score.rows);
    },
  };
}

/** Rows of a class that are right, or in which a label is: in rows, since how many have it is not proved. */
function rightColumn(at: number, kind: ShardKind): MeasureColumn {
  const value = ({ measures }: Measured) => measures?.rightBy?.[at];
  return {
    key: `right ${at}`,
    name: kind === 'labels' ? `Label ${at} right` : `Class ${at} right`,
    bound: 'at least',
    meaning: kind === 'labels' ? 'rows in which this label is right' : 'rows of this class that are taken for it',
    value,
    text: (entry) => {
      const rows = value(entry);
      return rows === undefined ? undefined : count(rows);
    },
  };
}
