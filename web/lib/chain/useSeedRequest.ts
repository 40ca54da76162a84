'use client';

import type { Hex, PublicClient } from 'viem';
import { useSendTransaction } from 'wagmi';
import { gasLimit } from '../../../src/registry/gas.ts';
import { useChainConfig } from './provider.tsx';
import { useNode } from './useNode.ts';
import { useWallet } from './useWallet.ts';

/** Chains that make a block only when somebody asks. */
const ON_DEMAND = [31337, 1337];
const POLL_MS = 1_500;
const PATIENCE_MS = 300_000;

export interface DrawnSeed {
  seed: bigint;
  requestId: bigint;
  secret: Hex;
}

/** A request whose secret this browser keeps until the seed is used: without the secret it is lost. */
interface Kept {
  secret: Hex;
  /** absent until the chain has taken it */
  requestId?: string;
}

/** Asks the chain for a seed and waits for the block that decides it. A request that was not used is taken up again. */
export function useSeedRequest() {
  const { registry, chainId } = useChainConfig();
  const { address } = useWallet();
  const node = useNode();
  const { mutateAsync: sendTransaction } = useSendTransaction();
  return async (widths: number[], onSent: () => void): Promise<DrawnSeed> => {
    const [{ modelRegistryAbi }, { encodeFunctionData, keccak256, parseEventLogs, toHex }, client] = await Promise.all([
      import('../../../src/generated/abi.ts'),
      import('viem'),
      node(),
    ]);
    const contract = { address: registry, abi: modelRegistryAbi } as const;
    const place = `descent.seed.${chainId}.${registry}.${address}.${widths.join('-')}`.toLowerCase();
    let kept = readKept(place);
    const isOpen = async (requestId: string) => {
      const request = await client.readContract({
        ...contract,
        functionName: 'seedRequest',
        args: [BigInt(requestId)],
      });
      return request.trainer.toLowerCase() === address?.toLowerCase() && !request.used;
    };
    if (kept?.requestId === undefined || !(await isOpen(kept.requestId))) {
      const secret = toHex(crypto.getRandomValues(new Uint8Array(32)));
      // Kept before it is sent: a tab that ends meanwhile loses nothing.
      keep(place, { secret });
      const args = [widths, keccak256(secret)] as const;
      const data = encodeFunctionData({ abi: modelRegistryAbi, functionName: 'requestSeed', args });
      const gas = gasLimit(await client.estimateGas({ to: registry, data }));
      const hash = await sendTransaction({ to: registry, data, chainId, gas });
      onSent();
      const receipt = await client.waitForTransactionReceipt({ hash, timeout: PATIENCE_MS });
      const [event] = parseEventLogs({ abi: modelRegistryAbi, logs: receipt.logs, eventName: 'SeedRequested' });
      if (!event) throw new Error('The request for a seed failed.');
      kept = { secret, requestId: event.args.requestId.toString() };
      keep(place, kept);
    } else onSent();
    const { secret } = kept;
    const requestId = BigInt(kept.requestId!);
    const { seedBlock } = await client.readContract({ ...contract, functionName: 'seedRequest', args: [requestId] });
    // The node hears the secret only when the block that decides is past.
    await waitForBlock(client, seedBlock + 1n, ON_DEMAND.includes(chainId));
    const seed = await client.readContract({ ...contract, functionName: 'seedOf', args: [requestId, secret] });
    return { seed, requestId, secret };
  };
}

function readKept(place: string): Kept | undefined {
  try {
    return (JSON.parse(localStorage.getItem(place) ?? 'null') as Kept | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Where the browser stores nothing, a request lives as long as its tab. */
function keep(place: string, kept: Kept): void {
  try {
    localStorage.setItem(place, JSON.stringify(kept));
  } catch {
    // Private windows of some browsers.
  }
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
