import { InputError } from '../../src/errors/InputError.ts';
import { describeEmbedder } from '../../src/model/embedder.ts';
import { invertTransforms } from '../../src/model/export/invertTransforms.ts';
import type { Head } from '../../src/model/head.ts';
import { type AnyWeights, headOf, modelSides } from '../../src/model/networkWeights.ts';
import { orderPictures } from '../../src/model/pictures.ts';
import { featureNames, outputNames, rawPictureOf, type Schema } from '../../src/model/schema.ts';
import type { ShardKind } from '../../src/model/shape.ts';
import { applyTransforms } from '../../src/model/transforms.ts';
import { predictRows } from '../../src/training/predict.ts';
import { probabilitiesOf } from '../../src/training/probabilities.ts';
import { counted } from '../terminal/plural.ts';
import { type Rows, requireWidth } from './readRows.ts';

/** What a model says of a row; null where the row lacks a value. */
export interface Prediction {
  row: number;
  /** Name of the greatest output; null for targets and labels; ties are the first. */
  class: string | null;
  /** Labels: the names of the outputs above 0, which are more probable than not; null for others. */
  labels: string[] | null;
  /** Logits, or targets in original units. */
  outputs: number[] | null;
  /** Of the outputs, for softmax and sigmoid. */
  probabilities: number[] | null;
}

export interface Predictions {
  kind: ShardKind | 'unknown';
  head: Head;
  /** Of the outputs: classes, labels, targets, or their numbers. */
  names: string[];
  rows: Prediction[];
  notes: string[];
  warnings: string[];
}

/** @throws InputError where rows do not fit or are out of range; TrainingRangeError where the network leaves its range */
export function predict(weights: AnyWeights, rows: Rows): Predictions {
  const prepared = prepareRows(weights, rows);
  const found = predictRows(weights, prepared.features, prepared.nameOf);
  return predictionsOf(weights, found, { ...prepared, rows: rows.rows, warnings: rows.warnings });
}

/** Rows as a model takes them. */
export interface PreparedRows {
  /** rows that lack nothing */
  kept: readonly number[];
  /** their features, row-major */
  features: ArrayLike<number>;
  /** a feature of one of them, for errors */
  nameOf: (feature: number, row: number) => string;
  notes: string[];
}

/** Orders, fills and scales rows by the model's schema. @throws InputError where they do not fit */
export function prepareRows(weights: AnyWeights, rows: Rows): PreparedRows {
  const { schema } = weights;
  requireWidth(rows, schema, modelSides(weights).inputs);
  const notes = [...rows.notes];
  if (schema === undefined) {
    notes.push('The model has no schema: features are taken as they are, unscaled and in order; outputs are numbered.');
  }
  if (schema?.embedder) notes.push(`The rows must be embeddings by ${describeEmbedder(schema.embedder)}.`);
  const { kept, features } = complete(inOrder(rows, schema), schema);
  const lacking = rows.rows - kept.length;
  if (lacking === 1) notes.push('1 row lacks a value: nothing is said of it.');
  else if (lacking > 0) notes.push(`${lacking} rows lack a value: nothing is said of them.`);
  const scaled = schema ? applyTransforms(features, rows.width, schema.transforms).features : features;
  const inputs = schema ? featureNames(schema) : undefined;
  const nameOf = (j: number, r: number) => {
    const name = inputs === undefined ? `feature ${j}` : JSON.stringify(inputs[j]);
    return `${name} of row ${kept[r]}${schema ? ' after scaling' : ''}`;
  };
  return { kept, features: scaled, nameOf, notes };
}

/** What outputs of some of so many rows say, by the model's schema. @param found row-major */
export function predictionsOf(
  weights: AnyWeights,
  found: Float64Array,
  { kept, rows, notes, warnings }: Pick<PreparedRows, 'kept' | 'notes'> & { rows: number; warnings: string[] },
): Predictions {
  const { schema } = weights;
  const head = headOf(weights);
  const { outputs: width } = modelSides(weights);
  const names = (schema && outputNames(schema)) ?? Array.from({ length: width }, (_, k) => `${k}`);
  const real = schema?.kind === 'regression' ? invertTransforms(found, width, schema.targetTransforms) : found;
  const shares = probabilitiesOf(head, found, width);
  let ties = 0;
  const made = new Map(
    kept.map((row, s): [number, Prediction] => {
      const outputs = [...real.subarray(s * width, (s + 1) * width)];
      const greatest = outputs.indexOf(Math.max(...outputs));
      if (schema?.kind === 'classes' && outputs.lastIndexOf(outputs[greatest]) !== greatest) ties++;
      const probabilities = shares && [...shares.subarray(s * width, (s + 1) * width)];
      return [row, { row, ...answerOf(schema?.kind, names, outputs), outputs, probabilities: probabilities ?? null }];
    }),
  );
  if (ties > 0) {
    notes.push(
      `In ${counted(ties, 'row')} two classes are equally great: the first is told, and a score counts none as right.`,
    );
  }
  return {
    kind: schema?.kind ?? 'unknown',
    head,
    names,
    rows: Array.from({ length: rows }, (_, row) => made.get(row) ?? { row, ...NOTHING }),
    notes,
    warnings,
  };
}

/** Rows of pictures in the order of the schema, where the file tells another one. */
function inOrder(rows: Rows, schema: Schema | undefined): Rows {
  const picture = schema && rawPictureOf(schema);
  if (picture === undefined || rows.picture === undefined) return rows;
  return { ...rows, features: orderPictures(rows.features, rows.picture, picture) };
}

const NOTHING = { class: null, labels: null, outputs: null, probabilities: null };

function answerOf(
  kind: ShardKind | undefined,
  names: readonly string[],
  outputs: readonly number[],
): Pick<Prediction, 'class' | 'labels'> {
  if (kind === 'labels') return { class: null, labels: names.filter((_, k) => outputs[k] > 0) };
  return { class: kind === 'classes' ? names[outputs.indexOf(Math.max(...outputs))] : null, labels: null };
}

/** The rows that lack nothing, by the rule of the schema. */
function complete(
  { rows, width, features }: Rows,
  schema: Schema | undefined,
): { kept: number[]; features: Float32Array } {
  const rule = schema?.missing ?? 'refuse';
  const all = Array.from({ length: rows }, (_, r) => r);
  if (rule === 'mean') return { kept: all, features };
  const lacks = (r: number) => features.subarray(r * width, (r + 1) * width).some(Number.isNaN);
  const kept = all.filter((r) => !lacks(r));
  if (kept.length === rows) return { kept, features };
  if (rule === 'refuse') {
    throw new InputError(`Row ${all.find(lacks)} lacks a value.`, {
      hint: schema ? 'The model was made of rows without missing values.' : 'Fill it or leave the row out.',
    });
  }
  if (kept.length === 0) throw new InputError('Every row lacks a value.');
  const out = new Float32Array(kept.length * width);
  kept.forEach((r, k) => {
    out.set(features.subarray(r * width, (r + 1) * width), k * width);
  });
  return { kept, features: out };
}
