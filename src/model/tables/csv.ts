import Papa from 'papaparse';
import { FileFormatError } from '../../errors/FileFormatError.ts';
import { show } from '../json.ts';
import { classify, type RawTable } from './rawTable.ts';
import { type RoleOptions, requireNames, rolesOf } from './roles.ts';

/** Columns are named by their numbers (1, 2, ..) in a file without header. */
export interface CsvOptions extends RoleOptions {
  /** Whether the first line names the columns; default true. Otherwise they are called 1, 2, .. */
  header?: boolean;
  /** Default: comma. */
  delimiter?: ',' | ';' | '\t' | '|';
}

/** MNIST as CSV takes 105 MiB. */
const MAX_FILE_BYTES = 1 << 27;
const MAX_LINE_LENGTH = 1 << 20;
/** Lines are parsed in pieces of about this many characters, so that damage is found before memory is spent on the rest. */
const PIECE_LENGTH = 1 << 18;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

interface Line {
  /** 1, 2, .. */
  number: number;
  cells: string[];
}

/**
 * Reads a table of numbers from CSV (RFC 4180 without line breaks inside cells, UTF-8): one row a line, all lines of one
 * length, features and targets decimal numbers.
 * @throws FileFormatError with line and column; InputError for columns that are not there
 */
export function readCsv(bytes: Uint8Array, options: CsvOptions): RawTable {
  const { delimiter = ',', header = true } = options;
  const text = decode(bytes);
  const lines = readLines(text, delimiter);
  const first = lines.next();
  if (first.done) throw new FileFormatError('The CSV file is empty.');
  const names = header ? headerNames(first.value, delimiter) : first.value.cells.map((_, k) => `${k + 1}`);
  requireNames(names, 'CSV');
  const { features, targets, label } = rolesOf(names, options);
  // Every cell takes a character and a delimiter at least, so a claim of many columns cannot ask for more than this.
  const capacity = Math.min(countLines(text), Math.ceil(text.length / (2 * features.length))) + 1;
  const values = new Float32Array(capacity * features.length);
  const answers = new Float32Array(capacity * targets.length);
  const indices = new Int32Array(label === undefined ? 0 : capacity);
  const found = new Map<string, number>();
  let rows = 0;
  const addRow = ({ number, cells }: Line) => {
    if (cells.length !== names.length) {
      throw new FileFormatError(`Line ${number} has ${cells.length} cells, not ${names.length}.`);
    }
    const read = (k: number) => toNumber(cells[k], number, names[k]);
    for (let j = 0; j < features.length; j++) values[rows * features.length + j] = read(features[j]);
    for (let j = 0; j < targets.length; j++) answers[rows * targets.length + j] = read(targets[j]);
    if (label !== undefined) {
      const text = cells[label].trim();
      if (text === '') throw new FileFormatError(`Line ${number} has no label.`);
      if (!found.has(text)) found.set(text, found.size);
      indices[rows] = found.get(text)!;
    }
    rows++;
  };
  if (!header) addRow(first.value);
  for (const line of lines) addRow(line);
  if (rows === 0) throw new FileFormatError('The CSV file has a header and no rows.');
  const table = {
    inputs: features.length,
    features: values.slice(0, rows * features.length),
    columns: features.map((k) => names[k]),
  };
  if (label === undefined) {
    return { ...table, kind: 'regression', outputs: targets.length, targets: answers.slice(0, rows * targets.length) };
  }
  const { classes, labels } = classify(found, indices.subarray(0, rows), options.classes);
  return { ...table, kind: 'classes', outputs: classes.length, labels, classes };
}

function decode(bytes: Uint8Array): string {
  if (bytes.length > MAX_FILE_BYTES) {
    throw new FileFormatError(`The CSV file has ${bytes.length} bytes; at most ${MAX_FILE_BYTES} are read.`, {
      hint: 'Split it, or use npy.',
    });
  }
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new FileFormatError('The CSV file is UTF-16.', { hint: 'Save it as UTF-8.' });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes as Uint8Array<ArrayBuffer>);
  } catch (cause) {
    throw new FileFormatError('The CSV file is not UTF-8 text.', { cause });
  }
}

function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** The lines of the text, cell by cell; empty ones only at the end. */
function* readLines(text: string, delimiter: string): Generator<Line> {
  const length = text.trimEnd().length;
  let number = 1;
  for (let start = 0; start < length; ) {
    const piece: string[] = [];
    const begin = start;
    while (start < length && start - begin < PIECE_LENGTH) {
      const end = text.indexOf('\n', start);
      const stop = end < 0 ? text.length : end;
      const line = text.slice(start, text[stop - 1] === '\r' && stop > start ? stop - 1 : stop);
      if (line.length > MAX_LINE_LENGTH) {
        throw new FileFormatError(`Line ${number + piece.length} has ${line.length} characters.`, {
          hint: line.includes('\r') ? 'Lines end with a line feed; this file has carriage returns only.' : undefined,
        });
      }
      if (line.trim() === '') throw new FileFormatError(`Line ${number + piece.length} is empty.`);
      piece.push(line);
      start = stop + 1;
    }
    const rows = parse(piece.join('\n'), delimiter);
    const good = rows.length === piece.length ? rows : piece.map((line, k) => parseLine(line, delimiter, number + k));
    for (const cells of good) yield { number: number++, cells };
  }
}

/** The cells of the lines, or nothing when any of them is damaged. */
function parse(text: string, delimiter: string): string[][] {
  const { data, errors } = Papa.parse<string[]>(text, { delimiter, newline: '\n' });
  return errors.length === 0 ? data : [];
}

function parseLine(line: string, delimiter: string, number: number): string[] {
  const { data, errors } = Papa.parse<string[]>(line, { delimiter, newline: '\n' });
  if (errors.length > 0) throw new FileFormatError(`Line ${number}: ${errors[0].message}.`);
  return data[0];
}

function headerNames({ cells }: Line, delimiter: string): string[] {
  const names = cells.map((cell) => cell.trim());
  if (names.every((name) => NUMBER.test(name))) {
    throw new FileFormatError('The first line holds numbers instead of the names of the columns.', {
      hint: 'For a file without header say so.',
    });
  }
  const other = [',', ';', '\t', '|'].find(
    (mark) => mark !== delimiter && names.length === 1 && names[0].includes(mark),
  );
  if (other !== undefined) {
    throw new FileFormatError(`The first line has no ${show(delimiter)}.`, {
      hint: `Is the delimiter ${show(other)}?`,
    });
  }
  return names;
}

function toNumber(cell: string, line: number, column: string): number {
  const text = cell.trim();
  if (text === '') throw new FileFormatError(`Line ${line} has no value in column ${show(column)}.`);
  const value = NUMBER.test(text) ? Math.fround(Number(text)) : Number.NaN;
  if (!Number.isFinite(value)) {
    throw new FileFormatError(`Line ${line} has ${show(text)} in column ${show(column)}, which is not a number.`, {
      hint: 'Leave the column out, or code it as numbers.',
    });
  }
  return value;
}
