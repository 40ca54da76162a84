import { type Address, formatLog, type Hex, type Log, parseEventLogs, type RpcLog } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { patiently } from '../../src/errors/patience.ts';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { LogHistory, type SavedHistory } from '../../src/registry/logHistory.ts';
import { firstBlockOf, logNodeOf, logsOfBlock } from '../../src/registry/logNode.ts';
import type { Output } from '../terminal/output.ts';
import type { Chain } from './client.ts';
import { loadHistory, saveHistory } from './logCache.ts';

export interface LogOptions {
  /** The registry that the contract belongs to; where it is the contract itself, its models are counted. */
  registry?: Address;
  /** The block to begin with, where the caller knows better; what comes before is not missed then. */
  fromBlock?: number;
  /** Told about long waits and about what is not read. */
  output?: Pick<Output, 'note' | 'warn' | 'progress'>;
}

/** On a chain that is no longer than this, to look for the contract's first block would cost more than to read them all. */
const SHORT_CHAIN = 5_000;
/** Reading that takes longer is shown. */
const QUIET_MS = 2_000;
const RECEIPTS_AT_ONCE = 8;

interface Reading {
  history: LogHistory;
  saved: SavedHistory | undefined;
  /** Ends when the update before is done: they share one history. */
  last: Promise<unknown>;
}

/** What this process has read: a command that asks twice reads once. */
const readings = new WeakMap<Chain, Map<Address, Reading>>();

/**
 * All logs of a contract up to the newest block, in order. What was read before comes from a cache on disk, as far as its
 * blocks are still on the chain; the rest is asked for in ranges that the node takes. The models of a registry are counted
 * against its own count.
 * @throws DescentError LOGS_MISSING where the node does not give all; the node's error
 */
export async function readLogs(chain: Chain, address: Address, options: LogOptions = {}): Promise<Log[]> {
  const contract = address.toLowerCase() as Address;
  const known = readings.get(chain) ?? new Map<Address, Reading>();
  readings.set(chain, known);
  const reading = known.get(contract) ?? begin(chain, contract, options);
  known.set(contract, reading);
  const update = reading.last.catch(() => undefined).then(() => extend(chain, contract, reading, options));
  reading.last = update;
  await update;
  return reading.history.logs.map(toLog);
}

function begin(chain: Chain, contract: Address, { registry, fromBlock, output }: LogOptions): Reading {
  const start = async ({ number }: { number: number }) => {
    if (fromBlock !== undefined) return fromBlock;
    if (number <= SHORT_CHAIN) return 0;
    const first = registry && (await beginningOf(chain, registry, number))?.block;
    if (first === undefined) {
      output?.note('The node does not tell since when the registry stands: events are read from block 0 on.');
    }
    return first ?? 0;
  };
  const saved = fromBlock === undefined ? loadHistory(chain, contract) : undefined;
  const counted = registry?.toLowerCase() === contract ? contract : undefined;
  const partial = fromBlock !== undefined;
  const history = new LogHistory({ contracts: [contract], registry: counted, start, partial }, saved);
  return { history, saved, last: Promise.resolve() };
}

async function extend(chain: Chain, contract: Address, reading: Reading, { registry, output }: LogOptions) {
  const { history, saved } = reading;
  const node = logNodeOf(chain.client, [contract], registry?.toLowerCase() === contract ? contract : undefined);
  const begun = performance.now();
  let isShown = false;
  await history.update(node, () => {
    if (performance.now() - begun < QUIET_MS) return;
    isShown = true;
    output?.progress.stage('read events');
    output?.progress.update(0, `up to block ${history.read}`);
  });
  if (isShown) output?.progress.done();
  const { missing } = history;
  if (missing > 0) {
    const which = missing === 1 ? 'One model of the registry is' : `${missing} models of the registry are`;
    output?.warn(
      `${which} left out: registered before the first block that is read, or the node does not give the events.`,
    );
  }
  if (history.isPartial) return;
  const settled = await history.settled(node).catch(() => undefined);
  if (settled === undefined || settled.read.number <= (saved?.read.number ?? -1)) return;
  saveHistory(chain, contract, settled);
  reading.saved = settled;
}

