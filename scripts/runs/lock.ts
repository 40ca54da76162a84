import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DescentError } from '../../src/errors/DescentError.ts';
import { makeFolders } from '../files/durable.ts';

/** Code of the error that says: another process works in this folder. */
export const RUN_IN_USE = 'RUN_IN_USE';

const PATIENCE_MS = 1_000;
const STEP_MS = 50;

/**
 * Keeps other processes out of a run folder; returns the function that lets them in. The lock of a process that was
 * killed is taken over.
 * @throws DescentError (RUN_IN_USE) when a live process holds the folder.
 */
export function lockFolder(folder: string): () => void {
  makeFolders(folder);
  const path = join(folder, 'run.lock');
  for (let attempt = 0; ; attempt++) {
    if (create(path)) return () => rmSync(path, { force: true });
    const owner = readOwner(path);
    if (owner !== undefined && (livesOn(owner) || attempt > 2)) {
      throw new DescentError(`The run folder ${folder} is in use by process ${owner}.`, {
        code: RUN_IN_USE,
        exit: 'usage',
        hint: `Wait for it, or remove ${path} if that process has nothing to do with Descent.`,
      });
    }
    rmSync(path, { force: true });
  }
}

/** Number of the living process that holds the folder, if any. */
export function ownerOf(folder: string): number | undefined {
  const owner = readOwner(join(folder, 'run.lock'));
  return owner !== undefined && isAlive(owner) ? owner : undefined;
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

/** Whether a process lives on. One whose parent was just killed is given the moment in which it ends too. */
function livesOn(pid: number): boolean {
  for (let waited = 0; isAlive(pid); waited += STEP_MS) {
    if (waited >= PATIENCE_MS) return true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STEP_MS);
  }
  return false;
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return !hasEnded(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether a process has ended and only nobody asked for its exit code yet; known on Linux alone. */
function hasEnded(pid: number): boolean {
  try {
    // `pid (name) state ..`, where the name may hold anything
    return /\) Z [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
