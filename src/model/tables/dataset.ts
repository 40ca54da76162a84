import { InputError } from '../../errors/InputError.ts';
import type { Embedder } from '../embedder.ts';
import { show } from '../json.ts';
import { DATASET_FORMAT, type DatasetManifest, type ManifestShard, type Reading } from '../manifest.ts';
import { orderPictures, type Picture } from '../pictures.ts';
import {
  answersOf,
  featureNames,
  formatSchema,
  type MissingRule,
  rawFeatureNames,
  rawPictureOf,
  rawWidth,
  SCHEMA_FORMAT,
  type Schema,
  type SchemaColumn,
} from '../schema.ts';
import { makeShard, type RowRange, type Shard, splitRows, type Table, tableRows } from '../shard.ts';
import { applyTransforms, type Transform } from '../transforms.ts';
import { embeddingSteps, UNIT_LENGTH } from './embeddings.ts';
import { meansOf, pickRows, treatMissing } from './missing.ts';
import { pictureStep, withoutPixelNames } from './pictures.ts';
import type { RawTable } from './rawTable.ts';
import { type Repeats, repeatedOrder } from './repeat.ts';
import { fitColumns, type Scaling } from './scaling.ts';
import { DEFAULT_SHUFFLE, isSorted, shuffledOrder } from './shuffle.ts';

/** A manifest before its shards are made. */
export type DatasetDescription = Omit<DatasetManifest, 'shards'>;

export interface PrepareOptions {
  name: string;
  /** Where the raw rows come from, for people. */
  source: string;
  /** How the raw rows were read. */
  reading?: Reading;
  /**
   * Seed of a new order of the rows, 0..2^32-1; `none`: the order of the file. Absent: rows sorted by their answers get
   * a new order by DEFAULT_SHUFFLE, others keep theirs.
   */
  shuffle?: number | 'none';
  /** What becomes of rows that lack a value; default: refuse. */
  missing?: MissingRule;
  /** What made the rows, if they are embeddings. */
  embedder?: Embedder;
  /** Divide each row by its length, before anything else but the filling of gaps. */
  unitLength?: boolean;
  /** Transforms before scaling, such as UNIT_PIXELS or a pooling. */
  transforms?: readonly Transform[];
  /** What each raw row is a picture of, as a network of convolutions is to read it. */
  picture?: Picture;
  /** Of every feature (of pictures: of every channel), and of regression targets. */
  scaling?: Scaling;
  /** Features beyond +-clip become +-clip, after scaling; a shard holds values in [-64, 64). */
  clip?: number;
  /** Rows that occur several times, after scaling was found. */
  repeats?: Repeats;
  /** The rows (after the shuffle) on which scaling and means are fitted; default all. The others are for testing. */
  training?: RowRange;
}

export interface Prepared {
  table: Table;
  description: DatasetDescription;
  /** What was decided, one sentence each, for people. */
  notes: string[];
}

/**
 * Orders, transforms and scales a table, and describes how, so that anyone with the raw rows gets the same table.
 * @throws InputError when an option does not fit the table, or a value is missing
 */
export function prepareDataset(given: RawTable, options: PrepareOptions): Prepared {
  const { name, source, reading, missing = 'refuse', transforms = [], scaling, clip } = options;
  const notes: string[] = [];
  if (options.picture === undefined) noteCounting(given, notes);
  const { raw, dropped } = treatMissing(given, missing);
  if (dropped > 0)
    notes.push(
      `${dropped === 1 ? 'One row lacks' : `${dropped} rows lack`} a value and ${dropped === 1 ? 'is' : 'are'} left out.`,
    );
  const shuffle = options.shuffle ?? (isSorted(raw) ? DEFAULT_SHUFFLE : 'none');
  if (options.shuffle === undefined && shuffle !== 'none') {
    notes.push(
      `The rows are sorted by what is predicted: they are shuffled with seed ${shuffle} (--shuffle none keeps them).`,
    );
  }
  const ordered = shuffle === 'none' ? raw : pickRows(raw, shuffledOrder(raw.features.length / raw.inputs, shuffle));
  const range = trainingRange(ordered, options.training);
  const gaps = ordered.features.reduce((count, x) => count + (Number.isNaN(x) ? 1 : 0), 0);
  if (gaps > 0) {
    notes.push(
      gaps === 1
        ? 'One missing value is replaced by the mean of the training rows.'
        : `${gaps} missing values are replaced by the means of the training rows.`,
    );
  }
  const fill: Transform[] = missing === 'mean' ? [{ name: 'fill', values: meansOf(ordered, range) }] : [];
  const steps = [...fill, ...(options.unitLength ? [UNIT_LENGTH] : []), ...transforms];
  const before = applyTransforms(ordered.features, ordered.inputs, steps);
  if (options.picture) steps.push(pictureStep(before, options.picture, { range, scaling, notes }));
  else if (scaling) steps.push(fitColumns(part(before.features, before.inputs, range), before.inputs, scaling));
  else if (options.embedder) steps.push(...embeddingSteps(before, range, notes));
  if (clip !== undefined) steps.push({ name: 'clip', limit: clip });
  const schema = schemaOf(options.picture ? withoutPixelNames(ordered) : ordered, {
    missing,
    transforms: steps,
    ...(options.embedder && { embedder: options.embedder }),
    targetTransforms: targetSteps(ordered, range, scaling),
  });
  noteConstants(schema, part(before.features, before.inputs, range), before.inputs, notes);
  const description: DatasetDescription = {
    format: DATASET_FORMAT,
    name,
    source,
    ...(reading && { reading }),
    ...(shuffle !== 'none' && { shuffle }),
    schema,
    ...(options.repeats && { repeats: options.repeats }),
  };
  return { table: transform(repeated(ordered, options.repeats), schema), description, notes };
}

