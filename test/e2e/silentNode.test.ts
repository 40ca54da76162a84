import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { chainChecksOf } from '../../src/registry/check.ts';
import { parseEdge } from '../../src/registry/edge.ts';
import { type Visit, visit } from './support/browser.ts';
import { withWrongProof } from './support/forge.ts';
import { type PageServer, servePage } from './support/server.ts';
import { type SilentNode, silentNode } from './support/silentNode.ts';
import { connectWallet, leave, openTestBed, type TestBed } from './support/testBed.ts';
import { announceWallet } from './support/wallet.ts';

/** One proof in a browser on a busy machine. */
const PATIENCE = 300_000;
/** What a browser writes of a request that nobody answers. */
const EXPECTED = [/net::ERR_CONNECTION_(REFUSED|RESET)|net::ERR_(EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)/];

let testBed: TestBed;
let node: SilentNode;
let server: PageServer;
before(async () => {
  testBed = await openTestBed();
  node = await silentNode(testBed.ledger.place.rpc);
  const file = join(testBed.ledger.folder, 'mute.json');
  const deployment = JSON.parse(readFileSync(testBed.ledger.deploymentFile, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...deployment, rpc: node.rpc }));
  server = await servePage(file);
});
afterEach(() => node?.hush());
after(() => server?.close());

async function open(path: string): Promise<Visit> {
  const session = await visit(testBed.browser, { origins: [server.origin, node.rpc], expected: EXPECTED });
  await session.page.goto(`${server.origin}${path}`);
  return session;
}

const note = ({ page }: Visit) => page.getByTestId('node-note').filter({ hasText: 'The node does not answer.' });
const stateOf = ({ page }: Visit, check: string) =>
  page.locator(`[data-check=${check}]`).first().getAttribute('data-state');

/** Drops a file and waits for all that can be said of it. */
async function verify({ page }: Visit, file: string) {
  await page.getByTestId('file').setInputFiles(file);
  const verdict = page.getByTestId('verdict');
  await verdict.waitFor({ timeout: PATIENCE });
  return { verdict: await verdict.getAttribute('data-verdict'), text: await verdict.innerText() };
}

describe('while the node answers nothing', () => {
  it('pages that show what is registered say so, and name what works without it', async () => {
    for (const path of ['/', '/tree', '/leaderboard', '/compare', `/model/${testBed.scenario.models[1].id}`]) {
      const session = await open(path);
      const text = await session.page.locator('main').innerText();
      assert.match(text, /^Nothing is read from the chain yet\s+The node does not answer\./, path);
      assert.match(text, /Verify, Submit and Prove work meanwhile/, path);
      await leave(session);
    }
  });

  it('Verify checks the proof of a file, calls all that needs the chain not shown, and never says Verified', async () => {
    const session = await open('/verify');
    const { file } = testBed.scenario.waiting;
    await note(session).waitFor();
    const { verdict, text } = await verify(session, file);
    assert.equal(verdict, 'holds');
    assert.match(text, /^The proof holds; not shown:/);
    assert.match(text, /that it is registered/);
    assert.doesNotMatch(text, /verified/i);
    for (const check of ['file', 'digest', 'signals', 'groth16', 'opening'])
      assert.equal(await stateOf(session, check), 'good', check);
    for (const check of chainChecksOf(parseEdge(readFileSync(file, 'utf8')).statement.program))
      assert.equal(await stateOf(session, check), 'open', check);
    await leave(session);
  });

  it('Verify refuses a forged proof as ever, and says of an id that nothing can be read', async () => {
    const session = await open('/verify');
    const { page } = session;
    const forged = join(testBed.ledger.folder, 'mute-forged.edge.json');
    writeFileSync(forged, withWrongProof(readFileSync(testBed.scenario.waiting.file, 'utf8')));
    const { verdict, text } = await verify(session, forged);
    assert.equal(verdict, 'false');
    assert.match(text, /^Verification failed\./);
    await page.getByLabel('Id of a registered model or shard').fill(testBed.scenario.models[1].id);
    await page.getByRole('button', { name: 'Verify', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'The node does not answer.' }).waitFor({ timeout: PATIENCE });
    assert.equal(await page.getByTestId('verdict').count(), 0);
    await leave(session);
  });

  it('Verify asks the chain after all once the node answers and the visitor tries again', async () => {
    const session = await open('/verify');
    const { page } = session;
    await verify(session, testBed.scenario.models[1].file);
    await node.speak();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('[data-check=record][data-state=good]').waitFor({ timeout: PATIENCE });
    assert.equal(await page.getByTestId('node-note').count(), 0);
    await node.hush();
    // The node falls silent again: an edge that is checked now is not shown to be registered.
    const { verdict } = await verify(session, testBed.scenario.models[2].file);
    assert.equal(verdict, 'holds');
    await page.locator('[data-check=record][data-state=open]').waitFor({ timeout: PATIENCE });
    await note(session).waitFor();
    await leave(session);
  });

  it('Submit shows and checks a file, and says that sending needs the node', async () => {
    const session = await open('/submit');
    const { page } = session;
    await note(session).waitFor();
    await page.getByTestId('file').setInputFiles(testBed.scenario.waiting.file);
    await page.locator('[data-check=opening][data-state=good]').waitFor({ timeout: PATIENCE });
    const send = await page.getByRole('region', { name: 'Send' }).innerText();
    assert.match(send, /Gas\s+not known now\s+Price today\s+not known now/);
    assert.match(send, /Nothing can be sent now\.\s+Sending needs the node/);
    assert.match(await page.getByRole('region', { name: 'What it says' }).innerText(), /Trained/);
    await leave(session);
  });

  it('Prove prepares rows and proves the data, keeps the proof, and sends it when the node answers', async () => {
    const session = await open('/prove');
    const { page, context } = session;
    const wallet = { name: 'Bobs wallet', account: testBed.ledger.bob.account, rpc: testBed.ledger.place.rpc };
    await announceWallet(context, wallet);
    await page.reload();
    await note(session).waitFor();
    await connectWallet(session, 'Bobs wallet');
    await page.getByRole('button', { name: 'Prepare' }).click();
    await page.getByTestId('prepared').waitFor({ timeout: PATIENCE });
    await page.getByRole('button', { name: 'Prove and register the data' }).click();
    const proved = page.locator('[data-step="1"][data-phase=proved]');
    await proved.getByText('The node does not answer.').waitFor({ timeout: PATIENCE });
    await proved.getByText(/^Proved in/).waitFor();
    await node.speak();
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.locator('[data-step="1"][data-phase=done]').waitFor({ timeout: PATIENCE });
    await leave(session);
  });
});
