import assert from 'node:assert/strict';
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProgram } from '../../scripts/commands/program.ts';
import { reportError } from '../../scripts/terminal/reportError.ts';
import { emptyShard, type Shard } from '../../src/model/shard.ts';
import { writeShard } from '../../src/model/shardFile.ts';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { seedWeights } from '../../src/training/seed.ts';
import type { Answer, Call } from './serve.ts';

const CLI = fileURLToPath(new URL('../../scripts/cli.ts', import.meta.url));
const SERVER = fileURLToPath(new URL('./serve.ts', import.meta.url));
const QUIET = '--disable-warning=ExperimentalWarning';
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
  /** As a process of its own: for what depends on how a process begins and ends. */
  alone?: boolean;
  /** Kill the process with SIGKILL before its n-th write to disk below `folder` (1, 2, ..). */
  killAt?: { operation: number; folder: string };
}

/** Starts the command line as a process of its own, without the caller's DESCENT_ variables. */
export function descentProcess(args: string[], { env = {}, cwd, killAt }: CliOptions = {}): ChildProcess {
  const kill = killAt && { KILL_AT: String(killAt.operation), KILL_FOLDER: killAt.folder };
  return spawn(process.execPath, [QUIET, ...(killAt ? ['--import', KILLER] : []), CLI, ...args], {
    cwd,
    env: { ...variables(env), ...kill },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs the command line to its end: as a process of its own where it is to be killed or `alone` says so, else in one that serves many calls. */
export function descent(args: string[], options: CliOptions = {}): Promise<CliResult> {
  if (options.killAt === undefined && !options.alone) return served(args, options);
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

let server: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

/** One call after the other: importing the command line takes longer than most of them. */
function served(args: string[], { env = {}, cwd = process.cwd() }: CliOptions): Promise<CliResult> {
  const call: Call = { args, env: variables(env), cwd };
  const answer = last.then(() => ask(call));
  last = answer.catch(() => {});
  return answer;
}

function ask(call: Call): Promise<CliResult> {
  if (server?.exitCode !== null || server.signalCode !== null) {
    server = fork(SERVER, { execArgv: [QUIET], env: variables({}), stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  }
  const child = server;
  child.ref();
  child.channel?.ref();
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error(`the command line ended while it ran ${call.args.join(' ')}`));
    child.once('exit', ended);
    child.once('message', ({ code, stdout, stderr }: Answer) => {
      child.off('exit', ended);
      // A file of tests ends with its last test.
      child.unref();
      child.channel?.unref();
      resolve({ code, signal: null, stdout, stderr });
    });
    child.send(call);
  });
}

function variables(env: Record<string, string>): Record<string, string> {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('DESCENT_'));
  return { ...Object.fromEntries(clean), NODE_COMPILE_CACHE: CACHE, XDG_CACHE_HOME: LOGS, ...env } as Record<
    string,
    string
  >;
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
  const shard = join(folder, 'shard.safetensors');
  writeFileSync(shard, writeShard(smallShard(3n)));
  return { weights, shard };
}

/** A shard of 8 rows with 4 inputs and 2 outputs. */
export function smallShard(salt: bigint): Shard {
  const shard = emptyShard({ inputs: 4, outputs: 2, rows: 8, kind: 'regression' }, salt);
  shard.X.forEach((_, k) => {
    shard.X[k] = ((k * 37) % 400) - 200;
  });
  return shard;
}
