import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { proofTasks } from '../../bench/proofs.ts';
import { readResults, withTables } from '../../bench/results.ts';
import { PROGRAM_NAMES } from '../../src/registry/programs/list.ts';

const README = readFileSync(new URL('../../bench/README.md', import.meta.url), 'utf8');

describe('the tables of bench/README.md', () => {
  it('are those of bench/results.json; npm run bench -- --tables makes them so', () => {
    assert.equal(withTables(README, readResults()), README);
  });

  it('would change with the results, and only between their marks', () => {
    const results = readResults();
    const [first, ...rest] = results.proofs;
    const changed = withTables(README, { ...results, proofs: [{ ...first, peakMiB: 123_456 }, ...rest] });
    assert.match(changed, /123,456/);
    const prose = (text: string) => text.split(/<!-- \w+ -->[\s\S]*?<!-- \/ -->/);
    assert.deepEqual(prose(changed), prose(README));
    assert.equal(prose(README).length, 8);
  });

  it('refuse a text without their place', () => {
    assert.throws(() => withTables('# Benchmarks', readResults()), /no section <!-- machine -->/);
  });
});

describe('the proofs of the benchmark', () => {
  it('are of every program, for both networks, each under a name of its own', () => {
    const tasks = proofTasks();
    for (const network of ['49-32-10', '784-128-10']) {
      const programs = tasks.filter(({ widths }) => widths.join('-') === network).map(({ program }) => program);
      assert.deepEqual(new Set(programs), new Set(PROGRAM_NAMES));
    }
    assert.equal(new Set(tasks.map(({ name }) => name)).size, tasks.length);
  });
});
