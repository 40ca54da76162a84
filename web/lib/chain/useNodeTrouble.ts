'use client';

import { useQuery } from '@tanstack/react-query';
import { errorInWords } from './errors.ts';
import { useChainConfig } from './provider.tsx';
import type { ChainConfig, Message, NodeTrouble } from './types.ts';

/** What asks the node again is kept under this name; whoever gets no answer elsewhere makes it stale. */
export const NODE_QUERY = ['node'];
const AGAIN_MS = 10_000;
const PATIENCE_MS = 10_000;

/** Whether the visitor's own connection to the node works. Where it does not, it is tried again every few seconds. */
export function useNodeTrouble(): NodeTrouble {
  const config = useChainConfig();
  const { data, isFetching, refetch } = useQuery({
    queryKey: NODE_QUERY,
    queryFn: async (): Promise<Message | null> => {
      try {
        return await askNode(config);
      } catch (error) {
        return errorInWords(error);
      }
    },
    // Without a network the node is silent as well.
    networkMode: 'always',
    refetchInterval: ({ state }) => (state.data ? AGAIN_MS : false),
  });
  return { trouble: data ?? undefined, asking: isFetching, again: () => void refetch() };
}

/** The smallest question there is, without the node's client, which a first picture does not need. */
async function askNode({ rpc, chainId }: ChainConfig): Promise<Message | null> {
  const response = await fetch(rpc, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!response.ok) throw Object.assign(new Error(`HTTP ${response.status}`), { status: response.status });
  const { result, error } = (await response.json()) as { result?: unknown; error?: { message?: string } };
  if (typeof result !== 'string') throw new Error(error?.message ?? 'The node gives no id of its chain.');
  if (Number(result) === chainId) return null;
  return { title: `The node is of chain ${Number(result)}; this page shows chain ${chainId}.` };
}
