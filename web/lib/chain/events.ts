import { type Hex, parseEventLogs } from 'viem';
import { modelRegistryAbi } from '../../../src/generated/abi.ts';
import { decodeShape, decodeShard } from '../../../src/model/shape.ts';
import type { RawLog } from './scan.ts';
import { KINDS, type NewModel, type Store, trainingOf } from './store.ts';

type Registered = Omit<NewModel, 'training' | 'seed' | 'parents'>;

/**
 * Puts a chunk of the registry's logs into the store. Logs of one transaction must be in one chunk, which chunks of
 * whole blocks ensure. Unknown events are left alone: a later registry may have more of them.
 */
export function applyLogs(store: Store, raw: RawLog[]): void {
  const logs = parseEventLogs({ abi: modelRegistryAbi, logs: raw, strict: true });
  const waiting = new Map<Hex, Registered>();
  const finish = (id: Hex, rest: Partial<NewModel>) => {
    const model = waiting.get(id);
    if (!model) return;
    waiting.delete(id);
    store.addModel({ parents: [], ...model, ...rest });
  };
  for (const log of logs) {
    const where = { block: Number(log.blockNumber), transaction: log.transactionHash };
    switch (log.eventName) {
      case 'ModelRegistered': {
        const { id, trainer, kind, depth, shape, commitment } = log.args;
        const known = KINDS[kind];
        if (!known) break;
        // A node whose kind this page does not know better stands by itself.
        for (const other of waiting.keys()) if (other !== id) finish(other, {});
        waiting.set(id, {
          id,
          kind: known,
          trainer,
          depth: Number(depth),
          widths: decodeShape(shape),
          shape: `0x${shape.toString(16)}`,
          commitment: { x: hex(commitment.x), y: hex(commitment.y) },
          ...where,
        });
        break;
      }
      case 'Seeded':
        finish(log.args.id, { seed: { requestId: log.args.requestId.toString(), seed: hex(log.args.seed) } });
        break;
      case 'Trained': {
        const { child, parent, shard, learningRate, batch } = log.args;
        const rows = store.shard(shard)?.rows ?? 0;
        const training = trainingOf(shard, rows, Number(learningRate), Number(batch));
        finish(child, { parents: [{ id: parent }], training });
        break;
      }
      case 'ShardRegistered': {
        const { id, owner, descriptor } = log.args;
        store.addShard({ id, owner, ...decodeShard(descriptor), ...where });
        break;
      }
      case 'DatasetRegistered': {
        const { id, registrar, shardIds, rows, uri } = log.args;
        store.addDataset({ id, registrar, shards: [...shardIds], rows: Number(rows), uri, ...where });
        break;
      }
    }
  }
  for (const id of [...waiting.keys()]) finish(id, {});
}

function hex(value: bigint): string {
  return `0x${value.toString(16).padStart(64, '0')}`;
}
