import { DescentError } from './DescentError.ts';

/** An argument outside what a function accepts; the message carries the offending value. */
export class InputError extends DescentError {
  override name = 'InputError';

  constructor(shortMessage: string, options: { cause?: unknown; details?: string; hint?: string; docs?: string } = {}) {
    super(shortMessage, { ...options, code: 'INVALID_INPUT', exit: 'usage' });
  }
}
