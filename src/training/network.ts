import { type RangedQuantity, type RangeViolation, TrainingRangeError } from '../errors/TrainingRangeError.ts';
import { type Head, wrongAnswers } from '../model/head.ts';
import { type AnyWeights, headOf, modelSides } from '../model/networkWeights.ts';
import type { Shard } from '../model/shard.ts';
import type { Weights } from '../model/weights.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { ACTIVATION_BITS, DELTA_BITS, FRACTION_BITS, SIGNED_LIMIT } from '../numbers/constants.ts';
import { type Parts, TrainerMachine } from './machine.ts';
import { expTable, sigmoidTable } from './tables.ts';
import {
  HEAD_ARRAYS,
  HIDDEN_ARRAYS,
  type HiddenTrace,
  OUTPUT_ARRAYS,
  type OutputTrace,
  paddingValue,
  type SegmentTrace,
  type SoftmaxTrace,
  traceArrayLength,
} from './trace.ts';

/** What is checked while a network computes. */
export type NetworkQuantity = Exclude<RangedQuantity, 'distance to the log of the sum of exponentials'>;

/** What a message about a value out of range says. */
const RANGES: Record<NetworkQuantity, { bits: number; text: string }> = {
  activation: { bits: ACTIVATION_BITS, text: 'values in (-128, 128)' },
  output: { bits: ACTIVATION_BITS, text: 'values in [-64, 64)' },
  delta: { bits: DELTA_BITS, text: 'values in [-16, 16)' },
  weight: { bits: FRACTION_BITS, text: 'weights in [-32768, 32768)' },
  bias: { bits: FRACTION_BITS, text: 'biases in [-32768, 32768)' },
};

/** A value that left its range. */
export function rangeError(
  quantity: NetworkQuantity,
  at: Omit<RangeViolation, 'quantity' | 'value' | 'real'>,
  value: bigint,
): TrainingRangeError {
  const { bits, text } = RANGES[quantity];
  return new TrainingRangeError({ quantity, ...at, value, real: Number(value) / 2 ** bits }, text);
}

/** A network and a shard in the trainer's memory, whatever its layers are. */
export interface TrainerNetwork<W> {
  forward(rows: Rows): void;
  backward(rows: Rows, lr: number): void;
  weights(salt: bigint): W;
  trace(): SegmentTrace;
  outputs(): Int32Array;
}

/** One layer of the network in the trainer's memory. */
interface LayerMemory {
  inputs: number;
  outputs: number;
  /** The weights as given, i64, with rows of `columns` entries. */
  source: number;
  columns: number;
  /** The weights that are worked with, with rows of `stride` entries, as the batch buffer of the layer's input. */
  W: Parts;
  stride: number;
  b: number;
  /** Batch buffers [b][unit], 64-bit floats with rows of `rowLength` entries: A_l (hidden layers) and D_l. */
  activations: number;
  deltas: number;
  rowLength: number;
  /** First array of the trace and the bytes of one. */
  trace: number;
  plane: number;
}

/** What the output's delta is made with. */
export interface HeadMemory {
  /** The head's table, where it has one. */
  table: number;
  /** Arrays M and Sum of softmax, one after the other. */
  rows: number;
  /** Targets of softmax and sigmoid where Y is 0, and where it is not. */
  wrong: number;
  right: number;
}

/** Rows of one call: `batch` of them, from row `first` of the shard and row `at` of the trace on. */
export interface Rows {
  first: number;
  batch: number;
  at: number;
  /** SGD step, in messages */
  step?: number;
}

/** Entries of a row of a batch buffer: the kernels take four at a time. */
export const padded = (units: number): number => Math.ceil(units / 4) * 4;

/**
 * A network and a shard in the trainer's memory, with the steps of design section 1 as methods. The trace has room for
 * `traceRows` rows, a power of two.
 */
export class Network implements TrainerNetwork<Weights> {
  readonly #machine = new TrainerMachine();
  readonly #widths: number[];
  readonly #head: Head;
  readonly #layers: LayerMemory[];
  readonly #shard: { X: number; Y: number; sigma: number; rows: number };
  readonly #traceBits: number;
  readonly #input: number;
  readonly #sums: Parts;
  readonly #gradient: number;
  readonly #output: HeadMemory;

  /**
   * @param smoothing target of a wrong class in units of 2^-11, of softmax and sigmoid; 0 unless told
   */
  constructor(
    weights: Weights,
    shard: Shard,
    { batch, traceRows, smoothing = 0 }: { batch: number; traceRows: number; smoothing?: number },
  ) {
    const machine = this.#machine;
    this.#widths = weights.widths;
    this.#head = weights.head;
    this.#traceBits = ceilLog2(traceRows);
    const { rows } = shard;
    this.#shard = { X: machine.place32(shard.X), Y: machine.place32(shard.Y), sigma: ceilLog2(rows), rows };
    this.#input = machine.allocate(8 * batch * padded(weights.widths[0]));
    this.#layers = weights.layers.map((_, l) => this.#place(weights, l, batch));
    const widest = padded(Math.max(...weights.widths));
    this.#sums = machine.allocateParts(batch * widest);
    this.#gradient = machine.allocate(8 * widest);
    this.#output = placeHead(machine, weights, { smoothing, traceBits: this.#traceBits });
  }

