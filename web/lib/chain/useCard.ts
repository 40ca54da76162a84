'use client';

import type { Address, Hex } from 'viem';
import { useChainConfig } from './provider.tsx';
import type { TransactionState } from './types.ts';
import { useTransaction } from './useTransaction.ts';

/** Bytes that the contract takes. */
export const CARD_LIMITS = { name: 64, uri: 256 };

/** Writes a model's card with the connected wallet. */
export function useCard() {
  const { cards, chainId } = useChainConfig();
  const { state, send, reset } = useTransaction();
  const write = (id: Hex, trainer: Address, name: string, uri: string): Promise<TransactionState> =>
    send(async () => {
      const [{ modelCardsAbi }, { encodeFunctionData }] = await Promise.all([
        import('../../../src/generated/abi.ts'),
        import('viem'),
      ]);
      const data = encodeFunctionData({ abi: modelCardsAbi, functionName: 'writeCard', args: [id, name, uri] });
      return { chainId, account: trainer, to: cards!, data };
    });
  return { state, write, reset };
}
