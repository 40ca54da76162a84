import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Hex, keccak256, type RpcLog, stringToBytes } from 'viem';
import type { SavedHistory } from '../../src/registry/logHistory.ts';
import { writeDurably } from '../files/durable.ts';
import type { Chain } from './client.ts';

const FORMAT = 'descent-logs/1';

/** Whose logs are kept: what one node says is never told as the answer of another, since nothing shows who is right. */
type Source = Pick<Chain, 'id' | 'rpc'>;

/** The file that keeps a contract's logs: below XDG_CACHE_HOME, or .cache in the home folder. */
function cacheFile({ id, rpc }: Source, contract: Hex): string {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  // The URL may hold a key to the node.
  const node = keccak256(stringToBytes(rpc)).slice(2, 18);
  return join(base, 'descent', 'logs', `${id}-${contract.toLowerCase()}-${node}.json`);
}

/**
 * What was read of a contract before, from the same node. It is only as good as the hash in it, which the reader compares with the chain.
 * A file that is missing, damaged or of another format counts as none.
 */
export function loadHistory(source: Source, contract: Hex): SavedHistory | undefined {
  try {
    const { format, start, read, logs } = JSON.parse(readFileSync(cacheFile(source, contract), 'utf8'));
    const isGood =
      format === FORMAT &&
      Number.isSafeInteger(start) &&
      Number.isSafeInteger(read.number) &&
      isHash(read.hash) &&
      logs.every((log: RpcLog) => isLog(log) && log.address.toLowerCase() === contract.toLowerCase());
    return isGood ? { start, read, logs } : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps what was read; a place that cannot be written to costs time the next time, and no more. */
export function saveHistory(source: Source, contract: Hex, { start, read, logs }: SavedHistory): void {
  try {
    writeDurably(cacheFile(source, contract), JSON.stringify({ format: FORMAT, start, read, logs }));
  } catch {
    // A read-only or full home folder is no reason to fail.
  }
}

function isHash(value: unknown): value is Hex {
  return typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value);
}

function isHex(value: unknown): value is Hex {
  return typeof value === 'string' && /^0x[0-9a-f]*$/i.test(value);
}

function isLog(log: RpcLog): boolean {
  const { address, blockHash, transactionHash, topics, data, blockNumber, logIndex, transactionIndex } = log;
  return (
    isHash(blockHash) &&
    isHash(transactionHash) &&
    Array.isArray(topics) &&
    topics.every(isHash) &&
    [address, data, blockNumber, logIndex, transactionIndex].every(isHex)
  );
}
