import Papa from 'papaparse';
import { FileFormatError } from '../../errors/FileFormatError.ts';
import { show } from '../json.ts';
import { gunzip, isGzip } from './inflate.ts';

export type Delimiter = ',' | ';' | '\t' | '|';

/** One record of a CSV file. */
export interface CsvLine {
  /** Line of the file on which it begins: 1, 2, .. */
  number: number;
  cells: string[];
}

/** MNIST as CSV takes 105 MiB. */
const MAX_FILE_BYTES = 1 << 27;
const MAX_LINE_LENGTH = 1 << 20;
/** Lines are parsed in pieces of about this many characters, so that damage is found before memory is spent on the rest. */
const PIECE_LENGTH = 1 << 18;
const MAX_EMPTY_LINES = 100_000;
/** Lines by which the delimiter is recognised. */
const SAMPLE_LINES = 20;
const LINE_FEED = 10;

/** The encoding that a byte order mark names, of those that are not read. UTF-32 begins with the mark of UTF-16. */
function wideEncoding([a, b, c, d]: Uint8Array): 'UTF-16' | 'UTF-32' | undefined {
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return 'UTF-32';
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'UTF-32' : 'UTF-16';
  return a === 0xfe && b === 0xff ? 'UTF-16' : undefined;
}

/**
 * The text of a CSV file, of a gzip'd one too, with line feeds alone at the ends of its lines.
 * @throws FileFormatError for too large a file, and for anything but UTF-8
 */
export function decodeCsv(given: Uint8Array): string {
  const bytes = isGzip(given) ? gunzip(given) : given;
  if (bytes.length > MAX_FILE_BYTES) {
    throw new FileFormatError(`The CSV file has ${bytes.length} bytes; at most ${MAX_FILE_BYTES} are read.`, {
      hint: 'Split it, or use npy.',
    });
  }
  const wide = wideEncoding(bytes);
  if (wide !== undefined) throw new FileFormatError(`The CSV file is ${wide}.`, { hint: 'Save it as UTF-8.' });
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4) {
    throw new FileFormatError('The file is a zip archive or a workbook, not CSV.', {
      hint: 'Unpack it, or save the sheet of the workbook as CSV in UTF-8.',
    });
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes as Uint8Array<ArrayBuffer>);
  } catch (cause) {
    throw new FileFormatError('The CSV file is not UTF-8 text.', {
      cause,
      hint: 'Save it as UTF-8; spreadsheets call that "CSV UTF-8".',
    });
  }
  return text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
}

/** Lines of a text, and so at least the records of its table. */
export function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** A first line `sep=;`, by which spreadsheets name the delimiter. */
export function statedDelimiter(text: string): Delimiter | undefined {
  return /^sep=([,;\t|])\n/i.exec(text)?.[1] as Delimiter | undefined;
}

/** The delimiter that splits the first lines into equally many cells, at least two; a comma where none does. */
export function recogniseDelimiter(text: string): Delimiter {
  let end = 0;
  for (let k = 0; k < SAMPLE_LINES && end >= 0 && end < PIECE_LENGTH; k++) end = text.indexOf('\n', end) + 1 || -1;
  const sample = text.slice(0, end < 0 ? PIECE_LENGTH : Math.min(end, PIECE_LENGTH));
  // A comma last: it may be the decimal sign of the others.
  for (const delimiter of ['\t', ';', '|', ','] as const) {
    const { data, errors } = Papa.parse<string[]>(sample, { delimiter, newline: '\n', skipEmptyLines: true });
    // The sample may end inside a quoted cell.
    if (errors.some(({ type }) => type === 'Quotes')) data.pop();
    if (data.length > 0 && data[0].length > 1 && data.every((cells) => cells.length === data[0].length)) {
      return delimiter;
    }
  }
  return ',';
}

/**
 * The records of a text (of `decodeCsv`), cell by cell; a quoted cell may hold line breaks. Empty lines are left out.
 * @param skipped counts the empty lines between records
 * @throws FileFormatError naming the line of a damaged one
 */
export function* readLines(text: string, delimiter: Delimiter, skipped: { lines: number }): Generator<CsvLine> {
  const quote = { next: text.indexOf('"') };
  let number = 1;
  let empty = 0;
  for (let start = statedDelimiter(text) === undefined ? 0 : text.indexOf('\n') + 1; start < text.length; ) {
    if (text.charCodeAt(start) === LINE_FEED) {
      start++;
      number++;
      if (++empty > MAX_EMPTY_LINES) throw new FileFormatError(`More than ${MAX_EMPTY_LINES} lines are empty.`);
      continue;
    }
    const end = endOfPiece(text, start, number, quote);
    const piece = text.slice(start, end);
    const { data, errors } = Papa.parse<string[]>(piece, { delimiter, newline: '\n' });
    const quoted = piece.includes('"');
    const bad = errors.find(({ type }) => type === 'Quotes');
    for (const [k, cells] of data.entries()) {
      if (bad?.row === k) throw new FileFormatError(`Line ${number}: ${bad.message}.`);
      if (cells.every((cell) => cell.trim() === '')) empty++;
      else {
        skipped.lines += empty;
        empty = 0;
        yield { number, cells };
      }
      number += 1 + (quoted ? cells.reduce((sum, cell) => sum + lineFeeds(cell), 0) : 0);
    }
    if (bad) throw new FileFormatError(`Line ${number}: ${bad.message}.`);
    start = end + 1;
  }
}

/**
 * End of the line, some way on from `start`, up to which all quotes are closed.
 * @param quote place of the next quote, searched once for the whole text
 */
function endOfPiece(text: string, start: number, first: number, quote: { next: number }): number {
  let open = false;
  let number = first;
  for (let at = start; ; number++) {
    const found = text.indexOf('\n', at);
    const end = found < 0 ? text.length : found;
    if (end - at > MAX_LINE_LENGTH) throw new FileFormatError(`Line ${number} has ${end - at} characters.`);
    for (; quote.next >= 0 && quote.next < end; quote.next = text.indexOf('"', quote.next + 1)) open = !open;
    if (end === text.length || end - start > MAX_LINE_LENGTH || (!open && end - start >= PIECE_LENGTH)) return end;
    at = end + 1;
  }
}

function lineFeeds(cell: string): number {
  return cell.includes('\n') ? countLines(cell) - 1 : 0;
}

function spaces(name: string): string | undefined {
  return /\S\s+\S+\s+\S/.test(name) ? 'Cells that spaces separate are not read: put commas between them.' : undefined;
}

/** What is amiss with a header of one column, for a hint; undefined where nothing seems to be. */
export function otherDelimiter(names: readonly string[], delimiter: Delimiter): string | undefined {
  if (names.length !== 1) return undefined;
  if (/^[{[<]/.test(names[0])) return 'This looks like JSON or a web page, not like a table in CSV.';
  if (names[0].startsWith('#')) return 'The first line seems to be a comment: take such lines out.';
  const other = ([',', ';', '\t', '|'] as const).find((mark) => mark !== delimiter && names[0].includes(mark));
  return other === undefined
    ? spaces(names[0])
    : `The cells seem to be separated by ${show(other)}: say so (--delimiter).`;
}
