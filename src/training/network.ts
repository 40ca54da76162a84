import { type RangedQuantity, TrainingRangeError } from '../errors/TrainingRangeError.ts';
import type { Shard } from '../model/shard.ts';
import type { Weights } from '../model/weights.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { ACTIVATION_BITS, DELTA_BITS, FRACTION_BITS, SIGNED_LIMIT, WEIGHT_LIMIT } from '../numbers/constants.ts';
import { TrainerMachine } from './machine.ts';
import {
  HIDDEN_ARRAYS,
  type HiddenTrace,
  OUTPUT_ARRAYS,
  type OutputTrace,
  paddingValue,
  type SegmentTrace,
  traceArrayLength,
} from './trace.ts';

/** What a message about a value out of range says. */
const RANGES: Record<RangedQuantity, { bits: number; text: string }> = {
  activation: { bits: ACTIVATION_BITS, text: 'values in (-32, 32)' },
  output: { bits: ACTIVATION_BITS, text: 'values in [-16, 16)' },
  delta: { bits: DELTA_BITS, text: 'values in [-4, 4)' },
  weight: { bits: FRACTION_BITS, text: 'weights in [-64, 64)' },
  bias: { bits: FRACTION_BITS, text: 'biases in [-64, 64)' },
};

/** Pointers of one layer of the network in the trainer's memory. */
interface LayerMemory {
  inputs: number;
  outputs: number;
  /** Entries of a row of W. */
  stride: number;
  W: number;
  b: number;
  /** Batch buffers [b][unit]: A_l (hidden layers) and D_l. */
  activations: number;
  deltas: number;
  /** First array of the trace and the bytes of one. */
  trace: number;
  plane: number;
}

/**
 * A network and a shard in the trainer's memory, with the steps of design section 1 as methods. The trace has room for
 * `traceRows` rows: the whole shard when training, one batch when evaluating.
 */
export class Network {
  readonly #machine = new TrainerMachine();
  readonly #widths: number[];
  readonly #layers: LayerMemory[];
  readonly #shard: { X: number; Y: number; sigma: number };
  readonly #traceRows: number;
  readonly #input: number;
  readonly #sums: number;
  readonly #gradient: number;

