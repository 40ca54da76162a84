// Limits of time that a loaded machine does not make shorter: what a thread waits for a processor is not counted.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Milliseconds by thread: how long it has run, and how long it has waited for a processor. */
export type Reading = ReadonlyMap<string, { ran: number; waited: number }>;

/** What the system says of a process; nothing where it does not say (other systems than Linux). */
export function readingOf(pid: number): Reading {
  const folder = `/proc/${pid}/task`;
  const reading = new Map<string, { ran: number; waited: number }>();
  for (const thread of existsSync(folder) ? readdirSync(folder) : []) {
    try {
      const [ran, waited] = readFileSync(`${folder}/${thread}/schedstat`, 'utf8').split(' ');
      reading.set(thread, { ran: Number(ran) / 1e6, waited: Number(waited) / 1e6 });
    } catch {
      // it has ended meanwhile
    }
  }
  return reading;
}

/**
 * Of the milliseconds between two readings, those that the process had: in which its busiest thread ran, or none of its
 * threads waited for a processor. All of them where the system says nothing.
 */
export function had(elapsed: number, before: Reading, after: Reading): number {
  let [busiest, waited] = [0, 0];
  for (const [thread, now] of after) {
    const then = before.get(thread) ?? { ran: 0, waited: 0 };
    busiest = Math.max(busiest, now.ran - then.ran);
    waited += now.waited - then.waited;
  }
  return Math.max(busiest, elapsed - waited);
}

/**
 * Calls once, as soon as a process has had so much time.
 * @param patience milliseconds
 * @returns what ends the watch
 */
export function whenLate(pid: number, patience: number, late: () => void): () => void {
  let [spent, at, reading] = [0, performance.now(), readingOf(pid)];
  const timer = setInterval(
    () => {
      const [now, next] = [performance.now(), readingOf(pid)];
      spent += had(now - at, reading, next);
      [at, reading] = [now, next];
      if (spent < patience) return;
      clearInterval(timer);
      late();
    },
    Math.min(250, patience / 4),
  );
  return () => clearInterval(timer);
}
