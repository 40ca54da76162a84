// The plain verifier: every check of a program's circuit and of the contract, by name.

import { mod } from './algebra.ts';
import { folded, foldedAt } from './commitments.ts';
import { CONV_SCORE } from './conv-score.ts';
import { CONV_TRAIN } from './conv-train-verifier.ts';
import { CONV_IMPORT, CONV_MERGE, CONV_SEED } from './conv-weights.ts';
import { DATA } from './data.ts';
import { DISJOINT } from './disjoint.ts';
import { IMPORT } from './import.ts';
import { CONV_INFER, INFER } from './infer-verifier.ts';
import { MERGE } from './merge.ts';
import { checkCircuit, checkContract, type ProgramName, type Reference, type VerifiedProgram } from './run.ts';
import { SCORE } from './score-verifier.ts';
import { SEED } from './seed.ts';
import { SPARSE_MERGE } from './sparse-merge.ts';
import { SUBSET } from './subset.ts';
import type { Inputs } from './tensors.ts';
import { TRAIN } from './train-verifier.ts';

export const VERIFIED = {
  data: DATA,
  seed: SEED,
  train: TRAIN,
  import: IMPORT,
  merge: MERGE,
  score: SCORE,
  convSeed: CONV_SEED,
  convTrain: CONV_TRAIN,
  convImport: CONV_IMPORT,
  convMerge: CONV_MERGE,
  convScore: CONV_SCORE,
  infer: INFER,
  convInfer: CONV_INFER,
  disjoint: DISJOINT,
  subset: SUBSET,
  sparseMerge: SPARSE_MERGE,
} as unknown as Record<ProgramName, VerifiedProgram>;

/** What the circuit of a program refuses of its inputs, and its signals. @throws RangeError for sizes that are none */
export const circuitOf = (program: ProgramName, inputs: Inputs): { failed: string[]; signals: bigint[] } =>
  checkCircuit(VERIFIED[program], inputs);

/**
 * All that fails: first in the circuit, then c and v if they are not the circuit's, then what the contract refuses.
 * A proof that stands has none.
 */
export function check(proof: Reference): string[] {
  const { failed, signals } = circuitOf(proof.program, proof.inputs);
  const { c } = folded(signals);
  if (c !== proof.outputs.c || foldedAt(signals, mod(proof.inputs.fold as bigint)) !== proof.outputs.v)
    failed.push('groth16');
  return [...failed, ...checkContract(proof, proof.signals)];
}
