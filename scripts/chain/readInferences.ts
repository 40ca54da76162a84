import type { Address } from 'viem';
import { inferencesAbi } from '../../src/generated/abi.ts';
import { type Chain, nodeError } from './client.ts';

/** The registry whose models a contract of inferences knows. @throws DescentError (chain) */
export async function registryOfInferences({ client, rpc }: Chain, inferences: Address): Promise<Address> {
  const call = { address: inferences, abi: inferencesAbi, functionName: 'registry' } as const;
  return client.readContract(call).catch((cause) => {
    throw nodeError(cause, rpc);
  });
}
