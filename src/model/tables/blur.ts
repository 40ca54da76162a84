/**
 * Steps of 32-bit floats that the values of a column must span to be told apart: a shard has 9 bits for a fraction, so it
 * keeps about as many steps of a scaled column.
 */
const LEAST_STEPS = 1 << 10;

/** Watches columns whose values lose their differences as 32-bit floats, such as times in seconds and long numbers. */
export class BlurWatch<Key> {
  /** Of values that are no 32-bit floats: least and greatest of a column. */
  #seen = new Map<Key, { least: number; greatest: number }>();

  /** Takes a value of a column before it is rounded. */
  see(column: Key, value: number): void {
    if (Math.fround(value) === value || !Number.isFinite(value)) return;
    const seen = this.#seen.get(column);
    if (seen === undefined) this.#seen.set(column, { least: value, greatest: value });
    else if (value < seen.least) seen.least = value;
    else if (value > seen.greatest) seen.greatest = value;
  }

  /**
   * A sentence for each column that is blurred.
   * @param rounded rows of the values of `columns`, row-major
   * @param name of a column, to begin a sentence with
   */
  warnings(rounded: Float32Array, columns: readonly Key[], name: (column: Key) => string): string[] {
    return columns.flatMap((column, j) => {
      const seen = this.#seen.get(column);
      if (seen === undefined || seen.least === seen.greatest) return [];
      let [least, greatest] = [seen.least, seen.greatest];
      for (let k = j; k < rounded.length; k += columns.length) {
        if (rounded[k] < least) least = rounded[k];
        else if (rounded[k] > greatest) greatest = rounded[k];
      }
      const step = 2 ** (Math.floor(Math.log2(Math.max(-least, greatest))) - 23);
      if (greatest - least >= LEAST_STEPS * step) return [];
      const range = `from ${seen.least} to ${seen.greatest}, where 32-bit floats lie ${step} apart`;
      return `${name(column)} holds values ${range}: differences are lost. Subtract a number near all of them first.`;
    });
  }
}
