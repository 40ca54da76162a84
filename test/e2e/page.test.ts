import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { proquint } from '../../web/lib/proquint.ts';
import { launchBrowser, type Visit, visit } from './support/browser.ts';
import { type PageServer, servePage } from './support/server.ts';
import { playStory, type Story, URI } from './support/story.ts';
import { announceWallet } from './support/wallet.ts';
import { World } from './support/world.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let world: World;
let story: Story;
let server: PageServer;
let browser: Browser;

before(async () => {
  world = await World.start(process.env.DESCENT_E2E_FOLDER ?? 'build/e2e');
  story = await playStory(world);
  server = await servePage(join(process.cwd(), world.deploymentFile));
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await server?.close();
  await world?.close();
});

async function open(options: { width?: number; theme?: 'light' | 'dark' } = {}): Promise<Visit> {
  return visit(browser, { origins: [server.origin, world.node.rpc], ...options });
}

async function connect({ page }: Visit, name: string): Promise<void> {
  await page.getByTestId('wallet').click();
  await page.getByRole('button', { name, exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
}

/** Ends a visit; fails if anything was complained about. */
async function leave({ context, complaints }: Visit): Promise<void> {
  await context.close();
  assert.deepEqual(complaints, []);
}

describe('what the page shows', () => {
  it('has the figures of the chain and the newest edges, without JavaScript too', async () => {
    const html = await (await fetch(server.origin)).text();
    for (const { id } of story.models) assert.ok(html.includes(proquint(id)), proquint(id));
    assert.match(html, new RegExp(`data-testid="total-models"[^>]*>${story.models.length}<`));
    assert.match(html, /data-testid="total-edges"[^>]*>9</);
  });

  it('has name, trainer and parents of a model in the first answer of the server', async () => {
    const [seed, first] = story.models;
    const html = await (await fetch(`${server.origin}/model/${first.id}`)).text();
    for (const text of [proquint(first.id), first.id, proquint(seed.id), world.alice.account.address, URI])
      assert.ok(html.includes(text), text);
    assert.match(html, /<meta property="og:image"/);
  });

  it('says that a model does not exist', async () => {
    const response = await fetch(`${server.origin}/model/0x${'12'.repeat(32)}`);
    assert.equal(response.status, 404);
  });

  it('shows the tree, folds siblings that are alike, and the table holds the same', async () => {
    const session = await open();
    const { page } = session;
    await page.goto(`${server.origin}/tree`);
    await page.getByText('3 alike').waitFor();
    assert.equal(await page.locator('.react-flow__node').count(), story.models.length - 2);
    await page.getByText('3 alike').click();
    await page
      .locator('.react-flow__node')
      .nth(story.models.length - 1)
      .waitFor();
    await page.getByRole('radio', { name: 'table' }).check({ force: true });
    assert.equal(await page.locator('tbody tr').count(), story.models.length);
    await leave(session);
  });

  it('moves in the tree by keyboard alone and opens a model', async () => {
    const session = await open();
    const { page } = session;
    await page.goto(`${server.origin}/tree`);
    await page.locator('.react-flow__node').first().waitFor();
    await page.getByTestId('tree').focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('complementary', { name: 'Chosen model' }).getByText(proquint(story.seed.id)).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/model\/0x/);
    assert.notEqual(page.url().split('/').pop(), story.seed.id);
    await leave(session);
  });

  it('finds a model by its name', async () => {
    const session = await open();
    const { page } = session;
    const wanted = story.models[2];
    await page.goto(`${server.origin}/tree`);
    await page.getByRole('combobox', { name: 'Find' }).fill(proquint(wanted.id).slice(0, 7));
    await page
      .getByRole('option')
      .filter({ hasText: proquint(wanted.id) })
      .click();
    await page.waitForURL(`**/model/${wanted.id}/tree`);
    await leave(session);
  });
});

describe('verifying', () => {
  it('proves a registered model again from its id, every line green', async () => {
    const session = await open();
    const { page } = session;
    await page.goto(`${server.origin}/verify?node=${story.models[1].id}`);
    await page.getByTestId('verdict').waitFor({ timeout: 120_000 });
    assert.equal(await page.locator('[data-state=good]').count(), 8);
    assert.match(await page.getByTestId('verdict').innerText(), /holds/);
    await leave(session);
  });

  it('turns red for a flipped digit of the proof', async () => {
    const text = readFileSync(story.waiting.file, 'utf8');
    const session = await open();
    const { page } = session;
    const forged = join(world.folder, 'forged.edge.json');
    for (const [flipped, line] of [
      // the copy in the transaction contradicts it
      [flip(text, text.indexOf('"groth16"') + 40), 'file'],
      // consistently flipped: the proof itself is wrong
      [flipEverywhere(text), 'groth16'],
    ] as const) {
      writeFileSync(forged, flipped);
      await page.goto(`${server.origin}/verify`);
      await page.getByTestId('file').setInputFiles(forged);
      await page.locator(`[data-check=${line}][data-state=bad]`).waitFor({ timeout: 120_000 });
      await page.getByTestId('verdict').waitFor({ timeout: 120_000 });
      assert.match(await page.getByTestId('verdict').innerText(), /does not hold/);
    }
    await leave(session);
  });
});

describe('submitting', () => {
  it('asks the chosen one of two wallets, registers the edge, and the tree shows it', async () => {
    const session = await open();
    const { page, context } = session;
    const { rpc } = world.node;
    const alice = await announceWallet(context, { name: 'Alices wallet', account: world.alice.account, rpc });
    const bob = await announceWallet(context, { name: 'Bobs wallet', account: world.bob.account, rpc });
    await page.goto(`${server.origin}/submit`);
    await connect(session, 'Bobs wallet');
    await page.getByTestId('file').setInputFiles(story.waiting.file);
    await page.getByRole('button', { name: 'Send with the wallet' }).click({ timeout: 120_000 });
    await page.locator('[data-phase=confirmed]').waitFor({ timeout: 60_000 });
    assert.ok(bob.asked.includes('eth_sendTransaction'));
    assert.ok(!alice.asked.includes('eth_requestAccounts'));
    await page.getByRole('link', { name: 'See it in the tree' }).click();
    await page
      .getByRole('complementary', { name: 'Chosen model' })
      .getByText(proquint(story.waiting.id))
      .waitFor({ timeout: 30_000 });
    await leave(session);
  });

  it('says so when the owner declines, and lets another try', async () => {
    const session = await open();
    const { page, context } = session;
    const bob = await announceWallet(context, { name: 'Bobs wallet', account: world.bob.account, rpc: world.node.rpc });
    bob.mood = 'reject';
    await page.goto(`${server.origin}/submit`);
    await connect(session, 'Bobs wallet');
    await page.getByTestId('file').setInputFiles(story.spare.file);
    await page.getByRole('button', { name: 'Send with the wallet' }).click({ timeout: 120_000 });
    await page.getByText('You declined in the wallet.').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'Send with the wallet' }).waitFor();
    await leave(session);
  });

  it('offers to switch when the wallet is on another chain, and then sends nothing by itself', async () => {
    const session = await open();
    const { page, context } = session;
    const bob = await announceWallet(context, {
      name: 'Bobs wallet',
      account: world.bob.account,
      rpc: world.node.rpc,
      chainId: 1,
    });
    await page.goto(`${server.origin}/submit`);
    await connect(session, 'Bobs wallet');
    await page.getByTestId('file').setInputFiles(story.spare.file);
    await page.getByRole('main').getByRole('button', { name: 'Switch to Local chain' }).click({ timeout: 120_000 });
    await page.getByRole('button', { name: 'Send with the wallet' }).waitFor({ timeout: 120_000 });
    assert.equal(bob.chainId, 31337);
    assert.ok(!bob.asked.includes('eth_sendTransaction'));
    await leave(session);
  });

  it("refuses another trainer's edge before the wallet is asked", async () => {
    const session = await open();
    const { page, context } = session;
    const alice = await announceWallet(context, {
      name: 'Alices wallet',
      account: world.alice.account,
      rpc: world.node.rpc,
    });
    await page.goto(`${server.origin}/submit`);
    await connect(session, 'Alices wallet');
    await page.getByTestId('file').setInputFiles(story.spare.file);
    await page.getByText('The edge was proved for').waitFor({ timeout: 120_000 });
    assert.ok(!alice.asked.includes('eth_sendTransaction'));
    await leave(session);
  });
});

