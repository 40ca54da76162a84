// What happens to models and benchmarks after they were registered: status, succession, rules, seals.
import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Hex } from 'viem';
import { datasetId } from '../../src/registry/ids.ts';
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

/** Links to all leaderboards. */
async function boards(): Promise<string[]> {
  const html = await (await fetch(`${testBed.server.origin}/leaderboard`)).text();
  return [...html.matchAll(/href="(\/leaderboard\?benchmark=[^"]+)"/g)].map(([, link]) => link);
}

describe('what comes after a registration', () => {
  before(async () => {
    testBed = await openTestBed();
  });
  beforeEach(async () => {
    snapshot = await testBed.ledger.command('evm_snapshot');
  });
  afterEach(async () => {
    await testBed.revert(snapshot);
  });

  it('a trainer names a successor and withdraws a model, and everybody sees it; others cannot', async () => {
    const [, first, second] = testBed.scenario.models;
    const session = await begin(testBed.ledger.alice, `/model/${first.id}`);
    const { page } = session;
    await page.getByRole('button', { name: 'Change its status' }).click();
    await page.getByLabel('Id of the successor').fill(second.id);
    await page.getByRole('button', { name: 'Send with the wallet' }).click();
    await confirmed(session);
    await page.getByRole('button', { name: 'Close' }).click();
    const standing = page.getByTestId('standing');
    await standing.getByText('It descends from this model.').waitFor({ timeout: PATIENCE });
    assert.ok((await standing.innerText()).includes(proquint(second.id)));
    await page.getByRole('button', { name: 'Change its status' }).click();
    await page.getByLabel('What you say').selectOption('withdrawn');
    await page.getByText('Say why.').waitFor();
    await page.getByLabel('Why', { exact: true }).fill('The labels were wrong.');
    await page.getByRole('button', { name: 'Send with the wallet' }).click();
    await confirmed(session);
    await standing.getByText('The labels were wrong.').waitFor({ timeout: PATIENCE });
    await leave(session);

    const other = await begin(testBed.ledger.bob, `/model/${first.id}`);
    await other.page.getByTestId('standing').getByText('Withdrawn').waitFor();
    assert.equal(await other.page.getByRole('button', { name: 'Change its status' }).count(), 0);
    await leave(other);
  });

  it('a benchmark is opened with rules, which the board shows', async () => {
    const session = await begin(testBed.ledger.bob, '/leaderboard/open');
    const { page } = session;
    const before = await boards();
    await page
      .getByLabel(/No declared imports/)
      .first()
      .check();
    await page
      .getByLabel(/^Entry fee/)
      .first()
      .fill('x');
    await page.getByText('Give a fee such as 0.01, or none.').waitFor();
    await page
      .getByLabel(/^Entry fee/)
      .first()
      .fill('0.01');
    await page.getByRole('button', { name: 'Open it with the wallet' }).click();
    await confirmed(session);
    await page.getByText('Opened').waitFor();
    let opened: string | undefined;
    // The server asks the chain for news every other second at most.
    for (let tries = 0; opened === undefined && tries < 20; tries++) {
      await page.waitForTimeout(500);
      opened = (await boards()).find((board) => !before.includes(board));
    }
    await page.goto(`${testBed.server.origin}${opened}`);
    await page
      .getByText('Nothing declared, only models that state the same columns and classes, entry fee 0.0100 ETH')
      .waitFor();
    await leave(session);
  });

  it('a benchmark is sealed, and can be opened once its data is registered', async () => {
    const { alice } = testBed.ledger;
    const { shards } = testBed.scenario;
    const ids = [...shards].sort();
    const session = await begin(alice, '/leaderboard/open');
    const { page } = session;
    await page.getByLabel('Id of the dataset').fill(datasetId(alice.account.address, ids, 'to be seen'));
    await page.getByLabel('Bond in ETH').fill('0.02');
    await page.getByRole('button', { name: 'Seal it with the wallet' }).click();
    await confirmed(session);
    const seals = page.getByRole('region', { name: 'Sealed and not open yet' });
    await seals.getByText('Its dataset is not registered yet.').last().waitFor({ timeout: PATIENCE });
    await testBed.ledger.listDataset(alice, ids, 'to be seen');
    // The server asks the chain for news every other second at most.
    await page.waitForTimeout(3_000);
    await page.reload();
    // These shards were registered before the closing block, so the contract refuses them: nobody can say that they were unseen.
    await seals.getByRole('button', { name: 'Open it' }).click({ timeout: PATIENCE });
    await page.locator('[data-phase=failed]').waitFor({ timeout: PATIENCE });
    await leave(session);
  });
});
