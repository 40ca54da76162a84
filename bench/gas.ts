import { readFileSync } from 'node:fs';

/** Gas by name, as pinned by the tests that send real edges to a real registry. */
export function pinnedGas(): Record<string, number> {
  return JSON.parse(readFileSync(new URL('../test/snapshots/gas.json', import.meta.url), 'utf8'));
}
