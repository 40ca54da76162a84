// Another commit of this project as a tree of its own, built like this one.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This tree. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * A git worktree with the commit, in build/against, where it stays for the next run.
 * @returns its folder and the whole name of the commit
 * @throws Error where git does not know the commit
 */
export function treeAt(name: string): { folder: string; commit: string } {
  const commit = git('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`);
  if (commit === undefined) {
    throw new Error(`git knows no commit '${name}' here: name one of \`git log\` in a clone with its history`);
  }
  const folder = join(ROOT, 'build/against', commit.slice(0, 12));
  if (!existsSync(join(folder, 'package.json'))) {
    git('worktree', 'prune');
    if (git('worktree', 'add', '--force', '--detach', folder, commit) === undefined) {
      throw new Error(`git could not make a worktree of ${name} in ${folder}: remove that folder and try again`);
    }
  }
  return { folder, commit };
}

/**
 * Builds what the benchmarks of a tree need, by its own entry: dependencies, circuits, keys, contracts.
 * @param page the page as well
 * @throws Error when that fails; what it says goes to our stderr
 */
export function buildTree(folder: string, { page }: { page: boolean }): void {
  // Asked for help, `bench` builds everything and measures nothing.
  const args = page ? ['build'] : ['bench', '--help'];
  const { status } = spawnSync(process.execPath, [join(folder, 'scripts/bootstrap.mjs'), ...args], {
    cwd: folder,
    env: ownEnvironment(),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`${folder} could not be built: see above`);
}

/** Without what npm and our own entry told this process of its folder. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_(command|lifecycle|package)|INIT_CWD$|NODE_COMPILE_CACHE$|DESCENT_)/.test(name),
    ),
  );
}

function git(...args: string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
