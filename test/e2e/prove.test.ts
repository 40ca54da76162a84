import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { visit } from './support/browser.ts';
import { PATIENCE, proveAll } from './support/proving.ts';
import { type PageServer, servePage } from './support/server.ts';
import { connectWallet, leave, openTestBed, type TestBed } from './support/testBed.ts';
import { announceWallet } from './support/wallet.ts';

let testBed: TestBed;
/** the same page, isolated from other origins */
let isolatedServer: PageServer;
before(async () => {
  testBed = await openTestBed();
  isolatedServer = await servePage(testBed.ledger.deploymentFile, { DESCENT_ISOLATE: 'true' });
});
after(async () => isolatedServer?.close());

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
  for (const [source, isolated] of [
    ['digits', false],
    ['csv', true],
  ] as const) {
    it(`goes from ${source} to a registered child by wallet, ${isolated ? '' : 'not '}isolated, and the data stays in the tab`, async (t) => {
      const { ledger, browser } = testBed;
      const { origin } = isolated ? isolatedServer : testBed.server;
      const session = await visit(browser, { origins: [origin, ledger.place.rpc] });
      const { page, context } = session;
      await announceWallet(context, { name: 'Bobs wallet', account: ledger.bob.account, rpc: ledger.place.rpc });
      const sent: string[] = [];
      page.on('request', (request) => {
        if (request.method() === 'POST' && request.url().startsWith(origin)) sent.push(request.url());
      });
      await page.goto(`${origin}/prove`);
      assert.equal(await page.evaluate(() => crossOriginIsolated), isolated);
      await connectWallet(session, 'Bobs wallet');
      if (source === 'csv') {
        const file = join(ledger.folder, 'table.csv');
        writeFileSync(file, table());
        await page.getByText('A table of your own').click();
        await page.getByTestId('csv').setInputFiles(file);
        await page.getByLabel('Hidden units').selectOption('8');
      } else await page.getByLabel('Smoothing of the targets').selectOption('0.05');
      await page.getByRole('button', { name: 'Prepare' }).click();
      const prepared = page.getByTestId('prepared');
      await prepared.waitFor({ timeout: PATIENCE });
      const targets = 'Targets: 0.95166 for the right class, 0.00537 for each wrong one.';
      assert.equal((await prepared.innerText()).includes(targets), source === 'digits');
      const id = await proveAll(session, (text) => t.diagnostic(text));
      const trainer = await ledger.chain.client.readContract({
        address: ledger.place.registry,
        abi: modelRegistryAbi,
        functionName: 'trainerOf',
        args: [id],
      });
      assert.equal(trainer, ledger.bob.account.address);
      const [{ args }] = await ledger.chain.client.getContractEvents({
        address: ledger.place.registry,
        abi: modelRegistryAbi,
        eventName: 'Trained',
        args: { child: id },
        fromBlock: 0n,
        strict: true,
      });
      // 0.05 shared among nine wrong classes, in units of 1/2048
      assert.equal(args.smoothing, source === 'digits' ? 11n : 0n);
      assert.deepEqual(sent, [], 'nothing may be posted to the page’s server');
      await leave(session);
    });
  }

  it('offers smoothing of the targets, none at first, for heads that have one', async () => {
    const session = await testBed.open();
    const { page } = session;
    await page.goto(`${testBed.server.origin}/prove`);
    const field = page.getByLabel('Smoothing of the targets');
    assert.equal(await field.inputValue(), '0');
    assert.equal(await field.locator('option').first().innerText(), 'none');
    await page.getByText('shared among the wrong ones').waitFor();
    await page.getByLabel('Trained as').selectOption('sigmoid');
    await page.getByText('The target of the wrong value.').waitFor();
    await page.getByLabel('Trained as').selectOption('squared error');
    await field.waitFor({ state: 'detached' });
    await leave(session);
  });

  it('takes up a request for a seed again when the page was left before the seed was used', async () => {
    const { ledger, server } = testBed;
    const session = await testBed.open();
    const { page, context } = session;
    const bob = await announceWallet(context, {
      name: 'Bobs wallet',
      account: ledger.bob.account,
      rpc: ledger.place.rpc,
    });
    const requests = async () =>
      (
        await ledger.chain.client.getContractEvents({
          address: ledger.place.registry,
          abi: modelRegistryAbi,
          eventName: 'SeedRequested',
          args: { trainer: ledger.bob.account.address },
          fromBlock: 0n,
          strict: true,
        })
      ).length;
    const before = await requests();
    const toSeed = async () => {
      await page.goto(`${server.origin}/prove`);
      // On the second visit the page connects by itself.
      if ((await requests()) === before) await connectWallet(session, 'Bobs wallet');
      await page.getByLabel('Hidden units').selectOption('16');
      await page.getByRole('button', { name: 'Prepare' }).click();
      await page.getByRole('button', { name: 'Prove and register the data' }).click({ timeout: PATIENCE });
      await page.getByRole('button', { name: 'Ask for a seed, then prove the start' }).click({ timeout: PATIENCE });
    };
    await toSeed();
    // The request is on the chain, and its proof is left.
    const deadline = Date.now() + PATIENCE;
    while ((await requests()) === before && Date.now() < deadline) await new Promise((done) => setTimeout(done, 200));
    const sent = bob.asked.filter((method) => method === 'eth_sendTransaction').length;
    await toSeed();
    await page.locator('[data-step="2"][data-phase=done]').waitFor({ timeout: PATIENCE });
    assert.equal(await requests(), before + 1, 'one request for both visits');
    // The data once more and the seed, no other request.
    assert.equal(bob.asked.filter((method) => method === 'eth_sendTransaction').length, sent + 2);
    await leave(session);
  });
});
