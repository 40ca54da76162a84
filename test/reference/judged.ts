// Who wants to know what tests have judged by circuits: the circuits' mutants, which judge the same (test/mutants).

import type { Inputs } from './tensors.ts';

/** `outputs`: the test may look at the outputs too. */
type Listener = (program: string, inputs: Inputs, outputs: boolean) => void;

const listeners = new Set<Listener>();

export const judged: Listener = (...judgement) => {
  for (const listener of listeners) listener(...judgement);
};

/** @returns what ends the listening */
export function onJudged(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
