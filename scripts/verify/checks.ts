import { encodeShape, encodeShard } from '../../src/model/shape.ts';
import type { Check } from '../../src/registry/check.ts';
import { modelId, resultId, shardId } from '../../src/registry/ids.ts';
import type { Statement } from '../../src/registry/statement.ts';
import { readShardFile, readWeightsFile } from '../files/models.ts';
import { createCommitter } from '../proving/commit.ts';

/** Whether files that were released are what the edge commits to. @throws InputError, FileFormatError for bad files */
export async function checkFiles(
  statement: Statement,
  { weights, shard }: { weights?: string; shard?: string },
): Promise<Check[]> {
  const committer = createCommitter();
  try {
    const checks: Check[] = [];
    if (weights !== undefined) {
      const id = modelOf(statement);
      checks.push(compare('weights', weights, id, id && (await committer.model(readWeightsFile(weights)))));
    }
    if (shard !== undefined) {
      const id = shardOf(statement);
      checks.push(compare('rows', shard, id, id && (await committer.shard(readShardFile(shard)))));
    }
    return checks;
  } finally {
    await committer.close();
  }
}

function compare(about: 'weights' | 'rows', file: string, expected?: string, found?: string): Check {
  const what = about === 'weights' ? 'model' : 'shard';
  if (expected === undefined)
    return { about, holds: 'open', says: `The edge is of no ${what}, so ${file} is of no use.` };
  return found === expected
    ? { about, holds: true, says: `${file} is what the edge commits to as ${what} ${expected}.` }
    : { about, holds: false, says: `${file} is ${what} ${found}; the edge commits to ${expected}.` };
}

/** Id of the model that the statement is about. */
function modelOf(statement: Statement): string | undefined {
  if (statement.program === 'data') return undefined;
  if (statement.program === 'score') return modelId(statement.model, encodeShape(statement.widths));
  return resultId(statement);
}

/** Id of the shard that the statement is about. */
function shardOf(statement: Statement): string | undefined {
  if (statement.program === 'data') return resultId(statement);
  if (statement.program !== 'train' && statement.program !== 'score') return undefined;
  return shardId(statement.shardCommitment, encodeShard(statement.shard));
}
