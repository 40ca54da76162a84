import { InputError } from '../errors/InputError.ts';
import { knownFields, show } from './json.ts';
import { PICTURE_ORDERS, type PictureOrder } from './pictures.ts';
import type { Transform } from './transforms.ts';

/** Columns of a raw row: more than a network has inputs, because pooling may come first. */
export const MAX_COLUMNS = 1 << 16;

const TRANSFORM_FIELDS: Record<Transform['name'], Record<string, 'number' | 'columns' | 'order'>> = {
  scale: { factor: 'number' },
  standardise: { mean: 'number', deviation: 'number' },
  'average-pool': { height: 'number', width: 'number', size: 'number' },
  columns: { offset: 'columns', factor: 'columns' },
  clip: { limit: 'number' },
  fill: { values: 'columns' },
  'unit-length': {},
  picture: { side: 'number', channels: 'number', order: 'order', offset: 'columns', factor: 'columns' },
};

/**
 * Checks the form of a transform out of a file: its name, its fields and their types.
 * @throws InputError naming the field
 */
export function checkTransform(value: unknown): asserts value is Transform {
  const { name } = (typeof value === 'object' && value !== null ? value : {}) as { name?: unknown };
  if (typeof name !== 'string' || !Object.hasOwn(TRANSFORM_FIELDS, name)) {
    throw new InputError(`The transform ${show(name)} is unknown.`);
  }
  const fields = TRANSFORM_FIELDS[name as Transform['name']];
  const entries = knownFields(value, `The transform ${name}`, ['name', ...Object.keys(fields)]);
  for (const [field, type] of Object.entries(fields)) {
    const entry = entries[field];
    if (type === 'number' && !Number.isFinite(entry)) {
      throw new InputError(`${field} of the transform ${name} is not a number.`);
    }
    if (type === 'order' && !PICTURE_ORDERS.includes(entry as PictureOrder)) {
      throw new InputError(
        `${field} of the transform ${name} is one of ${PICTURE_ORDERS.join(', ')}, not ${show(entry)}.`,
      );
    }
    if (type === 'columns' && !isNumberList(entry)) {
      throw new InputError(`${field} of the transform ${name} is not a list of 1..${MAX_COLUMNS} numbers.`);
    }
  }
}

/** The fields of a transform in the order of its canonical text, its name first. */
export function transformFields(transform: Transform): [string, unknown][] {
  const values = transform as unknown as Record<string, unknown>;
  return ['name', ...Object.keys(TRANSFORM_FIELDS[transform.name])].map((field) => [field, values[field]]);
}

function isNumberList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.length <= MAX_COLUMNS && value.every(Number.isFinite);
}
