// A process that runs tests of contracts against mutants: it loads Hardhat, the tests and the compiler once.
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Change, Compiler, CompilerRefuses } from './compiler.ts';
import { collectTests, type Failure, runTests } from './nodeTest.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What a worker is told to do: to run one file of tests on the sources as they are, or files of tests on a mutant. */
export type Task = { kind: 'profile'; test: string } | MutantTask;

interface MutantTask {
  kind: 'mutant';
  change: Change;
  tests: TestFile[];
  /** Where no tests are left: contracts whose optimized code is compared with that of the source as written. */
  compared?: string[];
}

/** A file of tests, as it behaves when nothing is changed. */
export interface TestFile {
  path: string;
  seconds: number;
  /** The contracts that it deploys. */
  contracts: string[];
  /** Tests that fail without the optimizer: limits of gas and of size. */
  failing: string[];
}

export interface Verdict {
  /** A candidate has passed the quick tests. */
  outcome: 'killed' | 'survived' | 'same' | 'invalid' | 'candidate';
  /** The file of tests that failed. */
  by?: string;
  /** The test that failed and why, or why it is invalid. */
  why?: string;
}

/** A file of tests that tells nothing, as it also fails on the sources as written. */
class Untrustworthy extends Error {}

/** Milliseconds after which a test counts as failed, without those in which it waits for a processor. */
const PATIENCE = 60_000;
const PATIENCE_OF_MUTANTS = 30_000;

const compiler = new Compiler(ROOT);
const suites = new Map<string, Awaited<ReturnType<typeof collectTests>>>();
/** What is compiled at the moment, and what of it the tests have asked for. */
let change: Change | undefined;
let asked = new Set<string>();
const trusted = new Set<string>();

function bytecodeOf(name: string): string {
  const contract = name.split(':').at(-1) as string;
  asked.add(contract);
  return compiler.bytecode(contract, change);
}

/** Lets tests deploy what is compiled here. */
async function prepare(): Promise<void> {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'node:test'
        ? { url: new URL('nodeTest.ts', import.meta.url).href, shortCircuit: true }
        : next(specifier, context),
  });
  const { artifacts, network } = await import('hardhat');
  const readArtifact = artifacts.readArtifact.bind(artifacts);
  artifacts.readArtifact = (async (name: string) => {
    const artifact = await readArtifact(name);
    const ours = compiler.has(name.split(':').at(-1) as string) && artifact.bytecode !== '0x';
    return ours ? { ...artifact, bytecode: bytecodeOf(name) } : artifact;
  }) as typeof artifacts.readArtifact;
  // Without the optimizer contracts are larger than a chain takes.
  const create = network.create.bind(network);
  network.create = ((options: { override?: object } = {}) =>
    create({
      ...options,
      override: { allowUnlimitedContractSize: true, ...options.override },
    })) as typeof network.create;
  const { default: check } = await import('fast-check');
  check.configureGlobal({ seed: 1 });
}

async function suiteOf(path: string) {
  const known = suites.get(path) ?? (await collectTests(() => import(pathToFileURL(join(ROOT, path)).href)));
  suites.set(path, known);
  return known;
}

async function profile(path: string): Promise<TestFile> {
  const suite = await suiteOf(path);
  asked = new Set();
  const failing = new Set<string>();
  const note = ({ test }: Failure) => failing.add(test).size > 0;
  await runTests(suite, PATIENCE, note);
  // Compiling is not counted: the second run is measured. It also tells what fails only when it runs again.
  const begun = performance.now();
  await runTests(suite, PATIENCE, note);
  const seconds = Math.round((performance.now() - begun) / 10) / 100;
  return { path, seconds, contracts: [...asked].toSorted(), failing: [...failing] };
}

async function judge({ change: mutant, tests, compared }: MutantTask): Promise<Verdict> {
  change = mutant;
  const changed = new Map<string, boolean>();
  try {
    for (const { path, contracts, failing } of tests) {
      // The plain source's tests run on the plain contracts: only what differs can fail.
      if (!contracts.some((name) => isChanged(name, mutant, changed))) continue;
      const failure = await firstFailure(path, failing);
      if (failure === undefined) continue;
      if (failure.error instanceof CompilerRefuses) return { outcome: 'invalid', why: failure.error.message };
      await trust(path, failing);
      return { outcome: 'killed', by: path, why: `${failure.test}: ${lineOf(failure.error)}` };
    }
  } catch (error) {
    if (error instanceof CompilerRefuses) return { outcome: 'invalid', why: error.message };
    throw error;
  } finally {
    change = undefined;
  }
  if (compared === undefined) return { outcome: 'candidate' };
  const different = compared.filter((name) => isChanged(name, mutant, changed));
  return { outcome: different.every((name) => compiler.isSameOptimized(name, mutant)) ? 'same' : 'survived' };
}

/** Makes sure that it is the mutant that fails: after a failure, a file of tests once runs on the sources as written. */
async function trust(path: string, failing: readonly string[]): Promise<void> {
  if (trusted.has(path)) return;
  const mutant = change;
  change = undefined;
  const failure = await firstFailure(path, failing);
  if (failure !== undefined) {
    throw new Untrustworthy(`${path} fails without a mutant: ${failure.test}: ${lineOf(failure.error)}`);
  }
  change = mutant;
  trusted.add(path);
}

function isChanged(name: string, mutant: Change, known: Map<string, boolean>): boolean {
  const is =
    known.get(name) ??
    (compiler.isMadeFrom(name, mutant.path) && compiler.bytecode(name, mutant) !== compiler.bytecode(name));
  known.set(name, is);
  return is;
}

/** Tests that fail without a change are run too, as later ones may build on what they do. */
async function firstFailure(path: string, failing: readonly string[]): Promise<Failure | undefined> {
  let first: Failure | undefined;
  const note = (failure: Failure) => {
    if (failing.includes(failure.test)) return true;
    first ??= failure;
    return false;
  };
  await runTests(await suiteOf(path), PATIENCE_OF_MUTANTS, note);
  return first;
}

function lineOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (
    text
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.slice(0, 160) ?? ''
  );
}

process.on('message', async (task: Task) => {
  try {
    process.send?.(task.kind === 'profile' ? await profile(task.test) : await judge(task));
  } catch (error) {
    process.send?.({ mistake: error instanceof Error ? error.message : String(error) });
  }
});
// A mutant's promises may be refused after its test was given up, which must not end the process, as the compiler wants.
process.removeAllListeners('unhandledRejection');
process.on('unhandledRejection', () => {});
await prepare();
process.send?.('ready');
