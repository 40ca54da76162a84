// Convolutional networks (protocol, section 12): what follows from a network's layers, and its descriptors.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { log2Up, mod, range } from './algebra.ts';
import type { Slot } from './argument.ts';
import { elements, field, HEADS, headBits, isBits, pack, type ReferenceHead, rows, seen } from './sizes.ts';
import { type Inputs, type Placed, place } from './tensors.ts';

export const NETWORK_SLOTS = NUMBERING.shared.network.names;
/** Layer of the output; those before it are hidden or absent. */
export const OUTPUT = 6;
export const NETWORK_LAYERS = [1, 2, 3, 4, 5, 6];
export const NETWORK_HIDDEN = [1, 2, 3, 4, 5];
const OFFSET_BITS = 23;
const FAN_BITS = 5;

/** A layer as its owner describes it. */
export interface ConvLayer {
  channels: number;
  /** reads every pixel: kernel, stride and padding follow */
  flat?: boolean;
  kernel?: number;
  stride?: number;
  padding?: number;
  pooled?: boolean;
}

/** Square pictures, and the layers that read them. */
export interface ConvNetwork {
  channels: number;
  side: number;
  layers: readonly ConvLayer[];
  head?: ReferenceHead;
}

/** A circuit layer 0..6; layer 0 is the input. Numbers are named as in the protocol. */
export interface Geometry {
  /** p_l */
  present: bigint;
  C: number;
  N: number;
  /** side of what is read, after pooling */
  R: number;
  K: number;
  st: number;
  /** padding */
  p: number;
  flat: boolean;
  pooled: boolean;
  /** logs of C, N, K */
  c: number;
  n: number;
  d: number;
  /** bits of the side that is read */
  nu: number;
}

type Fields = Pick<Geometry, 'present' | 'C' | 'N' | 'K' | 'st' | 'p' | 'flat' | 'pooled'>;

/** What follows from the fields of a layer and the one before it. */
export function withLogs(fields: Fields, before: Pick<Geometry, 'N' | 'n'>): Geometry {
  return {
    ...fields,
    R: fields.pooled ? before.N / 2 : before.N,
    c: log2Up(fields.C),
    n: log2Up(fields.N),
    d: log2Up(fields.K),
    nu: before.n - (fields.pooled ? 1 : 0),
  };
}

/** Layers 0..6, right-aligned; absent ones repeat the input. */
export function geometryOf({ channels, side, layers }: ConvNetwork): Geometry[] {
  const blank = { present: 0n, C: channels, N: side, K: 1, st: 1, p: 0, flat: false, pooled: false };
  const out = [withLogs(blank, { N: side, n: log2Up(side) })];
  for (let l = 1; l <= OUTPUT - layers.length; l++) out.push(withLogs(blank, out[0]));
  for (const { channels: C, flat = false, kernel, stride = 1, padding = 0, pooled = false } of layers) {
    const before = out[out.length - 1];
    const R = pooled ? before.N / 2 : before.N;
    const [K, st, p] = flat ? [R, 1, 0] : [kernel ?? 1, stride, padding];
    const N = Math.floor((R + 2 * p - K) / st) + 1;
    out.push(withLogs({ present: 1n, C, N, K, st, p, flat, pooled }, before));
  }
  return out;
}

/** Why the contract refuses a geometry; nothing where it does not. */
export function refusals(geometry: readonly Geometry[]): string[] {
  const failed: string[] = [];
  const demand = (holds: boolean, what: string) => {
    if (!holds) failed.push(what);
  };
  const within = (x: number, low: number, high: number) => Number.isInteger(x) && x >= low && x <= high;
  const [input] = geometry;
  demand(!NETWORK_HIDDEN.some((l) => geometry[l].present === 1n && geometry[l + 1].present === 0n), 'a hole');
  const entries = NETWORK_LAYERS.filter((l) => geometry[l].present === 1n).map(
    (l) => 2 ** weightBits(geometry, l) + 2 ** geometry[l].c,
  );
  demand(entries.reduce((a, b) => a + b, 0) <= 2 ** OFFSET_BITS, 'size of the model');
  demand(within(input.C, 1, 4096) && within(input.N, 1, 64), 'input');
  demand(input.c + 2 * input.n <= 12, 'size of the input');
  demand(geometry[OUTPUT].flat, 'an output that is not flat');
  demand(geometry.find(({ present }) => present === 1n)?.flat === false, 'a first layer that is flat');
  geometry.forEach((g, l) => {
    if (l === 0) return;
    const before = geometry[l - 1];
    if (g.present === 0n) {
      const same = g.C === input.C && g.N === input.N && g.K === 1 && g.st === 1 && g.p === 0;
      demand(same && !g.flat && !g.pooled, `absent layer ${l}`);
      return;
    }
    demand(!g.pooled || before.N % 2 === 0, `odd side before ${l}`);
    demand(within(g.C, 1, 4096) && within(g.N, 1, 64), `sizes of ${l}`);
    demand(g.R + 2 * g.p >= g.K && g.N === Math.floor((g.R + 2 * g.p - g.K) / g.st) + 1, `side of ${l}`);
    if (g.flat) demand(g.K === g.R && g.st === 1 && g.p === 0 && g.N === 1, `flat ${l}`);
    else {
      demand(g.p < g.K && g.K - g.p <= 5 && g.K <= 7, `kernel of ${l}`);
      demand(g.R > 1, `side of 1 before ${l}`);
    }
    demand(2 * g.d + before.c <= 12, `fan-in of ${l}`);
  });
  return failed;
}

