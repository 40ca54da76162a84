'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Address, type Hex, type PublicClient, zeroAddress } from 'viem';
import type { Statement } from '../../../src/registry/programs/definitions.ts';
import { PROGRAMS } from '../../../src/registry/programs/list.ts';
import type { ReadFile } from '../readFile.ts';
import { errorInWords } from './errors.ts';
import { useChainConfig } from './provider.tsx';
import { isOfThisRegistry } from './thisRegistry.ts';
import type { Message, TransactionState } from './types.ts';
import { useNode } from './useNode.ts';
import { useTransaction } from './useTransaction.ts';

/** What the chain says about an edge before it is sent. */
export interface Preflight {
  /** by whom the result is registered already */
  registered?: Hex;
  /** gas the node expects, decimal */
  gas?: string;
  /** the same in wei at today's price */
  cost?: string;
  /** why the registry would refuse it */
  refusal?: Message;
}

/** Components that have asked so far. */
let asked = 0;

/** The transaction of an edge or a run. What makes it is loaded when one is there: it brings the curves along. */
async function transactionOf({ edge, run }: ReadFile) {
  const [{ edgeTransaction }, { runTransaction }] = await Promise.all([
    import('../../../src/registry/edge.ts'),
    import('../../../src/registry/edgeRun.ts'),
  ]);
  return run ? runTransaction(run) : edgeTransaction(edge);
}

/**
 * Asks the chain what would become of the edge if its trainer sent it now. A component asks about one edge as long as it
 * lives. @param id of what the edge registers @param silent whether the node does not answer: it is asked when it does
 */
export function usePreflight(file: ReadFile, id: Hex, silent: boolean) {
  const { edge } = file;
  // Two files can say the same and carry different proofs: an answer is for one of them only.
  const [number] = useState(() => ++asked);
  const config = useChainConfig();
  const node = useNode();
  const matches = isOfThisRegistry(edge, config);
  return useQuery({
    queryKey: ['preflight', number],
    enabled: matches && !silent,
    refetchInterval: 15_000,
    queryFn: async (): Promise<Preflight> => {
      const { statement, context } = edge;
      const client = await node();
      const owner = await registrantOf(client, config.registry, statement, id);
      if (owner !== zeroAddress) return { registered: owner };
      const { to, data } = await transactionOf(file);
      try {
        const [gas, price] = await Promise.all([
          client.estimateGas({ account: context.trainer, to, data }),
          client.getGasPrice(),
        ]);
        return { gas: gas.toString(), cost: (gas * price).toString() };
      } catch (error) {
        return { refusal: await errorInWords(error) };
      }
    },
  });
}

/** Who registered the result already; nobody ever owns a score, which a better one replaces. */
async function registrantOf(client: PublicClient, address: Address, statement: Statement, id: Hex): Promise<Address> {
  const { modelRegistryAbi } = await import('../../../src/generated/abi.ts');
  const registry = { address, abi: modelRegistryAbi } as const;
  switch (PROGRAMS[statement.program].registers) {
    case 'result':
    case 'inference':
    case 'fact':
      return zeroAddress;
    case 'shard':
      return (await client.readContract({ ...registry, functionName: 'shard', args: [id] })).owner;
    case 'model':
      return client.readContract({ ...registry, functionName: 'trainerOf', args: [id] });
  }
}

/** Sends an edge or a run with the connected wallet and follows the transaction to its end. */
export function useSubmission() {
  const { state, send, reset } = useTransaction();
  const submit = (file: ReadFile): Promise<TransactionState> =>
    send(async () => {
      const { chainId, from, to, data } = await transactionOf(file);
      return { chainId: Number(chainId), account: from, to, data };
    });
  return { state, submit, reset };
}
