import { reportError } from '../terminal/reportError.ts';
import { createProgram } from './program.ts';

/**
 * Runs one command of `descent` and reports its error, if it has one.
 * @param args behind the name of the program
 */
export async function main(args: string[]): Promise<void> {
  let help: string | undefined;
  try {
    await createProgram({}, (text) => {
      help = text;
    }).parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = reportError(error, { json: args.includes('--json'), help });
  }
}
