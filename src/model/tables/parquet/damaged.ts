import { FileFormatError } from '../../../errors/FileFormatError.ts';

/** The error for a file that contradicts itself. @param what in words, without a full stop */
export function damaged(what: string): FileFormatError {
  return new FileFormatError(`The Parquet file is damaged: ${what}.`);
}
