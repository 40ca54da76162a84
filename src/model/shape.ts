import { InputError } from '../errors/InputError.ts';
import { ceilLog2, isPowerOfTwo } from '../numbers/bits.ts';
import {
  ADDRESS_BITS,
  DELTA_BITS,
  MAX_LAYERS,
  MAX_RATE,
  MAX_SIZE,
  MODEL_BITS,
  RATE_BITS,
  SIZE_BITS,
  TRACE_ROW_BITS,
} from '../numbers/constants.ts';
import { checkHead, HEADS, type Head } from './head.ts';
import { show } from './json.ts';
import { type Layout, layout, type SlotSize } from './layout.ts';
import { SHARD_KINDS, type ShardKind } from './shardKind.ts';
import { Packer, Unpacker } from './words.ts';

export { SHARD_KINDS, type ShardKind };

/** What the public descriptor `shape` says of a model (protocol section 1). */
export interface ModelShape {
  /** Real widths n_0..n_L. */
  widths: readonly number[];
  head: Head;
}

/** What the public descriptor `shard` says of a shard (protocol section 1). */
export interface ShardShape {
  inputs: number;
  outputs: number;
  rows: number;
  kind: ShardKind;
}

const SHAPE_PRESENCE_BIT = SIZE_BITS * (MAX_LAYERS + 1);
const SHAPE_OFFSET_BIT = SHAPE_PRESENCE_BIT + MAX_LAYERS - 1;
/** Bits of lr in `seg`: it may be 2^16. */
const RATE_WIDTH = 17;
/** Bits of the head in `shape`, and of the smoothing in `seg`. */
const HEAD_BITS = 2;
const SMOOTHING_BITS = 8;
/** Bits of the model descriptor `shape`, of `shard` and of `seg`. */
export const SHAPE_BITS = SHAPE_OFFSET_BIT + 2 * MAX_LAYERS * MODEL_BITS + HEAD_BITS;
export const SHARD_BITS = 3 * SIZE_BITS + 2 + 2 * ADDRESS_BITS;
export const SEGMENT_BITS = RATE_WIDTH + 2 * SIZE_BITS + TRACE_ROW_BITS + 2 * ADDRESS_BITS + SMOOTHING_BITS;

/**
 * Checks real widths n_0..n_L: 1 <= L <= 4, every width an integer in 1..4096.
 * @throws InputError with the offending value.
 */
export function checkWidths(widths: readonly number[]): void {
  const layers = widths.length - 1;
  if (layers < 1 || layers > MAX_LAYERS) {
    throw new InputError(`A network has 1 to ${MAX_LAYERS} layers, not ${Math.max(layers, 0)}.`);
  }
  for (const width of widths) checkSize('width', width);
}

/** @throws InputError unless 1 <= value <= 4096 and value is an integer. */
export function checkSize(what: string, value: number): void {
  if (!Number.isInteger(value) || value < 1 || value > MAX_SIZE) {
    throw new InputError(`The ${what} must be an integer in 1..${MAX_SIZE}, not ${show(value)}.`);
  }
}

export function checkShardShape(shape: ShardShape): void {
  checkSize('number of inputs', shape.inputs);
  checkSize('number of outputs', shape.outputs);
  checkSize('number of rows', shape.rows);
  if (!SHARD_KINDS.includes(shape.kind)) {
    throw new InputError(`A shard holds classes, regression targets or labels, not ${show(shape.kind)}.`);
  }
}

/** `49-32-10` -> [49, 32, 10]. @throws InputError for anything else. */
export function parseWidths(text: string): number[] {
  if (!/^\d{1,4}(-\d{1,4})*$/.test(text)) {
    throw new InputError(`${show(text)} is not a network shape.`, { hint: 'Write widths like 49-32-10.' });
  }
  const widths = text.split('-').map(Number);
  checkWidths(widths);
  return widths;
}

/** Circuit layer (1..4, right-aligned) of layer l (1..L) of the network. */
export function circuitLayer(widths: readonly number[], l: number): number {
  return l + MAX_LAYERS - (widths.length - 1);
}

/** a_l = ceil(log2 n_l). */
export function widthBits(widths: readonly number[]): number[] {
  return widths.map(ceilLog2);
}