  constructor(weights: Weights, shard: Shard, { batch, traceRows }: { batch: number; traceRows: number }) {
    const machine = this.#machine;
    this.#widths = weights.widths;
    this.#traceRows = traceRows;
    this.#shard = { X: machine.place32(shard.X), Y: machine.place32(shard.Y), sigma: ceilLog2(shard.rows) };
    this.#input = machine.allocate(4 * batch * weights.widths[0]);
    this.#layers = weights.layers.map(({ W, b }, l) => {
      const outputs = weights.widths[l + 1];
      const names = this.#arrayNames(l + 1);
      const length = traceArrayLength(outputs, traceRows);
      const layer = {
        inputs: weights.widths[l],
        outputs,
        stride: W.length / b.length,
        W: machine.place64(W),
        b: machine.place64(b),
        activations: machine.allocate(4 * batch * outputs),
        deltas: machine.allocate(4 * batch * outputs),
        trace: machine.allocate(4 * length * names.length),
        plane: 4 * length,
      };
      names.forEach((name, k) => {
        machine.view32(layer.trace + k * layer.plane, length).fill(paddingValue(name));
      });
      return layer;
    });
    const widest = Math.max(...weights.widths);
    this.#sums = machine.allocate(8 * batch * widest);
    this.#gradient = machine.allocate(8 * widest);
  }

  /**
   * Forward pass of rows first .. first + batch into the trace at row `at`.
   * @throws TrainingRangeError
   */
  forward(first: number, batch: number, { at = first, step }: { at?: number; step?: number } = {}): void {
    const { run } = this.#machine;
    const { X, sigma } = this.#shard;
    const traceBits = ceilLog2(this.#traceRows);
    run.gather(X, this.#input, this.#widths[0], sigma, first, batch);
    let input = this.#input;
    this.#layers.forEach(({ inputs, outputs, stride, W, b, activations, trace, plane }, l) => {
      run.forward(W, b, stride, inputs, outputs, input, batch, this.#sums);
      const isOutput = l === this.#layers.length - 1;
      const bad = isOutput
        ? run.roundOutput(this.#sums, outputs, batch, trace, plane, traceBits, at)
        : run.roundHidden(this.#sums, outputs, batch, trace, plane, traceBits, at, activations);
      if (bad >= 0) this.#fail(isOutput ? 'output' : 'activation', l + 1, { bad, units: outputs, first, step });
      input = activations;
    });
  }

  /**
   * Backward pass and update for the rows of the last `forward` (trace and shard must have the same rows).
   * @throws TrainingRangeError
   */
  backward(first: number, batch: number, { lr, step }: { lr: number; step: number }): void {
    const { run } = this.#machine;
    const { Y, sigma } = this.#shard;
    const last = this.#layers[this.#layers.length - 1];
    run.outputDelta(last.trace, Y, last.outputs, batch, sigma, first, last.deltas);
    for (let l = this.#layers.length - 2; l >= 0; l--) {
      const { outputs: units, trace, plane, deltas } = this.#layers[l];
      const next = this.#layers[l + 1];
      run.backward(next.W, next.stride, units, next.outputs, next.deltas, batch, this.#sums);
      const bad = run.roundDelta(this.#sums, units, batch, trace, plane, sigma, first, deltas);
      if (bad >= 0) this.#fail('delta', l + 1, { bad, units, first, step });
    }
    this.#layers.forEach(({ inputs, outputs, stride, W, b, deltas }, l) => {
      const input = l === 0 ? this.#input : this.#layers[l - 1].activations;
      const rate = BigInt(lr);
      const bad = run.update(W, b, stride, inputs, outputs, deltas, input, batch, rate, this.#gradient);
      if (bad >= 0) this.#failWeight(l, bad, step);
    });
  }

  /** A copy of the current weights. */
  weights(salt: bigint): Weights {
    const layers = this.#layers.map(({ W, b, outputs, stride }) => {
      const padded = 2 ** ceilLog2(outputs);
      return {
        W: this.#machine.view64(W, padded * stride).slice(),
        b: this.#machine.view64(b, padded).slice(),
      };
    });
    return { widths: [...this.#widths], layers, salt };
  }

  /** A copy of the trace. */
  trace(): SegmentTrace {
    const arrays = this.#layers.map(({ trace, plane }, l) =>
      Object.fromEntries(
        this.#arrayNames(l + 1).map((name, k) => [name, this.#machine.view32(trace + k * plane, plane / 4).slice()]),
      ),
    );
    const output = arrays.pop() as unknown as OutputTrace;
    return { hidden: arrays as unknown as HiddenTrace[], output };
  }

  /** Q' of one trace row; the view is valid until the next call. */
  outputs(): Int32Array {
    const { trace, plane } = this.#layers[this.#layers.length - 1];
    return this.#machine.view32(trace, plane / 4);
  }

  #arrayNames(layer: number): readonly (keyof HiddenTrace | keyof OutputTrace)[] {
    return layer === this.#widths.length - 1 ? OUTPUT_ARRAYS : HIDDEN_ARRAYS;
  }

  #fail(
    quantity: RangedQuantity,
    layer: number,
    { bad, units, first, step }: { bad: number; units: number; first: number; step?: number },
  ): never {
    const { bits, text } = RANGES[quantity];
    const value = this.#machine.run.failedValue();
    const row = first + Math.floor(bad / units);
    const real = Number(value) / 2 ** bits;
    throw new TrainingRangeError({ quantity, layer, step, unit: bad % units, row, value, real }, text);
  }

  #failWeight(l: number, unit: number, step: number): never {
    const { W, b, stride, inputs } = this.#layers[l];
    const outside = (value: bigint) => value < -WEIGHT_LIMIT || value >= WEIGHT_LIMIT;
    const weight = this.#machine.view64(W + 8 * unit * stride, inputs).find(outside);
    const quantity = weight === undefined ? 'bias' : 'weight';
    const value = weight ?? this.#machine.view64(b, unit + 1)[unit];
    const { bits, text } = RANGES[quantity];
    throw new TrainingRangeError({ quantity, layer: l + 1, step, unit, value, real: Number(value) / 2 ** bits }, text);
  }
}

/** Q_L of a padded output array: Q'[i, s] - 2^13. */
export function outputAt(Q: Int32Array, index: number): number {
  return Q[index] - SIGNED_LIMIT;
}
