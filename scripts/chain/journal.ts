import { existsSync, readFileSync } from 'node:fs';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { writeDurably } from '../files/durable.ts';
import type { Journal, SentTransaction } from './transaction.ts';

/** A journal in a file of its own. @throws FileFormatError when the file is damaged. */
export function fileJournal(path: string): Journal {
  return {
    read() {
      if (!existsSync(path)) return undefined;
      try {
        return JSON.parse(readFileSync(path, 'utf8')) as SentTransaction;
      } catch (cause) {
        throw new FileFormatError(`${path} is damaged.`, {
          cause,
          hint: 'Look on chain whether the transaction is there, then delete the file.',
        });
      }
    },
    write: (sent) => writeDurably(path, `${JSON.stringify(sent, null, 2)}\n`),
  };
}
