// What a run of the circuits' mutants has found so far, and how the repository keeps it.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RESULTS, type Results, type Row, readResults } from './results.ts';
import { allStatements } from './statements.ts';
import { sourcesHash, WORK } from './system.ts';

type Outcomes = Record<string, Record<string, string | null>>;

export interface Found {
  /** of the circuits */
  hash: string;
  /** by statement and mutant: the test that kills it, or null */
  statements: Outcomes;
  /** by program and mutant, likewise */
  arguments: Outcomes;
  /** of statements that an earlier run has tried: how many mutants which test killed; its survivors are tried again */
  kept: Record<string, Record<string, number>>;
}

const STATE = join(WORK, 'found.json');

/** What the last run has found in these circuits; otherwise what the repository keeps, of which survivors have a chance more. */
export function load(fresh: boolean): Found {
  const found: Found = { hash: sourcesHash(), statements: {}, arguments: {}, kept: {} };
  if (fresh) return found;
  if (existsSync(STATE)) {
    const known = JSON.parse(readFileSync(STATE, 'utf8')) as Found;
    if (known.hash === found.hash) return { ...found, ...known };
  }
  const { tests, statements, arguments: own } = readResults();
  for (const [key, { killed, survived }] of Object.entries(statements)) {
    found.kept[key] = Object.fromEntries(Object.entries(killed).map(([i, n]) => [tests[Number(i)], n]));
    if (survived) found.statements[key] = Object.fromEntries(survived.map((mutant) => [mutant, null]));
  }
  for (const [program, mutants] of Object.entries(own))
    found.arguments[program] = Object.fromEntries(
      Object.entries(mutants).map(([name, i]) => [name, i === null ? null : tests[i]]),
    );
  return found;
}

export function save(found: Found): void {
  mkdirSync(dirname(STATE), { recursive: true });
  writeFileSync(`${STATE}.new`, JSON.stringify(found));
  renameSync(`${STATE}.new`, STATE);
}

/** How many mutants of a statement live; infinitely many where it was not tried. */
export function alive({ statements, kept }: Found, key: string): number {
  const outcome = statements[key];
  if (outcome) return Object.values(outcome).filter((test) => test === null).length;
  return key in kept ? 0 : Number.POSITIVE_INFINITY;
}

/** The results as the repository keeps them. */
function written(found: Found): Results {
  const tests = new Map<string, number>();
  const numberOf = (test: string) => {
    if (!tests.has(test)) tests.set(test, tests.size);
    return tests.get(test)!;
  };
  const row = (before: Record<string, number>, outcome: Record<string, string | null>): Row => {
    const killed = Object.fromEntries(Object.entries(before).map(([test, n]) => [numberOf(test), n]));
    for (const test of Object.values(outcome))
      if (test !== null) killed[numberOf(test)] = (killed[numberOf(test)] ?? 0) + 1;
    const survived = Object.keys(outcome).filter((mutant) => outcome[mutant] === null);
    return survived.length > 0 ? { killed, survived } : { killed };
  };
  const statements: Record<string, Row> = {};
  for (const { key } of allStatements()) {
    const [before, outcome] = [found.kept[key], found.statements[key]];
    if (before || outcome) statements[key] = row(before ?? {}, outcome ?? {});
  }
  const numbered = Object.fromEntries(
    Object.entries(found.arguments).map(([program, mutants]) => [
      program,
      Object.fromEntries(Object.entries(mutants).map(([name, test]) => [name, test === null ? null : numberOf(test)])),
    ]),
  );
  return { tests: [...tests.keys()], statements, arguments: numbered };
}

/** One entry a line, which is what a reader of a difference can follow. */
function printed({ tests, statements, arguments: own }: Results): string {
  const list = (entries: string[]) => entries.map((entry) => `    ${entry}`).join(',\n');
  const pairs = (object: object) =>
    list(Object.entries(object).map(([k, v]) => `${JSON.stringify(k)}: ${JSON.stringify(v)}`));
  const parts = [`"tests": [\n${list(tests.map((t) => JSON.stringify(t)))}\n  ]`];
  parts.push(`"statements": {\n${pairs(statements)}\n  }`, `"arguments": {\n${pairs(own)}\n  }`);
  return `{\n  ${parts.join(',\n  ')}\n}\n`;
}

export function writeResults(found: Found): void {
  writeFileSync(RESULTS, printed(written(found)));
}
