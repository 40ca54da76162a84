import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProgram } from '../../scripts/commands/program.ts';
import { reportError } from '../../scripts/terminal/reportError.ts';
import { emptyShard } from '../../src/model/shard.ts';
import { writeShard } from '../../src/model/shardFile.ts';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { seedWeights } from '../../src/training/seed.ts';

const CLI = fileURLToPath(new URL('../../scripts/cli.ts', import.meta.url));
// Hundreds of processes are started here: none should compile the same modules again.
const CACHE = fileURLToPath(new URL('../../build/compile-cache', import.meta.url));
// Chains of tests leave nothing in the home folder.
const LOGS = fileURLToPath(new URL('../../build/test-cache', import.meta.url));
const KILLER = new URL('./killAt.mjs', import.meta.url).href;

// What started the tests may have left the form of its own commands here.
delete process.env.DESCENT_INVOKED_AS;

const SILENT = { writeErr() {}, writeOut() {} };

export interface CliResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  env?: Record<string, string>;
  /** Where it runs, instead of here. */
  cwd?: string;
  /** Kill the process with SIGKILL before its n-th write to disk below `folder` (1, 2, ..). */
  killAt?: { operation: number; folder: string };
}

/** Starts the command line as a process of its own, without the caller's DESCENT_ variables. */
export function descentProcess(args: string[], { env = {}, cwd, killAt }: CliOptions = {}): ChildProcess {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('DESCENT_')));
  const kill = killAt && { KILL_AT: String(killAt.operation), KILL_FOLDER: killAt.folder };
  return spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', ...(killAt ? ['--import', KILLER] : []), CLI, ...args],
    {
      cwd,
      env: { ...clean, NODE_COMPILE_CACHE: CACHE, XDG_CACHE_HOME: LOGS, ...env, ...kill },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
}

/** Runs the command line to its end. */
export function descent(args: string[], options: CliOptions = {}): Promise<CliResult> {
  const child = descentProcess(args, options);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (data) => {
    stdout += data;
  });
  child.stderr?.on('data', (data) => {
    stderr += data;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** What a command that must succeed printed with --json. */
export function document({ code, stdout, stderr }: CliResult) {
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

/** Runs a command in this process, which must refuse it. @returns its exit code, what it said, and the error */
export async function refusalOf(args: string[]): Promise<{ code: number; said: string; error: Error }> {
  const error = await createProgram(SILENT)
    .parseAsync(args, { from: 'user' })
    .then(
      () => assert.fail('it was accepted'),
      (reason) => reason,
    );
  const said: string[] = [];
  const streams = {
    stdout: { write: () => assert.fail('a result') },
    stderr: { write: (text: string) => said.push(text) },
  };
  const code = reportError(error, { json: false }, streams);
  return { code, said: said.join(''), error };
}

/** A folder of its own that `remove` deletes. */
export function temporaryFolder(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'descent-test-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Weights of a 4-3-2 network and a shard of 8 rows as files. */
export function smallInputs(folder: string): { weights: string; shard: string } {
  const weights = join(folder, 'parent.safetensors');
  writeFileSync(weights, writeWeights(seedWeights({ widths: [4, 3, 2], head: 'squared error' }, 1n, 2n)));
  const values = emptyShard({ inputs: 4, outputs: 2, rows: 8, kind: 'regression' }, 3n);
  values.X.forEach((_, k) => {
    values.X[k] = ((k * 37) % 400) - 200;
  });
  const shard = join(folder, 'shard.safetensors');
  writeFileSync(shard, writeShard(values));
  return { weights, shard };
}
