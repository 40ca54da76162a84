/**
 * The rule of convolutional networks (protocol, section 12) in big integers, written from the text alone: nested arrays,
 * no padding but that of the pictures, no ranges, no speed. The real trainer must equal it.
 */

import { log2Up, range } from './algebra.ts';
import { type ConvNetwork, type Geometry, geometryOf, OUTPUT } from './conv-geometry.ts';
import { headFactors, headRow, weighedTarget } from './heads.ts';
import type { ReferenceHead } from './sizes.ts';

/** W[l][i][c][dy][dx] and b[l][i] of layer l + 1 of the network. */
export interface ConvModel {
  W: bigint[][][][][];
  b: bigint[][];
}

/** Values by channel, y, x and row; of padded places there are none. */
export type Maps = bigint[][][][];

export interface ConvRows {
  /** X[j][s] with j = (x, y, c), x lowest, sides padded to powers of two; as many columns as a pass has rows */
  X: bigint[][];
  Y: bigint[][];
  /** those of them that are real */
  rows?: number;
}

export interface ConvSettings {
  lr: bigint;
  batch: number;
  passes?: number;
  head?: ReferenceHead;
  smoothing?: bigint;
}

/** Everything by layer of the network; rows of all passes, one after the other. */
export interface ConvTraining {
  model: ConvModel;
  Z: Maps[];
  Q: Maps[];
  /** of hidden layers: the sum before rounding, and rounded */
  E: Maps[];
  T: Maps[];
  D: Maps[];
}

const F = 32n;
const FA = 9n;

function floorDiv(x: bigint, y: bigint): bigint {
  const q = x / y;
  return x % y !== 0n && x < 0n ? q - 1n : q;
}

const round = (z: bigint): bigint => floorDiv(z + 2n ** (F - 1n), 2n ** F);

export const copyModel = ({ W, b }: ConvModel): ConvModel => structuredClone({ W, b });

/** The layers that a network has, first to last. */
const own = (network: ConvNetwork): Geometry[] => geometryOf(network).slice(OUTPUT - network.layers.length + 1);

const blank = (g: Geometry, rows: number): Maps =>
  range(g.C).map(() => range(g.N).map(() => range(g.N).map(() => Array<bigint>(rows).fill(0n))));

/** Adds up over c, dy, dx and the place that (y, x) reads there, as far as it is inside of the padded grid. */
function overTaps(
  g: Geometry,
  channels: number,
  [y, x]: readonly [number, number],
  visit: (c: number, dy: number, dx: number, u: number, v: number) => void,
): void {
  const grid = 2 ** g.nu;
  for (let c = 0; c < channels; c++)
    for (let dy = 0; dy < g.K; dy++)
      for (let dx = 0; dx < g.K; dx++) {
        const [u, v] = [g.st * y + dy - g.p, g.st * x + dx - g.p];
        if (u >= 0 && u < grid && v >= 0 && v < grid) visit(c, dy, dx, u, v);
      }
}

