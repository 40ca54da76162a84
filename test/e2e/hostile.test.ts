import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { formatEdge } from '../../src/registry/edge.ts';
import { safeLink, safeText } from '../../web/lib/hostile.ts';
import { launchBrowser, visit } from './support/browser.ts';
import { PAYLOADS } from './support/payloads.ts';
import { type PageServer, servePage } from './support/server.ts';
import { announceWallet } from './support/wallet.ts';
import { type Made, World } from './support/world.ts';

/** Fields of one edge file at most. */
const FIELDS = 32;
/** Payloads that the contract takes as a dataset's text: any string; broken ones cannot be encoded. */
const ON_CHAIN = PAYLOADS.filter((text) => text.isWellFormed());

let world: World;
let server: PageServer;
let browser: Browser;
let child: Made;

before(async () => {
  world = await World.start('build/e2e-hostile');
  const { alice } = world;
  const shard = await world.digits(0, 16);
  const made = await world.proveShard(alice, shard, 'shard');
  await world.submit(alice, made.edge);
  for (const text of ON_CHAIN) {
    await world.listDataset(alice, [{ shard, ...made }], text);
    await world.openBenchmark(alice, [made.id], text);
  }
  const seed = await world.makeSeed(alice, 'start');
  await world.submit(alice, seed.edge);
  child = await world.train(alice, seed.weights, shard, 'child');
  await world.submit(alice, child.edge);
  server = await servePage(join(process.cwd(), world.deploymentFile));
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await server?.close();
  await world?.close();
});

const open = () => visit(browser, { origins: [server.origin, world.node.rpc] });

describe('texts of strangers', () => {
  it('are at least a hundred', () => assert.ok(PAYLOADS.length >= 100));

  it('lose everything that reorders or hides, and become a link only as plain https or ipfs', () => {
    for (const text of PAYLOADS) {
      assert.doesNotMatch(safeText(text), /[\p{Cc}\p{Cf}\p{Cs}]/u);
      assert.ok(safeText(text).length <= 300);
      assert.equal(safeLink(text), undefined, text);
    }
    assert.equal(safeLink('https://example.org/a')?.host, 'example.org');
    assert.ok(safeLink('ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'));
  });

  it('do no harm as names and values in an edge file', async () => {
    const { page, context, complaints } = await open();
    for (let first = 0; first < PAYLOADS.length; first += FIELDS) {
      const some = PAYLOADS.slice(first, first + FIELDS).filter((text) => text !== '__proto__');
      const metadata = Object.fromEntries(some.map((text) => [text, text]));
      const file = join(world.folder, 'hostile.edge.json');
      writeFileSync(file, formatEdge({ ...child.edge, metadata }));
      for (const path of ['/submit', '/verify']) {
        await page.goto(`${server.origin}${path}`);
        await page.getByTestId('file').setInputFiles(file);
        await page
          .getByText('(says the file)')
          .nth(some.length - 1)
          .waitFor();
        assert.equal(await page.locator('dd bdi a, dt a').count(), 0);
      }
    }
    await context.close();
    assert.deepEqual(complaints, []);
  });

  it('do no harm as what datasets and benchmarks on chain are called', async () => {
    const { page, context, complaints } = await open();
    await page.goto(`${server.origin}/model/${child.id}`);
    await page.getByText('Listed as').first().waitFor();
    await page.goto(`${server.origin}/leaderboard`);
    const select = page.getByLabel('Benchmark', { exact: true });
    assert.equal(await select.locator('option').count(), ON_CHAIN.length);
    for (let k = 0; k < ON_CHAIN.length; k++) await select.selectOption(String(k));
    await page.goto(server.origin);
    await page.getByText('16 rows').first().waitFor();
    assert.equal(await page.locator('a[href^="javascript" i], a[href^="data" i], a[href^="http:"]').count(), 0);
    await context.close();
    assert.deepEqual(complaints, []);
  });

  it('do no harm as the name and icon of a wallet', async () => {
    for (const name of PAYLOADS.filter((_, k) => k % 12 === 0)) {
      const { page, context, complaints } = await open();
      await announceWallet(context, { name, account: world.bob.account, rpc: world.node.rpc });
      await page.goto(server.origin);
      await page.getByTestId('wallet').click();
      await page.getByRole('dialog').getByRole('button').nth(1).click();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await page.getByTestId('wallet').click();
      await page.getByRole('dialog').getByText('Disconnect').waitFor();
      await context.close();
      assert.deepEqual(complaints, []);
    }
  });
});
