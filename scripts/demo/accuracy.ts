import { InputError } from '../../src/errors/InputError.ts';
import type { AnyWeights } from '../../src/model/networkWeights.ts';
import type { Shard } from '../../src/model/shard.ts';
import { MAX_SIZE } from '../../src/numbers/constants.ts';
import { evaluate } from '../../src/training/trainer.ts';
import type { MnistSplit } from '../files/mnist.ts';

/** The test half as shards for evaluation; they are never committed, so their salt does not matter. */
export function testShards(split: MnistSplit): Shard[] {
  const shards: Shard[] = [];
  for (let first = 0; first < split.rows; first += MAX_SIZE) {
    shards.push(split.shard({ first, rows: Math.min(MAX_SIZE, split.rows - first) }, 0n));
  }
  return shards;
}

/** Share of rows whose digit wins strictly, 0..1. */
export function accuracyOf(weights: AnyWeights, shards: readonly Shard[]): number {
  let right = 0;
  let rows = 0;
  for (const shard of shards) {
    const score = evaluate(weights, shard);
    if (score.right === undefined) throw new InputError('Only classes have an accuracy.');
    right += score.right;
    rows += score.rows;
  }
  return right / rows;
}
