import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Hex } from 'viem';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { parseRun, runTransaction } from '../../src/registry/edgeRun.ts';
import { encodeLinkedEdge } from '../../web/lib/linkedEdge.ts';
import { proquint } from '../../web/lib/proquint.ts';
import { connectWallet, leave, openTestBed, type TestBed } from './support/testBed.ts';
import { announceWallet } from './support/wallet.ts';

/** To verify three proofs in a browser on a busy machine. */
const PATIENCE = 120_000;

let testBed: TestBed;
let snapshot: Hex;
before(async () => {
  testBed = await openTestBed();
});

/** Registers the run as its trainer would with the command line. */
async function register(): Promise<void> {
  const { ledger, scenario } = testBed;
  const { to, data } = runTransaction(parseRun(readFileSync(scenario.run.file, 'utf8')));
  await ledger.send(ledger.bob, data, to);
}

describe('a run of trainings', () => {
  beforeEach(async () => {
    snapshot = await testBed.ledger.command('evm_snapshot');
  });
  afterEach(() => testBed.ledger.command('evm_revert', snapshot));

  it('is sent with the wallet in one transaction, which makes nodes of the kept models alone', async () => {
    const { ledger, scenario, server } = testBed;
    const { ids, file } = scenario.run;
    const session = await testBed.open();
    const { page, context } = session;
    await announceWallet(context, { name: 'Bobs wallet', account: ledger.bob.account, rpc: ledger.place.rpc });
    await page.goto(`${server.origin}/submit`);
    await connectWallet(session, 'Bobs wallet');
    await page.getByTestId('file').setInputFiles(file);
    const says = page.getByRole('region', { name: 'What it says' });
    await says.getByText('32 steps in 3 segments').click({ timeout: PATIENCE });
    // Two shards of 64 rows, of which the first is read twice.
    for (const part of [
      '128 rows',
      '16 steps of 8 rows at rate 0.5, 2 passes',
      '2, the last one included',
      proquint(ids[2]),
    ])
      await says.getByText(part).waitFor();
    await page.locator('[data-check=file]').getByText('a run of 3 segments').waitFor({ timeout: PATIENCE });
    await page.getByRole('button', { name: 'Send with the wallet' }).click({ timeout: PATIENCE });
    await page.locator('[data-phase=confirmed]').waitFor({ timeout: PATIENCE });
    const trainers = await Promise.all(
      ids.map((id) =>
        ledger.chain.client
          .readContract({
            address: ledger.place.registry,
            abi: modelRegistryAbi,
            functionName: 'trainerOf',
            args: [id],
          })
          .catch(() => undefined),
      ),
    );
    const none = [undefined, `0x${'0'.repeat(40)}`];
    assert.ok(none.includes(trainers[0]), 'the first model is not kept');
    assert.deepEqual(trainers.slice(1), [ledger.bob.account.address, ledger.bob.account.address]);
    await leave(session);
  });

  it('is verified by the ids of its kept models, of one segment and of two', async () => {
    await register();
    const { ids } = testBed.scenario.run;
    const session = await testBed.open();
    const { page } = session;
    // Of a run the proofs, their signals and their openings are one line.
    for (const [id, file, good] of [
      [ids[1], 'a run of 2 segments', 10],
      [ids[2], 'program train', 12],
    ] as const) {
      await page.goto(`${testBed.server.origin}/verify?node=${id}`);
      await page.getByTestId('verdict').waitFor({ timeout: PATIENCE });
      assert.equal(await page.getByTestId('verdict').getAttribute('data-verdict'), 'holds');
      await page.locator('[data-check=file]').getByText(file).waitFor();
      assert.equal(await page.locator('[data-state=good]').count(), good);
    }
    await leave(session);
  });

  it('opens from a link', async () => {
    const session = await testBed.open();
    const { page } = session;
    const { ids, file } = testBed.scenario.run;
    const link = await encodeLinkedEdge(readFileSync(file, 'utf8'));
    await page.goto(`${testBed.server.origin}/submit#edge=${link}`);
    const says = page.getByRole('region', { name: 'What it says' });
    await says.getByText(proquint(ids[2])).waitFor({ timeout: PATIENCE });
    await says.getByText('32 steps in 3 segments').waitFor();
    assert.ok(!page.url().includes('edge='));
    await leave(session);
  });

  it('has its segments on the page of a kept model', async () => {
    await register();
    const { ids } = testBed.scenario.run;
    const session = await testBed.open();
    const { page } = session;
    await page.goto(`${testBed.server.origin}/model/${ids[1]}`);
    const main = page.getByRole('main');
    await main.getByText('16 steps in 2 segments').waitFor({ timeout: PATIENCE });
    await main.getByText('128 committed rows').waitFor();
    await main.getByText('All segments').click();
    await main.getByText('2. 8 steps of 8 rows, in order, once through the shard').waitFor();
    await page.goto(`${testBed.server.origin}/model/${ids[2]}`);
    await main.getByText('16 steps of 8 rows, in order, 2 times through the shard').waitFor({ timeout: PATIENCE });
    await main.getByText('--batch 8 --passes 2').waitFor();
    await leave(session);
  });
});
