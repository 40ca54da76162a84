import type { Hex } from 'viem';
import { modelRegistryAbi } from '../generated/abi.ts';
import type { TrainedOnRows } from './check.ts';
import type { Place } from './checkRecord.ts';
import { decodeLogs, topicsOf } from './contractEvents.ts';
import type { Statement } from './programs/definitions.ts';
import { PROGRAMS } from './programs/list.ts';
import { subjectOf } from './statement.ts';

/** Nodes of a lineage that are asked for at most, and so many at once. */
const MOST_NODES = 2_000;
const AT_ONCE = 50;

/**
 * Whether a scored model or an ancestor was trained on the shard of the score.
 * @returns undefined for what is no score, and where the chain does not tell: model or shard are not registered, or not all of it was read
 */
export async function trainedOnRows(
  statement: Statement,
  { reads, registry }: Place,
): Promise<TrainedOnRows | undefined> {
  const { model: { id: model } = {}, shard: { id: shard } = {} } = subjectOf(statement);
  if (PROGRAMS[statement.program].registers !== 'result' || model === undefined || shard === undefined)
    return undefined;
  const [node, stored] = await Promise.all([reads.node(registry, model), reads.shard(registry, shard)]);
  if (node === undefined || stored === undefined) return undefined;
  const topics = topicsOf(modelRegistryAbi, 'Trained', { shard });
  const logs = await reads.logs({ address: registry, topics, from: stored.blockNumber }).catch(() => undefined);
  if (logs === undefined) return undefined;
  const trained = new Set(
    decodeLogs(modelRegistryAbi, logs, registry)
      .filter(({ name, args }) => name === 'Trained' && String(args.shard).toLowerCase() === shard)
      .map(({ args }) => String(args.child).toLowerCase()),
  );
  if (trained.size === 0) return 'none';
  const lineage: Hex[] = [model];
  const known = new Set<Hex>(lineage);
  for (let read = 0; read < lineage.length; ) {
    const next = lineage.slice(read, read + AT_ONCE);
    read += next.length;
    const by = next.find((id) => trained.has(id));
    if (by !== undefined) return { by, isItself: by === model };
    if (known.size > MOST_NODES) return undefined;
    for (const parents of await Promise.all(next.map((id) => reads.parents(registry, id)))) {
      for (const parent of parents.map((id) => id.toLowerCase() as Hex)) {
        if (known.has(parent)) continue;
        known.add(parent);
        lineage.push(parent);
      }
    }
  }
  return 'none';
}
