import { FileFormatError } from '../../errors/FileFormatError.ts';
import { InputError } from '../../errors/InputError.ts';
import { MAX_SIZE } from '../../numbers/constants.ts';
import { show } from '../json.ts';
import type { RawPicture } from '../pictures.ts';
import { MAX_COLUMNS } from '../transformFields.ts';
import { BlurWatch } from './blur.ts';
import { classNamesOf } from './parquet/classNames.ts';
import { type Column, columnsOf, kindOf, requireLabels, requireNumbers } from './parquet/columns.ts';
import type { Decompressors } from './parquet/decompress.ts';
import { type Footer, readFooter } from './parquet/footer.ts';
import { decodePng } from './parquet/images.ts';
import { type Page, type PageOptions, readPages } from './parquet/pages.ts';
import { classify, labelsOf, type RawTable } from './rawTable.ts';
import { type RoleOptions, requireNames, rolesOf } from './roles.ts';

export interface ParquetOptions extends RoleOptions {
  /** How GZIP, BROTLI and ZSTD are decompressed; without, files in them are refused. */
  decompressors?: Decompressors;
}

const MAX_FILE_BYTES = 1 << 27;
/** Numbers of all columns that are read; MNIST has 47 million. */
const MAX_NUMBERS = 1 << 26;
const MAX_LABEL_BYTES = 1 << 12;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Columns of numbers, side by side. */
interface Block {
  columns: Column[];
  /** Numbers that each column has in a row: 1, or as many as its lists or images hold. */
  widths: number[];
  /** Sum of the widths. */
  width: number;
  /** Names of the columns; of lists and images `name[0]`, `name[1]`, .. */
  names: string[];
  /** Of each column the image of its first row; undefined where it has none. */
  images: (RawPicture | undefined)[];
}

/**
 * Reads a table of numbers from Parquet: columns of numbers or booleans (0 and 1), of lists of numbers that are of one
 * length in all rows, and of PNG images of one size; labels are integers or text, and integers get the names that the
 * Hugging Face hub wrote into the file. Nulls and NaN stand for missing values (NaN, a label's class is -1), but a list or
 * an image is to be there. Rows count from 0.
 *
 * The decoders are hyparquet's. All sizes that a file claims are checked before; still a hostile file may keep them busy for
 * good, or fill the heap: bytes of strangers are to be read in a worker with limits.
 * @throws FileFormatError with row and column; InputError for columns that are not there
 */
export function readParquet(bytes: Uint8Array, options: ParquetOptions): RawTable {
  requireParquetSize(bytes);
  const footer = readFooter(bytes);
  const all = columnsOf(footer);
  const names = all.map(({ name }) => name);
  requireNames(names, 'Parquet');
  const indices = indexColumns(names, options);
  const given = options.images ? { ...options, columns: [imageColumn(all)] } : options;
  const roles = rolesOf(names, { ...given, ignore: [...(options.ignore ?? []), ...indices] });
  const notes = indices.map((name) => `Left out the column ${show(name)}: it is the index of a data frame.`);
  if (footer.rows === 0) throw new FileFormatError('The Parquet file has columns and no rows.');
  const [features, targets] = [roles.features, roles.targets].map((list) => list.map((k) => all[k]));
  for (const column of [...features, ...targets]) requireNumbers(column);
  const label = roles.label === undefined ? undefined : all[roles.label];
  if (label !== undefined) requireLabels(label);
  requireCells(footer, features.length + targets.length);
  const { decompressors = {} } = options;
  const pages: PageOptions = { bytes, end: footer.end, decompressors, spent: { bytes: 0 } };
  const blocks = [features, targets].map((columns) => blockOf(columns, footer, pages));
  requireCells(footer, blocks[0].width + blocks[1].width + (label === undefined ? 0 : 1));
  const warnings: string[] = [];
  const values = readBlock(blocks[0], footer, pages, warnings);
  const [image] = blocks[0].images;
  const picture = features.length === 1 && image !== undefined ? { picture: image } : {};
  const table = { inputs: blocks[0].width, features: values, columns: blocks[0].names, ...picture };
  if (label === undefined) {
    const { width, names: targetNames } = blocks[1];
    const targetValues = readBlock(blocks[1], footer, pages, warnings);
    const said = { outputs: width, targetNames, ...noted(notes, warnings) };
    if (!roles.areLabels) return { ...table, kind: 'regression', targets: targetValues, ...said };
    const labels = labelsOf(targetValues, targetNames.map(show), (row) => `Row ${row}`);
    return { ...table, kind: 'labels', labels, ...said };
  }
  const { classes, labels } = readLabels(label, footer, pages, { given: options.classes, notes });
  return { ...table, kind: 'classes', outputs: classes.length, labels, classes, ...noted(notes, warnings) };
}

