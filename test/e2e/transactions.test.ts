import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { Hex } from 'viem';
import { SENT_PLACE } from '../../web/lib/sentPlace.ts';
import type { Visit, VisitOptions } from './support/browser.ts';
import { connectWallet, leave, openTestBed, type TestBed } from './support/testBed.ts';
import { announceWallet, replaceLast, type TestWallet } from './support/wallet.ts';

/** To verify a proof in a browser on a busy machine. */
const PATIENCE = 120_000;

let testBed: TestBed;
let snapshot: Hex;
before(async () => {
  testBed = await openTestBed();
});

type Session = Visit & { bob: TestWallet };

/** Opens Submit with Bob's wallet connected and the waiting edge chosen. */
async function begin(options: Partial<VisitOptions> = {}): Promise<Session> {
  const session = await testBed.open(options);
  const { rpc } = testBed.ledger.place;
  const bob = await announceWallet(session.context, { name: 'Bobs wallet', account: testBed.ledger.bob.account, rpc });
  await choose(session.page);
  await connectWallet(session, 'Bobs wallet');
  return { ...session, bob };
}

async function choose(page: Page): Promise<void> {
  await page.goto(`${testBed.server.origin}/submit`);
  await page.getByTestId('file').setInputFiles(testBed.scenario.waiting.file);
}

const send = ({ page }: Visit) =>
  page.getByRole('button', { name: 'Send with the wallet' }).click({ timeout: PATIENCE });
const phase = ({ page }: Visit, name: string) => page.locator(`[data-phase=${name}]`).waitFor({ timeout: PATIENCE });
const timesSent = ({ asked }: TestWallet) => asked.filter((method) => method === 'eth_sendTransaction').length;

/** Sends the waiting edge while no block comes, and leaves the page. */
async function sendAndLeave(): Promise<Session> {
  const session = await begin();
  await testBed.ledger.command('evm_setAutomine', false);
  await send(session);
  await phase(session, 'submitted');
  await listed(session, 'submitted');
  // By its nonce another is known to have taken its place.
  await session.page.getByText(/, nonce \d/).waitFor();
  return session;
}

/** The list of transactions, once the only one in it has come to this. */
async function listed({ page }: Visit, fate: string): Promise<string> {
  await page.goto(`${testBed.server.origin}/transactions`);
  await page.locator(`[data-fate=${fate}]`).waitFor({ timeout: 30_000 });
  assert.equal(await page.getByTestId('sent-one').count(), 1);
  return page.getByTestId('sent-one').innerText();
}

describe('a transaction that was sent', () => {
  beforeEach(async () => {
    snapshot = await testBed.ledger.command('evm_snapshot');
  });
  afterEach(async () => {
    await testBed.ledger.command('evm_setAutomine', true);
    await testBed.ledger.command('evm_revert', snapshot);
  });

  it('is remembered over pages and a restart of the browser, is not sent twice, and leads to what it made', async () => {
    const first = await sendAndLeave();
    await first.page.goto(`${testBed.server.origin}/leaderboard`);
    await first.page.getByTestId('sent').click();
    const waiting = await first.page.locator('[data-fate=submitted]').innerText();
    assert.match(waiting, /Register a model\s.*nonce \d+.*Sent, waiting for a block/s);
    assert.doesNotMatch(waiting, /included|registered/i);
    const stored = await first.context.storageState();
    await leave(first);
    // The same browser after a restart.
    const second = await begin({ stored });
    await phase(second, 'submitted');
    assert.equal(await second.page.getByRole('button', { name: /Send with|Checking/ }).count(), 0);
    assert.equal(timesSent(second.bob), 0);
    await testBed.ledger.command('evm_mine');
    await phase(second, 'confirmed');
    assert.match(await listed(second, 'confirmed'), /Included\.\s+In block [\d,]+ for [\d,]+ gas/);
    assert.equal(await second.page.getByTestId('sent').count(), 0);
    await second.page.getByRole('link', { name: 'Open what it made' }).click();
    await second.page.waitForURL(`**/model/${testBed.scenario.waiting.id}`);
    await leave(second);
  });

  it('that was sped up or cancelled while no page was open is found in the block of its nonce', async () => {
    for (const [how, fate, words] of [
      ['faster', 'confirmed', /Included, with a faster replacement/],
      ['cancelled', 'cancelled', /Cancelled: another transaction took its place/],
    ] as const) {
      const again = await testBed.ledger.command('evm_snapshot');
      const session = await sendAndLeave();
      await session.page.goto('about:blank');
      await replaceLast(testBed, session.bob, how);
      await testBed.ledger.command('hardhat_mine', '0x5');
      assert.match(await listed(session, fate), words);
      await leave(session);
      await testBed.ledger.command('evm_revert', again);
    }
  });

  it('that the node lost is said to be dropped after a while, never to be ended, and can be sent again', async () => {
    const session = await sendAndLeave();
    const { page, bob } = session;
    await testBed.ledger.command('hardhat_dropTransaction', bob.last!);
    // A node may be late: for a minute it only waits.
    assert.match(await listed(session, 'submitted'), /waiting for a block/);
    await page.evaluate((place) => {
      const [sent] = JSON.parse(localStorage.getItem(place)!);
      localStorage.setItem(place, JSON.stringify([{ ...sent, seenAt: sent.seenAt - 120_000 }]));
    }, SENT_PLACE);
    assert.match(await listed(session, 'dropped'), /does not have this transaction any more/);
    await testBed.ledger.command('evm_setAutomine', true);
    await choose(page);
    await send(session);
    await phase(session, 'confirmed');
    // The one that was dropped had the nonce of this one, which does the same: it ends with it.
    await page.goto(`${testBed.server.origin}/transactions`);
    await page
      .getByText(/Included/)
      .first()
      .waitFor();
    await page.getByText(/does not have this transaction/).waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Forget those that ended' }).click();
    await page.getByText('Nothing was sent from this browser.').waitFor();
    await leave(session);
  });

  it('of another chain or registry is not shown, and what strangers wrote in the storage breaks nothing', async () => {
    const session = await testBed.open();
    const { page } = session;
    const hash = `0x${'ab'.repeat(32)}`;
    const { registry } = testBed.ledger.place;
    const text = { what: 'Register a model', page: '/tree' };
    const sent = {
      hash,
      call: hash,
      sender: registry,
      registry,
      chainId: 31337,
      ...text,
      fate: { phase: 'submitted' },
    };
    const times = { since: 1, sentAt: 1, seenAt: 1 };
    const good = { ...sent, ...times };
    const bad = [
      '{',
      'null',
      '{"length":1}',
      JSON.stringify([
        null,
        1,
        'x',
        [],
        {},
        { ...good, page: '//evil.example' },
        { ...good, fate: { phase: 'toString' } },
      ]),
      JSON.stringify([
        { ...good, fate: { phase: 'confirmed', hash, block: 'x', gas: 1 } },
        { ...good, nonce: -1 },
      ]),
      JSON.stringify([
        { ...good, chainId: 1 },
        { ...good, registry: `0x${'12'.repeat(20)}` },
      ]),
      `["${'x'.repeat(400_000)}"]`,
    ];
    await page.goto(`${testBed.server.origin}/`);
    for (const stored of bad) {
      await page.evaluate(([place, value]) => localStorage.setItem(place, value), [SENT_PLACE, stored]);
      await page.goto(`${testBed.server.origin}/transactions`);
      await page.getByText('Nothing was sent from this browser.').waitFor();
      await page.waitForLoadState('networkidle');
      assert.equal(await page.getByTestId('sent').count(), 0, stored.slice(0, 60));
    }
    await leave(session);
  });
});
