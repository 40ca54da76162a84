// The tensors of program convTrain in plain integers (protocol, section 12), on the padded grids, layers in the circuit's
// numbering; absent layers have none.

import { log2Up, type Random, range, zeros } from './algebra.ts';
import {
  type ConvNetwork,
  type Geometry,
  geometryOf,
  NETWORK_HIDDEN,
  NETWORK_LAYERS,
  OUTPUT,
} from './conv-geometry.ts';
import { isRead } from './conv-tensors.ts';
import { type ConvWeights, randomConvWeights } from './conv-weights.ts';
import type { HeadDeviation, HeadTensor } from './heads.ts';
import type { ReferenceHead } from './sizes.ts';
import { HALF_LIMB, LIMB, UNIT } from './tensors.ts';
import { blankHead, deltaOf, endRow, type HeadTarget, HIDDEN, type Hidden, pick, round } from './train-run.ts';

export interface ConvTrainShape {
  network: ConvNetwork;
  /** rows of the shard, any number */
  rows: number;
  batch: number;
  passes?: number;
  lr: number;
  smoothing?: number;
  /** any number of labels a row instead of one; unless told, as the head would have it */
  labels?: boolean;
}

export type ConvOutput = Record<'Q' | 'U0' | 'U1' | 'D6', bigint[]>;

/** Everything a prover of convTrain holds before it commits; hooks may change anything. */
export interface ConvTrainRun {
  network: ConvNetwork;
  head: ReferenceHead;
  rows: number;
  batch: number;
  passes: number;
  lr: bigint;
  smoothing: number;
  /** by which it trains; by which its sums are made; that it states */
  geometry: Geometry[];
  proved: Geometry[];
  stated: Geometry[];
  sigma: number;
  bits: number;
  stepBits: number[];
  /** by layer 1..6, (dx; dy; c; i) and (i) */
  W: bigint[][];
  b: bigint[][];
  childW: bigint[][];
  childB: bigint[][];
  /** (s; x; y; c) and (s; i), 2^sigma rows */
  X: bigint[];
  Y: bigint[];
  /** by layer 1..5, (s; x; y; c) */
  hidden: Hidden[];
  output: ConvOutput;
  ofHead: Partial<Record<HeadTensor, bigint[]>>;
  statedLr: bigint;
  statedRows: number;
  statedHead: ReferenceHead;
  statedSmoothing: number;
}

type Phase = 'forward' | 'backward' | 'update';
/** What a cheating trainer does differently. */
export interface ConvDeviation {
  rate?: (k: number, l: number, what: 'W' | 'b') => bigint;
  row?: (s: number) => number;
  /** whether tap d of place y reads u of layer l; axis 0 is x, 1 is y */
  reads?: (g: Geometry, at: { l: number; axis: 0 | 1; phase: Phase }, d: number, u: number, y: number) => boolean;
  /** changes what a layer reads of a channel at (u, v) */
  read?: (l: number, at: { c: number; u: number; v: number; s: number }, value: bigint) => bigint;
  /** which two pixels of an axis a pooled layer adds up */
  pixels?: (l: number, u: number) => readonly number[];
  /** which place of what is read has the delta of a pixel of the side before; default: half of it where pooled */
  below?: (l: number, pixel: number) => number;
  /** whether a place has values */
  mask?: (l: number, y: number, x: number) => boolean;
  forward?: (layer: Hidden, x: number, l: number) => void;
  output?: (output: ConvOutput, x: number) => void;
  backward?: (layer: Hidden, x: number, l: number) => void;
  head?: HeadDeviation;
  outputDelta?: (output: ConvOutput, x: number) => void;
  delta?: (layer: Hidden, x: number, l: number) => void;
}

/** A random parent and shard, and the run on them. */
export function randomConvTrain(random: Random, shape: ConvTrainShape, deviation: ConvDeviation = {}): ConvTrainRun {
  const { network, rows, batch, passes = 1, smoothing = 0 } = shape;
  const { head = 'squared error' } = network;
  const labels = shape.labels ?? head === 'sigmoid';
  const geometry = geometryOf(network);
  const [input, output] = [geometry[0], geometry[OUTPUT]];
  const sigma = log2Up(rows);
  const S = 2 ** sigma;
  const bits = sigma + log2Up(passes);
  const parent = randomConvWeights(network, 2 ** 31, random);
  const run: ConvTrainRun = {
    ...{ network, head, rows, batch, passes, lr: BigInt(shape.lr), smoothing },
    ...{ geometry, proved: geometry, stated: geometry },
    sigma,
    bits,
    stepBits: range(bits).slice(log2Up(batch)),
    ...aligned(parent),
    childW: [],
    childB: [],
    X: zeros(S * 2 ** (2 * input.n + input.c)),
    Y: zeros(S * 2 ** output.c),
    hidden: [],
    output: {} as ConvOutput,
    ofHead: {},
    statedLr: BigInt(shape.lr),
    statedRows: rows,
    statedHead: head,
    statedSmoothing: smoothing,
  };
  const side = 2 ** input.n;
  for (let s = 0; s < rows; s++) {
    for (const c of range(input.C))
      for (const y of range(input.N))
        for (const x of range(input.N)) run.X[((c * side + y) * side + x) * S + s] = BigInt(random.below(1023) - 511);
    if (labels) for (let i = 0; i < output.C; i++) run.Y[i * S + s] = UNIT * BigInt(random.below(2));
    else run.Y[random.below(output.C) * S + s] = UNIT;
  }
  trainConv(run, deviation);
  return run;
}

