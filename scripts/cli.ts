import { main } from './commands/main.ts';

// A reader that closes the pipe early (`descent tree | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

await main(process.argv.slice(2));
// Worker threads of the curve library must not keep a finished command alive.
process.stdout.write('', () => process.exit());
