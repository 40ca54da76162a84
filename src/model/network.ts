import { InputError } from '../errors/InputError.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { MODEL_BITS, SIZE_BITS } from '../numbers/constants.ts';
import { checkHead, HEADS, type Head } from './head.ts';
import { show } from './json.ts';
import { type Layout, layout, type SlotSize } from './layout.ts';
import { checkSize } from './shape.ts';
import { Packer, Unpacker } from './words.ts';

/** A layer of a convolutional network (protocol section 12). */
export interface NetworkLayer {
  /** channels that it makes, 1..4096 */
  channels: number;
  /** a dense layer: it reads every pixel, so it needs no kernel, stride and padding */
  flat?: boolean;
  /** side of the kernel, 1..7 */
  kernel?: number;
  /** 1 unless told */
  stride?: 1 | 2;
  /** pixels of zeros around the picture, 0..3; 0 unless told */
  padding?: number;
  /** whether it reads averages over 2x2 pixels */
  pooled?: boolean;
}

/** What the descriptor `shape` says of a convolutional network: square pictures of `channels` times `side` times `side`. */
export interface Network {
  channels: number;
  side: number;
  /** 2..6 layers, of which the first is not flat and the last is */
  layers: readonly NetworkLayer[];
  head: Head;
}

/** A circuit layer 0..6 (layer 0 is the input, absent ones repeat it) with everything that follows from the network. */
export interface LayerGeometry {
  present: boolean;
  channels: number;
  /** side of what it makes */
  side: number;
  /** side of what it reads, after pooling */
  read: number;
  kernel: number;
  stride: number;
  padding: number;
  flat: boolean;
  pooled: boolean;
  /** c_l, n_l, d_l and nu_l of the protocol: ceil(log2) of channels, side, kernel and read */
  logs: { channels: number; side: number; kernel: number; read: number };
  /** of the seed's bound (protocol section 12) */
  fan: number;
}

export const NETWORK_LAYERS = 6;
export const MAX_SIDE = 64;
export const MAX_KERNEL = 7;
const SIDE_BITS = 6;
export const FAN_BITS = 5;
const PRESENCE_BIT = 192;
const NETWORK_BIT = 249;
const LAYOUT_LAYERS = 3;

/** Whether a descriptor is one of a convolutional network. */
export function isNetwork(shape: bigint): boolean {
  return shape >> BigInt(NETWORK_BIT) === 1n;
}

/**
 * Layers 0..6 of the circuits, right-aligned.
 * @throws InputError for a network that the protocol does not have, with the layer and what would do
 */
export function networkGeometry({ channels, side, layers, head }: Network): LayerGeometry[] {
  checkHead(head);
  checkPicture({ channels, side });
  if (layers.length < 1 || layers.length > NETWORK_LAYERS) {
    throw new InputError(`A convolutional network has 2 to ${NETWORK_LAYERS} layers, not ${layers.length}.`);
  }
  const input = geometry(true, {
    channels,
    side,
    read: side,
    kernel: 1,
    stride: 1,
    padding: 0,
    flat: false,
    pooled: false,
  });
  const absent = { ...input, present: false, fan: 0 };
  const out = [{ ...input, fan: 0 }, ...Array.from({ length: NETWORK_LAYERS - layers.length }, () => absent)];
  for (const [index, layer] of layers.entries()) out.push(layerGeometry(out[out.length - 1], layer, index + 1));
  if (layers[0].flat) {
    throw new InputError('The first layer of a convolutional network is dense.', {
      hint: 'Take a network of dense layers, 784-128-10 for example, or begin with a convolution.',
    });
  }
  if (!out[NETWORK_LAYERS].flat) throw new InputError('The last layer of a network is a dense one.');
  return out;
}

type Sizes = Omit<LayerGeometry, 'present' | 'logs' | 'fan'>;

function geometry(present: boolean, sizes: Sizes, before = 1): LayerGeometry {
  const { channels, side, kernel, read, pooled } = sizes;
  const logs = {
    channels: ceilLog2(channels),
    side: ceilLog2(side),
    kernel: ceilLog2(kernel),
    read: ceilLog2(read),
  };
  return { present, ...sizes, logs, fan: Math.max(ceilLog2(before * kernel * kernel), 2) + (pooled ? 4 : 0) };
}

