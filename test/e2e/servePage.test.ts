import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { servePage } from '../../scripts/demo/servePage.ts';
import { temporaryFolder } from '../cli/cli.ts';

// Port 9 (discard) of this machine: nobody answers there.
const DEPLOYMENT = { chainId: 31337, rpc: 'http://127.0.0.1:9', registry: `0x${'11'.repeat(20)}` };

describe('the page as the demo serves it', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const file = join(folder, 'deployment.json');

  it('reads the deployment file when that comes, policy and all, and ends when it is told to', async () => {
    const page = await servePage(file);
    const before = await fetch(`${page.address}/submit`);
    assert.match(await before.text(), /There is no [\w/.-]+deployment\.json/);
    writeFileSync(file, JSON.stringify(DEPLOYMENT));
    const after = await fetch(`${page.address}/submit`);
    assert.equal(after.status, 200);
    assert.match(
      after.headers.get('content-security-policy')!,
      /connect-src 'self' blob: data: http:\/\/127\.0\.0\.1:9;/,
    );
    // nobody answers there, so no page can say what is registered; this one works without it
    assert.match(await after.text(), /Your edge or run file/);
    assert.match(await (await fetch(`${page.address}/tree`)).text(), /Nothing is read from the chain yet/);
    await page.close();
    await assert.rejects(fetch(page.address));
  });

  it('refuses a port that is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await assert.rejects(servePage(file, port), /is taken/);
    other.close();
  });
});
