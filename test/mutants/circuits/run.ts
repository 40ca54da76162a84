// `npm run test:mutants -- circuits`: removes or weakens every statement of the circuits that makes a constraint, every term
// of it, and every relation, claim, limb and share of the arguments, one at a time. Takes hours; goes on where it was stopped.
// [programs..]: only these. --fresh: from the beginning. What no test kills is printed, and must be in equivalent.json.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesOf, pathOf } from './judgements.ts';
import { Court } from './lines.ts';
import { argumentMutants, familiesFirst, isOne, killer } from './relations.ts';
import { RESULTS, type Results, type Row, readEquivalent, readResults, unexplained } from './results.ts';
import { allStatements } from './statements.ts';
import { programs, sourcesHash, systemOf, WORK } from './system.ts';

/** Small circuits first: what they kill need not be tried on large ones. */
const ORDER = ['data', 'seed', 'import', 'merge', 'score', 'train'];
const say = (text: string) => console.error(text);

/** What a run has found: by statement and by program, the test that kills each mutant, or null. */
interface Found {
  hash: string;
  statements: Record<string, Record<string, string | null>>;
  arguments: Record<string, Record<string, string | null>>;
}

const STATE = join(WORK, 'found.json');

function load(fresh: boolean): Found {
  const hash = sourcesHash();
  const none: Found = { hash, statements: {}, arguments: {} };
  if (fresh || !existsSync(STATE)) return none;
  const known = JSON.parse(readFileSync(STATE, 'utf8')) as Found;
  return known.hash === hash ? known : none;
}

function save(found: Found): void {
  mkdirSync(dirname(STATE), { recursive: true });
  writeFileSync(`${STATE}.new`, JSON.stringify(found));
  renameSync(`${STATE}.new`, STATE);
}

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

const alive = (outcome: Record<string, string | null> | undefined): number =>
  outcome ? Object.values(outcome).filter((test) => test === null).length : Number.POSITIVE_INFINITY;

/** Tries all statements of a program that have mutants left, on more and more tests. */
async function linesOf(court: Court, found: Found): Promise<void> {
  const { program, lines } = court.system;
  const own = allStatements().filter((s) => lines.has(s.key));
  for (const file of filesOf(program)) {
    if (!existsSync(pathOf(file))) {
      say(`${file}: running its tests, to keep what they judge`);
      await script('judgements.ts', file);
    }
    const before = court.size;
    court.add(file, say);
    const todo = own.filter((s) => alive(found.statements[s.key]) > 0);
    if (court.size === before || todo.length === 0) continue;
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

/** The results as the repository keeps them. */
function written(found: Found): Results {
  const tests = new Map<string, number>();
  const numberOf = (test: string) => {
    if (!tests.has(test)) tests.set(test, tests.size);
    return tests.get(test)!;
  };
  const row = (outcome: Record<string, string | null>): Row => {
    const killed: Record<string, number> = {};
    for (const test of Object.values(outcome))
      if (test !== null) killed[numberOf(test)] = (killed[numberOf(test)] ?? 0) + 1;
    const survived = Object.keys(outcome).filter((mutant) => outcome[mutant] === null);
    return survived.length > 0 ? { killed, survived } : { killed };
  };
  const statements = Object.fromEntries(
    allStatements()
      .filter((s) => found.statements[s.key])
      .map((s) => [s.key, row(found.statements[s.key])]),
  );
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

async function main(args: readonly string[]): Promise<void> {
  const named = args.filter((a) => !a.startsWith('--'));
  const unknown = named.find((name) => !programs().includes(name));
  if (unknown) throw new Error(`there is no program ${unknown}`);
  if (args.includes('--fresh')) rmSync(STATE, { force: true });
  const found = load(args.includes('--fresh'));
  for (const program of ORDER.filter((name) => named.length === 0 || named.includes(name))) {
    const court = Court.of(await systemOf(program, say));
    if (!args.includes('--arguments')) await linesOf(court, found);
    if (!args.includes('--statements')) await argumentOf(court, found);
  }
  writeFileSync(RESULTS, printed(written(found)));
  const { missing, idle } = unexplained(readResults(), readEquivalent());
  for (const name of missing) console.log(`survives: ${name}`);
  for (const name of idle) console.log(`explained, but killed: ${name}`);
  say(missing.length === 0 ? 'every mutant is killed or explained' : `${missing.length} mutants survive`);
  if (missing.length > 0) process.exitCode = 1;
}

await main(process.argv.slice(2));
