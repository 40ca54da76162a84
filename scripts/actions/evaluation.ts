import { invertTransforms } from '../../src/model/export/invertTransforms.ts';
import type { AnyWeights } from '../../src/model/networkWeights.ts';
import { outputNames, type Schema } from '../../src/model/schema.ts';
import type { RowRange, Table } from '../../src/model/shard.ts';
import { predictRows } from '../../src/training/predict.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { printable } from '../terminal/printable.ts';

/** What a model makes of rows whose answers are known; measured, not proved. */
export type Evaluation = ClassesEvaluation | LabelsEvaluation | TargetsEvaluation;

export interface ClassesEvaluation {
  kind: 'classes';
  rows: number;
  /** Rows whose class has strictly the largest output, as a score counts them. */
  right: number;
  classes: ClassFigures[];
  /** Rows of class i that are taken for class j: confusion[i][j]. */
  confusion: number[][];
}

export interface ClassFigures {
  name: string;
  rows: number;
  /** Share of the rows that are taken for this class and are of it; null where none is taken for it. */
  precision: number | null;
  /** Share of the rows of this class that are taken for it; null where there are none. */
  recall: number | null;
  f1: number | null;
}

export interface LabelsEvaluation {
  kind: 'labels';
  rows: number;
  /** Rows all of whose labels are right, as a score counts them. */
  right: number;
  labels: LabelFigures[];
}

export interface LabelFigures {
  name: string;
  /** Rows that have the label. */
  rows: number;
  /** Rows of which it is told rightly whether they have it. */
  right: number;
  precision: number | null;
  recall: number | null;
  f1: number | null;
}

export interface TargetsEvaluation {
  kind: 'regression';
  rows: number;
  /** In the units of the file. */
  targets: TargetFigures[];
}

export interface TargetFigures {
  name: string;
  /** 1 - squared error / squared distance from the mean of these rows; null where all are the same. */
  r2: number | null;
  meanAbsoluteError: number;
  rootMeanSquaredError: number;
}

/** @throws InputError, TrainingRangeError as `predictRows` */
export function evaluateModel(
  weights: AnyWeights,
  table: Table,
  schema: Schema,
  { first, rows }: RowRange,
): Evaluation {
  const { inputs, outputs } = table;
  const features = table.features.subarray(first * inputs, (first + rows) * inputs);
  const found = predictRows(weights, features, (j, r) => `feature ${j} of row ${first + r}`);
  const names = outputNames(schema) ?? Array.from({ length: outputs }, (_, k) => `${k}`);
  if (table.kind === 'classes') {
    const labels = Array.from({ length: rows }, (_, r) => table.labels[first + r]);
    return classesEvaluation(found, labels, names);
  }
  if (table.kind === 'labels') {
    const known = Array.from({ length: rows * outputs }, (_, k) => table.labels[first * outputs + k] === 1);
    return labelsEvaluation(found, known, names);
  }
  const steps = schema.kind === 'regression' ? schema.targetTransforms : [];
  const inUnits = (values: ArrayLike<number>) => invertTransforms(Float64Array.from(values), outputs, steps);
  const known = inUnits(table.targets.subarray(first * outputs, (first + rows) * outputs));
  const made = inUnits(found);
  const targets = names.map((name, k) => targetFigures(name, column(known, k, outputs), column(made, k, outputs)));
  return { kind: 'regression', rows, targets };
}

/** An output of exactly 0 says nothing: it is wrong, whatever is right, as in a score. */
function labelsEvaluation(found: Float64Array, known: readonly boolean[], names: readonly string[]): LabelsEvaluation {
  const n = names.length;
  const rows = known.length / n;
  const isRight = (k: number) => (known[k] ? found[k] > 0 : found[k] < 0);
  const all = Array.from({ length: rows }, (_, r) => r);
  const labels = names.map((name, i): LabelFigures => {
    const count = (of: (k: number) => boolean) => all.filter((r) => of(r * n + i)).length;
    const own = count((k) => known[k]);
    const taken = count((k) => found[k] > 0);
    const both = count((k) => known[k] && found[k] > 0);
    return {
      name,
      rows: own,
      right: count(isRight),
      precision: taken === 0 ? null : both / taken,
      recall: own === 0 ? null : both / own,
      f1: own + taken === 0 ? null : (2 * both) / (own + taken),
    };
  });
  const right = all.filter((r) => names.every((_, i) => isRight(r * n + i))).length;
  return { kind: 'labels', rows, right, labels };
}

