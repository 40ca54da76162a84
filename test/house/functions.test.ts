import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { functionLengths } from './functionLengths.ts';
import { isGenerated, scriptSources } from './sources.ts';

const MOST_LINES = 80;

// A suite is a list of tests. Kernels in AssemblyScript are unrolled, because a call costs more than the work. The
// reference says every message of a protocol in its order, in one piece, so that it can be read beside the design.
const SUITE = /^describe\(\.\.\)$/;
const EXCEPT = /\/assembly\/|^test\/reference\//;

/** `path name lines` of every function that is too long. Biome's rule for this counts only some of the lines of JSX. */
function tooLong(sources: Map<string, string>): string[] {
  return [...sources]
    .filter(([path]) => !isGenerated(path) && !EXCEPT.test(path))
    .flatMap(([path, text]) =>
      functionLengths(path, text)
        .filter(({ name, lines }) => lines > MOST_LINES && !SUITE.test(name))
        .map(({ name, lines }) => `${path} ${name} ${lines}`),
    );
}

const lines = (count: number, line = 'act();') => Array.from({ length: count }, () => `  ${line}`).join('\n');
const planted = (path: string, text: string) => tooLong(new Map([[path, text]]));

describe('functions', () => {
  it(`have at most ${MOST_LINES} lines, blank ones and comments aside`, () => {
    assert.deepEqual(tooLong(scriptSources()), []);
  });

  it('are noticed when they are too long: declared, assigned, as methods, in calls, in components', () => {
    const body = lines(MOST_LINES - 1);
    const cases: [string, string, string][] = [
      ['src/a.ts', `export function long() {\n${body}\n}`, 'src/a.ts long 81'],
      ['scripts/a.ts', `const long = async () => {\n${body}\n};`, 'scripts/a.ts long 81'],
      ['bench/a.ts', `class A {\n  long() {\n${body}\n  }\n}`, 'bench/a.ts long 81'],
      ['test/a.test.ts', `it('acts', () => {\n${body}\n});`, 'test/a.test.ts it(..) 81'],
      ['scripts/a.mjs', `export default function () {\n${body}\n}`, 'scripts/a.mjs a function 81'],
      [
        'web/a.tsx',
        `export function Long() {\n  return (\n    <p>\n${lines(76, 'text')}\n    </p>\n  );\n}`,
        'web/a.tsx Long 82',
      ],
    ];
    for (const [path, text, found] of cases) assert.deepEqual(planted(path, text), [found]);
  });

  it('count what is in them, and neither blank lines nor comments nor what stands before them', () => {
    const body = lines(MOST_LINES - 2);
    const comments = '// why\n\n/*\n a\n long\n story\n*/\n';
    assert.deepEqual(planted('src/a.ts', `/**\n * What.\n */\nexport function fits() {\n${comments}${body}\n}`), []);
    assert.deepEqual(planted('test/a.test.ts', `describe('all', () => {\n${lines(200)}\n});`), []);
    const inner = `  const inner = () => {\n${lines(40)}\n  };\n`;
    assert.deepEqual(planted('src/a.ts', `function outer() {\n${inner}${lines(40)}\n}`), ['src/a.ts outer 84']);
  });
});
