import type { Address } from 'viem';
import { lineageAuditAbi } from '../../src/generated/abi.ts';
import type { Chain } from './client.ts';
import { translateErrors } from './readRegistry.ts';

/** The registry that a contract of ours was deployed for. @throws DescentError (chain) */
export function registryOf(chain: Chain, contract: Address): Promise<Address> {
  return placeOf(chain, contract, 'registry');
}

/** The contract of datasets that one of ours was deployed for. @throws DescentError (chain) */
export function datasetsOf(chain: Chain, contract: Address): Promise<Address> {
  return placeOf(chain, contract, 'datasets');
}

// Every contract that has these names them so: the ABI of any one does.
function placeOf({ client }: Chain, address: Address, functionName: 'registry' | 'datasets'): Promise<Address> {
  return translateErrors(() => client.readContract({ address, abi: lineageAuditAbi, functionName }));
}
