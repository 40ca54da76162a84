import { DescentError } from '../errors/DescentError.ts';
import { trainerWasm } from '../generated/trainer.wasm.ts';
import { decodeWasm } from '../numbers/wasm.ts';

/** Where the two parts of a matrix of weights, or of sums, stand: byte offsets of arrays of 64-bit floats. */
export interface Parts {
  hi: number;
  lo: number;
}

type Call = (...args: number[]) => number;

/**
 * Functions of assembly/trainer.ts and pictures.ts, with their arguments there; all pointers are byte offsets into `memory`. Those that round
 * or update give -1, or which value left its range.
 */
export interface TrainerExports {
  memory: WebAssembly.Memory;
  failedValue(): bigint;
  splitWeights: Call;
  joinWeights: Call;
  gather: Call;
  forward: Call;
  roundHidden: Call;
  roundOutput: Call;
  outputDelta: Call;
  softmax: Call;
  sigmoid: Call;
  gradient: Call;
  backward: Call;
  roundDelta: Call;
  update: Call;
  poolPictures: Call;
  gatherPatches: Call;
  scatterPatches: Call;
  roundPlaces: Call;
  roundPlaceDeltas: Call;
  addGradients: Call;
  applyGradients: Call;
  failedUnit: Call;
  seedLayer(q: bigint, off: bigint, factor: bigint, count: number, out: number, plane: number): void;
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

  /** Two arrays of 64-bit floats. */
  allocateParts(length: number): Parts {
    return { hi: this.allocate(8 * length), lo: this.allocate(8 * length) };
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

  viewDoubles(pointer: number, length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.run.memory.buffer, pointer, length);
  }

  view64(pointer: number, length: number): BigInt64Array<ArrayBuffer> {
    return new BigInt64Array(this.run.memory.buffer, pointer, length);
  }
}
