import { basename } from 'node:path';
import { InputError } from '../../src/errors/InputError.ts';
import { describeEmbedder, type Embedder } from '../../src/model/embedder.ts';
import { parseIdx } from '../../src/model/idx.ts';
import { type DatasetManifest, parseManifest, type Reading } from '../../src/model/manifest.ts';
import { choosePicture, type Picture, parsePicture } from '../../src/model/pictures.ts';
import type { Decimal, MissingRule } from '../../src/model/schema.ts';
import { tableFromArrays } from '../../src/model/tables/arrays.ts';
import { type CsvOptions, readCsv } from '../../src/model/tables/csv.ts';
import { applyDescription, type Prepared, prepareDataset } from '../../src/model/tables/dataset.ts';
import { treatMissing } from '../../src/model/tables/missing.ts';
import { readNumpyFile } from '../../src/model/tables/numpyFile.ts';
import type { RawTable } from '../../src/model/tables/rawTable.ts';
import { repeatsOf } from '../../src/model/tables/repeat.ts';
import type { RoleOptions } from '../../src/model/tables/roles.ts';
import type { Scaling } from '../../src/model/tables/scaling.ts';
import { ParquetReader } from './parquetReader.ts';
import { readParsed } from './read.ts';

/** How a table is read and prepared; null where nothing was said. */
export interface TableInputs {
  [key: string]: string | number | string[] | number[] | boolean | null;
  source: 'csv' | 'parquet' | 'npy' | 'idx';
  file: string;
  fileSha256: string;
  /** npy and IDX: file of the answers. */
  answers: string | null;
  answersSha256: string | null;
  /** npz: which array of the file, and which of that of the answers; null: its only one. */
  member: string | null;
  answersMember: string | null;
  /** CSV and Parquet: column of the class. */
  label: string | null;
  /** CSV and Parquet: columns of numbers to be predicted. */
  targets: string[] | null;
  /** CSV and Parquet: columns of labels, each 0 or 1; npy and IDX: whether the answers are such labels. */
  labels: string[] | boolean | null;
  ignore: string[] | null;
  header: boolean;
  delimiter: string | null;
  /** npy and IDX: whether the answers are numbers to be predicted. */
  regression: boolean;
  /** All classes there can be, in order. */
  classes: string[] | null;
  /** CSV: columns of words that become a feature for each word. */
  oneHot: string[] | null;
  /** CSV: the decimal sign. */
  decimal: Decimal | null;
  missing: MissingRule | null;
  scaling: Scaling | null;
  clip: number | null;
  /** Seed of a new order; `none`: the order of the file, even where it is sorted. */
  shuffle: number | 'none' | null;
  fitRows: number | null;
  /** What made the rows, where they are embeddings, and the SHA-256 of its weights. */
  embedder: string | null;
  embedderSha256: string | null;
  /** Whether each row is divided by its length. */
  unitLength: boolean;
  /** How often a row of each class occurs among the first `fitRows`; null: once. */
  repeats: number[] | null;
  /** Manifest whose scaling, order and classes are applied instead. */
  like: string | null;
  likeSha256: string | null;
  offset: number;
  rows: number;
  count: number;
}

/** What inputs of rows may have besides; absent where they have not: runs of before there were pictures go on. */
interface PictureInputs {
  /**
   * What each row is a picture of (`parsePicture`), or `file`: what the file tells, or `file or 28x28x1`: that where the file
   * does not tell; absent: rows are no pictures.
   */
  picture?: string;
}

/** What was said of rows as pictures: the text of `PictureInputs`. */
export function pictureSaid(inputs: object): string | undefined {
  return (inputs as PictureInputs).picture;
}

export interface LoadedTable extends Prepared {
  /** What was taken one way and could be meant another way, one sentence each. */
  warnings: string[];
}

/**
 * Reads the rows of a file and scales them, by the numbers of the rows that are asked for or by those of a manifest.
 * @throws InputError, FileFormatError naming the file
 */
export async function loadTable(inputs: TableInputs): Promise<LoadedTable> {
  const like = manifestOf(inputs);
  const raw = await readRaw(inputs, like);
  const { notes = [], warnings = [] } = raw;
  if (like !== undefined) {
    // Rows that others test on occur once.
    const { shards: _, repeats, ...description } = like;
    const { embedder } = description.schema;
    const once = repeats ? ['The manifest repeats rows by class; here each occurs once.'] : [];
    const declared = embedder ? [`The manifest declares what made the rows: ${describeEmbedder(embedder)}.`] : [];
    return {
      table: applyDescription(raw, description),
      description,
      notes: [...notes, ...declared, ...once],
      warnings,
    };
  }
  const { scaling, clip, shuffle, fitRows, missing, file, offset, unitLength, repeats } = inputs;
  const embedder = embedderOf(inputs);
  const prepared = prepareDataset(raw, {
    name: basename(file),
    source: basename(file),
    reading: readingOf(inputs),
    missing: missing ?? 'refuse',
    ...(embedder && { embedder }),
    unitLength,
    ...pictureOfTable(inputs, raw),
    ...(repeats !== null && { repeats: repeatsOf(fitRows!, repeats, shuffle) }),
    training: fitRows === null ? { first: offset, rows: rowsTaken(inputs) } : { first: 0, rows: fitRows },
    ...(scaling !== null && { scaling }),
    ...(clip !== null && { clip }),
    ...(shuffle !== null && { shuffle }),
  });
  return { ...prepared, notes: [...notes, ...prepared.notes], warnings };
}

