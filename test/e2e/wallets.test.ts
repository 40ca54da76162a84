import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Hex, numberToHex } from 'viem';
import { signRequest } from '../../scripts/chain/carry.ts';
import { signEdge } from '../../scripts/chain/submitEdge.ts';
import { parseEdge } from '../../src/registry/edge.ts';
import { formatSignedEdge } from '../../src/registry/signedEdge.ts';
import { formatSignedRequest } from '../../src/registry/signedRequest.ts';
import type { Visit, VisitOptions } from './support/browser.ts';
import { connectWallet, leave, openTestBed, type TestBed } from './support/testBed.ts';
import { announceWallet, type TestWallet } from './support/wallet.ts';

/** To verify a proof in a browser on a busy machine. */
const PATIENCE = 120_000;
const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1';

let testBed: TestBed;
let snapshot: Hex;
before(async () => {
  testBed = await openTestBed();
});

type Session = Visit & { wallet: TestWallet };

/** Opens a page to which one wallet is announced. */
async function open(
  path: string,
  name: 'alice' | 'bob',
  mood: Partial<TestWallet> = {},
  options: Partial<VisitOptions> = {},
): Promise<Session> {
  const session = await testBed.open(options);
  const { account } = testBed.ledger[name];
  const { rpc } = testBed.ledger.place;
  const wallet = await announceWallet(session.context, { name: 'A wallet', account, rpc });
  Object.assign(wallet, mood);
  await session.page.goto(`${testBed.server.origin}${path}`);
  return { ...session, wallet };
}

/** Opens the dialog and chooses the wallet, which may not answer. */
async function ask({ page }: Visit): Promise<void> {
  const choice = page.getByRole('button', { name: 'A wallet', exact: true });
  while (!(await choice.isVisible())) {
    await page.getByTestId('wallet').click();
    await choice.waitFor({ timeout: 2_000 }).catch(() => {});
  }
  await choice.click();
}

const says = ({ page }: Visit, text: string) => page.getByText(text).first().waitFor({ timeout: PATIENCE });
const choose = ({ page }: Visit, file: string) => page.getByTestId('file').setInputFiles(file);
const send = ({ page }: Visit) =>
  page.getByRole('button', { name: 'Send with the wallet' }).click({ timeout: PATIENCE });

function write(name: string, text: string): string {
  const file = join(testBed.ledger.folder, name);
  writeFileSync(file, text);
  return file;
}

describe('a wallet that does not simply answer', () => {
  it('is locked: the page says what to do, stops waiting when told to, and connects once it is unlocked', async () => {
    const session = await open('/verify', 'bob', { mood: 'locked' });
    const { page, wallet } = session;
    await ask(session);
    await says(session, 'the wallet is locked or hides its window');
    await page.getByRole('button', { name: 'Stop waiting' }).click();
    await page.getByRole('button', { name: 'Stop waiting' }).waitFor({ state: 'hidden' });
    wallet.mood = 'busy';
    await ask(session);
    await says(session, 'The wallet already waits for your answer.');
    wallet.mood = 'agree';
    await ask(session);
    await page.getByTestId('wallet').filter({ hasText: 'Bob' }).waitFor();
    await leave(session);
  });

  it('is locked when it should send: nothing is sent, and the visitor can try again', async () => {
    const snapshot = await testBed.ledger.command('evm_snapshot');
    const session = await open('/submit', 'bob');
    await connectWallet(session, 'A wallet');
    await choose(session, testBed.scenario.waiting.file);
    await session.page.getByRole('button', { name: 'Send with the wallet' }).waitFor({ timeout: PATIENCE });
    session.wallet.mood = 'locked';
    await send(session);
    await says(session, 'The wallet does not let this page use the account.');
    session.wallet.mood = 'agree';
    await session.page.getByRole('button', { name: 'Try again' }).click();
    await send(session);
    await session.page.locator('[data-phase=confirmed]').waitFor({ timeout: PATIENCE });
    await testBed.ledger.command('evm_revert', snapshot);
    await leave(session);
  });

  it('declines to switch in the header, cannot switch, or does not know the chain: the dialog has a way out', async () => {
    const session = await open('/verify', 'bob', { chainId: 1 });
    const { page, wallet } = session;
    await connectWallet(session, 'A wallet');
    wallet.mood = 'reject';
    await page.getByTestId('switch').click();
    await says(session, 'You declined in the wallet.');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The wallet is on another chain').waitFor();
    wallet.mood = 'agree';
    wallet.fixedChain = true;
    await dialog.getByRole('button', { name: 'Switch to Local chain' }).click();
    await says(session, 'The wallet cannot do what it was asked.');
    await dialog.getByText('By hand, in the settings of the wallet').click();
    const byHand = await dialog.innerText();
    for (const part of ['31337', testBed.ledger.place.rpc, 'ETH']) assert.ok(byHand.includes(part), part);
    Object.assign(wallet, { fixedChain: false, knows: [1] });
    await dialog.getByRole('button', { name: 'Add Local chain to the wallet' }).click();
    await dialog.getByText('The wallet is on another chain').waitFor({ state: 'hidden' });
    assert.equal(wallet.chainId, 31337);
    assert.ok(wallet.asked.includes('wallet_addEthereumChain'));
    await leave(session);
  });
});

