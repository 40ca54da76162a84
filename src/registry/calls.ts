import type { Proof } from '../argument/types.ts';
import { definitionOf, type Statement } from './programs/definitions.ts';
import { proofArgument, type RegistryCall } from './programs/targets.ts';

/** The call that registers what the proof shows. @throws InputError for sizes that no circuit takes */
export function registryCall(statement: Statement, proof: Proof): RegistryCall {
  return definitionOf(statement).call(statement, proofArgument(proof));
}
