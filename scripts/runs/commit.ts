import type { Hex } from 'viem';
import { encodeShape, encodeShard, modelLayout, shardLayout } from '../../src/model/shape.ts';
import type { Shard } from '../../src/model/shard.ts';
import type { Weights } from '../../src/model/weights.ts';
import { modelId, shardId } from '../../src/registry/ids.ts';
import { openProver, type ProverHandle } from './openProver.ts';

/** Computes ids as the registry has them: of the commitments that weights and shards open. Close it when done. */
export interface Committer {
  model(weights: Weights): Promise<Hex>;
  shard(shard: Shard): Promise<Hex>;
  close(): Promise<void>;
}

/** Opens the curve when it is first needed, and anew for a larger oracle. */
export function createCommitter(): Committer {
  let open: ProverHandle | undefined;
  let size = 0;
  const prover = async (log2: number) => {
    if (open === undefined || 2 ** log2 > size) {
      await open?.prover.close();
      size = 2 ** log2;
      open = await openProver([], size);
    }
    return open.prover;
  };
  return {
    async model(weights) {
      const { log2 } = modelLayout(weights.widths);
      return modelId(await (await prover(log2)).commitModel(weights), encodeShape(weights.widths));
    },
    async shard(shard) {
      const { log2 } = shardLayout(shard);
      return shardId(await (await prover(log2)).commitShard(shard), encodeShard(shard));
    },
    close: async () => open?.prover.close(),
  };
}
