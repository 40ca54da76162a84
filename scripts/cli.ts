import { createProgram } from './commands/program.ts';
import { reportError } from './terminal/reportError.ts';

// A reader that closes the pipe early (`descent tree | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

let help: string | undefined;
try {
  await createProgram({}, (text) => {
    help = text;
  }).parseAsync();
} catch (error) {
  process.exitCode = reportError(error, { json: process.argv.includes('--json'), help });
}
// Worker threads of the curve library must not keep a finished command alive.
process.stdout.write('', () => process.exit());
