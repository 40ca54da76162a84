import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { createWalletClient, type Hex, http, parseGwei } from 'viem';
import { parseEdge } from '../../src/registry/edge.ts';
import { encodeLinkedEdge } from '../../web/lib/linkedEdge.ts';
import { proquint } from '../../web/lib/proquint.ts';
import type { Visit } from './support/browser.ts';
import { connectWallet, leave, openTestBed, type TestBed } from './support/testBed.ts';
import { announceWallet, type TestWallet } from './support/wallet.ts';

/** To verify a proof in a browser on a busy machine. */
const PATIENCE = 120_000;

let testBed: TestBed;
let snapshot: Hex;
before(async () => {
  testBed = await openTestBed();
});
/** Opens the page with Bob's wallet connected and an edge chosen. */
async function begin(file: string, wallet: Partial<TestWallet> = {}): Promise<Visit & { bob: TestWallet }> {
  const session = await testBed.open();
  const { rpc } = testBed.ledger.place;
  const bob = await announceWallet(session.context, { name: 'Bobs wallet', account: testBed.ledger.bob.account, rpc });
  Object.assign(bob, wallet);
  await session.page.goto(`${testBed.server.origin}/submit`);
  await connectWallet(session, 'Bobs wallet');
  await session.page.getByTestId('file').setInputFiles(file);
  return { ...session, bob };
}

const send = ({ page }: Visit) =>
  page.getByRole('button', { name: 'Send with the wallet' }).click({ timeout: PATIENCE });
const phase = ({ page }: Visit, name: string) => page.locator(`[data-phase=${name}]`).waitFor({ timeout: PATIENCE });

