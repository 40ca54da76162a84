'use client';

import type { Abi, Address } from 'viem';
import { useChainConfig } from './provider.tsx';
import type { TransactionState } from './types.ts';
import { useTransaction } from './useTransaction.ts';
import { useWallet } from './useWallet.ts';

/** The interfaces of the contracts: loaded with the first call, since a first picture makes none. */
type Abis = typeof import('../../../src/generated/abi.ts');

/** A call of one of the contracts. */
export interface ContractCall {
  to: Address;
  /** which of the generated interfaces it is of */
  abi(abis: Abis): Abi | readonly unknown[];
  functionName: string;
  args: readonly unknown[];
  /** in wei */
  value?: bigint;
}

/** Calls contracts with the connected wallet. */
export function useCall() {
  const { chainId } = useChainConfig();
  const { address } = useWallet();
  const { state, send, reset } = useTransaction();
  const call = ({ to, abi, functionName, args, value }: ContractCall): Promise<TransactionState> =>
    send(async () => {
      const [abis, { encodeFunctionData }] = await Promise.all([
        import('../../../src/generated/abi.ts'),
        import('viem'),
      ]);
      const data = encodeFunctionData({ abi: abi(abis) as Abi, functionName, args });
      return { chainId, account: address!, to, data, ...(value !== undefined && { value }) };
    });
  return { state, call, reset };
}
