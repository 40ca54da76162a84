import type { RowRange } from '../shard.ts';
import { rowLengths, type Transform } from '../transforms.ts';

export const UNIT_LENGTH: Transform = { name: 'unit-length' };

/** How far the length of a row may be from 1 and still count as 1: floats of 16 bits are not exact. */
const TOLERANCE = 0.01;

/**
 * How embeddings are scaled where nothing was said: rows of length 1 by the root of their width, since their numbers are
 * about 1 / root and a shard keeps 9 bits after the point. The factor follows from the width alone, so that everybody who
 * has rows of one embedder has one schema. Other rows stay as they are.
 */
export function embeddingSteps(
  { features, inputs }: { features: Float32Array; inputs: number },
  { first, rows }: RowRange,
  notes: string[],
): Transform[] {
  const lengths = rowLengths(features.subarray(first * inputs, (first + rows) * inputs), inputs);
  if (lengths.every((length) => Math.abs(length - 1) <= TOLERANCE)) {
    const factor = Math.sqrt(inputs);
    notes.push(`The rows have length 1: their numbers are multiplied by the root of ${inputs}, ${factor.toFixed(3)}.`);
    return [{ name: 'scale', factor }];
  }
  const [least, greatest] = [lengths.reduce((a, b) => Math.min(a, b)), lengths.reduce((a, b) => Math.max(a, b))];
  notes.push(
    `The rows have lengths of ${least.toPrecision(3)} to ${greatest.toPrecision(3)} and stay as they are: --unit-length makes each 1 long, --scale standard scales the columns.`,
  );
  return [];
}
