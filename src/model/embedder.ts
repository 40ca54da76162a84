import { InputError } from '../errors/InputError.ts';
import { knownFields, show } from './json.ts';

/**
 * The model that turned texts, images or anything else into the rows, as their owner names it. It is declared: nothing
 * shows that the rows come from it.
 */
export interface Embedder {
  name: string;
  /** SHA-256 of its weights, in hexadecimal; null where there is no file of them, as of a service. */
  sha256: string | null;
}

const MOST_CHARACTERS = 200;

/** @throws InputError naming what is wrong with the value */
export function checkEmbedder(value: unknown): asserts value is Embedder {
  const { name, sha256 } = knownFields(value, 'The embedder of a schema', ['name', 'sha256']);
  if (typeof name !== 'string' || name.trim() === '' || name !== name.normalize('NFC')) {
    throw new InputError(`${show(name)} is not a name in Unicode's form NFC.`);
  }
  if (name.length > MOST_CHARACTERS) {
    throw new InputError(
      `The name of an embedder has at most ${MOST_CHARACTERS} characters; this one has ${name.length}.`,
    );
  }
  if (sha256 !== null && !(typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256))) {
    throw new InputError(`The hash of an embedder is ${show(sha256)}, not 64 small hexadecimal digits.`);
  }
}

/** In one line, for people. The name is as its owner wrote it. */
export function describeEmbedder({ name, sha256 }: Embedder): string {
  return `${name} (${sha256 === null ? 'no hash' : `SHA-256 ${sha256}`}; declared, not proved)`;
}
