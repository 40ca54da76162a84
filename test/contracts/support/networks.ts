// Random convolutional networks, and their descriptors field by field, right or wrong.
import fc from 'fast-check';
import { HEADS } from '../../../src/model/head.ts';
import { NETWORK_LAYERS, type Network, type NetworkLayer } from '../../../src/model/network.ts';

const log2 = (n: number) => Math.ceil(Math.log2(n));

/** Networks that the protocol takes, but that some have more entries than a model may. */
export const someNetwork: fc.Arbitrary<Network> = fc
  .record({
    sideBits: fc.integer({ min: 1, max: 6 }),
    below: fc.nat(1000),
    channels: fc.nat(1000),
    head: fc.constantFrom(...HEADS),
    draws: fc.array(
      fc.record({
        channels: fc.nat(10_000),
        kernel: fc.nat(10),
        stride: fc.constantFrom(1 as const, 2 as const),
        padding: fc.nat(3),
        pooled: fc.boolean(),
        flat: fc.nat(3),
      }),
      { minLength: 2, maxLength: NETWORK_LAYERS },
    ),
  })
  .map(({ sideBits, below, channels, head, draws }) => {
    const side = Math.max(2, 2 ** sideBits - (below % 2 ** (sideBits - 1)));
    const most = 2 ** Math.min(12 - 2 * log2(side), 5);
    const network: Network = { side, channels: 1 + (channels % most), layers: [], head };
    return { ...network, layers: layersOf(network, draws) };
  });

interface Draw {
  channels: number;
  kernel: number;
  stride: 1 | 2;
  padding: number;
  pooled: boolean;
  flat: number;
}

/** As many layers as there are draws; what is read stays within 4096 values. */
function layersOf({ side, channels }: Network, draws: readonly Draw[]): NetworkLayer[] {
  let [read, before] = [side, channels];
  return draws.map((draw, l): NetworkLayer => {
    const isLast = l === draws.length - 1;
    const pooled = draw.pooled && read % 2 === 0 && (l > 0 || read > 2);
    if (pooled) read /= 2;
    // What comes next must be able to read all of it.
    const flat = l > 0 && (isLast || read === 1 || draw.flat === 0);
    const made = (mostBits: number) => 1 + (draw.channels % 2 ** Math.max(0, Math.min(mostBits, 7)));
    if (flat) {
      [read, before] = [1, made(7)];
      return { channels: before, flat, ...(pooled && { pooled }) };
    }
    const widest = Math.min(7, 2 ** Math.floor((12 - log2(before)) / 2));
    const kernel = Math.min(1 + (draw.kernel % widest), read);
    const padding = Math.max(kernel - 5, Math.min(draw.padding, kernel - 1, read >= 60 ? (kernel - 1) >> 1 : 3));
    read = Math.floor((read + 2 * padding - kernel) / draw.stride) + 1;
    before = made(12 - 2 * log2(read));
    return { channels: before, kernel, stride: draw.stride, padding, ...(pooled && { pooled }) };
  });
}

/** Fields of a layer as they stand in a descriptor; those of an input that is not told. */
export interface Fields {
  channels: number;
  side: number;
  kernel?: number;
  stride?: number;
  padding?: number;
  flat?: number;
  pooled?: number;
}

/** What a descriptor says, by which it can be made wrong. */
export interface Said {
  channels: number;
  side: number;
  /** the present layers; the absent ones repeat the input */
  layers: readonly Fields[];
  head?: number;
  /** p_1 .. p_5, p_1 lowest; those of the present layers unless told */
  presence?: number;
  /** the absent layers, the first ones */
  absent?: Fields;
}

/** A 250-bit descriptor with these fields (protocol section 12). */
export function descriptorOf({ channels, side, layers, head = 0, presence, absent }: Said): bigint {
  let [word, bits] = [0n, 0n];
  const add = (value: number, count: number) => {
    word |= BigInt(value) << bits;
    bits += BigInt(count);
  };
  add(channels - 1, 12);
  add(side - 1, 6);
  const missing = NETWORK_LAYERS - layers.length;
  for (const layer of [...Array<Fields>(missing).fill(absent ?? { channels, side }), ...layers]) {
    add(layer.channels - 1, 12);
    add(layer.side - 1, 6);
    add((layer.kernel ?? 1) - 1, 6);
    add((layer.stride ?? 1) - 1, 1);
    add(layer.padding ?? 0, 2);
    add(layer.flat ?? 0, 1);
    add(layer.pooled ?? 0, 1);
  }
  add(presence ?? 32 - 2 ** missing, 5);
  add(head, 2);
  return word | (1n << 249n);
}
