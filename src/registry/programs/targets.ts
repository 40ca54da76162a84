// What the programs' functions of the registry, the scoreboard and the audit have in common: the proof that they take, and how they are read.
import type { ContractFunctionName, DecodeFunctionDataReturnType, Hex } from 'viem';
import type { Point, Proof, ProofChallenges, ProofPoints } from '../../argument/types.ts';
import { inferencesAbi, lineageAuditAbi, modelRegistryAbi, scoreboardAbi } from '../../generated/abi.ts';

/** All functions of the contracts that proofs are sent to. */
export const TARGETS_ABI = [...modelRegistryAbi, ...scoreboardAbi, ...inferencesAbi, ...lineageAuditAbi];

/** A function of one of them. */
export type TargetFunction = ContractFunctionName<typeof TARGETS_ABI, 'nonpayable'>;

/** A decoded call of one of them. */
export type TargetCall = DecodeFunctionDataReturnType<typeof TARGETS_ABI>;

/** Anything a call's arguments are made of, before they are encoded. */
export type CallArgument =
  | bigint
  | number
  | boolean
  | string
  | readonly CallArgument[]
  | { readonly [name: string]: CallArgument };

/** A call of the registry, the scoreboard or the audit that registers a proved statement. */
export interface RegistryCall {
  functionName: TargetFunction;
  args: readonly CallArgument[];
  data: Hex;
}

/** A proof as the contracts' struct. */
export type ProofArgument = ReturnType<typeof proofArgument>;

/** The same as it is decoded. */
type ReadonlyProof = Omit<ProofArgument, 'points' | 'challenges'> & {
  points: Omit<ProofPoints, 'trace' | 'helper'> & { trace: readonly Point[]; helper: readonly Point[] };
  challenges: Omit<ProofChallenges, 'chunk'> & { chunk: readonly bigint[] };
};

/** A proof as the contract's struct. @throws RangeError unless groth16 has eight words */
export function proofArgument({ groth16, points, challenges }: Proof) {
  if (groth16.length !== 8) throw new RangeError(`a Groth16 proof has 8 words, not ${groth16.length}`);
  const [ax, ay, bx1, bx0, by1, by0, cx, cy] = groth16;
  return { groth16: [ax, ay, bx1, bx0, by1, by0, cx, cy] as const, points, challenges };
}

/** The inverse of `proofArgument`. */
export function proofOf({ groth16, points, challenges }: ReadonlyProof): Proof {
  return {
    groth16: [...groth16],
    points: { ...points, trace: [...points.trace], helper: [...points.helper] },
    challenges: { ...challenges, chunk: [...challenges.chunk] },
  };
}

/** A call with its arguments beside their encoding: the ABI's types name the fields of their tuples, which are plain records of the same values. */
export function callOf(functionName: TargetFunction, args: readonly unknown[], data: Hex): RegistryCall {
  return { functionName, args: args as readonly CallArgument[], data };
}
