import { InputError } from '../../errors/InputError.ts';
import { MAX_SIZE } from '../../numbers/constants.ts';
import { show } from '../json.ts';
import type { Table } from '../shard.ts';

/** Columns of a raw row: more than a network has inputs, because pooling may come first. */
export const MAX_COLUMNS = 1 << 16;

/** A table as its file has it, before scaling: features of any size. */
export type RawTable = Table & {
  /** Names of the features, if the file has them. */
  columns?: string[];
  /** Label of class 0, 1, .. (kind `classes`). */
  classes?: string[];
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
