import { ceilLog2 } from '../../numbers/bits.ts';
import { type AnyShape, shapeLayout } from '../anyShape.ts';
import type { Layout } from '../layout.ts';
import { NETWORK_LAYERS } from '../network.ts';
import { type AnyWeights, isNetworkWeights, kernelSizes, presentLayers, shapeOf } from '../networkWeights.ts';

/** A tensor of a model where it stands in the vector of all of them. */
export interface VectorSlot {
  /** layer of six, the last the output */
  l: number;
  kind: 'W' | 'b';
  /** number among the twelve: 2 (l - 1), and one more of b */
  number: number;
  offset: number;
  log2: number;
  /** entries that are not padding */
  real: number;
}

/** A model as one vector: log2 of its entries, and its tensors in the order of the layers. */
export interface ModelVector {
  log2: number;
  slots: VectorSlot[];
}

/** Where the tensors of a model stand in one vector (protocol section 15). */
export function modelVector(shape: AnyShape): ModelVector {
  const { slots, used }: Layout = shapeLayout(shape);
  const real = realEntries(shape);
  return {
    log2: ceilLog2(used),
    slots: real.flatMap(([W, b], index) => {
      const l = NETWORK_LAYERS - real.length + index + 1;
      return (['W', 'b'] as const).map((kind, k) => ({
        l,
        kind,
        number: 2 * (l - 1) + k,
        ...slots[`${kind}${index + 1}`],
        real: k === 0 ? W : b,
      }));
    }),
  };
}

/** Entries of W and of b of each layer that are not padding. */
function realEntries(shape: AnyShape): [number, number][] {
  if ('side' in shape) {
    const layers = presentLayers(shape);
    return layers.slice(1).map((layer, l) => {
      const { real } = kernelSizes(layers[l], layer);
      return [real.reduce((product, n) => product * n, 1), real[real.length - 1]];
    });
  }
  const { widths } = shape;
  return widths.slice(1).map((n, l) => [n * widths[l], n]);
}

/** The weights of a model in one vector, 0 outside of their slots. */
export function flatten(weights: AnyWeights, { log2, slots }: ModelVector): BigInt64Array {
  const out = new BigInt64Array(2 ** log2);
  const first = NETWORK_LAYERS - weights.layers.length + 1;
  for (const { l, kind, offset } of slots) out.set(weights.layers[l - first][kind], offset);
  return out;
}

/** The inverse of flatten: a model of the same shape, without a schema. */
export function unflatten<W extends AnyWeights>(like: W, vector: BigInt64Array, salt: bigint): W {
  const first = NETWORK_LAYERS - like.layers.length + 1;
  const layers = like.layers.map(({ W, b }) => ({ W: new BigInt64Array(W.length), b: new BigInt64Array(b.length) }));
  for (const { l, kind, offset, log2 } of modelVector(shapeOf(like)).slots) {
    layers[l - first][kind].set(vector.subarray(offset, offset + 2 ** log2));
  }
  const shape = isNetworkWeights(like) ? { network: like.network } : { widths: [...like.widths], head: like.head };
  return { ...shape, layers, salt } as unknown as W;
}

/** Slot words 1 and 2: of each layer offset and log2 of W and b, and that it is there (protocol section 15). */
export function slotWords({ slots }: ModelVector): [bigint, bigint] {
  const words: [bigint, bigint] = [0n, 0n];
  for (const { l, kind, offset, log2 } of slots) {
    const at = 57 * ((l - 1) % 3);
    const k = kind === 'W' ? 0 : 1;
    let field = (BigInt(offset) << BigInt(23 * k)) | (BigInt(log2) << BigInt(46 + 5 * k));
    if (k === 0) field |= 1n << 56n;
    words[l > 3 ? 1 : 0] |= field << BigInt(at);
  }
  return words;
}