/** Rows are used in order, `batch` a step, `passes` times. */
export function convTrain(
  network: ConvNetwork,
  start: ConvModel,
  { X, Y, rows: realRows = X[0].length }: ConvRows,
  { lr, batch, passes = 1, head = 'squared error', smoothing = 0n }: ConvSettings,
): ConvTraining {
  const layers = own(network);
  const L = layers.length;
  const { W, b } = copyModel(start);
  const passRows = X[0].length;
  const rows = passes * passRows;
  const side = 2 ** log2Up(network.side);
  const all = () => layers.map((g) => blank(g, rows));
  const run: ConvTraining = { model: { W, b }, Z: all(), Q: all(), E: all(), T: all(), D: all() };
  const channelsBefore = (l: number) => (l === 0 ? network.channels : layers[l - 1].C);

  /** what stands at a pixel before layer l, on the padded grid */
  const pixel = (l: number, c: number, y: number, x: number, s: number): bigint => {
    if (l === 0) return X[(c * side + y) * side + x][s % passRows];
    const q = run.Q[l - 1][c][y]?.[x]?.[s] ?? 0n;
    return q > 0n ? q : 0n;
  };
  const read = (l: number, c: number, u: number, v: number, s: number): bigint => {
    if (!layers[l].pooled) return pixel(l, c, u, v, s);
    const [y, x] = [2 * u, 2 * v];
    return pixel(l, c, y, x, s) + pixel(l, c, y, x + 1, s) + pixel(l, c, y + 1, x, s) + pixel(l, c, y + 1, x + 1, s);
  };

  const forward = (l: number, s: number) => {
    const g = layers[l];
    for (let i = 0; i < g.C; i++)
      for (let y = 0; y < g.N; y++)
        for (let x = 0; x < g.N; x++) {
          let z = 2n ** FA * b[l][i];
          overTaps(g, channelsBefore(l), [y, x], (c, dy, dx, u, v) => {
            z += W[l][i][c][dy][dx] * read(l, c, u, v, s);
          });
          run.Z[l][i][y][x][s] = z;
          run.Q[l][i][y][x][s] = round(z);
        }
  };
  const output = (s: number) => {
    const logits = run.Q[L - 1].map((q) => q[0][0][s]);
    const row = headRow(head, logits, logits.length, s);
    const heads = headFactors(head);
    logits.forEach((q, i) => {
      const target = weighedTarget(heads, logits.length, smoothing, Y[i][s % passRows]);
      const delta = head === 'squared error' ? 4n * q - target : row.P[i] - smoothing - target;
      run.D[L - 1][i][0][0][s] = s % passRows < realRows ? delta : 0n;
    });
  };
  const backward = (l: number, s: number) => {
    const [g, next] = [layers[l], layers[l + 1]];
    const scale = next.pooled ? 2 : 1;
    const E = run.E[l];
    for (let i = 0; i < next.C; i++)
      for (let y = 0; y < next.N; y++)
        for (let x = 0; x < next.N; x++)
          overTaps(next, g.C, [y, x], (c, dy, dx, u, v) => {
            const e = W[l + 1][i][c][dy][dx] * run.D[l + 1][i][y][x][s];
            for (const down of range(scale))
              for (const right of range(scale)) {
                const [at, column] = [scale * u + down, scale * v + right];
                if (at < g.N && column < g.N) E[c][at][column][s] += e;
              }
          });
    for (let c = 0; c < g.C; c++)
      for (let y = 0; y < g.N; y++)
        for (let x = 0; x < g.N; x++) {
          run.T[l][c][y][x][s] = round(E[c][y][x][s]);
          run.D[l][c][y][x][s] = run.Q[l][c][y][x][s] > 0n ? run.T[l][c][y][x][s] : 0n;
        }
  };
  const update = (l: number, steps: readonly number[]) => {
    const g = layers[l];
    const rate = g.pooled ? lr / 16n : lr;
    for (let i = 0; i < g.C; i++)
      for (let y = 0; y < g.N; y++)
        for (let x = 0; x < g.N; x++)
          for (const s of steps) {
            const d = run.D[l][i][y][x][s];
            if (d === 0n) continue;
            overTaps(g, channelsBefore(l), [y, x], (c, dy, dx, u, v) => {
              W[l][i][c][dy][dx] -= rate * d * read(l, c, u, v, s);
            });
            b[l][i] -= lr * 2n ** FA * d;
          }
  };

  for (let k = 0; k < rows / batch; k++) {
    const steps = range(batch).map((at) => k * batch + at);
    for (const s of steps) {
      for (let l = 0; l < L; l++) forward(l, s);
      output(s);
      for (let l = L - 2; l >= 0; l--) backward(l, s);
    }
    for (let l = 0; l < L; l++) update(l, steps);
  }
  return run;
}
