import type { OwnFiles, Prepared, Progress, ProvedStep, ProverReply, ProverRequest } from './messages.ts';

/** An error of the worker, in words. */
export class ProverError extends Error {
  readonly hint: string | undefined;
  readonly details: string | undefined;

  constructor({ title, hint, details }: { title: string; hint?: string; details?: string }) {
    super(title);
    this.hint = hint;
    this.details = details;
  }
}

interface Answers {
  prepare: Prepared;
  data: ProvedStep;
  seed: ProvedStep;
  train: ProvedStep;
  files: OwnFiles;
}

/** The prover in its worker; one request at a time. */
export class ProverClient {
  readonly #worker = new Worker(new URL('./prove.worker.ts', import.meta.url), { type: 'module' });
  readonly #onProgress: (progress: Progress) => void;

  constructor(onProgress: (progress: Progress) => void) {
    this.#onProgress = onProgress;
  }

  /** @throws ProverError */
  ask<R extends ProverRequest>(request: R): Promise<Answers[R['kind']]> {
    return new Promise((resolve, reject) => {
      this.#worker.onerror = ({ message }) =>
        reject(new ProverError({ title: 'The prover stopped.', details: message || 'It could not be loaded.' }));
      this.#worker.onmessage = ({ data }: MessageEvent<ProverReply>) => {
        if ('progress' in data) this.#onProgress(data.progress);
        else if ('error' in data) reject(new ProverError(data.error));
        else resolve(Object.values(data)[0]);
      };
      this.#worker.postMessage(request);
    });
  }

  close(): void {
    this.#worker.terminate();
  }
}
