import { type ChildProcess, fork } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DescentError } from '../../src/errors/DescentError.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface LocalNode {
  /** http://127.0.0.1:<free port> */
  rpc: string;
  close(): Promise<void>;
}

/**
 * Starts a Hardhat node of its own on 127.0.0.1 and a free port. It ends with `close` and also when this process dies,
 * however it dies.
 * @throws DescentError (chain) when the node does not start, with the last lines it said.
 */
export async function startLocalNode(): Promise<LocalNode> {
  const child = fork(join(ROOT, 'scripts', 'chain', 'nodeProcess.ts'), {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // Its own group: Ctrl-C in a terminal reaches the command, which then ends its node in order.
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
    child.once('message', (message: { port: number }) => resolve(message.port));
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(
        new DescentError(`The local chain ended at once (exit code ${code}).`, {
          exit: 'chain',
          details: said.join('').trim(),
        }),
      );
    });
  });
  return { rpc: `http://127.0.0.1:${port}`, close: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(timer);
}
