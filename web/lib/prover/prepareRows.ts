import { InputError } from '../../../src/errors/InputError.ts';
import { digitSchema, DIGIT_PIXELS as PIXELS } from '../../../src/model/digits.ts';
import { outputNames, type Schema } from '../../../src/model/schema.ts';
import { makeShard, type Shard, type Table, tableRows } from '../../../src/model/shard.ts';
import { readCsv } from '../../../src/model/tables/csv.ts';
import { prepareDataset } from '../../../src/model/tables/dataset.ts';
import type { RawTable } from '../../../src/model/tables/rawTable.ts';
import { applyTransforms } from '../../../src/model/transforms.ts';
import { randomElement } from '../../../src/numbers/field.ts';
import { fetchBytes } from './fetchBytes.ts';
import type { Plan, Source } from './messages.ts';

/** Test rows at most. */
const MOST_TEST_ROWS = 512;
/** Scaled features beyond this many deviations are cut off; a shard holds values in [-16, 16). */
const CLIP = 8;

export interface Rows {
  shard: Shard;
  /** never committed, only to measure */
  test: Shard;
  classes: string[];
  baseline: number;
}

interface Prepared {
  table: Table;
  schema: Schema;
  classes: string[];
}

/** Turns the chosen source into a shard to train on and rows to measure with. @throws DescentError in words */
export async function prepareRows({ source, rows }: Plan, base: string): Promise<Rows> {
  const { table, schema, classes } = source.kind === 'digits' ? await digits(base) : own(source, rows);
  const total = tableRows(table);
  if (total <= rows) {
    throw new InputError(`The table has ${total} rows; ${rows} are to be trained on and some must be left to test.`, {
      hint: 'Choose fewer rows.',
    });
  }
  const testRows = Math.min(MOST_TEST_ROWS, total - rows);
  const test = makeShard(table, { first: rows, rows: testRows }, 0n, schema);
  return {
    shard: makeShard(table, { first: 0, rows }, randomElement(), schema),
    test,
    classes,
    baseline: baselineOf(table, rows, testRows),
  };
}

/** MNIST's first digits, 7x7, as the demo has them: one byte a pixel, then one byte a label. */
async function digits(base: string): Promise<Prepared> {
  const bytes = await fetchBytes(`${base}/files/digits`);
  const count = bytes.length / (PIXELS + 1);
  const schema = digitSchema({ pooled: true });
  const { features, inputs } = applyTransforms(bytes.subarray(0, count * PIXELS), PIXELS, schema.transforms);
  const labels = bytes.subarray(count * PIXELS);
  const classes = outputNames(schema) ?? [];
  const table: Table = { inputs, outputs: classes.length, kind: 'classes', features, labels };
  return { table, schema, classes };
}

function own(source: Extract<Source, { kind: 'csv' }>, rows: number): Prepared {
  const raw = readOwn(source);
  const { table, description } = prepareDataset(raw, {
    name: 'table',
    source: 'a browser',
    shuffle: 1,
    scaling: 'standard',
    clip: CLIP,
    training: { first: 0, rows: Math.min(rows, raw.features.length / raw.inputs) },
  });
  const { schema } = description;
  return { table, schema, classes: schema.kind === 'classes' ? schema.classes : [] };
}

/** Some tables number their classes; more different numbers than this are amounts, unless the visitor says otherwise. */
const MOST_NUMBERED_CLASSES = 20;
const DELIMITERS = [',', ';', '\t', '|'] as const;

function readOwn({ bytes, label, answers, delimiter }: Extract<Source, { kind: 'csv' }>): RawTable {
  const known = DELIMITERS.find((one) => one === delimiter);
  const options = known === undefined ? {} : { delimiter: known };
  if (answers === 'numbers') return readCsv(bytes, { ...options, targets: [label] });
  const raw = readCsv(bytes, { ...options, label, numbersAreClasses: true });
  const classes = raw.classes ?? [];
  const isNumber = (text: string) => text.trim() !== '' && Number.isFinite(Number(text));
  if (answers === 'unsure' && classes.length > MOST_NUMBERED_CLASSES && classes.every(isNumber)) {
    throw new InputError(`The column ${label.slice(0, 60)} holds ${classes.length} different numbers.`, {
      hint: 'Say below the column whether they are numbers to predict or names of classes.',
    });
  }
  return raw;
}

/** What naming the most frequent class gets right, or how far off the training mean is, which is zero after scaling. */
function baselineOf(table: Table, first: number, rows: number): number {
  if (table.kind === 'regression') {
    const targets = table.targets.subarray(first * table.outputs, (first + rows) * table.outputs);
    return targets.reduce((sum, target) => sum + target ** 2, 0) / rows;
  }
  const counts = new Array<number>(table.outputs).fill(0);
  for (let k = first; k < first + rows; k++) counts[table.labels[k]]++;
  return Math.max(...counts) / rows;
}
