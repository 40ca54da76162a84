import type { Hex } from 'viem';
import { encodeAnyShape } from '../../src/model/anyShape.ts';
import { type AnyWeights, shapeOf } from '../../src/model/networkWeights.ts';
import { encodeShard } from '../../src/model/shape.ts';
import type { Shard } from '../../src/model/shard.ts';
import { modelId, shardId } from '../../src/registry/ids.ts';
import { openProver, type ProverHandle } from './openProver.ts';

/** Computes ids as the registry has them: of the commitments that weights and shards open. Close it when done. */
export interface Committer {
  model(weights: AnyWeights): Promise<Hex>;
  shard(shard: Shard): Promise<Hex>;
  close(): Promise<void>;
}

/** Opens the curve when it is first needed. */
export function createCommitter(): Committer {
  let open: ProverHandle | undefined;
  const prover = async () => {
    open ??= await openProver([]);
    return open.prover;
  };
  return {
    async model(weights) {
      return modelId(await (await prover()).commitModel(weights), encodeAnyShape(shapeOf(weights)));
    },
    async shard(shard) {
      return shardId(await (await prover()).commitShard(shard), encodeShard(shard));
    },
    close: async () => open?.prover.close(),
  };
}
