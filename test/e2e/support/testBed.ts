// One chain, one server and one browser for all tests of a run: proofs take longer than everything else.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Browser } from 'playwright-core';
import type { Hex } from 'viem';
import { launchBrowser, type Visit, type VisitOptions, visit } from './browser.ts';
import { Ledger, type Place } from './ledger.ts';
import { ProvingFixture } from './provingFixture.ts';
import { playScenario, type Scenario } from './scenario.ts';
import { type PageServer, servePage } from './server.ts';

export interface TestBed {
  ledger: Ledger;
  scenario: Scenario;
  server: PageServer;
  browser: Browser;
  /** Opens a page that may talk to the server and the node only. */
  open(options?: Partial<VisitOptions>): Promise<Visit>;
  /** Takes the chain back to a snapshot, and waits until the server has noticed. */
  revert(snapshot: Hex): Promise<void>;
}

let opening: Promise<TestBed> | undefined;
const closers: (() => Promise<void>)[] = [];

after(async () => {
  for (const close of closers.reverse()) await close();
});

/** The test bed, set up on the first call. With DESCENT_E2E_FOLDER, on the chain that `serve.ts` keeps running there. */
export function openTestBed(): Promise<TestBed> {
  opening ??= set();
  return opening;
}

async function set(): Promise<TestBed> {
  const { ledger, scenario } = await findWorld(process.env.DESCENT_E2E_FOLDER);
  const server = await servePage(ledger.deploymentFile);
  closers.push(() => server.close());
  const browser = await launchBrowser();
  closers.push(() => browser.close());
  const origins = [server.origin, ledger.place.rpc];
  const height = async () => Number(await ledger.chain.client.getBlockNumber({ cacheTime: 0 }));
  const revert = async (snapshot: Hex) => {
    const before = await height();
    await ledger.command('evm_revert', snapshot);
    // A node that is behind is believed to be late: only further blocks show that others took the place of those that were read.
    const after = await height();
    await ledger.command('hardhat_mine', `0x${(before - after + 1).toString(16)}`);
    for (let round = 0; round < 100; round++) {
      const { scanned } = (await (await fetch(`${server.origin}/api/status`)).json()) as { scanned: number };
      if (scanned > before) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`the server does not read beyond block ${before}`);
  };
  return { ledger, scenario, server, browser, open: (options) => visit(browser, { origins, ...options }), revert };
}

async function findWorld(folder: string | undefined): Promise<{ ledger: Ledger; scenario: Scenario }> {
  if (folder) {
    const { place, scenario } = JSON.parse(readFileSync(join(folder, 'scenario.json'), 'utf8')) as {
      place: Place;
      scenario: Scenario;
    };
    const ledger = await Ledger.open(place, folder);
    const snapshot = await ledger.command('evm_snapshot');
    closers.push(() => ledger.command('evm_revert', snapshot));
    return { ledger, scenario };
  }
  const fixture = await ProvingFixture.start('build/e2e');
  closers.push(() => fixture.close());
  return { ledger: fixture, scenario: await playScenario(fixture) };
}

/** Ends a visit; fails if anything was complained about. */
export async function leave({ context, complaints }: Visit): Promise<void> {
  await context.close();
  assert.deepEqual(complaints, []);
}

/** Connects one of the announced wallets. */
export async function connectWallet({ page }: Visit, name: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  // A click before the page's scripts run is lost. The dialog is fetched by the first that is not.
  while (!(await dialog.isVisible())) {
    await page.getByTestId('wallet').click();
    await dialog.waitFor({ timeout: 2_000 }).catch(() => {});
  }
  await page.getByRole('button', { name, exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
}
