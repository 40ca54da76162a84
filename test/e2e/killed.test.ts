import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { descendants, survivors } from '../cli/processes.ts';

const SERVE = `
  import { servePage } from '${new URL('../../scripts/demo/servePage.ts', import.meta.url).href}';
  const { address } = await servePage('nowhere.json');
  console.log(address);
  setInterval(() => {}, 60_000);`;

describe('the process of the page', () => {
  it('ends when the command that serves it is killed', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', SERVE], { stdio: ['ignore', 'pipe', 2] });
    const [address] = await once(child.stdout!, 'data');
    assert.equal((await fetch(String(address).trim())).status < 600, true, 'it answers');
    const below = descendants(child.pid!);
    assert.ok(below.length > 0);
    child.kill('SIGKILL');
    assert.deepEqual(await survivors(below, 10), []);
  });
});
