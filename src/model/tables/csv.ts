import { FileFormatError } from '../../errors/FileFormatError.ts';
import { InputError } from '../../errors/InputError.ts';
import { show } from '../json.ts';
import type { Decimal } from '../schema.ts';
import { BlurWatch } from './blur.ts';
import { columnsOf, finishColumns, readFeature, truthOf } from './csvColumns.ts';
import {
  type CsvLine,
  countLines,
  type Delimiter,
  decodeCsv,
  otherDelimiter,
  readLines,
  recogniseDelimiter,
  statedDelimiter,
} from './csvLines.ts';
import {
  adviceFor,
  isMissing,
  isPlainNumber,
  labelText,
  type NumberUse,
  numberIn,
  recogniseDecimal,
} from './csvNumbers.ts';
import { classify, labelsOf, type RawTable } from './rawTable.ts';
import { type RoleOptions, type Roles, requireNames, rolesOf } from './roles.ts';

/** Columns are named by their numbers (1, 2, ..) in a file without header. */
export interface CsvOptions extends RoleOptions {
  /** Whether the first line names the columns; default true. Otherwise they are called 1, 2, .. */
  header?: boolean;
  /** Default: recognised by the first lines. */
  delimiter?: Delimiter;
  /** Default: recognised by the cells. */
  decimal?: Decimal;
}

/** Records by which the decimal sign is recognised. */
const SAMPLE_ROWS = 2000;

/**
 * Reads a table from CSV (RFC 4180, UTF-8, lines of any ending): features and targets numbers, true or false, or words of
 * a column that is `oneHot`. Cells that stand for no value (empty, NA, NaN, null, ?) become NaN, such labels -1. Names
 * and labels are compared in Unicode's form NFC. Columns that count the rows are left out.
 * @throws FileFormatError with line and column; InputError for columns that are not there
 */
export function readCsv(bytes: Uint8Array, options: CsvOptions): RawTable {
  const text = decodeCsv(bytes);
  const delimiter = options.delimiter ?? statedDelimiter(text) ?? recogniseDelimiter(text);
  const skipped = { lines: 0 };
  const lines = readLines(text, delimiter, skipped);
  const first = lines.next();
  if (first.done) throw new FileFormatError('The CSV file is empty.');
  const notes: string[] = [];
  const warnings: string[] = [];
  const width = first.value.cells.length;
  const names = namesOf(first.value, { ...options, delimiter }, notes);
  const roles = rolesOf(names, options);
  // Every cell takes a character and a delimiter at least, so a claim of many columns cannot ask for more than this.
  const capacity = Math.min(countLines(text), Math.ceil(text.length / (2 * roles.features.length))) + 1;
  const head = sampleOf(options.header === false ? first.value : undefined, lines, width);
  const decimal = options.decimal ?? decimalOf(head, names, { ...options, delimiter }, notes, warnings);
  const columns = columnsOf(names, roles.features, options);
  const answers = new Answers(names, roles, options, capacity);
  const values = new Float32Array(capacity * columns.length);
  const numbers: number[] = [];
  let rows = 0;
  const grouped = { cells: 0, example: '' };
  const blur = new BlurWatch<string>();
  const targets = new Set(roles.targets.map((k) => names[k]));
  const answer = roles.areLabels ? 'label' : 'target';
  const roleOf = (name: string) => (targets.has(name) ? answer : options.columns ? 'stated' : 'feature');
  const read = (text: string, line: CsvLine, name: string) => {
    const found = numberIn(text, decimal);
    const value = found === undefined ? Number.NaN : Math.fround(found.value);
    if (!Number.isFinite(value)) throw notANumber(text, line, name, { decimal, use: roleOf(name) });
    blur.see(name, found!.value);
    if (found!.grouped && grouped.cells++ === 0) grouped.example = `${show(text)} (line ${line.number}) as ${value}`;
    return value;
  };
  const addRow = (line: CsvLine) => {
    requireCells(line, width);
    for (let j = 0; j < columns.length; j++) {
      values[rows * columns.length + j] = readFeature(columns[j], line, read);
    }
    answers.add(rows, line, read);
    numbers.push(line.number);
    rows++;
  };
  for (const line of head) addRow(line);
  for (const line of lines) addRow(line);
  if (rows === 0) throw new FileFormatError('The CSV file has a header and no rows.');
  if (skipped.lines > 0) notes.push(`${skipped.lines} empty line${skipped.lines === 1 ? ' was' : 's were'} left out.`);
  if (grouped.cells > 0) {
    const cells = grouped.cells === 1 ? 'One cell sets' : `${grouped.cells} cells set`;
    warnings.push(`${cells} thousands apart, such as ${grouped.example}.`);
  }
  const blurred = (rounded: Float32Array, names: readonly string[]) =>
    blur.warnings(rounded, names, (name) => `Column ${show(name)}`);
  const answered = answers.table(rows, notes, (row) => `Line ${numbers[row]}`);
  warnings.push(
    ...blurred(
      values.subarray(0, rows * columns.length),
      columns.map(({ name }) => name),
    ),
  );
  if (answered.kind === 'regression') warnings.push(...blurred(answered.targets, answered.targetNames));
  const features = finishColumns(columns, values.subarray(0, rows * columns.length), options, notes);
  return {
    ...answered,
    ...features,
    ...(decimal === ',' && { decimal }),
    ...(notes.length > 0 && { notes }),
    ...(warnings.length > 0 && { warnings }),
    rowName: (row) => `Line ${numbers[row]}`,
  };
}

