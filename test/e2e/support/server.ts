import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { servePage as serve } from '../../../scripts/demo/servePage.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const NEXT = join(ROOT, 'node_modules/next/dist/bin/next');

/** What may change without the page. */
const NO_SOURCES = /^next-env\.d\.ts$|\.tsbuildinfo$|\.md$/;

export interface PageServer {
  origin: string;
  close(): Promise<void>;
}

/**
 * Serves the page as the demo does; builds it first where it is missing or older than its sources.
 * @param given environment of the page beside the file
 */
export async function servePage(deploymentFile: string, given: Record<string, string> = {}): Promise<PageServer> {
  // Chains of tests are gone when they end.
  const more = { DESCENT_SNAPSHOTS: 'none', ...given };
  if (isStale()) {
    const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };
    execFileSync(process.execPath, [NEXT, 'build', 'web'], { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  Object.assign(process.env, more);
  try {
    const { address, close } = await serve(deploymentFile);
    return { origin: address, close };
  } finally {
    for (const name of Object.keys(more)) delete process.env[name];
  }
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
