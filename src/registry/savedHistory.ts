// Logs that were read, as a file keeps them for the next process.
import type { Hex, RpcLog } from 'viem';
import type { SavedHistory } from './logHistory.ts';

const FORMAT = 'descent-logs/1';

export function formatHistory({ start, read, logs, range }: SavedHistory): string {
  return JSON.stringify({ format: FORMAT, start, read, range, logs });
}

/**
 * What a text keeps; undefined where it is damaged, of another format, or has logs of other contracts. It is only as good as the
 * hash in it, which the reader compares with the chain.
 */
export function parseHistory(text: string, contracts: readonly Hex[]): SavedHistory | undefined {
  try {
    const { format, start, read, logs, range } = JSON.parse(text);
    const known = new Set(contracts.map((contract) => contract.toLowerCase()));
    const isGood =
      format === FORMAT &&
      Number.isSafeInteger(start) &&
      Number.isSafeInteger(read.number) &&
      isHash(read.hash) &&
      (range === undefined || (Number.isSafeInteger(range) && range > 0)) &&
      logs.every((log: RpcLog) => isLog(log) && known.has(log.address.toLowerCase()));
    return isGood ? { start, read, logs, ...(range !== undefined && { range }) } : undefined;
  } catch {
    return undefined;
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
