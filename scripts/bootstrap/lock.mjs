// Lets two commands that start at the same time install and build one after the other instead of over each other.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Waits for the lock file, takes it and returns the function that releases it. A lock whose owner died is taken over. */
export async function takeLock(path, say) {
  mkdirSync(dirname(path), { recursive: true });
  for (let waited = false; ; waited = true) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = readOwner(path);
    if (owner !== undefined && !isAlive(owner)) {
      rmSync(path, { force: true });
      continue;
    }
    if (!waited) say(`waiting for another Descent command (process ${owner}) to finish building`);
    await new Promise((resolve) => setTimeout(resolve, 300));
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