describe('a browser without a wallet', () => {
  it('of a computer is told which to install', async () => {
    const session = await testBed.open();
    await session.page.goto(`${testBed.server.origin}/verify`);
    await session.page.getByTestId('wallet').click();
    await says(session, 'No browser wallet found.');
    const links = session.page.getByRole('dialog').getByRole('link');
    assert.equal(await links.first().getAttribute('href'), 'https://metamask.io/download');
    await leave(session);
  });

  it('of a phone is led to the browsers of wallets, with this very page', async () => {
    const session = await testBed.open({ agent: PHONE, width: 390 });
    const page = `${testBed.server.origin}/model/${testBed.scenario.models[1].id}?benchmark=none`;
    await session.page.goto(page);
    await session.page.getByTestId('wallet').click();
    await says(session, 'Open this page in the browser of a wallet.');
    const links = session.page.getByRole('dialog').getByRole('link');
    const targets = await links.evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
    const { host, pathname, search } = new URL(page);
    assert.deepEqual(targets, [
      `https://link.metamask.io/dapp/${host}${pathname}${search}`,
      `https://go.cb-w.com/dapp?cb_url=${encodeURIComponent(page)}`,
      `https://rnbwapp.com/dapp?url=${encodeURIComponent(page)}`,
      `https://link.trustwallet.com/open_url?coin_id=60&url=${encodeURIComponent(page)}`,
    ]);
    await leave(session);
  });
});

