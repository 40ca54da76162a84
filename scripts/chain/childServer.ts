import { type ChildProcess, fork } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHILD_ARGUMENTS, childEnv } from '../files/childProcess.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** What the process of a server says once: where it listens, or why it does not. */
export type ServerReport = { port: number } | { problem: string };

export interface ChildServer {
  /** http://127.0.0.1:<port> */
  address: string;
  close(): Promise<void>;
}

/** A server's process did not come to listen. `problem` is the system's code, as EADDRINUSE, where it gave one. */
export class ServerFailure extends Error {
  readonly problem: string | undefined;

  constructor(said: string, problem?: string) {
    super(said);
    this.problem = problem;
  }
}

/**
 * Runs a script of the project that listens on 127.0.0.1 and reports its port. The process ends with `close` and, since
 * it ends when its channel to the parent does, also when this process dies, however it dies.
 * @param script path from the project's root.
 * @throws ServerFailure with the last lines it said.
 */
export async function startChildServer(
  script: string,
  { args = [], env = process.env }: { args?: string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<ChildServer> {
  const child = fork(join(ROOT, script), args, {
    cwd: ROOT,
    env: childEnv(env),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [...CHILD_ARGUMENTS],
    // Its own group: Ctrl-C in a terminal reaches the command, which then ends its servers in order.
    detached: true,
  });
  const said: string[] = [];
  const listen = (data: Buffer) => {
    said.push(data.toString());
    if (said.length > 50) said.shift();
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (report: ServerReport) => {
      if ('port' in report) resolve(report.port);
      else {
        reject(new ServerFailure(said.join('').trim(), report.problem));
        child.disconnect();
      }
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new ServerFailure(said.join('').trim() || `It ended with exit code ${code}.`)));
  });
  return { address: `http://127.0.0.1:${port}`, close: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(timer);
}