/** fan_l of a layer; 0 for absent ones. */
export const fanOf = (geometry: readonly Geometry[], l: number): number => {
  const { K, pooled, present } = geometry[l];
  return present === 0n ? 0 : Math.max(log2Up(geometry[l - 1].C * K * K), 2) + (pooled ? 4 : 0);
};

/** log2 of W_l, and what stands at its variables: dx, dy, c, i. */
export const weightBits = (geometry: readonly Geometry[], l: number): number =>
  2 * geometry[l].d + geometry[l - 1].c + geometry[l].c;

/** Layout of a model. */
export const networkLayout = (geometry: readonly Geometry[]): Placed =>
  place(
    NETWORK_LAYERS.filter((l) => geometry[l].present !== 0n).flatMap((l): [string, number][] => [
      [`W_${l}`, weightBits(geometry, l)],
      [`b_${l}`, geometry[l].c],
    ]),
    NETWORK_SLOTS,
    (name) => geometry[Number(name.slice(-1))].present,
  );

/** The descriptor of fields that may be those of a cheat. */
export function shapeWord(geometry: readonly Geometry[], head: readonly bigint[]): bigint {
  let word = BigInt(geometry[0].C - 1) + (BigInt(geometry[0].N - 1) << 12n);
  for (const l of NETWORK_LAYERS) {
    const { C, N, K, st, p, flat, pooled } = geometry[l];
    const fields: [number, number][] = [
      [C - 1, 0],
      [N - 1, 12],
      [K - 1, 18],
      [st - 1, 24],
      [p, 25],
      [flat ? 1 : 0, 27],
      [pooled ? 1 : 0, 28],
    ];
    for (const [value, at] of fields) word += BigInt(value) << BigInt(18 + 29 * (l - 1) + at);
  }
  for (const l of NETWORK_HIDDEN) word += geometry[l].present << BigInt(191 + l);
  return mod(word + pack([head], 197, 2) + (1n << 249n));
}

/** layout_1 and layout_2. */
export function layoutWordsOf(slots: Record<string, Slot>, fans: readonly bigint[][]): bigint[] {
  const word = (layers: readonly number[]) =>
    layers.reduce((s, l, k) => {
      const at = 51 * k;
      const offsets = [slots[`W_${l}`], slots[`b_${l}`]].map((slot) => slot.bits.slice(0, OFFSET_BITS));
      return s + pack(offsets, at, OFFSET_BITS) + pack([fans[l - 1]], at + 2 * OFFSET_BITS, FAN_BITS);
    }, 0n);
  return [word([1, 2, 3]), word([4, 5, 6])].map(mod);
}

const flag = (is: boolean): bigint => (is ? 1n : 0n);

/** Circuit inputs of a network. `fans`: those of the geometry unless a cheat has others. */
export function networkInputs(
  geometry: readonly Geometry[],
  slots: Record<string, Slot>,
  head: readonly bigint[] = headBits('squared error'),
  fans: readonly number[] = NETWORK_LAYERS.map((l) => fanOf(geometry, l)),
): Inputs {
  const layers = NETWORK_LAYERS.map((l) => geometry[l]);
  const bitsOf = (value: number, count: number) => range(count).map((t) => BigInt((value >> t) & 1));
  const fanBits = fans.map((fan) => bitsOf(fan, FAN_BITS));
  return {
    shape: shapeWord(geometry, head),
    layout: layoutWordsOf(slots, fanBits),
    channels1: geometry.map(({ C }) => BigInt(C - 1)),
    sides1: geometry.map(({ N }) => BigInt(N - 1)),
    kernels1: layers.map(({ K }) => BigInt(K - 1)),
    strides1: layers.map(({ st }) => BigInt(st - 1)),
    paddings: layers.map(({ p }) => bitsOf(p, 2)),
    flat: layers.map(({ flat }) => flag(flat)),
    pooled: layers.map(({ pooled }) => flag(pooled)),
    present: NETWORK_HIDDEN.map((l) => geometry[l].present),
    head: [...head],
    offsets: NETWORK_SLOTS.map((name) => slots[name].bits.slice(0, OFFSET_BITS)),
    fans: fanBits,
  };
}

