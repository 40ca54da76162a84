import { type Abi, type Address, type Hex, toFunctionSelector } from 'viem';
import { DescentError } from '../errors/DescentError.ts';
import { modelRegistryAbi, relayAbi } from '../generated/abi.ts';
import { decodeShape } from '../model/shape.ts';
import { callWithin, type DrawnSeed, type ProvedCall, readProvedCall } from './calldata.ts';
import type { CallFrame, ChainReads, SentTransaction } from './chainReads.ts';
import { decodeLogs } from './contractEvents.ts';
import { resultId } from './ids.ts';

/** A registration as its transaction carries it. */
export interface StoredEdge extends ProvedCall {
  trainer: Address;
  transaction: Hex;
  block: bigint;
}

interface Registration {
  trainer: Address;
  transaction: Hex;
  block: bigint;
  drawn?: DrawnSeed;
}

/** Calls of the registry, and of its relay, that carry a proof of a model or a shard. */
const PROVED = ['registerShard', 'seed', 'train', 'root', 'merge'];
/** A transaction may hold many calls, and each try takes time. */
const MAX_TRIES = 500;
const MAX_FRAMES = 5_000;
/** Digits of the longest such call, and some more: a merge of eight parents takes about 6,000. */
const MAX_CALL = 32_768;

/**
 * The statement and proof that registered a model or shard, from its transaction: its own call data, what a relay or any
 * other contract carried, as far as the node or the call data shows it.
 * @throws DescentError UNKNOWN_ID, NO_EVENTS, or NO_CALL_DATA where the proof cannot be read from the transaction
 */
export async function readStoredEdge(reads: ChainReads, registry: Address, id: Hex): Promise<StoredEdge> {
  const found = (await findModel(reads, registry, id)) ?? (await findShard(reads, registry, id));
  if (found === undefined) {
    throw new DescentError(`The registry ${registry} knows neither a model nor a shard ${id}.`, {
      code: 'UNKNOWN_ID',
      exit: 'usage',
    });
  }
  const { drawn, ...rest } = found;
  const [sent, relay] = await Promise.all([reads.transaction(found.transaction), reads.relayOf(registry)]);
  const carriesIt: Reader = (call) => {
    const data = callWithin(call, registry, relay);
    return data && provedCall(data, id, drawn);
  };
  const call =
    carriesIt(sent) ??
    searchTrace(await reads.trace(found.transaction), carriesIt) ??
    searchCallData(sent.input, [registry, relay], carriesIt);
  if (call !== undefined) return { ...call, ...rest };
  throw new DescentError(`The transaction ${found.transaction} registered ${id} through another contract.`, {
    code: 'NO_CALL_DATA',
    exit: 'chain',
    hint:
      'Its call data does not hold the proof, and this node does not trace transactions. ' +
      'Ask a node that offers debug_traceTransaction, or ask the trainer for the edge file.',
  });
}

async function findModel(reads: ChainReads, registry: Address, id: Hex): Promise<Registration | undefined> {
  const node = await reads.node(registry, id);
  if (node === undefined) return undefined;
  const block = node.blockNumber;
  const logs = decodeLogs(
    modelRegistryAbi,
    await reads.logs({ address: registry, topics: [], from: block, to: block }),
    registry,
  ).filter(({ args }) => String(args.id).toLowerCase() === id.toLowerCase());
  const registered = logs.find(({ name }) => name === 'ModelRegistered');
  if (registered === undefined) throw noEvent(id, block);
  const seeded = logs.find(({ name }) => name === 'Seeded');
  const widths = decodeShape(registered.args.shape as bigint);
  const drawn = seeded && { widths, seed: seeded.args.seed as bigint };
  return { trainer: node.trainer, block, transaction: registered.log.transactionHash, ...(drawn && { drawn }) };
}

async function findShard(reads: ChainReads, registry: Address, id: Hex): Promise<Registration | undefined> {
  const shard = await reads.shard(registry, id);
  if (shard === undefined) return undefined;
  const block = shard.blockNumber;
  const logs = await reads.logs({ address: registry, topics: [], from: block, to: block });
  const event = decodeLogs(modelRegistryAbi, logs, registry).find(
    ({ name, args }) => name === 'ShardRegistered' && String(args.id).toLowerCase() === id.toLowerCase(),
  );
  if (event === undefined) throw noEvent(id, block);
  return { trainer: shard.owner, block, transaction: event.log.transactionHash };
}

function noEvent(id: Hex, block: bigint): DescentError {
  return new DescentError(`The node has no events of block ${block}, in which ${id} was registered.`, {
    code: 'NO_EVENTS',
    exit: 'chain',
    hint: 'Ask a node that keeps old blocks (--rpc).',
  });
}

/** The proved call that these bytes begin with, if it registers this id. */
function provedCall(data: Hex, id: Hex, drawn: DrawnSeed | undefined): ProvedCall | undefined {
  try {
    const call = readProvedCall(data, drawn);
    return resultId(call.statement).toLowerCase() === id.toLowerCase() ? call : undefined;
  } catch {
    return undefined;
  }
}

type Reader = (call: SentTransaction) => ProvedCall | undefined;

/** Looks through all calls of a transaction that were not undone. */
function searchTrace(top: CallFrame | undefined, carriesIt: Reader): ProvedCall | undefined {
  const pending = top ? [top] : [];
  for (let k = 0; k < pending.length && k < MAX_FRAMES; k++) {
    const { type, to, input, error, calls } = pending[k];
    if (error !== undefined) continue;
    const call = type === 'CALL' && to !== undefined ? carriesIt({ to, input }) : undefined;
    if (call !== undefined) return call;
    pending.push(...(calls ?? []));
  }
  return undefined;
}

/** Looks for the call anywhere in the call data, where a wallet or a batch may have wrapped it. */
function searchCallData(
  input: Hex,
  [registry, relay]: readonly [registry: Address, relay: Address],
  carriesIt: Reader,
): ProvedCall | undefined {
  let tries = 0;
  for (const { to, selector } of [...selectorsOf(modelRegistryAbi, registry), ...selectorsOf(relayAbi, relay)]) {
    for (let at = input.indexOf(selector, 2); at >= 0; at = input.indexOf(selector, at + 1)) {
      // A byte is two digits.
      if (at % 2 !== 0) continue;
      if (++tries > MAX_TRIES) return undefined;
      const call = carriesIt({ to, input: `0x${input.slice(at, at + MAX_CALL)}` });
      if (call !== undefined) return call;
    }
  }
  return undefined;
}

/** First four bytes of the calls that carry a proof, as digits. */
function selectorsOf(abi: Abi, to: Address): { to: Address; selector: string }[] {
  return abi
    .filter((entry) => entry.type === 'function')
    .filter(({ name }) => PROVED.includes(name))
    .map((entry) => ({ to, selector: toFunctionSelector(entry).slice(2) }));
}
