import type { Head } from '../../src/model/head.ts';
import { type Network, parseNetwork } from '../../src/model/network.ts';
import {
  isRealEntry,
  kernelSizes,
  type NetworkWeights,
  networkSides,
  presentLayers,
  zeroNetworkWeights,
} from '../../src/model/networkWeights.ts';
import type { ShardKind } from '../../src/model/shape.ts';
import type { Shard } from '../../src/model/shard.ts';
import { ceilLog2 } from '../../src/numbers/bits.ts';
import type { SegmentTrace } from '../../src/training/trace.ts';
import type { ConvModel, ConvTraining } from '../reference/conv-trainer.ts';
import { random, randomShard } from './helpers.ts';

/** A segment of a convolutional network. */
export interface NetworkCase {
  network: string;
  head?: Head;
  kind?: ShardKind;
  rows: number;
  batch: number;
  passes?: number;
  lr: number;
  smoothing?: number;
  seed?: number;
}

/** Every kind of layer: strides, paddings, pooling, dense layers behind both, odd sides, sides of powers of two. */
export const NETWORK_CASES: NetworkCase[] = [
  { network: '4x4x1-c2k3p1-3', rows: 4, batch: 2, lr: 16 },
  { network: '5x5x2-c3k3-4', rows: 5, batch: 4, lr: 8, head: 'softmax' },
  { network: '8x8x1-c3k5s2p2-c2k3s2p1-5-3', rows: 3, batch: 2, lr: 4, passes: 2, head: 'softmax', smoothing: 20 },
  { network: '6x6x3-c2k1-a2-2', rows: 1, batch: 1, lr: 16, kind: 'regression' },
  { network: '6x6x1-a2-c3k2p1-a2-c2k2p1-4-2', rows: 9, batch: 4, lr: 32, kind: 'labels', head: 'sigmoid' },
  { network: '8x8x2-c4k7s2p3-a2-3', rows: 6, batch: 8, lr: 16, head: 'sigmoid', smoothing: 7 },
  { network: '12x12x1-c2k4s2-c3k2s2-2', rows: 2, batch: 1, lr: 3, passes: 4 },
  { network: '5x5x1-c2k2-c2k2-c3k1s2-4-5-2', rows: 7, batch: 2, lr: 2, kind: 'regression' },
  { network: '2x2x5-c1k2-1', rows: 2, batch: 2, lr: 5, kind: 'regression' },
  { network: '9x9x1-c5k3s2-a2-6-3', rows: 8, batch: 8, lr: 16, head: 'softmax' },
  { network: '2x2x3-c4k2-2', rows: 5, batch: 1, lr: 7, passes: 2 },
];

export const nameOf = ({ network, head = 'squared error', rows, batch, passes = 1 }: NetworkCase): string =>
  `${network} with ${head}, ${passes} times ${rows} rows in steps of ${batch}`;

/** Weights about +-1/sqrt(fan in), biases up to 1/8. */
export function randomNetworkWeights(network: Network, next: () => number, bound?: number): NetworkWeights {
  const weights = zeroNetworkWeights(network, BigInt(Math.floor(next() * 1e9)));
  const layers = presentLayers(network);
  weights.layers.forEach(({ W, b }, l) => {
    const { real, bits } = kernelSizes(layers[l], layers[l + 1]);
    const fan = real[0] * real[1] * real[2] * (layers[l + 1].pooled ? 16 : 1);
    const scale = bound ?? 2 ** 33 / Math.sqrt(fan);
    for (let x = 0; x < W.length; x++) {
      if (isRealEntry(x, real, bits)) W[x] = BigInt(Math.floor((next() - 0.5) * scale));
    }
    for (let i = 0; i < real[3]; i++) b[i] = BigInt(Math.floor((next() - 0.5) * (bound ?? 2 ** 30)));
  });
  return weights;
}

/** A network with random weights, and pictures with values between the real pixels too. */
export function networkCase({ network: text, head = 'squared error', kind = 'classes', rows, seed = 7 }: NetworkCase): {
  weights: NetworkWeights;
  shard: Shard;
} {
  const next = random(seed);
  const network = parseNetwork(text, head);
  const sides = networkSides(network);
  return {
    weights: randomNetworkWeights(network, next),
    shard: randomShard({ ...sides, rows, kind }, next),
  };
}

/** The model as nested arrays. */
export function toReferenceModel({ network, layers: own }: NetworkWeights): ConvModel {
  const layers = presentLayers(network);
  const counted = (n: number) => Array.from({ length: n }, (_, i) => i);
  return {
    W: own.map(({ W }, l) => {
      const { real, bits } = kernelSizes(layers[l], layers[l + 1]);
      return counted(real[3]).map((i) =>
        counted(real[2]).map((c) =>
          counted(real[1]).map((dy) =>
            counted(real[0]).map((dx) => W[(((((i << bits[2]) + c) << bits[1]) + dy) << bits[0]) + dx]),
          ),
        ),
      );
    }),
    b: own.map(({ b }, l) => [...b.subarray(0, layers[l + 1].channels)]),
  };
}

/** X[j][s] and Y[i][s] of all padded rows. */
export function toReferenceRows({ X, Y, rows, outputs }: Shard) {
  const S = 2 ** ceilLog2(rows);
  const nested = (data: Int32Array, count: number) =>
    Array.from({ length: count }, (_, j) => [...data.subarray(j * S, (j + 1) * S)].map(BigInt));
  return { X: nested(X, X.length / S), Y: nested(Y, outputs), rows };
}

/** What the trace says of a real place: channel, y, x, row; by the names of the reference. */
export interface TraceAt {
  layer: number;
  c: number;
  y: number;
  x: number;
  s: number;
}

/** Compares the trace with the reference at every real place; calls `same` with both values and where. */
export function eachPlace(
  network: Network,
  trace: SegmentTrace,
  run: ConvTraining,
  same: (value: bigint, expected: bigint, what: string, at: TraceAt) => void,
): void {
  const layers = presentLayers(network).slice(1);
  const S = run.Q[0][0][0][0].length;
  layers.forEach(({ channels, side, logs }, l) => {
    const hidden = trace.hidden[l];
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++)
          for (let s = 0; s < S; s++) {
            const at = ((((c << logs.side) + y) << logs.side) + x) * S + s;
            const where = { layer: l + 1, c, y, x, s };
            const [q, z, d] = [run.Q, run.Z, run.D].map((all) => all[l][c][y][x][s]);
            const rounded = (r0: Int32Array, r1: Int32Array, value: bigint) =>
              (value << 32n) + BigInt(r0[at]) + (BigInt(r1[at]) << 16n) - (1n << 31n);
            if (!hidden) {
              const { Q, U0, U1, D4 } = trace.output;
              same(BigInt(Q[at]) - 32768n, q, 'Q', where);
              same(rounded(U0, U1, q), z, 'Z', where);
              same(BigInt(D4[at]), d, 'D', where);
              continue;
            }
            const { A, V, m, D, T, R0, R1, S0, S1 } = hidden;
            same(2n * BigInt(A[at]) - BigInt(V[at]), q, 'Q', where);
            same(BigInt(m[at]), q > 0n ? 1n : 0n, 'm', where);
            same(rounded(R0, R1, q), z, 'Z', where);
            same(BigInt(T[at]) - 32768n, run.T[l][c][y][x][s], 'T', where);
            same(rounded(S0, S1, run.T[l][c][y][x][s]), run.E[l][c][y][x][s], 'E', where);
            same(BigInt(D[at]), d, 'D', where);
          }
  });
}
