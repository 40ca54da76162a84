import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { requireParquetSize } from '../../src/model/tables/parquet.ts';
import type { RawTable } from '../../src/model/tables/rawTable.ts';
import type { RoleOptions } from '../../src/model/tables/roles.ts';
import { CHILD_ARGUMENTS, childEnv } from './childProcess.ts';
import type { ParquetReply, ParquetRequest } from './parquetProcess.ts';

export interface ParquetLimits {
  /** Of one file. */
  seconds: number;
  /** Of values in JavaScript's heap. */
  heapMebibytes: number;
  /** What the process may grow by, heap and buffers together. */
  mebibytes: number;
}

const LIMITS: ParquetLimits = { seconds: 20, heapMebibytes: 192, mebibytes: 320 };
/** What each mebibyte of a file adds, and the most that a file of any size has. */
const PER_MEBIBYTE: ParquetLimits = { seconds: 2, heapMebibytes: 4, mebibytes: 16 };
const MOST: ParquetLimits = { seconds: 300, heapMebibytes: 1024, mebibytes: 2048 };

/**
 * Reads Parquet files in a process of its own, within limits of time and memory: its decoders believe their input, and a
 * few hostile bytes can keep them busy for good, or make V8 give up, which no thread survives.
 */
export class ParquetReader {
  readonly #limits: ParquetLimits;
  #child: ChildProcess | undefined;
  /** Heap of the process, which a larger file needs to be larger. */
  #heap = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(limits: Partial<ParquetLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** @throws FileFormatError, also when a limit is reached; InputError for columns that are not there */
  async read(bytes: Uint8Array, roles: RoleOptions): Promise<RawTable> {
    requireParquetSize(bytes);
    const turn = this.#last.then(() => this.#readNow(bytes, roles));
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Ends the process; another `read` starts a new one. */
  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  async #readNow(bytes: Uint8Array, roles: RoleOptions): Promise<RawTable> {
    const limits = limitsFor(bytes.length, this.#limits);
    const child = this.#open(limits.heapMebibytes);
    child.ref();
    child.channel?.ref();
    let reply: ParquetReply;
    try {
      reply = await ask(child, { bytes, roles, mebibytes: limits.mebibytes }, limits);
    } catch (error) {
      this.close();
      throw error;
    } finally {
      child.channel?.unref();
      child.unref();
    }
    if ('table' in reply) return reply.table;
    const { message, isInput, ...options } = reply.error;
    throw isInput ? new InputError(message, options) : new FileFormatError(message, options);
  }

  #open(heap: number): ChildProcess {
    if (this.#child !== undefined && this.#heap >= heap) return this.#child;
    this.close();
    this.#heap = heap;
    this.#child = fork(join(import.meta.dirname, 'parquetProcess.ts'), [], {
      execArgv: [...CHILD_ARGUMENTS, `--max-old-space-size=${heap}`, '--max-semi-space-size=8'],
      env: childEnv(),
      serialization: 'advanced',
      // V8 tells at length how it ran out of memory.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    return this.#child;
  }
}

function limitsFor(bytes: number, base: ParquetLimits): ParquetLimits {
  const of = (key: keyof ParquetLimits) =>
    Math.ceil(Math.min(Math.max(MOST[key], base[key]), base[key] + (PER_MEBIBYTE[key] * bytes) / 2 ** 20));
  return { seconds: of('seconds'), heapMebibytes: of('heapMebibytes'), mebibytes: of('mebibytes') };
}

const HINT = 'If the file is sound, write it with fewer rows in a file or in a row group, or as CSV or npy.';

function ask(
  child: ChildProcess,
  request: ParquetRequest,
  { seconds, mebibytes }: ParquetLimits,
): Promise<ParquetReply> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      child.off('message', onMessage).off('error', onEnd).off('exit', onEnd);
    };
    const fail = (what: string) => {
      end();
      reject(new FileFormatError(`Reading the Parquet file takes ${what} that its size allows.`, { hint: HINT }));
    };
    const onMessage = (reply: unknown) => {
      end();
      resolve(reply as ParquetReply);
    };
    const onEnd = () => fail(`more than the ${mebibytes} MiB of memory`);
    const timer = setTimeout(() => fail(`longer than the ${seconds} s`), seconds * 1000);
    child.on('message', onMessage).on('error', onEnd).on('exit', onEnd);
    child.send(request);
  });
}