/** Slots W1, b1, .., WL, bL of the model oracle, in the order of the protocol. */
export function modelSlots(widths: readonly number[]): SlotSize[] {
  checkWidths(widths);
  const a = widthBits(widths);
  const slots: SlotSize[] = [];
  for (let l = 1; l < widths.length; l++) {
    slots.push({ name: `W${l}`, log2: a[l] + a[l - 1] }, { name: `b${l}`, log2: a[l] });
  }
  return slots;
}

export function modelLayout(widths: readonly number[]): Layout {
  return layout(modelSlots(widths));
}

/** Slots X, Y of the shard oracle. */
export function shardSlots({ inputs, outputs, rows }: Omit<ShardShape, 'kind'>): SlotSize[] {
  const sigma = ceilLog2(rows);
  return [
    { name: 'X', log2: sigma + ceilLog2(inputs) },
    { name: 'Y', log2: sigma + ceilLog2(outputs) },
  ];
}

export function shardLayout(shape: Omit<ShardShape, 'kind'>): Layout {
  checkShardShape({ ...shape, kind: 'regression' });
  return layout(shardSlots(shape));
}

/**
 * The 249-bit model descriptor (protocol section 1).
 * @throws InputError for a bad width or head, or when an offset needs more than 23 bits (see capacity.ts for the friendly check).
 */
export function encodeShape({ widths, head }: ModelShape): bigint {
  checkHead(head);
  const { slots } = modelLayout(widths);
  const absent = MAX_LAYERS - (widths.length - 1);
  const packer = new Packer();
  for (let l = 0; l <= MAX_LAYERS; l++) packer.add(widths[Math.max(0, l - absent)] - 1, SIZE_BITS);
  for (let l = 1; l < MAX_LAYERS; l++) packer.add(l > absent ? 1 : 0, 1);
  for (let l = 1; l <= MAX_LAYERS; l++) {
    packer.add(l > absent ? slots[`W${l - absent}`].offset : 0, MODEL_BITS);
    packer.add(l > absent ? slots[`b${l - absent}`].offset : 0, MODEL_BITS);
  }
  return packer.add(HEADS.indexOf(head), HEAD_BITS).value;
}

/** @throws InputError unless the descriptor is exactly what `encodeShape` gives for its widths and head. */
export function decodeShape(shape: bigint): { widths: number[]; head: Head } {
  const reader = new Unpacker(shape, SHAPE_BITS, 'model shape');
  const padded = Array.from({ length: MAX_LAYERS + 1 }, () => reader.take(SIZE_BITS) + 1);
  const presence = Array.from({ length: MAX_LAYERS - 1 }, () => reader.take(1));
  for (let slot = 0; slot < 2 * MAX_LAYERS; slot++) reader.take(MODEL_BITS);
  const widths = padded.slice(MAX_LAYERS - 1 - presence.reduce((sum, bit) => sum + bit, 0));
  const decoded = { widths, head: HEADS[reader.take(HEAD_BITS)] };
  if (encodeOrNone(() => encodeShape(decoded)) !== shape) {
    throw new InputError(`0x${shape.toString(16)} is not a canonical model shape.`);
  }
  return decoded;
}

/** The 90-bit shard descriptor (protocol section 1). @throws InputError as `encodeShape`. */
export function encodeShard(shape: ShardShape): bigint {
  checkShardShape(shape);
  const { slots } = shardLayout(shape);
  return new Packer()
    .add(shape.inputs - 1, SIZE_BITS)
    .add(shape.outputs - 1, SIZE_BITS)
    .add(shape.rows - 1, SIZE_BITS)
    .add(shape.kind === 'classes' ? 1 : 0, 1)
    .add(slots.X.offset, ADDRESS_BITS)
    .add(slots.Y.offset, ADDRESS_BITS)
    .add(shape.kind === 'labels' ? 1 : 0, 1).value;
}

/** @throws InputError unless the descriptor is exactly what `encodeShard` gives. */
export function decodeShard(shard: bigint): ShardShape {
  const reader = new Unpacker(shard, SHARD_BITS, 'shard descriptor');
  const [inputs, outputs, rows] = [0, 0, 0].map(() => reader.take(SIZE_BITS) + 1);
  const classes = reader.take(1) === 1;
  reader.take(2 * ADDRESS_BITS);
  const kind = classes ? 'classes' : reader.take(1) === 1 ? 'labels' : 'regression';
  const shape: ShardShape = { inputs, outputs, rows, kind };
  if (encodeOrNone(() => encodeShard(shape)) !== shard) {
    throw new InputError(`0x${shard.toString(16)} is not a canonical shard descriptor.`);
  }
  return shape;
}