describe('a file that its trainer signed', () => {
  beforeEach(async () => {
    snapshot = await testBed.ledger.command('evm_snapshot');
  });
  afterEach(() => testBed.ledger.command('evm_revert', snapshot));

  /** The waiting edge, signed by Bob. */
  async function signedEdge(seconds = 3_600) {
    const { chain, bob } = testBed.ledger;
    const edge = parseEdge(readFileSync(testBed.scenario.waiting.file, 'utf8'));
    return signEdge(chain, bob.account, edge, seconds);
  }

  it('is decoded, verified here and carried by any wallet; the trainer stays who signed', async () => {
    const session = await open('/submit', 'alice');
    const { page } = session;
    await connectWallet(session, 'A wallet');
    await choose(session, write('waiting.signed.json', formatSignedEdge(await signedEdge())));
    await page.locator('[data-testid=signature][data-state=good]').waitFor();
    const request = await page.getByRole('region', { name: 'Signed request' }).innerText();
    for (const part of ['Bob', testBed.ledger.bob.account.address, 'until', testBed.ledger.place.relay!])
      assert.ok(request.includes(part), part);
    await send(session);
    await page.locator('[data-phase=confirmed]').waitFor({ timeout: PATIENCE });
    await page.getByRole('link', { name: 'Open its page' }).waitFor();
    await leave(session);
  });

  it('without a proof says what it asks for word for word, and what strangers wrote in it is only text', async () => {
    const { chain, alice, place } = testBed.ledger;
    const model = testBed.scenario.models[2].id;
    const action = { what: 'writeCard', model, name: '<b>Mine</b>', uri: '' } as const;
    const signed = await signRequest(chain, alice.account, { target: place.cards!, action, seconds: 3_600 });
    const session = await open('/submit', 'bob');
    const { page } = session;
    await connectWallet(session, 'A wallet');
    await choose(session, write('card.signed.json', formatSignedRequest(signed)));
    const words = await page.getByTestId('signed-words').innerText();
    assert.match(words, /WriteCard/);
    assert.ok(words.includes(model) && words.includes('<b>Mine</b>'));
    await send(session);
    await page.locator('[data-phase=confirmed]').waitFor({ timeout: PATIENCE });
    // It is carried once.
    await choose(session, write('card.signed.json', formatSignedRequest(signed)));
    await says(session, 'It was carried before');
    await leave(session);
  });

  it('with the signature of another, of the past, or for another chain is not carried, and the wallet is not asked', async () => {
    const session = await open('/submit', 'alice');
    const { page, wallet } = session;
    await connectWallet(session, 'A wallet');
    const signed = await signedEdge();
    const { alice, chain } = testBed.ledger;
    const forged = await alice.account.signMessage({ message: 'anything' });
    await choose(session, write('forged.signed.json', formatSignedEdge({ ...signed, signature: forged })));
    await page.locator('[data-testid=signature][data-state=open]').waitFor();
    await says(session, 'The signature is not of the trainer.');
    const short = await signedEdge(5);
    const { timestamp } = await chain.client.getBlock();
    await testBed.ledger.command('evm_setNextBlockTimestamp', numberToHex(timestamp + 60n));
    await testBed.ledger.command('evm_mine');
    await choose(session, write('late.signed.json', formatSignedEdge(short)));
    await says(session, 'The signature expired at');
    const { edge } = signed;
    const abroad = { ...edge, context: { ...edge.context, chainId: 1n } };
    await choose(session, write('abroad.signed.json', formatSignedEdge({ ...signed, edge: abroad })));
    await says(session, 'This file is signed for chain 1');
    await choose(session, write('broken.signed.json', formatSignedEdge(signed).replace(/"nonce": "\d/, '"nonce": "1')));
    await page.getByRole('alert').first().waitFor();
    assert.equal(await page.getByRole('button', { name: 'Send with the wallet' }).count(), 0);
    assert.ok(!wallet.asked.includes('eth_sendTransaction'));
    await leave(session);
  });
});

describe('a transaction that no block has room for', () => {
  it('is refused before the wallet is asked', async () => {
    const { ledger } = testBed;
    const { gasLimit } = await ledger.chain.client.getBlock();
    await ledger.command('evm_setBlockGasLimit', numberToHex(300_000));
    await ledger.command('evm_mine');
    try {
      const session = await open('/submit', 'bob');
      await connectWallet(session, 'A wallet');
      await choose(session, testBed.scenario.waiting.file);
      await session.page
        .getByText(/gas/)
        .filter({ hasText: /at most|may have/ })
        .first()
        .waitFor({ timeout: PATIENCE });
      assert.equal(await session.page.getByRole('button', { name: /Send with|Checking/ }).isEnabled(), false);
      assert.ok(!session.wallet.asked.includes('eth_sendTransaction'));
      await leave(session);
    } finally {
      await ledger.command('evm_setBlockGasLimit', numberToHex(gasLimit));
      await ledger.command('evm_mine');
    }
  });
});
