import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type CrowdPage, serveCrowd } from './support/crowdPage.ts';
import { leave, openTestBed, type TestBed } from './support/testBed.ts';

/** Fifty a block: the last block is one later. */
const MODELS = 500;
const LAST_BLOCK = 11;
const REFUSED_FROM = 6;

let testBed: TestBed;
let crowd: CrowdPage;
before(async () => {
  testBed = await openTestBed();
  crowd = await serveCrowd(MODELS);
});
after(() => crowd?.close());

describe('a node in trouble', () => {
  it('is said to be silent, behind, and silent again, each on a page that stays open', async () => {
    crowd.faults.silent = true;
    const session = await crowd.open(testBed.browser);
    const { page } = session;
    await page.clock.install();
    await page.goto(crowd.origin);
    const says = (text: string) => page.getByTestId('block').filter({ hasText: text }).waitFor();
    const wait = () => page.clock.runFor(5_000);
    await says('The node does not answer.');

    Object.assign(crowd.faults, { silent: false, refusedFrom: REFUSED_FROM });
    await wait();
    await says(`Block ${REFUSED_FROM - 1} on local chain (31337). ${LAST_BLOCK - REFUSED_FROM + 1} blocks behind.`);

    const tree = await crowd.open(testBed.browser);
    await tree.page.goto(`${crowd.origin}/tree`);
    const shows = (text: string) => tree.page.getByTestId('shown').filter({ hasText: text }).waitFor();
    const view = () => tree.page.locator('.react-flow__viewport').evaluate(({ style }) => style.transform);
    await shows('250 of 250 models');
    const before = await view();

    crowd.faults.refusedFrom = undefined;
    await wait();
    await says(`Block ${LAST_BLOCK} on local chain (31337). Up to date.`);

    await shows('300 of 500 models');
    assert.equal(await view(), before, 'new models do not move the view');
    await leave(tree);

    crowd.faults.silent = true;
    await wait();
    await page.clock.runFor(40_000);
    await says('No answer for ');
    const shown = await page.evaluate(async () => (await fetch('/api/graph?limit=300')).json());
    assert.equal(shown.total, MODELS, 'what was read before is still there');
    await leave(session);
  });
});
