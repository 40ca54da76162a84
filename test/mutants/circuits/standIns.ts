// In place of the compiled circuits and of their analysis where the mutants load test files: keeps every input that a
// test judges by a circuit, and answers as the verifier that is written apart from the circuits.

import { circuitOf } from '../../reference/check.ts';
import { type Constraint, changed, type Judge } from '../../reference/circuit.ts';
import { folded, foldedAt } from '../../reference/commitments.ts';
import type { ProgramName, Reference } from '../../reference/run.ts';
import { element } from '../../reference/sizes.ts';
import type { Inputs } from '../../reference/tensors.ts';

export { type Constraint, changed, type Judge };

/** `outputs`: the test may look at the outputs too. */
type Listener = (program: string, inputs: Inputs, outputs: boolean) => void;

const listeners = new Set<Listener>();

/** @returns what ends the listening */
export function onJudged(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function judged(program: string, inputs: Inputs, outputs: boolean): { failed: string[]; signals: bigint[] } {
  for (const listener of listeners) listener(program, inputs, outputs);
  try {
    return circuitOf(program as ProgramName, inputs);
  } catch {
    // sizes that are none: whatever a circuit makes of them
    return { failed: ['sizes'], signals: [] };
  }
}

export const judgeOf = async (program: string): Promise<Judge> => ({
  constraints: 0,
  outputs: async (inputs) => {
    const { signals } = judged(program, inputs, true);
    const fold = element(inputs, 'fold');
    return [folded(signals).c, foldedAt(signals, fold), fold];
  },
  accepts: async ({ inputs }: Reference) => {
    judged(program, inputs, true);
  },
  rejects: async (inputs: Inputs) => {
    judged(program, inputs, true);
  },
});

export class Analysis {
  readonly program: string;

  private constructor(program: string) {
    this.program = program;
  }

  static async of(program: string): Promise<Analysis> {
    return new Analysis(program);
  }

  violated = (inputs: Inputs): string[] => judged(this.program, inputs, false).failed;
}
