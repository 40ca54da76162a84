// What the server has read, kept on disk for its next start. The reader compares it with the chain by a block's hash.
import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Address, type Hex, keccak256, stringToBytes } from 'viem';
import type { SavedHistory } from '../../../src/registry/logHistory.ts';
import { formatHistory, parseHistory } from '../../../src/registry/savedHistory.ts';
import { projectRoot } from '../projectRoot.ts';
import type { ChainConfig } from './types.ts';

export interface Snapshot {
  history: SavedHistory;
  /** when models were registered, in seconds since 1970 */
  times: Map<Hex, number>;
}

/**
 * Below DESCENT_SNAPSHOTS, or build/snapshots; undefined where that is `none`. One file for each node and set of contracts: what one
 * node says is never told as the answer of another.
 */
function fileOf({ chainId, rpc, registry, block }: ChainConfig, contracts: readonly Address[]): string | undefined {
  const folder = process.env.DESCENT_SNAPSHOTS ?? join(projectRoot(), 'build', 'snapshots');
  if (folder === 'none') return undefined;
  const source = keccak256(stringToBytes(JSON.stringify([rpc, block, contracts]))).slice(2, 18);
  return join(folder, `${chainId}-${registry.toLowerCase()}-${source}.json`);
}

/** What was kept, or undefined where that is nothing, or damaged. */
export function loadSnapshot(config: ChainConfig, contracts: readonly Address[]): Snapshot | undefined {
  const file = fileOf(config, contracts);
  if (file === undefined) return undefined;
  try {
    const [history, times] = readFileSync(/*turbopackIgnore: true*/ file, 'utf8').split('\n');
    const parsed = parseHistory(history, contracts);
    return parsed && { history: parsed, times: timesIn(times) };
  } catch {
    return undefined;
  }
}

/** Keeps it. A place that cannot be written to costs time at the next start, and no more. */
export async function saveSnapshot(
  config: ChainConfig,
  contracts: readonly Address[],
  { history, times }: Snapshot,
): Promise<void> {
  const file = fileOf(config, contracts);
  if (file === undefined) return;
  const draft = `${file}.${process.pid}.part`;
  try {
    await mkdir(/*turbopackIgnore: true*/ dirname(file), { recursive: true });
    await writeFile(/*turbopackIgnore: true*/ draft, `${formatHistory(history)}\n${JSON.stringify([...times])}\n`);
    await rename(/*turbopackIgnore: true*/ draft, file);
  } catch {
    // A read-only or full disk is no reason to fail.
  }
}

function timesIn(text: string): Map<Hex, number> {
  const entries = JSON.parse(text) as [Hex, number][];
  return new Map(entries.filter(([, time]) => Number.isSafeInteger(time)));
}
