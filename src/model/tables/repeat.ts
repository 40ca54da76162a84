import { InputError } from '../../errors/InputError.ts';
import { show } from '../json.ts';
import type { Table } from '../shard.ts';
import { DEFAULT_SHUFFLE, shuffledOrder } from './shuffle.ts';

/** Times that a row is repeated, at most. */
export const MOST_TIMES = 64;

/** Rows that occur several times, so that rare classes weigh more in a training. */
export interface Repeats {
  /** So many rows from the first of the order are repeated; the others, which are for testing, are not. */
  rows: number;
  /** How often a row of class 0, 1, .. occurs. */
  times: number[];
  /** Seed of the order of the repeated rows (`shuffledOrder`). */
  shuffle: number;
}

/** @throws InputError naming what is wrong; `classes` is how many there are */
export function checkRepeats({ rows, times, shuffle }: Repeats, classes: number): void {
  if (!Number.isSafeInteger(rows) || rows < 1) throw new InputError(`${show(rows)} is not a number of repeated rows.`);
  if (!Array.isArray(times) || times.length !== classes) {
    throw new InputError(`The repeats are not ${classes} numbers, one for each class.`);
  }
  const wrong = times.find((n) => !Number.isInteger(n) || n < 1 || n > MOST_TIMES);
  if (wrong !== undefined) throw new InputError(`A row occurs 1 to ${MOST_TIMES} times, not ${show(wrong)}.`);
  if (!Number.isInteger(shuffle) || shuffle < 0 || shuffle >= 2 ** 32) {
    throw new InputError(`The seed of a shuffle is an integer in 0..2^32-1, not ${show(shuffle)}.`);
  }
}

/** The repeats of a training of so many rows. @param shuffle seed of the order of the table, which serves again */
export function repeatsOf(rows: number, times: number[], shuffle: number | 'none' | null | undefined): Repeats {
  return { rows, times, shuffle: typeof shuffle === 'number' ? shuffle : DEFAULT_SHUFFLE };
}

/**
 * Numbers of the rows in their new order: the first ones as often as their class says and mixed, then all others once.
 * @throws InputError where the table has fewer rows, or no classes
 */
export function repeatedOrder(table: Table, repeats: Repeats): Uint32Array {
  if (table.kind !== 'classes') throw new InputError('Only rows of classes are repeated by class.');
  checkRepeats(repeats, table.outputs);
  const total = table.features.length / table.inputs;
  const { rows, times, shuffle } = repeats;
  if (rows > total) throw new InputError(`${rows} rows are to be repeated; the table has ${total}.`);
  const many = Array.from({ length: rows }, (_, r) => Array<number>(times[table.labels[r]]).fill(r)).flat();
  const mixed = Array.from(shuffledOrder(many.length, shuffle), (k) => many[k]);
  return Uint32Array.from([...mixed, ...Array.from({ length: total - rows }, (_, k) => rows + k)]);
}

/**
 * How often each class occurs, by what a person says of it: `balanced` makes all about as frequent as the most frequent one among the
 * rows; `name=3` repeats a class three times.
 * @param labels of the rows that are trained on
 * @throws InputError for a class that is not there, or a number that is none
 */
export function classTimes(said: readonly string[], classes: readonly string[], labels: ArrayLike<number>): number[] {
  if (said.length === 1 && said[0] === 'balanced') {
    const counts = new Array<number>(classes.length).fill(0);
    for (let r = 0; r < labels.length; r++) counts[labels[r]]++;
    const most = Math.max(...counts);
    return counts.map((count) => (count === 0 ? 1 : Math.min(MOST_TIMES, Math.round(most / count))));
  }
  const times = new Array<number>(classes.length).fill(1);
  const seen = new Set<number>();
  for (const text of said) {
    const at = text.lastIndexOf('=');
    const [name, number] = [text.slice(0, Math.max(at, 0)).normalize('NFC'), text.slice(at + 1)];
    const k = classes.indexOf(name);
    if (at < 1 || !/^\d+$/.test(number)) {
      throw new InputError(`${show(text)} is no weight of a class.`, {
        hint: 'Give balanced, or a number for a class, such as rare=3.',
      });
    }
    if (k < 0) {
      throw new InputError(`There is no class ${show(name)}.`, {
        hint: `The classes are ${classes.slice(0, 20).map(show).join(', ')}${classes.length > 20 ? ' and more' : ''}.`,
      });
    }
    if (seen.has(k)) throw new InputError(`The class ${show(name)} has two weights.`);
    seen.add(k);
    times[k] = Number(number);
  }
  checkRepeats({ rows: 1, times, shuffle: 0 }, classes.length);
  return times;
}
