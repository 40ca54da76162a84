import { InputError } from '../../../src/errors/InputError.ts';
import type { Schema } from '../../../src/model/schema.ts';
import type { ShardKind } from '../../../src/model/shardKind.ts';
import { tableFromArrays } from '../../../src/model/tables/arrays.ts';
import { type CsvOptions, readCsv } from '../../../src/model/tables/csv.ts';
import { readNumpyFile } from '../../../src/model/tables/numpyFile.ts';
import type { RawTable } from '../../../src/model/tables/rawTable.ts';
import type { RoleOptions } from '../../../src/model/tables/roles.ts';
import type { AnswerKind, OwnTable } from './messages.ts';
import { readParquetTable } from './readParquet.ts';

/** What rows are called by what their answers hold. */
export const KIND_OF: Record<AnswerKind, ShardKind> = { classes: 'classes', numbers: 'regression', labels: 'labels' };

/**
 * The rows of a visitor's table, as the command line reads them.
 * @param schema of the model that reads them: its columns and classes are taken
 * @throws InputError, FileFormatError in words
 */
export async function readTable(source: OwnTable, schema: Schema | undefined): Promise<RawTable> {
  try {
    return await readNow(source, schema);
  } catch (error) {
    if (!(error instanceof InputError) || !error.hint?.includes('--')) throw error;
    // Hints name options of the command line, which nobody has here.
    const hint = error.hint.includes('--targets')
      ? 'Say below the column that it holds numbers to predict. For so many classes use the command line.'
      : 'Choose something else that the answers hold. The command line has more options.';
    throw new InputError(error.shortMessage, { hint, cause: error, details: error.details ?? '' });
  }
}

async function readNow(source: OwnTable, schema: Schema | undefined): Promise<RawTable> {
  const classes = schema?.kind === 'classes' ? { classes: schema.classes } : {};
  if (source.kind === 'npy') {
    const { features, labels, answers } = source;
    return tableFromArrays(readNumpyFile(features.bytes, features.member), readNumpyFile(labels.bytes, labels.member), {
      kind: KIND_OF[answers],
      ...classes,
    });
  }
  const { label, answers, bytes } = source;
  const columns = schema && typeof schema.columns !== 'number' ? { columns: schema.columns } : {};
  const answer: Record<AnswerKind, RoleOptions> = {
    classes: { label },
    numbers: { targets: [label] },
    labels: { labels: [label] },
  };
  const roles: RoleOptions = { ...answer[answers], ...classes, ...columns };
  if (source.kind === 'parquet') return readParquetTable(bytes, roles);
  return readCsv(bytes, { ...roles, ...(schema && { decimal: schema.decimal }) } satisfies CsvOptions);
}
