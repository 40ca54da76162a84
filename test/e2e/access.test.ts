import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { before, describe, it } from 'node:test';
import { datasetId } from '../../src/registry/ids.ts';
import { URI } from './support/scenario.ts';
import { leave, openTestBed, type TestBed } from './support/testBed.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** The narrowest screen, a phone, a desk. */
const WIDTHS = [360, 390, 1440];

let testBed: TestBed;
before(async () => {
  testBed = await openTestBed();
});

function paths(): string[] {
  const { models, benchmark, shards } = testBed.scenario;
  return [
    '/',
    '/tree',
    '/tree?view=table',
    `/model/${models[1].id}`,
    `/model/${models[9].id}`,
    `/model/${models[1].id}?benchmark=${benchmark}`,
    `/model/${models[1].id}/tree`,
    '/leaderboard',
    `/leaderboard?benchmark=${benchmark}`,
    '/verify',
    '/submit',
    '/prove',
    `/credit?trainer=${testBed.ledger.alice.account.address}`,
    '/bounties',
    '/search?q=digits',
    `/trainer/${testBed.ledger.alice.account.address}`,
    `/dataset/${datasetId(testBed.ledger.alice.account.address, [...shards].sort(), URI)}`,
    `/shard/${shards[0]}`,
    `/benchmark/${benchmark}`,
    '/leaderboard/open',
    '/compare',
    `/compare?a=${models[1].id}&b=${models[3].id}`,
    `/compare?a=${models[1].id}&b=${models[10].id}&benchmark=${benchmark}`,
    `/model/0x${'12'.repeat(32)}`,
  ];
}

// Two browsers' worth of pages at once: none of them changes anything.
describe('accessibility', { concurrency: 2 }, () => {
  for (const theme of ['light', 'dark'] as const) {
    it(`has no serious issue on any page in ${theme}, and no page scrolls sideways or jumps`, async () => {
      for (const path of paths()) {
        const isMissing = path.includes('12'.repeat(32));
        const session = await testBed.open({ theme, ...(isMissing && { expected: [/404/] }) });
        const { page } = session;
        await page.addInitScript(() => {
          const store = window as unknown as { shift: number };
          store.shift = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) {
              const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean };
              if (!hadRecentInput) store.shift += value;
            }
          }).observe({ type: 'layout-shift', buffered: true });
        });
        await page.goto(`${testBed.server.origin}${path}`);
        await page.waitForLoadState('networkidle');
        const shift = await page.evaluate(() => (window as unknown as { shift: number }).shift);
        assert.ok(shift < 0.1, `${path} jumps by ${shift.toFixed(3)}`);
        await page.evaluate(AXE);
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 844 });
          assert.deepEqual(await page.evaluate(seriousIssues), [], `${path} at ${width} pixels`);
          const beyond = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          assert.ok(beyond <= 0, `${path} is ${beyond} pixels too wide at ${width}`);
        }
        await leave(session);
      }
    });
  }

  it('lets the keyboard skip to the content and reach the theme, which stays chosen', async () => {
    const session = await testBed.open();
    const { page } = session;
    await page.goto(`${testBed.server.origin}/leaderboard`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'content');
    const theme = page.getByRole('button', { name: /^Colours/ });
    await theme.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.reload();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    await leave(session);
  });
});

/** Runs in the page. */
async function seriousIssues(): Promise<string[]> {
  // biome-ignore lint/suspicious/noExplicitAny: axe was put into the page as text
  const { violations } = await (window as any).axe.run();
  return violations
    .filter(({ impact }: { impact: string }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }: { id: string; nodes: { html: string }[] }) => `${id}: ${nodes[0].html.slice(0, 160)}`);
}