/** The name of the one column of images. @throws InputError where there is none or more than one */
function imageColumn(columns: readonly Column[]): string {
  const images = columns.filter(isImage).map(({ name }) => name);
  if (images.length === 1) return images[0];
  const found = images.length === 0 ? 'no column' : `${images.length} columns`;
  throw new InputError(`The file has ${found} of images; the model takes the pictures of one.`, {
    hint: 'Write a file with one column of images, or save the pixels as npy.',
  });
}

/** @throws FileFormatError for a file that is larger than any that is read */
export function requireParquetSize(bytes: Uint8Array): void {
  if (bytes.length > MAX_FILE_BYTES) {
    throw new FileFormatError(`The Parquet file has ${bytes.length} bytes; at most ${MAX_FILE_BYTES} are read.`, {
      hint: 'Split it, or leave columns out when writing it.',
    });
  }
}

const noted = (notes: string[], warnings: string[]) => ({
  ...(notes.length > 0 && { notes }),
  ...(warnings.length > 0 && { warnings }),
});

/** Columns in which pandas writes the numbers of its rows, unless they are asked for: they teach nothing. */
function indexColumns(
  names: readonly string[],
  { label, targets = [], labels = [], ignore = [] }: RoleOptions,
): string[] {
  const named = [label, ...targets, ...labels, ...ignore];
  return names.filter((name) => /^__index_level_\d+__$/.test(name) && !named.includes(name));
}

function requireCells({ rows }: Footer, columns: number): void {
  if (rows * columns <= MAX_NUMBERS) return;
  throw new FileFormatError(
    `${rows} rows of ${columns} numbers are more than ${MAX_NUMBERS}, which is all that is read.`,
    { hint: 'Split the file, or leave columns out.' },
  );
}

function blockOf(columns: Column[], footer: Footer, pages: PageOptions): Block {
  const images = columns.map((column) => (isImage(column) ? firstImage(column, footer, pages) : undefined));
  const widths = columns.map((column, k) => {
    if (column.isList) return listLength(column, footer, pages);
    const image = images[k];
    return image === undefined ? 1 : image.width * image.height * image.channels;
  });
  const width = widths.reduce((sum, n) => sum + n, 0);
  if (width > MAX_COLUMNS) {
    throw new FileFormatError(`The lists and columns hold ${width} numbers a row; at most ${MAX_COLUMNS} are read.`);
  }
  const names = columns.flatMap((column, k) => {
    const { name } = column;
    if (!column.isList && images[k] === undefined) return [name];
    return Array.from({ length: widths[k] }, (_, j) => `${name}[${j}]`);
  });
  requireNames(names, 'Parquet');
  return { columns, widths, width, names, images };
}

/** Length of the list in the first row. */
function listLength(column: Column, footer: Footer, pages: PageOptions): number {
  let length = 0;
  for (const page of pagesOf(column, footer, pages)) {
    const next = page.starts!.indexOf(0, length === 0 ? 1 : 0);
    const stop = next < 0 ? page.count : next;
    if (page.absent >= 0 && page.absent < stop) throw absence(0, column);
    length += stop;
    if (length > MAX_COLUMNS) break;
    if (next >= 0) return length;
  }
  if (length > MAX_COLUMNS) {
    throw new FileFormatError(`Row 0 has more than ${MAX_COLUMNS} numbers in column ${show(column.name)}.`);
  }
  if (length === 0) throw absence(0, column);
  return length;
}

function isImage(column: Column): boolean {
  return !column.isList && kindOf(column) === 'image';
}

