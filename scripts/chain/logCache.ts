import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Hex, RpcLog } from 'viem';
import type { SavedHistory } from '../../src/registry/logHistory.ts';
import { writeDurably } from '../runs/durable.ts';

const FORMAT = 'descent-logs/1';

/** The file that keeps a contract's logs: below XDG_CACHE_HOME, or .cache in the home folder. */
function cacheFile(chainId: number, contract: Hex): string {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(base, 'descent', 'logs', `${chainId}-${contract.toLowerCase()}.json`);
}

/**
 * What was read of a contract before. It is only as good as the hash in it, which the reader compares with the chain.
 * A file that is missing, damaged or of another format counts as none.
 */
export function loadHistory(chainId: number, contract: Hex): SavedHistory | undefined {
  try {
    const { format, start, read, logs } = JSON.parse(readFileSync(cacheFile(chainId, contract), 'utf8'));
    const isGood =
      format === FORMAT &&
      Number.isSafeInteger(start) &&
      Number.isSafeInteger(read.number) &&
      isHash(read.hash) &&
      logs.every(isLog);
    return isGood ? { start, read, logs } : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps what was read; a place that cannot be written to costs time the next time, and no more. */
export function saveHistory(chainId: number, contract: Hex, { start, read, logs }: SavedHistory): void {
  try {
    writeDurably(cacheFile(chainId, contract), JSON.stringify({ format: FORMAT, start, read, logs }));
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