/** The names of the columns; those that lack one or share one get one, where no option speaks of it. */
function namesOf(line: CsvLine, options: CsvOptions & { delimiter: Delimiter }, notes: string[]): string[] {
  if (options.header === false) return line.cells.map((_, k) => `${k + 1}`);
  const found = line.cells.map((cell) => cell.trim().normalize('NFC'));
  // More columns than there may be are not worth a name.
  if (found.length > 1 << 16) requireNames(found, 'CSV');
  if (found.every((name) => isPlainNumber(name))) {
    throw new FileFormatError('The first line holds numbers instead of the names of the columns.', {
      hint: 'Put a line with the names before it. Where rows are made into shards, --no-header names columns by numbers.',
    });
  }
  const hint = otherDelimiter(found, options.delimiter);
  if (hint !== undefined) throw new FileFormatError(`The first line has no ${show(options.delimiter)}.`, { hint });
  const taken = new Set(found);
  const spoken = new Set(
    [
      options.label,
      ...[options.targets, options.labels, options.ignore, options.oneHot].flatMap((list) => list ?? []),
    ].map((name) => name?.normalize('NFC')),
  );
  const seen = new Set<string>();
  return found.map((name, k) => {
    if (name !== '' && !seen.has(name)) {
      seen.add(name);
      return name;
    }
    if (spoken.has(name)) throw new FileFormatError(`Two columns are called ${show(name)}.`, { hint: 'Rename one.' });
    // As pandas names them, so that its files keep their meaning.
    let own = name === '' ? `Unnamed: ${k}` : `${name}.1`;
    for (let n = 2; taken.has(own); n++) own = name === '' ? `Unnamed: ${k}_${n}` : `${name}.${n}`;
    taken.add(own);
    if (name !== '') notes.push(`A second column is called ${show(name)}; it is taken as ${show(own)}.`);
    return own;
  });
}

function sampleOf(first: CsvLine | undefined, lines: Iterator<CsvLine>, width: number): CsvLine[] {
  const head = first === undefined ? [] : [first];
  while (head.length < SAMPLE_ROWS && head.length * width < 1 << 20) {
    const line = lines.next();
    if (line.done) break;
    requireCells(line.value, width);
    head.push(line.value);
  }
  return head;
}

function requireCells({ number, cells }: CsvLine, width: number): void {
  if (cells.length !== width) throw new FileFormatError(`Line ${number} has ${cells.length} cells, not ${width}.`);
}