/**
 * The logs of a transaction that registered a model or a shard, from a node that has its block.
 * @throws the node's error
 */
export async function readLogsOfModel(chain: Chain, registry: Address, id: Hex, block: bigint): Promise<Log[]> {
  const logs = await logsOfBlock(logNodeOf(chain.client, [registry]), Number(block));
  const names = logs.filter(({ topics }) => topics[1]?.toLowerCase() === id.toLowerCase());
  return names.map(toLog);
}

/**
 * The transaction that made a registry: its first event names it.
 * @throws DescentError NO_EVENTS; the node's error
 */
export async function creationOf(chain: Chain, registry: Address): Promise<Hex> {
  const head = await patiently(() => chain.client.getBlockNumber({ cacheTime: 0 }));
  const found = await beginningOf(chain, registry, Number(head));
  if (found !== undefined) return found.transaction;
  const logs = await readLogs(chain, registry, { fromBlock: 0 });
  const transaction = deploymentIn(logs);
  if (transaction !== undefined) return transaction;
  throw new DescentError(`The node has no event of the transaction that made the registry ${registry}.`, {
    code: 'NO_EVENTS',
    exit: 'chain',
    hint: 'Ask a node that keeps old blocks (--rpc).',
  });
}

/**
 * Block and transaction that made a registry, looked for by its code at old blocks. Nodes that do not keep old state fail or,
 * worse, say that there was no code: therefore the registry's own first event has to be in the block.
 */
async function beginningOf(chain: Chain, registry: Address, head: number) {
  const block = loadHistory(chain, registry)?.start || (await firstBlockOf(chain.client, registry, head));
  if (block === undefined || block > head) return undefined;
  const logs = await logsOfBlock(logNodeOf(chain.client, [registry]), block).catch(() => []);
  const transaction = deploymentIn(logs.map(toLog));
  return transaction && { block, transaction };
}

function deploymentIn(logs: Log[]): Hex | undefined {
  const [event] = parseEventLogs({ abi: modelRegistryAbi, logs, eventName: 'RegistryDeployed' });
  return event?.transactionHash ?? undefined;
}

/** What transactions cost, by hash; few are asked for at once. @throws the node's error */
export async function readGas(chain: Chain, hashes: readonly Hex[]): Promise<Map<Hex, number>> {
  const gas = new Map<Hex, number>();
  for (let k = 0; k < hashes.length; k += RECEIPTS_AT_ONCE) {
    const some = hashes.slice(k, k + RECEIPTS_AT_ONCE);
    await Promise.all(
      some.map(async (hash) => {
        const receipt = await patiently(() => receiptOf(chain, hash));
        gas.set(hash, Number(receipt.gasUsed));
      }),
    );
  }
  return gas;
}

async function receiptOf({ client }: Chain, hash: Hex): Promise<{ gasUsed: Hex }> {
  const receipt = await client.request({ method: 'eth_getTransactionReceipt', params: [hash] }, { retryCount: 0 });
  // Its events are known, so the transaction is on the chain: another node behind the same address may not have it yet.
  if (receipt === null) throw new Error(`block not found: that of transaction ${hash}`);
  return receipt;
}

function toLog(log: RpcLog): Log {
  return formatLog(log) as Log;
}

/** What a node that has lost old blocks means for a question about one of them. */
export function noEvents(id: Hex, block: bigint): DescentError {
  return new DescentError(`The node has no events of block ${block}, in which ${id} was registered.`, {
    code: 'NO_EVENTS',
    exit: 'chain',
    hint: 'Ask a node that keeps old blocks (--rpc).',
  });
}
