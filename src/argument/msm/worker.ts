import type { Port } from '../thread.ts';

/**
 * A call of a kernel: byte arrays become addresses of copies, then `out` bytes are reserved and their address is the
 * last argument.
 */
export interface Call {
  id: number;
  /** Name of the module, then of its function. */
  module: string;
  name: string;
  args: (number | Uint8Array)[];
  out: number;
}

export interface Reply {
  id: number;
  result?: Uint8Array;
  error?: string;
}

export type Message = Call | { modules: Record<string, Uint8Array> };

/**
 * What a worker runs. Its source text is sent to the worker, so it must not use anything from outside. The first
 * message brings the WebAssembly modules, every other one is a call. A module is instantiated when it is first called.
 */
export function serve(port: Port<Message, Reply>): void {
  let modules: Record<string, Uint8Array> = {};
  // biome-ignore lint/suspicious/noExplicitAny: the modules' exports are called by name
  const kernels: Record<string, Promise<any>> = {};
  port.listen(async (message) => {
    if ('modules' in message) {
      modules = message.modules;
      return;
    }
    try {
      kernels[message.module] ??= WebAssembly.instantiate(modules[message.module] as Uint8Array<ArrayBuffer>, {}).then(
        (it) => it.instance.exports,
      );
      const x = await kernels[message.module];
      x.reset();
      x[`prepare_${message.name}`]?.();
      x.reset();
      const bytes = (at: number, length: number) => new Uint8Array(x.memory.buffer, at >>> 0, length);
      const args = message.args.map((arg) => {
        if (typeof arg === 'number') return arg;
        const at = x.alloc(arg.length);
        bytes(at, arg.length).set(arg);
        return at;
      });
      const out = x.alloc(message.out);
      x[message.name](...args, out);
      const result = bytes(out, message.out).slice();
      port.send({ id: message.id, result }, [result.buffer]);
    } catch (error) {
      port.send({ id: message.id, error: String(error) }, []);
    }
  });
}
