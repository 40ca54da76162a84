// What is kept of a run in the repository, and printed at its end.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Mutant } from './mutate.ts';
import type { State } from './state.ts';

const RESULTS = fileURLToPath(new URL('results.json', import.meta.url));
const EQUIVALENT = fileURLToPath(new URL('equivalent.json', import.meta.url));

/** Of one source. */
export interface Result {
  path: string;
  hash: string;
  /** All that the source has, and those that were tried. */
  mutants: number;
  tried: number;
  killed: number;
  /** The optimizer makes the same code of them, or a reason is given why they do the same. */
  equivalent: number;
  survived: string[];
}

interface Chosen {
  path: string;
  mutants: readonly Mutant[];
  sample: readonly Mutant[];
  state: State;
}

/** Mutants that do the same as the source, by source and by the mutant's key: why. */
export function readEquivalent(): Record<string, Record<string, string>> {
  return existsSync(EQUIVALENT) ? JSON.parse(readFileSync(EQUIVALENT, 'utf8')) : {};
}

export function reportOf(chosen: readonly Chosen[]): Result[] {
  const reasons = readEquivalent();
  return chosen.map(({ path, mutants, sample, state }) => {
    const known = reasons[path] ?? {};
    const outcome = (mutant: Mutant) => state.verdict(mutant)?.outcome;
    const valid = sample.filter((mutant) => outcome(mutant) !== 'invalid');
    const explained = valid.filter((mutant) => outcome(mutant) === 'survived' && Object.hasOwn(known, mutant.key));
    for (const mutant of valid) {
      if (outcome(mutant) === 'killed' && Object.hasOwn(known, mutant.key)) {
        throw new Error(`${path}: a test tells this mutant, so it is not equivalent: ${mutant.key}`);
      }
    }
    const left = valid.filter((mutant) => outcome(mutant) === 'survived' && !explained.includes(mutant));
    return {
      path,
      hash: state.hash,
      mutants: mutants.length,
      tried: valid.length,
      killed: valid.filter((mutant) => outcome(mutant) === 'killed').length,
      equivalent: explained.length + valid.filter((mutant) => outcome(mutant) === 'same').length,
      survived: left.map(({ key }) => key),
    };
  });
}

/** What is kept of one source: beside its result, how many mutants were to be tried. */
type Kept = { sample: string } & Omit<Result, 'path'>;

/** Adds to the results kept in the repository, and prints all of them. */
export function writeReport(report: readonly Result[], { seed, sample }: { seed: string; sample: string }): void {
  const kept = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : {};
  const sources: Record<string, Kept> = { ...kept.sources };
  for (const { path, ...result } of report) sources[path] = { sample, ...result };
  const sorted = Object.fromEntries(Object.entries(sources).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(RESULTS, `${JSON.stringify({ seed, sources: sorted }, null, 2)}\n`);
  for (const { path, survived } of report) for (const key of survived) console.log(`${path}  ${key}  survived`);
  const rows = Object.entries(sorted);
  const sum = (field: 'mutants' | 'tried' | 'killed' | 'equivalent') =>
    rows.reduce((total, [, result]) => total + result[field], 0);
  const all = { mutants: sum('mutants'), tried: sum('tried'), killed: sum('killed'), equivalent: sum('equivalent') };
  console.log(`${''.padEnd(40)}${['mutants', 'tried', 'killed', 'equivalent', 'share'].map(cell).join('')}`);
  for (const [path, result] of [...rows, ['total', all] as const]) console.log(rowOf(path, result));
}

function rowOf(
  path: string,
  { mutants, tried, killed, equivalent }: Omit<Result, 'path' | 'hash' | 'survived'>,
): string {
  const share =
    tried === equivalent ? '-' : `${(Math.floor((1000 * killed) / (tried - equivalent)) / 10).toFixed(1)} %`;
  return `${path.padEnd(40)}${[mutants, tried, killed, equivalent, share].map(cell).join('')}`;
}

function cell(value: number | string): string {
  return String(value).padStart(11);
}
