import { InputError } from '../../../src/errors/InputError.ts';
import { DIGIT_PIXELS, DIGIT_SIDE, digitSchema } from '../../../src/model/digits.ts';
import { parseNetwork } from '../../../src/model/network.ts';
import { outputNames, type Schema } from '../../../src/model/schema.ts';
import { makeShard, type Shard, type Table, tableRows } from '../../../src/model/shard.ts';
import { readCsv } from '../../../src/model/tables/csv.ts';
import { prepareDataset } from '../../../src/model/tables/dataset.ts';
import type { RawTable } from '../../../src/model/tables/rawTable.ts';
import { applyTransforms } from '../../../src/model/transforms.ts';
import { randomElement } from '../../../src/numbers/field.ts';
import { fetchBytes } from './fetchBytes.ts';
import type { Plan, Source } from './messages.ts';

const DIGITS = 10;
type OwnTable = Extract<Source, { kind: 'csv' }>;

/** Test rows at most. */
const MOST_TEST_ROWS = 512;
/** Scaled features beyond this many deviations are cut off; a shard holds values in [-64, 64). */
const CLIP = 8;

export interface Rows {
  shard: Shard;
  /** never committed, only to measure */
  test: Shard;
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

/** Turns the chosen source into a shard to train on and rows to measure with. @throws DescentError in words */
export async function prepareRows({ source, rows }: Plan, base: string): Promise<Rows> {
  const { table, schema, notes } = source.kind === 'digits' ? await digits(base, source.network) : own(source, rows);
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
    classes: schema.kind === 'classes' ? (outputNames(schema) ?? []) : [],
    baseline: baselineOf(table, rows, testRows),
    notes,
  };
}

/**
 * MNIST's first digits, which come as one byte a pixel, then one byte a label: 7x7 as the demo has them, or as a
 * convolutional network reads them.
 */
async function digits(base: string, network: string | undefined): Promise<Prepared> {
  const bytes = await fetchBytes(`${base}/files/digits`);
  const count = bytes.length / (DIGIT_PIXELS + 1);
  const pooled = network === undefined || parseNetwork(network, 'softmax').side < DIGIT_SIDE;
  const schema = digitSchema({ pooled, picture: network !== undefined });
  const pixels = bytes.subarray(0, count * DIGIT_PIXELS);
  const { features, inputs } = applyTransforms(pixels, DIGIT_PIXELS, schema.transforms);
  const labels = bytes.subarray(count * DIGIT_PIXELS);
  return { table: { inputs, outputs: DIGITS, kind: 'classes', features, labels }, schema, notes: [] };
}

function own(source: OwnTable, rows: number): Prepared {
  const raw = readOwn(source);
  const { table, description, notes } = prepareDataset(raw, {
    name: 'table',
    source: 'a browser',
    shuffle: 1,
    scaling: 'standard',
    clip: CLIP,
    training: { first: 0, rows: Math.min(rows, raw.features.length / raw.inputs) },
  });
  const all = [...new Set([...(raw.warnings ?? []), ...(raw.notes ?? []), ...notes])];
  return { table, schema: description.schema, notes: all };
}

/** @throws InputError for a label that holds many numbers, which the reader takes for targets */
function readOwn({ bytes, label, answers }: OwnTable): RawTable {
  if (answers === 'numbers') return readCsv(bytes, { targets: [label] });
  if (answers === 'labels') return readCsv(bytes, { labels: [label] });
  try {
    return readCsv(bytes, { label });
  } catch (error) {
    if (!(error instanceof InputError) || !error.hint?.includes('--targets')) throw error;
    throw new InputError(error.shortMessage, {
      hint: 'Say below the column that it holds numbers to predict. For so many classes use the command line.',
      cause: error,
      details: '',
    });
  }
}

/** What naming the most frequent class gets right, or how far off the training mean is, which is zero after scaling. */
function baselineOf(table: Table, first: number, rows: number): number {
  if (table.kind === 'regression') {
    const targets = table.targets.subarray(first * table.outputs, (first + rows) * table.outputs);
    return targets.reduce((sum, target) => sum + target ** 2, 0) / rows;
  }
  if (table.kind === 'labels') {
    // A table of one's own has one column of labels.
    let ones = 0;
    for (let k = first; k < first + rows; k++) ones += table.labels[k];
    return Math.max(ones, rows - ones) / rows;
  }
  const counts = new Array<number>(table.outputs).fill(0);
  for (let k = first; k < first + rows; k++) counts[table.labels[k]]++;
  return Math.max(...counts) / rows;
}