/** What the image in the first row is like. */
function firstImage(column: Column, footer: Footer, pages: PageOptions): RawPicture {
  for (const page of pagesOf(column, footer, pages)) {
    if (page.absent === 0) throw absence(0, column);
    const bytes = page.values[page.indices === undefined ? 0 : page.indices[0]];
    const { width, height, channels } = decodePng(bytes, `Row 0 of column ${show(column.name)}`);
    return { width, height, channels, order: 'HWC' };
  }
  throw absence(0, column);
}

function* pagesOf(column: Column, { groups }: Footer, pages: PageOptions): Generator<Page> {
  for (const { chunks } of groups) yield* readPages(chunks[column.chunk], column, pages);
}

/**
 * The numbers of a block, row by row.
 * @throws FileFormatError naming row and column of a list or image that is absent, of an infinite value, or of an integer
 * beyond 2^53
 */
function readBlock(
  { columns, widths, width, names, images }: Block,
  footer: Footer,
  pages: PageOptions,
  warnings: string[],
): Float32Array {
  const out = new Float32Array(footer.rows * width);
  const blur = new BlurWatch<number>();
  let first = 0;
  columns.forEach((column, k) => {
    const kind = kindOf(column);
    const start = first;
    eachValue(column, kind === 'image' ? 1 : widths[k], footer, pages, (row, position, page, at) => {
      const to = row * width + start;
      if (at === undefined) out[to + position] = Number.NaN;
      else if (kind === 'image') out.set(pixelsAt(page, at, row, { column, first: images[k]! }), to);
      else {
        out[to + position] = numberAt(page, at, row, column, kind === 'integer');
        blur.see(start + position, Number(page.values[at]));
      }
    });
    first += widths[k];
  });
  warnings.push(...blur.warnings(out, [...names.keys()], (j) => `Column ${show(names[j])}`));
  return out;
}

function numberAt(page: Page, at: number, row: number, column: Column, exact: boolean): number {
  const value = Number(page.values[at]);
  const float = Math.fround(value);
  if (Number.isNaN(value) && !column.isList) return float;
  if (!Number.isFinite(float) || (exact && Math.abs(value) >= 2 ** 53)) throw unfit(value, row, column);
  return float;
}

function pixelsAt(page: Page, at: number, row: number, { column, first }: { column: Column; first: RawPicture }) {
  const where = `Row ${row} of column ${show(column.name)}`;
  const { width, height, channels, data } = decodePng(page.values[at], where);
  if (width === first.width && height === first.height && channels === first.channels) return data;
  const size = first.width * first.height * first.channels;
  throw new FileFormatError(
    `${where} holds an image of ${width} x ${height} pixels in ${channels} channels, ${data.length} numbers; ` +
      `row 0 has ${size}, ${first.width} x ${first.height} in ${first.channels}.`,
    { hint: 'Make the images one size, and one number of channels.' },
  );
}

function readLabels(
  column: Column,
  footer: Footer,
  pages: PageOptions,
  { given, notes }: { given: readonly string[] | undefined; notes: string[] },
) {
  const isText = kindOf(column) === 'text';
  const named = isText ? undefined : classNamesOf(column.name, footer);
  if (named === 'unreadable') {
    notes.push(`The names that the file gives to the classes of column ${show(column.name)} cannot be read.`);
  }
  const names = named === 'unreadable' ? undefined : named;
  const order = given ?? names;
  const found = new Map<string, number>();
  const indices = new Int32Array(footer.rows);
  const numberOf = (text: string): number => {
    const known = found.get(text);
    if (known !== undefined) return known;
    found.set(text, found.size);
    if (found.size > MAX_SIZE) classify(found, [], order);
    return found.size - 1;
  };
  let dictionary: unknown;
  let known = new Int32Array();
  eachValue(column, 1, footer, pages, (row, _, { values, indices: positions }, at) => {
    if (at === undefined) {
      indices[row] = -1;
      return;
    }
    if (positions !== undefined && values !== dictionary) {
      dictionary = values;
      known = new Int32Array(values.length);
    }
    if (positions !== undefined && known[at] > 0) {
      indices[row] = known[at] - 1;
      return;
    }
    const text = isText ? textAt(values[at], row, column) : nameAt(Number(values[at]), row, column, names);
    // Empty texts are labels that are missing.
    const k = text === '' ? -1 : numberOf(text);
    indices[row] = k;
    if (positions !== undefined) known[at] = k + 1;
  });
  return classify(found, indices, order);
}

