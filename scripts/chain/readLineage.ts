import { type Address, type Hex, parseEventLogs } from 'viem';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { decodeShard } from '../../src/model/shape.ts';
import { type LineageNode, type NodeOf, stepsOf } from '../../src/registry/ancestry.ts';
import type { Chain } from './client.ts';
import { readLogs } from './readLogs.ts';
import { translateErrors } from './readRegistry.ts';

/** Which node descends from which, through all parents, and what each was trained on. @throws DescentError (chain) */
export async function readLineage(chain: Chain, registry: Address): Promise<NodeOf> {
  return translateErrors(async () => {
    const logs = await readLogs(chain, registry, { registry });
    const registered = parseEventLogs({ abi: modelRegistryAbi, logs, eventName: 'ModelRegistered' });
    const trained = parseEventLogs({ abi: modelRegistryAbi, logs, eventName: 'Trained' });
    const merged = parseEventLogs({ abi: modelRegistryAbi, logs, eventName: 'Merged' });
    const foreign = parseEventLogs({ abi: modelRegistryAbi, logs, eventName: 'Foreign' });
    const shards = parseEventLogs({ abi: modelRegistryAbi, logs, eventName: 'ShardRegistered' });
    const rowsOf = new Map(shards.map(({ args }) => [args.id, decodeShard(args.descriptor).rows]));
    const nodes = new Map<Hex, LineageNode>(registered.map(({ args: { id } }) => [id, { id, parents: [] }]));
    for (const { args } of [...merged, ...foreign]) nodes.set(args.child, { id: args.child, parents: args.parents });
    for (const { args } of trained) {
      const { child, parent, shard, batch, passes } = args;
      const rows = rowsOf.get(shard) ?? 0;
      const training = { shard, rows, steps: stepsOf({ rows, batch: Number(batch), passes: Number(passes) }) };
      // The segments of an edge come in order.
      nodes.set(child, { id: child, parents: [parent], trainings: [...(nodes.get(child)?.trainings ?? []), training] });
    }
    return (id) => nodes.get(id);
  });
}
