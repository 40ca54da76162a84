import type { Statement, StatementOf } from './definitions.ts';
import type { Program } from './list.ts';

/** A table with a function for each program, of that program's statements and of whatever else it takes. */
export type ByProgram<Result, Rest extends unknown[] = []> = {
  readonly [P in Program]: (statement: StatementOf<P>, ...rest: Rest) => Result;
};

/** What the table's function for a statement's program makes of it. */
export function byProgram<Result, Rest extends unknown[]>(
  table: ByProgram<Result, Rest>,
  statement: Statement,
  ...rest: Rest
): Result {
  // The entry is the one of the statement's own program, which the compiler cannot see.
  const own = table[statement.program] as (statement: Statement, ...rest: Rest) => Result;
  return own(statement, ...rest);
}
