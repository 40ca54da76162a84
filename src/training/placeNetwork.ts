import { type AnyWeights, isNetworkWeights } from '../model/networkWeights.ts';
import type { Shard } from '../model/shard.ts';
import type { Weights } from '../model/weights.ts';
import { Network, type TrainerNetwork } from './network.ts';
import { PictureNetwork } from './pictures.ts';

/**
 * A network of either kind and a shard in a trainer's memory.
 * @param batch most rows of a call
 * @param traceRows a power of two
 * @param isTrained false without `backward`: a network of pictures then keeps less
 */
export function placeNetwork<W extends AnyWeights>(
  weights: W,
  shard: Shard,
  sizes: { batch: number; traceRows: number; smoothing?: number; isTrained?: boolean },
): TrainerNetwork<W> {
  const placed: TrainerNetwork<AnyWeights> = isNetworkWeights(weights)
    ? new PictureNetwork(weights, shard, sizes)
    : new Network(weights as Weights, shard, sizes);
  return placed as TrainerNetwork<W>;
}
