import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { launchBrowser, visit } from './support/browser.ts';
import { type PageServer, servePage } from './support/server.ts';
import { announceWallet } from './support/wallet.ts';
import { World } from './support/world.ts';

/** One proof in a browser on a busy machine. */
const PATIENCE = 300_000;

let world: World;
let server: PageServer;
let browser: Browser;

before(async () => {
  world = await World.start('build/e2e-prove');
  server = await servePage(join(process.cwd(), world.deploymentFile));
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await server?.close();
  await world?.close();
});

/** Two clouds of points in four dimensions with a name each. */
function table(): string {
  const rows = Array.from({ length: 120 }, (_, k) => {
    const side = k % 2 === 0 ? 1 : -1;
    const cells = [0, 1, 2, 3].map((j) => (side * (j + 1) + Math.sin(17 * k + 5 * j)).toFixed(3));
    return [...cells, side > 0 ? 'up' : 'down'].join(',');
  });
  return `a,b,c,d,side\n${rows.join('\n')}\n`;
}

describe('proving in the browser', () => {
  for (const source of ['digits', 'csv'] as const) {
    it(`goes from ${source} to a registered child by wallet, and the data stays in the tab`, async () => {
      const session = await visit(browser, { origins: [server.origin, world.node.rpc] });
      const { page, context, complaints } = session;
      await announceWallet(context, { name: 'Bobs wallet', account: world.bob.account, rpc: world.node.rpc });
      const sent: string[] = [];
      page.on('request', (request) => {
        if (request.method() === 'POST' && request.url().startsWith(server.origin)) sent.push(request.url());
      });
      await page.goto(`${server.origin}/prove`);
      await page.getByTestId('wallet').click();
      await page.getByRole('button', { name: 'Bobs wallet', exact: true }).click();
      if (source === 'csv') {
        const file = join(world.folder, 'table.csv');
        writeFileSync(file, table());
        await page.getByText('A table of your own').click();
        await page.getByTestId('csv').setInputFiles(file);
        await page.getByLabel('Hidden units').selectOption('8');
      }
      await page.getByRole('button', { name: 'Prepare' }).click();
      await page.getByTestId('prepared').waitFor({ timeout: PATIENCE });
      for (const [number, action] of [
        [1, 'Prove and register the data'],
        [2, 'Ask for a seed, then prove the start'],
        [3, 'Train, prove and register'],
      ] as const) {
        await page.getByRole('button', { name: action }).click({ timeout: PATIENCE });
        await page.locator(`[data-step="${number}"][data-phase=done]`).waitFor({ timeout: PATIENCE });
      }
      const href = await page.getByRole('main').getByRole('link', { name: 'Open its page' }).getAttribute('href');
      const id = href!.split('/').pop() as `0x${string}`;
      const trainer = await world.chain.client.readContract({
        address: world.deployment.registry,
        abi: modelRegistryAbi,
        functionName: 'trainerOf',
        args: [id],
      });
      assert.equal(trainer, world.bob.account.address);
      assert.deepEqual(sent, [], 'nothing may be posted to the page’s server');
      const isolated = await page.evaluate(() => crossOriginIsolated);
      assert.equal(isolated, false);
      await context.close();
      assert.deepEqual(complaints, []);
    });
  }
});
