import { startThread, type Thread } from '../thread.ts';
import { type Call, type Message, type Reply, serve } from './worker.ts';

interface Job {
  call: Call;
  transfer: ArrayBuffer[];
  resolve(result: Uint8Array): void;
  reject(error: Error): void;
}

interface Member {
  thread: Thread<Message>;
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
        thread: startThread(serve, {
          message: (reply) => this.#reply(member, reply),
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
      const job = this.#queue.shift()!;
      try {
        member.thread.post(job.call, job.transfer);
        member.job = job;
        member.thread.hold(true);
      } catch (error) {
        job.reject(error as Error);
      }
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
