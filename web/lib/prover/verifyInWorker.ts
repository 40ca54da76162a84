import type { Check } from '../../../src/registry/check.ts';
import type { Message } from '../chain/types.ts';
import type { VerifyReply, VerifyRequest } from './verify.worker.ts';

/** What the worker found: all its checks, or why nothing can be said. */
export type Verified = { checks: Check[] } | { problem: Message };

/**
 * Verifies the text of an edge file in a worker of its own, which ends with it.
 * @param onChecks called with what is known so far
 * @returns undefined when the signal ended it
 */
export function verifyInWorker(
  text: string,
  onChecks: (checks: Check[]) => void,
  signal?: AbortSignal,
): Promise<Verified | undefined> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./verify.worker.ts', import.meta.url), { type: 'module' });
    const end = (result: Verified | undefined) => {
      worker.terminate();
      resolve(result);
    };
    signal?.addEventListener('abort', () => end(undefined));
    worker.onmessage = ({ data }: MessageEvent<VerifyReply>) => {
      if ('problem' in data) return end(data);
      onChecks(data.checks);
      if (data.done) end({ checks: data.checks });
    };
    worker.onerror = (event) =>
      end({ problem: { title: event.message || 'The verifier could not be loaded.', hint: 'Load the page again.' } });
    worker.postMessage({ text, base: location.origin } satisfies VerifyRequest);
  });
}
