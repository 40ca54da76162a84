import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { ServedRegistry } from '../contracts/support/servedRegistry.ts';
import { type Faults, type NodeProxy, type Refusal, startNodeProxy } from '../support/nodeProxy.ts';
import { launchBrowser, type Visit, visit } from './support/browser.ts';
import { type PageServer, servePage } from './support/server.ts';
import { leave } from './support/testBed.ts';

const FOLDER = join(process.cwd(), 'build/e2e-nodes');

/** The page on a real node behind a provider. */
interface Place {
  proxy: NodeProxy;
  server: PageServer;
  open(path?: string, expected?: RegExp[]): Promise<Visit>;
  close(): Promise<void>;
}

let browser: Browser;
before(async () => {
  mkdirSync(FOLDER, { recursive: true });
  browser = await launchBrowser();
});
after(() => browser?.close());

async function serve(served: ServedRegistry, faults: Faults): Promise<Place> {
  const proxy = await startNodeProxy(served.upstream, faults);
  const { registry, scoreboard } = served.fixture;
  const file = join(FOLDER, `${new URL(proxy.rpc).port}.json`);
  const contracts = { registry: registry.address, scoreboard: scoreboard.address, cards: served.cards.address };
  writeFileSync(file, JSON.stringify({ chainId: 31337, rpc: proxy.rpc, block: 0, ...contracts }));
  const server = await servePage(file);
  return {
    proxy,
    server,
    async open(path = '/', expected = []) {
      const session = await visit(browser, { origins: [server.origin, proxy.rpc], expected });
      await session.page.goto(`${server.origin}${path}`);
      return session;
    },
    async close() {
      await server.close();
      await proxy.close();
    },
  };
}

const shows = ({ page }: Visit, text: string) => page.getByTestId('shown').filter({ hasText: text }).waitFor();
const says = ({ page }: Visit, text: string) => page.getByTestId('block').filter({ hasText: text }).waitFor();

describe('a provider that gives 500 blocks at once', () => {
  it('gives the page all models of thousands of blocks', async () => {
    const served = await ServedRegistry.create(1_500);
    const refusal = { code: -32600, message: 'You can make eth_getLogs requests with up to a 500 block range.' };
    const place = await serve(served, { most: { blocks: 500, refusal } });
    try {
      const tree = await place.open('/tree');
      await shows(tree, `${served.models.length} of ${served.models.length} models`);
      assert.ok(place.proxy.spans.some((span) => span > 500));
      await leave(tree);
      const model = await place.open(`/model/${served.models.at(-1)}`);
      await model.page.getByText('The last one').first().waitFor();
      await leave(model);
    } finally {
      await place.close();
    }
  });
});

describe('a node behind a balancer that lags five blocks', () => {
  let served: ServedRegistry;
  let place: Place;
  before(async () => {
    served = await ServedRegistry.create(20);
    place = await serve(served, {});
  });
  after(() => place?.close());

  const blockNow = async () => Number(await served.upstream('eth_blockNumber', []));

  it('loses no edge of an open page, and no restart is needed', async () => {
    const tree = await place.open('/tree');
    await shows(tree, `${served.models.length} of ${served.models.length} models`);
    place.proxy.faults.lag = 5;
    await served.grow();
    await served.grow();
    await shows(tree, `${served.models.length} of ${served.models.length} models`);
    await says(tree, `Block ${await blockNow()} on local chain (31337). Up to date.`);
    await leave(tree);
  });

  it('that gives nothing of the last blocks is said to be behind, until another answers', async () => {
    const tree = await place.open('/tree');
    const before = served.models.length;
    await shows(tree, `${before} of ${before} models`);
    Object.assign(place.proxy.faults, { lag: 5, lagsByHash: true });
    await served.grow();
    await says(tree, 'blocks behind');
    Object.assign(place.proxy.faults, { lag: undefined, lagsByHash: false });
    await shows(tree, `${before + 1} of ${before + 1} models`);
    await says(tree, 'Up to date.');
    await leave(tree);
  });
});

describe('what answers in a node’s place', () => {
  const CASES: [string, Refusal, string][] = [
    ['429', { status: 429, body: '{"error":"slow down"}' }, 'The node answers HTTP 429, too many requests.'],
    ['html', { status: 200, body: '<html>Welcome</html>' }, 'A web page answers there, not a node.'],
  ];
  for (const [name, refusal, words] of CASES) {
    it(`is named on pages, which show nothing as empty and go on by themselves when it is a node again (${name})`, async () => {
      const served = await ServedRegistry.create(1);
      const refuse = { times: 1_000_000, refusal };
      const place = await serve(served, { refuse });
      try {
        const home = await place.open('/');
        // The styles of the tree wait for it.
        const unread = await place.open('/tree', [/css was preloaded using link preload but not used/]);
        for (const { page } of [home, unread]) {
          await says({ page } as Visit, words);
          await page.getByRole('status').filter({ hasText: words }).waitFor();
          const text = await page.locator('main').innerText();
          assert.match(text, /^Nothing is read from the chain yet/);
          assert.doesNotMatch(text, /registered yet|0\s+models/i);
        }
        await home.page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true });
        place.proxy.faults.refuse = undefined;
        await home.page.getByRole('heading', { name: 'Every model' }).waitFor();
        await shows(unread, `${served.models.length} of ${served.models.length} models`);
        await says(unread, 'Up to date.');
        await leave(home);
        await leave(unread);
      } finally {
        await place.close();
      }
    });
  }
});
