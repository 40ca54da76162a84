import { FileFormatError } from '../errors/FileFormatError.ts';
import { InputError } from '../errors/InputError.ts';
import { knownFields, parseJson, show } from './json.ts';
import { checkSchema, formatSchema, type Schema, schemaShape } from './schema.ts';
import { checkShardShape } from './shape.ts';
import { checkRepeats, type Repeats } from './tables/repeat.ts';

export const DATASET_FORMAT = 'descent-dataset/2';

/** Greatest size of a manifest, in characters: 4096 columns with long names and numbers, and thousands of shards. */
export const MAX_MANIFEST_LENGTH = 1 << 21;

export interface ManifestShard {
  /** Name of the shard file beside the manifest. */
  file: string;
  rows: number;
  /** First row of the transformed table. */
  first: number;
}

/** How the table was read: which columns are predicted, and how the text is taken apart. */
export interface Reading {
  /** Column of the class labels. */
  label?: string;
  /** Columns of numbers to be predicted. */
  targets?: string[];
  /** Columns of labels, each 0 or 1. */
  labels?: string[];
  /** Columns that were left out. */
  ignore?: string[];
  /** CSV: whether the first line names the columns; absent: it does. */
  header?: boolean;
}

/** The public description of a dataset that was split into shards: enough to make the same shards from the raw files. */
export interface DatasetManifest {
  format: typeof DATASET_FORMAT;
  name: string;
  /** Where the raw rows come from, for people. */
  source: string;
  reading?: Reading;
  /** Seed of the order of the rows (`shuffledOrder`), taken before anything else; absent: the order of the file. */
  shuffle?: number;
  schema: Schema;
  /** How rows were repeated, after everything else; absent: each occurs once. */
  repeats?: Repeats;
  shards: ManifestShard[];
}

export function formatManifest(manifest: DatasetManifest): string {
  checkManifest(manifest);
  const schema = JSON.parse(formatSchema(manifest.schema));
  return `${JSON.stringify({ ...manifest, schema }, null, 2)}\n`;
}

/** @throws FileFormatError for anything but a complete manifest of this format; unknown fields are refused. */
export function parseManifest(text: string): DatasetManifest {
  const value = parseJson(text, 'The dataset manifest', MAX_MANIFEST_LENGTH);
  try {
    checkManifest(value);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new FileFormatError('The dataset manifest is not valid.', { cause, hint: cause.hint });
  }
  return value;
}

const FIELDS = ['format', 'name', 'source', 'schema', 'shards'];

function checkManifest(value: unknown): asserts value is DatasetManifest {
  const format = typeof value === 'object' && value !== null ? (value as { format?: unknown }).format : undefined;
  if (format === 'descent-dataset/1') {
    throw new InputError(`The manifest has format "${format}", expected ${DATASET_FORMAT}.`, {
      hint: 'It was written before datasets had a schema: make it again with descent data.',
    });
  }
  const fields = knownFields(value, 'The manifest', FIELDS, ['reading', 'shuffle', 'repeats']);
  if (format !== DATASET_FORMAT) {
    throw new InputError(`The manifest has format ${show(format)}, expected ${DATASET_FORMAT}.`);
  }
  for (const key of ['name', 'source']) {
    if (typeof fields[key] !== 'string') throw new InputError(`The ${key} of the dataset is not text.`);
  }
  const { schema, shuffle } = fields;
  checkSchema(schema);
  if (
    shuffle !== undefined &&
    !(Number.isInteger(shuffle) && (shuffle as number) >= 0 && (shuffle as number) < 2 ** 32)
  ) {
    throw new InputError(`The seed of a shuffle is an integer in 0..2^32-1, not ${show(shuffle)}.`);
  }
  if (fields.repeats !== undefined) {
    knownFields(fields.repeats, 'The repeats', ['rows', 'times', 'shuffle']);
    if (schema.kind !== 'classes') throw new InputError('Only rows of classes are repeated by class.');
    checkRepeats(fields.repeats as Repeats, schema.classes.length);
  }
  if (fields.reading !== undefined) checkReading(fields.reading);
  if (!Array.isArray(fields.shards)) throw new InputError('The shards of the manifest are not a list.');
  for (const shard of fields.shards) {
    const { file, rows, first } = knownFields(shard, 'A shard of the manifest', ['file', 'rows', 'first']);
    // A manifest may come from a stranger: its files must lie beside it.
    if (!isPlainFileName(file)) throw new InputError(`${show(file)} is not a plain file name.`);
    checkShardShape({ ...schemaShape(schema), kind: schema.kind, rows: rows as number });
    if (!Number.isSafeInteger(first) || (first as number) < 0) {
      throw new InputError(`${show(first)} is not a first row.`);
    }
  }
}

function checkReading(value: unknown): void {
  const { label, header, ...lists } = knownFields(
    value,
    'The reading',
    [],
    ['label', 'targets', 'labels', 'ignore', 'header'],
  );
  if (label !== undefined && typeof label !== 'string') throw new InputError('The label of the reading is not text.');
  if (header !== undefined && typeof header !== 'boolean')
    throw new InputError('The header of the reading is not true or false.');
  for (const [what, names] of Object.entries(lists)) {
    if (names !== undefined && !(Array.isArray(names) && names.every((name) => typeof name === 'string'))) {
      throw new InputError(`The ${what} of the reading are not a list of texts.`);
    }
  }
}

/** A name without folders that cannot leave the folder it is looked up in, nor name a hidden file. */
export function isPlainFileName(name: unknown): name is string {
  return typeof name === 'string' && name.length <= 255 && /^[\w-][\w.-]*$/.test(name);
}
