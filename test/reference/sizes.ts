// Descriptors (protocol, section 1): what a prover packs, and what a verifier reads from the private fields.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { log2Up, mod, range, zeros } from './algebra.ts';
import { ADDRESS, bits, type Slot } from './argument.ts';
import { type Inputs, type Placed, place } from './tensors.ts';

export const MODEL_SLOTS = NUMBERING.shared.model.names;
export const SHARD_SLOTS = NUMBERING.shared.shard.names;
/** Bits of an offset in a shape. */
export const MODEL_OFFSET = 23;
export const LAYERS = [1, 2, 3, 4];
/** Heads by number. */
export const HEADS = ['squared error', 'softmax', 'sigmoid'] as const;
export type ReferenceHead = (typeof HEADS)[number];
export const headBits = (head: ReferenceHead): bigint[] => bits(HEADS.indexOf(head), 2);
export const HIDDEN_LAYERS = [1, 2, 3];

export const pack = (offsets: readonly (readonly bigint[])[], from: number, length: number): bigint =>
  offsets.reduce((s, o, i) => o.reduce((v, b, t) => v + b * 2n ** BigInt(from + length * i + t), s), 0n);

/** A layer of a network where the circuit has it. */
export interface ReferenceLayer {
  /** circuit layer 1..4; the output is 4 */
  l: number;
  /** index into W and b of the network */
  own: number;
  columns: number;
  rows: number;
  /** log2 of the padded sizes */
  low: number;
  high: number;
}

export function layersOf(widths: readonly number[]): ReferenceLayer[] {
  const L = widths.length - 1;
  return range(L).map((own) => ({
    l: 4 - L + own + 1,
    own,
    columns: widths[own],
    rows: widths[own + 1],
    low: log2Up(widths[own]),
    high: log2Up(widths[own + 1]),
  }));
}

/** Layout of a model by widths n'_0..n'_4 and presence p_0..p_4. */
export function modelLayout(n: readonly number[], p: readonly bigint[]): Placed {
  const a = n.map(log2Up);
  return place(
    LAYERS.filter((l) => p[l] !== 0n).flatMap((l): [string, number][] => [
      [`W_${l}`, a[l] + a[l - 1]],
      [`b_${l}`, a[l]],
    ]),
    MODEL_SLOTS,
    (name) => p[Number(name.slice(-1))],
  );
}

/** Circuit inputs of a shape. */
export function shapeInputs(
  n: readonly number[],
  p: readonly bigint[],
  slots: Record<string, Slot>,
  head: readonly bigint[] = headBits('squared error'),
): Inputs {
  const modelOffset = MODEL_SLOTS.map((name) => slots[name].bits.slice(0, MODEL_OFFSET));
  const shape =
    n.reduce((s, v, l) => s + BigInt(v - 1) * 2n ** BigInt(12 * l), 0n) +
    HIDDEN_LAYERS.reduce((s, l) => s + p[l] * 2n ** BigInt(59 + l), 0n) +
    pack(modelOffset, 63, MODEL_OFFSET) +
    pack([head], 247, 2);
  return {
    shape: mod(shape),
    widths1: n.map((v) => mod(BigInt(v - 1))),
    present: p.slice(1, 4),
    modelOffset,
    head,
  };
}

/** n' and p of a network. */
export const aligned = (widths: readonly number[]): { n: number[]; p: bigint[] } => {
  const L = widths.length - 1;
  return {
    n: [...Array<number>(5 - L).fill(widths[0]), ...widths.slice(1)],
    p: range(5).map((l) => (l > 4 - L ? 1n : 0n)),
  };
};

// the verifier's side

export const elements = (inputs: Inputs, name: string): bigint[] => (inputs[name] as bigint[] | undefined) ?? [];
export const rows = (inputs: Inputs, name: string): bigint[][] => inputs[name] as bigint[][];
export const element = (inputs: Inputs, name: string): bigint => mod(inputs[name] as bigint);

/** What a field of less than 2^length is, or throws. @throws RangeError */
export function field(value: bigint, length: number, name: string): number {
  const v = mod(value);
  if (v >= 2n ** BigInt(length)) throw new RangeError(name);
  return Number(v);
}

export const isBits = (list: readonly (readonly bigint[])[]): boolean =>
  list.every((o) => o.every((b) => b === 0n || b === 1n));

export const wide = (own: readonly bigint[]): bigint[] => [...own, ...zeros(ADDRESS - own.length)];

