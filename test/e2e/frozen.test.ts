// A node that takes connections and never answers is named soon, on pages and in the API, and what was read stays there.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser, type Visit } from './support/browser.ts';
import { type CrowdPage, serveCrowd } from './support/crowdPage.ts';
import { leave } from './support/testBed.ts';

const MODELS = 100;
const WORDS = 'The node does not answer in time';
/** What a busy machine may take beside the five seconds. */
const PATIENCE = 20_000;

let browser: Browser;
let crowd: CrowdPage;
before(async () => {
  browser = await launchBrowser();
  crowd = await serveCrowd(MODELS);
});
after(async () => {
  await crowd?.close();
  await browser?.close();
});

const says = ({ page }: Visit, text: string) =>
  page.getByTestId('block').filter({ hasText: text }).waitFor({ timeout: PATIENCE });
const status = async () => (await (await fetch(`${crowd.origin}/api/status`)).json()) as { silent?: boolean };

describe('a node that takes questions and does not answer them', () => {
  it('is named when nothing was read yet, and what is registered comes when it answers again', async (t) => {
    crowd.faults.frozen = true;
    const session = await crowd.open(browser);
    const { page } = session;
    const begun = performance.now();
    await page.goto(`${crowd.origin}/tree`);
    await page.getByRole('status').filter({ hasText: WORDS }).waitFor({ timeout: PATIENCE });
    t.diagnostic(`named ${((performance.now() - begun) / 1000).toFixed(1)} s after the first visit`);
    assert.equal((await status()).silent, true);
    assert.match(await page.locator('main').innerText(), /^Nothing is read from the chain yet/);
    crowd.faults.frozen = false;
    await page
      .getByTestId('shown')
      .filter({ hasText: `${MODELS} of ${MODELS} models` })
      .waitFor({ timeout: PATIENCE });
    await says(session, 'Up to date.');
    await leave(session);
  });

  it('is named on a page that is open, other pages come from what was read, and it is forgiven', async (t) => {
    const session = await crowd.open(browser);
    const { page } = session;
    await page.goto(`${crowd.origin}/tree`);
    await says(session, 'Up to date.');
    crowd.faults.frozen = true;
    const frozen = performance.now();
    await says(session, WORDS);
    t.diagnostic(`named ${((performance.now() - frozen) / 1000).toFixed(1)} s after it froze`);
    assert.equal((await status()).silent, true);
    const asked = performance.now();
    assert.match(await (await fetch(`${crowd.origin}/leaderboard`)).text(), /leaderboard/i);
    t.diagnostic(`another page came after ${((performance.now() - asked) / 1000).toFixed(1)} s`);
    const verify = await crowd.open(browser);
    await verify.page.goto(`${crowd.origin}/verify`);
    await verify.page.getByTestId('node-note').filter({ hasText: WORDS }).waitFor({ timeout: PATIENCE });
    crowd.faults.frozen = false;
    await says(session, 'Up to date.');
    await verify.page.getByTestId('node-note').waitFor({ state: 'hidden', timeout: PATIENCE });
    assert.equal((await status()).silent, undefined);
    await leave(verify);
    await leave(session);
  });
});
