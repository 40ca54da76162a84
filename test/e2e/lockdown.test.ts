// A browser in which an extension has frozen the language for the page, as wallets that run SES do.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { before, describe, it } from 'node:test';
import { PATIENCE } from './support/proving.ts';
import { connectWallet, leave, openTestBed, type TestBed } from './support/testBed.ts';
import { announceWallet } from './support/wallet.ts';

const SES = createRequire(import.meta.url).resolve('ses/lockdown');

let testBed: TestBed;
before(async () => {
  testBed = await openTestBed();
});

describe('a tab in which an extension runs lockdown', () => {
  it('prepares, proves, registers and verifies as any other', async () => {
    const { ledger, server } = testBed;
    const session = await testBed.open();
    const { page, context } = session;
    await context.addInitScript({ path: SES });
    await context.addInitScript(() => {
      (globalThis as unknown as { lockdown(options: object): void }).lockdown({
        consoleTaming: 'unsafe',
        errorTaming: 'unsafe',
        overrideTaming: 'severe',
      });
    });
    await announceWallet(context, { name: 'Bobs wallet', account: ledger.bob.account, rpc: ledger.place.rpc });
    await page.goto(`${server.origin}/prove`);
    assert.ok(await page.evaluate(() => Object.isFrozen(Array.prototype)));
    await connectWallet(session, 'Bobs wallet');
    await page.getByLabel('Hidden units').selectOption('8');
    await page.getByRole('button', { name: 'Prepare' }).click();
    await page.getByRole('button', { name: 'Prove and register the data' }).click({ timeout: PATIENCE });
    await page.locator('[data-step="1"][data-phase=done]').waitFor({ timeout: PATIENCE });
    await page.getByRole('button', { name: 'Ask for a seed, then prove the start' }).click();
    await page.locator('[data-step="2"][data-phase=done]').waitFor({ timeout: PATIENCE });
    for (const path of ['/tree', '/leaderboard', `/model/${testBed.scenario.models[1].id}`]) {
      await page.goto(`${server.origin}${path}`);
      await page.getByRole('main').getByRole('heading').first().waitFor();
    }
    await page.goto(`${server.origin}/verify?node=${testBed.scenario.models[1].id}`);
    await page.getByTestId('verdict').waitFor({ timeout: PATIENCE });
    assert.equal(await page.getByTestId('verdict').getAttribute('data-verdict'), 'holds');
    await leave(session);
  });
});
