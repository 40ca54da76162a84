import { FileFormatError } from '../errors/FileFormatError.ts';
import { InputError } from '../errors/InputError.ts';

/**
 * A value out of a file, for a message: short whatever the file says. A list or an object is only named, because
 * writing out a deeply nested one would overflow the stack.
 */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/**
 * Parses JSON that anyone may have written.
 * @param limit greatest size, in bytes or, of a text, in characters
 * @throws FileFormatError when it is too large, no UTF-8, no JSON, or names a key of an object twice (parsers differ in
 * which one they keep, so two readers could see different contents)
 */
export function parseJson(source: Uint8Array | string, what: string, limit: number): unknown {
  if (source.length > limit)
    throw new FileFormatError(`${what} has ${source.length} bytes; at most ${limit} are read.`);
  let text: string;
  let value: unknown;
  try {
    text =
      typeof source === 'string'
        ? source
        : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(source as Uint8Array<ArrayBuffer>);
    value = JSON.parse(text);
  } catch (cause) {
    throw new FileFormatError(`${what} is not JSON.`, { cause });
  }
  checkUniqueKeys(text, what);
  return value;
}

/** @throws FileFormatError unless the value is an object (lists are not). */
export function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FileFormatError(`${what} is not a JSON object.`);
  }
  return value as Record<string, unknown>;
}

/**
 * An object of known fields.
 * @throws InputError unless the value is an object that has all `keys`, and no others but the `optional`
 */
export function knownFields(
  value: unknown,
  what: string,
  keys: readonly string[],
  optional: readonly string[] = [],
): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`${what} is not an object.`);
  }
  const found = new Set(Object.keys(value));
  const missing = keys.filter((key) => !found.has(key));
  if (missing.length > 0) throw new InputError(`${what} lacks ${missing.join(', ')}.`);
  const unknown = [...found].filter((key) => !keys.includes(key) && !optional.includes(key));
  if (unknown.length > 0) {
    const names = unknown.slice(0, 5).map((key) => key.slice(0, 80));
    throw new InputError(`${what} has the unknown fields ${names.join(', ')}.`);
  }
  return value as Record<string, unknown>;
}

/** `text` is known to be valid JSON. */
function checkUniqueKeys(text: string, what: string): void {
  const open: Set<string>[] = [];
  for (const [token, string, colon] of text.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon) {
      const key: string = JSON.parse(string);
      const keys = open[open.length - 1];
      if (keys.has(key)) throw new FileFormatError(`${what} names ${show(key)} twice.`);
      keys.add(key);
    }
  }
}
