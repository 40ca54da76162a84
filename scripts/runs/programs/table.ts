import type { Program } from '../../../src/registry/programs/list.ts';
import type { Run, RunKind } from '../run.ts';
import { data } from './data.ts';
import { disjoint } from './disjoint.ts';
import { importing } from './import.ts';
import { infer } from './infer.ts';
import { merge } from './merge.ts';
import type { RunProgram } from './runProgram.ts';
import { score } from './score.ts';
import { seed } from './seed.ts';
import { subset } from './subset.ts';
import { train } from './train.ts';

/** How runs of each program are proved. */
export const RUN_PROGRAMS: Readonly<Record<Program, RunProgram>> = {
  data,
  seed,
  train,
  import: importing,
  merge,
  score,
  infer,
  disjoint,
  subset,
};

/** The same of a run; undefined of one that consists of other runs. */
export function runProgramOf({ kind }: Pick<Run, 'kind'>): RunProgram | undefined {
  return isProgram(kind) ? RUN_PROGRAMS[kind] : undefined;
}

/** Whether a run is of a program's statements: others consist of such runs. */
export function isProgram(kind: RunKind): kind is Program {
  return kind in RUN_PROGRAMS;
}
