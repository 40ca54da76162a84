import type { Shard } from '../../src/model/shard.ts';
import { readShard } from '../../src/model/shardFile.ts';
import type { Weights } from '../../src/model/weights.ts';
import { readWeights } from '../../src/model/weightsFile.ts';
import { readParsed } from './read.ts';

/** @param hash SHA-256 that the file must have, if any. @throws InputError, FileFormatError naming the file */
export function readWeightsFile(path: string, hash?: string): Weights {
  return readParsed(path, readWeights, hash);
}

/** @param hash SHA-256 that the file must have, if any. @throws InputError, FileFormatError naming the file */
export function readShardFile(path: string, hash?: string): Shard {
  return readParsed(path, readShard, hash);
}

/** 49-32-10 */
export function modelLabel({ widths }: { widths: readonly number[] }): string {
  return widths.join('-');
}
