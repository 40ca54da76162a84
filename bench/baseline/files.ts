import { fileURLToPath } from 'node:url';
import type { BaselineSizes } from './instance.ts';

/** Compiled baselines and their keys; not in git. */
export const BASELINE_FOLDER = fileURLToPath(new URL('../../build/bench', import.meta.url));

export function baselineName({ widths, rows, batch }: BaselineSizes): string {
  return `baseline-${widths.join('-')}-rows${rows}-batch${batch}`;
}

/** The key of a circuit, which its hash identifies. */
export function keyFile(sizes: BaselineSizes, hash: string): string {
  return `${BASELINE_FOLDER}/${baselineName(sizes)}.${hash.slice(0, 16)}.zkey`;
}
