import type { Newest } from './factTypes.ts';

/** Entries of a list that a page shows: anyone can add any number of them. */
const MOST_SHOWN = 20;

/** The last entries of a list that has the oldest first. */
export function newestOf<T>(all: readonly T[], most = MOST_SHOWN): Newest<T> {
  return { newest: all.slice(-most).reverse(), total: all.length };
}
