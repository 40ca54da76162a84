import { FileFormatError } from '../errors/FileFormatError.ts';
import { InputError } from '../errors/InputError.ts';
import { checkShardShape, type ShardKind } from './shape.ts';
import type { Transform } from './transforms.ts';

export const DATASET_FORMAT = 'descent-dataset/1';

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
  /** In the order they were applied. */
  transforms: Transform[];
  shards: ManifestShard[];
}

export function formatManifest(manifest: DatasetManifest): string {
  checkManifest(manifest);
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** @throws FileFormatError for anything but a complete manifest of this format; unknown fields are refused. */
export function parseManifest(text: string): DatasetManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FileFormatError('The dataset manifest is not JSON.', { cause });
  }
  try {
    checkManifest(value);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new FileFormatError('The dataset manifest is not valid.', { cause });
  }
  return value;
}

function checkManifest(value: unknown): asserts value is DatasetManifest {
  const fields = record(value, 'The manifest', [
    'format',
    'name',
    'source',
    'kind',
    'inputs',
    'outputs',
    'transforms',
    'shards',
  ]);
  if (fields.format !== DATASET_FORMAT) {
    throw new InputError(`The manifest has format ${JSON.stringify(fields.format)}, expected ${DATASET_FORMAT}.`);
  }
  for (const key of ['name', 'source']) {
    if (typeof fields[key] !== 'string') throw new InputError(`The ${key} of the dataset is not text.`);
  }
  const { inputs, outputs, kind } = fields as { inputs: number; outputs: number; kind: ShardKind };
  checkShardShape({ inputs, outputs, kind, rows: 1 });
  for (const transform of list(fields.transforms, 'transforms')) checkTransform(transform);
  for (const shard of list(fields.shards, 'shards')) {
    const { file, rows, first } = record(shard, 'A shard of the manifest', ['file', 'rows', 'first']);
    // A manifest may come from a stranger: its files must lie beside it.
    if (typeof file !== 'string' || !/^[\w-][\w.-]*$/.test(file)) {
      throw new InputError(`${JSON.stringify(file)} is not a plain file name.`);
    }
    checkShardShape({ inputs, outputs, kind, rows: rows as number });
    if (!Number.isSafeInteger(first) || (first as number) < 0) throw new InputError(`${first} is not a first row.`);
  }
}

const TRANSFORM_FIELDS: Record<Transform['name'], string[]> = {
  scale: ['factor'],
  standardise: ['mean', 'deviation'],
  'average-pool': ['height', 'width', 'size'],
};

function checkTransform(value: unknown): void {
  const { name } = value as { name?: unknown };
  if (typeof name !== 'string' || !Object.hasOwn(TRANSFORM_FIELDS, name)) {
    throw new InputError(`The transform ${JSON.stringify(name)} is unknown.`);
  }
  const fields = TRANSFORM_FIELDS[name as Transform['name']];
  const entries = record(value, `The transform ${name}`, ['name', ...fields]);
  for (const field of fields) {
    if (!Number.isFinite(entries[field])) throw new InputError(`${field} of the transform ${name} is not a number.`);
  }
}

function list(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value) || value.some((entry) => typeof entry !== 'object' || entry === null)) {
    throw new InputError(`The ${what} of the manifest are not a list of objects.`);
  }
  return value;
}

function record(value: unknown, what: string, keys: string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`${what} is not an object.`);
  }
  const found = Object.keys(value);
  const missing = keys.filter((key) => !found.includes(key));
  const unknown = found.filter((key) => !keys.includes(key));
  if (missing.length > 0) throw new InputError(`${what} lacks ${missing.join(', ')}.`);
  if (unknown.length > 0) throw new InputError(`${what} has the unknown fields ${unknown.join(', ')}.`);
  return value as Record<string, unknown>;
}
