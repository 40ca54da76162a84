import {
  lossPerRow,
  type MeasuredRows,
  type Measures,
  meanAbsoluteError,
  squaredErrorPerRow,
} from '../../src/model/measures.ts';
import type { Shard } from '../../src/model/shard.ts';
import { ceilLog2 } from '../../src/numbers/bits.ts';
import type { Json } from '../runs/run.ts';

/** What a score says of rows, as the statement has it and in the units of people; null where it says nothing of the kind. */
export interface ScoreFigures {
  [key: string]: Json;
  /** Of the rows. */
  kind: string;
  head: string;
  rows: number;
  outputs: number;
  /** As the statement has it: rows right, or the sum of squared errors with 18 fraction bits. */
  result: string;
  /** The log-loss of all rows with 16 fraction bits. */
  loss: string;
  /** The sum of absolute errors with 9 fraction bits. */
  absolute: string;
  /** Places that count as top. */
  k: number;
  /** Rows among the top k. */
  top: string;
  /** Classes, where there are no more than 32: rows of class i that are taken for class j, confusion[i][j]. */
  confusion: number[][] | null;
  /** Labels, where there are no more than 1024: rows with each label right. */
  labelsRight: number[] | null;
  /** Rows of each class, or with each label. */
  rowsByOutput: number[] | null;
  /** Rows whose class has strictly the largest output, or all of whose labels are right; null for regression. */
  right: number | null;
  /** Rows whose class is among the k highest outputs, or with fewer than k labels wrong; null for regression. */
  topRight: number | null;
  /** Mean over rows of the log-loss in nats, at most; null with squared error. */
  logLoss: number | null;
  /** Mean over rows of the squared error, summed over outputs; null for classes and labels. */
  squaredError: number | null;
  /** Mean over rows and outputs; null for classes and labels. */
  absoluteError: number | null;
}

/** Sums over rows that are stated, and of what. */
interface Sums extends Omit<Measures, 'counts'> {
  counts: number[] | null;
  rowsByOutput: number[] | null;
}

export function figuresOf(measures: Measures, { head, ...shard }: Shard & Pick<MeasuredRows, 'head'>): ScoreFigures {
  const { kind, rows, outputs } = shard;
  const counts = measures.counts && [...measures.counts];
  return inUnits({ ...measures, counts, rowsByOutput: rowsByOutput(shard) }, { kind, head, rows, outputs });
}

/** The sums of all shards. @param all of one kind, head and number of outputs */
export function sumFigures(all: readonly ScoreFigures[]): ScoreFigures {
  const [first] = all;
  const { kind, head, outputs, k } = first as Pick<MeasuredRows, 'kind' | 'head' | 'outputs'> & { k: number };
  const big = (of: 'result' | 'loss' | 'absolute' | 'top') => all.reduce((sum, one) => sum + BigInt(one[of]), 0n);
  const each = (of: (one: ScoreFigures) => number[] | null) =>
    of(first)?.map((_, i) => all.reduce((sum, one) => sum + (of(one)?.[i] ?? 0), 0)) ?? null;
  const counts = each(({ confusion, labelsRight }) => confusion?.flat() ?? labelsRight);
  const rowsByOutput = each((one) => one.rowsByOutput);
  const rows = all.reduce((sum, one) => sum + one.rows, 0);
  const sums = { result: big('result'), loss: big('loss'), absolute: big('absolute'), k, top: big('top') };
  return inUnits({ ...sums, counts, rowsByOutput }, { kind, head, outputs, rows });
}

function inUnits({ result, loss, absolute, k, top, counts, rowsByOutput }: Sums, of: MeasuredRows): ScoreFigures {
  const isRegression = of.kind === 'regression';
  return {
    ...of,
    result: result.toString(),
    loss: loss.toString(),
    absolute: absolute.toString(),
    k,
    top: top.toString(),
    confusion: counts && of.kind === 'classes' ? table(counts, of.outputs) : null,
    labelsRight: of.kind === 'labels' ? counts : null,
    rowsByOutput,
    right: isRegression ? null : Number(result),
    topRight: isRegression ? null : Number(top),
    logLoss: lossPerRow(loss, of),
    squaredError: squaredErrorPerRow(result, of),
    absoluteError: meanAbsoluteError(absolute, of),
  };
}

function table(counts: number[], outputs: number): number[][] {
  return Array.from({ length: outputs }, (_, i) => counts.slice(i * outputs, (i + 1) * outputs));
}

function rowsByOutput({ kind, rows, outputs, Y }: Omit<Shard, 'salt'>): number[] | null {
  if (kind === 'regression') return null;
  const sigma = ceilLog2(rows);
  return Array.from({ length: outputs }, (_, i) => {
    let count = 0;
    for (let s = 0; s < rows; s++) if (Y[(i << sigma) + s] !== 0) count++;
    return count;
  });
}
