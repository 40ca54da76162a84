// node test/e2e/support/screenshots.ts <folder>: pictures of the pages for docs/screenshots, on the chain that `serve.ts` keeps
// running in the folder. Make them smaller (pngquant --force --ext .png docs/screenshots/*.png) and look at each of them
// before it is committed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser, visit } from './browser.ts';
import type { Place } from './ledger.ts';
import type { Scenario } from './scenario.ts';
import { servePage } from './server.ts';

const PICTURES = new URL('../../../docs/screenshots/', import.meta.url).pathname;
const PATIENCE = 120_000;

const folder = process.argv[2] ?? 'build/e2e-served';
const { place, scenario } = JSON.parse(readFileSync(join(folder, 'scenario.json'), 'utf8')) as {
  place: Place;
  scenario: Scenario;
};
const server = await servePage(join(folder, 'deployment.json'));
const browser = await launchBrowser();

const { models, benchmark, waiting } = scenario;
const scores = `benchmark=${benchmark}`;
const verified = (page: Page) => page.getByTestId('verdict').waitFor({ timeout: PATIENCE });
const checked = async (page: Page) => {
  await page.getByTestId('file').setInputFiles(waiting.file);
  await page.locator('[data-check=opening][data-state=good]').waitFor({ timeout: PATIENCE });
  await page.getByRole('region', { name: 'Send' }).getByText(' ETH').waitFor({ timeout: PATIENCE });
};

const SHOTS: [
  name: string,
  path: string,
  width: number,
  theme: 'light' | 'dark',
  act?: (page: Page) => Promise<void>,
][] = [
  ['home', `/?${scores}`, 1440, 'light'],
  ['home', `/?${scores}`, 390, 'dark'],
  ['tree', `/tree?${scores}`, 1440, 'dark'],
  ['tree', `/tree?${scores}`, 390, 'light'],
  ['table', `/tree?view=table&${scores}`, 1440, 'light'],
  ['model', `/model/${models[1].id}?${scores}`, 1440, 'light'],
  ['model', `/model/${models[1].id}?${scores}`, 390, 'dark'],
  ['leaderboard', `/leaderboard?${scores}`, 1440, 'dark'],
  ['leaderboard', `/leaderboard?${scores}`, 390, 'light'],
  ['compare', `/compare?a=${models[3].id}&b=${models[10].id}&${scores}`, 1440, 'light'],
  ['verify', `/verify?node=${models[1].id}`, 1440, 'dark', verified],
  ['submit', '/submit', 1440, 'light', checked],
  ['submit', '/submit', 390, 'dark', checked],
  ['prove', '/prove', 1440, 'dark'],
];

for (const [name, path, width, theme, act] of SHOTS) {
  const { page, context } = await visit(browser, { origins: [server.origin, place.rpc], width, theme });
  await page.goto(`${server.origin}${path}`);
  await page.waitForLoadState('networkidle');
  await act?.(page);
  await page.screenshot({ path: join(PICTURES, `${name}-${width}-${theme}.png`), fullPage: true });
  await context.close();
}
await browser.close();
await server.close();
