import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../cli/cli.ts';
import { descendants, survivors } from '../cli/processes.ts';

const BIN = fileURLToPath(new URL('../../scripts/descent.mjs', import.meta.url));

/** Command lines of processes. */
function commandsOf(pids: readonly number[]): string {
  return pids.length === 0 ? '' : execFileSync('ps', ['-o', 'args=', '-p', pids.join()], { encoding: 'utf8' });
}

describe('kill -9 of the demo', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);

  const points = [
    { name: 'when its chain runs', waitsFor: /nodeProcess/, says: /start a chain/ },
    { name: 'while it proves', waitsFor: /proverProcess/, says: /prove \d+ statements/ },
  ];
  for (const { name, waitsFor, says } of points) {
    it(`${name}: chain, provers and all others end with it`, async () => {
      const args = [BIN, 'demo', '--rows', '64', '--jobs', '2', '--no-serve', '--runs', folder];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.on('data', (data) => {
        said += data;
      });
      let below: number[] = [];
      for (const end = Date.now() + 120_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
        below = descendants(child.pid!);
        if (says.test(said) && waitsFor.test(commandsOf(below))) break;
        assert.ok(Date.now() < end && child.exitCode === null, said);
      }
      // Well into the work, where a process gives way to no event.
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      below = descendants(child.pid!);
      assert.match(commandsOf(below), waitsFor);
      child.kill('SIGKILL');
      assert.deepEqual(await survivors(below, 10), [], said);
    });
  }
});
