import type { Hex } from 'viem';
import type { Point } from '../argument/types.ts';
import { FileFormatError } from '../errors/FileFormatError.ts';
import { P } from '../numbers/field.ts';
import { isPoint } from './points.ts';

/** Reads JSON that anyone may have written, value by value. Every complaint names the place. */
export class JsonReader {
  readonly #value: unknown;
  readonly #place: string;

  constructor(value: unknown, place: string) {
    this.#value = value;
    this.#place = place;
  }

  /** @throws FileFormatError unless the text is JSON in which no object has a field twice */
  static parse(text: string, place: string): JsonReader {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new FileFormatError(`The ${place} is not JSON.`, { cause });
    }
    // Of two fields of one name this reader would take the last, another the first.
    if (countNames(text) !== countFields(value)) throw new FileFormatError(`The ${place} has a field twice.`);
    return new JsonReader(value, place);
  }

  /** Demands an object with exactly these fields. */
  keys(names: readonly string[]): void {
    const present = this.names();
    const missing = names.find((name) => !present.includes(name));
    if (missing !== undefined) this.fail(`lacks ${missing}`);
    const unknown = present.find((name) => !names.includes(name));
    if (unknown !== undefined) this.fail(`has an unknown field ${JSON.stringify(unknown.slice(0, 64))}`);
  }

  /** Names of an object's fields. */
  names(): string[] {
    const value = this.#value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) this.fail('must be an object');
    return Object.keys(value as object);
  }

  at(name: string): JsonReader {
    const value = Object.hasOwn(this.#value as object, name)
      ? (this.#value as Record<string, unknown>)[name]
      : undefined;
    return new JsonReader(value, `${this.#place}.${name}`);
  }

  isNull(): boolean {
    return this.#value === null;
  }

  list(maximum: number): JsonReader[] {
    const value = this.#value;
    if (!Array.isArray(value) || value.length > maximum) return this.fail(`must be a list of at most ${maximum}`);
    return value.map((entry, i) => new JsonReader(entry, `${this.#place}[${i}]`));
  }

  string(maximum: number): string {
    const value = this.#value;
    if (typeof value !== 'string' || value.length > maximum)
      return this.fail(`must be a text of at most ${maximum} characters`);
    return value;
  }

  boolean(): boolean {
    return typeof this.#value === 'boolean' ? this.#value : this.fail('must be true or false');
  }

  oneOf<T extends string>(choices: readonly T[]): T {
    const found = choices.find((choice) => choice === this.#value);
    return found ?? this.fail(`must be ${choices.join(' or ')}`);
  }

  /** A JSON number without fraction. */
  integer(): number {
    return Number.isSafeInteger(this.#value) ? (this.#value as number) : this.fail('must be an integer');
  }

  /** `bytes` bytes as 0x and lower- or upper-case digits. */
  hex(bytes: number): Hex {
    const value = this.#value;
    if (typeof value !== 'string' || value.length !== 2 + 2 * bytes || !/^0x[0-9a-fA-F]*$/.test(value)) {
      return this.fail(`must be ${bytes} bytes in hexadecimal`);
    }
    return value.toLowerCase() as Hex;
  }

  /** At most so many whole bytes, as 0x and lower- or upper-case digits. */
  bytes(maximum: number): Hex {
    const value = this.string(2 + 2 * maximum);
    if (!/^0x([0-9a-fA-F]{2})*$/.test(value)) return this.fail('must be bytes in hexadecimal');
    return value.toLowerCase() as Hex;
  }

  /** A number below `limit`, as text: decimal, or 0x and hexadecimal. */
  natural(limit: bigint): bigint {
    const value = this.#value;
    if (typeof value !== 'string' || value.length > 80 || !/^(0x[0-9a-fA-F]+|[0-9]+)$/.test(value)) {
      return this.fail('must be a number as text, decimal or 0x');
    }
    const number = BigInt(value);
    return number < limit ? number : this.fail('is too large');
  }

  /** A coordinate of a point: below the base field's order. */
  coordinate(): bigint {
    return this.natural(P);
  }

  /** Demands that the coordinates are those of a finite point of the curve. */
  point(x: bigint, y: bigint): Point {
    return isPoint({ x, y }) ? { x, y } : this.fail('is not a finite point of the curve');
  }

  /** Turns what `derive` throws into a complaint about this place. */
  guard<T>(derive: () => T): T {
    try {
      return derive();
    } catch (cause) {
      throw new FileFormatError(`The field ${this.#place} is not valid.`, { cause });
    }
  }

  /** Demands what follows from other fields, spelled as `formatEdge` does up to upper and lower case. */
  requireSame(expected: unknown): void {
    if (!same(this.#value, expected)) this.fail('contradicts the rest of the file');
  }

  fail(complaint: string): never {
    throw new FileFormatError(`The field ${this.#place} ${complaint}.`);
  }
}

const [SPACE, QUOTE, BACKSLASH, COLON] = [' ', '"', '\\', ':'].map((letter) => letter.charCodeAt(0));

/** How many names of fields stand in a text that is JSON: texts before a colon. However long a text is, in one walk. */
function countNames(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; ) {
    let end = at + 1;
    while (text.charCodeAt(end) !== QUOTE) end += text.charCodeAt(end) === BACKSLASH ? 2 : 1;
    do end++;
    while (text.charCodeAt(end) <= SPACE);
    if (text.charCodeAt(end) === COLON) count++;
    at = text.indexOf('"', end);
  }
  return count;
}

function countFields(value: unknown): number {
  let count = 0;
  const pending = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== 'object' || next === null) continue;
    const inner = Object.values(next);
    if (!Array.isArray(next)) count += inner.length;
    pending.push(...inner);
  }
  return count;
}

function same(value: unknown, expected: unknown): boolean {
  if (typeof expected === 'string') return typeof value === 'string' && value.toLowerCase() === expected.toLowerCase();
  if (typeof expected !== 'object' || expected === null) return value === expected;
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== Array.isArray(expected)) return false;
  const names = Object.keys(expected);
  return (
    Object.keys(value).length === names.length &&
    names.every(
      (name) =>
        Object.hasOwn(value, name) &&
        same((value as Record<string, unknown>)[name], (expected as Record<string, unknown>)[name]),
    )
  );
}