/** The schema of raw rows under these transforms. @throws InputError where it is too large or does not fit */
export function schemaOf(
  raw: RawTable,
  rest: { missing: MissingRule; transforms: Transform[]; targetTransforms?: Transform[]; embedder?: Embedder },
): Schema {
  const { missing, transforms, targetTransforms = [], embedder } = rest;
  const nfc = (text: string) => text.normalize('NFC');
  const columns: SchemaColumn[] | number =
    raw.columns?.map((column) =>
      typeof column === 'string' ? nfc(column) : { name: nfc(column.name), values: column.values.map(nfc) },
    ) ?? raw.inputs;
  const about = { columns, ...(embedder && { embedder }), decimal: raw.decimal ?? '.' };
  const common = { format: SCHEMA_FORMAT, ...about, missing, transforms } as const;
  const names = raw.targetNames?.map(nfc) ?? raw.outputs;
  const answers = {
    classes: () => ({ kind: 'classes', classes: (raw.classes ?? numbered(raw.outputs)).map(nfc) }) as const,
    regression: () => ({ kind: 'regression', targets: names, targetTransforms }) as const,
    labels: () => ({ kind: 'labels', labels: names }) as const,
  };
  const schema: Schema = { ...common, ...answers[raw.kind]() };
  // Whatever cannot be written is refused before rows are made of it.
  formatSchema(schema);
  return schema;
}

/**
 * Applies a schema to raw rows, of any number and in their order: those it was made of, or others of the same kind.
 * @throws InputError when columns or classes are others, or a value is missing that the schema does not replace
 */
export function applySchema(given: RawTable, schema: Schema): Table {
  requireSame(given, schema);
  return transform(treatMissing(arranged(given, schema), schema.missing).raw, schema);
}

/**
 * Applies a description (a manifest will do) to raw rows: those it was made of, or others of the same kind.
 * @throws InputError as `applySchema`
 */
export function applyDescription(given: RawTable, { schema, shuffle, repeats }: DatasetDescription): Table {
  requireSame(given, schema);
  const { raw } = treatMissing(arranged(given, schema), schema.missing);
  const order = shuffle === undefined ? undefined : shuffledOrder(raw.features.length / raw.inputs, shuffle);
  return transform(repeated(order ? pickRows(raw, order) : raw, repeats), schema);
}

/** Rows whose pixels have the order of the schema, where the file tells another one. */
function arranged(raw: RawTable, schema: Schema): RawTable {
  const picture = rawPictureOf(schema);
  if (picture === undefined || raw.picture === undefined) return raw;
  return { ...raw, features: orderPictures(raw.features, raw.picture, picture) };
}

function repeated(raw: RawTable, repeats: Repeats | undefined): RawTable {
  return repeats === undefined ? raw : pickRows(raw, repeatedOrder(raw, repeats));
}

export interface DatasetShard extends ManifestShard {
  shard: Shard;
}

/**
 * Cuts rows of a prepared table into shards.
 * @param range rows to use; default all
 * @param size rows of a shard, a power of two
 * @param salt gives a fresh random element of F for each shard
 * @param file gives the file name of shard 0, 1, ..
 * @param schema of the table; every shard carries it
 * @throws InputError naming row and column of a value outside [-64, 64)
 */
export function cutShards(
  table: Table,
  {
    size,
    remainder = 'drop',
    range = { first: 0, rows: tableRows(table) },
    salt,
    file,
    schema,
  }: {
    size: number;
    remainder?: 'drop' | 'keep';
    range?: RowRange;
    salt: () => bigint;
    file: (k: number) => string;
    schema?: Schema;
  },
): DatasetShard[] {
  return splitRows(range.rows, size, remainder).map(({ first, rows }, k) => {
    const at = { first: range.first + first, rows };
    return { file: file(k), ...at, shard: makeShard(table, at, salt(), schema) };
  });
}

/** The manifest of shards that were made of a description's table. */
export function datasetManifest(description: DatasetDescription, shards: readonly ManifestShard[]): DatasetManifest {
  return { ...description, shards: shards.map(({ file, rows, first }) => ({ file, rows, first })) };
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, k) => `${k}`);
}

