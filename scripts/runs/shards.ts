import { existsSync, statSync } from 'node:fs';
import { InputError } from '../../src/errors/InputError.ts';
import { fileHash } from '../files/read.ts';
import { Run } from './run.ts';
import { runFolder } from './runFolder.ts';

/** A shard file as a run remembers it. */
export interface ShardEntry {
  [key: string]: string;
  shard: string;
  shardSha256: string;
}

/**
 * Shards named on the command line: files, or names and folders of runs of `data`, which stand for all their shards.
 * @throws InputError when one is neither, or when a shard is given twice
 */
export function listShards(names: readonly string[], runs: string): ShardEntry[] {
  const entries = names.flatMap((name) => filesOf(name, runs)).map((file) => fileHash('shard', file));
  const seen = new Set<string>();
  for (const { shard, shardSha256 } of entries) {
    if (seen.has(shardSha256)) throw new InputError(`The shard ${shard} is given twice.`);
    seen.add(shardSha256);
  }
  return entries;
}

function filesOf(name: string, runs: string): string[] {
  if (existsSync(name) && !statSync(name).isDirectory()) return [name];
  if (!existsSync(name) && /[/\\]|\.safetensors$/.test(name)) {
    throw new InputError(`Cannot read ${name}: it does not exist.`);
  }
  const run = Run.open(runFolder(runs, name));
  try {
    if (run.kind !== 'data') throw new InputError(`${name} is a run of ${run.kind}, not of data.`);
    const { shards } = run.data('data') as { shards: string[] };
    return shards.map((key) => run.file('data', key));
  } finally {
    run.close();
  }
}
