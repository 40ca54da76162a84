import { InputError } from '../../src/errors/InputError.ts';
import { parseIdx } from '../../src/model/idx.ts';
import type { RawPicture } from '../../src/model/pictures.ts';
import { pictureOf, rawFeatureNames, rawWidth, type Schema, type SchemaColumn } from '../../src/model/schema.ts';
import { arrayPicture } from '../../src/model/tables/arrays.ts';
import { readCsv } from '../../src/model/tables/csv.ts';
import { decodeCsv, readLines, recogniseDelimiter, statedDelimiter } from '../../src/model/tables/csvLines.ts';
import type { NumericArray } from '../../src/model/tables/npy.ts';
import { readNumpyFile } from '../../src/model/tables/numpyFile.ts';
import type { RawTable } from '../../src/model/tables/rawTable.ts';
import { ParquetReader } from '../files/parquetReader.ts';
import { readParsed, tableSource } from '../files/read.ts';

/** Raw rows without answers. */
export interface Rows {
  /** Features of a row. */
  width: number;
  rows: number;
  /** Row-major, NaN where a value is missing. */
  features: Float32Array;
  /** What each row is a picture of, where the file tells. */
  picture?: RawPicture;
  /** What was taken how, one sentence each. */
  notes: string[];
  /** What a reader should look at before trusting the answers. */
  warnings: string[];
}

export interface RowsOptions {
  /** Columns to leave out, where no schema names those to take. */
  ignore: readonly string[];
  /** npz: which array. */
  member?: string;
}

/**
 * Reads the rows of a table for a model: by the names of the schema's columns where both have names, else all in order.
 * @param path what it is, its ending says: .csv, .tsv, .txt, .npy, .npz, .parquet or .idx (or MNIST's -idx3-ubyte), also with .gz
 * @throws InputError, FileFormatError naming the file; InputError where the columns do not fit
 */
export async function readRows(path: string, schema: Schema | undefined, options: RowsOptions): Promise<Rows> {
  const source = tableSource(path);
  const columns = typeof schema?.columns === 'number' ? undefined : schema?.columns;
  if (columns !== undefined && options.ignore.length > 0) {
    throw new InputError('--ignore is for models without named columns.', {
      hint: 'The schema of the model says which columns it takes.',
    });
  }
  switch (source) {
    case 'csv':
      return readParsed(path, (bytes) => csvRows(bytes, schema, columns, options.ignore));
    case 'parquet':
      return readParsed(path, (bytes) => parquetRows(bytes, schema, columns));
    case 'npy':
      return readParsed(path, (bytes) => arrayRows(readNumpyFile(bytes, options.member), columns));
    case 'idx':
      return readParsed(path, (bytes) => arrayRows(parseIdx(bytes), columns));
  }
}

function csvRows(
  bytes: Uint8Array,
  schema: Schema | undefined,
  named: readonly SchemaColumn[] | undefined,
  ignore: readonly string[],
): Rows {
  const columns = named ?? headerOf(bytes, ignore);
  return fromTable(readCsv(bytes, { columns, ...(schema && { decimal: schema.decimal }) }), named);
}

/** All names of a CSV file but those to leave out and those that pandas gives to the numbers of rows. */
function headerOf(bytes: Uint8Array, ignore: readonly string[]): string[] {
  const text = decodeCsv(bytes);
  const first = readLines(text, statedDelimiter(text) ?? recogniseDelimiter(text), { lines: 0 }).next();
  const names = first.done ? [] : first.value.cells.map((cell) => cell.trim().normalize('NFC'));
  const missing = ignore.find((name) => !names.includes(name.normalize('NFC')));
  if (missing !== undefined) throw new InputError(`There is no column ${JSON.stringify(missing)} to leave out.`);
  const left = new Set(ignore.map((name) => name.normalize('NFC')));
  return names.filter((name) => name !== '' && !/^Unnamed: \d+/.test(name) && !left.has(name));
}

async function parquetRows(
  bytes: Uint8Array,
  schema: Schema | undefined,
  named: readonly SchemaColumn[] | undefined,
): Promise<Rows> {
  const images = named === undefined && schema !== undefined && pictureOf(schema) !== undefined;
  if (named === undefined && !images) {
    throw new InputError('Columns of a Parquet file are taken by the names in a schema, which this model has not.', {
      hint: 'Save the features as CSV or npy.',
    });
  }
  // A column of lists is many features: `pixels[0]`, `pixels[1]`, ..
  const names = [...new Set(named?.map((column) => nameOf(column).replace(/\[\d+\]$/, '')))];
  const reader = new ParquetReader();
  try {
    return fromTable(await reader.read(bytes, images ? { images } : { columns: names }), named);
  } finally {
    reader.close();
  }
}

function fromTable(table: RawTable, named: readonly SchemaColumn[] | undefined): Rows {
  const { inputs, features, columns, notes = [], warnings = [] } = table;
  if (named !== undefined && columns !== undefined) {
    const [wanted, found] = [named, columns].map((list) => rawFeatureNames({ columns: [...list] })!);
    const wrong = wanted.findIndex((name, k) => name !== found[k]);
    if (wrong >= 0 || found.length !== wanted.length) {
      throw new InputError(`The table's features are not those of the model: ${found.length}, not ${wanted.length}.`);
    }
  }
  const { picture } = table;
  return { width: inputs, rows: features.length / inputs, features, ...(picture && { picture }), notes, warnings };
}

function arrayRows(array: NumericArray | { texts: unknown }, named: readonly SchemaColumn[] | undefined): Rows {
  if ('texts' in array) throw new InputError('The rows are texts, not numbers.');
  const [rows = 0, ...inner] = array.dimensions;
  const width = inner.reduce((product, n) => product * n, 1);
  if (array.dimensions.length < 2 || rows < 1 || width < 1) {
    throw new InputError(`Rows are an array of rows and columns, not [${array.dimensions}].`);
  }
  const notes =
    named === undefined ? [] : ['The array has no names: its columns are taken in the order of the schema.'];
  return { width, rows, features: Float32Array.from(array.data), ...arrayPicture(array), notes, warnings: [] };
}

function nameOf(column: SchemaColumn): string {
  return typeof column === 'string' ? column : column.name;
}

/** @throws InputError unless rows are as wide as the model takes them */
export function requireWidth({ width }: Rows, schema: Schema | undefined, inputs: number): void {
  const wanted = schema === undefined ? inputs : rawWidth(schema);
  if (width === wanted) return;
  throw new InputError(`The table has ${width} features; the model takes ${wanted}.`, {
    ...(schema === undefined && { hint: 'Leave out columns that are no features, such as the label: --ignore.' }),
  });
}
