// What a folder with a model says, as anybody may have written it.
import { readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type Document, isScalar, parseDocument, visit } from 'yaml';
import { FileFormatError } from '../../../src/errors/FileFormatError.ts';
import { InputError } from '../../../src/errors/InputError.ts';
import { readInput } from '../../files/read.ts';

/** The front matter of a model card: everything in it is what somebody wrote. */
export type FrontMatter = Record<string, unknown>;

export interface PaperFolder {
  folder: string;
  /** undefined where there is no README.md, or one without front matter */
  card: FrontMatter | undefined;
  /** lines of claims.jsonl with their numbers; undefined where there is no such file */
  claims: { line: number; claim: Record<string, unknown> }[] | undefined;
  /** names of files that hold weights in any format */
  weights: string[];
  /** names of everything else, folders with a slash: nobody compares that */
  others: string[];
  hasReadme: boolean;
}

const WEIGHTS = ['.safetensors', '.onnx', '.pt', '.pth', '.bin', '.keras', '.h5', '.gguf', '.msgpack', '.pkl', '.ckpt'];
/** Bytes of a text that are read: papers are smaller. */
const MAX_TEXT = 64 * 2 ** 20;
/** Letters of front matter: what follows them is read by a parser that takes more time for each. */
const MAX_FRONT_MATTER = 2 ** 20;
/** Lists within lists: papers have fewer, and whoever compares them goes down as far. */
const MAX_DEPTH = 64;

/** @throws InputError where there is no such folder, or nothing to compare in it; FileFormatError for files that are damaged */
export function readPaperFolder(folder: string): PaperFolder {
  const { names, beside } = namesIn(folder);
  const weights = names.filter((name) => WEIGHTS.includes(extname(name).toLowerCase()));
  const hasReadme = names.includes('README.md');
  const card = hasReadme ? parseFrontMatter(textOf(join(folder, 'README.md'))) : undefined;
  const claims = names.includes('claims.jsonl') ? parseClaims(textOf(join(folder, 'claims.jsonl'))) : undefined;
  if (card === undefined && claims === undefined && weights.length === 0) {
    throw new InputError(`${folder} holds no model card with front matter, no claims.jsonl and no weights.`, {
      hint: 'Name the folder of a model, as it was downloaded.',
    });
  }
  const compared = ['README.md', 'claims.jsonl', ...weights];
  const others = [...names.filter((name) => !compared.includes(name)), ...beside];
  return { folder, card, claims, weights, others, hasReadme };
}

/** Files, and what is none: folders, and what would have no end when it is read. */
function namesIn(folder: string): { names: string[]; beside: string[] } {
  try {
    const all = readdirSync(folder).sort();
    const isFile = (name: string) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile() === true;
    return { names: all.filter(isFile), beside: all.filter((name) => !isFile(name)).map((name) => `${name}/`) };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'it does not exist' : code === 'ENOTDIR' ? 'it is no folder' : code;
    throw new InputError(`Cannot read ${folder}: ${why}.`, { cause, details: '' });
  }
}

function textOf(path: string): string {
  const bytes = readInput(path);
  if (bytes.length > MAX_TEXT) throw new FileFormatError(`${path} has more than ${MAX_TEXT} bytes.`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new FileFormatError(`${path} is no text in UTF-8.`);
  }
}

/** @throws FileFormatError for YAML that is none */
function parseFrontMatter(text: string): FrontMatter | undefined {
  const found = frontMatterOf(text);
  if (found === undefined) return undefined;
  if (found.length > MAX_FRONT_MATTER) {
    throw new FileFormatError(`The front matter of README.md has more than ${MAX_FRONT_MATTER} letters.`);
  }
  // Two readers must not find two things: what one of them could read otherwise is refused.
  const parsed = parseDocument(found, { version: '1.1', uniqueKeys: false, merge: false });
  const [problem] = [...parsed.errors, ...parsed.warnings];
  const details = problem?.message.split('\n')[0] ?? repeatedKey(parsed);
  if (details !== undefined) {
    throw new FileFormatError('The front matter of README.md is no YAML that every reader takes for the same.', {
      details,
    });
  }
  const value = readYaml(() => parsed.toJS({ maxAliasCount: 100 }));
  if (isRecord(value) && isFlat(value, MAX_DEPTH)) return value;
  throw new FileFormatError('The front matter of README.md is no list of names with values.');
}

/**
 * Front matter as the library of Hugging Face finds it: /^\s*---[\r\n]+([\s\S]*?)[\r\n]+---(\r\n|\n|$)/. That pattern takes time in the
 * square of a run of line ends, which anybody may write.
 */
function frontMatterOf(text: string): string | undefined {
  const [opening, lineEnds] = /^\s*---([\r\n]+)/.exec(text) ?? [];
  if (opening === undefined) return undefined;
  const closing = /[\r\n]---(?:\r\n|\n|$)/g;
  closing.lastIndex = opening.length;
  const closed = closing.exec(text);
  if (closed === null) {
    closing.lastIndex = opening.length - 1;
    return lineEnds.length > 1 && closing.exec(text)?.index === opening.length - 1 ? '' : undefined;
  }
  let end = closed.index;
  while (/[\r\n]/.test(text[end - 1])) end--;
  return text.slice(opening.length, end);
}

/** What a list of names names twice. The library's own check takes time in the square of their number. */
function repeatedKey(document: Document): string | undefined {
  let found: string | undefined;
  visit(document, {
    Map(_, { items }) {
      const names = items.map(({ key }) => (isScalar(key) ? key.value : key));
      if (new Set(names).size === names.length) return undefined;
      found = 'Map keys must be unique';
      return visit.BREAK;
    },
  });
  return found;
}

function isFlat(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isFlat(inner, depth - 1));
}

/** @throws FileFormatError for what names one thing too many times, or a list that holds itself */
function readYaml(read: () => unknown): unknown {
  try {
    const value = read();
    JSON.stringify(value);
    return value;
  } catch (cause) {
    throw new FileFormatError('The front matter of README.md cannot be read.', { cause });
  }
}

function parseClaims(text: string): { line: number; claim: Record<string, unknown> }[] {
  const lines = text.split('\n').map((content, k) => ({ line: k + 1, content }));
  return lines
    .filter(({ content }) => content.trim() !== '')
    .map(({ line, content }) => {
      try {
        const claim: unknown = JSON.parse(content);
        if (isRecord(claim) && isFlat(claim, MAX_DEPTH)) return { line, claim };
      } catch {
        // Told below.
      }
      throw new FileFormatError(`Line ${line} of claims.jsonl is no JSON object.`);
    });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
