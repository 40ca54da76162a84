import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectTests, it as declared, runTests } from '../mutants/contracts/nodeTest.ts';
import { had, type Reading, readingOf, whenLate } from '../mutants/contracts/patience.ts';

// The mutants of the contracts give tests a limit of time. A loaded machine must not make a test late: else a mutant
// would count as killed that no test tells.

const reading = (...threads: [ran: number, waited: number][]): Reading =>
  new Map(threads.map(([ran, waited], i) => [`${i}`, { ran, waited }]));

describe('the time that a process had', () => {
  it('is all time that passes while it does nothing, as a test that never ends must be late', () => {
    assert.equal(had(1000, reading([5000, 700], [80, 10]), reading([5000, 700], [80, 10])), 1000);
  });

  it('is all time in which it runs', () => {
    assert.equal(had(1000, reading([5000, 700]), reading([6000, 700])), 1000);
  });

  it('lacks the time in which it waits for a processor', () => {
    assert.equal(had(1000, reading([5000, 700]), reading([5150, 1550])), 150);
  });

  it('is what its busiest thread has run, where many threads wait beside it', () => {
    const before = reading([5000, 700], [80, 10], [80, 10]);
    assert.equal(had(1000, before, reading([5900, 800], [80, 1000], [80, 1000])), 900);
  });

  it('counts a thread that is new from its beginning', () => {
    assert.equal(had(1000, reading([5000, 700]), reading([5000, 700], [200, 800])), 200);
  });

  it('is what the clock says where the system says nothing of threads', () => {
    assert.equal(had(1000, new Map(), new Map()), 1000);
    assert.equal(readingOf(2 ** 30).size, 0);
  });
});

/** A process that always works, on one processor alone where that is said. */
function busy(processor?: string): ChildProcess {
  const [command, ...args] = [...(processor ? ['taskset', '-c', processor] : []), process.execPath, '-e', 'for (;;);'];
  return spawn(command, args, { stdio: 'ignore' });
}

/** A processor that this process may use. */
const aProcessor = (): string =>
  /Cpus_allowed_list:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] as string;

describe('patience', () => {
  for (const [what, source] of [
    ['does nothing', 'setInterval(() => {}, 1e6)'],
    ['never stops working', 'for (;;);'],
  ])
    it(`ends for a process that ${what}`, async () => {
      const child = spawn(process.execPath, ['-e', source], { stdio: 'ignore' });
      try {
        await new Promise<void>((late) => whenLate(child.pid as number, 400, late));
      } finally {
        child.kill('SIGKILL');
      }
    });

  it('is kept while others have the processor, and ends when it has had its time', {
    skip: process.platform !== 'linux',
  }, async () => {
    // five share one processor: in three seconds each has it for less than one
    const processor = aProcessor();
    const [watched, ...others] = Array.from({ length: 5 }, () => busy(processor));
    let isLate = false;
    const late = new Promise<void>((done) => whenLate(watched.pid as number, 1500, done)).then(() => (isLate = true));
    try {
      await sleep(3000);
      assert.equal(isLate, false);
      for (const child of others) child.kill('SIGKILL');
      await late;
    } finally {
      for (const child of [...others, watched]) child.kill('SIGKILL');
    }
  });

  it('ends for a test whose promise never settles, with an error that says so', async () => {
    const suite = await collectTests(async () => declared('waits for ever', () => new Promise(() => {})));
    const errors: string[] = [];
    await runTests(suite, 200, ({ test, error }) => errors.push(`${test}: ${(error as Error).message}`) > 0);
    assert.deepEqual(errors, ['waits for ever: took more than 0.2 seconds']);
  });
});
