import { basename, join, resolve } from 'node:path';
import { InputError } from '../../src/errors/InputError.ts';

/**
 * The folder of a run: a name lies below `runs`, anything with a slash is a path.
 * @throws InputError for names that would leave `runs` or hide.
 */
export function runFolder(runs: string, name: string): string {
  if (/[/\\]/.test(name)) return resolve(name);
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    throw new InputError(`${JSON.stringify(name)} is no name for a run.`, {
      hint: 'Use letters, digits, dots, dashes.',
    });
  }
  return join(resolve(runs), basename(name));
}
