import fc from 'fast-check';
import type { Head } from '../../src/model/head.ts';
import type { ShardKind } from '../../src/model/shape.ts';
import { emptyShard, type Shard } from '../../src/model/shard.ts';
import { type Weights, zeroWeights } from '../../src/model/weights.ts';
import type { SegmentTrace, SoftmaxTrace } from '../../src/training/trace.ts';
import type { Matrix, ReferenceModel, ReferenceRun } from '../reference/integer-trainer.ts';

export interface Case {
  widths: number[];
  rows: number;
  batch: number;
  passes: number;
  lr: number;
  kind: ShardKind;
  head: Head;
  smoothing: number;
  seed: number;
}

/** Small random source for filling arrays: xorshift32, the same on every machine. */
export function random(seed: number): () => number {
  let x = seed | 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

const width = fc.oneof(fc.constantFrom(1, 2, 3, 4, 5, 8, 9, 16, 17), fc.integer({ min: 1, max: 20 }));

/** Heads, each with the kinds of shards that it goes with. */
export const PAIRS = [
  ['squared error', 'classes'],
  ['squared error', 'regression'],
  ['softmax', 'classes'],
  ['sigmoid', 'labels'],
  ['sigmoid', 'classes'],
] as const;

/** The largest smoothing that a head allows, in a field of 8 bits. */
function mostSmoothing(head: Head, outputs: number): number {
  if (head === 'squared error') return 0;
  return Math.min(255, Math.ceil(2048 / (head === 'softmax' ? outputs : 2)) - 1);
}

/** Shapes of 1 to 4 layers, one output and one input included, any number of rows, every batch from 1 to all rows, 1 to 8 passes, all heads. */
export const cases: fc.Arbitrary<Case> = fc
  .record({
    widths: fc.array(width, { minLength: 2, maxLength: 5 }),
    rows: fc.integer({ min: 1, max: 32 }),
    batchBits: fc.integer({ min: 0, max: 5 }),
    passes: fc.constantFrom(1, 1, 2, 4, 8),
    lr: fc.constantFrom(1, 2, 3, 7, 16),
    pair: fc.constantFrom(...PAIRS),
    smoothing: fc.constantFrom(0, 1, 17, 255),
    seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  })
  .map(({ batchBits, pair, smoothing, ...rest }) => ({
    ...rest,
    head: pair[0],
    kind: pair[1],
    smoothing: Math.min(smoothing, mostSmoothing(pair[0], rest.widths[rest.widths.length - 1])),
    batch: 2 ** Math.min(batchBits, Math.ceil(Math.log2(rest.rows))),
  }));

/** Weights about +-1/sqrt(fan in), biases up to 1/8. */
export function randomWeights(widths: number[], next: () => number, head: Head = 'squared error'): Weights {
  const weights = zeroWeights({ widths, head }, BigInt(Math.floor(next() * 1e9)));
  weights.layers.forEach(({ W, b }, l) => {
    const stride = W.length / b.length;
    const scale = 2 ** 33 / Math.sqrt(widths[l]);
    for (let i = 0; i < widths[l + 1]; i++) {
      for (let j = 0; j < widths[l]; j++) W[i * stride + j] = BigInt(Math.floor((next() - 0.5) * scale));
      b[i] = BigInt(Math.floor((next() - 0.5) * 2 ** 30));
    }
  });
  return weights;
}

/** Inputs and regression targets in [-2, 2). */
export function randomShard(
  { inputs, outputs, rows, kind }: Omit<Shard, 'X' | 'Y' | 'salt'>,
  next: () => number,
): Shard {
  const shard = emptyShard({ inputs, outputs, rows, kind }, BigInt(Math.floor(next() * 1e9)));
  const S = shard.X.length / 2 ** Math.ceil(Math.log2(inputs));
  const value = () => Math.floor((next() - 0.5) * 2048);
  for (let s = 0; s < rows; s++) {
    for (let j = 0; j < inputs; j++) shard.X[j * S + s] = value();
    const label = Math.floor(next() * outputs);
    for (let i = 0; i < outputs; i++) {
      const one = kind === 'labels' ? next() < 0.5 : i === label;
      shard.Y[i * S + s] = kind === 'regression' ? value() : one ? 512 : 0;
    }
  }
  return shard;
}

export function randomCase({
  widths,
  rows,
  kind,
  head,
  seed,
}: Pick<Case, 'widths' | 'rows' | 'kind' | 'seed'> & { head?: Head }): { weights: Weights; shard: Shard } {
  const next = random(seed);
  const outputs = widths[widths.length - 1];
  return {
    weights: randomWeights(widths, next, head),
    shard: randomShard({ inputs: widths[0], outputs, rows, kind }, next),
  };
}

export function toReference({ widths, layers }: Weights): ReferenceModel {
  const rows = (array: BigInt64Array, count: number, stride: number, real: number): Matrix =>
    Array.from({ length: count }, (_, i) => [...array.subarray(i * stride, i * stride + real)]);
  return {
    W: layers.map(({ W, b }, l) => rows(W, widths[l + 1], W.length / b.length, widths[l])),
    b: layers.map(({ b }, l) => [...b.subarray(0, widths[l + 1])]),
  };
}

/** [unit][row] of a padded array, units and rows real. */
export function toMatrix(array: Int32Array, units: number, rows: number): Matrix {
  return Array.from({ length: units }, (_, i) => [...array.subarray(i * rows, (i + 1) * rows)].map(BigInt));
}

/** The trace that the reference run over `rows` trace rows implies, padding units included. */
export function expectedTrace(widths: number[], rows: number, run: ReferenceRun, head: Head): SegmentTrace {
  const array = (layer: number, entry: (i: number, s: number) => bigint, padding: number) => {
    const length = 2 ** Math.ceil(Math.log2(widths[layer])) * rows;
    return Int32Array.from({ length }, (_, index) => {
      const [i, s] = [Math.floor(index / rows), index % rows];
      return i < widths[layer] ? Number(entry(i, s)) : padding;
    });
  };
  const low = (z: bigint) => BigInt.asUintN(16, z + 2n ** 31n);
  const high = (z: bigint) => BigInt.asUintN(16, (z + 2n ** 31n) >> 16n);
  const hidden = run.E.map((E, h) => {
    const [Q, Z, T, D] = [run.Q[h], run.Z[h], run.T[h], run.D[h]];
    const of = (entry: (i: number, s: number) => bigint, padding = 0) => array(h + 1, entry, padding);
    return {
      A: of((i, s) => (Q[i][s] > 0n ? Q[i][s] : 0n)),
      V: of((i, s) => (Q[i][s] > 0n ? Q[i][s] : -Q[i][s])),
      m: of((i, s) => (Q[i][s] > 0n ? 1n : 0n)),
      D: of((i, s) => D[i][s]),
      T: of((i, s) => T[i][s] + 32768n, 32768),
      R0: of((i, s) => low(Z[i][s])),
      R1: of((i, s) => high(Z[i][s]), 32768),
      S0: of((i, s) => low(E[i][s])),
      S1: of((i, s) => high(E[i][s]), 32768),
    };
  });
  const L = widths.length - 1;
  return {
    hidden,
    output: {
      Q: array(L, (i, s) => run.Q[L - 1][i][s] + 32768n, 32768),
      U0: array(L, (i, s) => low(run.Z[L - 1][i][s]), 0),
      U1: array(L, (i, s) => high(run.Z[L - 1][i][s]), 32768),
      D4: array(L, (i, s) => run.D[L - 1][i][s], 0),
      ...(head !== 'squared error' && { P: array(L, (i, s) => run.P[i][s], 0) }),
      ...(head === 'softmax' && { softmax: expectedSoftmax(widths[L], rows, run) }),
    },
  };
}

/** A padded class has e = 0, so its division leaves Sum. */
function expectedSoftmax(width: number, rows: number, { Q, M, Sum, e, rest }: ReferenceRun): SoftmaxTrace {
  const padded = 2 ** Math.ceil(Math.log2(width));
  const array = (entry: (i: number, s: number) => bigint) =>
    Int32Array.from({ length: padded * rows }, (_, index) => Number(entry(Math.floor(index / rows), index % rows)));
  const remainder = (i: number, s: number) => (i < width ? rest[i][s] : Sum[s]);
  const first = (s: number) => Q[Q.length - 1].findIndex((row) => row[s] === M[s]);
  return {
    M: Int32Array.from(M, Number),
    Sum: Int32Array.from(Sum, Number),
    w: array((i, s) => (i === first(s) ? 1n : 0n)),
    e: array((i, s) => (i < width ? e[i][s] : 0n)),
    r0: array((i, s) => remainder(i, s) % 65536n),
    r1: array((i, s) => remainder(i, s) / 65536n),
    z1: array((i, s) => (2n * Sum[s] - 1n - remainder(i, s)) / 65536n),
  };
}
