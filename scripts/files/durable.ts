import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

const TEMPORARY = /^\..+\.\d+\.tmp$/;

/**
 * Writes a file so that at every moment, through crash, kill or power loss, its name holds either the old or the new
 * content: temporary file in the same folder, fsync, rename, fsync of the folder. Makes the folder where it is missing.
 * @throws the file system's error (ENOSPC, EACCES, ..); the temporary file is removed then.
 */
export function writeDurably(path: string, content: Uint8Array | string): void {
  const folder = dirname(path);
  makeFolder(folder);
  const temporary = join(folder, `.${basename(path)}.${process.pid}.tmp`);
  try {
    const file = openSync(temporary, 'w', 0o600);
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

/** Removes what writes that were killed left behind. Only for a folder that no other process writes to. */
export function removeTemporaryFiles(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (TEMPORARY.test(name)) rmSync(join(folder, name), { force: true });
  }
}

/**
 * Makes a folder with those above it, one after the other: Node's own recursion never ends where a system says of a folder
 * that is there that it is missing, as Linux does below /proc.
 * @returns the uppermost folder that was made
 * @throws the system's error where one cannot be made
 */
export function makeFolders(folder: string): string | undefined {
  const above = dirname(folder);
  try {
    mkdirSync(folder);
    return folder;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(folder).isDirectory()) return undefined;
    if (code !== 'ENOENT' || above === folder || existsSync(above)) throw error;
  }
  const first = makeFolders(above);
  return makeFolders(folder) === undefined ? first : (first ?? folder);
}

function makeFolder(folder: string): void {
  const first = makeFolders(folder);
  if (first !== undefined) syncFolder(dirname(first));
}

function syncFolder(folder: string): void {
  // Windows cannot open a folder; its rename is durable by itself.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