function layerGeometry(before: LayerGeometry, layer: NetworkLayer, number: number): LayerGeometry {
  const { channels, pooled = false } = layer;
  const what = `layer ${number}`;
  checkSize(`number of channels of ${what}`, channels);
  if (pooled && before.side % 2 === 1) {
    throw new InputError(`Layer ${number} reads averages of 2x2 pixels, and the side before it is ${before.side}.`, {
      hint: 'Only an even side is pooled.',
    });
  }
  const read = pooled ? before.side / 2 : before.side;
  const flat = layer.flat ?? false;
  const kernel = flat ? read : (layer.kernel ?? 0);
  const stride = flat ? 1 : (layer.stride ?? 1);
  const padding = flat ? 0 : (layer.padding ?? 0);
  if (!flat) checkKernel({ read, kernel, stride, padding }, number);
  const side = Math.floor((read + 2 * padding - kernel) / stride) + 1;
  if (side > MAX_SIDE) {
    throw new InputError(`Layer ${number} makes a picture with a side of ${side}; at most ${MAX_SIDE} goes.`, {
      hint: 'Give it less padding, or a stride of 2.',
    });
  }
  const made = geometry(true, { channels, side, read, kernel, stride, padding, flat, pooled }, before.channels);
  if (2 * made.logs.kernel + before.logs.channels > SIZE_BITS) {
    throw new InputError(`An output of layer ${number} reads more than ${2 ** SIZE_BITS} values.`, {
      hint: `It reads ${before.channels} channels of ${kernel}x${kernel}, each rounded up to a power of two.`,
    });
  }
  return made;
}

function checkKernel(sizes: { read: number; kernel: number; stride: number; padding: number }, number: number): void {
  const { read, kernel, stride, padding } = sizes;
  const fail = (cause: string) => {
    throw new InputError(`Layer ${number} has ${cause}.`, { docs: 'protocol-convolutions.md' });
  };
  if (read === 1) fail('a picture of one pixel to read, so it must be a dense layer');
  if (!Number.isInteger(kernel) || kernel < 1 || kernel > MAX_KERNEL) {
    fail(`a kernel of ${show(kernel)}, which must be 1 to ${MAX_KERNEL}`);
  }
  if (stride !== 1 && stride !== 2) fail(`a stride of ${show(stride)}, which must be 1 or 2`);
  if (!Number.isInteger(padding) || padding < 0 || padding > 3 || padding >= kernel || kernel - padding > 5) {
    fail(`a padding of ${show(padding)}, which must be ${Math.max(0, kernel - 5)} to ${Math.min(3, kernel - 1)} here`);
  }
  if (read + 2 * padding < kernel) fail(`a kernel of ${kernel} that is wider than what it reads, ${read}`);
}

/** @throws InputError unless a network can read pictures of so many channels and such a side */
export function checkPicture({ channels, side }: Pick<Network, 'channels' | 'side'>): void {
  checkSize('number of channels of the pictures', channels);
  if (!Number.isInteger(side) || side < 1 || side > MAX_SIDE) {
    throw new InputError(`A picture has a side of 1 to ${MAX_SIDE} pixels, not ${show(side)}.`, {
      hint: 'Make the pictures smaller, or cut pieces out of them.',
    });
  }
  if (ceilLog2(channels) + 2 * ceilLog2(side) > SIZE_BITS) {
    const columns = channels * 4 ** ceilLog2(side);
    throw new InputError(
      `Pictures of ${side}x${side}x${channels} take ${columns} columns, each side rounded up to a power of two; at most ${2 ** SIZE_BITS} go, and channels count as the next power of two.`,
      { hint: 'Make the pictures smaller, or take fewer channels.' },
    );
  }
}

/**
 * Whether the first layer reads pixels of a row that stand beyond the side of the pictures, where the side is rounded up to a
 * power of two: it takes them as they are. @throws InputError as `networkGeometry`
 */
export function readsBeyondSide(network: Network): boolean {
  const first = networkGeometry(network)[1 + NETWORK_LAYERS - network.layers.length];
  const { read, kernel, stride, padding, side, logs } = first;
  return read < 2 ** logs.read && stride * (side - 1) + kernel - 1 - padding >= read;
}

/** Slots W1, b1, .., of the present layers, in the order of the protocol. @throws InputError as `networkGeometry` */
export function networkSlots(network: Network): SlotSize[] {
  const layers = networkGeometry(network);
  const first = NETWORK_LAYERS - network.layers.length;
  return network.layers.flatMap((_, index) => {
    const { logs } = layers[first + index + 1];
    const before = layers[first + index].logs.channels;
    return [
      { name: `W${index + 1}`, log2: 2 * logs.kernel + before + logs.channels },
      { name: `b${index + 1}`, log2: logs.channels },
    ];
  });
}

export function networkLayout(network: Network): Layout {
  return layout(networkSlots(network));
}

/** The 250-bit descriptor (protocol section 12). @throws InputError as `networkGeometry` */
export function encodeNetwork(network: Network): bigint {
  const [input, ...layers] = networkGeometry(network);
  const packer = new Packer().add(input.channels - 1, SIZE_BITS).add(input.side - 1, SIDE_BITS);
  for (const { channels, side, kernel, stride, padding, flat, pooled } of layers) {
    packer
      .add(channels - 1, SIZE_BITS)
      .add(side - 1, SIDE_BITS)
      .add(kernel - 1, SIDE_BITS)
      .add(stride - 1, 1);
    packer
      .add(padding, 2)
      .add(flat ? 1 : 0, 1)
      .add(pooled ? 1 : 0, 1);
  }
  for (const { present } of layers.slice(0, -1)) packer.add(present ? 1 : 0, 1);
  return packer.add(HEADS.indexOf(network.head), 2).value | (1n << BigInt(NETWORK_BIT));
}

