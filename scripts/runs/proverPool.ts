import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DescentError, type ExitClass } from '../../src/errors/DescentError.ts';
import type { StatementContext } from '../../src/registry/statement.ts';
import { CHILD_ARGUMENTS, childEnv } from '../files/childProcess.ts';
import type { ProvedEdge } from './proveRun.ts';

/** What the pool sends to a process. */
export interface ProveRequest {
  folder: string;
  context: { chainId: string; registry: StatementContext['registry']; trainer: StatementContext['trainer'] };
}

/** What a process sends back. */
export type ProveReply =
  | { progress: { fraction: number; detail: string } }
  | { edges: ProvedEdge[] }
  | { error: { message: string; code: string; exit: ExitClass; hint?: string; details?: string } };

export type JobListener = (progress: { fraction: number; detail: string }) => void;

/** Several processes that prove runs, each one at a time: field arithmetic uses one core of a process only. */
export interface ProverPool {
  /** Proves a run, which no process may have open, as soon as a process is free. First come, first served. */
  prove(folder: string, context: StatementContext, onProgress?: JobListener): Promise<ProvedEdge[]>;
  /** Ends all processes; jobs under way fail. A second call does nothing. */
  close(): void;
}

interface Job {
  request: ProveRequest;
  onProgress: JobListener | undefined;
  resolve(edges: ProvedEdge[]): void;
  reject(error: unknown): void;
}

interface Worker {
  process: ChildProcess;
  job: Job | undefined;
}

export function createProverPool(size: number): ProverPool {
  const workers: Worker[] = [];
  const queue: Job[] = [];
  let closed = false;

  const next = () => {
    if (queue.length === 0 || closed) return;
    const idle = workers.find(({ job }) => job === undefined) ?? (workers.length < size ? start() : undefined);
    if (idle === undefined) return;
    idle.job = queue.shift()!;
    idle.process.send(idle.job.request);
    next();
  };

  const start = (): Worker => {
    const worker: Worker = { process: spawnProver(), job: undefined };
    workers.push(worker);
    worker.process.on('message', (reply: ProveReply) => {
      const { job } = worker;
      if (job === undefined) return;
      if ('progress' in reply) return job.onProgress?.(reply.progress);
      worker.job = undefined;
      if ('edges' in reply) job.resolve(reply.edges);
      else job.reject(new DescentError(reply.error.message, reply.error));
      next();
    });
    worker.process.on('exit', (code, signal) => {
      workers.splice(workers.indexOf(worker), 1);
      const reason = signal === 'SIGKILL' ? 'was killed, perhaps for lack of memory' : `ended with ${signal ?? code}`;
      worker.job?.reject(new DescentError(`A proving process ${reason}.`, { code: 'PROVER_ENDED' }));
      next();
    });
    return worker;
  };

  return {
    prove(folder, { chainId, registry, trainer }, onProgress) {
      return new Promise((resolve, reject) => {
        const request = { folder, context: { chainId: chainId.toString(), registry, trainer } };
        queue.push({ request, onProgress, resolve, reject });
        next();
      });
    },
    close() {
      if (closed) return;
      closed = true;
      for (const worker of workers) worker.process.disconnect();
    },
  };
}

function spawnProver(): ChildProcess {
  return fork(fileURLToPath(new URL('./proverProcess.ts', import.meta.url)), {
    env: childEnv(),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [...CHILD_ARGUMENTS],
  });
}
