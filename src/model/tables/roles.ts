import { FileFormatError } from '../../errors/FileFormatError.ts';
import { InputError } from '../../errors/InputError.ts';
import { show } from '../json.ts';
import { MAX_COLUMNS } from '../transformFields.ts';

/** What the columns of a table are for; those that are not named are features. */
export interface RoleOptions {
  /** Column of the class labels. */
  label?: string;
  /** Columns of numbers to be predicted, instead of a label. */
  targets?: readonly string[];
  /** Columns to leave out. */
  ignore?: readonly string[];
  /** Classes of another table whose order is to be kept. */
  classes?: readonly string[];
}

/** Positions of columns, 0, 1, ..; features in the order of the file. */
export interface Roles {
  features: number[];
  targets: number[];
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

/** @throws InputError for a column that is not there or is given twice, and when none is left or none to be predicted */
export function rolesOf(names: readonly string[], { label, targets = [], ignore = [] }: RoleOptions): Roles {
  if ((label === undefined) === (targets.length === 0)) {
    throw new InputError('Which column is to be predicted?', { hint: 'Give either a label column or target columns.' });
  }
  const positions = new Map(names.map((name, k) => [name, k]));
  const find = (name: string): number => {
    const k = positions.get(name);
    if (k === undefined) {
      const some = names.slice(0, 20).map(show).join(', ');
      throw new InputError(`There is no column ${show(name)}.`, {
        details: `The columns are ${some}${names.length > 20 ? ' and more' : ''}.`,
      });
    }
    return k;
  };
  const taken = [...(label === undefined ? [] : [label]), ...targets, ...ignore].map(find);
  const distinct = new Set(taken);
  if (distinct.size !== taken.length) throw new InputError('A column was given two roles.');
  const features = names.map((_, k) => k).filter((k) => !distinct.has(k));
  if (features.length === 0) throw new InputError('No column is left for the features.');
  return { features, targets: targets.map(find), label: label === undefined ? undefined : find(label) };
}
