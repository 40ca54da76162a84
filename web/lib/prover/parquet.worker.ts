// Reads Parquet apart from everything else: its decoders believe their input, and whoever asked ends this worker in time.
import { DescentError } from '../../../src/errors/DescentError.ts';
import { InputError } from '../../../src/errors/InputError.ts';
import { parquetColumns, readParquet } from '../../../src/model/tables/parquet.ts';
import type { RawTable } from '../../../src/model/tables/rawTable.ts';
import type { RoleOptions } from '../../../src/model/tables/roles.ts';
import { PAGE_DECOMPRESSORS } from './decompressors.ts';

export interface ParquetRequest {
  bytes: Uint8Array;
  /** what the columns are for; without, their names are told */
  roles?: RoleOptions;
}

export type ParquetReply =
  | { table: RawTable }
  | { names: string[] }
  | { error: { message: string; isInput: boolean; details: string | undefined; hint: string | undefined } };

addEventListener('message', ({ data }: MessageEvent<ParquetRequest>) => postMessage(replyTo(data)));

function replyTo({ bytes, roles }: ParquetRequest): ParquetReply {
  try {
    if (!roles) return { names: parquetColumns(bytes) };
    return { table: readParquet(bytes, { ...roles, decompressors: PAGE_DECOMPRESSORS }) };
  } catch (error) {
    const known = error instanceof DescentError ? error : undefined;
    const message = known?.shortMessage ?? 'The Parquet file cannot be read.';
    const details = known ? known.details : String(error);
    return { error: { message, isInput: error instanceof InputError, details, hint: known?.hint } };
  }
}
