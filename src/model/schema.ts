import { type Hex, keccak256, stringToBytes, zeroHash } from 'viem';
import { FileFormatError } from '../errors/FileFormatError.ts';
import { InputError } from '../errors/InputError.ts';
import { MAX_SIZE } from '../numbers/constants.ts';
import { checkEmbedder, type Embedder } from './embedder.ts';
import { knownFields, parseJson, show } from './json.ts';
import { checkPicture } from './network.ts';
import { type Picture, pictureWidth } from './pictures.ts';
import { checkTransform, MAX_COLUMNS, transformFields } from './transformFields.ts';
import type { PictureTransform, Transform } from './transforms.ts';

export const SCHEMA_FORMAT = 'descent-schema/1';

/** Greatest size of a schema's text, in bytes: escaped, which doubles it at most, it fits into the header of a file. */
export const MAX_SCHEMA_BYTES = 480 << 10;

/** The sign between the whole and the fraction of a number in text. */
export type Decimal = '.' | ',';
/** What becomes of a row that lacks a value: an error, left out, or the mean of the training rows in its place. */
export type MissingRule = 'refuse' | 'drop' | 'mean';

/** A column of words: each of `values` is a feature, 1 where the row has that value and 0 elsewhere. */
export interface CategoricalColumn {
  name: string;
  values: string[];
}

export type SchemaColumn = string | CategoricalColumn;

interface SchemaOfFeatures {
  format: typeof SCHEMA_FORMAT;
  /** The raw columns that become features, in order; a number where they have no names, as pixels. */
  columns: SchemaColumn[] | number;
  /** What made the columns of texts, images or anything else; absent: nothing is said of it. */
  embedder?: Embedder;
  decimal: Decimal;
  missing: MissingRule;
  /** Of the features, in the order they are applied. */
  transforms: Transform[];
}

/**
 * What the numbers of a shard mean: which columns, in which order and scale, stand for which classes or targets. Two
 * shards of one schema can be trained and scored on by one model. All names are in Unicode's form NFC.
 */
export type Schema = SchemaOfFeatures &
  (
    | { kind: 'classes' /** Label of class 0, 1, .. */; classes: string[] }
    | {
        kind: 'regression';
        /** Names in order; a number where they have none. */
        targets: string[] | number;
        targetTransforms: Transform[];
      }
    | {
        kind: 'labels' /** Any number of which a row has: names in order; a number where they have none. */;
        labels: string[] | number;
      }
  );

/**
 * The one text of a schema: JSON without spaces, fields in a fixed order.
 * @throws InputError when the schema is not possible, or its text is too long
 */
export function formatSchema(schema: Schema): string {
  checkSchema(schema);
  const { format, kind, columns, embedder, decimal, missing, transforms } = schema;
  const answers =
    schema.kind === 'regression'
      ? { targets: schema.targets, targetTransforms: ordered(schema.targetTransforms) }
      : { [schema.kind]: answersOf(schema) };
  const names =
    typeof columns === 'number'
      ? columns
      : columns.map((column) => (typeof column === 'string' ? column : { name: column.name, values: column.values }));
  const text = JSON.stringify({
    format,
    kind,
    columns: names,
    ...(embedder && { embedder: { name: embedder.name, sha256: embedder.sha256 } }),
    decimal,
    missing,
    transforms: ordered(transforms),
    ...answers,
  });
  const { length } = stringToBytes(text);
  if (length > MAX_SCHEMA_BYTES) {
    throw new InputError(`Names and numbers of the columns take ${length} bytes; at most ${MAX_SCHEMA_BYTES} fit.`, {
      hint: 'Shorten the names of columns and classes.',
    });
  }
  return text;
}

/**
 * Reads a schema that anyone may have written.
 * @throws FileFormatError for anything but what `formatSchema` writes
 */
export function parseSchema(text: string): Schema {
  const value = parseJson(text, 'The schema', MAX_SCHEMA_BYTES);
  let canonical: string;
  try {
    checkSchema(value);
    canonical = formatSchema(value);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new FileFormatError('The schema is not valid.', { cause });
  }
  // Another text of the same schema would have another hash.
  if (canonical !== text) throw new FileFormatError('The schema is not written in its one form.');
  return value as Schema;
}

/** keccak256 of the schema's text; 32 zero bytes where there is none. @throws InputError as `formatSchema` */
export function schemaHash(schema: Schema | undefined): Hex {
  return schema === undefined ? zeroHash : keccak256(stringToBytes(formatSchema(schema)));
}

