import { type NodeAnswer, type NodeTrouble, nodeAnswer } from './nodeAnswer.ts';

/** Waits so many milliseconds. */
export type Pause = (ms: number) => Promise<unknown>;

/** How often the same question is asked again, by what stood in the way of its answer. */
const AGAIN: Partial<Record<NodeTrouble, number>> = { busy: 6, behind: 6, silent: 2, timeout: 1, http: 2 };
const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 8_000;
/** A node that wants to be left alone for longer is not waited for. */
const LONGEST_REQUEST_MS = 30_000;

export const sleep: Pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * How long to wait before a question is asked once more, or undefined where that would not help.
 * @param asked how often it was asked, 1 and up
 */
export function waitBefore({ trouble, waitMs }: NodeAnswer, asked: number): number | undefined {
  if (asked > (AGAIN[trouble] ?? 0) || (waitMs ?? 0) > LONGEST_REQUEST_MS) return undefined;
  return waitMs ?? Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (asked - 1));
}

/** Asks a node, and again where it was busy, behind or away for a moment. @throws its last error */
export async function patiently<T>(ask: () => Promise<T>, pause: Pause = sleep): Promise<T> {
  for (let asked = 1; ; asked++) {
    try {
      return await ask();
    } catch (error) {
      const wait = waitBefore(nodeAnswer(error), asked);
      if (wait === undefined) throw error;
      await pause(wait);
    }
  }
}