/** What rows are pictures of, where they are. @throws InputError where nobody tells, or it does not fit the rows */
export function pictureOfTable(inputs: TableInputs, raw: RawTable): { picture?: Picture } {
  const picture = pictureSaid(inputs);
  if (picture === undefined) return {};
  const [, fallback] = /^file or (.*)$/.exec(picture) ?? [];
  const isTold = picture === 'file' || (fallback !== undefined && raw.picture !== undefined);
  const said = isTold ? undefined : parsePicture(fallback ?? picture);
  return { picture: choosePicture(said, raw.picture, raw.inputs) };
}

/** What the rows are said to be made by; undefined where nothing was said. */
export function embedderOf({ embedder, embedderSha256 }: TableInputs): Embedder | undefined {
  return embedder === null ? undefined : { name: embedder, sha256: embedderSha256 };
}

/** Rows of the table that `loadTable` would give. @throws as `loadTable` */
export async function tableSize(inputs: TableInputs): Promise<number> {
  const raw = await readTable(inputs);
  return raw.features.length / raw.inputs;
}

/** The rows that `loadTable` would order and scale, as they are in the file. @throws as `loadTable` */
export async function readTable(inputs: TableInputs): Promise<RawTable> {
  const like = manifestOf(inputs);
  return treatMissing(await readRaw(inputs, like), like?.schema.missing ?? inputs.missing ?? 'refuse').raw;
}

function manifestOf({ like, likeSha256 }: TableInputs): DatasetManifest | undefined {
  const parse = (bytes: Uint8Array) => parseManifest(new TextDecoder().decode(bytes));
  return like === null ? undefined : readParsed(like, parse, likeSha256 ?? undefined);
}

/** What a manifest keeps of how the columns were read. */
function readingOf({ source, label, targets, labels, ignore, header }: TableInputs): Reading | undefined {
  if (source !== 'csv' && source !== 'parquet') return undefined;
  return {
    ...(label !== null && { label }),
    ...(targets !== null && { targets }),
    ...(Array.isArray(labels) && { labels }),
    ...(ignore !== null && { ignore }),
    ...(!header && { header }),
  };
}

async function readRaw(inputs: TableInputs, like: DatasetManifest | undefined): Promise<RawTable> {
  const { source, file, fileSha256, answers, answersSha256, regression } = inputs;
  const classes = like?.schema.kind === 'classes' ? like.schema.classes : (inputs.classes ?? undefined);
  if (source === 'csv')
    return readParsed(file, (bytes) => readCsv(bytes, csvOptions(inputs, like, classes)), fileSha256);
  if (source === 'parquet') {
    const reader = new ParquetReader();
    try {
      return await readParsed(file, (bytes) => reader.read(bytes, rolesIn(inputs, like, classes)), fileSha256);
    } finally {
      reader.close();
    }
  }
  if (answers === null) {
    throw new InputError('Which answers?', { hint: `Give the ${source} file of labels or targets with --answers.` });
  }
  const kind = regression ? 'regression' : inputs.labels ? 'labels' : (like?.schema.kind ?? 'classes');
  const parse = (member: string | null) =>
    source === 'npy' ? (bytes: Uint8Array) => readNumpyFile(bytes, member ?? undefined) : parseIdx;
  return tableFromArrays(
    readParsed(file, parse(inputs.member), fileSha256),
    readParsed(answers, parse(inputs.answersMember), answersSha256 ?? undefined),
    kind === 'classes' ? { kind, ...(classes && { classes }) } : { kind },
  );
}

/** What was said of the columns, and otherwise what the manifest says. */
function rolesIn(
  inputs: TableInputs,
  like: DatasetManifest | undefined,
  classes: readonly string[] | undefined,
): RoleOptions {
  const { reading } = like ?? {};
  const said = inputs.label !== null || inputs.targets !== null || inputs.labels !== null;
  const label = said ? inputs.label : reading?.label;
  const targets = said ? inputs.targets : reading?.targets;
  const labels = said ? inputs.labels : reading?.labels;
  const ignore = inputs.ignore ?? reading?.ignore;
  return {
    ...(label && { label }),
    ...(targets && { targets }),
    ...(Array.isArray(labels) && { labels }),
    ...(ignore && { ignore }),
    ...(classes && { classes }),
  };
}

function csvOptions(
  inputs: TableInputs,
  like: DatasetManifest | undefined,
  classes: readonly string[] | undefined,
): CsvOptions {
  const { delimiter, oneHot } = inputs;
  const roles = rolesIn(inputs, like, classes);
  if (like !== undefined && (roles.label ?? roles.targets ?? roles.labels) === undefined) {
    throw new InputError('Which column is to be predicted?', { hint: 'Give --label, --labels or --targets.' });
  }
  const columns = like && typeof like.schema.columns !== 'number' ? like.schema.columns : undefined;
  const decimal = inputs.decimal ?? like?.schema.decimal;
  return {
    ...roles,
    header: inputs.header && like?.reading?.header !== false,
    ...(delimiter !== null && { delimiter: delimiter as CsvOptions['delimiter'] }),
    ...(decimal && { decimal }),
    ...(oneHot !== null && { oneHot }),
    ...(columns && { columns }),
  };
}

/** Rows of all shards together. */
export function rowsTaken({ rows, count, last }: { rows: number; count: number; last?: unknown }): number {
  return rows * (count - 1) + ((last as number | undefined) ?? rows);
}
