import type { Check } from './checks.ts';
import type { VerifyReply, VerifyRequest } from './verify.worker.ts';

/**
 * Verifies the text of an edge file in a worker of its own, which ends with it.
 * @param onCheck called as each check begins and ends
 * @returns whether all of them hold; false too when the signal ended it
 */
export function verifyInWorker(text: string, onCheck: (check: Check) => void, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./verify.worker.ts', import.meta.url), { type: 'module' });
    const seen = new Map<Check['id'], Check['state']>();
    const end = (holds: boolean) => {
      worker.terminate();
      resolve(holds);
    };
    signal?.addEventListener('abort', () => end(false));
    worker.onmessage = ({ data }: MessageEvent<VerifyReply>) => {
      if ('done' in data) return end(seen.size === 4 && [...seen.values()].every((state) => state === 'good'));
      seen.set(data.check.id, data.check.state);
      onCheck(data.check);
    };
    worker.onerror = (event) => {
      const running = [...seen].find(([, state]) => state === 'running')?.[0] ?? 'file';
      onCheck({ id: running, state: 'bad', detail: event.message || 'The verifier could not be loaded.' });
      end(false);
    };
    worker.postMessage({ text, base: location.origin } satisfies VerifyRequest);
  });
}
