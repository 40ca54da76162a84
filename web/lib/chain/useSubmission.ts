'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Address, type Hex, type PublicClient, type ReplacementReturnType, zeroAddress } from 'viem';
import { usePublicClient, useSendTransaction } from 'wagmi';
import { modelRegistryAbi } from '../../../src/generated/abi.ts';
import { type Edge, edgeTransaction } from '../../../src/registry/edge.ts';
import { resultId } from '../../../src/registry/ids.ts';
import type { Statement } from '../../../src/registry/statement.ts';
import { errorInWords } from './errors.ts';
import { isOfThisRegistry } from './origin.ts';
import { useChainConfig } from './provider.tsx';
import type { TransactionState, Words } from './types.ts';

/** What the chain says about an edge before it is sent. */
export interface Preflight {
  /** by whom the result is registered already */
  registered?: Hex;
  /** gas the node expects, decimal */
  gas?: string;
  /** the same in wei at today's price */
  cost?: string;
  /** why the registry would refuse it */
  refusal?: Words;
}

/** Asks the chain what would become of the edge if its trainer sent it now. */
export function usePreflight(edge: Edge | undefined) {
  const config = useChainConfig();
  const client = usePublicClient();
  const matches = edge && isOfThisRegistry(edge, config);
  return useQuery({
    queryKey: ['preflight', edge && resultId(edge.statement), edge?.origin.trainer],
    enabled: Boolean(matches && client),
    refetchInterval: 15_000,
    queryFn: async (): Promise<Preflight> => {
      const { statement, origin } = edge!;
      const owner = await registrantOf(client!, config.registry, statement);
      if (owner !== zeroAddress) return { registered: owner };
      const { to, data } = edgeTransaction(edge!);
      try {
        const [gas, price] = await Promise.all([
          client!.estimateGas({ account: origin.trainer, to, data }),
          client!.getGasPrice(),
        ]);
        return { gas: gas.toString(), cost: (gas * price).toString() };
      } catch (error) {
        return { refusal: errorInWords(error) };
      }
    },
  });
}

/** Who registered the result already; nobody ever owns a score, which a better one replaces. */
async function registrantOf(client: PublicClient, address: Address, statement: Statement): Promise<Address> {
  const registry = { address, abi: modelRegistryAbi } as const;
  const id = resultId(statement);
  if (statement.program === 'score') return zeroAddress;
  if (statement.program === 'data')
    return (await client.readContract({ ...registry, functionName: 'shard', args: [id] })).owner;
  return client.readContract({ ...registry, functionName: 'trainerOf', args: [id] });
}

/** Sends an edge with the connected wallet and follows the transaction to its end. */
export function useSubmission() {
  const client = usePublicClient();
  const { mutateAsync: sendTransaction } = useSendTransaction();
  const [state, show] = useState<TransactionState>({ phase: 'idle' });

  /** @returns the state it ended in */
  const submit = async (edge: Edge): Promise<TransactionState> => {
    const setState = (next: TransactionState) => {
      show(next);
      return next;
    };
    const { chainId, from, to, data } = edgeTransaction(edge);
    setState({ phase: 'waiting' });
    let hash: Hex | undefined;
    try {
      hash = await sendTransaction({ account: from, to, data, chainId: Number(chainId) });
      setState({ phase: 'submitted', hash });
      let replacement: ReplacementReturnType | undefined;
      const receipt = await client!.waitForTransactionReceipt({
        hash,
        timeout: 600_000,
        onReplaced: (found) => {
          replacement = found;
        },
      });
      if (replacement?.reason === 'cancelled') return setState({ phase: 'cancelled', hash: receipt.transactionHash });
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
      return setState({ phase: 'failed', words: errorInWords(error), ...(hash && { hash }) });
    }
  };

  return { state, submit, reset: () => show({ phase: 'idle' }) };
}
