import { type Address, type Hex, zeroAddress } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { modelRegistryAbi, relayedAbi } from '../../src/generated/abi.ts';
import { decodeShape } from '../../src/model/shape.ts';
import { callWithin, type DrawnSeed, type ProvedCall, readProvedCall } from '../../src/registry/calldata.ts';
import type { Chain } from './client.ts';

/** A registration as its transaction carries it. */
export interface StoredEdge extends ProvedCall {
  trainer: Address;
  transaction: Hex;
  block: number;
}

interface Registration {
  trainer: Address;
  transactionHash: Hex;
  blockNumber: bigint;
  drawn?: DrawnSeed;
}

/**
 * The statement and proof that registered a model or shard, from the call data of its transaction.
 * @throws DescentError UNKNOWN_ID, or NO_CALL_DATA where the proof cannot be read from the transaction
 */
export async function readStoredEdge(chain: Chain, registry: Address, id: Hex): Promise<StoredEdge> {
  const found = (await findModel(chain, registry, id)) ?? (await findShard(chain, registry, id));
  if (found === undefined) {
    throw new DescentError(`The registry ${registry} knows neither a model nor a shard ${id}.`, {
      code: 'UNKNOWN_ID',
      exit: 'usage',
    });
  }
  const [sent, relay] = await Promise.all([
    chain.client.getTransaction({ hash: found.transactionHash }),
    chain.client.readContract({ address: registry, abi: relayedAbi, functionName: 'trustedForwarder' }),
  ]);
  const { trainer, transactionHash: transaction, blockNumber, drawn } = found;
  const hidden = (cause?: unknown) =>
    new DescentError(`The transaction ${transaction} registered ${id} through another contract.`, {
      cause,
      details: '',
      code: 'NO_CALL_DATA',
      exit: 'chain',
      hint: 'Its proof cannot be read from it. Ask the trainer for the edge file.',
    });
  const input = callWithin(sent, registry, relay);
  if (input === undefined) throw hidden();
  try {
    return { ...readProvedCall(input, drawn), trainer, transaction, block: Number(blockNumber) };
  } catch (cause) {
    throw cause instanceof FileFormatError ? hidden(cause) : cause;
  }
}

async function findModel({ client }: Chain, registry: Address, id: Hex): Promise<Registration | undefined> {
  const contract = { address: registry, abi: modelRegistryAbi } as const;
  const { trainer, blockNumber } = await client.readContract({ ...contract, functionName: 'node', args: [id] });
  if (trainer === zeroAddress) return undefined;
  const range = { fromBlock: blockNumber, toBlock: blockNumber, strict: true } as const;
  const [[registered], [seeded]] = await Promise.all([
    client.getContractEvents({ ...contract, ...range, eventName: 'ModelRegistered', args: { id } }),
    client.getContractEvents({ ...contract, ...range, eventName: 'Seeded', args: { id } }),
  ]);
  if (registered === undefined) throw noEvent(id, blockNumber);
  const widths = decodeShape(registered.args.shape);
  const drawn = seeded && { widths, seed: seeded.args.seed };
  return { trainer, blockNumber, transactionHash: registered.transactionHash, ...(drawn && { drawn }) };
}

async function findShard({ client }: Chain, registry: Address, id: Hex): Promise<Registration | undefined> {
  const contract = { address: registry, abi: modelRegistryAbi } as const;
  const { owner, blockNumber } = await client.readContract({ ...contract, functionName: 'shard', args: [id] });
  if (owner === zeroAddress) return undefined;
  const range = { fromBlock: blockNumber, toBlock: blockNumber, strict: true } as const;
  const [event] = await client.getContractEvents({ ...contract, ...range, eventName: 'ShardRegistered', args: { id } });
  if (event === undefined) throw noEvent(id, blockNumber);
  return { trainer: owner, blockNumber, transactionHash: event.transactionHash };
}

function noEvent(id: Hex, block: bigint): DescentError {
  return new DescentError(`The node has no events of block ${block}, in which ${id} was registered.`, {
    code: 'NO_EVENTS',
    exit: 'chain',
    hint: 'Ask a node that keeps old blocks (--rpc).',
  });
}
