// Proves in Chromium with the worker of a tree's page. The page is opened as a visitor does; its worker then gets the
// messages that the page sends, with a plan of ours, so that neither a wallet nor waiting for blocks is in the figures.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { deployRegistry } from '../../scripts/chain/deploy.ts';
import { startLocalNode } from '../../scripts/chain/localNode.ts';
import { launchBrowser } from '../../test/e2e/support/browser.ts';
import { runMeasurement } from '../support/child.ts';

export interface PageTask {
  /** root folder of the built tree */
  tree: string;
  /** with the headers that allow shared memory */
  isolated: boolean;
}

/** The demo's network and the most rows that the page offers. */
const PLAN = { source: { kind: 'digits' }, rows: 512, hidden: 32 };
const TRAINING = { lr: 16, batch: 8, passes: 1 };
const SEED = { seed: '20261121', requestId: '1', secret: `0x${'5e'.repeat(32)}` };
const TRAINER = '0x0000000000000000000000000000000000000002';
const PATIENCE = 600_000;

await runMeasurement(async ({ tree, isolated }: PageTask): Promise<{ seconds: number }> => {
  const folder = mkdtempSync(join(tmpdir(), 'descent-page-'));
  const node = await startLocalNode();
  const browser = await launchBrowser();
  let server: { origin: string; close(): void } | undefined;
  try {
    const { registry, block, chainId } = await deployRegistry(node.rpc);
    const deployment = join(folder, 'deployment.json');
    writeFileSync(deployment, JSON.stringify({ chainId, rpc: node.rpc, registry, block, devKeys: true, people: {} }));
    server = await serve(tree, { DESCENT_DEPLOYMENT: deployment, ...(isolated && { DESCENT_ISOLATE: 'true' }) });
    const page = await (await browser.newContext()).newPage();
    await openWorker(page, server.origin);
    if ((await page.evaluate(() => crossOriginIsolated)) !== isolated) {
      throw new Error(`the page is ${isolated ? 'not ' : ''}isolated from other origins`);
    }
    const context = { chainId: String(chainId), registry, trainer: TRAINER };
    // The page of an older tree calls it origin.
    const at = { context, origin: context };
    await ask(page, { kind: 'prepare', plan: PLAN, base: server.origin });
    await ask(page, { kind: 'seed', ...at, devKeys: true, ...SEED });
    const { proved } = await ask(page, { kind: 'train', ...at, devKeys: true, ...TRAINING });
    return { seconds: proved!.seconds };
  } finally {
    await browser.close();
    server?.close();
    await node.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Next.js of the tree, on a free port of 127.0.0.1. */
async function serve(tree: string, more: Record<string, string>) {
  // Neither chain nor scores that the caller set go before the file.
  const own = Object.entries(process.env).filter(([name]) => !/^(DESCENT_|NODE_COMPILE_CACHE$)/.test(name));
  const child = fork(join(tree, 'node_modules/next/dist/bin/next'), ['start', 'web', '-H', '127.0.0.1', '-p', '0'], {
    cwd: tree,
    env: { ...Object.fromEntries(own), ...more, NEXT_TELEMETRY_DISABLED: '1' } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  process.once('exit', () => child.kill());
  const origin = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout!.on('data', (data) => {
      said += data;
      const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
      if (address) resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`the page of ${tree} ended with ${code}: ${said}`)));
  });
  return { origin, close: () => void child.kill() };
}

/** Keeps the workers of the page where `ask` finds them, and lets the page start its prover. */
async function openWorker(page: Page, origin: string): Promise<void> {
  await page.addInitScript(() => {
    const kept: Worker[] = [];
    Object.assign(window, { kept });
    window.Worker = class extends Worker {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args);
        kept.push(this);
      }
    };
  });
  await page.goto(`${origin}/prove`);
  await page.getByRole('button', { name: 'Prepare' }).click();
  await page.getByTestId('prepared').waitFor({ timeout: PATIENCE });
}

interface Reply {
  progress?: unknown;
  error?: { title: string; details?: string };
  proved?: { seconds: number };
}

/** One request to the prover. Numbers that JSON does not hold go as text. @throws Error with the worker's own words */
async function ask(page: Page, request: { kind: string } & Record<string, unknown>): Promise<Reply> {
  const reply = await page.evaluate((message) => {
    const big = new Set(['chainId', 'seed', 'requestId']);
    const revived = JSON.parse(JSON.stringify(message), (key, value) => (big.has(key) ? BigInt(value) : value));
    const worker = (window as unknown as { kept: Worker[] }).kept.at(-1)!;
    return new Promise<Reply>((resolve, reject) => {
      worker.addEventListener('error', ({ message: reason }) => reject(new Error(reason)));
      worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
        if (!('progress' in data)) resolve(data);
      });
      worker.postMessage(revived);
    });
  }, request);
  if (reply.error) throw new Error(`${reply.error.title} ${reply.error.details ?? ''}`);
  return reply;
}
