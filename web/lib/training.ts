import type { Hex } from 'viem';
import { RATE_BITS } from '../../src/numbers/constants.ts';
import { stepsOf } from '../../src/registry/ancestry.ts';
import type { Training } from './chain/types.ts';

/** What a segment of a training edge says, from its numbers. */
export function trainingOf(
  shard: Hex,
  rows: number,
  { learningRate, batch, passes }: { learningRate: number; batch: number; passes: number },
): Training {
  const realRate = (learningRate * batch) / 2 ** RATE_BITS;
  return { shard, learningRate, realRate, batch, passes, rows, steps: stepsOf({ rows, batch, passes }) };
}

/** A training edge as a whole: the steps of all segments, and the rows of its shards, each shard once. */
export function sumOf(trainings: readonly Training[]): { steps: number; rows: number } {
  const steps = trainings.reduce((sum, segment) => sum + segment.steps, 0);
  const rowsOf = new Map(trainings.map(({ shard, rows }) => [shard, rows]));
  return { steps, rows: [...rowsOf.values()].reduce((sum, rows) => sum + rows, 0) };
}

/** The rates of all segments, each once. */
export function ratesOf(trainings: readonly Training[]): string {
  return [...new Set(trainings.map(({ realRate }) => realRate))].join(', ');
}
