import type { Hex } from 'viem';
import type { ModelShape } from '../../src/model/shape.ts';
import type { ShardKind } from '../../src/model/shardKind.ts';
import { describeTargets, smoothingUnits } from '../../src/model/smoothing.ts';
import { RATE_BITS } from '../../src/numbers/constants.ts';
import { stepsOf } from '../../src/registry/ancestry.ts';
import type { Training as Stated } from '../../src/registry/programs/definition.ts';
import type { Training } from './chain/types.ts';

/** What the outputs of rows of each kind are called. */
export const OUTPUTS: Record<ShardKind, string> = { classes: 'classes', regression: 'outputs', labels: 'labels' };

/** What a segment of a training edge says, from its numbers. */
export function trainingOf(
  shard: Hex,
  rows: number,
  { learningRate, batch, passes, smoothing }: Omit<Stated, 'shard'>,
): Training {
  const realRate = (learningRate * batch) / 2 ** RATE_BITS;
  return { shard, learningRate, realRate, batch, passes, smoothing, rows, steps: stepsOf({ rows, batch, passes }) };
}

/** A training edge as a whole: the steps of all segments, and the rows of its shards, each shard once. */
export function sumOf(trainings: readonly Training[]): { steps: number; rows: number } {
  const steps = trainings.reduce((sum, segment) => sum + segment.steps, 0);
  const rowsOf = new Map(trainings.map(({ shard, rows }) => [shard, rows]));
  return { steps, rows: [...rowsOf.values()].reduce((sum, rows) => sum + rows, 0) };
}

/** Of smoothed targets what they are, after a comma; nothing for others. */
export function targetsInWords({ smoothing }: Training, { widths, head }: ModelShape): string {
  if (smoothing === 0) return '';
  return `, targets of ${describeTargets(smoothing, head, widths[widths.length - 1])}`;
}

/**
 * What a training of such a network stores of a wanted smoothing, in units of 2^-11. A squared error has none, whatever is wanted.
 * @throws InputError where there is none so small or so great
 */
export function wantedSmoothing({ widths, head }: ModelShape, wanted: number): number {
  return head === 'squared error' ? 0 : smoothingUnits(wanted, head, widths[widths.length - 1]);
}

/** The targets that a wanted smoothing leaves; undefined where there is none, or none that can be had: proving says why. */
export function wantedTargets(shape: ModelShape, wanted: number): string | undefined {
  try {
    const units = wantedSmoothing(shape, wanted);
    return units === 0 ? undefined : describeTargets(units, shape.head, shape.widths[shape.widths.length - 1]);
  } catch {
    return undefined;
  }
}

/** The smoothing of all segments, each once, in units of 2^-11. */
export function smoothingsOf(trainings: readonly Training[]): string {
  return [...new Set(trainings.map(({ smoothing }) => smoothing))].join(', ');
}

/** The rates of all segments, each once. */
export function ratesOf(trainings: readonly Training[]): string {
  return [...new Set(trainings.map(({ realRate }) => realRate))].join(', ');
}
