// The process that reads Parquet files, one after the other; its parent (parquetReader.ts) sets limits and ends it.
import { Worker } from 'node:worker_threads';
import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { readParquet } from '../../src/model/tables/parquet.ts';
import type { RawTable } from '../../src/model/tables/rawTable.ts';
import type { RoleOptions } from '../../src/model/tables/roles.ts';
import { DECOMPRESSORS } from './decompress.ts';

export interface ParquetRequest {
  bytes: Uint8Array;
  roles: RoleOptions;
  /** What the process may grow by while it reads this file. */
  mebibytes: number;
}

export type ParquetReply =
  | { table: RawTable }
  | { error: { message: string; isInput: boolean; details: string | undefined; hint: string | undefined } };

/** Greatest size of the process in MiB; 0: any. */
const limit = new Int32Array(new SharedArrayBuffer(4));
// The heap has a limit of its own; buffers lie outside of it, and the main thread is too busy to look at them.
const WATCH = `
  const { workerData } = require('node:worker_threads');
  setInterval(() => {
    const limit = Atomics.load(workerData, 0);
    if (limit > 0 && process.memoryUsage.rss() > limit * 2 ** 20) process.kill(process.pid, 'SIGKILL');
  }, 10);`;
new Worker(WATCH, { eval: true, workerData: limit, execArgv: [] }).unref();

process.on('disconnect', () => process.exit(0));
process.on('message', ({ bytes, roles, mebibytes }: ParquetRequest) => {
  Atomics.store(limit, 0, Math.ceil(process.memoryUsage.rss() / 2 ** 20) + mebibytes);
  // Without Buffer's methods: its slice does not copy, which the parsers of src rely on.
  const reply = replyTo(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), roles);
  Atomics.store(limit, 0, 0);
  process.send?.(reply);
});

function replyTo(bytes: Uint8Array, roles: RoleOptions): ParquetReply {
  try {
    return { table: readParquet(bytes, { ...roles, decompressors: DECOMPRESSORS }) };
  } catch (error) {
    const known = error instanceof DescentError ? error : undefined;
    return {
      error: {
        message: known?.shortMessage ?? 'The Parquet file cannot be read.',
        isInput: error instanceof InputError,
        details: known ? known.details : String(error),
        hint: known?.hint,
      },
    };
  }
}
