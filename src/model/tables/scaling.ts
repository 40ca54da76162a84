import { InputError } from '../../errors/InputError.ts';
import type { Transform } from '../transforms.ts';

export type Scaling = 'standard' | 'min-max';

export type ColumnTransform = Extract<Transform, { name: 'columns' }>;

/**
 * Finds for every column the numbers that take the given rows to mean 0 and deviation 1 (`standard`), or to 0..1
 * (`min-max`). A column that is the same in all rows becomes 0.
 * @param values rows of `columns` values, row-major
 * @throws InputError when there is no row
 */
export function fitColumns(values: ArrayLike<number>, columns: number, scaling: Scaling): ColumnTransform {
  const rows = values.length / columns;
  if (!Number.isInteger(rows) || rows === 0) {
    throw new InputError(`Scaling of ${columns} columns is fitted on at least one whole row.`);
  }
  const offset: number[] = [];
  const factor: number[] = [];
  for (let j = 0; j < columns; j++) {
    let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (let k = j; k < values.length; k += columns) {
      min = Math.min(min, values[k]);
      max = Math.max(max, values[k]);
      sum += values[k];
    }
    const mean = sum / rows;
    let squares = 0;
    for (let k = j; k < values.length; k += columns) squares += (values[k] - mean) ** 2;
    const spread = scaling === 'standard' ? Math.sqrt(squares / rows) : max - min;
    offset.push(min === max || scaling === 'min-max' ? min : mean);
    factor.push(min === max ? 0 : 1 / spread);
  }
  return { name: 'columns', offset, factor };
}

/**
 * Takes scaled values (outputs of a model) back to the units of the file.
 * @throws InputError for another number of columns, or a constant one
 */
export function unscale(values: ArrayLike<number>, { offset, factor }: ColumnTransform): Float64Array {
  const columns = offset.length;
  if (values.length % columns !== 0) throw new InputError(`${values.length} values are no rows of ${columns}.`);
  if (factor.includes(0)) throw new InputError('A column that was constant cannot be scaled back.');
  return Float64Array.from(values, (x, k) => x / factor[k % columns] + offset[k % columns]);
}
