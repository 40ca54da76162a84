import { data } from './data.ts';
import type { ProgramDefinition } from './definition.ts';
import { disjoint } from './disjoint.ts';
import { importing } from './import.ts';
import { infer } from './infer.ts';
import type { Program } from './list.ts';
import { merge } from './merge.ts';
import { score } from './score.ts';
import { seed } from './seed.ts';
import { subset } from './subset.ts';
import { train } from './train.ts';

/** All that the library knows of each program. */
const DEFINITIONS = { data, seed, train, import: importing, merge, score, infer, disjoint, subset } satisfies {
  readonly [P in Program]: { program: P };
};

type StatementIn<D> = D extends ProgramDefinition<infer S> ? S : never;

/** What an edge of a program states. */
export type StatementOf<P extends Program> = StatementIn<(typeof DEFINITIONS)[P]>;

/** What an edge states. */
export type Statement = StatementOf<Program>;

/** Every definition, in the order of the programs' numbers. */
export const ALL_DEFINITIONS: readonly ProgramDefinition<Statement>[] = Object.values(DEFINITIONS);

/** The definition that a statement's program has; it takes no statement of another one. */
export function definitionOf({ program }: Pick<Statement, 'program'>): ProgramDefinition<Statement> {
  return DEFINITIONS[program];
}