/** The geometry that a shape says, as the contract unpacks it, and its head. */
export function unpackShape(shape: bigint): { geometry: Geometry[]; head: ReferenceHead; failed: string[] } {
  const take = (at: number, length: number) => Number(BigInt.asUintN(length, shape >> BigInt(at)));
  const geometry: Geometry[] = [];
  for (const l of [0, ...NETWORK_LAYERS]) {
    const at = 18 + 29 * (l - 1);
    const of = (from: number, length: number) => (l === 0 ? 0 : take(at + from, length));
    const [C, N] = l === 0 ? [take(0, 12) + 1, take(12, 6) + 1] : [of(0, 12) + 1, of(12, 6) + 1];
    const present = l === OUTPUT ? 1n : l === 0 ? 0n : BigInt(take(191 + l, 1));
    const fields = { present, C, N, K: of(18, 6) + 1, st: of(24, 1) + 1, p: of(25, 2) };
    const bits = { flat: of(27, 1) === 1, pooled: of(28, 1) === 1 };
    geometry.push(withLogs({ ...fields, ...bits }, geometry[l - 1] ?? { N, n: log2Up(N) }));
  }
  const head = HEADS[take(197, 2)];
  const failed = refusals(geometry);
  if (!head) failed.push('head');
  if (head && shapeWord(geometry, headBits(head)) !== shape) failed.push('word');
  return { geometry, head, failed };
}

/** layout_1 and layout_2, which the contract makes from a geometry. */
export function contractLayout(geometry: readonly Geometry[]): bigint[] {
  return networkInputs(geometry, networkLayout(geometry).slots).layout as bigint[];
}

/** Why the contract refuses the parameters of a program of networks, beside digests. */
export function refusedNetwork(shape: bigint, layout: readonly bigint[]): string[] {
  const { geometry, failed } = unpackShape(shape);
  if (failed.length > 0) return failed.map((what) => `shape: ${what}`);
  return contractLayout(geometry).flatMap((word, k) => (word === layout[k] ? [] : [`layout_${k + 1}`]));
}

export interface NetworkView {
  geometry: Geometry[];
  /** p_0..p_6 */
  p: bigint[];
  slots: Record<string, Slot>;
  /** s0, s1, s2 */
  heads: bigint[];
  /** fan_1..fan_6 at 1..6 */
  fans: number[];
  failed: string[];
}

/** Fields of a network as a verifier reads them. @throws RangeError for a size that is none */
export function networkView(inputs: Inputs): NetworkView {
  const failed: string[] = [];
  const head = elements(inputs, 'head').map(mod);
  const heads = [mod(1n - head[0] - head[1]), ...head];
  if (head.length !== 2 || !isBits([heads])) failed.push('head');
  const p = [0n, ...elements(inputs, 'present').map(mod), 1n];
  if (!isBits([p])) failed.push('present');
  const [paddings, offsets, fans] = ['paddings', 'offsets', 'fans'].map((name) => rows(inputs, name));
  if (!isBits(paddings)) failed.push('paddings');
  if (!isBits(offsets)) failed.push('offsets');
  if (!isBits(fans)) failed.push('fans');
  const bit = (name: string, l: number) => field(elements(inputs, name)[l - 1], 1, name);
  const size = (name: string, l: number, length: number) => field(elements(inputs, name)[l], length, name) + 1;
  const number = (bits: readonly bigint[]) => bits.reduce((s, b, t) => s + (b === 1n ? 2 ** t : 0), 0);
  const geometry: Geometry[] = [];
  for (const l of [0, ...NETWORK_LAYERS]) {
    const [C, N] = [size('channels1', l, 12), size('sides1', l, 6)];
    const fields =
      l === 0
        ? { K: 1, st: 1, p: 0, flat: false, pooled: false }
        : {
            K: size('kernels1', l - 1, 6),
            st: bit('strides1', l) + 1,
            p: number(paddings[l - 1]),
            flat: bit('flat', l) === 1,
            pooled: bit('pooled', l) === 1,
          };
    geometry.push(withLogs({ present: p[l], C, N, ...fields }, geometry[l - 1] ?? { N, n: log2Up(N) }));
  }
  const slots: Record<string, Slot> = {};
  NETWORK_SLOTS.forEach((name, i) => {
    const l = Number(name.slice(-1));
    const log2 = name[0] === 'W' ? weightBits(geometry, l) : geometry[l].c;
    slots[name] = seen(offsets[i], p[l] === 0n ? 0 : log2, p[l]);
  });
  if (shapeWord(geometry, head) !== mod(inputs.shape as bigint)) failed.push('shape');
  layoutWordsOf(slots, fans).forEach((word, k) => {
    if (word !== mod(elements(inputs, 'layout')[k])) failed.push(`layout_${k + 1}`);
  });
  return { geometry, p, slots, heads, fans: [0, ...fans.map(number)], failed };
}