function decimalOf(
  head: readonly CsvLine[],
  names: readonly string[],
  options: CsvOptions & { delimiter: Delimiter },
  notes: string[],
  warnings: string[],
): Decimal {
  const { features, targets } = rolesOf(names, options);
  const words = new Set((options.oneHot ?? []).map((name) => name.normalize('NFC')));
  const numeric = [...features, ...targets].filter((k) => !words.has(names[k]));
  const cells = function* () {
    for (const { number, cells } of head) for (const k of numeric) yield { cell: cells[k].trim(), line: number };
  };
  const { decimal, doubt } = recogniseDecimal(cells());
  if (decimal === ',') notes.push('Numbers are read with a decimal comma.');
  if (doubt !== undefined && options.delimiter === ';') {
    warnings.push(
      `${doubt} is read with a decimal point. If points set thousands apart, take them out (or give --decimal , where rows are made into shards).`,
    );
  }
  return decimal;
}

function notANumber(
  cell: string,
  { number }: CsvLine,
  column: string,
  { decimal, use }: { decimal: Decimal; use: NumberUse },
): FileFormatError {
  const why = numberIn(cell, decimal) ? 'too large for a 32-bit float' : 'not a number';
  return new FileFormatError(`Line ${number} has ${show(cell)} in column ${show(column)}, which is ${why}.`, {
    hint: adviceFor(cell, decimal, use),
  });
}

/** The labels or targets of the rows as they are read. */
class Answers {
  #names: readonly string[];
  #targets: number[];
  #areLabels: boolean;
  #label: number | undefined;
  #numbersAreClasses: boolean;
  #given: readonly string[] | undefined;
  #known: Set<string>;
  #values: Float32Array;
  #indices: Int32Array;
  #found = new Map<string, number>();

  constructor(
    names: readonly string[],
    { targets, areLabels, label }: Omit<Roles, 'features'>,
    { classes, numbersAreClasses = false }: CsvOptions,
    capacity: number,
  ) {
    this.#names = names;
    this.#targets = targets;
    this.#areLabels = areLabels;
    this.#label = label;
    this.#numbersAreClasses = numbersAreClasses;
    this.#given = classes?.map(labelText);
    this.#known = new Set(this.#given);
    this.#values = new Float32Array(capacity * targets.length);
    this.#indices = new Int32Array(label === undefined ? 0 : capacity);
  }

  add(row: number, line: CsvLine, read: (cell: string, line: CsvLine, name: string) => number): void {
    this.#targets.forEach((k, j) => {
      const cell = line.cells[k].trim();
      const truth = this.#areLabels ? truthOf(cell) : undefined;
      const value = truth ?? (isMissing(cell) ? Number.NaN : read(cell, line, this.#names[k]));
      this.#values[row * this.#targets.length + j] = value;
    });
    if (this.#label === undefined) return;
    const text = labelText(line.cells[this.#label]);
    // A word such as NA is a class only for who says so.
    if (isMissing(text) && !this.#known.has(text)) {
      this.#indices[row] = -1;
      return;
    }
    if (!this.#found.has(text)) this.#found.set(text, this.#found.size);
    this.#indices[row] = this.#found.get(text)!;
  }

  table(rows: number, notes: string[], nameOfRow: (row: number) => string) {
    if (this.#label === undefined) {
      const outputs = this.#targets.length;
      const targetNames = this.#targets.map((k) => this.#names[k]);
      const targets = this.#values.slice(0, rows * outputs);
      if (!this.#areLabels) return { kind: 'regression' as const, outputs, targets, targetNames };
      return {
        kind: 'labels' as const,
        outputs,
        labels: labelsOf(targets, targetNames.map(show), nameOfRow),
        targetNames,
      };
    }
    const name = this.#names[this.#label];
    if (this.#found.size === 0) throw new InputError(`No row has a label in column ${show(name)}.`);
    const about = { name, numbersAreClasses: this.#numbersAreClasses };
    const { classes, labels } = classify(this.#found, this.#indices.subarray(0, rows), this.#given, about);
    const alike = classes.find((label, k) => classes.findIndex((other) => sameLetters(label, other)) < k);
    if (alike !== undefined && this.#given === undefined) {
      notes.push(`The class ${show(alike)} differs from another in capitals or spaces only.`);
    }
    return { kind: 'classes' as const, outputs: classes.length, labels, classes };
  }
}

function sameLetters(a: string, b: string): boolean {
  return a.toLowerCase().replaceAll(/\s+/g, ' ') === b.toLowerCase().replaceAll(/\s+/g, ' ');
}
