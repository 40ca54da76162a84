// Entry of every npm script: finds a suitable Node.js, installs and builds what the command needs, then runs it.
// Plain JavaScript for Node 18+, because nothing is installed when it starts. Everything it says goes to stderr.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, constants, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childEnv, ENDS_WITH_PARENT, endWithNpm } from './bootstrap/children.mjs';
import { installDependencies } from './bootstrap/install.mjs';
import { invocationOf } from './bootstrap/invocation.mjs';
import { takeLock } from './bootstrap/lock.mjs';
import { resolveNode } from './bootstrap/node.mjs';
import { createProgress } from './bootstrap/progress.mjs';
import { addCircuitSteps, buildSteps, forgetStep, STEPS } from './bootstrap/steps.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const PROGRAMS = JSON.parse(readFileSync(join(ROOT, 'circuits', 'circuits.json'), 'utf8')).programs.map(
  ({ program }) => program,
);
addCircuitSteps(PROGRAMS);
// Of tests only those in a browser need the page, and it takes a minute.
const EVERYTHING = Object.keys(STEPS).filter((name) => name !== 'page');
const WITH_PAGE = [...EVERYTHING, 'page'];
const CORE = ['core keys', 'abi'];
const CORES = availableParallelism?.() ?? cpus().length;

// Test folders that need less than everything; a folder that is not listed gets everything.
const FOLDER_NEEDS = {
  errors: [],
  house: ['kernels', 'abi'],
  cli: ['kernels', 'contracts'],
  numbers: ['kernels'],
  model: ['kernels'],
  training: ['kernels'],
  argument: ['kernels'],
  circuits: PROGRAMS.map((program) => `circuit ${program}`),
  setup: ['keys'],
  contracts: ['contracts', 'abi'],
  bench: ['kernels'],
  e2e: WITH_PAGE,
};

// Not part of `npm test`: many mutations, histories of many real proofs, and journeys that need a browser. Neither are
// Solidity's own tests and mutants of sources.
const SLOW = new Set(['soundness', 'long', 'e2e']);

// The journeys share one chain with its proofs, one server and one browser, which needs one process.
const ONE_PROCESS = new Set(['e2e']);

// Commands that prove nothing.
const READING = new Set(['submit', 'show', 'tree', 'benchmark', 'leaderboard', 'card', 'runs', 'predict', 'export']);

const HELP = new Set(['--help', '-h', '--version', '-V', 'help']);

const HARDHAT = 'node_modules/hardhat/dist/src/cli.js';
const BIN = { biome: '@biomejs/biome/bin/biome', solhint: 'solhint/solhint.js', tsc: 'typescript/bin/tsc' };

/**
 * What a command needs built and which node commands it then runs, one after the other. What it `spoils` must be built
 * again after it.
 */
function plan(command, args) {
  switch (command) {
    case 'demo':
      return plan('descent', ['demo', ...args]);
    case 'descent': {
      const complete = withDefaults(args);
      return { needs: needsOf(complete), runs: [['scripts/cli.ts', ...complete]] };
    }
    case 'test':
      return planTests(args);
    case 'bench':
      return { needs: EVERYTHING, runs: [['bench/index.ts', ...args]] };
    case 'build':
      return { needs: WITH_PAGE, runs: [] };
    case 'package':
      return { needs: ['abi'], runs: [['scripts/build/package.ts', ...args]] };
    case 'sourcify':
      return { needs: ['abi'], runs: [['scripts/chain/sourcify.ts', ...args]] };
    case 'slither':
      return { needs: [], runs: [['scripts/build/slither.ts', ...args]] };
    case 'setup':
      return { needs: ['kernels'], runs: [['scripts/setup/setup.ts', ...args]] };
    case 'lint':
      return {
        needs: [],
        runs: [
          [tool('biome'), 'check', ...(args.length > 0 ? args : ['.'])],
          [tool('solhint'), '--max-warnings', '0', 'contracts/**/*.sol'],
        ],
      };
    case 'typecheck':
      return {
        needs: ['kernels'],
        runs: [
          [tool('tsc'), '--noEmit', ...args],
          [tool('tsc'), '--noEmit', '-p', 'web', ...args],
        ],
      };
    default:
      throw new Error(
        `unknown command '${command}': use demo, test, bench, build, package, setup, sourcify, slither, lint, typecheck or descent`,
      );
  }
}

