// The page's Prove, as a visitor uses it.
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import type { Hex } from 'viem';
import type { Visit } from './browser.ts';

/** One proof in a browser on a busy machine. */
export const PATIENCE = 300_000;

const ACTIONS = [
  [1, 'Prove and register the data'],
  [2, 'Ask for a seed, then prove the start'],
  [3, 'Train, prove and register'],
] as const;

/**
 * Proves and registers all three steps of what is prepared.
 * @param say told what each step held and took, and its number
 * @returns id of the child
 */
export async function proveAll({ page }: Visit, say: (text: string) => void): Promise<Hex> {
  for (const [number, action] of ACTIONS) {
    await page.getByRole('button', { name: action }).click({ timeout: PATIENCE });
    const step = page.locator(`[data-step="${number}"]`);
    const memory = step.getByText(/held: \d+ MB/);
    await memory.waitFor({ timeout: PATIENCE });
    say(`step ${number}: ${await memory.innerText()}`);
    await page.locator(`[data-step="${number}"][data-phase=done]`).waitFor({ timeout: PATIENCE });
    say(`step ${number}: ${await step.getByText(/^Proved in/).innerText()}`);
  }
  const href = await page.getByRole('main').getByRole('link', { name: 'Open its page' }).getAttribute('href');
  return href!.split('/').pop() as Hex;
}

/** The most memory that a page of the browser has had, in MiB, by Linux; a page is a process of its own. */
export async function peakMemory(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const peaks = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]);
  return Math.round(Math.max(...peaks.map(Number)) / 1024);
}
