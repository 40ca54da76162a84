'use client';

import type { Hex, PublicClient } from 'viem';
import { useSendTransaction } from 'wagmi';
import { type AnyShape, encodeAnyShape, formatShape } from '../../../src/model/anyShape.ts';
import { headWord } from '../../../src/model/smoothing.ts';
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
  /** the newest block when the secret was drawn: the chain has no request of it before */
  since: string;
}

/** What asks the chain, loaded when somebody asks for a seed: it brings the interface of the registry along. */
async function loadTools() {
  const [abi, viem, { clientReads }, { drawnSeed }] = await Promise.all([
    import('../../../src/generated/abi.ts'),
    import('viem'),
    import('../../../src/registry/clientReads.ts'),
    import('../../../src/registry/drawnSeed.ts'),
  ]);
  return { ...abi, ...viem, clientReads, drawnSeed };
}

/** Asks the chain for a seed and waits for the block that decides it. A request that was not used is taken up again. */
export function useSeedRequest() {
  const { registry, chainId } = useChainConfig();
  const { address: trainer } = useWallet();
  const node = useNode();
  const { mutateAsync: sendTransaction } = useSendTransaction();

  /** Sends the request, unless the chain has it already. @returns its number */
  const request = async (client: PublicClient, shape: AnyShape, { secret, since }: Kept, onSent: () => void) => {
    const { modelRegistryAbi: abi, encodeFunctionData, keccak256, parseEventLogs } = await loadTools();
    const secretHash = keccak256(secret);
    const asked = await client.getContractEvents({
      address: registry,
      abi,
      eventName: 'SeedRequested',
      args: { trainer },
      fromBlock: BigInt(since),
      strict: true,
    });
    const found = asked.find(({ args }) => args.secretHash === secretHash);
    if (found) {
      onSent();
      return found.args.requestId;
    }
    const data = encodeFunctionData({
      abi,
      functionName: 'requestSeed',
      args: [encodeAnyShape(shape), secretHash],
    });
    const gas = gasLimit(await client.estimateGas({ account: trainer, to: registry, data }));
    const hash = await sendTransaction({ to: registry, data, chainId, gas });
    onSent();
    const receipt = await client.waitForTransactionReceipt({ hash, timeout: PATIENCE_MS });
    const [event] = parseEventLogs({ abi, logs: receipt.logs, eventName: 'SeedRequested' });
    if (!event) throw new Error('The request for a seed failed.');
    return event.args.requestId;
  };

  return async (shape: AnyShape, onSent: () => void): Promise<DrawnSeed> => {
    const [{ modelRegistryAbi: abi, clientReads, drawnSeed }, client] = await Promise.all([loadTools(), node()]);
    const place =
      `descent.seed.${chainId}.${registry}.${trainer}.${formatShape(shape)}.${headWord(shape.head)}`.toLowerCase();
    const reads = clientReads(client, chainId);
    const draw = async (kept: Kept): Promise<DrawnSeed | undefined> => {
      const requestId = await request(client, shape, kept, onSent);
      const stored = await reads.seedRequest(registry, requestId);
      if (!stored || stored.used) return undefined;
      await waitForBlock(client, stored.seedBlock + 1n, ON_DEMAND.includes(chainId));
      // It would revert where the chain has forgotten the block that decides.
      const isGood = await client
        .simulateContract({ address: registry, abi, functionName: 'fixSeed', args: [requestId] })
        .then(
          () => true,
          (error) => !String(error).includes('SeedExpired'),
        );
      // Computed here: no node hears the secret before the proof is sent.
      const seed = isGood ? await drawnSeed(reads, stored, requestId, kept.secret) : undefined;
      return seed === undefined ? undefined : { seed, requestId, secret: kept.secret };
    };
    const kept = readKept(place);
    const drawn = kept && (await draw(kept));
    if (drawn) return drawn;
    const fresh = await newSecret(client);
    // Kept before it is sent: a tab that ends meanwhile loses nothing.
    keep(place, fresh);
    const seed = await draw(fresh);
    if (!seed) throw new Error('The chain has forgotten the block that decides the seed.');
    return seed;
  };
}

async function newSecret(client: PublicClient): Promise<Kept> {
  const [{ toHex }, block] = await Promise.all([import('viem'), client.getBlockNumber({ cacheTime: 0 })]);
  return { secret: toHex(crypto.getRandomValues(new Uint8Array(32))), since: block.toString() };
}

function readKept(place: string): Kept | undefined {
  try {
    const { secret, since } = JSON.parse(localStorage.getItem(place) ?? '{}') as Partial<Kept>;
    return secret && since ? { secret, since } : undefined;
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
