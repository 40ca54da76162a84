// Installs the locked dependencies when, and only when, what is installed differs from package-lock.json.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { foreignChildEnv } from './children.mjs';

/** Runs `npm ci` under `env` unless node_modules already matches the lock file. Throws when npm fails. */
export function installDependencies(root, env, say) {
  if (isInstalled(root)) return;
  say('installing the dependencies of package-lock.json');
  // Nothing works without what package.json names for development, also where NODE_ENV is production.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2], env: foreignChildEnv(env) });
  if (result.status !== 0) throw new Error('npm ci failed (see above)');
  writeFileSync(stampPath(root), lockHash(root));
}

/** True when the stamp names this lock file, or npm's own record of node_modules has every package of the lock file. */
export function isInstalled(root) {
  try {
    if (readFileSync(stampPath(root), 'utf8') === lockHash(root)) return true;
  } catch {
    // no stamp: npm may have been called by hand, so ask npm's record
  }
  try {
    const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    const present = JSON.parse(readFileSync(join(root, 'node_modules', '.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(
      ([path, entry]) => path === '' || present[path]?.version === entry.version || isForeign(entry),
    );
  } catch {
    return false;
  }
}

/** Whether npm may leave a package out on this machine. */
function isForeign(entry) {
  if (!entry.optional) return false;
  // Parts of packages for other systems name no system themselves.
  if (entry.os === undefined && entry.cpu === undefined) return true;
  const excludes = (list, value) => Array.isArray(list) && !list.includes(value);
  return excludes(entry.os, process.platform) || excludes(entry.cpu, process.arch) || excludes(entry.libc, libc());
}

function libc() {
  if (process.platform !== 'linux') return undefined;
  return process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl';
}

function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function stampPath(root) {
  return join(root, 'node_modules', '.descent-install');
}