describe('accessibility', () => {
  const paths = () => [
    '/',
    '/tree',
    '/tree?view=table',
    `/model/${story.models[1].id}`,
    '/leaderboard',
    '/verify',
    '/submit',
    '/prove',
    `/compare?a=${story.models[1].id}&b=${story.models[3].id}`,
  ];

  for (const theme of ['light', 'dark'] as const) {
    for (const width of [1440, 390]) {
      it(`has no serious issue on any page in ${theme} at ${width} pixels, nor a page that scrolls sideways`, async () => {
        const session = await open({ theme, width });
        const { page } = session;
        for (const path of paths()) {
          await page.goto(`${server.origin}${path}`);
          await page.waitForLoadState('networkidle');
          await page.evaluate(AXE);
          const violations = await page.evaluate(async () => {
            // biome-ignore lint/suspicious/noExplicitAny: axe was put into the page as text
            const { violations } = await (window as any).axe.run();
            return violations
              .filter(({ impact }: { impact: string }) => impact === 'serious' || impact === 'critical')
              .map(
                ({ id, nodes }: { id: string; nodes: { html: string }[] }) => `${id}: ${nodes[0].html.slice(0, 160)}`,
              );
          });
          assert.deepEqual(violations, [], path);
          const beyond = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          assert.ok(beyond <= 0, `${path} is ${beyond} pixels too wide`);
        }
        await leave(session);
      });
    }
  }
});

/** Changes the last hexadecimal digit before a place. */
function flip(text: string, at: number): string {
  const place = /[0-9a-f]/.exec(text.slice(at))!.index + at;
  return text.slice(0, place) + (text[place] === '1' ? '2' : '1') + text.slice(place + 1);
}

/** Negates a.y of the Groth16 proof wherever it stands, so that only the proof itself is wrong. */
function flipEverywhere(text: string): string {
  const P = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
  const [, ay] = (JSON.parse(text) as { proof: { groth16: string[] } }).proof.groth16;
  const negated = P - BigInt(ay);
  const bare = (value: bigint) => value.toString(16).padStart(64, '0');
  return text.replaceAll(ay, `0x${negated.toString(16)}`).replaceAll(bare(BigInt(ay)), bare(negated));
}
