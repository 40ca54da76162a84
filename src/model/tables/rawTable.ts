import { InputError } from '../../errors/InputError.ts';
import { MAX_SIZE } from '../../numbers/constants.ts';
import { show } from '../json.ts';
import type { RawPicture } from '../pictures.ts';
import type { Decimal, SchemaColumn } from '../schema.ts';
import type { Table } from '../shard.ts';

/**
 * A table as its file has it, before scaling: features of any size, NaN where a value is missing. A missing target is
 * NaN, a missing class or label -1.
 */
export type RawTable = Table & {
  /** The columns behind the features, if the file names them; a categorical one stands for a feature for each value. */
  columns?: SchemaColumn[];
  /** Label of class 0, 1, .. (kind `classes`). */
  classes?: string[];
  /** Names of the targets or labels, if the file has them (kinds `regression` and `labels`). */
  targetNames?: string[];
  /** How the file writes the fraction of a number; default: a point. */
  decimal?: Decimal;
  /** What each row is a picture of, if the file tells: an array of more than two dimensions, or a column of images. */
  picture?: RawPicture;
  /** What the reader left out or recognised, one sentence each, for people. */
  notes?: string[];
  /** What the reader took one way and could be meant another way, likewise. */
  warnings?: string[];
};

/**
 * Numbers the labels of rows: classes in sorted order, integers by value, other labels by code unit.
 * @param found label -> index in order of appearance
 * @param indices index of each row's label, -1 where it is missing; not changed
 * @param given the classes of another table (that of training), in their order
 * @param name of the column, for messages; `numbersAreClasses` takes any number of them
 * @throws InputError for fewer than 2 or more than 4096 classes, for numbers that seem to be targets, or a label that is
 * not among the given
 */
export function classify(
  found: ReadonlyMap<string, number>,
  indices: ArrayLike<number>,
  given?: readonly string[],
  { name = 'label', numbersAreClasses = false }: { name?: string; numbersAreClasses?: boolean } = {},
): { classes: string[]; labels: Int32Array } {
  if (given === undefined && !numbersAreClasses) refuseTargets([...found.keys()], indices.length, name);
  const classes = given === undefined ? [...found.keys()].sort(compareLabels) : [...given];
  if (classes.length === 1) {
    throw new InputError(`All rows have the label ${show(classes[0])}: there is nothing to tell apart.`);
  }
  if (classes.length < 2 || classes.length > MAX_SIZE) {
    throw new InputError(`The labels name ${classes.length} classes; a dataset has 2 to ${MAX_SIZE}.`, {
      hint: 'For numbers to be predicted choose regression.',
    });
  }
  const order = new Map(classes.map((label, k) => [label, k]));
  const numbers = [...found.keys()].map((label) => {
    const k = order.get(label);
    if (k === undefined) {
      const [known, own] = [classes, [...found.keys()].sort(compareLabels)].map((list) => listed(list));
      throw new InputError(`The label ${show(label)} is none of the ${classes.length} classes.`, {
        details: `The classes are ${known}; the labels are ${own}.`,
      });
    }
    return k;
  });
  return { classes, labels: Int32Array.from(indices, (index) => (index < 0 ? -1 : numbers[index])) };
}

/** @throws InputError for labels that are many numbers, as prices and ages are */
function refuseTargets(labels: readonly string[], rows: number, name: string): void {
  // A dictionary of labels is looked at before its rows are.
  if (rows === 0) return;
  const many = labels.length > MOST_INTEGER_CLASSES && labels.length * 5 > rows;
  const fractions = labels.length > MOST_FRACTIONS && labels.some((label) => !Number.isInteger(Number(label)));
  if (!(many || fractions) || labels.some((label) => label.trim() === '' || !Number.isFinite(Number(label)))) return;
  throw new InputError(`The labels in ${show(name)} are ${labels.length} different numbers in ${rows} rows.`, {
    hint: `To predict numbers make it a target: --targets ${/^[\w.-]+$/.test(name) ? name : show(name)} (of arrays: --regression). If they are classes, name them all with --classes.`,
  });
}

const MOST_INTEGER_CLASSES = 20;
const MOST_FRACTIONS = 10;

/**
 * Labels of rows from numbers: 0, 1 or NaN for one that is missing.
 * @param values row-major, `names.length` a row
 * @throws InputError naming row and column of another number
 */
export function labelsOf(
  values: Float32Array,
  names: readonly string[],
  nameOfRow: (row: number) => string,
): Int8Array {
  return Int8Array.from(values, (value, k) => {
    if (value === 0 || value === 1) return value;
    if (Number.isNaN(value)) return -1;
    const [row, column] = [Math.floor(k / names.length), names[k % names.length]];
    throw new InputError(`${nameOfRow(row)} has ${value} as label ${column}; a label is 0 or 1.`, {
      hint: 'Of one class a row name the column with --label, of numbers to be predicted with --targets.',
    });
  });
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, 20).map(show).join(', ')}${names.length > 20 ? ' and more' : ''}`;
}

function compareLabels(x: string, y: string): number {
  const integer = /^-?\d{1,15}$/;
  if (integer.test(x) && integer.test(y) && Number(x) !== Number(y)) return Number(x) - Number(y);
  if (integer.test(x) !== integer.test(y)) return integer.test(x) ? -1 : 1;
  return x < y ? -1 : 1;
}
