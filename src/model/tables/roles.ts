import { FileFormatError } from '../../errors/FileFormatError.ts';
import { InputError } from '../../errors/InputError.ts';
import { show } from '../json.ts';
import type { SchemaColumn } from '../schema.ts';
import { MAX_COLUMNS } from '../transformFields.ts';

/** What the columns of a table are for; those that are not named are features. */
export interface RoleOptions {
  /** Column of the class labels. */
  label?: string;
  /** Columns of numbers to be predicted, instead of a label. */
  targets?: readonly string[];
  /** Columns of labels, each 0 or 1, of which a row has any number, instead of a label. */
  labels?: readonly string[];
  /** Columns to leave out. */
  ignore?: readonly string[];
  /** Classes of another table whose order is to be kept, or all classes there can be. */
  classes?: readonly string[];
  /** Labels are classes, however many numbers they are. */
  numbersAreClasses?: boolean;
  /** CSV: columns of words; each word becomes a feature. */
  oneHot?: readonly string[];
  /** The features of another table (its schema's), in their order; all other columns are left out. */
  columns?: readonly SchemaColumn[];
  /** Parquet: the one column of images is all the features. */
  images?: boolean;
}

/** Positions of columns, 0, 1, ..; features in the order of the file, or of `columns`. */
export interface Roles {
  features: number[];
  /** Columns of numbers to be predicted, or of labels. */
  targets: number[];
  /** Whether the targets are labels. */
  areLabels: boolean;
  label: number | undefined;
}

/** @throws FileFormatError unless every column has a name of its own and they are at most MAX_COLUMNS */
export function requireNames(names: readonly string[], format: string): void {
  if (names.length > MAX_COLUMNS) {
    throw new FileFormatError(`The ${format} file has ${names.length} columns; at most ${MAX_COLUMNS} are read.`);
  }
  const blank = names.indexOf('');
  if (blank >= 0) throw new FileFormatError(`Column ${blank + 1} has no name.`);
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new FileFormatError(`Two columns are called ${show(name)}.`);
    seen.add(name);
  }
}

/**
 * @param names of the file's columns; names of options are compared with them in Unicode's form NFC
 * @throws InputError for a column that is not there or is given twice, and when none is left or none to be predicted
 */
export function rolesOf(
  names: readonly string[],
  { label, targets: numbers = [], labels = [], ignore = [], oneHot = [], columns }: RoleOptions,
): Roles {
  const kinds = [label === undefined ? 0 : 1, numbers.length, labels.length].filter((count) => count > 0).length;
  if ((kinds === 0 && columns === undefined) || kinds > 1) {
    throw new InputError('Which column is to be predicted?', {
      hint: 'Give one of a column of classes (--label), columns of 0 and 1 (--labels) and columns of numbers (--targets).',
      details: `The columns are ${listed(names)}.`,
    });
  }
  const positions = new Map(names.map((name, k) => [name.normalize('NFC'), k]));
  const find = (name: string): number => {
    const k = positions.get(name.normalize('NFC'));
    if (k === undefined) {
      const alike = names.find((other) => other.trim().toLowerCase() === name.trim().toLowerCase());
      throw new InputError(`There is no column ${show(name)}.`, {
        ...(alike !== undefined && { hint: `There is one called ${show(alike)}.` }),
        details: `The columns are ${listed(names)}.`,
      });
    }
    return k;
  };
  const targets = [...numbers, ...labels];
  const answers = [...(label === undefined ? [] : [label]), ...targets].map(find);
  const others = columns === undefined ? ignore.map(find) : columns.map((column) => find(columnName(column)));
  const given = [...answers, ...others];
  const twice = given.find((column, k) => given.indexOf(column) !== k);
  if (twice !== undefined) throw new InputError(`The column ${show(names[twice])} was given two roles.`);
  const distinct = new Set(given);
  for (const name of oneHot) {
    if (distinct.has(find(name))) throw new InputError(`The column ${show(name)} was given two roles.`);
  }
  const features = columns === undefined ? names.map((_, k) => k).filter((k) => !distinct.has(k)) : others;
  if (features.length === 0) throw new InputError('No column is left for the features.');
  return {
    features,
    targets: targets.map(find),
    areLabels: labels.length > 0,
    label: label === undefined ? undefined : find(label),
  };
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, 20).map(show).join(', ')}${names.length > 20 ? ' and more' : ''}`;
}

export function columnName(column: SchemaColumn): string {
  return typeof column === 'string' ? column : column.name;
}
