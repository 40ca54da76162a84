// What the page says of convolutional networks, wherever it says what a model is. Nobody proved these: their events are made up.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { parseNetwork } from '../../src/model/network.ts';
import { picturesInWords } from '../../src/registry/check.ts';
import { type Edge, formatEdge } from '../../src/registry/edge.ts';
import type { Statement } from '../../src/registry/programs/definitions.ts';
import { keyHash, parseVerificationKey } from '../../src/registry/verificationKey.ts';
import { hasShape, matchesShape } from '../../web/lib/shapeSearch.ts';
import { temporaryFolder } from '../cli/cli.ts';
import { EDGES, point } from '../registry/edges.ts';
import { launchBrowser, type Visit } from './support/browser.ts';
import { idOf } from './support/crowd.ts';
import { type CrowdPage, serveCrowd } from './support/crowdPage.ts';
import { leave } from './support/testBed.ts';

const TEXT = '28x28x1-c8k5s2p2-c16k5s2p2-64-10';
const NETWORK = parseNetwork(TEXT, 'softmax');
/** The seed, a child of it, and a merge. */
const [SEED, CHILD, MERGED] = [0, 1, 12].map(idOf);
/** 8 (25 + 1) + 16 (8 25 + 1) + 64 (16 49 + 1) + 10 (64 + 1) */
const PARAMETERS = '54,314';

describe('a convolutional network', () => {
  const { folder, remove } = temporaryFolder();
  let crowd: CrowdPage;
  let browser: Browser;
  before(async () => {
    crowd = await serveCrowd(13, NETWORK);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await crowd?.close();
    remove();
  });

  const html = async (path: string) => (await (await fetch(`${crowd.origin}${path}`)).text()).replace(/<!-- -->/g, '');
  const visiting = async (act: (page: Visit['page']) => Promise<void>) => {
    const session = await crowd.open(browser);
    await act(session.page);
    await leave(session);
  };

  it('stands on its page as people write it, with a drawing, every layer in words and its parameters', async () => {
    const text = await html(`/model/${CHILD}`);
    assert.ok(text.includes(`A ${TEXT} softmax network with 1 ancestor`), 'the description for links');
    assert.ok(text.includes(picturesInWords(NETWORK)), 'what its training does not show');
    assert.ok(!(await html(`/model/${SEED}`)).includes('That the rows are pictures'));
    await visiting(async (page) => {
      await page.goto(`${crowd.origin}/model/${CHILD}`);
      const figure = page.locator('figure').filter({ hasText: TEXT });
      await figure.getByText(`${PARAMETERS} parameters`).waitFor();
      assert.deepEqual(await figure.getByRole('listitem').allInnerTexts(), [
        'pictures of 28×28 pixels',
        '5×5 convolution, stride 2, 2 pixels of zeros around: 8 channels of 14×14',
        '5×5 convolution, stride 2, 2 pixels of zeros around: 16 channels of 7×7',
        'dense: 64 units',
        'dense: 10 units',
      ]);
      // One sheet, three, three; two kernels.
      assert.equal(await figure.locator('svg rect').count(), 7);
    });
  });

  it('has the commands that make it again, with as many coefficients as it has layers', async () => {
    assert.ok((await html(`/model/${SEED}`)).includes(`descent seed --shape ${TEXT} --head softmax --rpc`));
    assert.match(await html(`/model/${MERGED}`), /--coefficients=8192,8192\/8192,8192\/8192,8192\/8192,8192</);
  });

  it('is found by its pictures, a layer, or all of it as the page writes it', async () => {
    const found = async (text: string) =>
      (await (await fetch(`${crowd.origin}/api/search?q=${encodeURIComponent(text)}`)).json()).models.total;
    for (const text of ['28x28x1', '28×28×1', 'c8k5', 'c16k5s2p2-64', '64-10', TEXT])
      assert.ok((await found(text)) > 0, text);
    for (const text of ['c8k3', '64-11', '28x28x3']) assert.equal(await found(text), 0, text);
  });

  it('stands in the tree, in its table and where two are compared', async () => {
    await visiting(async (page) => {
      await page.goto(`${crowd.origin}/tree?view=table`);
      await page.getByRole('cell').filter({ hasText: TEXT }).first().waitFor();
      await page.goto(`${crowd.origin}/tree?focus=${CHILD}`);
      await page.getByText(`${TEXT} softmax, depth 0`).waitFor();
      await page.goto(`${crowd.origin}/compare?a=${SEED}&b=${CHILD}`);
      assert.deepEqual(
        await page
          .getByRole('row', { name: /^Network/ })
          .getByRole('cell')
          .allInnerTexts(),
        [TEXT, TEXT],
      );
    });
  });

  it('fits a phone on every page', async () => {
    for (const path of [`/model/${CHILD}`, '/', `/compare?a=${SEED}&b=${CHILD}`, '/tree?view=table']) {
      const session = await crowd.open(browser, { width: 360 });
      await session.page.goto(`${crowd.origin}${path}`);
      await session.page.waitForLoadState('networkidle');
      const beyond = await session.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.ok(beyond <= 0, `${path} is ${beyond} pixels too wide`);
      await leave(session);
    }
  });

  it('is told of an edge file before it is sent and where it is verified, with the key of its own circuit', async () => {
    const statement: Statement = {
      program: 'import',
      network: NETWORK,
      commitment: [point(6n)],
      source: `0x${'5c'.repeat(32)}`,
      schema: `0x${'7b'.repeat(32)}`,
    };
    const key = await (await fetch(`${crowd.origin}/files/convImport.vkey.json`)).json();
    const verificationKey = keyHash(parseVerificationKey(key));
    const edge: Edge = { ...EDGES[3], statement, verificationKey, metadata: {} };
    const file = join(folder, 'network.edge.json');
    writeFileSync(file, formatEdge(edge));
    for (const path of ['/submit', '/verify']) {
      await visiting(async (page) => {
        await page.goto(`${crowd.origin}${path}`);
        await page.getByTestId('file').setInputFiles(file);
        const says = page.getByRole('region', { name: 'What it says' });
        await says.getByText(`${TEXT} softmax`).waitFor();
        await page.locator('[data-check=file][data-state=good]').getByText('program convImport').waitFor();
        // Nobody proved it.
        await page.locator('[data-check=groth16][data-state=bad]').getByText('program convImport').waitFor();
      });
    }
  });
});

describe('a search for a shape', () => {
  const [network, widths] = [{ widths: [1, 8, 10], network: '8x8x1-c8k3-10' }, { widths: [49, 32, 10] }];

  it('takes the beginning, or a layer of a convolutional network', () => {
    for (const text of ['8x8', '8×8×1', 'c8k3', '8x8x1-c8k3-10', ' c8k3 – 10'])
      assert.ok(matchesShape(network, text), text);
    for (const text of ['10', 'c8k5', 'x8x1']) assert.ok(!matchesShape(network, text), text);
    for (const text of ['49', '49-32', '49–32–10', '49 – 32', '32-10']) assert.ok(matchesShape(widths, text), text);
    for (const text of ['32', '10', '8-32', 'c8']) assert.ok(!matchesShape(widths, text), text);
  });

  it('of a leaderboard takes any part', () => {
    for (const text of ['32', '9–32', '32 – 10']) assert.ok(hasShape(widths, text), text);
    assert.ok(hasShape(network, 'k3-10') && !hasShape(network, 'k5'));
  });
});