export interface Segment {
  /** Integer learning rate in [1, 2^16]. */
  lr: number;
  /** Rows of the shard, 1..2^12; every row is used once a pass. */
  rows: number;
  /** Rows of one step, a power of two of at most the padded rows 2^sigma; the last step of a pass may have fewer. */
  batch: number;
  /** How often the shard is gone through, a power of two; passes 2^sigma is at most 2^14. 1 unless told. */
  passes?: number;
  /** Target of a wrong class in units of 2^-11, 0..255 within `checkSmoothing`; 0 unless told. */
  smoothing?: number;
}

/** @throws InputError with the offending value. */
export function checkSegment({ lr, rows, batch, passes = 1, smoothing = 0 }: Segment): void {
  if (!Number.isInteger(lr) || lr < 1 || lr > MAX_RATE) {
    throw new InputError(`The learning rate must be an integer in 1..${MAX_RATE}, not ${lr}.`, {
      hint: `It stands for lr * batch / ${2 ** RATE_BITS} on the mean gradient.`,
      docs: 'argument.md#1-numbers',
    });
  }
  checkSize('number of rows', rows);
  const padded = 2 ** ceilLog2(rows);
  if (!isPowerOfTwo(batch) || batch > padded) {
    throw new InputError(`The batch must be a power of two in 1..${padded}, not ${show(batch)}.`);
  }
  const most = 2 ** TRACE_ROW_BITS / padded;
  if (!isPowerOfTwo(passes) || passes > most) {
    throw new InputError(
      `The passes over a shard of ${rows} rows must be a power of two in 1..${most}, not ${show(passes)}.`,
      { hint: 'Train again on the same shard for more.' },
    );
  }
  if (!Number.isInteger(smoothing) || smoothing < 0 || smoothing >= 2 ** SMOOTHING_BITS) {
    throw new InputError(`The smoothing must be an integer in 0..${2 ** SMOOTHING_BITS - 1}, not ${show(smoothing)}.`, {
      hint: `It is the target of a wrong class in units of 1 / ${2 ** DELTA_BITS}.`,
    });
  }
}

/** The 115-bit segment descriptor of training on a shard (protocol section 1). @throws InputError */
export function encodeSegment(segment: Omit<Segment, 'rows'>, shard: ShardShape): bigint {
  checkSegment({ ...segment, rows: shard.rows });
  const { slots } = shardLayout(shard);
  return new Packer()
    .add(segment.lr, RATE_WIDTH)
    .add(shard.rows - 1, SIZE_BITS)
    .add(segment.batch - 1, SIZE_BITS)
    .add((segment.passes ?? 1) * 2 ** ceilLog2(shard.rows) - 1, TRACE_ROW_BITS)
    .add(slots.X.offset, ADDRESS_BITS)
    .add(slots.Y.offset, ADDRESS_BITS)
    .add(segment.smoothing ?? 0, SMOOTHING_BITS).value;
}

/** The offsets are those in the descriptor: a segment alone does not say which widths made them. @throws InputError */
export function decodeSegment(seg: bigint): Required<Segment> & { offsets: { X: number; Y: number } } {
  const reader = new Unpacker(seg, SEGMENT_BITS, 'segment descriptor');
  const lr = reader.take(RATE_WIDTH);
  const rows = reader.take(SIZE_BITS) + 1;
  const batch = reader.take(SIZE_BITS) + 1;
  const passes = (reader.take(TRACE_ROW_BITS) + 1) / 2 ** ceilLog2(rows);
  const offsets = { X: reader.take(ADDRESS_BITS), Y: reader.take(ADDRESS_BITS) };
  const segment = { lr, rows, batch, passes, smoothing: reader.take(SMOOTHING_BITS) };
  checkSegment(segment);
  return { ...segment, offsets };
}

function encodeOrNone(encode: () => bigint): bigint | undefined {
  try {
    return encode();
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
