import type { Hex } from 'viem';
import { InputError } from '../../src/errors/InputError.ts';
import { PROGRAMS } from '../../src/registry/programs/list.ts';
import { resultId, subjectOf } from '../../src/registry/statement.ts';
import { readEdgeFile, readShardFile, readWeightsFile } from '../files/models.ts';
import { readInput } from '../files/read.ts';
import type { Output } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import { createCommitter } from './commit.ts';
import { listShards } from './shards.ts';

const ID = /^0x[0-9a-f]{64}$/i;

/** Ids of shards named by id, edge file, shard file or run of data. @throws InputError, FileFormatError */
export async function shardIdsOf(names: readonly string[], runs: string): Promise<Hex[]> {
  const committer = createCommitter();
  try {
    const ids: Hex[] = [];
    for (const name of names) {
      if (ID.test(name)) ids.push(name.toLowerCase() as Hex);
      else if (name.endsWith('.json')) {
        const { statement } = readEdgeFile(name);
        if (PROGRAMS[statement.program].registers !== 'shard') throw new InputError(`${name} is an edge of no shard.`);
        ids.push(resultId(statement));
      } else for (const { shard } of listShards([name], runs)) ids.push(await committer.shard(readShardFile(shard)));
    }
    return ids;
  } finally {
    await committer.close();
  }
}

/** Ids of shard files, in their order. @param files with the SHA-256 of those that must be as they were @throws FileFormatError */
export async function shardFileIds(
  files: readonly { shard: string; shardSha256?: string }[],
  output?: Output,
): Promise<Hex[]> {
  const committer = createCommitter();
  try {
    const ids: Hex[] = [];
    for (const [k, { shard, shardSha256 }] of files.entries()) {
      output?.progress.stage(`commit to ${k + 1} of ${counted(files.length, 'shard file')}`);
      ids.push(await committer.shard(readShardFile(shard, shardSha256)));
    }
    return ids;
  } finally {
    output?.progress.done();
    await committer.close();
  }
}

/** Id of a model named by id, edge file or weights file. @throws InputError, FileFormatError */
export async function modelIdOf(name: string): Promise<Hex> {
  if (ID.test(name)) return name.toLowerCase() as Hex;
  if (readInput(name)[0] !== '{'.charCodeAt(0)) {
    const committer = createCommitter();
    try {
      return await committer.model(readWeightsFile(name));
    } finally {
      await committer.close();
    }
  }
  const { model } = subjectOf(readEdgeFile(name).statement);
  if (model === undefined) throw new InputError(`${name} is an edge of no model.`);
  return model.id;
}

/** @throws InputError unless the text is an id. */
export function parseId(text: string, what: string): Hex {
  if (!ID.test(text)) throw new InputError(`${text} is not the id of a ${what}: 0x and 64 hexadecimal digits.`);
  return text.toLowerCase() as Hex;
}
