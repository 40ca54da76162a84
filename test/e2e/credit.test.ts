import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Hex, parseEther, zeroAddress } from 'viem';
import { creditVaultAbi } from '../../src/generated/abi.ts';
import { proquint } from '../../web/lib/proquint.ts';
import type { Visit } from './support/browser.ts';
import type { Person } from './support/ledger.ts';
import { connectWallet, leave, openTestBed, type TestBed } from './support/testBed.ts';
import { announceWallet } from './support/wallet.ts';

const PATIENCE = 60_000;

let testBed: TestBed;
let snapshot: Hex;

async function begin(by: Person, path: string): Promise<Visit> {
  const session = await testBed.open();
  const { rpc } = testBed.ledger.place;
  await announceWallet(session.context, { name: `${by.name}s wallet`, account: by.account, rpc });
  await session.page.goto(`${testBed.server.origin}${path}`);
  await connectWallet(session, `${by.name}s wallet`);
  return session;
}

const confirmed = ({ page }: Visit) => page.locator('[data-phase=confirmed]').waitFor({ timeout: PATIENCE });

/** What Alice can withdraw in Ether. */
function readyOf({ account }: Person): Promise<bigint> {
  const { client } = testBed.ledger.chain;
  const address = testBed.ledger.place.creditVault;
  const args = [account.address, zeroAddress] as const;
  return client.readContract({ address, abi: creditVaultAbi, functionName: 'credit', args });
}

describe('credit', () => {
  before(async () => {
    testBed = await openTestBed();
  });
  beforeEach(async () => {
    snapshot = await testBed.ledger.command('evm_snapshot');
  });
  afterEach(async () => {
    await testBed.revert(snapshot);
  });

  it('says on a model’s page who gets how much of a payment, and what became of those that came', async () => {
    const { models } = testBed.scenario;
    const [, , second, tuned] = models;
    const session = await testBed.open();
    const { page } = session;
    await page.goto(`${testBed.server.origin}/model/${tuned.id}`);
    const rows = await page.getByTestId('split').locator('tbody tr').allInnerTexts();
    assert.equal(rows.length, 4);
    assert.match(rows[0], new RegExp(`${proquint(tuned.id)}[\\s\\S]*Bob[\\s\\S]*85.00 %[\\s\\S]*0.85`));
    assert.ok(rows.some((row) => row.includes(proquint(second.id)) && row.includes('5.00 %') && row.includes('Alice')));
    assert.match(await page.getByTestId('credit').innerText(), /In all\s+1\b/);
    await leave(session);
  });

  it('lets a trainer claim its shares of what descendants were paid and withdraw them by wallet', async () => {
    const { alice } = testBed.ledger;
    const session = await begin(alice, '/credit');
    const { page } = session;
    const before = await testBed.ledger.chain.client.getBalance({ address: alice.account.address });
    await page.getByRole('button', { name: /^Claim \d+ shares$/ }).click({ timeout: PATIENCE });
    await confirmed(session);
    // 5 % of 1 ETH from each of three models, and of 1.75 ETH from the seed
    await page.getByTestId('ready').getByText('0.2375 ETH').waitFor({ timeout: PATIENCE });
    await page.getByRole('button', { name: /^Collect \d+ payment/ }).click();
    await page.getByTestId('ready').getByText('1.9 ETH').waitFor({ timeout: PATIENCE });
    await page.getByRole('button', { name: 'Withdraw', exact: true }).click();
    await page.getByText('Nothing is owed to this trainer now.').waitFor({ timeout: PATIENCE });
    assert.equal(await readyOf(alice), 0n);
    const after = await testBed.ledger.chain.client.getBalance({ address: alice.account.address });
    assert.ok(after - before > parseEther('1.89'), `${after - before}`);
    await leave(session);
  });

  it('takes a payment, and a share for models to come', async () => {
    const { bob } = testBed.ledger;
    const [, , , tuned] = testBed.scenario.models;
    const session = await begin(bob, `/model/${tuned.id}`);
    const { page } = session;
    await page.getByRole('button', { name: 'Pay this model' }).click();
    await page.getByLabel('Amount in ETH').fill('nothing');
    await page.getByText('Give an amount, such as 0.01.').waitFor();
    await page.getByLabel('Amount in ETH').fill('0.5');
    await page.getByRole('button', { name: 'Pay with the wallet' }).click();
    await confirmed(session);
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByTestId('credit').getByText('1.5', { exact: true }).waitFor({ timeout: PATIENCE });

    await page.goto(`${testBed.server.origin}/credit`);
    const share = page.getByLabel('Percent, 0 to 50');
    await share.fill('51');
    await page.getByText('Give a number from 0 to 50').waitFor({ timeout: PATIENCE });
    await share.fill('2.5');
    await page.getByRole('button', { name: 'Choose it' }).click();
    await confirmed(session);
    await page.getByText('2.50 %').waitFor({ timeout: PATIENCE });
    await leave(session);
  });

  it('can be read for any trainer without a wallet', async () => {
    const session = await testBed.open();
    const { page } = session;
    await page.goto(`${testBed.server.origin}/credit`);
    await page.getByText('Connect a wallet to see what you are owed.').waitFor();
    await page.goto(`${testBed.server.origin}/credit?trainer=${testBed.ledger.alice.account.address}`);
    await page.getByTestId('owed').waitFor({ timeout: PATIENCE });
    assert.ok(await page.getByRole('button', { name: 'Send it to the trainer' }).isDisabled());
    await leave(session);
  });
});
