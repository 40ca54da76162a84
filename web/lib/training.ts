import type { Hex } from 'viem';
import type { Training } from './chain/types.ts';

/** What a training edge says, from its numbers. */
export function trainingOf(shard: Hex, rows: number, learningRate: number, batch: number): Training {
  return { shard, learningRate, realRate: (learningRate * batch) / 256, batch, rows, steps: Math.floor(rows / batch) };
}
