// Gas that is pinned in test/snapshots/gas.json. UPDATE_SNAPSHOTS=1 pins what is measured.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';

const SNAPSHOT = new URL('../snapshots/gas.json', import.meta.url);

/** Asserts that everything measured is what is pinned, give or take `tolerance`. */
export function requirePinnedGas(measured: Readonly<Record<string, number>>, tolerance = 0): void {
  const pinned: Record<string, number> = JSON.parse(readFileSync(SNAPSHOT, 'utf8'));
  if (process.env.UPDATE_SNAPSHOTS) {
    writeFileSync(SNAPSHOT, `${JSON.stringify({ ...pinned, ...measured }, null, 2)}\n`);
    return;
  }
  const changed = Object.entries(measured).filter(([name, gas]) => !(Math.abs(gas - pinned[name]) <= tolerance));
  assert.deepEqual(changed, [], 'gas is not what is pinned; UPDATE_SNAPSHOTS=1 pins what is measured');
}
