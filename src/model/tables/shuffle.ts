import { InputError } from '../../errors/InputError.ts';
import { mulberry32 } from '../../numbers/mulberry32.ts';
import type { Table } from '../shard.ts';

/** Of a table whose rows are sorted, where nobody asks for another. */
export const DEFAULT_SHUFFLE = 1;

/** Rows below which an order says nothing. */
const FEWEST_ROWS = 8;

/**
 * A random order of 0..rows-1: Fisher and Yates' shuffle from the last position down, each draw floor(u (k + 1)) with u
 * from mulberry32 of the seed. Part of the manifest's format.
 */
export function shuffledOrder(rows: number, seed: number): Uint32Array {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new InputError(`The seed of a shuffle is an integer in 0..2^32-1, not ${seed}.`);
  }
  const next = mulberry32(seed);
  const order = Uint32Array.from({ length: rows }, (_, k) => k);
  for (let k = rows - 1; k > 0; k--) {
    const other = Math.floor(next() * (k + 1));
    [order[k], order[other]] = [order[other], order[k]];
  }
  return order;
}

/**
 * Whether rows lie in the order of their answers, so that a part of them is not like the rest: classes in runs, where
 * neighbours differ less than half as often as by chance (of labels: sets of labels), or targets that nearly always rise,
 * or fall.
 */
export function isSorted(table: Table): boolean {
  const rows = table.features.length / table.inputs;
  if (rows < FEWEST_ROWS) return false;
  if (table.kind === 'regression') {
    let [up, down] = [0, 0];
    for (let r = 1; r < rows; r++) {
      const step = table.targets[r * table.outputs] - table.targets[(r - 1) * table.outputs];
      if (step > 0) up++;
      else if (step < 0) down++;
    }
    return up + down > 0 && Math.max(up, down) > 0.9 * (up + down);
  }
  const width = table.kind === 'classes' ? 1 : table.outputs;
  const counts = new Map<string, number>();
  let [changes, before] = [0, ''];
  for (let r = 0; r < rows; r++) {
    const own = Array.prototype.slice.call(table.labels, r * width, (r + 1) * width).join();
    counts.set(own, (counts.get(own) ?? 0) + 1);
    if (r > 0 && own !== before) changes++;
    before = own;
  }
  const alike = [...counts.values()].reduce((sum, count) => sum + (count / rows) ** 2, 0);
  return changes < 0.5 * (rows - 1) * (1 - alike);
}