function textAt(bytes: Uint8Array<ArrayBuffer>, row: number, column: Column): string {
  const where = `Row ${row} of column ${show(column.name)}`;
  if (bytes.length > MAX_LABEL_BYTES) {
    throw new FileFormatError(`${where} has a label of ${bytes.length} bytes; at most ${MAX_LABEL_BYTES} are read.`);
  }
  let text: string;
  try {
    text = UTF8.decode(bytes).trim();
  } catch (cause) {
    throw new FileFormatError(`${where} is not UTF-8 text.`, { cause });
  }
  return text;
}

function nameAt(value: number, row: number, column: Column, names: readonly string[] | undefined): string {
  if (!Number.isSafeInteger(value)) throw unfit(value, row, column);
  if (names === undefined) return `${value}`;
  if (value >= 0 && value < names.length) return names[value];
  throw new FileFormatError(
    `Row ${row} has the label ${value} in column ${show(column.name)}; the file names the classes 0 to ${names.length - 1}.`,
    { hint: 'Leave such rows out when writing the file.' },
  );
}

/**
 * Hands over the values of a column in order: row, position in the list of the row, page, and where it is in its values;
 * undefined where it is absent.
 * @throws FileFormatError naming the row of a list or image that is absent, or of a list that is not `length` long
 */
function eachValue(
  column: Column,
  length: number,
  { groups }: Footer,
  pages: PageOptions,
  take: (row: number, position: number, page: Page, at: number | undefined) => void,
): void {
  const mustBe = column.isList || kindOf(column) === 'image';
  let row = -1;
  let total = 0;
  let position = length;
  const requireWhole = () => {
    if (position === length) return;
    throw new FileFormatError(
      `Row ${row} has ${position} ${position === 1 ? 'number' : 'numbers'} in column ${show(column.name)}; row 0 has ${length}.`,
    );
  };
  for (const [number, { rows, chunks }] of groups.entries()) {
    total += rows;
    for (const page of readPages(chunks[column.chunk], column, pages)) {
      const { count, starts, indices } = page;
      let found = 0;
      for (let k = 0; k < count; k++) {
        if (starts === undefined || starts[k] === 0) {
          requireWhole();
          row++;
          position = 0;
        } else if (row < 0) {
          throw new FileFormatError(`The first list of column ${show(column.name)} does not begin.`);
        } else if (position === length) {
          throw new FileFormatError(
            `Row ${row} has more numbers in column ${show(column.name)} than row 0: ${length}.`,
          );
        }
        const isThere = page.isThere(k);
        if (!isThere && mustBe) throw absence(row, column);
        if (row >= total) throw wrongRows(column, number, rows);
        const at = indices === undefined ? found : indices[found];
        take(row, position++, page, isThere ? at : undefined);
        if (isThere) found++;
      }
    }
    requireWhole();
    if (row !== total - 1) throw wrongRows(column, number, rows);
  }
}

function wrongRows({ name }: Column, group: number, rows: number): FileFormatError {
  return new FileFormatError(`Column ${show(name)} has not ${rows} rows in row group ${group}.`);
}

function absence(row: number, { name, isFile }: Column): FileFormatError {
  return new FileFormatError(
    `Row ${row} has no value in column ${show(name)}.`,
    isFile ? { hint: 'Write the images into the file, not their paths alone.' } : {},
  );
}

function unfit(value: number, row: number, { name }: Column): FileFormatError {
  const where = `in column ${show(name)}`;
  if (Number.isInteger(value) && Math.abs(value) >= 2 ** 53 && Math.abs(value) <= 2 ** 64) {
    return new FileFormatError(`Row ${row} has an integer beyond 2^53 ${where}.`, { hint: 'Leave the column out.' });
  }
  return new FileFormatError(`Row ${row} has ${value} ${where}, which is not a finite 32-bit number.`, {
    hint: 'Leave the column out, or code it as numbers.',
  });
}
