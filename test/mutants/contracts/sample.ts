// A choice at random that is the same in every run.
import { createHash } from 'node:crypto';

/** As many of a list as wanted, in the list's order. @param seed decides which */
export function sampleOf<T>(list: readonly T[], size: number, seed: string): T[] {
  const mark = (index: number) => createHash('sha256').update(`${seed} ${index}`).digest('hex');
  const order = list.map((item, index) => ({ item, index, mark: mark(index) }));
  const chosen = order.toSorted((a, b) => (a.mark < b.mark ? -1 : 1)).slice(0, size);
  return chosen.toSorted((a, b) => a.index - b.index).map(({ item }) => item);
}
