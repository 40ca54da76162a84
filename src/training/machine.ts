import { DescentError } from '../errors/DescentError.ts';
import { trainerWasm } from '../generated/trainer.wasm.ts';
import { decodeWasm } from '../numbers/wasm.ts';

/** Functions of assembly/trainer.ts; all pointers are byte offsets into `memory`. */
export interface TrainerExports {
  memory: WebAssembly.Memory;
  failedValue(): bigint;
  gather(source: number, target: number, units: number, sigma: number, first: number, batch: number): void;
  forward(
    W: number,
    bias: number,
    stride: number,
    inputs: number,
    outputs: number,
    input: number,
    batch: number,
    sums: number,
  ): void;
  roundHidden(
    sums: number,
    units: number,
    batch: number,
    trace: number,
    plane: number,
    sigma: number,
    first: number,
    output: number,
  ): number;
  roundOutput(
    sums: number,
    units: number,
    batch: number,
    trace: number,
    plane: number,
    sigma: number,
    first: number,
  ): number;
  outputDelta(Q: number, Y: number, units: number, batch: number, sigma: number, first: number, delta: number): void;
  backward(
    W: number,
    stride: number,
    inputs: number,
    outputs: number,
    delta: number,
    batch: number,
    sums: number,
  ): void;
  roundDelta(
    sums: number,
    units: number,
    batch: number,
    trace: number,
    plane: number,
    sigma: number,
    first: number,
    delta: number,
  ): number;
  update(
    W: number,
    bias: number,
    stride: number,
    inputs: number,
    outputs: number,
    delta: number,
    input: number,
    batch: number,
    lr: bigint,
    gradient: number,
  ): number;
  seedLayer(q: bigint, off: bigint, count: number, v: number, u: number, w: number): void;
}

const PAGE = 65536;

let compiled: WebAssembly.Module | undefined;

/** A fresh instance of the trainer's WebAssembly with a bump allocator; dropped as a whole after one call. */
export class TrainerMachine {
  readonly run: TrainerExports;
  #top = PAGE; // the first page is the module's own

  constructor() {
    compiled ??= new WebAssembly.Module(decodeWasm(trainerWasm));
    this.run = new WebAssembly.Instance(compiled).exports as unknown as TrainerExports;
  }

  /** Zeroed bytes, 16-byte aligned. Views made earlier are detached when the memory grows. */
  allocate(bytes: number): number {
    const pointer = this.#top;
    this.#top += Math.ceil(bytes / 16) * 16;
    const missing = this.#top - this.run.memory.buffer.byteLength;
    if (missing > 0) {
      try {
        this.run.memory.grow(Math.ceil(missing / PAGE));
      } catch (cause) {
        throw new DescentError(`The trainer could not get ${this.#top} bytes of memory.`, {
          cause,
          code: 'OUT_OF_MEMORY',
        });
      }
    }
    return pointer;
  }

  place32(values: Int32Array): number {
    const pointer = this.allocate(values.byteLength);
    this.view32(pointer, values.length).set(values);
    return pointer;
  }

  place64(values: BigInt64Array): number {
    const pointer = this.allocate(values.byteLength);
    this.view64(pointer, values.length).set(values);
    return pointer;
  }

  view32(pointer: number, length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.run.memory.buffer, pointer, length);
  }

  view64(pointer: number, length: number): BigInt64Array<ArrayBuffer> {
    return new BigInt64Array(this.run.memory.buffer, pointer, length);
  }
}
