import { isMap, isScalar, isSeq, LineCounter, parseDocument, stringify } from 'yaml';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { readParsed } from './read.ts';

/** A setting of a configuration file: one value, or a list of them. */
export interface ConfigEntry {
  name: string;
  value: string | boolean | string[];
  /** 1, 2, .. */
  line: number;
}

/** Larger files are no settings: YAML can name one thing many times. */
const MOST_BYTES = 1 << 20;

/**
 * Reads a YAML file that maps names to values or lists of values. Numbers are kept as they are written.
 * @throws InputError where it cannot be read; FileFormatError naming file and line for anything else in it
 */
export function readConfig(path: string): ConfigEntry[] {
  return readParsed(path, (bytes) => {
    if (bytes.length > MOST_BYTES) throw new FileFormatError(`It has ${bytes.length} bytes; settings take less.`);
    const lineCounter = new LineCounter();
    // All scalars are texts, booleans aside: 0.10 and a class called 010 stay what they are.
    const text = new TextDecoder().decode(bytes);
    const document = parseDocument(text, { lineCounter, schema: 'failsafe', prettyErrors: false });
    const lineOf = (offset: number | undefined) => lineCounter.linePos(offset ?? 0).line;
    const [error] = document.errors;
    if (error !== undefined) throw new FileFormatError(`Line ${lineOf(error.pos[0])}: ${error.message}`);
    const { contents } = document;
    if (contents === null || (isScalar(contents) && contents.value === '')) return [];
    if (!isMap(contents))
      throw new FileFormatError('It does not map names of settings to their values.', { hint: EXAMPLE });
    return contents.items.map(({ key, value }): ConfigEntry => {
      const line = lineOf(isScalar(key) ? key.range?.[0] : 0);
      const name = isScalar(key) ? String(key.value) : '';
      const refuse = () =>
        new FileFormatError(`Line ${line}: ${name} is no value and no list of values.`, { hint: EXAMPLE });
      const textOf = (node: unknown): string => {
        if (isScalar(node)) return String(node.value ?? '');
        throw refuse();
      };
      if (isSeq(value)) return { name, value: value.items.map(textOf), line };
      const plain = value === null ? '' : textOf(value);
      const isPlain = isScalar(value) && value.type === 'PLAIN';
      return { name, value: isPlain && /^(true|false)$/.test(plain) ? plain === 'true' : plain, line };
    });
  });
}

const EXAMPLE = 'A line reads as in `label: species` or `targets: [height, weight]`.';

/** The text of a configuration file. @param head lines of a comment; @param settings undefined ones are left out */
export function formatConfig(head: string, settings: Record<string, unknown>): string {
  const comment = head
    .split('\n')
    .map((line) => `# ${line}\n`)
    .join('');
  const given = Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined && value !== null),
  );
  return `${comment}${stringify(given, { flowCollectionPadding: false, lineWidth: 0 })}`;
}
