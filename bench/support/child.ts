import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a measurement says of its process. */
export interface Measured<T> {
  result: T;
  /** Largest resident set of the process, worker threads included, in MiB. */
  peakMiB: number;
}

/**
 * Runs a measurement in a process of its own, so that neither memory nor warm code of another one counts.
 * @param module file name in bench/measurements.
 * @throws Error when the process fails; its error output goes to ours.
 */
export function measure<T>(module: string, task: unknown): Promise<Measured<T>> {
  const path = fileURLToPath(new URL(`../measurements/${module}.ts`, import.meta.url));
  return runForDocument([path, JSON.stringify(task)]);
}

/** How a script is run. */
export interface ChildOptions {
  env?: Record<string, string>;
  /** exit codes that are fine */
  good?: number[];
  /** the folder it works in */
  cwd?: string;
}

/**
 * Runs a script of ours in a process of its own and reads the JSON document that it prints; what it says goes to our stderr.
 * @param args the script's path and its arguments
 * @throws Error when it fails
 */
export async function runForDocument<T>(args: string[], options?: ChildOptions): Promise<T> {
  return JSON.parse(await runForText(args, options));
}

/** Likewise, for what it prints as it is. @throws Error when it fails */
export function runForText(args: string[], { env, good = [0], cwd }: ChildOptions = {}): Promise<string> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    env: { ...process.env, ...env },
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (data) => {
      text += data;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code !== null && good.includes(code)) resolve(text);
      else reject(new Error(`${args.join(' ')} ended with ${signal ?? code}`));
    });
  });
}

/** The other side: runs the task of this process, prints what was measured, ends it whatever threads remain. */
export async function runMeasurement<Task, T>(work: (task: Task) => Promise<T>): Promise<never> {
  const result = await work(JSON.parse(process.argv[2]));
  const measured: Measured<T> = { result, peakMiB: process.resourceUsage().maxRSS / 1024 };
  await new Promise((done) => process.stdout.write(JSON.stringify(measured), done));
  process.exit(0);
}

/** What some work took. */
export interface Timing {
  seconds: number;
  /** Processor time of all threads of the process: what is left of the figures where something else ran as well. */
  cpuSeconds: number;
}

/** Runs some work and times it. */
export async function timed<T>(work: () => T | Promise<T>): Promise<Timing & { value: T }> {
  const began = performance.now();
  const before = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { value, seconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6 };
}

/** A named part of some work. */
export interface StageTiming extends Timing {
  name: string;
}

/** Times the stages of a proof: each begins with `next` and ends with the one after it, or with `end`. */
export class StageTimer {
  readonly #stages: StageTiming[] = [];
  #began = 0;
  #before = process.cpuUsage();

  readonly next = (name: string): void => {
    this.#close();
    this.#stages.push({ name, seconds: 0, cpuSeconds: 0 });
    this.#began = performance.now();
    this.#before = process.cpuUsage();
  };

  end(): StageTiming[] {
    this.#close();
    return this.#stages;
  }

  #close(): void {
    const stage = this.#stages.at(-1);
    if (stage === undefined) return;
    const { user, system } = process.cpuUsage(this.#before);
    stage.seconds = (performance.now() - this.#began) / 1000;
    stage.cpuSeconds = (user + system) / 1e6;
  }
}
