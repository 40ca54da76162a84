// The statements of the circuits that make constraints, as the mutants take them away: where they stand, what they are.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CIRCUITS = fileURLToPath(new URL('../../../circuits', import.meta.url));

/**
 * assign: `x <== e`, also of an anonymous component; check: `a === b`; call: an anonymous component without outputs.
 */
export type StatementKind = 'assign' | 'check' | 'call';

export interface Statement {
  /** below circuits/ */
  file: string;
  template: string;
  kind: StatementKind;
  /** without its loops, one space between words */
  text: string;
  /** names a statement for ever: file, template, text, and a number where a template has the same text twice */
  key: string;
  /** place in the file, without loops */
  from: number;
  to: number;
  line: number;
}

/** Handwritten circuits, below circuits/. */
export function circuitFiles(folder = ''): string[] {
  return readdirSync(join(CIRCUITS, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = folder ? `${folder}/${entry.name}` : entry.name;
      if (entry.isDirectory()) return entry.name === 'generated' ? [] : circuitFiles(path);
      return entry.name.endsWith('.circom') ? [path] : [];
    })
    .sort();
}

/** Blanks in place of comments, so that places stay. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, ' '));

/** Where a statement begins behind its `for (..)`, `if (..)` and `else`. */
function behindLoops(code: string, from: number): number {
  let at = from;
  for (;;) {
    at += /^\s*/.exec(code.slice(at))![0].length;
    const head = /^(?:else\b(?!\s*if)|(?:else\s+)?(?:for|if)\s*\()/.exec(code.slice(at));
    if (!head) return at;
    at += head[0].length;
    if (!head[0].endsWith('(')) continue;
    for (let depth = 1; depth > 0; at++) depth += code[at] === '(' ? 1 : code[at] === ')' ? -1 : 0;
  }
}

const kindOf = (text: string): StatementKind | undefined => {
  if (text.includes('<==')) return 'assign';
  if (text.includes('===')) return 'check';
  return /^[A-Z]\w*\([^;]*\)\s*\(/.test(text) ? 'call' : undefined;
};

/** Statements of a file that make constraints, in their order. */
export function statementsOf(file: string, source = readFileSync(join(CIRCUITS, file), 'utf8')): Statement[] {
  const code = withoutComments(source);
  const out: Statement[] = [];
  const seen = new Map<string, number>();
  let template = '';
  let depth = 0;
  let begin = 0;
  const end = (at: number) => {
    const from = behindLoops(code, begin);
    const text = code.slice(from, at).replace(/\s+/g, ' ').trim();
    const kind = from < at ? kindOf(text) : undefined;
    if (kind) {
      const name = `${file} ${template}: ${text}`;
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      const line = code.slice(0, from).split('\n').length;
      out.push({ file, template, kind, text, key: count > 1 ? `${name} #${count}` : name, from, to: at, line });
    }
    begin = at + 1;
  };
  for (let at = 0; at < code.length; at++) {
    const c = code[at];
    if (c === '(' || c === '[') depth++;
    else if (c === ')' || c === ']') depth--;
    else if (depth === 0 && c === '{') {
      template = /\btemplate\s+(\w+)/.exec(code.slice(begin, at))?.[1] ?? template;
      begin = at + 1;
    } else if (depth === 0 && c === '}') begin = at + 1;
    else if (depth === 0 && c === ';') end(at);
  }
  return out;
}

/** By template and name of a component in it: the templates that it may be of. */
export function componentsOf(): Map<string, Map<string, Set<string>>> {
  const within = new Map<string, Map<string, Set<string>>>();
  for (const file of circuitFiles()) {
    const code = withoutComments(readFileSync(join(CIRCUITS, file), 'utf8'));
    for (const [, template, body] of code.matchAll(/\btemplate\s+(\w+)([\s\S]*?)(?=\btemplate\s|$)/g)) {
      const own = new Map<string, Set<string>>();
      for (const [, name, of] of body.matchAll(/\b(\w+)(?:\[[^\]]*\])*\s*=\s*([A-Z]\w*)\s*\(/g))
        own.set(name, (own.get(name) ?? new Set()).add(of));
      within.set(template, own);
    }
  }
  return within;
}

export const allStatements = (): Statement[] => circuitFiles().flatMap((file) => statementsOf(file));

/** Where the right side of a statement begins. */
const rightSide = ({ kind }: Statement, own: string): number => own.indexOf(kind === 'assign' ? '<==' : '===') + 3;

/** The file with other statements, on the same lines. */
export function rewritten(
  source: string,
  statements: readonly Statement[],
  text: (s: Statement, own: string) => string,
): string {
  let out = source;
  for (const s of statements.toSorted((a, b) => b.from - a.from))
    out = out.slice(0, s.from) + text(s, out.slice(s.from, s.to)) + out.slice(s.to);
  return out;
}

/** A statement that demands a number more, by which its constraints are known. */
export function tagged(s: Statement, own: string, tag: bigint): string {
  const at = rightSide(s, own);
  return `${own.slice(0, at)} (${own.slice(at)}) + ${tag}`;
}

/** A statement that makes no constraint: an assignment only computes, a check demands nothing. */
export const weakened = ({ kind }: Statement, own: string): string =>
  kind === 'assign' ? own.replace('<==', '<--') : `assert(1)${own.replace(/[^\n]/g, '')}`;

/** The signals on both sides of a statement that says of arrays that they are equal, without indices. */
export const sides = (s: Statement): [string, string] => {
  const at = rightSide(s, s.text);
  const bare = (text: string) => text.replace(/^.*\bsignal\b(?: (?:input|output))?|\[[^\]]*\]|\s/g, '');
  return [bare(s.text.slice(0, at - 3)), bare(s.text.slice(at))];
};