/** Whether two schemas are one. */
export function sameSchema(a: Schema, b: Schema): boolean {
  return formatSchema(a) === formatSchema(b);
}

/** Features of a row before the transforms: columns, and one for each value of a categorical column. */
export function rawWidth({ columns }: Pick<Schema, 'columns'>): number {
  if (typeof columns === 'number') return columns;
  return columns.reduce((sum, column) => sum + (typeof column === 'string' ? 1 : column.values.length), 0);
}

/** Names of the features before the transforms, in order, `colour=red` of a categorical column; undefined without names. */
export function rawFeatureNames({ columns }: Pick<Schema, 'columns'>): string[] | undefined {
  if (typeof columns === 'number') return undefined;
  return columns.flatMap((column) =>
    typeof column === 'string' ? [column] : column.values.map((value) => `${column.name}=${value}`),
  );
}

/** Names of a shard's features in order, or undefined where they have none (pixels, blocks of pixels). */
export function featureNames(schema: Schema): string[] | undefined {
  const isPixels = schema.transforms.some(({ name }) => name === 'average-pool' || name === 'picture');
  return isPixels ? undefined : rawFeatureNames(schema);
}

/** The pictures that rows of this schema are; undefined where they are none. */
export function pictureOf({ transforms }: Pick<Schema, 'transforms'>): Picture | undefined {
  return transforms.find(({ name }) => name === 'picture') as Picture | undefined;
}

/** The pictures that its raw rows are, where they are, and no means are taken of them. */
export function rawPictureOf({ transforms }: Pick<Schema, 'transforms'>): Picture | undefined {
  return transforms.some(({ name }) => name === 'average-pool') ? undefined : pictureOf({ transforms });
}

/** Names of a shard's outputs in order, or their number where they have none. */
export function answersOf(schema: Schema): string[] | number {
  if (schema.kind === 'classes') return schema.classes;
  return schema.kind === 'labels' ? schema.labels : schema.targets;
}

/** Names of a shard's outputs in order: the classes, labels or targets; undefined where they have none. */
export function outputNames(schema: Schema): string[] | undefined {
  const answers = answersOf(schema);
  return typeof answers === 'number' ? undefined : answers;
}

/** Inputs and outputs of a network for rows of this schema. */
export function schemaShape(schema: Schema): { inputs: number; outputs: number } {
  const { transforms } = schema;
  const answers = answersOf(schema);
  return {
    inputs: transformedWidth(rawWidth(schema), transforms),
    outputs: typeof answers === 'number' ? answers : answers.length,
  };
}

/** @throws InputError naming what is wrong with the value */
export function checkSchema(value: unknown): asserts value is Schema {
  const { kind } = (typeof value === 'object' && value !== null ? value : {}) as { kind?: unknown };
  if (kind !== 'classes' && kind !== 'regression' && kind !== 'labels') {
    throw new InputError(`A schema is one of classes, regression or labels, not ${show(kind)}.`);
  }
  const answers = kind === 'regression' ? ['targets', 'targetTransforms'] : [kind];
  const fields = knownFields(value, 'The schema', [...COMMON_FIELDS, ...answers], ['embedder']);
  if (fields.format !== SCHEMA_FORMAT) {
    throw new InputError(`The schema has format ${show(fields.format)}, expected ${SCHEMA_FORMAT}.`);
  }
  requireOne(fields.decimal, ['.', ','], 'The decimal sign');
  requireOne(fields.missing, ['refuse', 'drop', 'mean'], 'The rule for missing values');
  checkColumns(fields.columns);
  if (fields.embedder !== undefined) checkEmbedder(fields.embedder);
  checkTransforms(fields.transforms);
  const { columns, transforms } = fields as unknown as Schema;
  requireNumber(transformedWidth(rawWidth({ columns }), transforms), MAX_SIZE, 'number of features');
  if (kind === 'classes') {
    const classes = requireNames(fields.classes, 'classes', MAX_SIZE);
    if (classes.length < 2) throw new InputError('A schema names at least two classes.');
    return;
  }
  const what = kind === 'labels' ? 'labels' : 'targets';
  const targets = fields[what];
  if (typeof targets === 'number') requireNumber(targets, MAX_SIZE, `number of ${what}`);
  else requireNames(targets, what, MAX_SIZE);
  if (kind === 'labels') return;
  checkTransforms(fields.targetTransforms);
  const width = typeof targets === 'number' ? targets : (targets as string[]).length;
  if (transformedWidth(width, fields.targetTransforms as Transform[]) !== width) {
    throw new InputError('The targets of a schema keep their number.');
  }
}

