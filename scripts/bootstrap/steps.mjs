// What has to be built before a command can run, and when it is out of date.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { childEnv, ENDS_WITH_PARENT } from './children.mjs';

/**
 * A step: `inputs` (files and folders whose content decides), `outputs` (must exist), `after` (steps before it), `run`
 * (arguments of node). A step runs when an input changed or an output is missing, `unless` something forbids it.
 */
export const STEPS = {
  numbering: {
    title: 'numbers of the programs',
    inputs: [
      'circuits/circuits.json',
      'circuits/programs',
      'docs/protocol.md',
      'scripts/build/numbering.ts',
      'scripts/build/numberedLists.ts',
    ],
    outputs: ['circuits/generated/shared.circom', 'src/generated/numbering.ts'],
    after: [],
    run: ['scripts/build/numbering.ts'],
  },
  kernels: {
    title: 'WebAssembly kernels',
    inputs: [
      'src/argument/assembly',
      'src/argument/msm',
      'src/model/assembly',
      'src/training/assembly',
      'scripts/build/wasm.ts',
    ],
    outputs: ['src/generated/fr.wasm.ts', 'src/generated/trainer.wasm.ts'],
    // All that runs TypeScript needs the kernels, and the numbers with them.
    after: ['numbering'],
    run: ['scripts/build/wasm.ts'],
  },
  contracts: {
    title: 'contracts',
    inputs: ['contracts', 'hardhat.config.ts'],
    outputs: ['artifacts/contracts'],
    after: [],
    run: ['node_modules/hardhat/dist/src/cli.js', 'build'],
  },
  abi: {
    title: 'contract interfaces for TypeScript',
    inputs: ['contracts', 'hardhat.config.ts', 'scripts/build/abi.ts'],
    outputs: ['src/generated/abi.ts'],
    after: ['contracts'],
    run: ['scripts/build/abi.ts'],
  },
  page: {
    title: 'page',
    inputs: ['web', 'src'],
    outputs: ['web/.next/BUILD_ID'],
    after: ['kernels', 'abi'],
    run: ['node_modules/next/dist/bin/next', 'build', 'web'],
  },
};

// One circuit each for two processors, and most commands need not wait for circuits that they do not use.
const CIRCUIT_INPUTS = [
  'circuits/circuits.json',
  'circuits/generated',
  'circuits/lib',
  'circuits/programs',
  'scripts/build/circuits.ts',
];

/** Programs of which everything else descends: what most commands need. */
const CORE = ['data', 'seed', 'train'];

/**
 * Adds the steps that depend on the list of programs: `circuit <program>`, `core keys` (data, seed, train) and `keys`.
 * @param programs the names in circuits/circuits.json
 */
export function addCircuitSteps(programs) {
  for (const program of programs) {
    STEPS[`circuit ${program}`] = {
      title: `circuit ${program}`,
      inputs: CIRCUIT_INPUTS,
      outputs: ['r1cs', 'wasm', 'sym'].map((ending) => `build/circuits/${program}/${program}.${ending}`),
      after: ['numbering'],
      run: ['scripts/build/buildCircuit.ts', program],
    };
  }
  const keys = (title, some, after) => ({
    title,
    inputs: [...CIRCUIT_INPUTS, 'scripts/setup', 'src/argument/msm'],
    outputs: some.flatMap((program) => [`build/setup/${program}.zkey`, `build/setup/${program}.vkey.json`]),
    after: ['kernels', ...some.map((program) => `circuit ${program}`), ...after],
    run: ['scripts/setup/setup.ts', ...some.flatMap((program) => ['--program', program])],
    // Keys of a ceremony cannot be made again, only fetched: `npm run setup -- --ptau ... --zkey ...` installs them.
    unless: (root) => readJson(join(root, 'circuits/setup/manifest.json'))?.devKeys === false,
  });
  STEPS['core keys'] = keys('development keys', CORE, []);
  STEPS.keys = keys('other development keys', programs, ['core keys']);
}

/** Runs the named steps and what they follow, as many at a time as the dependencies and `workers` allow. */
export async function buildSteps(root, names, { node, env, workers, progress }) {
  const wanted = new Set();
  const include = (name) => {
    STEPS[name].after.forEach(include);
    wanted.add(name);
  };
  names.forEach(include);
  const done = new Set();
  const running = new Map();
  let failure;
  while (done.size < wanted.size) {
    for (const name of wanted) {
      if (failure || done.has(name) || running.has(name) || running.size >= workers) continue;
      if (!STEPS[name].after.every((other) => done.has(other))) continue;
      const work = runStep(root, name, { node, env, progress }).catch((error) => {
        failure ??= error;
      });
      running.set(
        name,
        work.then(() => done.add(name) && running.delete(name)),
      );
    }
    await Promise.race(running.values());
    if (failure) {
      await Promise.all(running.values());
      throw failure;
    }
  }
}

/** Makes a step run again when it is next needed, for a command that writes over what the step made. */
export function forgetStep(root, name) {
  rmSync(stampPath(root, name), { force: true });
}

function stampPath(root, name) {
  return join(root, 'build', 'stamps', name);
}

async function runStep(root, name, { node, env, progress }) {
  const step = STEPS[name];
  if (step.unless?.(root)) return;
  const hash = contentHash(root, [...step.inputs, 'package-lock.json']);
  const stamp = stampPath(root, name);
  const fresh = () => step.outputs.every((path) => existsSync(join(root, path)));
  if (fresh() && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  const begun = Date.now();
  const lines = [];
  progress.start(name, step.title);
  const code = await new Promise((resolve, reject) => {
    const args = [...ENDS_WITH_PARENT, '--disable-warning=ExperimentalWarning', ...step.run];
    const child = spawn(node, args, { cwd: root, env: childEnv(env) });
    const read = (data) => {
      for (const line of data.toString().split(/[\r\n]+/)) {
        if (line.trim() !== '') lines.push(line) && progress.line(name, line);
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', reject);
    child.on('close', resolve);
  });
  progress.end(name, code === 0, (Date.now() - begun) / 1000);
  if (code !== 0) throw new Error(`building the ${step.title} failed:\n${lines.slice(-40).join('\n')}`);
  if (!fresh()) throw new Error(`building the ${step.title} left nothing at ${step.outputs.join(', ')}`);
  mkdirSync(join(root, 'build', 'stamps'), { recursive: true });
  writeFileSync(`${stamp}.new`, hash);
  renameSync(`${stamp}.new`, stamp);
}

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** Names below web/ that its build and its type check make. */
const MADE = /^\.next$|^next-env\.d\.ts$|\.tsbuildinfo$/;

/** SHA-256 over the names and contents of all files below the given paths, without what builds leave there. */
export function contentHash(root, paths) {
  const hash = createHash('sha256');
  const visit = (path) => {
    const full = join(root, path);
    if (!existsSync(full)) return;
    if (statSync(full).isDirectory()) {
      for (const entry of readdirSync(full).sort()) if (!MADE.test(entry)) visit(join(path, entry));
    } else {
      hash.update(`${path}\0`).update(createHash('sha256').update(readFileSync(full)).digest());
    }
  };
  for (const path of paths) visit(path);
  return hash.digest('hex');
}
