import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { readEquivalent, readResults, unexplained } from '../mutants/circuits/results.ts';
import { allStatements } from '../mutants/circuits/statements.ts';

// The mutants of the circuits take hours: what became of them is kept, and must be of the circuits that stand here.

const { shared: _, ...PROGRAMS } = NUMBERING;
const AGAIN = 'npm run test:mutants -- circuits';

describe('what became of the mutants of the circuits', () => {
  const results = readResults();

  it('is known of every statement that makes a constraint, and of no other', () => {
    const keys = allStatements().map((s) => s.key);
    const missing = keys.filter((key) => !results.statements[key]);
    const gone = Object.keys(results.statements).filter((key) => !keys.includes(key));
    assert.deepEqual({ missing, gone }, { missing: [], gone: [] }, AGAIN);
  });

  it('is known of every relation and claim', () => {
    for (const [program, numbers] of Object.entries(PROGRAMS)) {
      const names = [
        ...numbers.relations.names.map((name) => `relations ${name}`),
        ...numbers.claims.names.map((name) => `claims ${name}`),
        ...('relations2' in numbers ? numbers.relations2.names.map((name) => `relations2 ${name}`) : []),
      ];
      const own = results.arguments[program] ?? {};
      assert.deepEqual(
        names.filter((name) => !(name in own)),
        [],
        `${program}: ${AGAIN}`,
      );
    }
  });

  it('is that a test kills them, or that their circuit is no weaker', () => {
    assert.deepEqual(unexplained(results, readEquivalent()), { missing: [], idle: [] });
    for (const test of results.tests) {
      const file = fileURLToPath(new URL(`../${test.split(':')[0]}.test.ts`, import.meta.url));
      assert.ok(existsSync(file), `no ${file}`);
    }
  });
});