/** @throws InputError unless the descriptor is exactly what `encodeNetwork` gives for its network */
export function decodeNetwork(shape: bigint): Network {
  const unknown = () => new InputError(`0x${shape.toString(16)} is not the shape of a convolutional network.`);
  if (!isNetwork(shape)) throw unknown();
  const reader = new Unpacker(BigInt.asUintN(NETWORK_BIT, shape), NETWORK_BIT, 'shape of a network');
  const [channels, side] = [reader.take(SIZE_BITS) + 1, reader.take(SIDE_BITS) + 1];
  const layers = Array.from({ length: NETWORK_LAYERS }, (): NetworkLayer => {
    const made = reader.take(SIZE_BITS) + 1;
    reader.take(SIDE_BITS);
    const [kernel, stride, padding] = [
      reader.take(SIDE_BITS) + 1,
      reader.take(1) === 0 ? 1 : 2,
      reader.take(2),
    ] as const;
    const [flat, pooled] = [reader.take(1) === 1, reader.take(1) === 1];
    return { channels: made, ...(flat ? { flat } : { kernel, stride, padding }), ...(pooled ? { pooled } : {}) };
  });
  let present = 1;
  for (let bit = 0; bit < NETWORK_LAYERS - 1; bit++) present += Number((shape >> BigInt(PRESENCE_BIT + bit)) & 1n);
  const head = HEADS[Number((shape >> BigInt(PRESENCE_BIT + NETWORK_LAYERS - 1)) & 3n)];
  const network = { channels, side, layers: layers.slice(NETWORK_LAYERS - present), head };
  try {
    if (encodeNetwork(network) === shape) return network;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  throw unknown();
}

/** The words layout_1 and layout_2 (protocol section 12). @throws InputError as `networkGeometry`, or for a model too large */
export function networkLayoutWords(network: Network): [bigint, bigint] {
  const layers = networkGeometry(network);
  const { slots } = networkLayout(network);
  const absent = NETWORK_LAYERS - network.layers.length;
  const word = (from: number): bigint => {
    const packer = new Packer();
    for (let l = from; l < from + LAYOUT_LAYERS; l++) {
      const of = (name: string) => (l > absent ? slots[`${name}${l - absent}`].offset : 0);
      packer.add(of('W'), MODEL_BITS).add(of('b'), MODEL_BITS).add(layers[l].fan, FAN_BITS);
    }
    return packer.value;
  };
  return [word(1), word(1 + LAYOUT_LAYERS)];
}

/**
 * A network as people write it: `28x28x1-c8k5s2p2-c16k5s2p2-64-10`. First side x side x channels of the pictures, then the
 * layers: cNkKsSpP a convolution to N channels (s1 and p0 may be left out), a number a dense layer, `a2` averages over
 * 2x2 pixels, which the next layer reads.
 * @throws InputError for anything else
 */
export function parseNetwork(text: string, head: Head): Network {
  const bad = (part: string) =>
    new InputError(`${show(part)} in ${show(text)} is no part of a network.`, {
      hint: 'Write a convolutional network like 28x28x1-c8k5s2p2-a2-c16k3p1-64-10, or widths like 49-32-10.',
    });
  const [picture, ...parts] = text.split('-');
  const size = /^(\d{1,2})x(\d{1,2})x(\d{1,4})$/.exec(picture);
  if (!size || size[1] !== size[2]) throw bad(picture);
  const layers: NetworkLayer[] = [];
  let pooled = false;
  for (const part of parts) {
    if (part === 'a2' && !pooled) {
      pooled = true;
      continue;
    }
    const of = /^(?:c(\d{1,4})k(\d)(?:s(\d))?(?:p(\d))?|(\d{1,4}))$/.exec(part);
    if (!of) throw bad(part);
    const layer: NetworkLayer = of[5]
      ? { channels: Number(of[5]), flat: true }
      : {
          channels: Number(of[1]),
          kernel: Number(of[2]),
          stride: Number(of[3] ?? 1) as 1 | 2,
          padding: Number(of[4] ?? 0),
        };
    layers.push(pooled ? { ...layer, pooled } : layer);
    pooled = false;
  }
  if (pooled) throw bad('a2');
  const network = { channels: Number(size[3]), side: Number(size[1]), layers, head };
  networkGeometry(network);
  return network;
}

/** The text that `parseNetwork` reads. */
export function formatNetwork({ channels, side, layers }: Network): string {
  const parts = layers.flatMap(({ channels: made, flat, kernel, stride = 1, padding = 0, pooled }) => [
    ...(pooled ? ['a2'] : []),
    flat ? `${made}` : `c${made}k${kernel}${stride === 1 ? '' : `s${stride}`}${padding === 0 ? '' : `p${padding}`}`,
  ]);
  return [`${side}x${side}x${channels}`, ...parts].join('-');
}
