// How much of the contracts a test run executed: lines as Hardhat counts them, statements, branches.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Branch } from './countBranches.ts';

/** What is counted in one source: tags of its statements, and its branches. */
export interface Counted {
  statements: string[];
  branches: Branch[];
}

/** The tags that a run's chains reported, from what Hardhat keeps of it in a folder. */
export function readHits(folder: string): Set<string> {
  const files = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  return new Set(files.flatMap((counts) => Object.keys(counts)));
}

/** Lines executed and lines with code of each source, from Hardhat's lcov report. */
export function readLines(file: string): Map<string, Share> {
  const records = readFileSync(file, 'utf8').split('end_of_record\n');
  return new Map(
    records.flatMap((record) => {
      const path = /^SF:(.*)$/m.exec(record)?.[1];
      const number = (field: string) => Number(new RegExp(`^${field}:(\\d+)$`, 'm').exec(record)?.[1] ?? 0);
      return path === undefined ? [] : [[path, { taken: number('LH'), all: number('LF') }] as const];
    }),
  );
}

/** A part of a whole. */
export interface Share {
  taken: number;
  all: number;
}

/**
 * Each branch that was never taken, the table of all sources, and whether everything was executed (nothing is not
 * everything).
 * @param counted by the sources' paths
 */
export function coverageReport(counted: Map<string, Counted>, lines: Map<string, Share>, hits: Set<string>) {
  const share = (tags: string[]): Share => ({ taken: tags.filter((tag) => hits.has(tag)).length, all: tags.length });
  const rows = [...counted].toSorted(byName).map(([path, { statements, branches }]) => ({
    path,
    shares: [lines.get(path) ?? { taken: 0, all: 0 }, share(statements), share(branches.map(({ tag }) => tag))],
  }));
  const total = [0, 1, 2].map((column) => sum(rows.map(({ shares }) => shares[column])));
  const missing = [...counted]
    .toSorted(byName)
    .flatMap(([path, { branches }]) =>
      branches
        .filter(({ tag }) => !hits.has(tag))
        .map(({ line, column, text, outcome }) => `${path}:${line}:${column}  ${text}  was never ${outcome}`),
    );
  const table = [...rows, { path: 'total', shares: total }].map(({ path, shares }) => row(path, shares.map(shown)));
  return {
    text: [...missing, row('', ['lines', 'statements', 'branches']), ...table].join('\n'),
    complete: total.every(({ taken, all }) => taken === all && all > 0),
  };
}

function row(title: string, cells: string[]): string {
  return title.padEnd(38) + cells.map((cell) => cell.padStart(24)).join('');
}

function shown({ taken, all }: Share): string {
  // Rounded down: 100 means all.
  return all === 0 ? '-' : `${(Math.floor((10_000 * taken) / all) / 100).toFixed(2)} % (${taken}/${all})`;
}

function sum(shares: Share[]): Share {
  return {
    taken: shares.reduce((before, { taken }) => before + taken, 0),
    all: shares.reduce((before, { all }) => before + all, 0),
  };
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
