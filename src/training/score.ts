import type { Shard } from '../model/shard.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { ACTIVATION_BITS, SIGNED_LIMIT } from '../numbers/constants.ts';

export interface Score {
  /** Rows whose label's output is strictly greater than all others (a tie counts as wrong); 0 for regression. */
  right: number;
  /** Sum over rows and outputs of (Q_L - Y)^2 in real units. */
  squaredError: number;
}

/**
 * Scores rows first .. first + count of a shard by their outputs Q' (rows at .. of an array [i, s] with 2^traceBits
 * rows).
 */
export function scoreRows(
  Q: Int32Array,
  traceBits: number,
  shard: Shard,
  { first, count, at }: { first: number; count: number; at: number },
): Score {
  const sigma = ceilLog2(shard.rows);
  let right = 0;
  let squares = 0; // at most 2^12 * 2^12 * 2^32, exact up to 2^53: of 2^9 rows of any width in a double
  for (let s = 0; s < count; s++) {
    let label = Number.NEGATIVE_INFINITY;
    let best = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < shard.outputs; i++) {
      const q = Q[(i << traceBits) + at + s] - SIGNED_LIMIT;
      const y = shard.Y[(i << sigma) + first + s];
      squares += (q - y) ** 2;
      if (y !== 0 && shard.kind === 'classes') label = q;
      else if (q > best) best = q;
    }
    if (label > best) right++;
  }
  return { right: shard.kind === 'classes' ? right : 0, squaredError: squares / 4 ** ACTIVATION_BITS };
}
