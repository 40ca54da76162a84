'use client';

import type { PublicClient } from 'viem';
import { useSendTransaction } from 'wagmi';
import { gasLimit } from '../../../src/registry/gas.ts';
import { useChainConfig } from './provider.tsx';
import { useNode } from './useNode.ts';

/** Chains that make a block only when somebody asks. */
const ON_DEMAND = [31337, 1337];
const POLL_MS = 1_500;
const PATIENCE_MS = 300_000;

export interface DrawnSeed {
  seed: bigint;
  requestId: bigint;
}

/** Asks the chain for a seed and waits for the block that decides it. */
export function useSeedRequest() {
  const { registry, chainId } = useChainConfig();
  const node = useNode();
  const { mutateAsync: sendTransaction } = useSendTransaction();
  return async (widths: number[], onSent: () => void): Promise<DrawnSeed> => {
    const [{ modelRegistryAbi }, { encodeFunctionData, parseEventLogs }, client] = await Promise.all([
      import('../../../src/generated/abi.ts'),
      import('viem'),
      node(),
    ]);
    const data = encodeFunctionData({ abi: modelRegistryAbi, functionName: 'requestSeed', args: [widths] });
    const gas = gasLimit(await client.estimateGas({ to: registry, data }));
    const hash = await sendTransaction({ to: registry, data, chainId, gas });
    onSent();
    const receipt = await client.waitForTransactionReceipt({ hash, timeout: PATIENCE_MS });
    const [event] = parseEventLogs({ abi: modelRegistryAbi, logs: receipt.logs, eventName: 'SeedRequested' });
    if (!event) throw new Error('The request for a seed failed.');
    const { requestId, seedBlock } = event.args;
    await waitForBlock(client, seedBlock + 1n, ON_DEMAND.includes(chainId));
    const args = [requestId] as const;
    const seed = await client.readContract({ address: registry, abi: modelRegistryAbi, functionName: 'seedOf', args });
    return { seed, requestId };
  };
}

async function waitForBlock(client: PublicClient, block: bigint, onDemand: boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while ((await client.getBlockNumber({ cacheTime: 0 })) < block) {
    if (Date.now() > deadline) throw new Error('No new block came for minutes.');
    const mined =
      onDemand &&
      (await client.request({ method: 'evm_mine' as never }).then(
        () => true,
        () => false,
      ));
    if (!mined) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
