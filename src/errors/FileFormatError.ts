import { DescentError } from './DescentError.ts';

/** Bytes that are not what their format says: truncated, hostile, of another version, or with values out of range. */
export class FileFormatError extends DescentError {
  override name = 'FileFormatError';

  constructor(shortMessage: string, options: { cause?: unknown; details?: string; hint?: string } = {}) {
    super(shortMessage, { ...options, code: 'FILE_FORMAT', exit: 'data' });
  }
}
