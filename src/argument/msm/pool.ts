import { type Call, type Reply, serve } from './worker.ts';

/** The part of Node's and the browser's workers that both have, in one form. */
interface Thread {
  post(message: unknown, transfer: ArrayBuffer[]): void;
  /** Keeps the process alive while work is under way (Node). */
  hold(busy: boolean): void;
  end(): Promise<void>;
}

interface Listener {
  reply(reply: Reply): void;
  failed(error: unknown): void;
}

function startThread(listener: Listener): Thread {
  // not an import: bundlers for browsers would have to resolve it
  const node = (globalThis as { process?: NodeJS.Process }).process?.getBuiltinModule?.('node:worker_threads');
  if (node) {
    const source = `const { parentPort } = require('node:worker_threads');
      (${serve})({ send: (m, t) => parentPort.postMessage(m, t), listen: (f) => parentPort.on('message', f) });`;
    const worker = new node.Worker(source, { eval: true, execArgv: [] });
    worker.on('message', (reply: Reply) => listener.reply(reply));
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
  const source = `(${serve})({ send: (m, t) => self.postMessage(m, t), listen: (f) => { self.onmessage = (e) => f(e.data); } });`;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.onmessage = (event) => listener.reply(event.data);
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

interface Job {
  call: Call;
  transfer: ArrayBuffer[];
  resolve(result: Uint8Array): void;
  reject(error: Error): void;
}

interface Member {
  thread: Thread;
  job: Job | undefined;
}

/** Workers that each hold instances of the same WebAssembly modules and take calls from one queue. */
export class Pool {
  readonly size: number;
  readonly #members: Member[];
  readonly #queue: Job[] = [];
  #nextId = 0;
  #closed: Error | undefined;

  constructor(modules: Record<string, Uint8Array>, size: number) {
    this.size = size;
    this.#members = Array.from({ length: size }, () => {
      const member: Member = {
        thread: startThread({
          reply: (reply) => this.#reply(member, reply),
          failed: (error) => this.#stop(new Error('a worker stopped', { cause: error })),
        }),
        job: undefined,
      };
      member.thread.post({ modules }, []);
      return member;
    });
  }

  /**
   * Calls a kernel, `module.function`, on the next free worker; buffers in `transfer` move there.
   * @returns the `out` bytes whose address is the kernel's last argument
   * @throws Error where the kernel traps (out of memory) or the pool is closed
   */
  call(
    kernel: `${string}.${string}`,
    args: (number | Uint8Array)[],
    out: number,
    transfer: ArrayBuffer[] = [],
  ): Promise<Uint8Array> {
    const [module, name] = kernel.split('.');
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(this.#closed);
      this.#queue.push({ call: { id: this.#nextId++, module, name, args, out }, transfer, resolve, reject });
      this.#dispatch();
    });
  }

  /** Ends the workers; calls under way are rejected. */
  async close(): Promise<void> {
    this.#stop(new Error('the workers are closed'));
    await Promise.all(this.#members.map(({ thread }) => thread.end()));
  }

  #dispatch(): void {
    for (const member of this.#members) {
      if (member.job || this.#queue.length === 0) continue;
      member.job = this.#queue.shift()!;
      member.thread.hold(true);
      member.thread.post(member.job.call, member.job.transfer);
    }
  }

  #reply(member: Member, reply: Reply): void {
    const job = member.job;
    if (job?.call.id !== reply.id) return;
    member.job = undefined;
    member.thread.hold(false);
    if (reply.result) job.resolve(reply.result);
    else job.reject(new Error(`${job.call.name} failed: ${reply.error}`));
    this.#dispatch();
  }

  #stop(reason: Error): void {
    this.#closed ??= reason;
    for (const member of this.#members) {
      member.job?.reject(reason);
      member.job = undefined;
      member.thread.hold(false);
    }
    for (const job of this.#queue.splice(0)) job.reject(reason);
  }
}
