// Shards of the reference provers.

import { log2Up, type Random, range } from './algebra.ts';
import { UNIT } from './tensors.ts';

/** X as [j, s] and Y as [i, s] with s low, padded with zeros. */
export interface ReferenceShard {
  inputs: number;
  outputs: number;
  rows: number;
  /** one label a row */
  classes: boolean;
  /** any number of labels a row, where there are no classes; neither: regression */
  labels?: boolean;
  X: bigint[];
  Y: bigint[];
  salt: bigint;
}

/** A shard of small values; labels at random, or targets. */
export function randomShard(
  { inputs, outputs, rows, classes, labels }: Omit<ReferenceShard, 'X' | 'Y' | 'salt'>,
  random: Random,
): ReferenceShard {
  const S = 2 ** log2Up(rows);
  const draw = () => BigInt(random.below(2001) - 1000);
  const X = range(2 ** log2Up(inputs)).flatMap((j) => range(S).map((s) => (j < inputs && s < rows ? draw() : 0n)));
  const label = range(S).map(() => random.below(outputs));
  const Y = range(2 ** log2Up(outputs)).flatMap((i) =>
    range(S).map((s) => {
      if (s >= rows || i >= outputs) return 0n;
      if (classes) return label[s] === i ? UNIT : 0n;
      return labels ? UNIT * BigInt(random.below(2)) : draw();
    }),
  );
  return { inputs, outputs, rows, classes, labels, X, Y, salt: random.element() };
}
