import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import type { BaselineResult } from './baseline.ts';
import type { ProofFigures } from './proofs.ts';
import { baselineTables, gasTable, productTable, proofTable, type Ratio, ratioTable, stageTables } from './report.ts';

const RESULTS = new URL('results.json', import.meta.url);
const README = new URL('README.md', import.meta.url);

/** A whole run, as bench/results.json keeps it. */
export interface Results {
  /** ISO */
  date: string;
  machine: Machine;
  proofs: ProofFigures[];
  baseline: BaselineResult;
  ratios: Ratio[];
  gas: Record<string, number>;
}

export interface Machine {
  processor: string;
  cores: number;
  memoryGiB: number;
  node: string;
  /** Of the last minute before the first measurement; more than a little spoils the times. */
  load: number;
}

export function writeResults(results: Results): void {
  // Without arrays of numbers this is how the formatter would write it.
  const plain = (key: string, value: unknown) => (key === 'widths' ? (value as number[]).join('-') : value);
  writeFileSync(RESULTS, `${JSON.stringify(results, plain, 2)}\n`);
}

export function readResults(): Results {
  return JSON.parse(readFileSync(RESULTS, 'utf8'), (key, value) =>
    key === 'widths' ? value.split('-').filter(Boolean).map(Number) : value,
  );
}

/** Puts the tables of a run into bench/README.md. */
export function writeReadme(results: Results): void {
  writeFileSync(README, withTables(readFileSync(README, 'utf8'), results));
}

/**
 * The text with everything between `<!-- <section> -->` and `<!-- / -->` replaced.
 * @throws Error when a section is missing.
 */
export function withTables(text: string, results: Results): string {
  const { date, machine, proofs, baseline, ratios, gas } = results;
  const sections = {
    machine: `Measured ${date.slice(0, 10)}: ${describeMachine(machine)}, load ${machine.load} before the first measurement.`,
    proofs: proofTable(proofs),
    products: productTable(proofs),
    stages: stageTables(proofs),
    baseline: baselineTables(baseline),
    ratios: ratioTable(ratios),
    gas: gasTable(gas),
  };
  return Object.entries(sections).reduce((before, [name, content]) => {
    const section = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(\\n<!-- / -->)`);
    if (!section.test(before)) throw new Error(`bench/README.md has no section <!-- ${name} -->`);
    return before.replace(section, (_all, begin: string, end: string) => `${begin}\n${content}\n${end}`);
  }, text);
}

export function describeMachine({ processor, cores, memoryGiB, node }: Machine): string {
  return `${processor}, ${cores} cores, ${memoryGiB} GiB, Node.js ${node}`;
}

export function thisMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    load: Number(loadavg()[0].toFixed(2)),
  };
}