describe('submitting', () => {
  // Each test finds the chain as it was.
  beforeEach(async () => {
    snapshot = await testBed.ledger.command('evm_snapshot');
  });
  afterEach(async () => {
    await testBed.ledger.command('evm_setAutomine', true);
    await testBed.ledger.command('evm_revert', snapshot);
  });

  it('asks the chosen one of two wallets, registers the edge, and the tree shows it', async () => {
    const { waiting } = testBed.scenario;
    const session = await testBed.open();
    const { page, context } = session;
    const { rpc } = testBed.ledger.place;
    const alice = await announceWallet(context, { name: 'Alices wallet', account: testBed.ledger.alice.account, rpc });
    const bob = await announceWallet(context, { name: 'Bobs wallet', account: testBed.ledger.bob.account, rpc });
    await page.goto(`${testBed.server.origin}/submit`);
    await connectWallet(session, 'Bobs wallet');
    await page.getByTestId('file').setInputFiles(waiting.file);
    await send(session);
    await phase(session, 'confirmed');
    assert.ok(bob.asked.includes('eth_sendTransaction'));
    assert.ok(!alice.asked.includes('eth_requestAccounts'));
    await page.getByRole('link', { name: 'See it in the tree' }).click();
    await page
      .getByRole('complementary', { name: 'Chosen model' })
      .getByText(proquint(waiting.id))
      .waitFor({ timeout: 30_000 });
    await leave(session);
  });

  it('shows who, what, parents, gas and price, and warns of development keys', async () => {
    const session = await begin(testBed.scenario.waiting.file);
    const { page } = session;
    const says = page.getByRole('region', { name: 'What it says' });
    await says.getByText('Test keys').waitFor({ timeout: PATIENCE });
    const text = await says.innerText();
    for (const part of ['Trained', 'Bob', testBed.ledger.bob.account.address, proquint(testBed.scenario.models[2].id)])
      assert.ok(text.includes(part), part);
    await page.getByRole('button', { name: 'Send with the wallet' }).waitFor({ timeout: PATIENCE });
    const send = page.getByRole('region', { name: 'Send' });
    await send
      .getByText(/\d ETH/)
      .first()
      .waitFor({ timeout: PATIENCE });
    assert.match(await send.innerText(), /Gas\s+\d{3},\d{3}\s+Price today\s+[\d.e-]+ ETH/);
    await page.getByText('these proofs can be forged').waitFor();
    await page.getByText('whose secret is public: anybody could forge this proof').waitFor();
    await leave(session);
  });

  it('opens prefilled from a link, and the server does not see the edge', async () => {
    const session = await testBed.open();
    const { page } = session;
    const seen: string[] = [];
    page.on('request', (request) => seen.push(request.url() + (request.postData() ?? '')));
    const link = await encodeLinkedEdge(readFileSync(testBed.scenario.waiting.file, 'utf8'));
    await page.goto(`${testBed.server.origin}/submit#edge=${link}`);
    await page.getByRole('region', { name: 'What it says' }).getByText(proquint(testBed.scenario.waiting.id)).waitFor();
    assert.ok(!page.url().includes('edge='));
    assert.ok(!seen.some((url) => url.startsWith(testBed.server.origin) && url.includes(link.slice(0, 40))));
    await page.goto(`${testBed.server.origin}/`);
    await page.goto(`${testBed.server.origin}/submit#edge=${link.slice(0, 100)}`);
    await page.getByText('The link is damaged.').waitFor();
    await leave(session);
  });

  it('says so when the owner declines, and lets another try', async () => {
    const session = await begin(testBed.scenario.waiting.file, { mood: 'reject' });
    const { page } = session;
    await send(session);
    await page.getByText('You declined in the wallet.').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'Send with the wallet' }).waitFor();
    await leave(session);
  });

  it('says that it waits for the wallet, then for the block, and that a faster replacement counts', async () => {
    const session = await begin(testBed.scenario.waiting.file, { mood: 'ponder' });
    const { page, bob } = session;
    await send(session);
    await page.getByText('Waiting for your wallet').waitFor();
    await testBed.ledger.command('evm_setAutomine', false);
    bob.mood = 'agree';
    await phase(session, 'submitted');
    await replace(session.bob, 'faster');
    await phase(session, 'confirmed');
    await page.getByText('Registered, with a faster replacement').waitFor();
    await leave(session);
  });

  it('says that the owner cancelled it in the wallet', async () => {
    const session = await begin(testBed.scenario.waiting.file);
    await testBed.ledger.command('evm_setAutomine', false);
    await send(session);
    await phase(session, 'submitted');
    await replace(session.bob, 'cancelled');
    await phase(session, 'cancelled');
    await session.page.getByText('Nothing was registered.').waitFor();
    await leave(session);
  });

  it('says that a transaction was included but failed', async () => {
    const session = await begin(testBed.scenario.waiting.file, { gas: 300_000n });
    await testBed.ledger.command('evm_setAutomine', false);
    await send(session);
    await phase(session, 'submitted');
    await testBed.ledger.command('evm_mine');
    await phase(session, 'failed');
    await session.page.getByText('The transaction was included but failed.').waitFor();
    await testBed.ledger.command('evm_setAutomine', true);
    await leave(session);
  });

  it("gives the contract's error in words when it refuses what the wallet sends", async () => {
    const { waiting } = testBed.scenario;
    const { ledger } = testBed;
    const session = await begin(waiting.file, { mood: 'ponder' });
    await send(session);
    await session.page.getByText('Waiting for your wallet').waitFor();
    await ledger.submit(ledger.bob, parseEdge(readFileSync(waiting.file, 'utf8')));
    session.bob.mood = 'agree';
    await session.page.getByText('This model is registered already.').waitFor();
    await session.page.getByText('Details').click();
    await session.page.getByText('ModelExists(').waitFor();
    await leave(session);
  });

  it('asks the contract first: an edge whose parent is missing is not sent', async () => {
    const session = await begin(testBed.scenario.next.file);
    await session.page.getByText('The parent is not registered here.').waitFor({ timeout: PATIENCE });
    assert.equal(await session.page.getByRole('button', { name: /Send with|Checking/ }).isEnabled(), false);
    assert.ok(!session.bob.asked.includes('eth_sendTransaction'));
    await leave(session);
  });

  it('offers to switch when the wallet is on another chain, and then sends nothing by itself', async () => {
    const session = await begin(testBed.scenario.waiting.file, { chainId: 1 });
    const { page, bob } = session;
    await page.getByRole('main').getByRole('button', { name: 'Switch to Local chain' }).click({ timeout: PATIENCE });
    await page.getByRole('button', { name: 'Send with the wallet' }).waitFor({ timeout: PATIENCE });
    assert.equal(bob.chainId, 31337);
    assert.ok(!bob.asked.includes('eth_sendTransaction'));
    await leave(session);
  });

  it("refuses another trainer's edge before the wallet is asked", async () => {
    const session = await testBed.open();
    const { page, context } = session;
    const { rpc } = testBed.ledger.place;
    const alice = await announceWallet(context, { name: 'Alices wallet', account: testBed.ledger.alice.account, rpc });
    await page.goto(`${testBed.server.origin}/submit`);
    await connectWallet(session, 'Alices wallet');
    await page.getByTestId('file').setInputFiles(testBed.scenario.waiting.file);
    await page.getByText('The edge was proved for').waitFor({ timeout: PATIENCE });
    assert.ok(!alice.asked.includes('eth_sendTransaction'));
    await leave(session);
  });
});

/** Puts another transaction in the place of the wallet's last one and makes a block. */
async function replace({ last }: TestWallet, how: 'faster' | 'cancelled'): Promise<void> {
  const { ledger } = testBed;
  const { account } = ledger.bob;
  // The page has to see the first one before it can tell that another took its place.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const wallet = createWalletClient({ account, transport: http(ledger.place.rpc) });
  const fees = { maxFeePerGas: parseGwei('100'), maxPriorityFeePerGas: parseGwei('50') };
  const { to, input, gas, nonce } = await ledger.chain.client.getTransaction({ hash: last! });
  const call = how === 'faster' ? { to: to!, data: input, gas } : { to: account.address, value: 0n, gas: 21_000n };
  await wallet.sendTransaction({ ...call, ...fees, nonce, chain: null });
  await ledger.command('evm_mine');
  await ledger.command('evm_setAutomine', true);
}
