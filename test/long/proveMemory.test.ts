// What a tab holds after many proofs: no more than after a few.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { PATIENCE } from '../e2e/support/proving.ts';
import { connectWallet, leave, openTestBed, type TestBed } from '../e2e/support/testBed.ts';
import { announceWallet } from '../e2e/support/wallet.ts';

const PROOFS = 30;
/** Proofs until all is loaded and the engine has compiled what it will. */
const WARM = 6;
/** MiB that a tab may grow by afterwards: what collections of garbage leave open. */
const SLACK = 150;

let testBed: TestBed;
before(async () => {
  testBed = await openTestBed();
});

/** MiB that the largest page of the browser holds now, by Linux. */
async function residentMemory(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]);
  return Math.round(Math.max(...sizes.map(Number)) / 1024);
}

describe('a tab that proves for long', () => {
  it(`holds no more after ${PROOFS} proofs than after ${WARM}`, async (t) => {
    const { ledger, server, browser } = testBed;
    const session = await testBed.open();
    const { page, context } = session;
    const wallet = await announceWallet(context, {
      name: 'Bobs wallet',
      account: ledger.bob.account,
      rpc: ledger.place.rpc,
    });
    await page.goto(`${server.origin}/prove`);
    await connectWallet(session, 'Bobs wallet');
    await page.getByRole('button', { name: 'Prepare' }).click();
    for (const [step, action] of ['Prove and register the data', 'Ask for a seed, then prove the start'].entries()) {
      await page.getByRole('button', { name: action }).click({ timeout: PATIENCE });
      await page.locator(`[data-step="${step + 1}"][data-phase=done]`).waitFor({ timeout: PATIENCE });
    }
    // A proof that is not sent is given up, and made anew.
    wallet.mood = 'reject';
    const held: number[] = [];
    for (let k = 0; k < PROOFS; k++) {
      if (k > 0) {
        await page.getByRole('button', { name: 'Train with other settings' }).click();
        await page.getByRole('button', { name: 'Delete both' }).click();
      }
      await page.getByRole('button', { name: 'Train, prove and register' }).click({ timeout: PATIENCE });
      await page.locator('[data-step="3"][data-phase=proved]').getByText('You declined').waitFor({ timeout: PATIENCE });
      held.push(await residentMemory(browser));
    }
    t.diagnostic(`MiB after each proof: ${held.join(' ')}`);
    const least = (from: number, to: number) => Math.min(...held.slice(from, to));
    const [early, late] = [least(WARM - 3, WARM), least(PROOFS - 3, PROOFS)];
    assert.ok(late <= early + SLACK, `${early} MiB after ${WARM} proofs, ${late} after ${PROOFS}`);
    await leave(session);
  });
});
