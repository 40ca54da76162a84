// Mutants of the contracts: `npm run test:mutants -- contracts`. README.md beside this file says what is done.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Compiler } from './compiler.ts';
import { applied, type Mutant, mutantsOf } from './mutate.ts';
import { Progress } from './progress.ts';
import { reportOf, writeReport } from './report.ts';
import { sampleOf } from './sample.ts';
import { State, sourceHash } from './state.ts';
import { profileAll } from './tests.ts';
import type { TestFile } from './worker.ts';
import { ROOT, type Worker, Workers } from './workers.ts';

/** What is generated, is compared with what it is made from; mocks and interfaces are no part of the product. */
const LEFT_OUT = /^contracts\/(mocks|interfaces)\/|\/DevKeys\.sol$/;

const WORK = join(ROOT, 'build', 'mutants', 'contracts');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Mutants of each source, chosen at random; all of a source with fewer. */
    sample: { type: 'string', default: '40' },
    all: { type: 'boolean', default: false },
    /** Those too that survived before: after tests were added. */
    again: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '1' },
  },
});

/** Seconds that a file of tests may take to be tried on all mutants, before any other is tried on those that are left. */
const QUICK = 5;

/** Seconds that it takes to compile a contract. */
const COMPILING = 1;

interface Source {
  path: string;
  mutants: Mutant[];
  sample: Mutant[];
  state: State;
  tests: TestFile[];
  /** Whether a contract is made from it. */
  made(contract: string): boolean;
}

async function main(): Promise<void> {
  mkdirSync(WORK, { recursive: true });
  const compiler = new Compiler(ROOT);
  const workers = new Workers(Number(values.workers));
  const sources = await sourcesOf(compiler, workers);
  const undecided = (...outcomes: unknown[]) =>
    sources.flatMap((source) =>
      source.sample
        .filter((mutant) => outcomes.includes(source.state.verdict(mutant)?.outcome))
        .map((mutant) => ({ source, mutant })),
    );
  const again = values.again ? ['survived'] : [];
  for (const [jobs, all] of [
    [() => undecided(undefined, ...again), false],
    [() => undecided('candidate'), true],
  ] as const) {
    const judging = new Judging(compiler, jobs(), all);
    await workers.all(judging.jobs, (job, worker) => judging.judge(job, worker));
  }
  workers.close();
  const report = reportOf(sources);
  writeReport(report, { seed: values.seed, sample: values.all ? 'all' : values.sample });
  process.exitCode = report.every(({ survived }) => survived.length === 0) ? 0 : 1;
}

async function sourcesOf(compiler: Compiler, workers: Workers): Promise<Source[]> {
  const wanted = compiler.paths.filter(
    (path) => !LEFT_OUT.test(path) && (positionals.length === 0 || positionals.some((part) => path.includes(part))),
  );
  if (wanted.length === 0) throw new Error(`no contract has ${positionals.join(' or ')} in its path`);
  const size = values.all ? Number.POSITIVE_INFINITY : Number(values.sample);
  const tests = await profileAll(compiler, workers, join(WORK, 'tests.json'));
  return wanted.map((path) => {
    const mutants = mutantsOf(path, compiler.source(path));
    const state = new State(join(WORK, `${path.replaceAll('/', '-')}.json`), sourceHash(compiler.source(path)));
    const sample = sampleOf(mutants, size, `${values.seed} ${path}`);
    const made = (contract: string) => compiler.isMadeFrom(contract, path);
    return { path, mutants, state, sample, made, tests: tests.filter(({ contracts }) => contracts.some(made)) };
  });
}

interface Job {
  source: Source;
  mutant: Mutant;
}

/** Judges mutants, each by the tests that are the likeliest to tell it. */
class Judging {
  readonly jobs: Job[];
  readonly #compiler: Compiler;
  readonly #all: boolean;
  readonly #progress: Progress;
  readonly #kills = new Map<string, number>();

  constructor(compiler: Compiler, jobs: Job[], all: boolean) {
    this.#compiler = compiler;
    this.jobs = jobs;
    this.#all = all;
    this.#progress = new Progress(jobs.length);
  }

  async judge({ source, mutant }: Job, worker: Worker): Promise<void> {
    const { path, state } = source;
    const change = { path, text: applied(this.#compiler.source(path), mutant.edit) };
    const verdict = await worker.judge(change, this.#testsFor(source), this.#all ? deployed(source) : undefined);
    const name = `${path} ${verdict.by}`;
    this.#kills.set(name, (this.#kills.get(name) ?? 0) + 1);
    state.record(mutant, verdict);
    this.#progress.done(path, mutant, verdict);
  }

  /** First what has killed others of this source, then what is quick; of all tests, not those that were tried. */
  #testsFor({ path, tests, made }: Source): TestFile[] {
    const cost = ({ seconds, contracts }: TestFile) => seconds + COMPILING * contracts.filter(made).length;
    const worth = (test: TestFile) => (this.#kills.get(`${path} ${test.path}`) ?? 0) / cost(test);
    return tests
      .filter(({ seconds }) => seconds > QUICK === this.#all)
      .toSorted((a, b) => worth(b) - worth(a) || cost(a) - cost(b));
  }
}

/** What tests deploy that is made from a source. */
function deployed({ made, tests }: Source): string[] {
  return [...new Set(tests.flatMap(({ contracts }) => contracts))].filter(made);
}

await main();
