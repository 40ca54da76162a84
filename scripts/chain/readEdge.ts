import { type Address, type Hex, parseEventLogs, zeroAddress } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { modelRegistryAbi, relayedAbi } from '../../src/generated/abi.ts';
import { decodeShape } from '../../src/model/shape.ts';
import { callWithin, type DrawnSeed, type ProvedCall, readProvedCall } from '../../src/registry/calldata.ts';
import type { Chain } from './client.ts';
import { noEvents, readLogsOfModel } from './readLogs.ts';

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

async function findModel(chain: Chain, registry: Address, id: Hex): Promise<Registration | undefined> {
  const contract = { address: registry, abi: modelRegistryAbi } as const;
  const { trainer, blockNumber } = await chain.client.readContract({ ...contract, functionName: 'node', args: [id] });
  if (trainer === zeroAddress) return undefined;
  const logs = await readLogsOfModel(chain, registry, id, blockNumber);
  const [registered] = parseEventLogs({ abi: modelRegistryAbi, logs, eventName: 'ModelRegistered' });
  const [seeded] = parseEventLogs({ abi: modelRegistryAbi, logs, eventName: 'Seeded' });
  if (registered === undefined) throw noEvents(id, blockNumber);
  const widths = decodeShape(registered.args.shape);
  const drawn = seeded && { widths, seed: seeded.args.seed };
  return { trainer, blockNumber, transactionHash: registered.transactionHash, ...(drawn && { drawn }) };
}

async function findShard(chain: Chain, registry: Address, id: Hex): Promise<Registration | undefined> {
  const contract = { address: registry, abi: modelRegistryAbi } as const;
  const { owner, blockNumber } = await chain.client.readContract({ ...contract, functionName: 'shard', args: [id] });
  if (owner === zeroAddress) return undefined;
  const logs = await readLogsOfModel(chain, registry, id, blockNumber);
  const [event] = parseEventLogs({ abi: modelRegistryAbi, logs, eventName: 'ShardRegistered' });
  if (event === undefined) throw noEvents(id, blockNumber);
  return { trainer: owner, blockNumber, transactionHash: event.transactionHash };
}
