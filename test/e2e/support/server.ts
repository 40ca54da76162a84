import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const NEXT = join(ROOT, 'node_modules/next/dist/bin/next');

/** What may change without the page. */
const NO_SOURCES = /^next-env\.d\.ts$|\.tsbuildinfo$|\.md$/;

export interface PageServer {
  origin: string;
  close(): Promise<void>;
}

/** Serves the built page for a deployment file; builds it first where it is missing or older than its sources. */
export async function servePage(deploymentFile: string, more: Record<string, string> = {}): Promise<PageServer> {
  const env = { ...process.env, ...more, DESCENT_DEPLOYMENT: deploymentFile, NEXT_TELEMETRY_DISABLED: '1' };
  if (isStale())
    execFileSync(process.execPath, [NEXT, 'build', 'web'], { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const port = await freePort();
  const child = spawn(process.execPath, [NEXT, 'start', 'web', '-p', String(port), '-H', '127.0.0.1'], {
    cwd: ROOT,
    env: { ...env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await ready(child);
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout!.on('data', (data: Buffer) => {
      if (data.toString().includes('Ready in')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`The page's server ended with ${code}.`)));
  });
}

function isStale(): boolean {
  const stamp = join(ROOT, 'web/.next/BUILD_ID');
  if (!existsSync(stamp)) return true;
  const built = statSync(stamp).mtimeMs;
  return newest(join(ROOT, 'web')) > built || newest(join(ROOT, 'src')) > built;
}

function newest(folder: string): number {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === '.next' || NO_SOURCES.test(entry.name)) continue;
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
