// Worker processes, and what becomes of one that does not answer.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Change } from './compiler.ts';
import { whenLate } from './patience.ts';
import type { Task, TestFile, Verdict } from './worker.ts';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Milliseconds that a worker has for one task, without those in which it waits for a processor. */
const PATIENCE = 600_000;
/** The compiler never gives memory back. */
const TASKS_OF_ONE = 150;

/** What makes verdicts worthless. */
class Mistake extends Error {}

export class Workers {
  readonly #workers: Worker[];

  constructor(count: number) {
    this.#workers = Array.from({ length: count }, () => new Worker());
  }

  /** Does all jobs, each on the next worker that is free. */
  async all<T>(jobs: readonly T[], work: (job: T, worker: Worker) => Promise<void>): Promise<void> {
    const rest = [...jobs];
    const share = async (worker: Worker) => {
      for (let job = rest.shift(); job !== undefined; job = rest.shift()) await work(job, worker);
    };
    await Promise.all(this.#workers.map(share));
  }

  close(): void {
    for (const worker of this.#workers) worker.close();
  }
}

export class Worker {
  #child: ChildProcess | undefined;
  #tasks = 0;

  profile(test: string): Promise<TestFile> {
    return this.#ask({ kind: 'profile', test }) as Promise<TestFile>;
  }

  /** A mutant on which the tests never end, or the process does, is noticed. */
  async judge(change: Change, tests: TestFile[], compared?: string[]): Promise<Verdict> {
    try {
      return (await this.#ask({ kind: 'mutant', change, tests, compared })) as Verdict;
    } catch (error) {
      if (error instanceof Mistake) throw error;
      return { outcome: 'killed', why: (error as Error).message };
    }
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  async #ask(task: Task): Promise<unknown> {
    if (++this.#tasks % TASKS_OF_ONE === 0) this.close();
    if (this.#child === undefined) {
      const script = fileURLToPath(new URL('worker.ts', import.meta.url));
      const execArgv = ['--disable-warning=ExperimentalWarning'];
      this.#child = fork(script, [], { cwd: ROOT, execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      await answerOf(this.#child, PATIENCE);
    }
    const child = this.#child;
    child.send(task);
    try {
      return await answerOf(child, PATIENCE);
    } catch (error) {
      this.close();
      throw error;
    }
  }
}

function answerOf(child: ChildProcess, patience: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      stop();
      child.removeAllListeners('message').removeAllListeners('exit');
      settle();
    };
    const late = new Error(`no end in ${patience / 1000} seconds`);
    const stop = whenLate(child.pid as number, patience, () => end(() => reject(late)));
    child.once('message', (answer: { mistake?: string }) =>
      end(() => (answer.mistake === undefined ? resolve(answer) : reject(new Mistake(answer.mistake)))),
    );
    child.once('exit', (code) => end(() => reject(new Error(`the process ended with ${code}`))));
  });
}
