import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Hex, keccak256, stringToBytes } from 'viem';
import type { SavedHistory } from '../../src/registry/logHistory.ts';
import { formatHistory, parseHistory } from '../../src/registry/savedHistory.ts';
import { writeDurably } from '../files/durable.ts';
import type { Chain } from './client.ts';

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
    return parseHistory(readFileSync(cacheFile(source, contract), 'utf8'), [contract]);
  } catch {
    return undefined;
  }
}

/** Keeps what was read; a place that cannot be written to costs time the next time, and no more. */
export function saveHistory(source: Source, contract: Hex, history: SavedHistory): void {
  try {
    writeDurably(cacheFile(source, contract), formatHistory(history));
  } catch {
    // A read-only or full home folder is no reason to fail.
  }
}
