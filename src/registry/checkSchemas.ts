import type { Hex } from 'viem';
import type { Place } from './checkRecord.ts';
import type { Statement } from './programs/definitions.ts';
import { subjectOf } from './statement.ts';

/** What a registry has as schema of an edge's model and shard; undefined where it has no such model or shard. */
export interface StatedSchemas {
  model?: Hex;
  shard?: Hex;
}

/** The schemas of the model that an edge makes or scores, and of the shard that it is of. */
export async function statedSchemas(statement: Statement, { reads, registry }: Place): Promise<StatedSchemas> {
  const { model, shard } = subjectOf(statement);
  const isModelThere = model !== undefined && (await reads.node(registry, model.id)) !== undefined;
  const ofModel = isModelThere ? { model: await reads.schemaOf(registry, model.id) } : {};
  const stored = shard && (await reads.shard(registry, shard.id));
  return { ...ofModel, ...(stored && { shard: stored.schema }) };
}
