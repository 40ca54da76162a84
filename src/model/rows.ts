// Rows of shards by what is in them, to find out before minutes of proving whether a comparison can be proved.
import { ceilLog2 } from '../numbers/bits.ts';
import type { RowRecord } from './record.ts';
import type { Shard } from './shard.ts';

/** The inputs of row s of a shard, as integers. */
export function inputsOfRow({ X, inputs, rows }: Shard, s: number): RowRecord {
  return columnsOf(X, inputs, 2 ** ceilLog2(rows), s);
}

function columnsOf(tensor: Int32Array, columns: number, S: number, s: number): Int32Array {
  return Int32Array.from({ length: columns }, (_, j) => tensor[j * S + s]);
}

/** Rows of the shards that have the same inputs: the first that is found. */
export function commonRow(first: Shard, second: Shard | RowRecord): { first: number; second: number } | undefined {
  const known = new Map<string, number>();
  for (let s = 0; s < first.rows; s++) known.set(inputsOfRow(first, s).join(), s);
  const others = second instanceof Int32Array ? 1 : second.rows;
  for (let t = 0; t < others; t++) {
    const s = known.get((second instanceof Int32Array ? second : inputsOfRow(second, t)).join());
    if (s !== undefined) return { first: s, second: t };
  }
  return undefined;
}

/** The first row, inputs and labels, that none of the sets has. */
export function missingRow(shard: Shard, sets: readonly Shard[]): number | undefined {
  const known = new Set<string>();
  for (const set of sets) for (let t = 0; t < set.rows; t++) known.add(wholeRow(set, t));
  for (let s = 0; s < shard.rows; s++) if (!known.has(wholeRow(shard, s))) return s;
  return undefined;
}

function wholeRow(shard: Shard, s: number): string {
  const { Y, outputs, rows } = shard;
  return `${inputsOfRow(shard, s).join()}|${columnsOf(Y, outputs, 2 ** ceilLog2(rows), s).join()}`;
}
