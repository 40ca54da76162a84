// `npm run test:mutants -- circuits`: removes or weakens every statement of the circuits that makes a constraint, every
// term of it, and every relation, claim, limb and share of the arguments, one at a time. Takes an hour or more; goes on
// where it was stopped. [programs..]: only these. --fresh: from the beginning. --statements, --arguments: only these.
// --tests <part>: only files of tests with this in their names. --sample <n>: n of the statements of each program that
// no earlier run has tried, chosen by --seed. What no test kills is printed, and must be in equivalent.json.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sampleOf } from '../contracts/sample.ts';
import { filesOf, pathOf } from './judgements.ts';
import { Court } from './lines.ts';
import { argumentMutants, familiesFirst, isOne, killer } from './relations.ts';
import { readEquivalent, readResults, unexplained } from './results.ts';
import { alive, type Found, load, save, writeResults } from './state.ts';
import { allStatements } from './statements.ts';
import { programs, systemOf } from './system.ts';

/** Small circuits first: what they kill need not be tried on large ones. */
const ORDER = [
  ...['data', 'seed', 'import', 'merge', 'disjoint', 'subset', 'infer', 'sparseMerge', 'score', 'train'],
  ...['convInfer', 'convImport', 'convMerge', 'convSeed', 'convScore', 'convTrain'],
];
const say = (text: string) => console.error(text);

/** Runs a script of this folder; it fails with what the script says. */
function script(name: string, ...args: string[]): Promise<void> {
  const path = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path, ...args], { stdio: 'inherit' });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => (code === 0 ? done() : fail(new Error(`${name} ${args} ended with ${code}`))));
  });
}

/** Says how far a list is, and how long the rest takes. */
function progress(what: string, total: number): (done: number) => void {
  const began = performance.now();
  let last = began;
  return (done) => {
    const now = performance.now();
    if (now - last < 15_000 && done < total) return;
    last = now;
    const rest = ((now - began) / done) * (total - done);
    say(`${what}: ${done} of ${total}, about ${Math.ceil(rest / 60_000)} minutes left`);
  };
}

interface Choice {
  /** part of the names of the files of tests that are asked */
  tests: string;
  /** at most so many statements of a program that no earlier run has tried */
  sample: number;
  seed: string;
}

/** Tries all statements of a program that have mutants left, on more and more tests. */
async function linesOf(court: Court, found: Found, { tests, sample, seed }: Choice): Promise<void> {
  const { program, lines } = court.system;
  const all = allStatements().filter((s) => lines.has(s.key));
  const untried = all.filter((s) => !(s.key in found.kept));
  const chosen = new Set(sampleOf(untried, sample, `${seed} ${program}`));
  const own = all.filter((s) => chosen.has(s) || s.key in found.statements);
  for (const file of filesOf(program).filter((name) => name.includes(tests))) {
    if (!existsSync(pathOf(file))) {
      say(`${file}: running its tests, to keep what they judge`);
      await script('judgements.ts', file);
    }
    const judges = court.take(file, say);
    const todo = own.filter((s) => alive(found, s.key) > 0);
    if (!judges || todo.length === 0) continue;
    const told = progress(`${program}, statements, with ${file}`, todo.length);
    for (const [i, statement] of todo.entries()) {
      found.statements[statement.key] = court.outcome(statement, found.statements[statement.key]);
      if (i % 20 === 19) save(found);
      told(i + 1);
    }
    save(found);
  }
}

async function argumentOf(court: Court, found: Found): Promise<void> {
  const { program } = court.system;
  found.arguments[program] ??= {};
  const own = found.arguments[program];
  const mutants = familiesFirst(argumentMutants(court)).filter(({ name }) => (own[name] ?? null) === null);
  const told = progress(`${program}, argument`, mutants.length);
  for (const [i, mutant] of mutants.entries()) {
    const test = await killer(court, mutant);
    if (test === undefined && !(await isOne(court, mutant)))
      throw new Error(`${program}: an honest proof does not fit ${mutant.name}`);
    own[mutant.name] = test ?? null;
    save(found);
    told(i + 1);
  }
}

async function main(): Promise<void> {
  const { values, positionals: named } = parseArgs({
    allowPositionals: true,
    options: {
      fresh: { type: 'boolean', default: false },
      statements: { type: 'boolean', default: false },
      arguments: { type: 'boolean', default: false },
      tests: { type: 'string', default: '' },
      sample: { type: 'string', default: 'Infinity' },
      seed: { type: 'string', default: '1' },
    },
  });
  const unknown = named.find((name) => !programs().includes(name));
  if (unknown) throw new Error(`there is no program ${unknown}`);
  const found = load(values.fresh);
  for (const program of ORDER.filter((name) => named.length === 0 || named.includes(name))) {
    const court = Court.of(await systemOf(program, say));
    if (!values.arguments) await linesOf(court, found, { ...values, sample: Number(values.sample) });
    if (!values.statements) await argumentOf(court, found);
  }
  writeResults(found);
  const { missing, idle } = unexplained(readResults(), readEquivalent());
  for (const name of missing) console.log(`survives: ${name}`);
  for (const name of idle) console.log(`explained, but killed: ${name}`);
  say(missing.length === 0 ? 'every mutant is killed or explained' : `${missing.length} mutants survive`);
  if (missing.length > 0) process.exitCode = 1;
}

await main();