/** Weights by the circuit's layers; of absent ones and layer 0 there are none. */
export function aligned({ W, b }: Pick<ConvWeights, 'W' | 'b'>): { W: bigint[][]; b: bigint[][] } {
  const absent = range(OUTPUT - W.length + 1).map(() => []);
  return { W: [...absent, ...W.map((v) => [...v])], b: [...absent, ...b.map((v) => [...v])] };
}

const targetOf = ({ bits, geometry, output, ofHead }: ConvTrainRun): HeadTarget => {
  const { C: classes, c: classBits } = geometry[OUTPUT];
  return { bits, classes, classBits, Q: output.Q, ofHead };
};

/** Gives a run the tensors that another head would have for its logits. */
export function convHeadOf(run: ConvTrainRun, head: ReferenceHead): void {
  run.ofHead = blankHead(targetOf(run), head);
  for (let s = 0; s < 2 ** run.bits; s++) endRow(targetOf(run), s, head);
}

/** Pairs of a tap and what it reads, by place. */
type Taps = { d: number; u: number }[][];

/** Fills the tensors of a run from its weights and rows. */
export function trainConv(run: ConvTrainRun, deviation: ConvDeviation = {}): void {
  const { geometry, X, Y } = run;
  const [S, N] = [2 ** run.sigma, 2 ** run.bits];
  const { rate = (_, l, what) => (what === 'W' && geometry[l].pooled ? run.lr / 16n : run.lr), reads } = deviation;
  const source = deviation.row ?? ((s: number) => s % S);
  const present = NETWORK_LAYERS.filter((l) => geometry[l].present !== 0n);
  const first = present[0];
  const W = run.W.map((w) => [...w]);
  const b = run.b.map((v) => [...v]);
  const size = (l: number) => N * 2 ** (2 * geometry[l].n + geometry[l].c);
  run.hidden = [];
  for (const l of NETWORK_HIDDEN)
    run.hidden[l] = Object.fromEntries(HIDDEN.map((name) => [name, zeros(size(l))])) as Hidden;
  const outputs = () => zeros(size(OUTPUT));
  run.output = { Q: outputs(), U0: outputs(), U1: outputs(), D6: outputs() };
  run.ofHead = blankHead(targetOf(run), run.head);
  const target = targetOf(run);
  const D = (l: number) => (l === OUTPUT ? run.output.D6 : run.hidden[l].D);

  /** of a tensor of layer l */
  const at = (l: number, c: number, y: number, x: number, s: number) => {
    const side = 2 ** geometry[l].n;
    return ((c * side + y) * side + x) * N + s;
  };
  const pixel = (l: number, c: number, y: number, x: number, s: number): bigint => {
    const side = 2 ** geometry[l - 1].n;
    if (l > first) return run.hidden[l - 1].A[at(l - 1, c, y, x, s)];
    return X[((c * side + y) * side + x) * S + source(s)];
  };
  const read = (l: number, c: number, u: number, v: number, s: number): bigint => {
    const added = deviation.pixels ?? ((_: number, k: number) => [2 * k, 2 * k + 1]);
    let value = 0n;
    if (!geometry[l].pooled) value = pixel(l, c, u, v, s);
    else for (const y of added(l, u)) for (const x of added(l, v)) value += pixel(l, c, y, x, s);
    return deviation.read?.(l, { c, u, v, s }, value) ?? value;
  };
  const taps = (l: number, axis: 0 | 1, phase: Phase): Taps => {
    const g = geometry[l];
    return range(2 ** g.n).map((y) =>
      range(2 ** g.d).flatMap((d) =>
        range(2 ** g.nu)
          .filter((u) => reads?.(g, { l, axis, phase }, d, u, y) ?? isRead(g, d, u, y))
          .map((u) => ({ d, u })),
      ),
    );
  };
  const tapsOf = (phase: Phase) => geometry.map((_, l) => ([0, 1] as const).map((axis) => taps(l, axis, phase)));
  const [forwardTaps, backwardTaps, updateTaps] = (['forward', 'backward', 'update'] as const).map(tapsOf);
  const isPlace = (l: number, y: number, x: number) =>
    deviation.mask?.(l, y, x) ?? (y < geometry[l].N && x < geometry[l].N);
  const weight = (l: number, i: number, c: number, dy: number, dx: number) => {
    const [d, channels] = [2 ** geometry[l].d, 2 ** geometry[l - 1].c];
    return ((i * channels + c) * d + dy) * d + dx;
  };
  const places = (l: number) => {
    const side = range(2 ** geometry[l].n);
    return side.flatMap((y) => side.map((x) => ({ y, x })));
  };

  const forward = (l: number, s: number) => {
    const channels = 2 ** geometry[l - 1].c;
    for (const i of range(2 ** geometry[l].c))
      for (const { y, x } of places(l)) {
        let Z = isPlace(l, y, x) ? b[l][i] * UNIT : 0n;
        if (isPlace(l, y, x))
          for (const { d: dy, u } of forwardTaps[l][1][y])
            for (const { d: dx, u: v } of forwardTaps[l][0][x])
              for (let c = 0; c < channels; c++) Z += W[l][weight(l, i, c, dy, dx)] * read(l, c, u, v, s);
        const [Q, r] = round(Z);
        const k = at(l, i, y, x, s);
        if (l < OUTPUT) {
          const t = run.hidden[l];
          [t.A[k], t.V[k], t.m[k]] = [Q > 0n ? Q : 0n, Q < 0n ? -Q : Q, Q > 0n ? 1n : 0n];
          [t.R0[k], t.R1[k]] = [r % LIMB, r / LIMB];
          deviation.forward?.(t, k, l);
        } else {
          const o = run.output;
          [o.Q[k], o.U0[k], o.U1[k]] = [Q + HALF_LIMB, r % LIMB, r / LIMB];
          deviation.output?.(o, k);
        }
      }
  };
  const backward = (l: number, s: number) => {
    const [g, next] = [geometry[l], geometry[l + 1]];
    const E = new Map<number, bigint>();
    const place = deviation.below ?? ((k: number, pixel: number) => (geometry[k].pooled ? pixel >> 1 : pixel));
    const pixels = range(2 ** g.n);
    const of = range(2 ** next.nu).map((u) => pixels.filter((pixel) => place(l + 1, pixel) === u));
    for (const i of range(2 ** next.c))
      for (const { y, x } of places(l + 1)) {
        const d = D(l + 1)[at(l + 1, i, y, x, s)];
        if (d === 0n) continue;
        for (const { d: dy, u } of backwardTaps[l + 1][1][y])
          for (const { d: dx, u: v } of backwardTaps[l + 1][0][x])
            for (let c = 0; c < 2 ** g.c; c++) {
              const e = W[l + 1][weight(l + 1, i, c, dy, dx)] * d;
              if (e === 0n) continue;
              for (const row of of[u])
                for (const column of of[v]) {
                  const k = at(l, c, row, column, s);
                  E.set(k, (E.get(k) ?? 0n) + e);
                }
            }
      }
    for (const c of range(2 ** g.c))
      for (const { y, x } of places(l)) {
        const k = at(l, c, y, x, s);
        const [T, r] = round(E.get(k) ?? 0n);
        const t = run.hidden[l];
        [t.T[k], t.S0[k], t.S1[k]] = [T + HALF_LIMB, r % LIMB, r / LIMB];
        deviation.backward?.(t, k, l);
        t.D[k] = t.m[k] * (t.T[k] - HALF_LIMB);
        deviation.delta?.(t, k, l);
      }
  };
  const update = (l: number, k: number, rows: readonly number[]) => {
    for (const i of range(2 ** geometry[l].c))
      for (const { y, x } of places(l))
        for (const s of rows) {
          const d = D(l)[at(l, i, y, x, s)];
          if (d === 0n) continue;
          b[l][i] -= rate(k, l, 'b') * UNIT * d;
          for (const { d: dy, u } of updateTaps[l][1][y])
            for (const { d: dx, u: v } of updateTaps[l][0][x])
              for (let c = 0; c < 2 ** geometry[l - 1].c; c++)
                W[l][weight(l, i, c, dy, dx)] -= rate(k, l, 'W') * d * read(l, c, u, v, s);
        }
  };

  for (let k = 0; k < 2 ** run.stepBits.length; k++) {
    const rows = range(N).filter((s) => pick(s, run.stepBits) === k);
    for (const s of rows) {
      for (const l of present) forward(l, s);
      endRow(target, s, run.head, deviation.head);
      for (let i = 0; i < 2 ** target.classBits; i++) {
        const x = i * N + s;
        if (run.output.D6[x] === 0n && s % S < run.rows)
          run.output.D6[x] = deltaOf(target, run, x, Y[i * S + source(s)]);
        deviation.outputDelta?.(run.output, x);
      }
      for (const l of present.toReversed()) if (l < OUTPUT) backward(l, s);
    }
    for (const l of present) update(l, k, rows);
  }
  run.childW = W;
  run.childB = b;
}
