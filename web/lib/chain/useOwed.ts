'use client';

import { useQuery } from '@tanstack/react-query';
import type { Address } from 'viem';
import type { Token } from './creditTypes.ts';
import { useChainConfig } from './provider.tsx';
import { useNode } from './useNode.ts';

/** What an account won of bounties, and what it gets back, token by token. */
export function useOwed(account: Address, tokens: readonly Token[]) {
  const { bountyBoard } = useChainConfig();
  const node = useNode();
  return useQuery({
    queryKey: ['owed', account, tokens.map(({ token }) => token).join()],
    queryFn: async () => {
      const client = await node();
      const { bountyBoardAbi: abi } = await import('../../../src/generated/abi.ts');
      const read = (functionName: 'owed' | 'refundOwed', token: Address) =>
        client.readContract({ address: bountyBoard!, abi, functionName, args: [account, token] });
      return Promise.all(
        tokens.map(async ({ token, symbol, decimals }) => ({
          token,
          symbol,
          decimals,
          won: (await read('owed', token)).toString(),
          back: (await read('refundOwed', token)).toString(),
        })),
      );
    },
    refetchInterval: 15_000,
  });
}
