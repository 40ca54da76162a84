// How the user calls Descent from where he stands: the form in which the next command is printed.
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, relative } from 'node:path';

/**
 * The words before the verb, such as `descent` or `npm run descent --`, that start the Descent at `root` from the folder
 * in which the user typed.
 * @param root folder of the package. @param cwd where the command was typed, unless npm says otherwise
 */
export function invocationOf(root, { env = process.env, cwd = process.cwd(), platform = process.platform } = {}) {
  const bin = join(root, 'scripts', 'descent.mjs');
  const place = env.INIT_CWD ?? cwd;
  if (onPath(bin, env, platform)) return 'descent';
  const word = (text) => quote(text, platform);
  const isNpm = env.npm_command !== undefined;
  // Elsewhere npx would fetch a package of other people's that has the same name.
  if (isNpm && env.npm_command === 'exec' && (isInside(place, root) || isDependency(place, root))) return 'npx descent';
  if (isNpm && env.npm_command !== 'exec') {
    return isInside(place, root) ? 'npm run descent --' : `npm --prefix ${word(root)} run descent --`;
  }
  return `node ${word(isInside(bin, place) ? relative(place, bin) : bin)}`;
}

/** A word as a shell takes it. */
export function quote(text, platform = process.platform) {
  if (/^[A-Za-z0-9_@%+=:,./\\-]+$/.test(text) && (platform === 'win32' || !text.includes('\\'))) return text;
  return platform === 'win32' ? `"${text.replaceAll('"', '""')}"` : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Whether the first `descent` of the user's own PATH is this one. */
function onPath(bin, env, platform) {
  // npm puts folders of its own before those that the user has.
  const folders = (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '' && !/[/\\](node_modules[/\\]\.bin|node-gyp-bin)$/.test(folder));
  const name = platform === 'win32' ? 'descent.cmd' : 'descent';
  const first = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (first === undefined) return false;
  // npm makes a link, on Windows a script beside its node_modules.
  if (platform === 'win32') return isInside(bin, join(dirname(first), 'node_modules'));
  return realpathSync(first) === realpathSync(bin);
}

function isDependency(place, root) {
  for (let folder = place; ; folder = dirname(folder)) {
    if (isInside(root, join(folder, 'node_modules'))) return true;
    if (dirname(folder) === folder) return false;
  }
}

function isInside(path, folder) {
  const way = relative(folder, path);
  return !isAbsolute(way) && way.split(/[/\\]/)[0] !== '..';
}
