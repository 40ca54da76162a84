import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT } from './sources.ts';

/** Written to be read beside the code, in a window of its width. */
const NARROW = [
  'docs/argument.md',
  'docs/map.md',
  'docs/protocol.md',
  'docs/protocol-convolutions.md',
  'docs/protocol-sparse.md',
];
const WIDEST = 120;

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** Numbers of the lines that are too long; rows of tables may be. */
function tooLong(text: string): number[] {
  return text.split('\n').flatMap((line, k) => ([...line].length > WIDEST && !line.startsWith('|') ? [k + 1] : []));
}

/** What a text names between backquotes as a path from the root: with a folder, or the name of a document. */
function pathsIn(text: string): string[] {
  return [...text.matchAll(/`([\w.@()[\]-]+(?:\/[\w.@()[\]-]+)+|[A-Z]+\.md)`/g)].map(([, path]) => path);
}

/** Numbers of the lines where a merge left both versions. */
function conflictsIn(text: string): number[] {
  return text.split('\n').flatMap((line, k) => (/^<{7} |>{7} /.test(line) ? [k + 1] : []));
}

describe('documents', () => {
  it('hold no conflict of a merge', () => {
    const documents = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.md') && !/(^|\/)(node_modules|build|\.next|runs)\//.test(path),
    );
    assert.ok(documents.includes('docs/argument.md'));
    assert.deepEqual(
      documents.filter((path) => conflictsIn(read(path)).length > 0),
      [],
    );
    assert.deepEqual(conflictsIn('a\n<<<<<<< HEAD\nb\n=======\nc >>>>>>> 1'), [2, 5]);
  });

  for (const path of NARROW) {
    it(`${path} keeps to ${WIDEST} columns`, () => assert.deepEqual(tooLong(read(path)), []));
  }

  it('the map names only what is there, in ten steps', () => {
    const text = read('docs/map.md');
    const steps = [...text.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));
    assert.deepEqual(steps, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const paths = pathsIn(text);
    assert.ok(paths.length > 40, `${paths.length} paths`);
    assert.deepEqual(
      paths.filter((path) => !existsSync(join(ROOT, path))),
      [],
    );
  });

  it('would notice a long line and a path that is gone', () => {
    assert.deepEqual(tooLong(`${'x'.repeat(120)}\n${'x'.repeat(121)}\n|${'x'.repeat(121)}`), [2]);
    assert.deepEqual(
      pathsIn('see `src/gone/away.ts`, `docs/x.md`, `descent train` and `web/app/(read)/model/[id]/page.tsx`'),
      ['src/gone/away.ts', 'docs/x.md', 'web/app/(read)/model/[id]/page.tsx'],
    );
  });
});