  #place({ widths, layers }: Weights, l: number, batch: number): LayerMemory {
    const machine = this.#machine;
    const { W: weights, b } = layers[l];
    const [inputs, outputs] = [widths[l], widths[l + 1]];
    const names = this.#arrayNames(l + 1);
    const length = traceArrayLength(outputs, 2 ** this.#traceBits);
    const [columns, stride, rowLength] = [weights.length / b.length, padded(inputs), padded(outputs)];
    const source = machine.place64(weights);
    const W = machine.allocateParts(outputs * stride);
    machine.run.splitWeights(source, columns, W.hi, W.lo, stride, inputs, outputs);
    const layer = {
      inputs,
      outputs,
      source,
      columns,
      W,
      stride,
      b: machine.place64(b),
      activations: machine.allocate(8 * batch * rowLength),
      deltas: machine.allocate(8 * batch * rowLength),
      rowLength,
      trace: machine.allocate(4 * length * names.length),
      plane: 4 * length,
    };
    names.forEach((name, k) => {
      machine.view32(layer.trace + k * layer.plane, length).fill(paddingValue(name));
    });
    return layer;
  }

  /**
   * Forward pass of some rows into the trace.
   * @throws TrainingRangeError
   */
  forward({ first, batch, at, step }: Rows): void {
    const { run } = this.#machine;
    const { X, sigma } = this.#shard;
    const { hi, lo } = this.#sums;
    run.gather(X, this.#input, this.#layers[0].stride, this.#widths[0], sigma, first, batch);
    let input = this.#input;
    this.#layers.forEach(({ outputs, stride, W, b, activations, rowLength, trace, plane }, l) => {
      run.forward(W.hi, W.lo, stride, outputs, input, batch, hi, lo, rowLength);
      const isOutput = l === this.#layers.length - 1;
      const round = isOutput ? run.roundOutput : run.roundHidden;
      const bad = round(hi, lo, rowLength, b, outputs, batch, trace, plane, this.#traceBits, at, activations);
      if (bad >= 0) this.#fail(isOutput ? 'output' : 'activation', l + 1, { bad, units: outputs, first, step });
      input = activations;
    });
  }

