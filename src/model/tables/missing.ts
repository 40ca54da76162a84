import { InputError } from '../../errors/InputError.ts';
import { show } from '../json.ts';
import { type MissingRule, rawFeatureNames, type SchemaColumn } from '../schema.ts';
import { nameOfRow } from '../shard.ts';
import type { RawTable } from './rawTable.ts';

/**
 * Treats rows that lack values, before anything else is done with them.
 * @returns with `drop` the table without such rows; with `mean` the missing features stay NaN, for `fillOf`
 * @throws InputError naming row and column where the rule does not allow it; no rule replaces a label or target
 */
export function treatMissing(raw: RawTable, rule: MissingRule): { raw: RawTable; dropped: number } {
  const { inputs, features } = raw;
  const rows = features.length / inputs;
  const kept: number[] = [];
  let lacking = 0;
  let first: { row: number; column: string; isAnswer: boolean } | undefined;
  for (let r = 0; r < rows; r++) {
    const answer = missingAnswer(raw, r);
    const feature = rule === 'mean' ? -1 : features.subarray(r * inputs, (r + 1) * inputs).findIndex(Number.isNaN);
    if (answer === undefined && feature < 0) {
      kept.push(r);
      continue;
    }
    lacking++;
    first ??= { row: r, column: answer ?? featureName(raw, feature), isAnswer: answer !== undefined };
  }
  if (lacking === 0) return { raw, dropped: 0 };
  if (rule === 'drop') {
    if (kept.length === 0) throw new InputError('Every row lacks a value: none is left.');
    return { raw: pickRows(raw, kept), dropped: lacking };
  }
  throw refusal(raw, first!, lacking, rows);
}

/** Values in place of missing features: means over the rows first..first+rows-1. @throws InputError for a column without */
export function meansOf({ features, inputs, columns }: RawTable, { first, rows }: { first: number; rows: number }) {
  const values: number[] = [];
  for (let j = 0; j < inputs; j++) {
    let [sum, count] = [0, 0];
    for (let k = first * inputs + j; k < (first + rows) * inputs; k += inputs) {
      if (Number.isNaN(features[k])) continue;
      sum += features[k];
      count++;
    }
    if (count === 0) {
      throw new InputError(`${columnText(columns, j)} has no values in the training rows.`, {
        hint: columns === undefined ? 'Leave it out of the array.' : 'Leave it out (--ignore).',
      });
    }
    values.push(sum / count);
  }
  return values;
}

/** Rows of a table by their numbers, in that order. */
export function pickRows(raw: RawTable, order: ArrayLike<number>): RawTable {
  const pick = (values: Float32Array, width: number) => {
    const out = new Float32Array(order.length * width);
    for (let to = 0; to < order.length; to++) {
      out.set(values.subarray(order[to] * width, (order[to] + 1) * width), to * width);
    }
    return out;
  };
  const common = {
    features: pick(raw.features, raw.inputs),
    rowName: (row: number) => nameOfRow(raw, order[row]),
  };
  if (raw.kind === 'regression') return { ...raw, ...common, targets: pick(raw.targets, raw.outputs) };
  const width = raw.kind === 'classes' ? 1 : raw.outputs;
  const labels = Int32Array.from(
    { length: order.length * width },
    (_, k) => raw.labels[order[Math.floor(k / width)] * width + (k % width)],
  );
  return { ...raw, ...common, labels };
}

function missingAnswer(raw: RawTable, row: number): string | undefined {
  if (raw.kind === 'classes') return raw.labels[row] < 0 ? 'its label' : undefined;
  if (raw.kind === 'labels') {
    const missing = Array.from({ length: raw.outputs }, (_, i) => i).find((i) => raw.labels[row * raw.outputs + i] < 0);
    return missing === undefined
      ? undefined
      : `its label ${raw.targetNames ? show(raw.targetNames[missing]) : missing}`;
  }
  const at = raw.targets.subarray(row * raw.outputs, (row + 1) * raw.outputs).findIndex(Number.isNaN);
  return at < 0 ? undefined : `its target ${raw.targetNames ? show(raw.targetNames[at]) : at}`;
}

function refusal(
  raw: RawTable,
  { row, column, isAnswer }: { row: number; column: string; isAnswer: boolean },
  lacking: number,
  rows: number,
): InputError {
  const where = nameOfRow(raw, row);
  const what = isAnswer ? `${where} lacks ${column}` : `${where} has no value in column ${column}`;
  const hasNames = raw.columns !== undefined;
  const hint = isAnswer
    ? `Leave such rows out with --missing drop.${hasNames && raw.kind === 'classes' ? ' If a word such as NA is a class, name all classes with --classes.' : ''}`
    : `Leave such rows out with --missing drop${hasNames ? ', take the mean with --missing mean, or leave the column out (--ignore)' : ', or take the mean with --missing mean'}.`;
  return new InputError(`${what}.`, {
    hint,
    details: `${lacking} of ${rows} rows ${lacking === 1 ? 'lacks' : 'lack'} a value. An empty cell, NA, NaN, null and ? stand for none.`,
  });
}

function featureName({ columns }: RawTable, k: number): string {
  return columns === undefined ? `${k}` : show(rawFeatureNames({ columns })![k]);
}

function columnText(columns: SchemaColumn[] | undefined, k: number): string {
  return columns === undefined ? `Feature ${k}` : `Column ${show(rawFeatureNames({ columns })![k])}`;
}