function planTests(args) {
  // Random calls and sequences of calls, which Hardhat runs itself.
  if (args[0] === 'solidity') return { needs: ['contracts'], runs: [[HARDHAT, 'test', ...args]] };
  // The contracts' tests with contracts that count, which Hardhat leaves in the place of the others.
  if (args[0] === 'coverage') {
    const runs = [[HARDHAT, 'test', 'nodejs', '--coverage', ...args.slice(1)]];
    return { needs: FOLDER_NEEDS.contracts, runs, spoils: ['contracts'] };
  }
  // Sources with one small thing changed, which tests must notice.
  if (args[0] === 'mutants') {
    const kinds = readdirSync(join(ROOT, 'test/mutants'));
    if (!kinds.includes(args[1])) throw new Error(`unknown mutants '${args[1]}': use ${kinds.join(' or ')}`);
    return { needs: FOLDER_NEEDS[args[1]], runs: [[`test/mutants/${args[1]}/run.ts`, ...args.slice(2)]] };
  }
  const folders = readdirSync(join(ROOT, 'test'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && holdsTests(join(ROOT, 'test', entry.name)))
    .map((entry) => entry.name);
  const named = args.filter((argument) => folders.includes(argument));
  const options = args.filter((argument) => !folders.includes(argument));
  const patterns = (named.length > 0 ? named : folders.filter((folder) => !SLOW.has(folder))).map(
    (folder) => `test/${folder}/**/*.test.ts`,
  );
  const needs =
    named.length > 0 ? [...new Set(named.flatMap((folder) => FOLDER_NEEDS[folder] ?? EVERYTHING))] : EVERYTHING;
  const together = named.length > 0 && named.every((folder) => ONE_PROCESS.has(folder));
  const how = together ? '--test-isolation=none' : `--test-concurrency=${CORES}`;
  return { needs, runs: [['--test', how, ...options, ...patterns]] };
}

function holdsTests(folder) {
  return readdirSync(folder, { withFileTypes: true }).some((entry) =>
    entry.isDirectory() ? holdsTests(join(folder, entry.name)) : entry.name.endsWith('.test.ts'),
  );
}

/** In a terminal the demo ends with the page; a script or a test must come to its end. */
function withDefaults(args) {
  if (verbOf(args) !== 'demo' || process.stdout.isTTY !== true || process.env.CI) return args;
  const decided = ['--serve', '--no-serve', '--keep-node', '--json', ...HELP].some((option) => args.includes(option));
  return decided ? args : [...args, '--serve'];
}

function verbOf(args) {
  return args.find((argument) => !argument.startsWith('-'));
}

/** What a command of the command line needs: keys only where something is proved. */
function needsOf(args) {
  if (args.length === 0 || args.some((argument) => HELP.has(argument))) return [];
  const verb = verbOf(args);
  if (verb === 'deploy') return ['kernels', 'abi'];
  const names = (option, variable) => args.some((argument) => argument.startsWith(option)) || process.env[variable];
  const at = { score: 'scoreboard', infer: 'inferences' }[verb] ?? 'registry';
  const proves = names(`--${at}`, `DESCENT_${at.toUpperCase()}`);
  // One segment is only trained; many are proved too where there is a registry.
  if (verb === 'train') return args.includes('--shard') || !proves ? ['kernels'] : CORE;
  if ([...PROGRAMS, 'root'].includes(verb) && !proves) return ['kernels'];
  if (READING.has(verb)) return ['kernels'];
  if (verb === 'demo' && args.includes('--serve')) return WITH_PAGE;
  return ['data', 'seed'].includes(verb) ? CORE : EVERYTHING;
}

function tool(name) {
  return join('node_modules', ...BIN[name].split('/'));
}

/** Runs one node command with the terminal passed through; signals reach the child, its exit code is returned. */
function run(node, env, command, cwd) {
  return new Promise((resolve, reject) => {
    const script = existsSync(join(ROOT, command[0])) ? [join(ROOT, command[0]), ...command.slice(1)] : command;
    const args = [...ENDS_WITH_PARENT, '--disable-warning=ExperimentalWarning', ...script];
    const child = spawn(node, args, { cwd, env: childEnv(env), stdio: 'inherit' });
    const forward = (signal) => child.kill(signal);
    // A terminal sends SIGINT to the whole group; only wait for the child then.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', forward);
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : code));
  });
}

/** The command line works in the caller's folder, which npm leaves; everything else belongs to the project's. */
function callersFolder() {
  const { npm_lifecycle_event: script, INIT_CWD: folder } = process.env;
  return ['descent', 'sourcify'].includes(script) && folder ? folder : process.cwd();
}

async function main([command = 'help', ...args]) {
  await endWithNpm();
  const progress = createProgress();
  let node;
  let env;
  let runs;
  try {
    const release = await takeLock(join(ROOT, 'build', 'bootstrap.lock'), progress.say);
    try {
      ({ node, env } = resolveNode(ROOT, progress.say));
      installDependencies(ROOT, env, progress.say);
      const planned = plan(command, args);
      runs = planned.runs;
      if (planned.needs.length > 0) {
        await buildSteps(ROOT, planned.needs, { node, env, workers: Math.max(1, Math.min(CORES, 4)), progress });
      }
      for (const step of planned.spoils ?? []) forgetStep(ROOT, step);
    } finally {
      release();
    }
  } catch (error) {
    progress.close();
    process.stderr.write(`descent: ${error.message}\n`);
    return 1;
  }
  progress.close();
  env.DESCENT_INVOKED_AS ??= invocationOf(ROOT);
  const cwd = ['descent', 'sourcify'].includes(command) ? callersFolder() : ROOT;
  for (const step of runs) {
    const code = await run(node, env, step, cwd);
    if (code !== 0) return code;
  }
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
