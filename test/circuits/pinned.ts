import { readFileSync } from 'node:fs';

/** The number of constraints of a program in test/snapshots. */
export function pinned(program: string): number {
  const path = new URL('../snapshots/constraints.json', import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8'))[program];
}
