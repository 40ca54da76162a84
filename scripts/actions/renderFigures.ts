import type { Head } from '../../src/model/head.ts';
import { atLeastPercent, atMost, lossName } from '../../src/model/measures.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { printable } from '../terminal/printable.ts';
import type { ScoreFigures } from './scoreFigures.ts';

/** Classes of which the whole matrix is drawn, and labels that are listed, at most. */
const MOST_DRAWN = 12;
const MOST_LISTED = 40;
const MOST_NAME = 20;

/** All figures but the first, which a sentence says, one a line. */
export function renderFigures(figures: ScoreFigures, names: readonly string[] | null): string {
  const parts = [alignColumns(linesOf(figures)), tableOf(figures, { ...figures, names })];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** All figures but the first in words, and what is counted of which rows. */
export function figureTexts(figures: ScoreFigures): string[] {
  const { rows, confusion, labelsRight } = figures;
  const counted = confusion?.flat().reduce((sum, count) => sum + count, 0) ?? rows;
  const left = counted === rows ? '' : `, ${counted} of ${rows} rows`;
  return [
    ...linesOf(figures).map((cells) => cells.join(': ')),
    ...(confusion === null ? [] : [`how many rows of each class are taken for which${left}`]),
    ...(labelsRight === null ? [] : ['how often each label is right']),
  ];
}

function linesOf({ kind, head, rows, k, topRight, logLoss, absoluteError }: ScoreFigures): string[][] {
  const lines: string[][] = [];
  if (topRight !== null && k > 1) {
    const what = kind === 'labels' ? `fewer than ${k} wrong` : `among the top ${k}`;
    lines.push([what, `${topRight} of ${rows} (${atLeastPercent(topRight, rows)})`]);
  }
  if (logLoss !== null) lines.push([lossName(head as Head), `at most ${atMost(logLoss)} a row (natural logarithm)`]);
  if (absoluteError !== null) lines.push(['absolute error', `${absoluteError.toPrecision(4)} on average`]);
  return lines;
}

/** Counts of classes, or of labels. */
interface Counts {
  confusion?: number[][] | null;
  labelsRight?: number[] | null;
}

/** The rows that are counted: how many of each class or with each label, and what these are called, where that is known. */
interface CountedRows {
  rows: number;
  outputs: number;
  rowsByOutput?: readonly number[] | null;
  names?: readonly string[] | null;
}

/** Which classes rows were taken for, or how often each label is right; empty where there are no counts. */
export function tableOf(
  { confusion, labelsRight }: Counts,
  { rows, outputs, rowsByOutput, names }: CountedRows,
): string {
  const known = Array.from({ length: outputs }, (_, i) => short(names?.[i] ?? `${i}`));
  if (labelsRight) return labelTable(labelsRight, known, rows, rowsByOutput);
  return confusion ? classTable(confusion, known, rowsByOutput) : '';
}

function labelTable(right: number[], names: string[], rows: number, rowsByOutput: CountedRows['rowsByOutput']): string {
  const own = (i: number) => (rowsByOutput ? [`${rowsByOutput[i]}`] : []);
  const lines = right.map((count, i) => [names[i], ...own(i), `${count}`, shareOf(count, rows)]);
  return limited([['label', ...(rowsByOutput ? ['rows with it'] : []), 'right', 'share'], ...lines], 'labels');
}

function classTable(taken: number[][], names: string[], rowsByOutput: CountedRows['rowsByOutput']): string {
  const sums = taken.map((row) => row.reduce((sum, count) => sum + count, 0));
  const left = sums.map((sum, i) => (rowsByOutput?.[i] ?? sum) - sum);
  const isLeft = left.some((count) => count > 0);
  const rest = (i: number) => (isLeft ? [`${left[i]}`] : []);
  const note = isLeft ? ['', 'Not shown: two classes have the largest output, so that none is predicted.'] : [];
  if (names.length <= MOST_DRAWN) {
    const head = ['rows of \\ taken for', ...names, ...(isLeft ? ['not shown'] : [])];
    const lines = taken.map((row, i) => [names[i], ...row.map(String), ...rest(i)]);
    return [alignColumns([head, ...lines]), ...note].join('\n');
  }
  const head = [
    'class',
    rowsByOutput ? 'rows' : 'rows shown',
    'right',
    'share',
    ...(isLeft ? ['not shown'] : []),
    'most often taken for instead',
  ];
  const lines = taken.map((row, i) => {
    const others = row.map((count, j) => (j === i ? 0 : count));
    const most = Math.max(...others);
    const instead = most === 0 ? '' : `${names[others.indexOf(most)]} (${most})`;
    const own = rowsByOutput?.[i] ?? sums[i];
    return [names[i], `${own}`, `${row[i]}`, shareOf(row[i], own), ...rest(i), instead];
  });
  return [limited([head, ...lines], 'classes'), ...note].join('\n');
}

function limited(lines: string[][], what: string): string {
  const more = lines.length - 1 - MOST_LISTED;
  const table = alignColumns(lines.slice(0, 1 + MOST_LISTED));
  return more <= 0 ? table : `${table}\nand ${more} ${what} more, which --json has`;
}

function shareOf(count: number, rows: number): string {
  return rows === 0 ? '-' : `${((100 * count) / rows).toFixed(1)} %`;
}

function short(name: string): string {
  const plain = printable(name.slice(0, MOST_NAME));
  return name.length > MOST_NAME ? `${plain.slice(0, MOST_NAME - 1)}…` : plain;
}
