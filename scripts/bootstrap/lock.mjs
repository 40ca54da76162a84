// Lets two commands that start at the same time install and build one after the other instead of over each other.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Waits for the lock file, takes it and returns the function that releases it. A lock whose owner died is taken over. */
export async function takeLock(path, say) {
  mkdirSync(dirname(path), { recursive: true });
  for (let waited = false; ; waited = true) {
    if (create(path)) return () => rmSync(path, { force: true });
    const owner = readOwner(path);
    if (owner !== undefined && !isAlive(owner)) {
      rmSync(path, { force: true });
      continue;
    }
    if (!waited) say(`waiting for another Descent command (process ${owner}) to finish building`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

// A link makes the lock together with its content; a write to a new file would leave a moment without.
function create(path) {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, String(process.pid));
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function readOwner(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
