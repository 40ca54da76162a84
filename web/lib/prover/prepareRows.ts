import { InputError } from '../../../src/errors/InputError.ts';
import { compareSchemas } from '../../../src/model/compareSchemas.ts';
import { DIGIT_PIXELS, DIGIT_SIDE, digitSchema } from '../../../src/model/digits.ts';
import { DATASET_FORMAT } from '../../../src/model/manifest.ts';
import { parseNetwork } from '../../../src/model/network.ts';
import { type AnyWeights, isNetworkWeights, modelSides } from '../../../src/model/networkWeights.ts';
import { outputNames, type Schema } from '../../../src/model/schema.ts';
import { makeShard, type Shard, type Table, tableRows } from '../../../src/model/shard.ts';
import { readShard } from '../../../src/model/shardFile.ts';
import { applyDescription, prepareDataset } from '../../../src/model/tables/dataset.ts';
import { DEFAULT_SHUFFLE } from '../../../src/model/tables/shuffle.ts';
import { applyTransforms } from '../../../src/model/transforms.ts';
import { randomElement } from '../../../src/numbers/field.ts';
import { fetchBytes } from './fetchBytes.ts';
import type { OwnTable, Plan } from './messages.ts';
import { readTable } from './readTable.ts';

const DIGITS = 10;

/** Test rows at most. */
const MOST_TEST_ROWS = 512;
/** Scaled features beyond this many deviations are cut off; a shard holds values in [-64, 64). */
const CLIP = 8;

/** Of a visitor's table; no schema holds them. */
const NAMES = { name: 'table', source: 'a browser' };

export interface Rows {
  shard: Shard;
  /** never committed, only to measure; none where the rows are those of a shard file */
  test: Shard | undefined;
  classes: string[];
  baseline: number;
  /** what was decided about the rows, one sentence each */
  notes: string[];
}

interface Prepared {
  table: Table;
  schema: Schema;
  notes: string[];
}

/**
 * Turns the chosen source into a shard to train on and rows to measure with.
 * @param model that is trained further or scored
 * @throws DescentError in words
 */
export async function prepareRows({ source, rows }: Plan, base: string, model?: AnyWeights): Promise<Rows> {
  if (source.kind === 'shard') return ofFile(readShard(source.bytes), model);
  const { table, schema, notes } =
    source.kind === 'digits' ? await digits(base, source.network, model) : await own(source, rows, model?.schema);
  const total = tableRows(table);
  if (total <= rows) {
    throw new InputError(`The table has ${total} rows; ${rows} are to be trained on and some must be left to test.`, {
      hint: 'Choose fewer rows.',
    });
  }
  const testRows = Math.min(MOST_TEST_ROWS, total - rows);
  return {
    shard: makeShard(table, { first: 0, rows }, randomElement(), schema),
    test: makeShard(table, { first: rows, rows: testRows }, 0n, schema),
    classes: classesOf(schema),
    baseline: baselineOf(table, rows, testRows),
    notes: [...notes, ...requireSchema(model, schema)],
  };
}

function ofFile(shard: Shard, model: AnyWeights | undefined): Rows {
  const { schema } = shard;
  const notes = requireSchema(model, schema);
  return { shard, test: undefined, classes: schema ? classesOf(schema) : [], baseline: Number.NaN, notes };
}

/**
 * What is to be said of a model's schema and that of rows.
 * @throws InputError where both state one and they differ, as the command line refuses it
 */
function requireSchema(model: AnyWeights | undefined, rows: Schema | undefined): string[] {
  if (!model) return [];
  if (!model.schema || !rows) {
    const silent = model.schema ? 'shard file' : 'weights file';
    return [`The ${silent} states no schema: nothing shows that columns and classes are the same.`];
  }
  const differences = compareSchemas(model.schema, rows);
  if (differences.length === 0) return [];
  const what = differences.map((difference) => difference.what).join(', ');
  throw new InputError(`The rows are not like those that the model was made for: other ${what}.`, {
    hint: 'Choose rows of the same columns, classes and scaling, or the weights file of another model.',
  });
}

/**
 * MNIST's first digits, which come as one byte a pixel, then one byte a label: 7x7 as the demo has them, or as a
 * convolutional network or the given model reads them.
 */
async function digits(base: string, network: string | undefined, model: AnyWeights | undefined): Promise<Prepared> {
  const bytes = await fetchBytes(`${base}/files/digits`);
  const count = bytes.length / (DIGIT_PIXELS + 1);
  const picture = model ? isNetworkWeights(model) : network !== undefined;
  const pooled = model
    ? modelSides(model).inputs < DIGIT_PIXELS
    : network === undefined || parseNetwork(network, 'softmax').side < DIGIT_SIDE;
  const schema = digitSchema({ pooled, picture });
  const pixels = bytes.subarray(0, count * DIGIT_PIXELS);
  const { features, inputs } = applyTransforms(pixels, DIGIT_PIXELS, schema.transforms);
  const labels = bytes.subarray(count * DIGIT_PIXELS);
  return { table: { inputs, outputs: DIGITS, kind: 'classes', features, labels }, schema, notes: [] };
}

/** A visitor's rows in a new order, scaled by themselves or as the model's rows were. */
async function own(source: OwnTable, rows: number, schema: Schema | undefined): Promise<Prepared> {
  const raw = await readTable(source, schema);
  const said = [...(raw.warnings ?? []), ...(raw.notes ?? [])];
  if (schema) {
    const table = applyDescription(raw, { format: DATASET_FORMAT, ...NAMES, schema, shuffle: DEFAULT_SHUFFLE });
    return { table, schema, notes: [...new Set(said), 'Scaled as the rows were that the model was made for.'] };
  }
  const { table, description, notes } = prepareDataset(raw, {
    ...NAMES,
    shuffle: DEFAULT_SHUFFLE,
    scaling: 'standard',
    clip: CLIP,
    training: { first: 0, rows: Math.min(rows, raw.features.length / raw.inputs) },
  });
  return { table, schema: description.schema, notes: [...new Set([...said, ...notes])] };
}

function classesOf(schema: Schema): string[] {
  return schema.kind === 'classes' ? (outputNames(schema) ?? []) : [];
}

/** What naming the most frequent class gets right, or how far off the training mean is, which is zero after scaling. */
function baselineOf(table: Table, first: number, rows: number): number {
  if (table.kind === 'regression') {
    const targets = table.targets.subarray(first * table.outputs, (first + rows) * table.outputs);
    return targets.reduce((sum, target) => sum + target ** 2, 0) / rows;
  }
  if (table.kind === 'labels') {
    // A row is right where all its labels are.
    const { labels, outputs } = table;
    const labelsOf = (row: number) => Array.from({ length: outputs }, (_, i) => labels[row * outputs + i]);
    const all = Array.from({ length: rows }, (_, k) => labelsOf(first + k));
    const usual = Array.from({ length: outputs }, (_, i) => (2 * all.filter((one) => one[i]).length > rows ? 1 : 0));
    return all.filter((one) => usual.every((label, i) => one[i] === label)).length / rows;
  }
  const counts = new Array<number>(table.outputs).fill(0);
  for (let k = first; k < first + rows; k++) counts[table.labels[k]]++;
  return Math.max(...counts) / rows;
}
