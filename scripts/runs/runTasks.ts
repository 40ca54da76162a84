import { InputError } from '../../src/errors/InputError.ts';
import type { StatementContext } from '../../src/registry/statement.ts';
import { commandLine } from '../terminal/invocation.ts';
import type { RunTask } from './programs/runProgram.ts';
import { isProgram, RUN_PROGRAMS } from './programs/table.ts';
import type { Run } from './run.ts';

/** Names of the statements of a run; each is read with `openTask` when its turn comes. @throws InputError */
export function taskNames(run: Run): string[] {
  const { kind } = run;
  if (!isProgram(kind)) throw ofManyRuns(run);
  const { taskNames } = RUN_PROGRAMS[kind];
  if (taskNames !== undefined) return taskNames(run);
  run.data(kind);
  return [kind];
}

/** @throws InputError, FileFormatError, CapacityError when the run's files do not make a statement. */
export function openTask(run: Run, name: string, context: StatementContext): RunTask {
  const { kind } = run;
  if (!isProgram(kind)) throw ofManyRuns(run);
  return { name, program: kind, ...RUN_PROGRAMS[kind].open(run, name, context) };
}

function ofManyRuns(run: Run): InputError {
  return new InputError(`The run ${run.name} is of many statements.`, {
    hint: `Run its ${commandLine('train')} or ${commandLine('score')} again with a contract and a key: that proves and registers them all. ${commandLine('prove')} proves segments for a wallet.`,
  });
}
