import { type Address, decodeFunctionData, encodeFunctionData, type Hex, isAddressEqual } from 'viem';
import type { Proof } from '../argument/types.ts';
import { FileFormatError } from '../errors/FileFormatError.ts';
import { relayAbi } from '../generated/abi.ts';
import type { DrawnSeed } from './programs/definition.ts';
import { ALL_DEFINITIONS, type Statement } from './programs/definitions.ts';
import { TARGETS_ABI } from './programs/targets.ts';
import { decodeTrainMany, edgesOf } from './programs/trainMany.ts';
import { checkStatement } from './statement.ts';

/** A statement with its proof, as a transaction carries them. */
export interface ProvedCall {
  statement: Statement;
  proof: Proof;
}

/**
 * The call data that a transaction brought to a target: its own, or what the relay carried for a trainer who had signed.
 * @param relay the one that the target trusts
 * @returns undefined where the transaction called neither of them so that it can be read
 */
export function callWithin(
  { to, input }: { to: Address | null; input: Hex },
  target: Address,
  relay: Address,
): Hex | undefined {
  if (to === null) return undefined;
  if (isAddressEqual(to, target)) return input;
  if (!isAddressEqual(to, relay)) return undefined;
  try {
    const { functionName, args } = decodeFunctionData({ abi: relayAbi, data: input });
    // Every function of the relay takes the target, what the target's own function takes, and the permission.
    const [carriedTo, ...carried] = (args as readonly unknown[]).slice(0, -1);
    if (!isAddressEqual(carriedTo as Address, target)) return undefined;
    return encodeFunctionData({ abi: TARGETS_ABI, functionName, args: carried } as never);
  } catch {
    return undefined;
  }
}

/** What registers one node, shard or result: the segments of a training edge, a single call of anything else. */
export type ProvedSegments = readonly ProvedCall[];

/**
 * Reads the call data of a registration of one statement, made by anyone: the inverse of `registryCall`. Nothing is verified
 * here.
 * @param drawn for a call of `seed`, from the registry's events
 * @throws FileFormatError when the data is not such a call
 */
export function readProvedCall(data: Hex, drawn?: DrawnSeed): ProvedCall {
  const [[call, ...others], ...further] = readProvedCalls(data, drawn);
  if (others.length > 0 || further.length > 0)
    throw new FileFormatError('The call data registers more than one proved statement.');
  return call;
}

/**
 * Reads all that a call registers, in order: the inverse of `registryCall` and `trainManyCall`. Nothing is verified here.
 * @param drawn for a call of `seed`, from the registry's events
 * @throws FileFormatError when the data is not such a call
 */
export function readProvedCalls(data: Hex, drawn?: DrawnSeed): ProvedSegments[] {
  try {
    const registered = read(data, drawn);
    for (const { statement } of registered.flat()) checkStatement(statement);
    return registered;
  } catch (cause) {
    if (cause instanceof FileFormatError) throw cause;
    throw new FileFormatError('The call data does not register a proved statement.', { cause, details: '' });
  }
}

function read(data: Hex, drawn: DrawnSeed | undefined): ProvedSegments[] {
  const call = decodeFunctionData({ abi: TARGETS_ABI, data });
  for (const definition of ALL_DEFINITIONS) {
    const proved = definition.decode(call, drawn);
    if (proved !== undefined) return [[proved]];
  }
  const chain = decodeTrainMany(call);
  if (chain !== undefined) {
    const calls = chain.statements.map((statement, k) => ({ statement, proof: chain.proofs[k] }));
    return edgesOf(calls, chain.keep);
  }
  throw new FileFormatError(`${call.functionName} does not register a proved statement.`);
}
