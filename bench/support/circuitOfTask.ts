import type { SparseName } from '../../src/model/sparse/choice.ts';
import { type Circuit, circuitOf, type Program } from '../../src/registry/programs/list.ts';

/** The circuit of a proof that is measured; `circuitFor` has that of a statement, which there is only afterwards. */
export function circuitOfTask(task: { program: Program; network?: string; sparse?: SparseName }): Circuit {
  return task.sparse ? 'sparseMerge' : circuitOf(task.program, task.network !== undefined);
}
