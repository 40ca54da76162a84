// The inputs that the tests judge by a program's circuit. Run as a program, it runs the tests of one file in this
// process, with a stand-in for the circuit, and writes them down.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import type { Inputs } from '../../reference/tensors.ts';
import type { Collected } from './collected.ts';
import { onJudged } from './standIns.ts';
import { sourcesHash, WORK } from './system.ts';

const TESTS = fileURLToPath(new URL('../..', import.meta.url));
/** Of programs of dense networks, first those that tell most. */
const ofDense = (program: string): string[] => [
  program === 'train' || program === 'score' ? 'circuits/trainProver' : 'circuits/prover',
  'soundness/words',
  'soundness/checks',
  `circuits/${program}`,
  'circuits/programs',
  `soundness/${program}`,
  `soundness/${program}Relations`,
  'soundness/chunks',
  'soundness/benchmark',
  'soundness/heads',
];

/** Of programs of convolutional networks. */
const ofNetworks = (program: string): string[] => [
  'circuits/networks',
  'soundness/words',
  'soundness/networkChecks',
  program === 'convTrain' || program === 'convScore' ? 'circuits/convTrainProver' : 'circuits/convProver',
  'soundness/networks',
  program === 'convTrain' ? 'soundness/networkRelations' : 'soundness/relations',
];

/** Of programs of both, or of none: two of inference share their files. */
const ofOthers = (program: string): string[] => {
  const own = program === 'convInfer' ? 'infer' : program;
  const prover = program === 'sparseMerge' ? ['circuits/sparseProver'] : [];
  return [`circuits/${own}`, ...prover, 'soundness/networkChecks', `soundness/${own}`];
};
const OTHERS = ['infer', 'convInfer', 'disjoint', 'subset', 'sparseMerge'];

/** Files of tests that judge whole programs by their circuits. */
export function filesOf(program: string): string[] {
  const ofKind = program.startsWith('conv') ? ofNetworks : ofDense;
  return (OTHERS.includes(program) ? ofOthers : ofKind)(program)
    .map((name) => `${name}.test.ts`)
    .filter((file) => existsSync(join(TESTS, file)));
}

export interface Judgement {
  program: string;
  inputs: Inputs;
  /** the test looks at the outputs too */
  outputs: boolean;
}

export interface TestRecord {
  file: string;
  name: string;
  judgements: Judgement[];
}

/** Changes with everything that a test file's inputs come from. */
function hashOf(own: string): string {
  const hash = createHash('sha256').update(sourcesHash());
  for (const folder of ['reference', 'support'])
    for (const file of readdirSync(join(TESTS, folder), { recursive: true, encoding: 'utf8' }).sort())
      if (file.endsWith('.ts')) hash.update(file).update(readFileSync(join(TESTS, folder, file)));
  return hash
    .update(readFileSync(join(TESTS, own)))
    .digest('hex')
    .slice(0, 16);
}

/** What takes the place of which module in test files. */
const STAND_INS: [RegExp, string][] = [
  [/^node:test$/, './collected.ts'],
  [/\/reference\/(circuit|analysis)\.ts$/, './standIns.ts'],
];

/** Loads a test file without running it. */
export async function testsOf(file: string): Promise<Collected[]> {
  const { take } = await import('./collected.ts');
  const path = join(TESTS, file);
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      const own = context.parentURL === pathToFileURL(path).href;
      const stand = own ? STAND_INS.find(([pattern]) => pattern.test(specifier)) : undefined;
      return stand ? { url: new URL(stand[1], import.meta.url).href, shortCircuit: true } : next(specifier, context);
    },
  });
  try {
    await import(pathToFileURL(path).href);
  } finally {
    hooks.deregister();
  }
  return take();
}

/** Runs all tests of a file; what a test asks of its circuit itself, as of its wires, fails here, which is meant. */
async function record(file: string): Promise<TestRecord[]> {
  const records: TestRecord[] = [];
  let now: TestRecord;
  const end = onJudged((program, inputs, outputs) => now.judgements.push({ program, inputs, outputs }));
  for (const { name, run } of await testsOf(file)) {
    now = { file, name, judgements: [] };
    await run().catch(() => {});
    if (now.judgements.length > 0) records.push(now);
  }
  end();
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
