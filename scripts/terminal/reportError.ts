import { CommanderError } from 'commander';
import { DescentError, EXIT_CODES } from '../../src/errors/DescentError.ts';
import { nodeAnswer } from '../../src/errors/nodeAnswer.ts';
import { describeFileError } from './fileError.ts';
import { type OutputStreams, replaceBigints } from './output.ts';
import { printable } from './printable.ts';

/**
 * Says what went wrong: facts and a hint on stderr, the same as a document on stdout with --json. A stack only for
 * errors that Descent did not foresee.
 * @param options.help the command that explains what was called, for errors of usage
 * @returns the exit code.
 */
export function reportError(
  error: unknown,
  options: { json: boolean; help?: string },
  streams: OutputStreams = process,
): number {
  if (error instanceof CommanderError) return reportUsage(error, options, streams);
  const known = error instanceof DescentError ? error : foresee(error);
  // Parts of it may come from files of strangers.
  streams.stderr.write(`descent: ${known.message.split('\n').map(printable).join('\n  ')}\n`);
  const help = known.code === 'INVALID_INPUT' ? options.help : undefined;
  if (help !== undefined) streams.stderr.write(`(${help} explains)\n`);
  if (known.code === 'UNEXPECTED' && error instanceof Error) streams.stderr.write(`${error.stack}\n`);
  if (options.json)
    streams.stdout.write(
      `${JSON.stringify({ error: { ...known.toJSON(), ...(help !== undefined && { help }) } }, replaceBigints, 2)}\n`,
    );
  return known.exitCode;
}

/** Commander has said it on stderr already; help and version are no errors. */
function reportUsage(error: CommanderError, options: { json: boolean }, streams: OutputStreams): number {
  if (error.exitCode === 0) return 0;
  const message = error.message.replace(/^error: /, '');
  if (options.json) streams.stdout.write(`${JSON.stringify({ error: { code: 'USAGE', message } }, null, 2)}\n`);
  return EXIT_CODES.usage;
}

const FULL = ['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EROFS'];

/** Errors of the system that a user can do something about. */
function foresee(error: unknown): DescentError {
  const { code } = error as NodeJS.ErrnoException;
  const inTheWay = describeFileError(error);
  if (inTheWay !== undefined) {
    const exit = FULL.includes(code ?? '') ? 'failure' : 'usage';
    return new DescentError(inTheWay, { cause: error, details: '', code, exit });
  }
  // Errors of viem say so in their version.
  const answer = String((error as { version?: unknown }).version).startsWith('viem') ? nodeAnswer(error) : undefined;
  if (answer !== undefined && answer.trouble !== 'other') {
    return new DescentError(answer.says, {
      cause: error,
      details: '',
      code: 'NODE_TROUBLE',
      exit: 'chain',
      hint: `${answer.hint} --rpc names another node.`,
    });
  }
  const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
  return new DescentError(`Unexpected error: ${message}`, { cause: error, code: 'UNEXPECTED', details: '' });
}
