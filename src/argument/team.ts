import { type Port, startThread } from './thread.ts';

/** A call of an exported function: its name, and the numbers it takes. */
export type KernelCall = readonly [name: string, ...args: number[]];

/** Words of a member's call in the control block: function, number of arguments, arguments. */
const CALL_WORDS = 24;
/** Words before the calls: number of the round, members still at work, whether one failed. */
const HEAD_WORDS = 4;
const [ROUND, PENDING, FAILED] = [0, 1, 2];

/** What a member is sent first. */
interface Setup {
  wasm: Uint8Array;
  memory: WebAssembly.Memory;
  control: Int32Array;
  /** Where its call stands in the control block. */
  at: number;
  /** Address of its temporaries. */
  temporaries: number;
  /** Names of the functions by number. */
  names: string[];
}

type Reply = 'ready' | { error: string };

/**
 * What a member runs. Its source text is sent to the worker, so it must not use anything from outside. It sleeps between calls.
 */
function serve(port: Port<Setup, Reply>): void {
  port.listen(async ({ wasm, memory, control, at, temporaries, names }) => {
    try {
      const { instance } = await WebAssembly.instantiate(wasm as Uint8Array<ArrayBuffer>, { env: { memory } });
      const x = instance.exports as Record<string, (...args: number[]) => void>;
      x.setTemporaries(temporaries);
      let round = Atomics.load(control, 0);
      port.send('ready', []);
      for (;;) {
        // A notification can come after its round is done, and wakes whoever waits for the next one.
        while (Atomics.load(control, 0) === round) Atomics.wait(control, 0, round);
        round = Atomics.load(control, 0);
        try {
          x[names[control[at]]](...control.subarray(at + 2, at + 2 + control[at + 1]));
        } catch {
          Atomics.store(control, 2, 1);
        }
        if (Atomics.sub(control, 1, 1) === 1) Atomics.notify(control, 1);
      }
    } catch (error) {
      port.send({ error: String(error) }, []);
    }
  });
}

/**
 * A memory to share with other threads; undefined where that is not allowed (a page that is not isolated, its window, which
 * must not wait) or where there is no room: a browser sets aside at once all that it may become.
 */
export function sharedMemory(limits: { initial: number; maximum: number }): WebAssembly.Memory | undefined {
  if (typeof SharedArrayBuffer === 'undefined' || 'document' in globalThis) return undefined;
  try {
    return new WebAssembly.Memory({ ...limits, shared: true });
  } catch {
    return undefined;
  }
}

/**
 * Threads that run functions of one WebAssembly module on one shared memory, at once with the thread that calls, which waits
 * for them. Calls must not touch what another call of the same round writes.
 */
export class Team {
  /** Threads, the caller's included. */
  readonly size: number;
  readonly #own: Record<string, (...args: number[]) => void>;
  readonly #names: string[];
  readonly #control: Int32Array;
  readonly #end: (() => Promise<void>)[];

  private constructor(own: WebAssembly.Exports, names: string[], control: Int32Array, end: (() => Promise<void>)[]) {
    this.#own = own as Record<string, (...args: number[]) => void>;
    this.#names = names;
    this.#control = control;
    this.#end = end;
    this.size = end.length + 1;
  }

  /**
   * @param own exports of the caller's instance
   * @param temporaries addresses for each further thread, as `setTemporaries` takes them
   */
  static async start(
    wasm: Uint8Array,
    memory: WebAssembly.Memory,
    own: WebAssembly.Exports,
    temporaries: readonly number[],
  ): Promise<Team> {
    const names = Object.keys(own).filter((name) => typeof own[name] === 'function');
    const words = HEAD_WORDS + CALL_WORDS * temporaries.length;
    const control = new Int32Array(new SharedArrayBuffer(4 * words));
    const end = await Promise.all(
      temporaries.map((address, k) =>
        startMember({ wasm, memory, control, at: HEAD_WORDS + CALL_WORDS * k, temporaries: address, names }),
      ),
    );
    return new Team(own, names, control, end);
  }

  /** Makes all calls at once, `size` of them, and waits. @throws WebAssembly.RuntimeError where one traps */
  run(calls: readonly KernelCall[]): void {
    const control = this.#control;
    const [[name, ...args], ...others] = calls;
    if (others.length !== this.#end.length) throw new RangeError(`${calls.length} calls for ${this.size} threads`);
    others.forEach(([other, ...numbers], k) => {
      const at = HEAD_WORDS + CALL_WORDS * k;
      control[at] = this.#names.indexOf(other);
      control[at + 1] = numbers.length;
      control.set(numbers, at + 2);
    });
    Atomics.store(control, PENDING, others.length);
    Atomics.add(control, ROUND, 1);
    Atomics.notify(control, ROUND);
    try {
      this.#own[name](...args);
    } finally {
      for (;;) {
        const pending = Atomics.load(control, PENDING);
        if (pending === 0) break;
        Atomics.wait(control, PENDING, pending);
      }
    }
    if (Atomics.exchange(control, FAILED, 0) === 1)
      throw new WebAssembly.RuntimeError(`${name} failed on another thread`);
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await Promise.all(this.#end.map((end) => end()));
  }
}

/** Starts a thread; resolves, when it is ready, to what ends it. */
function startMember(setup: Setup): Promise<() => Promise<void>> {
  return new Promise((resolve, reject) => {
    const thread = startThread<Setup, Reply>(serve, {
      message: (reply) => {
        thread.hold(false);
        if (reply === 'ready') resolve(() => thread.end());
        else reject(new Error(reply.error));
      },
      failed: (cause) => reject(new Error('a thread stopped', { cause })),
    });
    thread.hold(true);
    thread.post(setup, []);
  });
}
