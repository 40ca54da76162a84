import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Hex, zeroAddress } from 'viem';
import { bountyBoardAbi } from '../../src/generated/abi.ts';
import { proquint } from '../../web/lib/proquint.ts';
import type { Visit } from './support/browser.ts';
import type { Person } from './support/ledger.ts';
import { connectWallet, leave, openTestBed, type TestBed } from './support/testBed.ts';
import { announceWallet } from './support/wallet.ts';

const PATIENCE = 60_000;

let testBed: TestBed;
let snapshot: Hex;

async function begin(by: Person): Promise<Visit> {
  const session = await testBed.open();
  const { rpc } = testBed.ledger.place;
  await announceWallet(session.context, { name: `${by.name}s wallet`, account: by.account, rpc });
  await session.page.goto(`${testBed.server.origin}/bounties`);
  await connectWallet(session, `${by.name}s wallet`);
  return session;
}

const confirmed = ({ page }: Visit) => page.locator('[data-phase=confirmed]').waitFor({ timeout: PATIENCE });

/** Fills in the form and sends it. */
async function set(
  { page }: Visit,
  { rows, days = '30', newOnly = true }: { rows: string; days?: string; newOnly?: boolean },
) {
  await page.getByRole('combobox', { name: 'Benchmark' }).selectOption(testBed.scenario.benchmark);
  await page.getByLabel(/^Rows right of/).fill(rows);
  await page.getByLabel('Prize in ETH').fill('0.25');
  await page.getByLabel('Days until the deadline').fill(days);
  if (!newOnly) await page.getByLabel('Only models registered from now on').uncheck();
  await page.getByRole('button', { name: 'Set the bounty with the wallet' }).click();
}

describe('bounties', () => {
  before(async () => {
    testBed = await openTestBed();
  });
  beforeEach(async () => {
    snapshot = await testBed.ledger.command('evm_snapshot');
  });
  afterEach(async () => {
    await testBed.revert(snapshot);
  });

  it('are set, claimed for a model that reaches them, and the prize is withdrawn', async () => {
    const session = await begin(testBed.ledger.bob);
    const { page } = session;
    await page.getByText('There is no open bounty.').waitFor();
    await page.getByLabel(/^Rows right of/).fill('100000');
    await page.getByText(/Give a number of rows from 1 to/).waitFor();
    await set(session, { rows: '1', newOnly: false });
    await confirmed(session);
    const card = page.getByTestId('bounty-1');
    await card.getByText('0.25 ETH').waitFor({ timeout: PATIENCE });
    assert.match(
      await card.innerText(),
      /At least 1 of 64 rows right[\s\S]*was not trained on shards of the benchmark/,
    );
    await card.getByRole('button', { name: 'Claim it for this model' }).click();
    await card.getByText('Won by').waitFor({ timeout: PATIENCE });
    const { client } = testBed.ledger.chain;
    const address = testBed.ledger.place.bountyBoard;
    const { winner } = await client.readContract({ address, abi: bountyBoardAbi, functionName: 'bounty', args: [1n] });
    assert.ok((await card.innerText()).includes(proquint(winner)));
    await leave(session);
    const { models } = testBed.scenario;
    const won = models.findIndex(({ id }) => id === winner);
    const { alice, bob } = testBed.ledger;
    const trainer = [alice, alice, alice, bob, bob][won] ?? (won === models.length - 2 ? alice : bob);
    const again = await begin(trainer);
    await again.page.getByRole('button', { name: /^Withdraw 0.25 ETH/ }).click({ timeout: PATIENCE });
    await confirmed(again);
    const owed = await client.readContract({
      address,
      abi: bountyBoardAbi,
      functionName: 'owed',
      args: [trainer.account.address, zeroAddress],
    });
    assert.equal(owed, 0n);
    await leave(again);
  });

  it('go back to the funder after the deadline', async () => {
    const session = await begin(testBed.ledger.bob);
    const { page } = session;
    await set(session, { rows: '64', days: '1' });
    await confirmed(session);
    const card = page.getByTestId('bounty-1');
    await card.getByText('No model that this page knows reaches it yet.').waitFor({ timeout: PATIENCE });
    await testBed.ledger.command('evm_increaseTime', 2 * 86_400);
    await testBed.ledger.command('evm_mine');
    await page.reload();
    await card.getByRole('button', { name: 'Give it back to the funder' }).click({ timeout: PATIENCE });
    await card.getByText('given back').waitFor({ timeout: PATIENCE });
    await page.getByRole('button', { name: /^Take back 0.25 ETH/ }).click({ timeout: PATIENCE });
    await page.getByTestId('yours').waitFor({ state: 'detached', timeout: PATIENCE });
    await leave(session);
  });
});
