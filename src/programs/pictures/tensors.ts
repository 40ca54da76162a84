import { axisSums } from '../../argument/axisSums.ts';
import { columnSums } from '../../argument/integers.ts';
import type { Kernels, Vec } from '../../argument/kernels.ts';
import type { LayerGeometry } from '../../model/network.ts';
import { atFeature, type Tensor } from '../tensors.ts';
import type { TrainSizes } from '../train/context.ts';

/** Tables for both sides of a picture, rows of the new side's entries. */
export interface Sides {
  y: readonly (readonly bigint[])[];
  x: readonly (readonly bigint[])[];
}

/** [.., y, x, inner] of a tensor [.., v, u, inner] whose sides have as many entries as the rows of the tables. */
export function takeSides(k: Kernels, tensor: Vec, { y, x }: Sides, inner: number): Vec {
  const side = x[0].length;
  const lines = axisSums(k, tensor, k.fromBigints(x.flat()), side, inner);
  return axisSums(k, lines, k.fromBigints(y.flat()), side, x.length * inner);
}

/** What both batches of convTrain use of a layer. */
export interface LayerAtPlaces {
  geometry: LayerGeometry;
  /** In_l, [c][v][u][row]: the pictures before the layer or their sums of 2x2 pixels */
  input: Tensor;
  /** D_l(r_c; y, x; s), [y][x][s] */
  deltas: Vec;
  /** In_l(r_c; v, u; s), [v][u][s], of layers behind a hidden one */
  pixels?: Vec;
}

interface RowContext {
  k: Kernels;
  sizes: TrainSizes;
}

/** sum_i eq(i) t(i; y, x; s), [y][x][s] with sides of 2^bits, for every row of the trace. */
export function picturesAt({ k, sizes }: RowContext, { data, rowBits }: Tensor, bits: number, eq: Vec): Vec {
  const once = atFeature(k, { data, rowBits: rowBits + 2 * bits }, eq, rowBits + 2 * bits);
  return everyPass({ k, sizes }, once, rowBits);
}

/** The same with the sides taken to others of 2^bits by tables. */
export function placesOf(
  { k, sizes }: RowContext,
  tensor: Tensor,
  { logs }: LayerGeometry,
  { eq, sides }: { eq: Vec; sides: Sides },
): Vec {
  const out = k.raw(4 ** logs.side * 2 ** sizes.traceBits);
  k.scoped(() => {
    const rowBits = tensor.rowBits + 2 * logs.read;
    const pictures = atFeature(k, { data: tensor.data, rowBits }, eq, rowBits);
    k.put(out, everyPass({ k, sizes }, takeSides(k, pictures, sides, 2 ** tensor.rowBits), tensor.rowBits));
  });
  return out;
}

/** Entries [.., row] of one pass for every row of the trace. */
function everyPass({ k, sizes }: RowContext, once: Vec, rowBits: number): Vec {
  return rowBits === sizes.traceBits ? once : k.repeatEach(once, 2 ** (sizes.traceBits - rowBits), 2 ** rowBits);
}

/** sum_i eq(i) W[i, j] for all j below i. */
export function weightsAtOutputs(k: Kernels, W: BigInt64Array, eq: Vec): Vec {
  const out = k.zeros(W.length / eq.len);
  columnSums(k, out, W, eq, out.len);
  return out;
}

/** sum_c eq(c) W[i, c, tap] for all taps and outputs, taps low. */
export function weightsAtInputs(k: Kernels, W: BigInt64Array, eq: Vec, taps: number): Vec {
  const block = taps * eq.len;
  const out = k.zeros(W.length / eq.len);
  for (let i = 0; i * block < W.length; i++) {
    columnSums(k, k.view(out, i * taps, (i + 1) * taps), W.subarray(i * block, (i + 1) * block), eq, taps);
  }
  return out;
}

/** 1 at places [y, x], 0 beyond; undefined where all are. */
export function placeMask(k: Kernels, { side, logs }: LayerGeometry): Vec | undefined {
  const grid = 2 ** logs.side;
  if (side === grid) return undefined;
  const mask = Int32Array.from({ length: grid ** 2 }, (_, at) => (at % grid < side && at < side * grid ? 1 : 0));
  return k.fromIntegers(mask);
}
