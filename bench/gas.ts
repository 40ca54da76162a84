import { existsSync, readFileSync } from 'node:fs';

/** Gas by name, as pinned by the tests that send real edges to a real registry; undefined where none is pinned. */
export function pinnedGas(): Record<string, number> | undefined {
  const snapshot = new URL('../test/snapshots/gas.json', import.meta.url);
  return existsSync(snapshot) ? JSON.parse(readFileSync(snapshot, 'utf8')) : undefined;
}
