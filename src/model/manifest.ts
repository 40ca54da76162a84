import { FileFormatError } from '../errors/FileFormatError.ts';
import { InputError } from '../errors/InputError.ts';
import { knownFields, parseJson, show } from './json.ts';
import { checkShardShape, type ShardKind } from './shape.ts';
import { checkTransform } from './transformFields.ts';
import type { Transform } from './transforms.ts';

export const DATASET_FORMAT = 'descent-dataset/1';

/** Greatest size of a manifest, in characters: 4096 columns with long names and numbers, and thousands of shards. */
export const MAX_MANIFEST_LENGTH = 1 << 21;

export interface ManifestShard {
  /** Name of the shard file beside the manifest. */
  file: string;
  rows: number;
  /** First row of the transformed table. */
  first: number;
}

/** The public description of a dataset that was split into shards: enough to make the same shards from the raw files. */
export interface DatasetManifest {
  format: typeof DATASET_FORMAT;
  name: string;
  /** Where the raw rows come from, for people. */
  source: string;
  kind: ShardKind;
  inputs: number;
  outputs: number;
  /** Seed of the order of the rows (`shuffledOrder`), taken before anything else; absent: the order of the file. */
  shuffle?: number;
  /** In the order they were applied. */
  transforms: Transform[];
  /** Of regression targets, likewise. */
  targetTransforms?: Transform[];
  /** Names of the columns of the raw rows. */
  columns?: string[];
  /** Label of class 0, 1, .. */
  classes?: string[];
  shards: ManifestShard[];
}

export function formatManifest(manifest: DatasetManifest): string {
  checkManifest(manifest);
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** @throws FileFormatError for anything but a complete manifest of this format; unknown fields are refused. */
export function parseManifest(text: string): DatasetManifest {
  const value = parseJson(text, 'The dataset manifest', MAX_MANIFEST_LENGTH);
  try {
    checkManifest(value);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new FileFormatError('The dataset manifest is not valid.', { cause });
  }
  return value;
}

const FIELDS = ['format', 'name', 'source', 'kind', 'inputs', 'outputs', 'transforms', 'shards'];
const OPTIONAL_FIELDS = ['shuffle', 'targetTransforms', 'columns', 'classes'];

function checkManifest(value: unknown): asserts value is DatasetManifest {
  const fields = knownFields(value, 'The manifest', FIELDS, OPTIONAL_FIELDS);
  if (fields.format !== DATASET_FORMAT) {
    throw new InputError(`The manifest has format ${show(fields.format)}, expected ${DATASET_FORMAT}.`);
  }
  for (const key of ['name', 'source']) {
    if (typeof fields[key] !== 'string') throw new InputError(`The ${key} of the dataset is not text.`);
  }
  const { inputs, outputs, kind, shuffle } = fields as unknown as DatasetManifest;
  checkShardShape({ inputs, outputs, kind, rows: 1 });
  if (shuffle !== undefined && !(Number.isInteger(shuffle) && shuffle >= 0 && shuffle < 2 ** 32)) {
    throw new InputError(`The seed of a shuffle is an integer in 0..2^32-1, not ${show(shuffle)}.`);
  }
  for (const transform of list(fields.transforms, 'transforms')) checkTransform(transform);
  if (fields.targetTransforms !== undefined) {
    if (kind !== 'regression') throw new InputError('Only regression targets are transformed.');
    for (const transform of list(fields.targetTransforms, 'targetTransforms')) checkTransform(transform);
  }
  if (fields.columns !== undefined) texts(fields.columns, 'columns');
  if (fields.classes !== undefined) checkClasses(texts(fields.classes, 'classes'), { kind, outputs });
  for (const shard of list(fields.shards, 'shards')) {
    const { file, rows, first } = knownFields(shard, 'A shard of the manifest', ['file', 'rows', 'first']);
    // A manifest may come from a stranger: its files must lie beside it.
    if (!isPlainFileName(file)) throw new InputError(`${show(file)} is not a plain file name.`);
    checkShardShape({ inputs, outputs, kind, rows: rows as number });
    if (!Number.isSafeInteger(first) || (first as number) < 0) {
      throw new InputError(`${show(first)} is not a first row.`);
    }
  }
}

/** A name without folders that cannot leave the folder it is looked up in, nor name a hidden file. */
export function isPlainFileName(name: unknown): name is string {
  return typeof name === 'string' && name.length <= 255 && /^[\w-][\w.-]*$/.test(name);
}

function checkClasses(classes: string[], { kind, outputs }: { kind: ShardKind; outputs: number }): void {
  if (kind !== 'classes') throw new InputError('A dataset of regression targets has no classes.');
  if (classes.length !== outputs || new Set(classes).size !== outputs) {
    throw new InputError(`The manifest names ${new Set(classes).size} classes for ${outputs} outputs.`);
  }
}

function texts(value: unknown, what: string): string[] {
  if (!Array.isArray(value) || value.some((entry) => typeof entry !== 'string')) {
    throw new InputError(`The ${what} of the manifest are not a list of texts.`);
  }
  return value;
}

function list(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value) || value.some((entry) => typeof entry !== 'object' || entry === null)) {
    throw new InputError(`The ${what} of the manifest are not a list of objects.`);
  }
  return value;
}