const COMMON_FIELDS = ['format', 'kind', 'columns', 'decimal', 'missing', 'transforms'];

function checkColumns(columns: unknown): void {
  if (typeof columns === 'number') {
    requireNumber(columns, MAX_COLUMNS, 'number of columns');
    return;
  }
  if (!Array.isArray(columns)) throw new InputError('The columns of a schema are a list or a number.');
  const names = columns.map((column) => {
    if (typeof column === 'string') return column;
    const { name, values } = knownFields(column, 'A column of the schema', ['name', 'values']);
    requireNames(values, 'values of a column', MAX_COLUMNS);
    return name;
  });
  requireNames(names, 'columns', MAX_COLUMNS);
  const features = rawFeatureNames({ columns: columns as SchemaColumn[] })!;
  if (new Set(features).size !== features.length) throw new InputError('Two features of the schema have one name.');
}

function checkTransforms(transforms: unknown): void {
  if (!Array.isArray(transforms)) throw new InputError('The transforms of a schema are not a list.');
  for (const transform of transforms) checkTransform(transform);
}

/** Width of rows after the transforms. @throws InputError where one does not fit */
function transformedWidth(width: number, transforms: readonly Transform[]): number {
  let current = width;
  for (const [k, transform] of transforms.entries()) {
    if (transform.name === 'picture') {
      if (transforms.slice(k + 1).some(({ name }) => name !== 'clip')) {
        throw new InputError('A picture is laid out last but for a clip.');
      }
      current = laidOutWidth(current, transform);
    }
    if (transform.name === 'average-pool') {
      const { height, width, size } = transform;
      const fits = [height, width, size].every((n) => Number.isInteger(n) && n > 0);
      if (!fits || height * width !== current || height % size !== 0 || width % size !== 0) {
        throw new InputError(`Rows of ${current} values cannot be pooled as ${height}x${width} images.`);
      }
      current = (height / size) * (width / size);
    }
    const lists = [
      ...(transform.name === 'columns' ? [transform.offset, transform.factor] : []),
      ...(transform.name === 'fill' ? [transform.values] : []),
    ];
    for (const { length } of lists) {
      if (length !== current) {
        throw new InputError(`A transform of ${length} columns does not fit rows of ${current} values.`);
      }
    }
    if (transform.name === 'clip' && transform.limit <= 0) throw new InputError('The limit of a clip is not positive.');
    if (transform.name === 'standardise' && transform.deviation <= 0) {
      throw new InputError('The deviation of a transform is not positive.');
    }
  }
  return current;
}

function laidOutWidth(width: number, { side, channels, order, offset, factor }: PictureTransform): number {
  checkPicture({ side, channels });
  const numbers = side * side * channels;
  if (numbers !== width || offset.length !== channels || factor.length !== channels) {
    throw new InputError(`Rows of ${width} values are no pictures of ${side}x${side}x${channels}.`);
  }
  if (channels === 1 && order !== 'HWC') throw new InputError('Pictures of one channel have the order HWC.');
  return pictureWidth({ side, channels });
}

function requireNames(value: unknown, what: string, most: number): string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > most) {
    const found = Array.isArray(value) ? `, as these ${value.length} are not` : '';
    throw new InputError(`The ${what} of a schema are a list of 1 to ${most} names${found}.`);
  }
  for (const name of value) {
    if (typeof name !== 'string' || name === '' || name !== name.normalize('NFC')) {
      throw new InputError(`${show(name)} is not a name in Unicode's form NFC.`);
    }
  }
  if (new Set(value).size !== value.length) throw new InputError(`Two of the ${what} of a schema have one name.`);
  return value;
}

function requireNumber(value: number, most: number, what: string): void {
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new InputError(`The ${what} of a schema is an integer in 1..${most}, not ${value}.`);
  }
}

function requireOne(value: unknown, allowed: readonly string[], what: string): void {
  if (!allowed.includes(value as string)) {
    throw new InputError(`${what} of a schema is one of ${allowed.join(' ')}, not ${show(value)}.`);
  }
}

function ordered(transforms: readonly Transform[]): unknown[] {
  return transforms.map((transform) => Object.fromEntries(transformFields(transform)));
}
