import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';

// The names of files that are on their way to their place.
const TEMPORARY = /^\..+\.\d+\.tmp$|\.tmp$/;
const WRITING = [
  'mkdir',
  'rename',
  'unlink',
  'link',
  'symlink',
  'write',
  'fsync',
  'rm',
  'rmdir',
  'copyfile',
  'ftruncate',
];

/**
 * What stands in the way of a file, as a sentence: a missing folder, a missing file, permission to read, permission to
 * write, a read-only disk and a full one are told apart. Undefined for errors that are not of this kind.
 */
export function describeFileError(error: unknown): string | undefined {
  const { code, syscall = 'open', path, dest } = error as NodeJS.ErrnoException & { dest?: string };
  const place = path ?? dest;
  if (code === 'ENOSPC') return 'The disk is full.';
  if (code === 'EDQUOT') return 'The quota of the disk is used up.';
  if (code === 'EMFILE' || code === 'ENFILE') return 'Too many files are open.';
  if (typeof place !== 'string') return undefined;
  const writes = WRITING.includes(syscall) || TEMPORARY.test(basename(place));
  const folder = dirname(place);
  switch (code) {
    case 'ENOENT':
      if (writes) return `The folder ${existing(folder)} cannot hold ${place}.`;
      return existsSync(folder) ? `There is no file ${place}.` : `There is no folder ${missing(folder)}.`;
    case 'EACCES':
    case 'EPERM':
      return writes ? `No permission to write in the folder ${existing(folder)}.` : `No permission to read ${place}.`;
    case 'EROFS':
      return `${existing(folder)} is on a disk that can only be read.`;
    case 'EISDIR':
      return `${place} is a folder, not a file.`;
    case 'EEXIST':
    case 'ENOTDIR':
      return `A part of the path ${place} is a file, not a folder.`;
    case 'ENAMETOOLONG':
      return `The name ${place} is too long.`;
    default:
      return undefined;
  }
}

/** The innermost folder of a path that is there. */
function existing(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : existing(dirname(folder));
}

/** The outermost folder of a path that is not there. */
function missing(folder: string): string {
  const above = dirname(folder);
  return existsSync(above) || above === folder ? folder : missing(above);
}
