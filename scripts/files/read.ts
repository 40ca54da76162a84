import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { InputError } from '../../src/errors/InputError.ts';

/** Reads a file named by the user, as a plain Uint8Array. @throws InputError with the path when it cannot be read. */
export function readInput(path: string): Uint8Array {
  try {
    // A copy without Buffer's methods: Buffer's slice does not copy, which the parsers of src rely on.
    return new Uint8Array(readFileSync(path));
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): InputError {
  const { code } = cause as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    ENOENT: existsSync(dirname(path)) ? 'it does not exist' : `there is no folder ${dirname(path)}`,
    EISDIR: 'it is a folder',
    EACCES: 'there is no permission to read it',
    ENOTDIR: 'a part of the path is a file',
  };
  return new InputError(`Cannot read ${path}: ${reasons[code ?? ''] ?? code}.`, { cause, details: '' });
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Hash of a file of any size, such as a model's weights. @throws InputError with the path when it cannot be read */
export function sha256OfFile(path: string): string {
  const hash = createHash('sha256');
  const part = new Uint8Array(1 << 22);
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    for (let read = readSync(file, part); read > 0; read = readSync(file, part)) hash.update(part.subarray(0, read));
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    if (file !== undefined) closeSync(file);
  }
  return hash.digest('hex');
}

/** Full path and hash of an input file, under the keys `<key>` and `<key>Sha256`: what a run remembers of its inputs. */
export function fileHash<K extends string>(key: K, path: string): Record<K | `${K}Sha256`, string> {
  const record: Record<string, string> = { [key]: resolve(path), [`${key}Sha256`]: sha256(readInput(path)) };
  return record as Record<K | `${K}Sha256`, string>;
}

/** Reads and parses a file; an error of the parser (or of its promise) names the file. @throws FileFormatError when the hash differs. */
export function readParsed<T>(path: string, parse: (bytes: Uint8Array) => T, hash?: string): T {
  const bytes = readInput(path);
  if (hash !== undefined && sha256(bytes) !== hash) {
    throw new FileFormatError(`${path} has changed since the run began.`, {
      hint: 'Put it back, or start another run.',
    });
  }
  const named = (cause: unknown): unknown => {
    if (!(cause instanceof FileFormatError)) return cause;
    return new FileFormatError(`${path}: ${cause.shortMessage}`, {
      cause,
      details: cause.details ?? '',
      hint: cause.hint,
    });
  };
  try {
    const parsed = parse(bytes);
    if (!(parsed instanceof Promise)) return parsed;
    return parsed.catch((cause) => Promise.reject(named(cause))) as T;
  } catch (cause) {
    throw named(cause);
  }
}

/** Path of an npz file and the array of it that is named after a colon, as in `data.npz:X`; null: none is. */
export function splitMember(text: string): { path: string; member: string | null } {
  const [, path, member] = /^(.*\.npz(?:\.gz)?):([^/\\]+)$/i.exec(text) ?? [];
  return path === undefined || existsSync(text) ? { path: text, member: null } : { path, member };
}

/**
 * What a table is, as its name says: .csv, .tsv, .txt, .npy, .npz, .parquet or .idx (or MNIST's -idx3-ubyte), also with .gz, and for
 * npz the name of an array after it.
 * @throws InputError for any other name
 */
export function tableSource(path: string): 'csv' | 'parquet' | 'npy' | 'idx' {
  const name = /(?:\.|-idx\d-)(csv|tsv|txt|npy|npz|parquet|idx|ubyte)(?:\.gz)?(?::[^/\\]+)?$/i
    .exec(path)?.[1]
    .toLowerCase();
  if (name === 'csv' || name === 'tsv' || name === 'txt') return 'csv';
  if (name === 'npy' || name === 'npz') return 'npy';
  if (name === 'idx' || name === 'ubyte') return 'idx';
  if (name === 'parquet') return 'parquet';
  throw new InputError(`What ${path} holds is not clear from its name.`, {
    hint: 'Name it .csv, .tsv, .npy, .npz, .parquet or .idx.',
  });
}
