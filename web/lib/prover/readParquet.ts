import { FileFormatError } from '../../../src/errors/FileFormatError.ts';
import { InputError } from '../../../src/errors/InputError.ts';
import type { RawTable } from '../../../src/model/tables/rawTable.ts';
import type { RoleOptions } from '../../../src/model/tables/roles.ts';
import type { ParquetReply, ParquetRequest } from './parquet.worker.ts';

/** As the command line has it: of any file, and for each mebibyte more. */
const SECONDS = 20;
const SECONDS_PER_MEBIBYTE = 2;

/** Names of the columns. @throws FileFormatError */
export async function parquetNames(bytes: Uint8Array): Promise<string[]> {
  const reply = await ask({ bytes });
  return 'names' in reply ? reply.names : [];
}

/** @throws FileFormatError, also where reading takes too long; InputError for columns that are not there */
export async function readParquetTable(bytes: Uint8Array, roles: RoleOptions): Promise<RawTable> {
  const reply = await ask({ bytes, roles });
  if ('table' in reply) return reply.table;
  throw new FileFormatError('The Parquet file cannot be read.');
}

/** One file in a worker of its own, which ends with it. */
function ask(request: ParquetRequest): Promise<Exclude<ParquetReply, { error: unknown }>> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./parquet.worker.ts', import.meta.url), { type: 'module' });
    const seconds = Math.ceil(SECONDS + (SECONDS_PER_MEBIBYTE * request.bytes.length) / 2 ** 20);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      worker.terminate();
      settle();
    };
    const fail = (error: Error) => end(() => reject(error));
    const hint = 'If the file is sound, write it with fewer rows in a file or in a row group, or as CSV or npy.';
    const timer = setTimeout(
      () => fail(new FileFormatError(`The Parquet file cannot be read within ${seconds} seconds.`, { hint })),
      seconds * 1000,
    );
    worker.onmessage = ({ data }: MessageEvent<ParquetReply>) => {
      if (!('error' in data)) return end(() => resolve(data));
      const { message, isInput, ...options } = data.error;
      fail(isInput ? new InputError(message, options) : new FileFormatError(message, options));
    };
    worker.onerror = ({ message }) =>
      fail(new FileFormatError('The Parquet file cannot be read.', { details: message, hint }));
    worker.postMessage(request);
  });
}
