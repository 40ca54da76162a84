// What became of the circuits' mutants, as the repository keeps it: the run writes results.json, and we
// equivalent.json.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const RESULTS = fileURLToPath(new URL('results.json', import.meta.url));
const EQUIVALENT = fileURLToPath(new URL('equivalent.json', import.meta.url));

/** Mutants of one statement, or of one program's argument. */
export interface Row {
  /** how many mutants which test kills, by the test's number in the list */
  killed: Record<string, number>;
  /** names of those that none kills */
  survived?: string[];
}

export interface Results {
  /** names of tests */
  tests: string[];
  /** by file, template and text of the statement */
  statements: Record<string, Row>;
  /** by program and mutant: relations, claims, limbs and shares that are left out of circuit and prover alike */
  arguments: Record<string, Record<string, number | null>>;
}

/** Why a mutant that survives is no weaker circuit: by statement, or `program: mutant`, and by a pattern of mutants. */
export type Equivalent = Record<string, Record<string, string>>;

export const readResults = (): Results =>
  existsSync(RESULTS)
    ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as Results)
    : { tests: [], statements: {}, arguments: {} };

export const readEquivalent = (): Equivalent => JSON.parse(readFileSync(EQUIVALENT, 'utf8')) as Equivalent;

/** Survivors without an explanation, and explanations of none. */
export function unexplained(results: Results, explained: Equivalent): { missing: string[]; idle: string[] } {
  const survivors = new Map<string, string[]>();
  for (const [key, { survived }] of Object.entries(results.statements)) if (survived) survivors.set(key, survived);
  for (const [program, mutants] of Object.entries(results.arguments)) {
    const own = Object.keys(mutants).filter((name) => mutants[name] === null);
    if (own.length > 0) survivors.set(program, own);
  }
  const missing: string[] = [];
  const used = new Set<string>();
  for (const [key, names] of survivors)
    for (const name of names) {
      const why = Object.keys(explained[key] ?? {}).filter((pattern) => new RegExp(pattern).test(name));
      for (const pattern of why) used.add(`${key} ${pattern}`);
      if (why.length === 0) missing.push(`${key} | ${name}`);
    }
  const all = Object.entries(explained).flatMap(([key, why]) => Object.keys(why).map((pattern) => `${key} ${pattern}`));
  return { missing, idle: all.filter((name) => !used.has(name)) };
}
