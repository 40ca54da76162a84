'use client';

import { useState } from 'react';
import type { Address, Hex, ReplacementReturnType } from 'viem';
import { useSendTransaction } from 'wagmi';
import { gasLimit } from '../../../src/registry/gas.ts';
import { errorInWords } from './errors.ts';
import type { TransactionState } from './types.ts';
import { useNode } from './useNode.ts';

const PATIENCE_MS = 600_000;

/** What the wallet is asked to sign. */
export interface Call {
  chainId: number;
  account: Address;
  to: Address;
  data: Hex;
  /** in wei */
  value?: bigint;
}

/** Sends a call with the connected wallet and follows the transaction to its end. */
export function useTransaction() {
  const node = useNode();
  const { mutateAsync: sendTransaction } = useSendTransaction();
  const [state, show] = useState<TransactionState>({ phase: 'idle' });

  /** @param build makes the call, which may have to be loaded first @returns the state it ended in */
  const send = async (build: () => Promise<Call>): Promise<TransactionState> => {
    const setState = (next: TransactionState) => {
      show(next);
      return next;
    };
    setState({ phase: 'waiting' });
    let hash: Hex | undefined;
    try {
      const { value = 0n, ...call } = await build();
      const { chainId, account, to, data } = call;
      // Where a wallet estimates nothing, it may put a block's gas, which no transaction may have.
      const gas = gasLimit(await (await node()).estimateGas({ account, to, data, value }));
      hash = await sendTransaction({ chainId, account, to, data, value, gas });
      setState({ phase: 'submitted', hash });
      let replacement: ReplacementReturnType | undefined;
      const receipt = await (await node()).waitForTransactionReceipt({
        hash,
        timeout: PATIENCE_MS,
        onReplaced: (found) => {
          replacement = found;
        },
      });
      // Whatever else took the transaction's place, what was wanted did not happen.
      if (replacement && replacement.reason !== 'repriced') {
        return setState({ phase: 'cancelled', hash: receipt.transactionHash });
      }
      if (receipt.status !== 'success') {
        const words = { title: 'The transaction was included but failed.', hint: 'The chain changed meanwhile.' };
        return setState({ phase: 'failed', words, hash: receipt.transactionHash });
      }
      return setState({
        phase: 'confirmed',
        hash: receipt.transactionHash,
        block: Number(receipt.blockNumber),
        gas: Number(receipt.gasUsed),
        ...(replacement && { replaced: hash }),
      });
    } catch (error) {
      return setState({ phase: 'failed', words: await errorInWords(error), ...(hash && { hash }) });
    }
  };

  return { state, send, reset: () => show({ phase: 'idle' }) };
}
