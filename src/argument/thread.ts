/** Beyond this, workers cost more memory than they save time. */
const MOST_THREADS = 8;

/** Threads to use unless told otherwise: one for each processor, 8 at most. */
export function defaultThreads(): number {
  return Math.min(MOST_THREADS, navigator.hardwareConcurrency || 2);
}

/** The worker's side of a message channel, the same in Node and in browsers. */
export interface Port<In, Out> {
  send(message: Out, transfer: ArrayBuffer[]): void;
  listen(receive: (message: In) => void): void;
}

/** The part of Node's and the browser's workers that both have, in one form. */
export interface Thread<In> {
  post(message: In, transfer: ArrayBuffer[]): void;
  /** Keeps the process alive while work is under way (Node). */
  hold(busy: boolean): void;
  end(): Promise<void>;
}

/**
 * Starts a worker. It does not keep a process alive.
 * @param run what it runs; its source text is sent, so it must not use anything from outside
 */
export function startThread<In, Out>(
  run: (port: Port<In, Out>) => void,
  listener: { message(message: Out): void; failed(error: unknown): void },
): Thread<In> {
  // not an import: bundlers for browsers would have to resolve it
  const node = (globalThis as { process?: NodeJS.Process }).process?.getBuiltinModule?.('node:worker_threads');
  if (node) {
    const source = `const { parentPort } = require('node:worker_threads');
      (${run})({ send: (m, t) => parentPort.postMessage(m, t), listen: (f) => parentPort.on('message', f) });`;
    const worker = new node.Worker(source, { eval: true, execArgv: [] });
    worker.on('message', (message: Out) => listener.message(message));
    worker.on('error', (error) => listener.failed(error));
    worker.unref();
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      hold: (busy) => (busy ? worker.ref() : worker.unref()),
      end: async () => {
        await worker.terminate();
      },
    };
  }
  const source = `(${run})({ send: (m, t) => self.postMessage(m, t), listen: (f) => { self.onmessage = (e) => f(e.data); } });`;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.onmessage = (event) => listener.message(event.data);
  worker.onerror = (event) => listener.failed(event.message);
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    hold: () => {},
    end: async () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
