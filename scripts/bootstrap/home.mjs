// Where Descent builds and runs: a clone does both in itself; a package that npm installed is copied to a folder of the
// user's first, because where it lies may be read-only, shared, or replaced by npm.
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { contentHash } from './steps.mjs';

/** npm packs no lock file; the package has it under this name. */
const PACKED_LOCK = join('build', 'package', 'package-lock.json');

/** Folder of the user's in which installed packages are built; DESCENT_HOME goes before the system's custom. */
export function homesFolder({ env = process.env, platform = process.platform, home = homedir() } = {}) {
  if (env.DESCENT_HOME) return env.DESCENT_HOME;
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'descent-registry');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'descent-registry');
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'descent-registry');
}

/**
 * The folder to run from: the package's own in a clone, else a copy of this very package, made when it is first used.
 * @param root folder of the package. @throws when the package lacks its lock file or the copy cannot be written
 */
export async function prepareHome(root, say, homes = homesFolder()) {
  if (existsSync(join(root, 'package-lock.json'))) return root;
  if (!existsSync(join(root, PACKED_LOCK))) {
    throw new Error(`${root} lacks its lock file. Pack it with npm pack, which runs the script prepack.`);
  }
  const parts = readdirSync(root).filter((name) => name !== 'node_modules');
  const home = join(homes, contentHash(root, parts).slice(0, 16));
  if (existsSync(home)) return home;
  say(`Descent builds in ${home} (another DESCENT_HOME changes that).`);
  const copy = `${home}.${process.pid}.tmp`;
  try {
    mkdirSync(copy, { recursive: true });
    for (const name of parts) cpSync(join(root, name), join(copy, name), { recursive: true });
    cpSync(join(root, PACKED_LOCK), join(copy, 'package-lock.json'));
    renameSync(copy, home);
  } catch (error) {
    rmSync(copy, { recursive: true, force: true });
    // Another command may have been faster.
    if (existsSync(home)) return home;
    throw new Error(`Cannot make ${home}: ${error.code ?? error.message}. Name another folder with DESCENT_HOME.`);
  }
  return home;
}
