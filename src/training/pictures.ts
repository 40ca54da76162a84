import type { RangeViolation } from '../errors/TrainingRangeError.ts';
import type { LayerGeometry } from '../model/network.ts';
import { type NetworkWeights, presentLayers } from '../model/networkWeights.ts';
import type { Shard } from '../model/shard.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { ACTIVATION_BITS, POOLED_RATE } from '../numbers/constants.ts';
import { type Parts, TrainerMachine } from './machine.ts';
import {
  type HeadMemory,
  type NetworkQuantity,
  outputDelta,
  outputTrace,
  padded,
  placeHead,
  type Rows,
  rangeError,
  readArrays,
  type TrainerNetwork,
} from './network.ts';
import {
  FORWARD_ARRAYS,
  HEAD_ARRAYS,
  HIDDEN_ARRAYS,
  type HiddenTrace,
  OUTPUT_ARRAYS,
  paddingValue,
  type SegmentTrace,
} from './trace.ts';

/** Floats of the patches that are worked on at once. */
const PATCH_ENTRIES = 2 ** 16;
/** Places of which the dense trainer's update is exact to the last message (assembly/trainer.ts). */
const FEW_PLACES = 2 ** 12;

/** Pictures of a batch, [b][c][y][x] with lines of 2^bits floats, `size` floats a row. */
interface Pictures {
  at: number;
  size: number;
  bits: number;
  channels: number;
}

/** One layer of the network in the trainer's memory. */
interface LayerMemory {
  geometry: LayerGeometry;
  /** What it reads: the pictures of the layer before, or their sums of 2x2 pixels; and the pictures before pooling. */
  read: Pictures;
  before: Pictures;
  /** Weights as given, i64, 2^columns of an output, and as worked with: rows of `stride` entries dx + K (dy + K c). */
  source: number;
  columns: number;
  W: Parts;
  stride: number;
  b: number;
  outputs: number;
  /** What it makes; of the last layer nothing. */
  pictures: Pictures;
  /** Deltas of its places, [(y N + x) batch + b][i] with rows of `rowLength` floats. */
  deltas: number;
  rowLength: number;
  /** Places worked on at once. */
  chunk: number;
  /** First array of the trace and the bytes of one. */
  trace: number;
  plane: number;
}

/**
 * A convolutional network and a shard in the trainer's memory, with the steps of protocol section 12 as methods. The trace has room
 * for `traceRows` rows, a power of two. Patches are made again whenever they are read, a few at a time.
 */
export class PictureNetwork implements TrainerNetwork<NetworkWeights> {
  readonly #machine = new TrainerMachine();
  readonly #weights: NetworkWeights;
  readonly #layers: LayerMemory[];
  readonly #shard: { X: number; Y: number; sigma: number; rows: number };
  readonly #traceBits: number;
  readonly #isTrained: boolean;
  readonly #patches: number;
  readonly #sums: Parts;
  readonly #patchSums: Parts;
  readonly #pixels: Parts;
  readonly #gradient: number;
  readonly #totals: number;
  readonly #output: HeadMemory;

