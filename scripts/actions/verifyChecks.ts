import type { Hex } from 'viem';
import { describeEmbedder } from '../../src/model/embedder.ts';
import { type Schema, schemaHash } from '../../src/model/schema.ts';
import type { Check } from '../../src/registry/check.ts';
import type { StatedSchemas } from '../../src/registry/checkSchemas.ts';
import type { Statement } from '../../src/registry/programs/definitions.ts';
import { PROGRAMS } from '../../src/registry/programs/list.ts';
import { comparedWithStated } from '../../src/registry/schemas.ts';
import { subjectOf } from '../../src/registry/statement.ts';
import { readShardFile, readWeightsFile } from '../files/models.ts';
import { createCommitter } from '../runs/commit.ts';
import { printable } from '../terminal/printable.ts';

/**
 * Whether files that were released are what the edge commits to, and their names those that were stated: no commitment
 * covers names.
 * @param onChain the schemas that a registry has of its model and shard
 * @throws InputError, FileFormatError for bad files
 */
export async function checkFiles(
  statement: Statement,
  { weights, shard }: { weights?: string; shard?: string },
  onChain: StatedSchemas,
): Promise<Check[]> {
  const { model: made, shard: used, schema } = subjectOf(statement);
  const { registers } = PROGRAMS[statement.program];
  const committer = createCommitter();
  try {
    const checks: Check[] = [];
    if (weights !== undefined) {
      const id = made?.id;
      const file = readWeightsFile(weights);
      checks.push(compare('weights', weights, id, id && (await committer.model(file))));
      const stated = (registers === 'model' ? schema : undefined) ?? onChain.model;
      if (id) checks.push(...compareNames(weights, file.schema, stated));
    }
    if (shard !== undefined) {
      const id = used?.id;
      const file = readShardFile(shard);
      checks.push(compare('rows', shard, id, id && (await committer.shard(file))));
      const stated = (registers === 'shard' ? schema : undefined) ?? onChain.shard;
      if (id) checks.push(...compareNames(shard, file.schema, stated));
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

/** Anybody can write other names into a file of the same numbers. */
export function compareNames(file: string, schema: Schema | undefined, stated: Hex | undefined): Check[] {
  if (schema === undefined) return [];
  const about = 'names';
  const { embedder } = schema;
  const declared = embedder === undefined ? '' : ` and the embedder ${printable(describeEmbedder(embedder))}`;
  const names = `The names of columns and classes${declared} in ${file}`;
  if (stated === undefined) return [{ about, holds: 'open', says: `${names} were compared with nothing (--rpc).` }];
  switch (comparedWithStated(schema, stated)) {
    case 'same':
      return [{ about, holds: true, says: `${names} are those that were stated, schema ${stated}.` }];
    case 'other':
      return [{ about, holds: false, says: `${names} have the schema ${schemaHash(schema)}; stated was ${stated}.` }];
    case 'silent':
      return [{ about, holds: 'open', says: `${names} stand in the file alone: no one schema was stated.` }];
  }
}
