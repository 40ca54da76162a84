// What the tests judge by a program's circuit: every input, whether the circuit takes it, and the proofs behind them. Run as
// a program, it runs the tests of one file in this process and writes that down.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { onJudged } from '../../reference/judged.ts';
import { type Reference, ReferenceRun } from '../../reference/run.ts';
import type { Inputs } from '../../reference/tensors.ts';
import type { Collected } from './collected.ts';
import { sourcesHash, WORK } from './system.ts';

const TESTS = fileURLToPath(new URL('../..', import.meta.url));
/** Tests that judge whole programs by their circuits and a prover of their own. */
export const FILES = [
  ...['train', 'programs', 'import', 'merge', 'score', 'seed'].map((name) => `circuits/${name}.test.ts`),
  ...[
    'train',
    'data',
    'seed',
    'import',
    'merge',
    'score',
    'checks',
    'benchmark',
    'relations',
    'trainRelations',
    'heads',
    'chunks',
  ].map((name) => `soundness/${name}.test.ts`),
].filter((file) => existsSync(join(TESTS, file)));

export interface Judgement {
  program: string;
  inputs: Inputs;
  /** the test looks at the outputs too */
  outputs: boolean;
}

export interface Proved {
  program: string;
  /** false relations and claims, as the prover knows them */
  violated: Reference['violated'];
}

export interface TestRecord {
  file: string;
  name: string;
  judgements: Judgement[];
  proofs: Proved[];
}

/** Changes with everything that a test file's inputs come from. */
function hashOf(own: string): string {
  const hash = createHash('sha256').update(sourcesHash());
  for (const folder of ['reference', 'support'])
    for (const file of readdirSync(join(TESTS, folder)).sort())
      if (file.endsWith('.ts')) hash.update(file).update(readFileSync(join(TESTS, folder, file)));
  return hash
    .update(readFileSync(join(TESTS, own)))
    .digest('hex')
    .slice(0, 16);
}

/** Loads a test file without running it. */
export async function testsOf(file: string): Promise<Collected[]> {
  const { take } = await import('./collected.ts');
  const stand = new URL('./collected.ts', import.meta.url).href;
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'node:test' ? { url: stand, shortCircuit: true } : next(specifier, context),
  });
  try {
    await import(pathToFileURL(join(TESTS, file)).href);
  } finally {
    hooks.deregister();
  }
  return take();
}

/** Listens to every proof that is finished. @returns what ends it */
export function onProved(listener: (proof: Reference) => void): () => void {
  const { finish } = ReferenceRun.prototype;
  ReferenceRun.prototype.finish = function (this: ReferenceRun, ...args: Parameters<typeof finish>) {
    const proof = finish.apply(this, args);
    listener(proof);
    return proof;
  };
  return () => {
    ReferenceRun.prototype.finish = finish;
  };
}

/** Runs all tests of a file. @throws Error where one fails */
async function record(file: string): Promise<TestRecord[]> {
  const records: TestRecord[] = [];
  let now: TestRecord;
  const ends = [
    onJudged((program, inputs, outputs) => now.judgements.push({ program, inputs, outputs })),
    onProved(({ program, violated }) => now.proofs.push({ program, violated })),
  ];
  for (const { name, run } of await testsOf(file)) {
    now = { file, name, judgements: [], proofs: [] };
    await run();
    if (now.judgements.length + now.proofs.length > 0) records.push(now);
  }
  for (const end of ends) end();
  return records;
}

/** Where what a file judges is written down. */
export const pathOf = (file: string): string =>
  join(WORK, 'judgements', `${file.replace('/', '-').replace('.test.ts', '')}-${hashOf(file)}`);

/** What was written down of a file. */
export const recordsOf = (file: string): TestRecord[] => deserialize(readFileSync(pathOf(file))) as TestRecord[];

if (import.meta.main) {
  const [file] = process.argv.slice(2);
  // the witness generators report each refusal, and these are meant
  console.log = () => {};
  const records = await record(file);
  mkdirSync(dirname(pathOf(file)), { recursive: true });
  writeFileSync(`${pathOf(file)}.new`, serialize(records));
  renameSync(`${pathOf(file)}.new`, pathOf(file));
  console.error(`${file}: ${records.length} tests, ${records.reduce((n, r) => n + r.judgements.length, 0)} judgements`);
}
