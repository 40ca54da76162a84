import { basename } from 'node:path';
import { InputError } from '../../src/errors/InputError.ts';
import { parseIdx } from '../../src/model/idx.ts';
import { type DatasetManifest, parseManifest } from '../../src/model/manifest.ts';
import type { Table } from '../../src/model/shard.ts';
import { tableFromArrays } from '../../src/model/tables/arrays.ts';
import { type CsvOptions, readCsv } from '../../src/model/tables/csv.ts';
import { applyDescription, type DatasetDescription, prepareDataset } from '../../src/model/tables/dataset.ts';
import { readNumpyFile } from '../../src/model/tables/numpyFile.ts';
import { readParquet } from '../../src/model/tables/parquet.ts';
import type { RawTable } from '../../src/model/tables/rawTable.ts';
import type { RoleOptions } from '../../src/model/tables/roles.ts';
import type { Scaling } from '../../src/model/tables/scaling.ts';
import { DECOMPRESSORS } from '../files/decompress.ts';
import { readParsed } from '../files/read.ts';

/** How a table is read and prepared; null where nothing was said. */
export interface TableInputs {
  [key: string]: string | number | string[] | boolean | null;
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
  ignore: string[] | null;
  header: boolean;
  delimiter: string | null;
  /** npy and IDX: whether the answers are numbers to be predicted. */
  regression: boolean;
  scaling: Scaling | null;
  clip: number | null;
  shuffle: number | null;
  fitRows: number | null;
  /** Manifest whose scaling, order and classes are applied instead. */
  like: string | null;
  likeSha256: string | null;
  offset: number;
  rows: number;
  count: number;
}

/**
 * Reads the rows of a file and scales them, by their own numbers or by those of a manifest.
 * @throws InputError, FileFormatError naming the file
 */
export function loadTable(inputs: TableInputs): { table: Table; description: DatasetDescription } {
  const like = inputs.like === null ? undefined : readManifest(inputs.like, inputs.likeSha256 ?? undefined);
  const raw = readRaw(inputs, like?.classes);
  if (like !== undefined) {
    const { shards: _, ...description } = like;
    return { table: applyDescription(raw, description), description };
  }
  const { scaling, clip, shuffle, fitRows, file } = inputs;
  return prepareDataset(raw, {
    name: basename(file),
    source: basename(file),
    ...(scaling !== null && { scaling }),
    ...(clip !== null && { clip }),
    ...(shuffle !== null && { shuffle }),
    ...(fitRows !== null && { trainingRows: fitRows }),
  });
}

function readManifest(path: string, hash: string | undefined): DatasetManifest {
  return readParsed(path, (bytes) => parseManifest(new TextDecoder().decode(bytes)), hash);
}

function readRaw(inputs: TableInputs, classes: readonly string[] | undefined): RawTable {
  const { source, file, fileSha256, answers, answersSha256, regression } = inputs;
  if (source === 'csv' || source === 'parquet') {
    const { header, delimiter } = inputs;
    const roles = rolesIn(inputs, classes);
    const csvOptions = { header, ...(delimiter !== null && { delimiter: delimiter as CsvOptions['delimiter'] }) };
    return readParsed(
      file,
      (bytes) =>
        source === 'csv'
          ? readCsv(bytes, { ...roles, ...csvOptions })
          : readParquet(bytes, { ...roles, decompressors: DECOMPRESSORS }),
      fileSha256,
    );
  }
  if (answers === null) {
    throw new InputError('Which answers?', { hint: `Give the ${source} file of labels or targets with --answers.` });
  }
  const parse = (member: string | null) =>
    source === 'npy' ? (bytes: Uint8Array) => readNumpyFile(bytes, member ?? undefined) : parseIdx;
  return tableFromArrays(
    readParsed(file, parse(inputs.member), fileSha256),
    readParsed(answers, parse(inputs.answersMember), answersSha256 ?? undefined),
    regression ? { kind: 'regression' } : { kind: 'classes', ...(classes && { classes }) },
  );
}

function rolesIn({ label, targets, ignore }: TableInputs, classes: readonly string[] | undefined): RoleOptions {
  return {
    ...(label !== null && { label }),
    ...(targets !== null && { targets }),
    ...(ignore !== null && { ignore }),
    ...(classes && { classes }),
  };
}