function trainingRange({ features, inputs }: RawTable, range: RowRange | undefined): RowRange {
  const total = features.length / inputs;
  const { first, rows } = range ?? { first: 0, rows: total };
  if (![first, rows].every(Number.isInteger) || first < 0 || rows < 1 || first + rows > total) {
    throw new InputError(
      `Rows ${first}..${first + rows - 1}, on which scaling and means are fitted, are not in a table of ${total} rows.`,
      { hint: 'Take fewer rows (--rows, --fit-rows), or leave --rows out: then as many are taken as fit.' },
    );
  }
  return { first, rows };
}

function part(values: Float32Array, width: number, { first, rows }: RowRange): Float32Array {
  return values.subarray(first * width, (first + rows) * width);
}

function targetSteps(raw: RawTable, range: RowRange, scaling: Scaling | undefined): Transform[] {
  if (raw.kind !== 'regression' || scaling === undefined) return [];
  const step = fitColumns(part(raw.targets, raw.outputs, range), raw.outputs, scaling);
  const constant = step.factor.indexOf(0);
  if (constant >= 0) {
    const name = raw.targetNames ? show(raw.targetNames[constant]) : `${constant}`;
    throw new InputError(`The target ${name} is the same in all training rows: there is nothing to learn.`);
  }
  return [step];
}

/** Columns that number the rows, by their names. */
function noteCounting({ features, inputs, columns }: RawTable, notes: string[]): void {
  const names = columns && rawFeatureNames({ columns });
  const rows = features.length / inputs;
  if (names === undefined || rows < FEWEST_COUNTED) return;
  for (const [j, name] of names.entries()) {
    let r = 1;
    while (r < rows && features[r * inputs + j] === features[(r - 1) * inputs + j] + 1) r++;
    if (r === rows)
      notes.push(`The column ${show(name)} counts the rows: leave it out (--ignore) unless it means more.`);
  }
}

/** Fewer rows may rise by one by chance. */
const FEWEST_COUNTED = 8;

/** Columns that say nothing, by their names; pixels have none. */
function noteConstants(schema: Schema, values: Float32Array, inputs: number, notes: string[]): void {
  const names = featureNames(schema);
  if (names === undefined) return;
  const constant = names.filter((_, j) => {
    for (let k = j; k < values.length; k += inputs) if (values[k] !== values[j]) return false;
    return true;
  });
  if (constant.length === 0) return;
  const list = `${constant.slice(0, 5).map(show).join(', ')}${constant.length > 5 ? ` and ${constant.length - 5} more` : ''}`;
  notes.push(`The same in all training rows, as 32-bit floats, and so of no use: ${list}.`);
}

function requireSame(raw: RawTable, schema: Schema): void {
  const outputs = answersOf(schema);
  const count = typeof outputs === 'number' ? outputs : outputs.length;
  if (raw.kind !== schema.kind || raw.outputs !== count) {
    throw new InputError(
      `The rows have ${raw.outputs} outputs (${raw.kind}); the dataset has ${count} (${schema.kind}).`,
      {
        hint: 'Read the file with the classes of the manifest.',
      },
    );
  }
  const found = raw.columns && rawFeatureNames({ columns: raw.columns });
  const known: [string, string[] | undefined, string[] | undefined][] = [
    ['columns', rawFeatureNames(schema), found],
    ['classes', schema.kind === 'classes' ? schema.classes : undefined, raw.classes ?? numbered(raw.outputs)],
    [
      schema.kind === 'labels' ? 'labels' : 'targets',
      typeof outputs === 'number' || schema.kind === 'classes' ? undefined : outputs,
      raw.targetNames,
    ],
  ];
  for (const [what, wanted, own] of known) {
    const at = wanted?.findIndex((name, k) => own?.[k]?.normalize('NFC') !== name) ?? -1;
    if (wanted === undefined || (at < 0 && own?.length === wanted.length)) continue;
    throw new InputError(`The ${what} of the rows are not those of the dataset.`, {
      details: `The dataset has ${listed(wanted)}; the rows have ${own ? listed(own) : 'no names'}.`,
    });
  }
  if (raw.inputs !== rawWidth(schema)) {
    throw new InputError(`The rows have ${raw.inputs} features; the dataset has ${rawWidth(schema)}.`);
  }
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, 10).map(show).join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}`;
}

function transform(raw: RawTable, schema: Schema): Table {
  const { features, inputs } = applyTransforms(raw.features, raw.inputs, schema.transforms);
  const { outputs, rowName } = raw;
  const common = { inputs, outputs, features, ...(rowName && { rowName }) };
  if (raw.kind !== 'regression') return { ...common, kind: raw.kind, labels: raw.labels };
  const steps = schema.kind === 'regression' ? schema.targetTransforms : [];
  return { ...common, kind: 'regression', targets: applyTransforms(raw.targets, raw.outputs, steps).features };
}