  /**
   * @param batch most rows of a call
   * @param isTrained false without `backward`, whose arrays the trace then lacks
   * @param smoothing target of a wrong class in units of 2^-11, of softmax and sigmoid; 0 unless told
   */
  constructor(
    weights: NetworkWeights,
    shard: Shard,
    {
      batch,
      traceRows,
      smoothing = 0,
      isTrained = true,
    }: { batch: number; traceRows: number; smoothing?: number; isTrained?: boolean },
  ) {
    const machine = this.#machine;
    this.#weights = weights;
    this.#isTrained = isTrained;
    this.#traceBits = ceilLog2(traceRows);
    const { rows } = shard;
    this.#shard = { X: machine.place32(shard.X), Y: machine.place32(shard.Y), sigma: ceilLog2(rows), rows };
    const [input, ...geometry] = presentLayers(weights.network);
    let pictures = this.#placePictures(input.channels, input.logs.side, batch);
    this.#layers = geometry.map((layer, l) => {
      const placed = this.#place(layer, l, pictures, batch);
      pictures = placed.pictures;
      return placed;
    });
    const most = (of: (layer: LayerMemory) => number) => Math.max(...this.#layers.map(of));
    this.#patches = machine.allocate(8 * most(({ chunk, stride }) => chunk * stride));
    this.#sums = machine.allocateParts(most(({ chunk, rowLength }) => chunk * rowLength));
    const forBackward = isTrained ? 1 : 0;
    this.#patchSums = machine.allocateParts(forBackward * most(({ chunk, stride }) => chunk * stride));
    this.#pixels = machine.allocateParts(forBackward * batch * most(({ read }) => read.size));
    this.#gradient = machine.allocate(forBackward * 8 * most(({ stride }) => stride));
    this.#totals = machine.allocate(forBackward * 8 * most(({ outputs, stride }) => outputs * (stride + 1)));
    this.#output = placeHead(machine, weights, { smoothing, traceBits: this.#traceBits });
  }

  #placePictures(channels: number, bits: number, batch: number): Pictures {
    const size = channels * 4 ** bits;
    return { at: this.#machine.allocate(8 * batch * size), size, bits, channels };
  }

  #place(geometry: LayerGeometry, l: number, before: Pictures, batch: number): LayerMemory {
    const machine = this.#machine;
    const { channels: outputs, side, kernel, logs, pooled } = geometry;
    const { W: weights, b } = this.#weights.layers[l];
    const stride = padded(kernel ** 2 * before.channels);
    const rowLength = padded(outputs);
    const isOutput = l === this.#weights.layers.length - 1;
    const names = this.#arrayNames(l);
    const length = 2 ** (logs.channels + 2 * logs.side + this.#traceBits);
    const most = Math.floor(PATCH_ENTRIES / Math.max(stride, rowLength) / 4) * 4;
    const layer: LayerMemory = {
      geometry,
      before,
      read: pooled ? this.#placePictures(before.channels, logs.read, batch) : before,
      source: machine.place64(weights),
      columns: weights.length / b.length,
      W: machine.allocateParts(outputs * stride),
      stride,
      b: machine.place64(b),
      outputs,
      pictures: isOutput ? before : this.#placePictures(outputs, logs.side, batch),
      deltas: machine.allocate(this.#isTrained ? 8 * batch * side ** 2 * rowLength : 0),
      rowLength,
      chunk: Math.min(Math.max(most, 4), batch * side ** 2),
      trace: machine.allocate(4 * length * names.length),
      plane: 4 * length,
    };
    this.#lines(layer, machine.run.splitWeights);
    names.forEach((name, k) => {
      machine.view32(layer.trace + k * layer.plane, length).fill(paddingValue(name));
    });
    return layer;
  }

  /** Between the weights as given and as worked with, by the lines of every kernel. */
  #lines({ geometry, before, source, columns, W, stride, outputs }: LayerMemory, move: (...args: number[]) => void) {
    const { kernel, logs } = geometry;
    for (let c = 0; c < before.channels; c++) {
      for (let dy = 0; dy < kernel; dy++) {
        const own = 8 * kernel * (c * kernel + dy);
        const given = 8 * (((c << logs.kernel) + dy) << logs.kernel);
        move(source + given, columns, W.hi + own, W.lo + own, stride, kernel, outputs);
      }
    }
  }

  /**
   * Forward pass of some rows into the trace.
   * @throws TrainingRangeError
   */
  forward({ first, batch, at, step }: Rows): void {
    const { run } = this.#machine;
    const { X, sigma } = this.#shard;
    const input = this.#layers[0].before;
    run.gather(X, input.at, input.size, input.size, sigma, first, batch);
    this.#layers.forEach((layer, l) => {
      const { W, b, stride, outputs, rowLength, geometry, pictures, before, read, trace, plane } = layer;
      const { side, logs } = geometry;
      if (geometry.pooled) run.poolPictures(before.at, read.at, read.channels, 2 ** read.bits, batch);
      const isOutput = l === this.#layers.length - 1;
      const { hi, lo } = this.#sums;
      this.#chunks(layer, batch, (from, count) => {
        run.forward(W.hi, W.lo, stride, outputs, this.#patches, count, hi, lo, rowLength);
        if (isOutput) {
          const bad = run.roundOutput(hi, lo, rowLength, b, outputs, count, trace, plane, this.#traceBits, at + from);
          if (bad >= 0) {
            const row = first + from + Math.floor(bad / outputs);
            this.#fail('output', { layer: l + 1, step, unit: bad % outputs, ...this.#row(row) });
          }
          return;
        }
        const lower = this.#arrayNames(l).indexOf('R0');
        const bad = run.roundPlaces(
          ...[hi, lo, rowLength, b, outputs, side, batch, from, count],
          ...[trace, plane, lower, logs.side, this.#traceBits, at, pictures.at, pictures.size],
        );
        if (bad < 0) return;
        const place = Math.floor(bad / batch);
        const where = side === 1 ? {} : { place: { x: place % side, y: Math.floor(place / side) } };
        const row = first + (bad % batch);
        this.#fail('activation', { layer: l + 1, step, unit: run.failedUnit(), ...where, ...this.#row(row) });
      });
    });
  }

  /** Calls `use` for the places of a layer, a chunk at a time, with their patches. */
  #chunks(layer: LayerMemory, batch: number, use: (from: number, count: number) => void, withPatches = true): void {
    const { geometry, read, chunk, stride } = layer;
    const { kernel, stride: step, padding, side } = geometry;
    const places = batch * side ** 2;
    for (let from = 0; from < places; from += chunk) {
      const count = Math.min(chunk, places - from);
      if (withPatches) {
        const source = [read.at, read.size, read.channels, 2 ** read.bits] as const;
        this.#machine.run.gatherPatches(
          ...source,
          ...[kernel, step, padding, side, batch, from, count],
          ...[this.#patches, stride],
        );
      }
      use(from, count);
    }
  }

  /**
   * Backward pass and update for the rows of the last `forward`; rows beyond the shard's change nothing.
   * @throws TrainingRangeError
   */
  backward({ first, batch, at, step }: Rows, lr: number): void {
    const { Y, sigma, rows } = this.#shard;
    const real = Math.max(0, Math.min(batch, rows - first));
    const traceBits = this.#traceBits;
    const output = this.#layers[this.#layers.length - 1];
    const answered = { Y, sigma, traceBits, first, batch, at, real };
    outputDelta(this.#machine, this.#weights.network.head, output, this.#output, answered);
    for (let l = this.#layers.length - 2; l >= 0; l--) this.#deltas(l, { first, batch, at, step });
    for (let l = 0; l < this.#layers.length; l++) this.#update(l, { first, batch, at, step }, lr);
  }

  /** T and D of layer l + 1 of the network, of the deltas of the next. */
  #deltas(l: number, { first, batch, at, step }: Rows): void {
    const machine = this.#machine;
    const { run } = machine;
    const [layer, next] = [this.#layers[l], this.#layers[l + 1]];
    const { W, stride, outputs, deltas, rowLength, read } = next;
    const { kernel, stride: jump, padding, side, pooled } = next.geometry;
    const pixels = this.#pixels;
    for (const part of [pixels.hi, pixels.lo]) machine.viewDoubles(part, batch * read.size).fill(0);
    const { hi, lo } = this.#patchSums;
    this.#chunks(
      next,
      batch,
      (from, count) => {
        run.backward(W.hi, W.lo, stride, outputs, deltas + 8 * from * rowLength, rowLength, count, hi, lo);
        run.scatterPatches(
          ...[pixels.hi, pixels.lo, read.size, read.channels, 2 ** read.bits],
          ...[kernel, jump, padding, side, batch, from, count, hi, lo, stride],
        );
      },
      false,
    );
    const { side: own, logs, channels } = layer.geometry;
    const bad = run.roundPlaceDeltas(
      ...[pixels.hi, pixels.lo, read.size, pooled ? 1 : 0, channels, own, logs.side, batch],
      ...[layer.trace, layer.plane, this.#traceBits, at, layer.deltas, layer.rowLength],
    );
    if (bad < 0) return;
    const place = Math.floor(bad / batch);
    const line = 2 ** logs.side;
    const where = line === 1 ? {} : { place: { x: place % line, y: Math.floor(place / line) } };
    const row = first + (bad % batch);
    this.#fail('delta', { layer: l + 1, step, unit: run.failedUnit(), ...where, ...this.#row(row) });
  }

  #update(l: number, { batch, step }: Rows, lr: number): void {
    const machine = this.#machine;
    const { run } = machine;
    const layer = this.#layers[l];
    const { W, b, stride, outputs, deltas, rowLength, chunk } = layer;
    const { side, pooled } = layer.geometry;
    const places = batch * side ** 2;
    if (!pooled && places <= Math.min(chunk, FEW_PLACES)) {
      let bad = -1;
      this.#chunks(layer, batch, (_, count) => {
        bad = run.update(
          ...[W.hi, W.lo, b, stride, outputs, deltas, rowLength],
          ...[this.#patches, count, lr, this.#gradient],
        );
      });
      const isBias = bad >= outputs;
      if (bad >= 0) this.#fail(isBias ? 'bias' : 'weight', { layer: l + 1, step, unit: bad % outputs });
      return;
    }
    const totals = this.#totals;
    const deltaTotals = totals + 8 * outputs * stride;
    machine.view64(totals, outputs * (stride + 1)).fill(0n);
    this.#chunks(layer, batch, (from, count) =>
      run.addGradients(
        ...[outputs, deltas + 8 * from * rowLength, rowLength, this.#patches, stride, count],
        ...[this.#gradient, totals, deltaTotals],
      ),
    );
    const rate = pooled ? lr / POOLED_RATE : lr;
    const biasRate = lr * 2 ** ACTIVATION_BITS;
    const bad = run.applyGradients(W.hi, W.lo, b, stride, outputs, totals, deltaTotals, rate, biasRate);
    if (bad >= 0) this.#failUpdate(l, bad, { totals, rate, biasRate, step });
  }

  #failUpdate(
    l: number,
    bad: number,
    { totals, rate, biasRate, step }: { totals: number; rate: number; biasRate: number; step?: number },
  ): never {
    const machine = this.#machine;
    const { W, b, stride, outputs } = this.#layers[l];
    const gradient = machine.view64(totals + 8 * bad, 1)[0];
    const isBias = bad >= outputs * stride;
    const unit = isBias ? bad - outputs * stride : Math.floor(bad / stride);
    const part = (at: number) => BigInt(machine.viewDoubles(at + 8 * bad, 1)[0]);
    const before = isBias ? machine.view64(b + 8 * unit, 1)[0] : (part(W.hi) << 24n) + part(W.lo);
    const value = before - BigInt(isBias ? biasRate : rate) * gradient;
    throw rangeError(isBias ? 'bias' : 'weight', { layer: l + 1, step, unit }, value);
  }

  /** A copy of the current weights. */
  weights(salt: bigint): NetworkWeights {
    const machine = this.#machine;
    const { network } = this.#weights;
    const layers = this.#layers.map((layer) => {
      this.#lines(layer, machine.run.joinWeights);
      const units = 2 ** layer.geometry.logs.channels;
      return {
        W: machine.view64(layer.source, units * layer.columns).slice(),
        b: machine.view64(layer.b, units).slice(),
      };
    });
    return { network, layers, salt };
  }

  /** A copy of the trace; without `backward` the arrays of it are empty. */
  trace(): SegmentTrace {
    const machine = this.#machine;
    const empty = Object.fromEntries(HIDDEN_ARRAYS.map((name) => [name, new Int32Array(0)]));
    const arrays = this.#layers.map(({ trace, plane }, l) => readArrays(machine, this.#arrayNames(l), trace, plane));
    const head = this.#isTrained ? this.#weights.network.head : 'squared error';
    const output = outputTrace(machine, head, arrays.pop()!, this.#output, this.#traceBits);
    return { hidden: arrays.map((own) => ({ ...empty, ...own }) as unknown as HiddenTrace), output };
  }

  /** Q' of the trace rows; the view is valid until the next call. */
  outputs(): Int32Array {
    const { trace, plane } = this.#layers[this.#layers.length - 1];
    return this.#machine.view32(trace, plane / 4);
  }

  /** @param l index of the layer, from 0 */
  #arrayNames(l: number): readonly string[] {
    const { layers, network } = this.#weights;
    if (l < layers.length - 1) return this.#isTrained ? HIDDEN_ARRAYS : FORWARD_ARRAYS;
    return this.#isTrained ? [...OUTPUT_ARRAYS, ...HEAD_ARRAYS[network.head]] : OUTPUT_ARRAYS;
  }

  #row(row: number): { row?: number } {
    return row < this.#shard.rows ? { row } : {};
  }

  #fail(quantity: NetworkQuantity, at: Omit<RangeViolation, 'quantity' | 'value' | 'real'>): never {
    throw rangeError(quantity, at, this.#machine.run.failedValue());
  }
}
