import { FileFormatError } from '../../errors/FileFormatError.ts';
import { InputError } from '../../errors/InputError.ts';
import { MAX_SIZE } from '../../numbers/constants.ts';
import { show } from '../json.ts';
import type { SchemaColumn } from '../schema.ts';
import type { CsvLine } from './csvLines.ts';
import { isMissing, isPlainNumber, labelText } from './csvNumbers.ts';
import { columnName, type RoleOptions } from './roles.ts';

/** A column of features while it is read. */
export interface CsvColumn {
  name: string;
  /** Place in the file, 0, 1, .. */
  at: number;
  /** Words of a one-hot column, in order of appearance; `given` are those of another table. */
  words: Map<string, number> | undefined;
  given: boolean;
  /** It has no name, and may number or name the rows. */
  index: boolean;
  /** Of an index: its values, while all are integers and no two are the same. */
  distinct: Set<number> | undefined;
  /** Of an index: it holds words. */
  named: boolean;
  numbers: number;
  booleans: number;
  missing: number;
}

const MOST_KEPT = 1 << 20;

/** Names of columns that have none: so pandas calls them when it reads and writes again what it wrote. */
const INDEX_NAME = /^Unnamed: \d+(?:_\d+)?$/;

export function columnsOf(names: readonly string[], features: readonly number[], options: RoleOptions): CsvColumn[] {
  const words = new Set((options.oneHot ?? []).map((name) => name.normalize('NFC')));
  const given = new Map(options.columns?.map((column) => [columnName(column), column]));
  return features.map((at) => {
    const name = names[at];
    const column = given.get(name);
    const values = column === undefined || typeof column === 'string' ? undefined : column.values;
    return {
      name,
      at,
      words: values ? new Map(values.map((value, k) => [value, k])) : words.has(name) ? new Map() : undefined,
      given: values !== undefined,
      index: options.columns === undefined && !words.has(name) && INDEX_NAME.test(name),
      distinct: new Set(),
      named: false,
      numbers: 0,
      booleans: 0,
      missing: 0,
    };
  });
}

/** The value of a cell: a number, the number of its word, or NaN. @throws FileFormatError for a cell that is neither */
export function readFeature(
  column: CsvColumn,
  line: CsvLine,
  read: (cell: string, line: CsvLine, name: string) => number,
): number {
  const cell = line.cells[column.at].trim();
  if (isMissing(cell)) {
    column.missing++;
    return Number.NaN;
  }
  if (column.words) return readWord(column, column.words, cell, line);
  if (column.index) {
    if (column.named || !isPlainNumber(cell)) {
      column.named = true;
      return 0;
    }
    const value = Number(cell);
    if (!Number.isInteger(value) || column.distinct?.has(value)) column.distinct = undefined;
    // So many that differ do number the rows; more need not be kept.
    else if (column.distinct && column.distinct.size < MOST_KEPT) column.distinct.add(value);
    column.numbers++;
    return Math.fround(value);
  }
  const truth = truthOf(cell);
  if (truth !== undefined) {
    column.booleans++;
    return truth;
  }
  column.numbers++;
  return read(cell, line, column.name);
}

/** 1 and 0 for true and false in any capitals. */
export function truthOf(cell: string): number | undefined {
  return cell.length < 6 ? BOOLEANS.get(cell.toLowerCase()) : undefined;
}

const BOOLEANS = new Map([
  ['true', 1],
  ['false', 0],
]);

function readWord(column: CsvColumn, words: Map<string, number>, cell: string, line: CsvLine): number {
  const text = labelText(cell);
  const found = words.get(text);
  if (found !== undefined) return found;
  if (column.given) {
    throw new FileFormatError(
      `Line ${line.number} has ${show(text)} in column ${show(column.name)}, which is none of its ${words.size} values.`,
      { hint: 'Leave out such rows: the model has no feature for this value.' },
    );
  }
  if (words.size >= MAX_SIZE) {
    throw new FileFormatError(`Column ${show(column.name)} has more than ${MAX_SIZE} different words.`, {
      hint: 'Leave it out (--ignore).',
    });
  }
  words.set(text, words.size);
  return words.size - 1;
}

/**
 * Leaves out columns that count or name the rows, and makes a feature of each word.
 * @param values a value for each column, row by row
 * @throws FileFormatError for a column of numbers and of true and false, and for one without any value
 */
export function finishColumns(
  columns: readonly CsvColumn[],
  values: Float32Array,
  { columns: given }: RoleOptions,
  notes: string[],
): { inputs: number; features: Float32Array; columns: SchemaColumn[] } {
  const rows = values.length / columns.length;
  const kept = columns.filter((column) => keep(column, rows, notes));
  if (kept.length === 0) throw new InputError('No column is left for the features.');
  const orders = kept.map(wordOrder);
  const widths = orders.map((order) => order?.words.length ?? 1);
  const inputs = widths.reduce((sum, width) => sum + width, 0);
  const names: SchemaColumn[] = kept.map(({ name }, k) => {
    const order = orders[k];
    return order === undefined ? name : { name, values: order.words };
  });
  if (kept.length === columns.length && inputs === columns.length && orders.every((order) => order === undefined)) {
    return { inputs, features: values.slice(), columns: names };
  }
  if (inputs > MAX_SIZE && given === undefined) {
    throw new InputError(`The words of the one-hot columns make ${inputs} features; a network takes ${MAX_SIZE}.`);
  }
  const features = new Float32Array(rows * inputs);
  let at = 0;
  kept.forEach((column, k) => {
    const from = columns.indexOf(column);
    for (let r = 0; r < rows; r++) {
      const value = values[r * columns.length + from];
      const order = orders[k];
      if (order === undefined) features[r * inputs + at] = value;
      else if (Number.isNaN(value)) features.fill(Number.NaN, r * inputs + at, r * inputs + at + widths[k]);
      else features[r * inputs + at + order.places[value]] = 1;
    }
    at += widths[k];
  });
  return { inputs, features, columns: names };
}

function keep(column: CsvColumn, rows: number, notes: string[]): boolean {
  const { name, index, distinct, named, numbers, booleans, missing } = column;
  const leaveOut = (why: string) => {
    notes.push(`The column ${show(name)} ${why}; it is left out.`);
    return false;
  };
  if (missing === rows) {
    if (index) return leaveOut('has no name and no values');
    throw new FileFormatError(`Column ${show(name)} has no values.`, { hint: 'Leave it out (--ignore).' });
  }
  if (index && numbers === rows && rows > 1 && distinct !== undefined) return leaveOut('numbers the rows');
  if (named) return leaveOut('has no name and holds words');
  if (index) notes.push(`The column ${show(name)} has no name in the file and is taken as a feature.`);
  if (booleans > 0 && numbers > 0) {
    throw new FileFormatError(`Column ${show(name)} holds numbers and also true or false.`, {
      hint: 'Write 1 and 0 for true and false.',
    });
  }
  return true;
}

/** The words of a one-hot column in sorted order (or the given one), and the place of each in it. */
function wordOrder({ words, given }: CsvColumn): { words: string[]; places: number[] } | undefined {
  if (words === undefined) return undefined;
  const found = [...words.keys()];
  const sorted = given ? found : [...found].sort((x, y) => (x < y ? -1 : 1));
  const place = new Map(sorted.map((word, k) => [word, k]));
  return { words: sorted, places: found.map((word) => place.get(word)!) };
}
