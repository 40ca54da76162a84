import type { Hex } from 'viem';
import { type Schema, schemaHash } from '../model/schema.ts';
import { encodeShape, encodeShard } from '../model/shape.ts';
import type { Place } from './checkRecord.ts';
import { modelId, resultId, shardId } from './ids.ts';
import { MIXED_SCHEMA, NO_SCHEMA, type Statement } from './statement.ts';

/** What a registry has as schema of an edge's model and shard; undefined where it has no such model or shard. */
export interface StatedSchemas {
  model?: Hex;
  shard?: Hex;
}

/** The schemas of the model that an edge makes or scores, and of the shard that it is of. */
export async function statedSchemas(statement: Statement, { reads, registry }: Place): Promise<StatedSchemas> {
  const { program } = statement;
  if (program === 'data') return shardSchema(resultId(statement));
  const ofModel =
    program === 'score'
      ? await modelSchema(modelId(statement.model, encodeShape(statement.widths)))
      : await modelSchema(resultId(statement));
  if (program !== 'train' && program !== 'score') return ofModel;
  return { ...ofModel, ...(await shardSchema(shardId(statement.shardCommitment, encodeShard(statement.shard)))) };

  async function modelSchema(id: Hex): Promise<StatedSchemas> {
    return (await reads.node(registry, id)) ? { model: await reads.schemaOf(registry, id) } : {};
  }
  async function shardSchema(id: Hex): Promise<StatedSchemas> {
    const stored = await reads.shard(registry, id);
    return stored ? { shard: stored.schema } : {};
  }
}

/**
 * Whether a model and rows have the same schema; undefined where one of them states none. A merge of different lines has no
 * schema that rows could have, whatever a shard states.
 */
export function isSameSchema(model: Hex, shard: Hex): boolean | undefined {
  if (BigInt(model) === BigInt(NO_SCHEMA) || BigInt(shard) === BigInt(NO_SCHEMA)) return undefined;
  return BigInt(model) === BigInt(shard) && BigInt(model) !== BigInt(MIXED_SCHEMA);
}

/**
 * How the schema in a file, where anybody can write another one, stands to the one that a registry has.
 * @returns `silent` where the file or the registry has none, or where the model is a merge of different lines
 */
export function comparedWithStated(inFile: Schema | undefined, stated: Hex): 'same' | 'other' | 'silent' {
  if (inFile === undefined || stated === NO_SCHEMA || stated === MIXED_SCHEMA) return 'silent';
  return schemaHash(inFile) === stated ? 'same' : 'other';
}
