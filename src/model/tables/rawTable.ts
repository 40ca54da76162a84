import { InputError } from '../../errors/InputError.ts';
import { MAX_SIZE } from '../../numbers/constants.ts';
import { show } from '../json.ts';
import type { Decimal } from '../schema.ts';
import type { Table } from '../shard.ts';

/**
 * A table as its file has it, before scaling: features of any size, NaN where a value is missing. A missing target is
 * NaN, a missing label class -1.
 */
export type RawTable = Table & {
  /** Names of the features, if the file has them. */
  columns?: string[];
  /** Label of class 0, 1, .. (kind `classes`). */
  classes?: string[];
  /** Names of the targets, if the file has them (kind `regression`). */
  targetNames?: string[];
  /** How the file writes the fraction of a number; default: a point. */
  decimal?: Decimal;
  /** What a reader left out or assumed, one sentence each, for people. */
  notes?: string[];
  /** Names row 0, 1, .. in messages, such as `Line 3`; default: `Row 0`, .. */
  rowName?: (row: number) => string;
};

/**
 * Numbers the labels of rows: classes in sorted order, integers by value, other labels by code unit.
 * @param found label -> index in order of appearance
 * @param indices index of each row's label; not changed
 * @param given the classes of another table (that of training), in their order
 * @throws InputError for fewer than 2 or more than 4096 classes, or a label that is not among the given
 */
export function classify(
  found: ReadonlyMap<string, number>,
  indices: ArrayLike<number>,
  given?: readonly string[],
): { classes: string[]; labels: Int32Array } {
  const classes = given === undefined ? [...found.keys()].sort(compareLabels) : [...given];
  if (classes.length < 2 || classes.length > MAX_SIZE) {
    throw new InputError(`The labels name ${classes.length} classes; a dataset has 2 to ${MAX_SIZE}.`, {
      hint: 'For numbers to be predicted choose regression.',
    });
  }
  const order = new Map(classes.map((label, k) => [label, k]));
  const numbers = [...found.keys()].map((label) => {
    const k = order.get(label);
    if (k === undefined) throw new InputError(`The label ${show(label)} is none of the ${classes.length} classes.`);
    return k;
  });
  return { classes, labels: Int32Array.from(indices, (index) => numbers[index]) };
}

function compareLabels(x: string, y: string): number {
  const integer = /^-?\d{1,15}$/;
  if (integer.test(x) && integer.test(y) && Number(x) !== Number(y)) return Number(x) - Number(y);
  if (integer.test(x) !== integer.test(y)) return integer.test(x) ? -1 : 1;
  return x < y ? -1 : 1;
}
