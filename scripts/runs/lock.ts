import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DescentError } from '../../src/errors/DescentError.ts';

/** Code of the error that says: another process works in this folder. */
export const RUN_IN_USE = 'RUN_IN_USE';

/**
 * Keeps other processes out of a run folder; returns the function that lets them in. The lock of a process that was
 * killed is taken over.
 * @throws DescentError (RUN_IN_USE) when a live process holds the folder.
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'run.lock');
  for (let attempt = 0; ; attempt++) {
    if (create(path)) return () => rmSync(path, { force: true });
    const owner = readOwner(path);
    if (owner !== undefined && (isAlive(owner) || attempt > 2)) {
      throw new DescentError(`The run folder ${folder} is in use by process ${owner}.`, {
        code: RUN_IN_USE,
        exit: 'usage',
        hint: `Wait for it, or remove ${path} if that process has nothing to do with Descent.`,
      });
    }
    rmSync(path, { force: true });
  }
}

/** Makes the lock with its content in one step, which a write to a new file would not be. False when it exists. */
function create(path: string): boolean {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  writeFileSync(temporary, String(process.pid));
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function readOwner(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