function classesEvaluation(
  found: Float64Array,
  labels: readonly number[],
  names: readonly string[],
): ClassesEvaluation {
  const confusion = names.map(() => names.map(() => 0));
  for (const [r, label] of labels.entries()) {
    const outputs = found.subarray(r * names.length, (r + 1) * names.length);
    const others = outputs.map((x, i) => (i === label ? Number.NEGATIVE_INFINITY : x));
    const rival = others.indexOf(Math.max(...others));
    // A class that is not strictly the largest counts as wrong, as in a score.
    confusion[label][outputs[label] > outputs[rival] ? label : rival]++;
  }
  const classes = names.map((name, k): ClassFigures => {
    const rows = confusion[k].reduce((sum, count) => sum + count, 0);
    const taken = confusion.reduce((sum, row) => sum + row[k], 0);
    const right = confusion[k][k];
    const f1 = rows + taken === 0 ? null : (2 * right) / (rows + taken);
    return { name, rows, precision: taken === 0 ? null : right / taken, recall: rows === 0 ? null : right / rows, f1 };
  });
  const right = confusion.reduce((sum, row, k) => sum + row[k], 0);
  return { kind: 'classes', rows: labels.length, right, classes, confusion };
}

function targetFigures(name: string, known: Float64Array, made: Float64Array): TargetFigures {
  const mean = meanOf(known);
  const error = meanOf(known.map((y, r) => (made[r] - y) ** 2));
  const variance = meanOf(known.map((y) => (y - mean) ** 2));
  return {
    name,
    r2: variance === 0 ? null : 1 - error / variance,
    meanAbsoluteError: meanOf(known.map((y, r) => Math.abs(made[r] - y))),
    rootMeanSquaredError: Math.sqrt(error),
  };
}

function column(values: Float64Array, k: number, width: number): Float64Array {
  return values.filter((_, at) => at % width === k);
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** Classes of which the whole confusion matrix is drawn, at most. */
const MOST_DRAWN = 12;
const MOST_NAME = 20;

export function renderEvaluation(evaluation: Evaluation): string {
  if (evaluation.kind === 'regression') {
    const head = ['target', 'R2', 'mean error', 'root of mean squared error'];
    const lines = evaluation.targets.map(({ name, r2, meanAbsoluteError, rootMeanSquaredError }) => [
      short(name),
      r2 === null ? '-' : r2.toFixed(4),
      meanAbsoluteError.toPrecision(4),
      rootMeanSquaredError.toPrecision(4),
    ]);
    return alignColumns([head, ...lines]);
  }
  const share = (x: number | null) => (x === null ? '-' : `${(100 * x).toFixed(1)} %`);
  if (evaluation.kind === 'labels') {
    const lines = evaluation.labels.map(({ name, rows, right, precision, recall, f1 }) => [
      short(name),
      `${rows}`,
      `${right}`,
      ...[precision, recall, f1].map(share),
    ]);
    return alignColumns([['label', 'rows with it', 'right', 'precision', 'recall', 'F1'], ...lines]);
  }
  const { classes, confusion } = evaluation;
  const figures = classes.map(({ name, rows, precision, recall, f1 }) => [
    short(name),
    `${rows}`,
    ...[precision, recall, f1].map(share),
  ]);
  const table = alignColumns([['class', 'rows', 'precision', 'recall', 'F1'], ...figures]);
  if (classes.length > MOST_DRAWN) return table;
  const head = ['rows of \\ taken for', ...classes.map(({ name }) => short(name))];
  return `${table}\n\n${alignColumns([head, ...confusion.map((row, k) => [short(classes[k].name), ...row.map(String)])])}`;
}

function short(name: string): string {
  const plain = printable(name.slice(0, MOST_NAME));
  return name.length > MOST_NAME ? `${plain.slice(0, MOST_NAME - 1)}…` : plain;
}
