import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { projectFiles, ROOT } from './sources.ts';

/** What things were called before, and what they are called now. */
const FORMER: [former: RegExp, now: string][] = [
  [/\bdeclared roots?\b/i, 'a declared import'],
  [/\b(?:proveRoot|RootStatement|RootVerifier|rootCapacity)\b/, 'the program import'],
];

// The changelog tells what was; this file names it.
const MAY_NAME_THEM = new Set(['CHANGELOG.md', 'test/house/glossary.test.ts']);

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

describe('the glossary', () => {
  const rows = [
    ...read('CONTRIBUTING.md')
      .split('## Glossary')[1]
      .split('\n## ')[0]
      .matchAll(/^\| (.+?) \| (.+) \|$/gm),
  ];
  const terms = rows.slice(2).map(([, term, meaning]) => ({ term, meaning }));
  const texts = projectFiles().filter((path) => /\.(ts|tsx|mjs|sol|circom|md)$/.test(path));

  it('has each term once, in order', () => {
    const names = terms.map(({ term }) => term);
    assert.ok(names.length > 20);
    assert.deepEqual(names, [...new Set(names)].sort());
  });

  it('names types and functions that there are', () => {
    const code = texts
      .filter((path) => /^(src|contracts)\//.test(path))
      .map(read)
      .join('\n');
    const named = terms.flatMap(({ meaning }) => [...meaning.matchAll(/`(?:\w+\.)?([a-z]*[A-Z]\w*|\w+)`/g)]);
    const missing = named.map(([, name]) => name).filter((name) => !new RegExp(`\\b${name}\\b`).test(code));
    assert.deepEqual(missing, []);
  });

  it('is what code and documents follow: no former name is left', () => {
    const left = texts.flatMap((path) => {
      if (MAY_NAME_THEM.has(path)) return [];
      const text = read(path);
      return FORMER.filter(([former]) => former.test(text)).map(([, now]) => `${path}: say ${now}`);
    });
    assert.deepEqual(left, []);
  });
});
