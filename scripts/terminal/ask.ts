import { createInterface } from 'node:readline';
import { InputError } from '../../src/errors/InputError.ts';

/** Where a question is asked and answered. */
export interface Terminal {
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  stderr: NodeJS.WritableStream & { isTTY?: boolean };
}

/**
 * Goes on only where a person says yes.
 * @param option what says yes beforehand, such as --yes
 * @throws InputError for any other answer, and where there is no terminal to ask on
 */
export async function requireYes(facts: string, option: string, terminal: Terminal = process): Promise<void> {
  const { stdin, stderr } = terminal;
  if (!stdin.isTTY || !stderr.isTTY) {
    throw new InputError(facts, { hint: `Nobody can be asked here whether to begin: say so with ${option}.` });
  }
  const lines = createInterface({ input: stdin, output: stderr });
  const answer = await new Promise<string>((resolve) => {
    lines.question(`${facts}\nBegin? [y/N] `, resolve);
    // The end of the input and an interruption are no yes.
    lines.once('close', () => resolve(''));
  });
  lines.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new InputError('Not begun: nothing was written and nothing was sent.');
}