/** A slot that a verifier sees: claimed bits, size, presence. */
export const seen = (own: readonly bigint[], log2: number, present = 1n): Slot => ({
  bits: wide(own),
  log2,
  present,
});

export interface ModelView {
  n: number[];
  a: number[];
  p: bigint[];
  slots: Record<string, Slot>;
  /** s0, s1, s2: 1 for the head, 0 for others */
  heads: bigint[];
  failed: string[];
}

/** Sizes of a shape's private fields, and what is wrong with them. @throws RangeError for a width that is none */
export function modelView(inputs: Inputs): ModelView {
  const n = elements(inputs, 'widths1').map((v) => field(v, 12, 'widths') + 1);
  const a = n.map(log2Up);
  const p = [0n, ...elements(inputs, 'present'), 1n];
  const offsets = rows(inputs, 'modelOffset');
  const head = elements(inputs, 'head').map(mod);
  const heads = [mod(1n - head[0] - head[1]), ...head];
  const failed: string[] = [];
  if (head.length !== 2 || !isBits([heads])) failed.push('head');
  if (!isBits([p])) failed.push('present');
  if ([1, 2].some((l) => mod(p[l] * (1n - p[l + 1])) !== 0n)) failed.push('hole');
  if (HIDDEN_LAYERS.some((l) => mod((1n - p[l]) * BigInt(n[l] - n[l - 1])) !== 0n)) failed.push('absent width');
  if (!isBits(offsets)) failed.push('offsets');
  const slots: Record<string, Slot> = {};
  for (const l of LAYERS) {
    slots[`W_${l}`] = seen(offsets[NUMBERING.shared.model.W(l)], p[l] === 0n ? 0 : a[l] + a[l - 1], p[l]);
    slots[`b_${l}`] = seen(offsets[NUMBERING.shared.model.b(l)], p[l] === 0n ? 0 : a[l], p[l]);
  }
  const { shape } = shapeInputs(n, p, slots, head);
  if (shape !== element(inputs, 'shape')) failed.push('shape');
  return { n, a, p, slots, heads, failed };
}

/** The fields of a shard's descriptor (programs data and score). @throws RangeError for a size that is none */
export function shardView(inputs: Inputs) {
  const [ins, outs, count] = ['inputs1', 'outputs1', 'rows1'].map((name) => field(element(inputs, name), 12, name) + 1);
  const [classes, labels] = ['classes', 'labels'].map((name) => element(inputs, name));
  const offsets = rows(inputs, 'shardOffset');
  const failed: string[] = [];
  if (classes > 1n) failed.push('classes');
  if (labels > 1n || mod(classes * labels) !== 0n) failed.push('labels');
  if (!isBits(offsets)) failed.push('offsets');
  const sigma = log2Up(count);
  const [X, Y] = [seen(offsets[0], sigma + log2Up(ins)), seen(offsets[1], sigma + log2Up(outs))];
  if (shardWord({ inputs: ins, outputs: outs, rows: count, classes, labels }, { X, Y }) !== element(inputs, 'shard'))
    failed.push('shard');
  return { inputs: ins, outputs: outs, rows: count, sigma, classes, labels, X, Y, failed };
}

/** Sizes of a shard, and its bits cls and lab. */
export interface ShardFields {
  inputs: number;
  outputs: number;
  rows: number;
  classes: bigint;
  labels: bigint;
}

/** The descriptor of a shard. */
export const shardWord = (
  { inputs, outputs, rows: count, classes, labels }: ShardFields,
  { X, Y }: Record<string, Slot>,
): bigint =>
  mod(
    BigInt(inputs - 1) +
      (BigInt(outputs - 1) << 12n) +
      (BigInt(count - 1) << 24n) +
      (classes << 36n) +
      pack([X.bits, Y.bits], 37, ADDRESS) +
      (labels << 89n),
  );

/** Circuit inputs of a shard's sizes. */
export const shardInputs = (fields: ShardFields, slots: Record<string, Slot>): Inputs => ({
  shard: shardWord(fields, slots),
  inputs1: BigInt(fields.inputs - 1),
  outputs1: BigInt(fields.outputs - 1),
  rows1: BigInt(fields.rows - 1),
  classes: fields.classes,
  labels: fields.labels,
  shardOffset: SHARD_SLOTS.map((name) => slots[name].bits),
});

export const shardLayout = (sigma: number, inputs: number, outputs: number): Placed =>
  place([
    ['X', sigma + log2Up(inputs)],
    ['Y', sigma + log2Up(outputs)],
  ]);