  /**
   * Backward pass and update for the rows of the last `forward`; rows beyond the shard's change nothing.
   * @throws TrainingRangeError
   */
  backward({ first, batch, at, step }: Rows, lr: number): void {
    const { run } = this.#machine;
    const { Y, sigma, rows } = this.#shard;
    const { hi, lo } = this.#sums;
    const traceBits = this.#traceBits;
    const real = Math.max(0, Math.min(batch, rows - first));
    const output = this.#layers[this.#layers.length - 1];
    outputDelta(this.#machine, this.#head, output, this.#output, { Y, sigma, traceBits, first, batch, at, real });
    for (let l = this.#layers.length - 2; l >= 0; l--) {
      const layer = this.#layers[l];
      const next = this.#layers[l + 1];
      const units = layer.outputs;
      run.backward(next.W.hi, next.W.lo, next.stride, next.outputs, next.deltas, next.rowLength, batch, hi, lo);
      const bad = run.roundDelta(
        hi,
        lo,
        next.stride,
        units,
        batch,
        layer.trace,
        layer.plane,
        traceBits,
        at,
        layer.deltas,
      );
      if (bad >= 0) this.#fail('delta', l + 1, { bad, units, first, step });
    }
    this.#layers.forEach((layer, l) => {
      const { W, b, stride } = layer;
      const input = l === 0 ? this.#input : this.#layers[l - 1].activations;
      const bad = run.update(
        W.hi,
        W.lo,
        b,
        stride,
        layer.outputs,
        layer.deltas,
        layer.rowLength,
        input,
        batch,
        lr,
        this.#gradient,
      );
      if (bad < 0) return;
      const isBias = bad >= layer.outputs;
      this.#failWith(isBias ? 'bias' : 'weight', { layer: l + 1, step, unit: isBias ? bad - layer.outputs : bad });
    });
  }

  /** A copy of the current weights. */
  weights(salt: bigint): Weights {
    const machine = this.#machine;
    const layers = this.#layers.map(({ source, columns, W, stride, b, inputs, outputs }) => {
      machine.run.joinWeights(source, columns, W.hi, W.lo, stride, inputs, outputs);
      const units = 2 ** ceilLog2(outputs);
      return { W: machine.view64(source, units * columns).slice(), b: machine.view64(b, units).slice() };
    });
    return { widths: [...this.#widths], head: this.#head, layers, salt };
  }

  /** A copy of the trace. */
  trace(): SegmentTrace {
    const arrays = this.#layers.map(({ trace, plane }, l) =>
      readArrays(this.#machine, this.#arrayNames(l + 1), trace, plane),
    );
    const output = outputTrace(this.#machine, this.#head, arrays.pop()!, this.#output, this.#traceBits);
    return { hidden: arrays as unknown as HiddenTrace[], output };
  }

  /** Q' of the trace rows; the view is valid until the next call. */
  outputs(): Int32Array {
    const { trace, plane } = this.#layers[this.#layers.length - 1];
    return this.#machine.view32(trace, plane / 4);
  }

  #arrayNames(layer: number): readonly string[] {
    const isOutput = layer === this.#widths.length - 1;
    return isOutput ? [...OUTPUT_ARRAYS, ...HEAD_ARRAYS[this.#head]] : HIDDEN_ARRAYS;
  }

  #fail(
    quantity: NetworkQuantity,
    layer: number,
    { bad, units, first, step }: { bad: number; units: number; first: number; step?: number },
  ): never {
    const row = first + Math.floor(bad / units);
    this.#failWith(quantity, { layer, step, unit: bad % units, row: row < this.#shard.rows ? row : undefined });
  }

  #failWith(quantity: NetworkQuantity, at: { layer: number; step?: number; unit: number; row?: number }): never {
    throw rangeError(quantity, at, this.#machine.run.failedValue());
  }
}

/** Copies of arrays in the trainer's memory by their names, `plane` bytes each. */
export function readArrays(
  machine: TrainerMachine,
  names: readonly string[],
  first: number,
  plane: number,
): Record<string, Int32Array> {
  return Object.fromEntries(names.map((name, k) => [name, machine.view32(first + k * plane, plane / 4).slice()]));
}

/** The output's trace of its arrays, with those of softmax that have an entry a row. */
export function outputTrace(
  machine: TrainerMachine,
  head: Head,
  arrays: Record<string, Int32Array>,
  { rows }: HeadMemory,
  traceBits: number,
): OutputTrace {
  const { Q, U0, U1, D4, P, ...own } = arrays as unknown as OutputTrace & Omit<SoftmaxTrace, 'M' | 'Sum'>;
  const output: OutputTrace = { Q, U0, U1, D4 };
  if (P !== undefined) output.P = P;
  if (head === 'softmax') {
    const length = 2 ** traceBits;
    const [M, Sum] = [0, 1].map((k) => machine.view32(rows + 4 * k * length, length).slice());
    output.softmax = { M, Sum, ...own };
  }
  return output;
}

export function placeHead(
  machine: TrainerMachine,
  weights: AnyWeights,
  { smoothing, traceBits }: { smoothing: number; traceBits: number },
): HeadMemory {
  const head = headOf(weights);
  const { outputs } = modelSides(weights);
  return {
    table: head === 'squared error' ? 0 : machine.place32(head === 'softmax' ? expTable() : sigmoidTable()),
    rows: head === 'softmax' ? machine.allocate(2 * 4 * 2 ** traceBits) : 0,
    wrong: smoothing,
    right: 2 ** DELTA_BITS - wrongAnswers(head, outputs) * smoothing,
  };
}

/** Where the output layer and the targets of some rows stand; the first `real` of the rows are the shard's. */
interface OutputRows extends Rows {
  Y: number;
  sigma: number;
  traceBits: number;
  real: number;
}

/** The delta of the output, after softmax or sigmoid where the network has them. */
export function outputDelta(
  { run }: TrainerMachine,
  head: Head,
  {
    outputs,
    trace,
    plane,
    deltas,
    rowLength,
  }: Pick<LayerMemory, 'outputs' | 'trace' | 'plane' | 'deltas' | 'rowLength'>,
  { table, rows, wrong, right }: HeadMemory,
  { Y, sigma, traceBits, first, batch, at, real }: OutputRows,
): void {
  const there = [trace, plane, traceBits, at] as const;
  const answers = [Y, sigma, first, outputs, batch, real] as const;
  if (head === 'squared error') {
    run.outputDelta(...there, ...answers, deltas, rowLength);
    return;
  }
  if (head === 'softmax') run.softmax(...there, outputs, 2 ** ceilLog2(outputs), batch, rows, table);
  else run.sigmoid(...there, outputs, batch, table);
  run.gradient(...there, ...answers, wrong, right, deltas, rowLength);
}

/** Q_L of a padded output array: Q'[i, s] - 2^15. */
export function outputAt(Q: Int32Array, index: number): number {
  return Q[index] - SIGNED_LIMIT;
}
